"""The life of a job: made, taken chunk by chunk by any number of workers, canceled, retried, done.

A kind of job says what its phases are and what a chunk of each does (`Kind`); everything else is here. The rows that a
chunk writes, its problems, its counters and the fact that it is done are one transaction: a worker that is killed costs
one chunk, and a task that is delivered twice finds nothing to do. A worker holds the lock of its chunk's row while it
works: no lease, no clean-up.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from django.db import OperationalError, transaction
from django.utils import timezone

from .. import sql
from ..activity.actions import Actor
from ..errors import CustomerPlusError, ErrorCode
from .models import OVER, BulkChunk, BulkJob, JobKind, JobState

logger = logging.getLogger(__name__)

# Tasks that are sent out for one job; more would only wait.
WORKERS = 8
# Seconds between looks at what others are doing.
WAIT = 0.2

# The counters that every kind of job may use.
COUNTERS = ("read", "created", "updated", "unchanged", "skipped", "invalid")


class Kind:
    """What one kind of job does. Subclasses are registered with `register`."""

    kind: ClassVar[JobKind]
    # In order. A phase without chunks is passed over.
    phases: ClassVar[tuple[str, ...]]

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        """The specs of a phase's chunks, asked when the phase before is over. May set fields of the job."""
        raise NotImplementedError

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        """Do one chunk, in the caller's transaction. Return what was counted; `bytes` is progress through the file."""
        raise NotImplementedError

    def waits_after(self, job: BulkJob, phase: str) -> bool:
        """Whether the job waits after this phase, READY, until somebody calls `start`."""
        return False

    def finish(self, job: BulkJob) -> None:
        """Called once, in the transaction in which the job succeeds: put the files together, tell what there is."""


_KINDS: dict[JobKind, Kind] = {}


def register(kind: Kind) -> None:
    _KINDS[kind.kind] = kind


def kind_of(job: BulkJob) -> Kind:
    return _KINDS[JobKind(job.kind)]


def create(kind: JobKind, *, actor: Actor, options: Mapping[str, Any], **fields: Any) -> BulkJob:
    """Make a job that waits for a worker. Send `tasks.run_job` once the transaction is committed."""
    return BulkJob.objects.create(kind=kind, actor_type=actor.type, actor_id=actor.id, options=dict(options), **fields)


def start(job_id: int) -> BulkJob:
    """Let a job that is READY go on."""
    return _move(job_id, {JobState.READY}, JobState.PENDING, "start", is_confirmed=True)


def cancel(job_id: int) -> BulkJob:
    """End a job before its next chunk. What was done stays, and can be undone where the kind of job can."""
    states = {JobState.PENDING, JobState.READY, JobState.RUNNING}
    return _move(job_id, states, JobState.CANCELED, "cancel", finished_at=timezone.now())


def retry(job_id: int) -> BulkJob:
    """Let a failed or canceled job go on from the chunk where it ended."""
    return _move(
        job_id,
        {JobState.FAILED, JobState.CANCELED},
        JobState.PENDING,
        "retry",
        finished_at=None,
        error_code="",
        error_message="",
    )


def _move(job_id: int, states: set[JobState], to: JobState, verb: str, **fields: Any) -> BulkJob:
    with transaction.atomic():
        job = BulkJob.objects.select_for_update().filter(pk=job_id).first()
        if job is None:
            raise CustomerPlusError("There is no such job.", code=ErrorCode.NOT_FOUND, field="id")
        if job.state not in states:
            raise CustomerPlusError(f"Cannot {verb} a job that is {job.state}.", field="id")
        job.state = to
        for name, value in fields.items():
            setattr(job, name, value)
        job.save(update_fields=["state", *fields])
        return job


def work(job_id: int, *, seconds: float) -> int:
    """Work on a job for a while. Return how many workers should go on: 0 if there is no need."""
    deadline = time.monotonic() + seconds
    while True:
        if not do_chunk(job_id):
            return min(_open_chunks(job_id), WORKERS) if _advance(job_id) else 0
        if time.monotonic() >= deadline:
            return 1


def run(job_id: int) -> Iterator[BulkJob]:
    """Work on a job in this process until it is over or READY, waiting at the end for what other workers are at.

    Yields the job after each chunk, for a progress bar.
    """
    while True:
        if not do_chunk(job_id) and not _advance(job_id):
            job = BulkJob.objects.get(pk=job_id)
            if job.state in (*OVER, JobState.READY):
                yield job
                return
            time.sleep(WAIT)
        yield BulkJob.objects.get(pk=job_id)


def do_chunk(job_id: int) -> bool:
    """Do the next chunk that nobody else is at. Return whether there was one."""
    try:
        with transaction.atomic():
            sql.plan_for_batches()
            chunk = (
                BulkChunk.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(job=job_id, is_done=False, job__state=JobState.RUNNING)
                .order_by("id")
                .first()
            )
            if chunk is None:
                return False
            job = BulkJob.objects.get(pk=job_id)
            counted = kind_of(job).work(job, chunk)
            chunk.is_done, chunk.counters = True, dict(counted)
            chunk.save(update_fields=["is_done", "counters"])
        _count(job_id)
    except OperationalError:
        raise  # a deadlock or a lost link: the task is retried
    except Exception as error:
        _fail(job_id, error)
    return True


def _advance(job_id: int) -> bool:
    """Begin the next phase once nobody is at the last one. Return whether there is more to do."""
    try:
        with transaction.atomic():
            job = BulkJob.objects.select_for_update().get(pk=job_id)
            if job.state == JobState.PENDING:
                job.state, job.started_at = JobState.RUNNING, job.started_at or timezone.now()
                job.save(update_fields=["state", "started_at"])
            if job.state != JobState.RUNNING or job.chunks.filter(is_done=False).exists():
                return False  # whoever does the last of these chunks goes on
            kind = kind_of(job)
            if job.phase and not job.is_confirmed and kind.waits_after(job, job.phase):
                job.state, job.counters = JobState.READY, dict(_counted(job.pk))
                job.save(update_fields=["state", "counters"])
                return False
            return _next_phase(job, kind)
    except OperationalError:
        raise
    except Exception as error:
        _fail(job_id, error)
        return False


def _next_phase(job: BulkJob, kind: Kind) -> bool:
    done = kind.phases.index(job.phase) + 1 if job.phase else 0
    for phase in kind.phases[done:]:
        job.phase = phase
        chunks = [
            BulkChunk(job=job, phase=phase, number=number, spec=dict(spec))
            for number, spec in enumerate(kind.plan(job, phase))
        ]
        BulkChunk.objects.bulk_create(chunks, batch_size=1000)
        job.save()
        if chunks:
            return True
    job.counters = dict(_counted(job.pk))
    kind.finish(job)
    job.state, job.finished_at = JobState.SUCCEEDED, timezone.now()
    job.save()
    return False


def _open_chunks(job_id: int) -> int:
    return BulkChunk.objects.filter(job=job_id, is_done=False).count()


def _count(job_id: int) -> None:
    """Put the counters of the chunks that are done together, for whoever watches."""
    counted = _counted(job_id)
    BulkJob.objects.filter(pk=job_id, state=JobState.RUNNING).update(
        counters={name: number for name, number in counted.items() if name != "bytes"}, bytes_done=counted["bytes"]
    )


def _counted(job_id: int) -> Counter[str]:
    return sum(
        (Counter(counters) for counters in BulkChunk.objects.filter(job=job_id).values_list("counters", flat=True)),
        Counter[str](),
    )


def _fail(job_id: int, error: Exception) -> None:
    if isinstance(error, CustomerPlusError):
        code, message = error.code.value, error.message
    else:
        code, message = "INTERNAL", "Something went wrong. Retry the job; if it fails again, look at the server's log."
        # Where it happened, without the error's own text, which may hold somebody's data.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Job %s failed: %s\n%s", job_id, type(error).__name__, where)
    BulkJob.objects.filter(pk=job_id).exclude(state__in=OVER).update(
        state=JobState.FAILED, error_code=code, error_message=message, finished_at=timezone.now()
    )
