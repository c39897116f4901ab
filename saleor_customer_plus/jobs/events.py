"""Who did what with a job: the one writer of `BulkJobEvent`, and its reader."""

from __future__ import annotations

from collections.abc import Collection

from ..activity.services import Actor
from .models import BulkJob, BulkJobEvent, JobEventType


def add(job: BulkJob, type: JobEventType, actor: Actor) -> None:
    """Note what somebody did with a job, in the transaction in which it was done."""
    BulkJobEvent.objects.create(job=job, type=type, actor_type=actor.type, actor_id=actor.id)


def events_of(job_ids: Collection[int]) -> dict[int, list[BulkJobEvent]]:
    """What was done with each of these jobs, the oldest first. One statement."""
    found: dict[int, list[BulkJobEvent]] = {job_id: [] for job_id in job_ids}
    for event in BulkJobEvent.objects.filter(job__in=job_ids).order_by("job", "id"):
        found[event.job_id].append(event)
    return found
