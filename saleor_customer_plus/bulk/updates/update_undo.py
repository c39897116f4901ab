"""Undoing one action on many records, see `undo.reverting`. Who was deleted does not come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from ...errors import CustomerPlusError, ErrorCode
from ...jobs.models import BulkJob, JobKind
from .. import undo
from ..undo.reverting import Reversal
from .update_job import APPLY, change_of, counted, save_problems


class UpdateUndo(undo.Undo):
    """Undoes what was applied, where nobody touched it since."""

    kind: ClassVar[JobKind] = JobKind.UPDATE
    phases: ClassVar[tuple[str, ...]] = (APPLY,)

    def check(self, undone: BulkJob) -> None:
        if not change_of(undone).can_be_undone:
            raise CustomerPlusError(
                "Deletions and messages that were sent cannot be undone.",
                code=ErrorCode.OUT_OF_SCOPE,
                field="id",
            )

    def work(self, job: BulkJob, undone: BulkJob, spec: Mapping[str, Any]) -> Counter[str]:
        reversal = Reversal(
            undone=undone.cause,
            actor=job.actor,
            cause=job.cause,
            newly_locked=spec.get("memory", {}).get("newly_locked", {}),
        )
        done = reversal.revert(spec["ids"])
        save_problems(job, done)
        return counted(len(spec["ids"]), done)

    def finish(self, job: BulkJob, undone: BulkJob) -> None:
        job.report = {"changed": job.counters.get("updated", 0), "kept": job.problems.count()}
