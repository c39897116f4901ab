"""The computation of insights as a kind of job, and when one is due.

It starts by itself once a day, at the hour that the settings say, and whenever staff ask for it. Any number of workers
share it; one that is canceled or dies is gone on with where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import settings
from ..activity.models import ActorType
from ..activity.services import Actor
from ..jobs import kinds, lifecycle
from ..jobs.models import UNDER_WAY, BulkChunk, BulkJob, JobEventType, JobKind, JobState
from ..settings import CustomerPlusSettings
from . import computation

# In whose name the machine computes.
SYNC = Actor(ActorType.SYNC)
# Records in one range: what a worker takes at a time.
RANGE = 20_000
# A run that did nothing for so long hangs, or no worker can do its next step: the night does not wait for it.
STUCK_AFTER = timedelta(hours=6)
_ZONE = "time_zone"


class Insights(kinds.Kind):
    """First the thresholds, in one chunk; then the records, a chunk for each range of ids."""

    kind = JobKind.INSIGHTS
    phases: ClassVar[tuple[str, ...]] = ("thresholds", "records")

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        if phase == "thresholds":
            return [{}]
        return [{"lower": lower, "upper": upper} for lower, upper in computation.ranges(RANGE)]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        zone = job.options[_ZONE]
        if chunk.phase == "thresholds":
            computation.write_thresholds(zone)
            return Counter()
        return computation.write_records(chunk.spec["lower"], chunk.spec["upper"], zone)

    def finish(self, job: BulkJob) -> None:
        computation.finish(job.started_at or job.created_at)

    def notifies(self, job: BulkJob) -> bool:
        """Of those that start by themselves, staff hear only that one failed, and only once."""
        if job.actor != SYNC:
            return True
        return job.state == JobState.FAILED and not job.events.filter(type=JobEventType.RETRIED).exists()


def all_runs() -> QuerySet[BulkJob]:
    """All computations, the latest first."""
    return BulkJob.objects.filter(kind=JobKind.INSIGHTS).order_by("-created_at", "-id")


def create(*, actor: Actor = SYNC) -> BulkJob:
    """Make a computation. Raises `lifecycle.AlreadyUnderWay`: there is one at a time."""
    chosen, _is_active = settings.load()
    return lifecycle.create(JobKind.INSIGHTS, actor=actor, options={_ZONE: chosen.time_zone}, is_confirmed=True)


def current() -> BulkJob | None:
    """The computation under way, if any."""
    return all_runs().filter(state__in=UNDER_WAY).first()


def is_due() -> bool:
    """Whether it is time to start one: none began since the hour that the settings say, or the time zone is another.

    Never while the plugin is inactive, nor while one is under way, unless that is stuck.
    """
    return _is_due_after(all_runs().first())


def _is_due_after(last: BulkJob | None) -> bool:
    chosen, is_active = settings.load()
    if not is_active:
        return False
    if last is not None and last.state in UNDER_WAY:
        return _is_stuck(last)
    if last is None or last.options[_ZONE] != chosen.time_zone:
        return True
    return last.created_at < last_time_for(chosen, timezone.now())


def _is_stuck(run: BulkJob) -> bool:
    return (run.worked_at or run.created_at) <= timezone.now() - STUCK_AFTER


def create_if_due() -> BulkJob | None:
    """Make the computation of the night, unless there is no need, or another process makes it at this moment."""
    if not is_due():
        return None
    with suppress(lifecycle.AlreadyUnderWay), transaction.atomic():
        stuck = [run.pk for run in all_runs().filter(state__in=UNDER_WAY).select_for_update() if _is_stuck(run)]
        for run_id in stuck:
            lifecycle.cancel(run_id, actor=SYNC)
        job = create()
        # Whoever was faster may even be done: nobody else makes one until we commit, so what we see now is final.
        if stuck or _is_due_after(all_runs().exclude(pk=job.pk).first()):
            return job
        transaction.set_rollback(True)
    return None


def last_time_for(chosen: CustomerPlusSettings, now: datetime) -> datetime:
    """The last moment, up to now, at which the clocks of the shop showed the hour of the settings."""
    here = now.astimezone(ZoneInfo(chosen.time_zone))
    today = here.replace(hour=chosen.insights_hour, minute=0, second=0, microsecond=0, fold=0)
    return today if today <= here else today - timedelta(days=1)
