"""The search for duplicates as a kind of job, and when one is due.

The first search looks at all records, and so does one that staff ask for. From then on a periodic task looks at what
changed. Once a week, at the hour at night that the settings say, all records are looked at again: how common a last
name is changes slowly, and is not counted each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ... import settings
from ...activity.services import SYNC, Actor
from ...insights.insights_job import last_time_for
from ...jobs import kinds, lifecycle
from ...jobs.models import UNDER_WAY, BulkChunk, BulkJob, JobEventType, JobKind, JobState
from . import finding, grouping, services, spelling

# Records in one range: what a worker takes at a time.
RANGE = 5_000
# Of the points and keys. Raise it with every change of them: then everything is searched again.
VERSION = 3
# How long the shares of last names, and what else all records have in common, are believed in.
MAX_AGE = timedelta(days=6)
_VERSION = "version"


class DuplicateSearch(kinds.Kind):
    """First the keys of all records, then what is crowded, then the pairs, then the groups."""

    kind = JobKind.DUPLICATES
    phases: ClassVar[tuple[str, ...]] = ("keys", "crowds", "pairs", "people")

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        if phase == "crowds":
            return [{}]
        return [{"lower": lower, "upper": upper} for lower, upper in finding.ranges(RANGE)]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if chunk.phase == "crowds":
            finding.count_all()
            return Counter()
        do = {"keys": finding.write_keys, "pairs": finding.write_pairs, "people": finding.write_groups}[chunk.phase]
        return do(chunk.spec["lower"], chunk.spec["upper"])

    def finish(self, job: BulkJob) -> None:
        grouping.forget_empty()
        services.forget_deleted()

    def notifies(self, job: BulkJob) -> bool:
        """Of those that start by themselves, staff hear only that one failed, and only once."""
        if job.actor != SYNC:
            return True
        return job.state == JobState.FAILED and not job.events.filter(type=JobEventType.RETRIED).exists()

    def rest(self) -> None:
        spelling.forget()


def all_runs() -> QuerySet[BulkJob]:
    """All searches, the latest first."""
    return BulkJob.objects.filter(kind=JobKind.DUPLICATES).order_by("-created_at", "-id")


def create(*, actor: Actor = SYNC) -> BulkJob:
    """Make a search through all records. Raises `lifecycle.AlreadyUnderWay`: there is one at a time."""
    return lifecycle.create(JobKind.DUPLICATES, actor=actor, options={_VERSION: VERSION}, is_confirmed=True)


def is_complete() -> bool:
    """Whether all records were searched through at least once."""
    return all_runs().filter(state=JobState.SUCCEEDED).exists()


def is_due() -> bool:
    """Whether all records have to be searched through: for the first time, with other points, or once a week at night.

    Never while the plugin is inactive, nor while a search is under way. One that failed is made again the next night.
    """
    return _is_due_after(all_runs().first())


def _is_due_after(last: BulkJob | None) -> bool:
    chosen, is_active = settings.load()
    if not is_active or (last is not None and last.state in UNDER_WAY):
        return False
    if last is None or last.options[_VERSION] != VERSION:
        return True
    tonight = last_time_for(chosen, timezone.now())
    return last.created_at < (tonight - MAX_AGE if last.state == JobState.SUCCEEDED else tonight)


def create_if_due() -> BulkJob | None:
    """Make the search that is due, unless there is no need, or another process makes it at this moment."""
    if not is_due():
        return None
    with suppress(lifecycle.AlreadyUnderWay), transaction.atomic():
        job = create()
        # Whoever was faster may even be done: nobody else makes one until we commit, so what we see now is final.
        if _is_due_after(all_runs().exclude(pk=job.pk).first()):
            return job
        transaction.set_rollback(True)
    return None
