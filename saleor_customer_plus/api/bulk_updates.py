"""One action on many records, and undoing a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import graphene

from ..activity.actions import Actor
from ..bulk import undo, updates
from ..errors import CustomerPlusError, ErrorCode
from ..records.queries import RecordList
from .base import key_of, with_ids_of
from .bulk_inputs import CustomerBulkActionInput, job_of_action, shown
from .jobs import CustomerJob, job_key, send_to_work
from .mutations import StaffMutation
from .record_inputs import CustomerRecordFilterInput, record_list
from .types import list_of

# More are better told by a filter.
MOST_IDS = 10_000


class CustomerRecordsBulkUpdate(StaffMutation):
    """Do one thing to many records, in the background. Requires MANAGE_USERS.

    Either to the records that are named by `ids`, or to all that pass the filter and match the search when the job
    begins. Follow the job with `customerJob`; `customerJobUndo` undoes all but a deletion.
    """

    job = graphene.Field(CustomerJob, description="The job.")

    class Arguments:
        ids = list_of(graphene.ID, description="The global ids of the records, at most 10,000; also inactive ones.")
        filter = CustomerRecordFilterInput(
            description="What all records have in common, as in customerRecords. An empty one: all active records."
        )
        search = graphene.String(description="What the records match, as in customerRecords.")
        action = CustomerBulkActionInput(required=True, description="What is to be done.")

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
        of = _records(ids, filter, search)
        name, arguments = job_of_action(action, actor)
        expected = action["delete"]["expected"] if name == "delete" else None
        if expected is not None:
            _check_number(of, expected)
        job = updates.create(name, arguments, of=of, actor=actor, expected=expected, asked=shown(action))
        send_to_work(job)
        return {"job": job}


def _records(ids: Sequence[str] | None, filter: Mapping[str, Any] | None, search: str | None) -> RecordList | list[int]:
    is_list = filter is not None or bool(search and search.strip())
    if (ids is not None) == is_list:
        raise CustomerPlusError(
            "Give either `ids`, or `filter` or `search` or both. An empty filter is all active records.",
            code=ErrorCode.REQUIRED,
            field="ids",
        )
    if ids is None:
        return record_list(filter, search, None)
    if not 0 < len(ids) <= MOST_IDS:
        raise CustomerPlusError(f"Name from 1 to {MOST_IDS} records.", field="ids")
    return [key_of(id, "CustomerRecord", field="ids") for id in ids]


def _check_number(of: RecordList | list[int], expected: int) -> None:
    number = of.count() if isinstance(of, RecordList) else len(set(of))
    if number > expected:
        raise CustomerPlusError(
            f"There are {number} records. Look at them again.", code=ErrorCode.STALE, field="action.delete.expected"
        )


class CustomerJobUndo(StaffMutation):
    """Undo a job that is over, by another job. Requires MANAGE_USERS.

    What was changed since is kept as it is, and is among the problems of the new job. Deleted records do not come back.
    """

    job = graphene.Field(CustomerJob, description="The job that undoes the other one.")

    class Arguments:
        id = graphene.ID(required=True, description="The global id of the job to be undone.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        with with_ids_of("CustomerJob"):
            job = undo.create(job_key(id), actor=actor)
        send_to_work(job)
        return {"job": job}


class BulkUpdateMutations:
    """The mutations for many records at once."""

    customer_records_bulk_update = CustomerRecordsBulkUpdate.Field()
    customer_job_undo = CustomerJobUndo.Field()
