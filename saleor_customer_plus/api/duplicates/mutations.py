"""Mutations of duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import merges
from ...errors import CustomerPlusError, ErrorCode
from ...merging.duplicates import duplicates_job, queries, services
from ...merging.values import MAX_RECORDS
from ..core.base import keys_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob
from .types import CustomerDuplicateDismissal


class CustomerDuplicatesSearch(StaffMutation):
    """Searches all records for duplicates in the background.

    That happens by itself once a week, and for records that change within minutes. Only one search can run at a time.
    Requires MANAGE_USERS.
    """

    job = graphene.Field(CustomerJob, description="The job that searches. Null if the mutation failed.")

    @classmethod
    def perform(cls, info: Any, actor: Actor) -> dict[str, Any]:
        job = duplicates_job.create(actor=actor)
        send_to_work(job)
        return {"job": job}


class CustomerDuplicatesAccept(StaffMutation):
    """Merges all records that are CERTAIN to be of the same person, in the background: at most 20,000 pairs at once.

    The default of each field is kept, as in `customerRecordMergePreview`. `customerJobUndo` undoes all of it, and
    `customerRecordMergeUndo` a single merge. Records that cannot be merged, or are no longer certain when their turn
    comes, are a problem of the job. Requires MANAGE_USERS.
    """

    job = graphene.Field(CustomerJob, description="The job that merges. Null if the mutation failed.")

    @classmethod
    def perform(cls, info: Any, actor: Actor) -> dict[str, Any]:
        groups = queries.certain()
        if not groups:
            raise CustomerPlusError("No duplicates are certain at the moment.", code=ErrorCode.NOT_FOUND)
        job = merges.create(groups, actor=actor, only_certain=True)
        send_to_work(job)
        return {"job": job}


class _OfRecords(StaffMutation):
    class Meta:
        abstract = True

    class Arguments:
        record_ids = list_of(graphene.ID, required=True, description=f"Global IDs of the records, 2 to {MAX_RECORDS}.")


class CustomerDuplicateDismiss(_OfRecords):
    """Says that no two of these records are of the same person. They are never suggested again.

    `customerDuplicateUndismiss` takes it back. Requires MANAGE_USERS.
    """

    dismissals = list_of(
        CustomerDuplicateDismissal, description="The new dismissals, one for each pair. Null if the mutation failed."
    )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_ids: Sequence[str]) -> dict[str, Any]:
        return {"dismissals": services.dismiss(_keys(record_ids), actor=actor)}


class CustomerDuplicateUndismiss(_OfRecords):
    """Takes back that these records are not of the same person, for all pairs among them. Requires MANAGE_USERS.

    They are compared with each other at once.
    """

    count = graphene.Int(description="Number of dismissals that were taken back. Null if the mutation failed.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_ids: Sequence[str]) -> dict[str, Any]:
        return {"count": services.undismiss(_keys(record_ids), actor=actor)}


def _keys(record_ids: Sequence[str]) -> list[int]:
    return keys_of(record_ids, "CustomerRecord", field="record_ids", most=MAX_RECORDS)


class DuplicateMutations:
    """The mutations of duplicates."""

    customer_duplicates_search = CustomerDuplicatesSearch.Field()
    customer_duplicates_accept = CustomerDuplicatesAccept.Field()
    customer_duplicate_dismiss = CustomerDuplicateDismiss.Field()
    customer_duplicate_undismiss = CustomerDuplicateUndismiss.Field()
