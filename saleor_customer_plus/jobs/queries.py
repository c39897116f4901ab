"""Reading jobs, how far they have come, and what they refused, in constant numbers of statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import BigIntegerField, DateTimeField
from django.utils import timezone

from ..core import process_publisher, sql
from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from .models import LISTED_KINDS, BulkChunk, BulkJob, BulkProblem, JobKind, JobState

_ID = Key("id", BigIntegerField())
_CREATED = (Key("created_at", DateTimeField()), _ID)
_PLACE = (Key("place", BigIntegerField()), _ID)


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs of some kinds and in some states, newest first. None is all states, and all kinds that staff start."""

    kinds: Sequence[JobKind] | None = None
    states: Sequence[JobState] | None = None

    @property
    def ordering(self) -> Ordering[BulkJob]:
        lookups = {"kind__in": LISTED_KINDS if self.kinds is None else self.kinds, "state__in": self.states}
        jobs = BulkJob.objects.filter(**{name: value for name, value in lookups.items() if value is not None})
        return Ordering("CREATED", [Segment(jobs, _CREATED, descending=True)])

    def count(self) -> int:
        return self.ordering.segments[0].rows.count()


def pages_of_problems(job_ids: Collection[int], window: Window) -> dict[int, Page[BulkProblem]]:
    """One page of what each job refused or passed over, in the order of the file."""
    ordering = Ordering("PLACE", [Segment(BulkProblem.objects.all(), _PLACE)])
    return page_of_each(job_ids, ordering, window, parent="job")


def jobs_by_id(job_ids: Collection[int]) -> dict[int, BulkJob]:
    """Jobs by their ids. One statement."""
    return BulkJob.objects.in_bulk(job_ids)


def count_problems(job_ids: Collection[int]) -> dict[int, int]:
    """How much each job refused or passed over."""
    return count_of_each(BulkProblem.objects.all(), job_ids, parent="job")


class Steps(NamedTuple):
    """The chunks of the phase that a job is in, and the rows that they have read so far."""

    chunks: int
    done: int
    read: int


def steps_of(job_ids: Collection[int]) -> dict[int, Steps]:
    """How far each job has come in its phase. One statement."""
    query = sql.fill(
        """
        SELECT job.id, count(*) AS chunks, count(*) FILTER (WHERE chunk.is_done) AS done,
               COALESCE(sum((chunk.counters ->> 'read')::bigint), 0)::bigint AS read
        FROM {jobs} job JOIN {chunks} chunk ON chunk.job_id = job.id AND chunk.phase = job.phase
        WHERE job.id = ANY({ids})
        GROUP BY job.id
        """,
        jobs=sql.table(BulkJob),
        chunks=sql.table(BulkChunk),
        ids=list(job_ids),
    )
    found = {job_id: Steps(*steps) for job_id, *steps in sql.rows(query)}
    return {job_id: found.get(job_id, Steps(0, 0, 0)) for job_id in job_ids}


# Seconds after which somebody should look whether there are workers: beat has sent the job's task again by then.
_LONG = 180


def waiting_reason(job: BulkJob, now: datetime | None = None) -> str | None:
    """Why a job that is not over does not go on, and what to do, as far as this process can tell."""
    if job.state not in (JobState.PENDING, JobState.RUNNING):
        return None
    if process_publisher.is_failing():
        return (
            "The broker of Celery's tasks cannot be reached at the moment. The job goes on by itself, within about two "
            "minutes of the broker's return."
        )
    waited = ((now or timezone.now()) - job.created_at).total_seconds()
    if job.state == JobState.PENDING and job.started_at is None and waited >= _LONG:
        return f"No worker has begun the job in {int(waited // 60)} minutes. Check that Celery's workers and beat run."
    return None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job has come in its phase, from 0 to 1, as far as it is known, and how fast it goes."""

    fraction: float | None
    rows_per_second: float | None
    seconds_left: float | None


def progress(job: BulkJob, steps: Steps, now: datetime | None = None) -> Progress:
    """What to show of a job that is at work or over."""
    until = job.finished_at or now or timezone.now()
    read = int(job.counters.get("read", 0))
    if steps.read and job.phase_started_at:
        rate = _rate(steps.read, (until - job.phase_started_at).total_seconds())
    else:
        rate = _rate(read, (until - job.started_at).total_seconds()) if job.started_at else None
    fraction = _fraction(job, steps, read)
    left = None
    if job.state == JobState.RUNNING and fraction and job.phase_started_at:
        left = (until - job.phase_started_at).total_seconds() * (1 - fraction) / fraction
    return Progress(fraction, rate, left)


def _fraction(job: BulkJob, steps: Steps, read: int) -> float | None:
    if job.state == JobState.SUCCEEDED:
        return 1.0
    if steps.chunks > 1:
        return steps.done / steps.chunks
    if job.rows_total and read:
        return min(read / job.rows_total, 1.0)
    return None


def _rate(rows: int, seconds: float) -> float | None:
    return rows / seconds if rows and seconds > 0 else None
