"""Members of staff, as far as work on customers names them."""

from __future__ import annotations

from typing import Any

import graphene

from .. import staff
from .base import to_global_id
from .loading import load


class CustomerStaffMember(graphene.ObjectType):  # type: ignore[misc]
    """A member of staff who works on customers."""

    id = graphene.ID(required=True, description="Saleor's global id of the user.")
    email = graphene.String(required=True, description="The e-mail address.")
    first_name = graphene.String(required=True, description="The first name, or blank.")
    last_name = graphene.String(required=True, description="The last name, or blank.")

    @staticmethod
    def resolve_id(user: Any, _info: Any) -> str:
        return to_global_id("User", user.pk)


def load_member(info: Any, user_id: int | None) -> Any:
    """Promise the member of staff; nobody, for whoever has left."""
    return None if user_id is None else load(info, staff.find, user_id)
