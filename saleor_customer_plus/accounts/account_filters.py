"""Filters of records by what Saleor keeps of their linked account, and what their conditions are made of.

Each condition is a subquery on Saleor's tables that PostgreSQL answers from an index of Saleor's. Records without an
account have none of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from .account_data import check_attributes


@dataclass(frozen=True, slots=True)
class AccountAttributeFilter:
    """An attribute that an account has, with any value, or with one that meets all that is given.

    `values` are names, slugs or texts, any of which is met. The ranges include both ends.
    """

    slug: str
    values: Sequence[str] | None = None
    boolean: bool | None = None
    numeric: tuple[float | None, float | None] = (None, None)
    date_time: tuple[datetime | None, datetime | None] = (None, None)


@dataclass(frozen=True, slots=True)
class MetadataFilter:
    """A key of an account's metadata, with any value or with this one."""

    key: str
    equals: str | None = None
    is_private: bool = False


def assigned_values(slug: str) -> QuerySet[Any, Any]:
    """The values that accounts have of an attribute, each with its `value` and its `user`."""
    models = check_attributes()
    of_type = models.type_attribute.objects.filter(
        customer_type=OuterRef("user__customer_type"), attribute=OuterRef("value__attribute")
    )
    assigned: QuerySet[Any, Any] = models.assigned_value.objects.filter(Exists(of_type), value__attribute__slug=slug)
    return assigned


def of_accounts(users: QuerySet[Any, Any]) -> Q:
    """Whoever is linked to one of these accounts."""
    return Q(account__isnull=False, account__in=users.order_by().values("pk"))
