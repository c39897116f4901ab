"""Undoing a job: a job of its own, which goes through the chunks of the other one.

Each kind of job that can be undone registers how (`register`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import transaction

from ...activity.services import Actor
from ...errors import CustomerPlusError, ErrorCode
from ...jobs import events, kinds, lifecycle
from ...jobs.models import OVER, BulkChunk, BulkJob, JobEventType, JobKind, JobState

UNDO = "undo"


class Undo:
    """How one kind of job is undone: chunk by chunk of those in which it wrote, the last one first."""

    kind: ClassVar[JobKind]
    # Those in which it wrote.
    phases: ClassVar[tuple[str, ...]]

    def check(self, undone: BulkJob) -> None:
        """Raise `CustomerPlusError` if this one cannot be undone."""

    def work(self, job: BulkJob, undone: BulkJob, spec: Mapping[str, Any]) -> Counter[str]:
        """Undo a chunk of `undone`, which left this spec, as a part of `job`. In the caller's transaction.

        Returns what was counted.
        """
        raise NotImplementedError

    def finish(self, job: BulkJob, undone: BulkJob) -> None:
        """Called once, in the transaction in which the undoing succeeds."""


_UNDOS: dict[JobKind, Undo] = {}


def register(undo: Undo) -> None:
    _UNDOS[undo.kind] = undo


def create(job_id: int, *, actor: Actor) -> BulkJob:
    """Make a job that undoes another one, which is over from now on. Send `tasks.run_job` once it is committed."""
    with transaction.atomic():
        undone = lifecycle.held(job_id)
        _check(undone)
        options = {"kind": undone.kind}
        events.add(undone, JobEventType.UNDONE, actor)
        return lifecycle.create(JobKind.UNDO, actor=actor, options=options, undoes=undone, is_confirmed=True)


def _check(undone: BulkJob) -> None:
    undo = _UNDOS.get(JobKind(undone.kind))
    if undo is None:
        raise CustomerPlusError("A job of this kind cannot be undone.", code=ErrorCode.OUT_OF_SCOPE, field="id")
    if undone.state not in OVER:
        raise CustomerPlusError(f"A job that is {undone.state} cannot be undone. Cancel it first.", field="id")
    if undone.files_removed_at is not None:
        raise CustomerPlusError(
            "What this job did is no longer kept, so it cannot be undone.", code=ErrorCode.STALE, field="id"
        )
    others = undone.undone_by.order_by("pk")
    if other := others.exclude(state=JobState.FAILED).exclude(state=JobState.CANCELED).first():
        raise CustomerPlusError(
            "This job was undone already.", code=ErrorCode.ALREADY_EXISTS, field="id", id=str(other.pk)
        )
    if other := others.first():
        raise CustomerPlusError("Retry the job that began to undo this one.", field="id", id=str(other.pk))
    undo.check(undone)


class Undoing(kinds.Kind):
    """The kind of job that undoes another one."""

    kind: ClassVar[JobKind] = JobKind.UNDO
    phases: ClassVar[tuple[str, ...]] = (UNDO,)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        undone = _undone(job)
        # Locked, so that whoever is still at a chunk of a job that was canceled has either done it or not.
        chunks = undone.chunks.select_for_update().filter(phase__in=_undo_of(undone).phases).order_by("-id")
        done = [pk for pk, is_done in chunks.values_list("pk", "is_done") if is_done]
        job.rows_total = undone.counters.get("read", 0)
        return [{"chunk": pk} for pk in done]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        undone = _undone(job)
        spec = BulkChunk.objects.values_list("spec", flat=True).get(pk=chunk.spec["chunk"])
        return _undo_of(undone).work(job, undone, spec)

    def forget(self, job: BulkJob) -> None:
        job.chunks.all().delete()

    def finish(self, job: BulkJob) -> None:
        undone = _undone(job)
        _undo_of(undone).finish(job, undone)


def _undo_of(undone: BulkJob) -> Undo:
    return _UNDOS[JobKind(undone.kind)]


def _undone(job: BulkJob) -> BulkJob:
    if job.undoes is None:
        raise CustomerPlusError("The job that was to be undone is gone.", code=ErrorCode.NOT_FOUND)
    return job.undoes
