"""Merge records in two steps, a preview with a token and the merge with the token, and take merges back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import merges
from ...customers import queries as customers
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...jobs.models import BulkJob
from ...merging.preview import TOKENS, plan
from ...merging.services import MOVED_AT_ONCE
from ..core.base import channels_of, key_of, requestor_of, to_global_id
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob
from ..records.types import CustomerRecord
from .inputs import CustomerRecordMergeInput, request_of
from .types import CustomerMerge, CustomerMergeConflict


class CustomerRecordMerge(StaffMutation):
    """Merges customer records into one of them. Requires MANAGE_USERS.

    The IDs, numbers and addresses of the others find that one from then on. `customerRecordMergeUndo` takes it back.
    """

    record = graphene.Field(CustomerRecord, description="The kept record. Null if a job does it, or if it failed.")
    merge = graphene.Field(CustomerMerge, description="The merge. Null if a job does it, or if it failed.")
    job = graphene.Field(
        CustomerJob, description=f"The job that does it, if more than {MOVED_AT_ONCE:,} rows go over. Null otherwise."
    )

    class Arguments:
        input = CustomerRecordMergeInput(required=True, description="Records to merge, choices, and the token.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, token = Problems(), input["token"]
        request = request_of(input, problems)
        if len(request.record_ids) == 1 and len(set(input["ids"])) > 1:
            raise CustomerPlusError(
                "These records are one already.",
                code=ErrorCode.ALREADY_EXISTS,
                field="ids",
                id=to_global_id("CustomerRecord", request.record_ids[0]),
            )
        asking, channels = requestor_of(info), channels_of(info)
        with problems.noted():
            TOKENS.read(token)
        with problems.noted():
            if request.ids:
                made = plan(request, requestor=asking, channels=channels)
        problems.raise_any()
        done = merges.start(made, actor=actor, requestor=asking, channels=channels, token=token)
        if isinstance(done, BulkJob):
            send_to_work(done)
            return {"job": done}
        return {"merge": done, "record": customers.find(id=done.record_id)}


class CustomerRecordMergeUndo(StaffMutation):
    """Undoes a merge, at any time. Requires MANAGE_USERS.

    What was edited since stays with the record that was kept, and is listed. Orders since go by their address. If the
    record was merged again since, undo that merge first: the error names it.
    """

    merge = graphene.Field(CustomerMerge, description="The undone merge. Null if a job does it, or if it failed.")
    record = graphene.Field(
        CustomerRecord, description="The record that was kept. Null if a job does it, or if it failed."
    )
    restored = list_of(CustomerRecord, description="The records that are apart again.")
    conflicts = list_of(
        CustomerMergeConflict,
        description="What was not restored. Of a job, see `CustomerMerge.conflicts` once it is done.",
    )
    job = graphene.Field(
        CustomerJob, description=f"The job that does it, if more than {MOVED_AT_ONCE:,} rows go back. Null otherwise."
    )

    class Arguments:
        merge_id = graphene.ID(required=True, description="Global ID, as in `CustomerRecord.merges`.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, merge_id: str) -> dict[str, Any]:
        key = key_of(merge_id, "CustomerMerge", field="merge_id")
        made = merges.start_undo(key, actor=actor, requestor=requestor_of(info), channels=channels_of(info))
        if isinstance(made, BulkJob):
            send_to_work(made)
            return {"job": made}
        done, conflicts = made
        known = customers.records_by_id([done.kept_id, *done.merged_ids])
        return {
            "merge": done,
            "record": known.get(done.kept_id),
            "restored": [known[id] for id in done.merged_ids if id in known],
            "conflicts": conflicts,
        }


class MergeMutations:
    """Merging."""

    customer_record_merge = CustomerRecordMerge.Field()
    customer_record_merge_undo = CustomerRecordMergeUndo.Field()
