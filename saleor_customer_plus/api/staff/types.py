"""Staff member types of the API."""

from __future__ import annotations

from typing import Any

import graphene

from ...saleor_adapter import staff
from ..core.base import to_global_id
from ..core.dataloaders import load


class CustomerStaffMember(graphene.ObjectType):  # type: ignore[misc]
    """A staff member of the shop."""

    id = graphene.ID(required=True, description="Global ID of the Saleor user.")
    email = graphene.String(required=True, description="E-mail address.")
    first_name = graphene.String(required=True, description="First name, or an empty string.")
    last_name = graphene.String(required=True, description="Last name, or an empty string.")

    @staticmethod
    def resolve_id(user: Any, _info: Any) -> str:
        return to_global_id("User", user.pk)


class CustomerStaffName(graphene.ObjectType):  # type: ignore[misc]
    """A staff member by name. Callers with MANAGE_STAFF can query the e-mail address in Saleor's API."""

    id = graphene.ID(required=True, description="Global ID of the Saleor user, for `ownerId` and `mentions`.")
    first_name = graphene.String(required=True, description="First name, or an empty string.")
    last_name = graphene.String(required=True, description="Last name, or an empty string.")

    @staticmethod
    def resolve_id(user: Any, _info: Any) -> str:
        return to_global_id("User", user.pk)


def load_member(info: Any, user_id: int | None) -> Any:
    """Promise the staff member, or None after they left."""
    return None if user_id is None else load(info, staff.find, user_id)
