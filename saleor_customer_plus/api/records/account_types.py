"""The Saleor account of a customer record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ..accounts.types import DataOfAccount
from ..core.base import to_global_id
from ..core.types import DateTime


class CustomerRecordAccount(DataOfAccount, graphene.ObjectType):  # type: ignore[misc]
    """A Saleor account that is linked to the record or has its e-mail address."""

    id = graphene.ID(required=True, description="Global ID of the Saleor account.")
    is_linked = graphene.Boolean(
        required=True,
        description=(
            "Whether the record is linked to the account. If so, the record follows the account's "
            "address and includes its orders. An account with an unconfirmed address is not linked "
            "and has no access to the record."
        ),
    )
    is_confirmed = graphene.Boolean(required=True, description="Whether the account's e-mail address is confirmed.")
    is_active = graphene.Boolean(required=True, description="Whether the account can log in.")
    is_staff = graphene.Boolean(
        required=True, description="Whether it is a staff account. Changing it requires MANAGE_STAFF."
    )
    first_name = graphene.String(required=True, description="First name on the account, or an empty string.")
    last_name = graphene.String(required=True, description="Last name on the account, or an empty string.")
    joined_at = DateTime(required=True, description="When the account was created.")

    @staticmethod
    def resolve_id(account: Any, _info: Any) -> str:
        return to_global_id("User", account.pk)

    @staticmethod
    def resolve_joined_at(account: Any, _info: Any) -> datetime:
        joined_at: datetime = account.date_joined
        return joined_at
