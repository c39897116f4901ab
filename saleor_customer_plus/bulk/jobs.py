"""The life of a job: made, taken chunk by chunk by any number of workers, canceled, retried, done.

A kind of job says what its phases are and what a chunk of each does (`Kind`); everything else is here. The rows that a
chunk writes, its problems, its counters and the fact that it is done are one transaction: a worker that is killed costs
one chunk, and a task that is delivered twice finds nothing to do. A worker holds the lock of its chunk's row while it
works: no lease, no clean-up. Only that it began is committed before, so that what kills each worker ends the job.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, IntegrityError, OperationalError, connections, transaction
from django.db.models import F
from django.utils import timezone

from .. import sql
from ..activity.actions import Actor
from ..errors import CustomerPlusError, ErrorCode
from . import claims, notices
from .models import OVER, BulkChunk, BulkJob, JobKind, JobState
from .progress import Canceled

logger = logging.getLogger(__name__)

# Tasks that are sent out for one job; more would only wait.
WORKERS = 8
# Seconds between looks at what others are doing.
WAIT = 0.2
# Chunks that are planned at a time: what one has to do may be a list of two thousand numbers.
PLANNED_AT_ONCE = 100
# How often `run` tries again after a deadlock or a lost link; a task is retried by Celery.
ATTEMPTS = 5
# How often a chunk is tried whose writing contradicts what others wrote since it looked.
TRIES = 3
# Seconds that a new job may wait for its task before it is sent again.
PATIENCE = 60


class Kind:
    """What one kind of job does. Subclasses are registered with `register`.

    A phase may make chunks of a later one, as many as it finds to be done: they wait until their phase has come.
    """

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

    def forget(self, job: BulkJob) -> None:
        """Called when the job's files are removed: remove what else it keeps of anybody's data."""

    def rest(self) -> None:
        """Called when this process leaves off working at jobs: drop the copies of anybody's data that it has."""


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
    """Let a failed or canceled job go on from the chunk where it ended, while it has its files and was not undone."""
    with transaction.atomic():
        job = held(job_id)
        if job.files_removed_at is not None:
            raise CustomerPlusError("The files of this job were removed. Make a new one.", field="id")
        if job.undone_by.exists():
            raise CustomerPlusError("This job was undone. Make a new one.", field="id")
        claims.forget_starts(BulkChunk.objects.filter(job=job_id))
        return _move(
            job_id,
            {JobState.FAILED, JobState.CANCELED},
            JobState.PENDING,
            "retry",
            finished_at=None,
            error_code="",
            error_message="",
        )


def held(job_id: int) -> BulkJob:
    """The job, held until the caller's transaction ends. Raise if there is none."""
    job = BulkJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise CustomerPlusError("There is no such job.", code=ErrorCode.NOT_FOUND, field="id")
    return job


def _move(job_id: int, states: set[JobState], to: JobState, verb: str, **fields: Any) -> BulkJob:
    with transaction.atomic():
        job = held(job_id)
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
    with _resting():
        while True:
            if not do_chunk(job_id):
                return min(_open_chunks(job_id), WORKERS) if _advance(job_id) else 0
            if time.monotonic() >= deadline:
                return 1


@contextmanager
def _resting() -> Iterator[None]:
    try:
        yield
    finally:
        for kind in _KINDS.values():
            kind.rest()


def run(job_id: int) -> Iterator[BulkJob]:
    """Work on a job in this process until it is over or READY, waiting at the end for what other workers are at.

    Yields the job after each chunk, for a progress bar.
    """
    with _resting():
        yield from _run(job_id)


def _run(job_id: int) -> Iterator[BulkJob]:
    failures = 0
    while True:
        try:
            is_waiting = not do_chunk(job_id) and not _advance(job_id)
            failures = 0
        except OperationalError:
            failures += 1
            connection = connections[DEFAULT_DB_ALIAS]
            if failures == ATTEMPTS or connection.in_atomic_block:
                raise
            connection.close_if_unusable_or_obsolete()
            time.sleep(WAIT * 2**failures)
            continue
        job = BulkJob.objects.get(pk=job_id)
        yield job
        if is_waiting:
            if job.state in (*OVER, JobState.READY):
                return
            time.sleep(WAIT)


def do_chunk(job_id: int) -> bool:
    """Do the next chunk that nobody else is at. Return whether there was one."""
    try:
        chunk_id = claims.begin(job_id)
        if chunk_id is None:
            return False
        try:
            _try(job_id, chunk_id)
        except OperationalError:
            claims.forget_start(chunk_id)
            raise
        _count(job_id)
    except OperationalError:
        raise  # a deadlock or a lost link: the task is retried
    except Canceled:
        pass
    except Exception as error:
        _fail(job_id, error)
    return True


def _try(job_id: int, chunk_id: int) -> None:
    """Do a chunk, again if somebody else took at that moment what it looked up, such as a number that was free."""
    for _ in range(TRIES - 1):
        try:
            return _do(job_id, chunk_id)
        except IntegrityError:
            continue
    return _do(job_id, chunk_id)


def _do(job_id: int, chunk_id: int) -> None:
    with transaction.atomic():
        sql.plan_for_batches()
        chunk = claims.free(job_id).filter(pk=chunk_id).first()
        if chunk is None:
            return  # somebody was faster, or canceled the job
        job = BulkJob.objects.get(pk=job_id)
        counted = kind_of(job).work(job, chunk)
        chunk.is_done, chunk.counters = True, dict(counted)
        chunk.save(update_fields=["is_done", "counters"])


def _advance(job_id: int) -> bool:
    """Begin the next phase once nobody is at the last one. Return whether there is more to do."""
    try:
        with transaction.atomic():
            job = BulkJob.objects.select_for_update().get(pk=job_id)
            if job.state == JobState.PENDING:
                job.state, job.started_at = JobState.RUNNING, job.started_at or timezone.now()
                job.save(update_fields=["state", "started_at"])
            if job.state != JobState.RUNNING or job.chunks.filter(phase=job.phase, is_done=False).exists():
                return False  # whoever does the last of these chunks goes on
            kind = kind_of(job)
            _put_counters(job)
            if job.phase and not job.is_confirmed and kind.waits_after(job, job.phase):
                job.state = JobState.READY
                job.save(update_fields=["state", "counters", "bytes_done"])
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
        job.phase, job.phase_started_at = phase, timezone.now()
        plan = enumerate(kind.plan(job, phase))
        while some := list(islice(plan, PLANNED_AT_ONCE)):
            BulkChunk.objects.bulk_create(
                BulkChunk(job=job, phase=phase, number=number, spec=dict(spec)) for number, spec in some
            )
        job.save()
        if job.chunks.filter(phase=phase).exists():
            return True
    kind.finish(job)
    job.state, job.finished_at = JobState.SUCCEEDED, timezone.now()
    job.save()
    _tell(job.pk)
    return False


def _tell(job_id: int) -> None:
    transaction.on_commit(partial(notices.job_over, job_id), robust=True)


def stalled() -> list[int]:
    """Jobs that nobody is at, though they are not over: the workers died, or the broker lost the task."""
    return [
        job_id
        for job_id, state, created_at in BulkJob.objects.filter(state__in=[JobState.PENDING, JobState.RUNNING])
        .order_by("id")
        .values_list("id", "state", "created_at")
        if not _somebody_is_at(job_id)
        and (state == JobState.RUNNING or created_at <= timezone.now() - timedelta(seconds=PATIENCE))
    ]


def _somebody_is_at(job_id: int) -> bool:
    with transaction.atomic():
        chunks = BulkChunk.objects.filter(job=job_id, is_done=False)
        free = chunks.select_for_update(skip_locked=True).values_list("pk", flat=True)
        return chunks.count() > len(free)


def _open_chunks(job_id: int) -> int:
    return BulkChunk.objects.filter(job=job_id, phase=F("job__phase"), is_done=False).count()


def _count(job_id: int) -> None:
    """Put the counters of the chunks that are done together, for whoever watches."""
    with transaction.atomic():
        job = BulkJob.objects.select_for_update().get(pk=job_id)  # before counting, so that no count is older than it
        _put_counters(job)
        job.save(update_fields=["counters", "bytes_done"])


def _put_counters(job: BulkJob) -> None:
    counted = _counted(job.pk)
    job.bytes_done = counted.pop("bytes", 0)
    job.counters = counted


def _counted(job_id: int) -> dict[str, int]:
    """What all chunks that are done have counted."""
    query = sql.fill(
        """
        SELECT counter.key AS name, sum(counter.value::bigint)::bigint AS number
        FROM {chunks} chunk, jsonb_each_text(chunk.counters) counter
        WHERE chunk.job_id = {job} AND chunk.is_done
        GROUP BY counter.key
        """,
        chunks=sql.table(BulkChunk),
        job=job_id,
    )
    return dict(sql.rows(query))


def _fail(job_id: int, error: Exception) -> None:
    if isinstance(error, CustomerPlusError):
        code, message = error.code.value, error.message
    elif isinstance(error, claims.WorkersDied):
        code, message = "WORKER_LOST", claims.DIED
        logger.error("Job %s failed: %s workers died at the same chunk", job_id, claims.STARTS)
    else:
        code, message = "INTERNAL", "Something went wrong. Retry the job; if it fails again, look at the server's log."
        # Where it happened, without the error's own text, which may hold somebody's data.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Job %s failed: %s\n%s", job_id, type(error).__name__, where)
    running = BulkJob.objects.filter(pk=job_id).exclude(state__in=OVER)
    if running.update(state=JobState.FAILED, error_code=code, error_message=message, finished_at=timezone.now()):
        _tell(job_id)
