"""The settings for user interfaces."""

from __future__ import annotations

from typing import Any

import graphene

from ... import settings
from ...settings import CustomerPlusSettings
from ..core.base import staff_only
from .types import CustomerSettings


class SettingsQueries:
    """The settings query."""

    customer_settings = graphene.Field(
        CustomerSettings,
        description="Settings of Customer Plus, permissions of the caller, and limits of this API. Requires "
        "MANAGE_USERS.",
    )

    @staticmethod
    @staff_only
    def resolve_customer_settings(_root: Any, _info: Any) -> CustomerPlusSettings:
        chosen, _is_active = settings.load()
        return chosen
