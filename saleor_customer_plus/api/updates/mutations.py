"""Bulk updates of records, and the undo of jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ...activity.services import Actor
from ...bulk import undo, updates
from ...customers.queries import RecordList
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...messages.services import MAX_RECIPIENTS
from ...records import former
from ..core.base import key_of, with_ids_of
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..customers.arguments import selected_records
from ..customers.inputs import CustomerRecordFilterInput
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob, job_key
from .inputs import CustomerBulkActionInput, job_of_action, shown

# Clients select more records with a filter.
MAX_IDS = 10_000


class CustomerRecordsBulkUpdate(StaffMutation):
    """Updates customer records in bulk, in the background. Requires MANAGE_USERS.

    The action applies either to the records given by `ids`, or to all that match the filter and search when the job
    starts. Follow the job with `customerJob`. `customerJobUndo` undoes any action except a message and
    a deletion.
    """

    job = graphene.Field(CustomerJob, description="The job that performs the action. Null if the mutation failed.")

    class Arguments:
        ids = list_of(graphene.ID, description="IDs of customer records, at most 10,000, including inactive ones.")
        filter = CustomerRecordFilterInput(
            description="Filtering options, as in customerRecords. An empty filter selects all active records."
        )
        search = graphene.String(description="Search text, as in customerRecords.")
        action = CustomerBulkActionInput(required=True, description="Action to perform.")

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        action: Mapping[str, Any],
        ids: Sequence[str] | None = None,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
    ) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            of = _records(info, ids, filter, search)
        with problems.noted():
            name, arguments = job_of_action(action, actor)
        problems.raise_any()
        if isinstance(of, list) and name != "delete":
            of = former.current_ids(of)  # who names a record may not know of a merge: that deletes nobody else
        expected = action["delete"]["expected"] if name == "delete" else None
        if expected is not None:
            _check_number(of, expected)
        if name == "message":
            _check_recipients(of)
            expected = MAX_RECIPIENTS
        job = updates.create(name, arguments, of=of, actor=actor, expected=expected, asked=shown(action))
        send_to_work(job)
        return {"job": job}


def _records(
    info: Any, ids: Sequence[str] | None, filter: Mapping[str, Any] | None, search: str | None
) -> RecordList | list[int]:
    is_list = filter is not None or bool(search and search.strip())
    if (ids is not None) == is_list:
        raise CustomerPlusError(
            "Give either `ids`, or `filter` or `search` or both. An empty filter is all active records.",
            code=ErrorCode.REQUIRED,
            field="ids",
        )
    if ids is None:
        return selected_records(info, filter, search)
    if not 0 < len(ids) <= MAX_IDS:
        raise CustomerPlusError(f"Name from 1 to {MAX_IDS:,} records.", field="ids")
    return [key_of(id, "CustomerRecord", field="ids") for id in ids]


def _check_number(of: RecordList | list[int], expected: int) -> None:
    number = of.count() if isinstance(of, RecordList) else len(set(of))
    if number > expected:
        raise CustomerPlusError(
            f"There are {number} records. Look at them again.", code=ErrorCode.STALE, field="action.delete.expected"
        )


def _check_recipients(of: RecordList | list[int]) -> None:
    number = of.count() if isinstance(of, RecordList) else len(set(of))
    if number > MAX_RECIPIENTS:
        raise CustomerPlusError(
            f"There are {number:,} records. A message may be sent to at most {MAX_RECIPIENTS:,}: for more, use a tool "
            "for newsletters.",
            code=ErrorCode.LIMIT_REACHED,
            field="action.message",
        )


class CustomerJobUndo(StaffMutation):
    """Undoes a finished job with another job. Requires MANAGE_USERS.

    Later changes are kept, and listed as problems of the new job. Deleted records are not restored.
    """

    job = graphene.Field(CustomerJob, description="The job that undoes the other one. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="ID of the job to undo.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        with with_ids_of("CustomerJob"):
            job = undo.create(job_key(id), actor=actor)
        send_to_work(job)
        return {"job": job}


class BulkUpdateMutations:
    """The bulk mutations."""

    customer_records_bulk_update = CustomerRecordsBulkUpdate.Field()
    customer_job_undo = CustomerJobUndo.Field()
