"""Deleting records: first what would be lost, with a token; then, with the token, the deletion."""

from __future__ import annotations

from typing import Any

import graphene

from .. import deletion, saleor_api
from ..activity.actions import Actor
from ..deletion import Losses
from ..errors import CustomerPlusError, ErrorCode
from ..records.deletion import lock
from .base import key_of, staff_only, tells_errors, to_global_id
from .mutations import StaffMutation

_ACCOUNT_DELETE = f"mutation ($id: ID!) {{ customerDelete(id: $id) {{ {saleor_api.ERRORS} }} }}"


class CustomerRecordDeletionPreview(graphene.ObjectType):  # type: ignore[misc]
    """What the deletion of a record would take."""

    token = graphene.String(
        required=True,
        description="To be given to the deletion, within an hour and before anything is added to the record.",
    )
    notes = graphene.Int(required=True, description="How many notes would be lost.")
    files = graphene.Int(required=True, description="How many files of notes would be lost.")
    leads = graphene.Int(required=True, description="How many enquiries would be lost.")
    tags = graphene.Int(required=True, description="How many tags the record has.")
    groups = graphene.Int(required=True, description="How many groups the person is in.")
    consent_events = graphene.Int(required=True, description="How many proofs of consent would be lost.")
    orders_kept = graphene.Int(required=True, description="How many orders Saleor keeps, without us knowing of them.")
    has_account = graphene.Boolean(required=True, description="Whether there is an account, which may be kept.")

    @staticmethod
    def resolve_has_account(losses: Losses, _info: Any) -> bool:
        return losses.account_id is not None


class CustomerRecordDelete(StaffMutation):
    """Delete a record and all that is ours of the person: figures, log, notes with files, enquiries, tags, groups,
    consents. Saleor keeps the orders, and the account unless told otherwise. Neither makes the person known again; an
    order that comes later does. Requires MANAGE_USERS.
    """

    id = graphene.ID(description="The global id that the record had.")
    orders_kept = graphene.Int(description="How many orders Saleor keeps.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the record.")
        token = graphene.String(required=True, description="The token of `customerRecordDeletionPreview`.")
        also_account = graphene.Boolean(
            default_value=False, description="Whether Saleor is to delete the account, too, by its own rules."
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, token: str, also_account: bool) -> dict[str, Any]:
        record_id = key_of(id, "CustomerRecord", field="id")
        losses = _losses(record_id)
        losses.check(token)
        if also_account and losses.account_id is not None:
            # Before anything is locked: a checkout may hold the account for as long as a payment takes.
            account = {"id": to_global_id("User", losses.account_id)}
            saleor_api.run(info.context, _ACCOUNT_DELETE, account).or_raise()
        lock([record_id])
        _losses(record_id).check(token)
        deleted = deletion.delete_records([record_id], actor=actor)
        return {"id": id, "orders_kept": deleted.orders_kept}


class DeletionQueries:
    """What is asked before a deletion."""

    customer_record_deletion_preview = graphene.Field(
        CustomerRecordDeletionPreview,
        description="What the deletion of a record would take, and a token to confirm it with. Requires MANAGE_USERS.",
        id=graphene.ID(required=True, description="The global id of the record."),
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_record_deletion_preview(_root: Any, _info: Any, id: str) -> Losses:
        return _losses(key_of(id, "CustomerRecord", field="id"))


class DeletionMutations:
    """Deletion."""

    customer_record_delete = CustomerRecordDelete.Field()


def _losses(record_id: int) -> Losses:
    losses = deletion.losses(record_id)
    if losses is None:
        raise CustomerPlusError("There is no such record.", code=ErrorCode.NOT_FOUND, field="id")
    return losses
