"""The preview of a deletion."""

from __future__ import annotations

from typing import Any

import graphene

from ...deletion import services as deletion
from ...deletion.services import Losses
from ...errors import CustomerPlusError, ErrorCode
from ...records import former
from ..core.base import channels_of, to_global_id


class CustomerRecordDeletionPreview(graphene.ObjectType):  # type: ignore[misc]
    """What the deletion of a customer record will remove."""

    token = graphene.String(
        required=True,
        description="Token to confirm the deletion. Valid for one hour, until anything is added to the record.",
    )
    notes = graphene.Int(required=True, description="Number of notes that will be deleted.")
    files = graphene.Int(required=True, description="Number of attached files that will be deleted.")
    leads = graphene.Int(required=True, description="Number of leads that will be deleted.")
    tags = graphene.Int(required=True, description="Number of tags that will be removed from the record.")
    groups = graphene.Int(required=True, description="Number of groups that the customer will leave.")
    consent_events = graphene.Int(required=True, description="Number of consent events that will be deleted.")
    messages = graphene.Int(required=True, description="Number of messages, sent and received, that will be deleted.")
    orders_kept = graphene.Int(
        required=True, description="Number of orders that Saleor keeps, no longer linked to a record."
    )
    has_account = graphene.Boolean(
        required=True, description="Whether the customer has a Saleor account, confirmed or not, which can be kept."
    )

    @staticmethod
    def resolve_has_account(losses: Losses, _info: Any) -> bool:
        return losses.account_id is not None or losses.unlinked_account_id is not None


def losses_for(info: Any, record_id: int) -> Losses:
    losses = deletion.losses(record_id, channels_of(info))
    if losses is None and (left := former.successors([record_id]).get(record_id)) is not None:
        # Whoever names it may not know of the merge: that is no reason to delete the other one.
        raise CustomerPlusError(
            "This record was merged into another one. Undo the merge, or delete that one.",
            code=ErrorCode.STALE,
            field="id",
            id=to_global_id("CustomerRecord", left),
        )
    if losses is None:
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="id")
    return losses
