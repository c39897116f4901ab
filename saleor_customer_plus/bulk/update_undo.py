"""Undoing one action on many records, see `bulk.reverting`. Who was deleted does not come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ..errors import CustomerPlusError, ErrorCode
from . import undo
from .models import BulkChunk, BulkJob, JobKind
from .reverting import Reversal
from .updates import APPLY, actor_of, cause_of, change_of, counted, save_problems


class UpdateUndo(undo.Undo):
    """Undoes what was done, chunk by chunk of the job that did it."""

    kind: ClassVar[JobKind] = JobKind.UPDATE

    def check(self, undone: BulkJob) -> None:
        if not change_of(undone).can_be_undone:
            raise CustomerPlusError(
                "Records that were deleted do not come back.", code=ErrorCode.OUT_OF_SCOPE, field="id"
            )

    def plan(self, job: BulkJob, undone: BulkJob) -> Iterable[Mapping[str, Any]]:
        # Locked, so that whoever is still at a chunk of a job that was canceled has either done it or not.
        chunks = undone.chunks.select_for_update().filter(phase=APPLY).order_by("id")
        done = [pk for pk, is_done in chunks.values_list("pk", "is_done") if is_done]
        job.rows_total = undone.counters.get("read", 0)
        return [{"chunk": pk} for pk in done]

    def work(self, job: BulkJob, undone: BulkJob, chunk: BulkChunk) -> Counter[str]:
        spec = BulkChunk.objects.values_list("spec", flat=True).get(pk=chunk.spec["chunk"])
        reversal = Reversal(
            undone=cause_of(undone),
            actor=actor_of(job),
            cause=cause_of(job),
            newly_locked=spec.get("memory", {}).get("newly_locked", {}),
        )
        done = reversal.revert(spec["ids"])
        save_problems(job, done)
        return counted(len(spec["ids"]), done)

    def finish(self, job: BulkJob, undone: BulkJob) -> None:
        job.report = {"changed": job.counters.get("updated", 0), "kept": job.problems.count()}


undo.register(UpdateUndo())
