"""One action on many records: those that are named, or all that pass a filter when the job begins.

First the records are written down (`select`), then worked on (`apply`), each chunk of them in one transaction. What an
action does is in `changes`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from ...activity.services import Actor
from ...customers.queries import RecordList
from ...errors import CustomerPlusError, ErrorCode
from ...jobs import job_channels, kinds, lifecycle
from ...jobs.models import BulkChunk, BulkJob, BulkProblem, JobKind
from ...records.models import CustomerRecord
from .. import selection
from .changes import CHANGES, Change, Changed

SELECT, APPLY = "select", "apply"


def create(
    change: str,
    arguments: Mapping[str, Any],
    *,
    of: RecordList | Iterable[int],
    actor: Actor,
    expected: int | None = None,
    asked: Mapping[str, Any] | None = None,
) -> BulkJob:
    """Make a job that does this change to these records. If there are more than `expected` when it begins, it fails.

    `asked` is the change in the words of whoever asked for it, as the job shows it. Send `tasks.run_job` once the
    transaction is committed.
    """
    options: dict[str, Any] = {"_action": asked, "_change": change, "_arguments": dict(arguments)}
    if isinstance(of, RecordList):
        options["_list"] = selection.dumped(replace(of, channels=job_channels.channels_of_actor(actor)))
    else:
        options["_ids"] = sorted(set(of))
    if expected is not None:
        options["expected"] = expected
    return lifecycle.create(JobKind.UPDATE, actor=actor, options=options, is_confirmed=True)


def change_of(job: BulkJob) -> Change:
    return CHANGES[job.options["_change"]]


class Update(kinds.Kind):
    """The kind of job that does one action to many records."""

    kind: ClassVar[JobKind] = JobKind.UPDATE
    phases: ClassVar[tuple[str, ...]] = (SELECT, APPLY)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        ids = job.options.get("_ids")
        if phase == SELECT:
            return selection.beginning() if ids is None else ()
        job.rows_total = job.counters.get("selected", 0) if ids is None else len(ids)
        expected = job.options.get("expected")
        if expected is not None and job.rows_total > expected:
            raise CustomerPlusError(
                "There are more records than were expected. Look at them again.", code=ErrorCode.STALE
            )
        return () if ids is None else selection.chunks_of(ids, change_of(job).size)

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if chunk.phase == SELECT:
            wanted = selection.loaded(job.options["_list"])
            found = selection.select(job, chunk, wanted, phase=APPLY, size=change_of(job).size)
            return Counter(selected=found)
        return self._apply(job, chunk)

    def forget(self, job: BulkJob) -> None:
        """What was searched for, and what fields were set to, may be somebody's data."""
        job.options = {}
        job.chunks.all().delete()

    def _apply(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        ids = chunk.spec["ids"]
        there = set(CustomerRecord.objects.filter(pk__in=ids).order_by().values_list("pk", flat=True))
        done = change_of(job).apply(sorted(there), job.options["_arguments"], by=job.actor, cause=job.cause)
        for record_id in ids:
            if record_id not in there:
                done.skip(record_id, ErrorCode.NOT_FOUND, "The record no longer exists.")
        save_problems(job, done)
        if done.memory:
            BulkChunk.objects.filter(pk=chunk.pk).update(spec=chunk.spec | {"memory": done.memory})
        return counted(len(ids), done)


def counted(read: int, done: Changed) -> Counter[str]:
    """What became of so many records."""
    refused = done.refused.keys() - done.changed
    skipped = done.skipped.keys() - done.changed - refused
    return Counter(
        read=read,
        updated=len(done.changed),
        refused=len(refused),
        skipped=len(skipped),
        unchanged=read - len(done.changed) - len(refused) - len(skipped),
    )


def save_problems(job: BulkJob, done: Changed) -> None:
    """Write down which records were left as they are, and why."""
    reasons: dict[int, list[dict[str, Any]]] = {}
    for by_record in (done.refused, done.skipped):
        for record_id, whys in by_record.items():
            reasons.setdefault(record_id, []).extend(whys)
    BulkProblem.objects.bulk_create(
        [BulkProblem(job=job, record_id=record_id, reasons=reasons[record_id]) for record_id in sorted(reasons)]
    )
