"""Creates and changes Saleor accounts of customers, with Saleor's own mutations and the caller's permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...accounts import services as account_services
from ...activity.services import Actor
from ...customers import queries
from ...customers.services import change_account_of
from ...errors import CustomerPlusError, ErrorCode, Problems
from ..core.base import to_global_id
from ..core.mutations import StaffMutation
from ..records.lookup import existing_record
from ..records.types import CustomerRecord
from .inputs import CustomerAccountInput, account_changes


class CustomerAccountCreate(StaffMutation):
    """Creates a Saleor account for a customer who has none, with the details of the record. Requires MANAGE_USERS.

    Sends no e-mail. The customer sets a password with "forgotten password", which confirms the address. Until then the
    account is unconfirmed, and the record is not linked to it. If an account already has the address, the error
    `UNIQUE` contains its ID.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")
    user_id = graphene.ID(description="Global ID of the Saleor account.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str) -> dict[str, Any]:
        record = existing_record(record_id)
        if record.account_id is not None:
            raise CustomerPlusError(
                "The person has an account already.",
                code=ErrorCode.ALREADY_EXISTS,
                field="record_id",
                id=to_global_id("User", record.account_id),
            )
        if (account := queries.account_of(record)) is not None:
            raise CustomerPlusError(
                "An account has this address already"
                + ("." if account.is_confirmed else ", and has not confirmed it."),
                code=ErrorCode.UNIQUE,
                field="email",
                id=to_global_id("User", account.pk),
            )
        with account_services.naming_the_account(record.email):
            return {"record": record, "user_id": account_services.open_account(record, info.context, actor=actor)}


class CustomerAccountUpdate(StaffMutation):
    """Sets the customer type, attributes and metadata of a customer's Saleor account. Requires MANAGE_USERS.

    Runs Saleor's own mutations as the caller. The account is the linked one, or else one with the record's address.
    What the account has already is not set again. Changing a staff account requires MANAGE_STAFF.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        input = CustomerAccountInput(required=True, description="Fields to change.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, record, changes = Problems(), None, None
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            changes = account_changes(input)
        problems.raise_any()
        assert record is not None  # or its error was raised just now
        assert changes is not None
        change_account_of(record, changes, actor=actor, context=info.context)
        return {"record": queries.find(id=record.pk)}


class AccountMutations:
    """The account mutations."""

    customer_account_create = CustomerAccountCreate.Field()
    customer_account_update = CustomerAccountUpdate.Field()
