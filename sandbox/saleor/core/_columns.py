"""Columns that several tables have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models


def amount(default: str = "0.0") -> models.DecimalField[Any, Any]:
    """An amount in the row's currency."""
    return models.DecimalField(
        max_digits=settings.DEFAULT_MAX_DIGITS, decimal_places=settings.DEFAULT_DECIMAL_PLACES, default=Decimal(default)
    )


def price() -> models.DecimalField[Any, Any]:
    """An amount that has to be given."""
    return models.DecimalField(max_digits=settings.DEFAULT_MAX_DIGITS, decimal_places=settings.DEFAULT_DECIMAL_PLACES)
