"""How workers do a job: any number of them take it chunk by chunk until it is done.

A kind of job defines its phases and what a chunk of each does (`jobs.kinds`). The rows that a
chunk writes, its problems, its counters and the fact that it is done are one transaction: a worker that is killed costs
one chunk, and a task that is delivered twice finds nothing to do. A worker holds the lock of its chunk's row while it
works: no lease, no clean-up. Only that it began is committed before, so that what kills each worker ends the job.

A chunk may also be done in steps, each a transaction that commits its work together with `BulkChunk.position`, where
the next step begins. Then a worker that is killed costs one step.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from itertools import islice

from django.db import DEFAULT_DB_ALIAS, DatabaseError, IntegrityError, OperationalError, connections, transaction
from django.db.models import F
from django.utils import timezone

from .. import settings
from ..core import private_files, sql
from ..core.celery_tasks import bulk_work
from ..errors import CustomerPlusError
from . import chunks as claims
from . import notifications
from .kinds import Kind, all_kinds, kind_of
from .models import OVER, BulkChunk, BulkJob, JobState
from .progress import Canceled

logger = logging.getLogger(__name__)

# Tasks that are sent out for one job; more would only wait.
WORKERS = 8
# Seconds between looks at what others are doing.
WAIT = 0.2
# Chunks that are planned at a time: what one has to do may be a list of two thousand numbers.
PLANNED_AT_ONCE = 100
# How often in a row `run` tries again after a deadlock or a lost link, and the seconds that it waits at most before it
# does: about two minutes in all, in which a server can start again. A task is retried by Celery.
ATTEMPTS = 32
MAX_WAIT = 5
# How often a chunk is tried whose writing contradicts what others wrote since it looked.
TRIES = 3
# Seconds that a new job may wait for its task before it is sent again.
PATIENCE = 60


def work(job_id: int, *, seconds: float) -> int:
    """Work on a job for a while. Return how many workers should go on: 0 if there is no need.

    While the plugin is inactive nothing is done: the periodic task sends workers again once it is active.
    """
    _chosen, is_active = settings.load()
    if not is_active:
        return 0
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
        for kind in all_kinds():
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
            if failures > ATTEMPTS:
                raise
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            time.sleep(min(WAIT * 2**failures, MAX_WAIT))
            continue
        job = BulkJob.objects.get(pk=job_id)
        yield job
        if is_waiting:
            if job.state in (*OVER, JobState.READY):
                return
            time.sleep(WAIT)


def do_chunk(job_id: int) -> bool:
    """Do the next chunk that nobody else is at, or its next step. Return whether there was one."""
    try:
        chunk_id = claims.begin(job_id)
        if chunk_id is None:
            return False
        try:
            _try(job_id, chunk_id)
        except Canceled:
            raise
        except Exception as error:
            if isinstance(error, OperationalError):
                claims.forget_start(chunk_id)
            if not _goes_on(job_id, chunk_id, error):
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
        # Do not wait for the disk: a crash of the database would lose the chunk's work together with the fact that it
        # is done. The commit that ends the job waits for all of them.
        sql.commit_without_waiting()
        chunk = claims.free(job_id).filter(pk=chunk_id).select_related("job").first()
        if chunk is None:
            return  # somebody was faster, or canceled the job
        with bulk_work():
            counted = kind_of(chunk.job).work(chunk.job, chunk)
        chunk.is_done = chunk.position is None
        if not chunk.is_done:
            chunk.starts = 0  # whoever begins the next step begins anew
        chunk.counters = _sum(chunk.counters, counted)
        chunk.save(update_fields=["is_done", "starts", "position", "failures", "counters"])


def _sum(so_far: Mapping[str, int], counted: Mapping[str, int]) -> dict[str, int]:
    return {name: so_far.get(name, 0) + counted.get(name, 0) for name in (*so_far, *counted)}


def _goes_on(job_id: int, chunk_id: int, error: Exception) -> bool:
    """Let the kind of job decide what a failure means for the chunk, and whether the job goes on."""
    with suppress(DatabaseError), transaction.atomic():
        chunk = claims.free(job_id).filter(pk=chunk_id).first()
        if chunk is not None:
            job = BulkJob.objects.get(pk=job_id)
            goes_on = kind_of(job).failed(job, chunk, error)
            if goes_on:
                chunk.starts = 0
            chunk.save(update_fields=["starts", "position", "failures"])
            return goes_on
    return False


def _advance(job_id: int) -> bool:
    """Begin the next phase once nobody is at the last one. Return whether there is more to do."""
    try:
        with transaction.atomic():
            job = BulkJob.objects.select_for_update().get(pk=job_id)
            is_begun = job.state == JobState.PENDING
            if is_begun:
                job.state, job.started_at = JobState.RUNNING, job.started_at or timezone.now()
                job.save(update_fields=["state", "started_at"])
            if job.state != JobState.RUNNING:
                return False
            if job.chunks.filter(phase=job.phase, is_done=False).exists():
                # Whoever does the last of these chunks goes on. Of a job that was retried, nobody is at them yet.
                return is_begun
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
        is_planned = False
        while some := list(islice(plan, PLANNED_AT_ONCE)):
            is_planned = True
            BulkChunk.objects.bulk_create(
                BulkChunk(job=job, phase=phase, number=number, spec=dict(spec)) for number, spec in some
            )
        # The chunks of a phase may have been made while the one before it looked for what is to be done.
        if is_planned or job.chunks.filter(phase=phase).exists():
            job.save()
            return True
    kind.finish(job)
    job.state, job.finished_at = JobState.SUCCEEDED, timezone.now()
    job.save()
    _notify(job)
    return False


def _notify(job: BulkJob) -> None:
    if kind_of(job).notifies(job):
        transaction.on_commit(partial(notifications.job_over, job.pk), robust=True)


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
        sql.commit_without_waiting()
        job = BulkJob.objects.select_for_update().get(pk=job_id)  # before counting, so that no count is older than it
        _put_counters(job)
        job.worked_at = timezone.now()
        job.save(update_fields=["counters", "bytes_done", "worked_at"])


def _put_counters(job: BulkJob) -> None:
    counted = _counted(job.pk)
    job.bytes_done = counted.pop("bytes", 0)
    job.counters = counted


def _counted(job_id: int) -> dict[str, int]:
    """What all chunks have counted, those that are not done yet included."""
    query = sql.fill(
        """
        SELECT counter.key AS name, sum(counter.value::bigint)::bigint AS number
        FROM {chunks} chunk, jsonb_each_text(chunk.counters) counter
        WHERE chunk.job_id = {job}
        GROUP BY counter.key
        """,
        chunks=sql.table(BulkChunk),
        job=job_id,
    )
    return dict(sql.rows(query))


def _fail(job_id: int, error: Exception) -> None:
    error = private_files.failure_of(error) or error
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
        _notify(BulkJob.objects.get(pk=job_id))
