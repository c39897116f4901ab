"""Undoing a job that merged records: each of its merges that still holds, the last one first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from ...jobs.models import BulkJob, JobKind
from .. import undo
from .merge_job import MERGE
from .undoing import undo_merges


class MergeUndo(undo.Undo):
    """Undoes what a job merged. What was edited since is kept, and reported."""

    kind: ClassVar[JobKind] = JobKind.MERGE
    phases: ClassVar[tuple[str, ...]] = (MERGE,)

    def work(self, job: BulkJob, undone: BulkJob, spec: Mapping[str, Any]) -> Counter[str]:
        return undo_merges(job, spec.get("merges", ()))

    def finish(self, job: BulkJob, undone: BulkJob) -> None:
        job.report = {"changed": job.counters.get("updated", 0), "kept": job.problems.count()}
