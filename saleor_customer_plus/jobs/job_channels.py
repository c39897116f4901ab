"""The channels whose orders a job may show: those of whoever asked for it."""

from __future__ import annotations

from ..activity.models import ActorType
from ..activity.services import Actor
from ..saleor_adapter import host, staff
from .models import BulkJob

# The option of a job that holds them.
CHANNELS = "_channels"


def channels_of_actor(actor: Actor) -> staff.Channels:
    """The channels whose orders whoever does something may see. Apps and the machine itself are not restricted."""
    if actor.type != ActorType.STAFF:
        return None
    user = host.User.objects.filter(pk=actor.id).first() if actor.id.isdecimal() else None
    return frozenset() if user is None else staff.channels_of_user(user)


def channels_of_job(job: BulkJob) -> staff.Channels:
    channels = job.options.get(CHANNELS)
    return None if channels is None else frozenset(channels)


def channels_to_json(channels: staff.Channels) -> list[int] | None:
    return None if channels is None else sorted(channels)


def may_see_files(job: BulkJob, channels: staff.Channels) -> bool:
    """Whether whoever sees the orders of these channels may see what a job has of customers.

    It may have figures over the channels of whoever asked for it, so all of those are needed.
    """
    of_job = channels_of_job(job)
    return channels is None or (of_job is not None and of_job <= channels)
