"""Undoing a job that merged records: each of its merges that still holds, the last one first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import transaction

from ...accounts.services import context_of
from ...errors import CustomerPlusError, ErrorCode, SeveralErrors
from ...jobs import job_channels
from ...jobs.models import BulkJob, BulkProblem, JobKind
from ...merging.models import Merge, MergeState
from ...merging.undo import undo as undo_merge
from .. import undo
from .merge_job import MERGE, NOT_ALLOWED


class MergeUndo(undo.Undo):
    """Undoes what a job merged. What was edited since is kept, and told."""

    kind: ClassVar[JobKind] = JobKind.MERGE
    phases: ClassVar[tuple[str, ...]] = (MERGE,)

    def work(self, job: BulkJob, undone: BulkJob, spec: Mapping[str, Any]) -> Counter[str]:
        context = context_of(job.actor)
        if context is None:
            raise CustomerPlusError(NOT_ALLOWED, code=ErrorCode.OUT_OF_SCOPE)
        requestor, channels = context.app or context.user, job_channels.channels_of_actor(job.actor)
        counted: Counter[str] = Counter()
        problems: list[BulkProblem] = []
        for merge in Merge.objects.filter(pk__in=spec.get("merges", ()), state=MergeState.MERGED).order_by("-pk"):
            counted["read"] += 1
            reasons: list[dict[str, Any]]
            try:
                with transaction.atomic():
                    _merge, conflicts = undo_merge(
                        merge.pk, actor=job.actor, requestor=requestor, channels=channels, job_id=job.pk
                    )
                    counted["updated"] += 1
                    reasons = [
                        {"field": one.what or None, "code": ErrorCode.STALE.value, "message": one.message}
                        for one in conflicts
                    ]
            except CustomerPlusError as error:
                reasons = [_reason(error)]
                counted["refused"] += 1
            except SeveralErrors as several:
                reasons = [_reason(error) for error in several.errors]
                counted["refused"] += 1
            if reasons:
                problems.append(BulkProblem(job=job, record_id=merge.kept_id, reasons=reasons))
        BulkProblem.objects.bulk_create(problems)
        return counted

    def finish(self, job: BulkJob, undone: BulkJob) -> None:
        job.report = {"changed": job.counters.get("updated", 0), "kept": job.problems.count()}


def _reason(error: CustomerPlusError) -> dict[str, Any]:
    return {"field": error.field, "code": error.code.value, "message": error.message}
