"""Deletes records in two steps: a preview of what will be lost, with a token, then the deletion with the token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import graphene

from ...activity.services import Actor
from ...customers import queries
from ...customers.services import existing_account
from ...deletion import services as deletion
from ...deletion.record_deletion import lock
from ...errors import Problems
from ...saleor_adapter import saleor_api, staff
from ..core.base import channels_of, key_of, requestor_of, to_global_id
from ..core.mutations import StaffMutation
from ..records.lookup import existing_record
from ..records.types import CustomerRecord
from .types import losses_for

_ACCOUNT_DELETE = f"mutation ($id: ID!) {{ customerDelete(id: $id) {{ {saleor_api.ERRORS} }} }}"


class CustomerRecordDelete(StaffMutation):
    """Deletes a customer record and all data of this plugin about the customer. Requires MANAGE_USERS.

    That is figures, log, notes with files, leads, tags, groups and consents.

    Saleor keeps the orders, and the account unless `alsoAccount` is true. They do not create the record again, but a
    later order does.
    """

    id = graphene.ID(description="ID of the deleted record.")
    record = graphene.Field(
        CustomerRecord,
        description="The deleted customer record. Related data, such as orders, notes and tags, is empty.",
    )
    orders_kept = graphene.Int(description="Number of orders that Saleor keeps.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the customer record.")
        token = graphene.String(required=True, description="Token from `customerRecordDeletionPreview`.")
        also_account = graphene.Boolean(
            default_value=False,
            description=("Whether to delete the Saleor account, too, by Saleor's rules. Fails if there is no account."),
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, token: str, also_account: bool) -> dict[str, Any]:
        problems, account = Problems(), None
        with problems.noted():
            losses = losses_for(info, key_of(id, "CustomerRecord", field="id"))
        is_known = not problems.errors
        with problems.noted():
            if is_known:
                losses.check(token)
            else:
                deletion.TOKENS.read(token)
        with problems.noted():
            if is_known and also_account:
                account = existing_account(existing_record(id, field="id"))
        problems.raise_any()
        record_id = losses.record_id
        if account is not None:
            # Before anything is locked: a checkout may lock the account for as long as a payment takes.
            staff.refuse_change_of_staff(account, requestor_of(info), field="also_account")
            saleor_api.run(info.context, _ACCOUNT_DELETE, {"id": to_global_id("User", account.pk)}).or_raise()
        lock([record_id])
        # An unlinked account is deleted by now, as the token allowed.
        replace(losses_for(info, record_id), unlinked_account_id=losses.unlinked_account_id).check(token)
        record = queries.find(id=record_id)
        deleted = deletion.delete_records([record_id], actor=actor)
        is_restricted = channels_of(info) is not None
        return {
            "id": id,
            "record": record,
            "orders_kept": losses.orders_kept if is_restricted else deleted.orders_kept,
        }


class DeletionMutations:
    """Deletion."""

    customer_record_delete = CustomerRecordDelete.Field()
