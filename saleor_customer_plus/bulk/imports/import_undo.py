"""Undoing an import: who was made by it goes again unless somebody touched them since, what it changed returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from ...activity.models import ActivityEntry, ActivityType, CauseType
from ...consent import suppressions
from ...core import sql
from ...deletion.services import delete_records
from ...errors import ErrorCode
from ...jobs.models import BulkJob, JobKind, JobState
from ...jobs.undone import undone_job_ids
from ...leads import services as leads
from ...leads.models import Lead, LeadState
from ...records.models import CustomerRecord, Source
from ...records.sources import drop_source
from ...records.writing import lock_rows
from .. import undo
from ..undo.reverting import Reversal
from ..updates.changes import Changed
from ..updates.update_job import counted, save_problems
from .account_data_undo import restore_values


class ImportUndo(undo.Undo):
    """Undoes what was written, where nobody touched it since."""

    kind: ClassVar[JobKind] = JobKind.IMPORT
    phases: ClassVar[tuple[str, ...]] = ("write", "account_data", "missing")

    def work(self, job: BulkJob, undone: BulkJob, spec: Mapping[str, Any]) -> Counter[str]:
        if "people" in spec:  # later than the writing, so undone before it
            return restore_values(job, undone, [record_id for _row, record_id, _values in spec["people"]])
        made, changed = spec.get("made", []), spec.get("changed", spec.get("ids", []))
        reversal = Reversal(undone=undone.cause, actor=job.actor, cause=job.cause)
        done = reversal.revert(changed)
        done.changed |= _take_leads(changed, undone, reversal)
        _drop_source(spec.get("sourced", []), undone, done)
        gone = _remove(made, undone, job, done)
        save_problems(job, done)
        result = counted(len(made) + len(changed), done)
        result.update(unchanged=-gone, deleted=gone)
        return result

    def finish(self, job: BulkJob, undone: BulkJob) -> None:
        forgotten = suppressions.forget(job_id=undone.pk)
        job.report = {
            "deleted": job.counters.get("deleted", 0),
            "changed": job.counters.get("updated", 0),
            "kept": job.problems.count(),
        }
        if forgotten:
            job.report["suppressed"] = forgotten
        if restored := job.counters.get("accounts_changed"):
            job.report["accounts_changed"] = restored
        if opened := undone.counters.get("accounts"):
            job.report["accounts_kept"] = opened  # they are Saleor's


_TOUCHED = "This record was touched since the import made it, and was kept."
_HAS_ACCOUNT = "An account was opened for this person. It stays in Saleor, and so the record was kept."


def _remove(ids: Collection[int], undone: BulkJob, job: BulkJob, done: Changed) -> int:
    """Delete the records that the import made, unless something happened to them since. Return how many."""
    if not ids:
        return 0
    lock_rows(ids)  # nobody touches them any more
    touched = _touched(ids, undone, job)
    opened = _opened(touched)
    for record_id in sorted(touched):
        done.skip(record_id, ErrorCode.STALE, _HAS_ACCOUNT if record_id in opened else _TOUCHED)
    untouched = sorted(set(CustomerRecord.objects.filter(pk__in=ids).values_list("pk", flat=True)) - touched)
    if untouched:
        delete_records(untouched, actor=job.actor)
    return len(untouched)


def _touched(ids: Collection[int], undone: BulkJob, job: BulkJob) -> set[int]:
    """The records of which the log tells something that the import did not do and nobody undid. Every writer logs.

    What this undoing did of their accounts counts as little.
    """
    query = sql.fill(
        """
        SELECT DISTINCT e.record_id FROM {entries} e
        WHERE e.record_id = ANY({ids}) AND NOT (e.cause_type = {cause_type} AND e.cause_id = ANY({jobs}))
        """,
        entries=sql.table(ActivityEntry),
        ids=list(ids),
        cause_type=undone.cause.type.value,
        jobs=[undone.cause.id, job.cause.id, *undone_job_ids()],
    )
    return {row.record_id for row in sql.rows(query)}


def _drop_source(ids: Collection[int], undone: BulkJob, done: Changed) -> None:
    """Take IMPORT from the sources to which this import added it, unless something of an import is left."""
    wanted = (done.changed & set(ids)) - done.skipped.keys() - done.refused.keys()
    if wanted := wanted - _otherwise_imported(wanted, undone):
        drop_source(wanted, Source.IMPORT)


def _otherwise_imported(ids: Collection[int], undone: BulkJob) -> set[int]:
    """The records that another import wrote to, which was not undone."""
    if not ids:
        return set()
    query = sql.fill(
        """
        SELECT DISTINCT e.record_id
        FROM {entries} e JOIN {jobs} j ON e.cause_type = {cause_type} AND e.cause_id = j.id::text
        WHERE e.record_id = ANY({ids}) AND j.kind = {kind} AND j.id <> {undone}
            AND NOT EXISTS (SELECT FROM {jobs} u WHERE u.undoes_id = j.id AND u.state = {succeeded})
        """,
        entries=sql.table(ActivityEntry),
        jobs=sql.table(BulkJob),
        ids=list(ids),
        cause_type=CauseType.JOB.value,
        kind=JobKind.IMPORT.value,
        undone=undone.pk,
        succeeded=JobState.SUCCEEDED.value,
    )
    return {row.record_id for row in sql.rows(query)}


def _opened(ids: Collection[int]) -> set[int]:
    """Those of the records for which an account was opened."""
    opened = ActivityEntry.objects.filter(record_id__in=ids, type=ActivityType.ACCOUNT_OPENED)
    return set(opened.order_by().values_list("record_id", flat=True))


def _take_leads(ids: Collection[int], undone: BulkJob, reversal: Reversal) -> set[int]:
    """Delete the leads that the import made for people who were known, and that nobody began to follow up."""
    cause = undone.cause
    entries = ActivityEntry.objects.filter(
        record_id__in=ids, type=ActivityType.LEAD_ADDED, cause_type=cause.type, cause_id=cause.id
    )
    made = {entry["lead_id"]: record_id for record_id, entry in entries.values_list("record_id", "after")}
    changed = set()
    wanted = []
    for lead in Lead.objects.select_for_update().filter(pk__in=made).order_by("pk"):
        if lead.state == LeadState.NEW and lead.owner_id is None and lead.next_contact_at is None:
            wanted.append(lead.pk)
            changed.add(lead.record_id)
        else:
            reversal.keep(lead.record_id, "leads")
    if wanted:
        leads.delete(wanted, actor=reversal.actor, cause=reversal.cause)
    return changed
