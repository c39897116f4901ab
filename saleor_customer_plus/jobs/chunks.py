"""Taking a chunk of a job, and how often that was done: what kills every worker has to end the job.

Whoever does a chunk locks its row, and what it does is one transaction. That a worker was there at all would be gone
with it: so that it began is committed before. Whoever comes at that very moment looks twice.
"""

from __future__ import annotations

import time
from contextlib import suppress

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from ..core import sql
from .models import BulkChunk, BulkJob, JobState

# How often a chunk is begun before its job fails: what killed so many workers would kill the next one.
STARTS = 5
# Seconds in which whoever began a chunk has locked it.
SETTLED = 0.1

DIED = (
    f"The server's workers died {STARTS} times at the same step of this job, perhaps for want of memory. What came "
    "before is done. Look at the server's log, see to it that a worker has enough memory, and retry the job: it goes "
    "on from this step."
)


class WorkersDied(Exception):
    """A chunk was begun as often as it may be, and nobody lived to tell what became of it."""


def begin(job_id: int) -> int | None:
    """Choose the next chunk that nobody else is at, and commit that it was begun, whatever becomes of whoever did.

    Those that were begun before come last: what kills workers keeps nobody from doing the rest. Raises `WorkersDied`
    once nothing else is left.
    """
    seen: tuple[int, int, int | None] | None = None
    while True:
        if (fresh := _begin_fresh(job_id)) is not None:
            return fresh
        with transaction.atomic():
            chunk = free(job_id).order_by("starts", "id").first()
            if chunk is None:
                return None
            now = (chunk.pk, chunk.starts, chunk.position)
            if now == seen:
                if chunk.starts >= STARTS:
                    raise WorkersDied
                chunk.starts += 1
                chunk.save(update_fields=["starts"])
                return int(chunk.pk)
        # Whoever began it died, or is about to lock it: look again.
        seen = now
        time.sleep(SETTLED)


def _begin_fresh(job_id: int) -> int | None:
    """Begin the next chunk that nobody began before, in one statement.

    That is not worth waiting for the disk: should the database crash, a start is not counted.
    """
    query = sql.fill(
        """
        WITH at_once AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
        UPDATE {chunks} SET starts = 1 FROM at_once
        WHERE id = (
            SELECT c.id FROM {chunks} c JOIN {jobs} j ON j.id = c.job_id
            WHERE c.job_id = {job} AND c.phase = j.phase AND j.state = {running} AND NOT c.is_done AND c.starts = 0
            ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
        )
        RETURNING id
        """,
        chunks=sql.table(BulkChunk),
        jobs=sql.table(BulkJob),
        job=job_id,
        running=JobState.RUNNING.value,
    )
    return next((int(row.id) for row in sql.rows(query)), None)


def free(job_id: int) -> QuerySet[BulkChunk]:
    """The chunks that are to be done now and that nobody is at, each locked."""
    return BulkChunk.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        job=job_id, phase=F("job__phase"), is_done=False, job__state=JobState.RUNNING
    )


def forget_start(chunk_id: int) -> None:
    """Count a start no more that ended with an error of the database, which whoever began it lived to see."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.needs_rollback:
        return
    with suppress(OperationalError):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        forget_starts(BulkChunk.objects.filter(pk=chunk_id), 1)


def forget_starts(chunks: QuerySet[BulkChunk], number: int = STARTS) -> None:
    """Count so many starts less of those of these chunks that nobody is at."""
    with transaction.atomic():
        free = chunks.filter(is_done=False, starts__gt=0).select_for_update(skip_locked=True).order_by("id")
        ids = list(free.values_list("pk", flat=True))
        BulkChunk.objects.filter(pk__in=ids).update(starts=Greatest(F("starts") - number, 0))
