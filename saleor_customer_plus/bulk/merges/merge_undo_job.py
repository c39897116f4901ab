"""Undoing one merge as a job, where there is much to give back: the same as at once, in one transaction.

What the undo leaves other than it was is a problem of the job each, and in `Merge.conflicts`. What is in the way is a
problem, too. Should somebody have undone the merge meanwhile, there is nothing left to do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ...activity.services import Actor
from ...jobs import kinds, lifecycle
from ...jobs.models import BulkChunk, BulkJob, JobKind
from ...merging.models import Merge
from .undoing import undo_merges

_UNDO = "undo"


def create(merge: Merge, *, actor: Actor) -> BulkJob:
    """Make a job that undoes this merge. Send `tasks.run_job` once the transaction is committed."""
    options = {"_merge": merge.pk, "_ids": [merge.record_id]}
    return lifecycle.create(JobKind.MERGE_UNDO, actor=actor, options=options, is_confirmed=True)


class MergeUndoing(kinds.Kind):
    """The kind of job that undoes one merge."""

    kind: ClassVar[JobKind] = JobKind.MERGE_UNDO
    phases: ClassVar[tuple[str, ...]] = (_UNDO,)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        job.rows_total = 1
        # With the record, so that nobody merges it by hand meanwhile.
        yield {"merge": job.options["_merge"], "ids": job.options["_ids"]}

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        counted = undo_merges(job, [chunk.spec["merge"]])
        if not counted:
            counted["unchanged"] += 1  # somebody undid it, or deleted the record
        counted["read"] = 1
        return counted

    def finish(self, job: BulkJob) -> None:
        job.report = {"changed": job.counters.get("updated", 0), "kept": job.problems.count()}
