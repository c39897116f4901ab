"""Merging records, and undoing a merge: at once or, where many rows go over, as a job."""

from __future__ import annotations

from typing import Any

from ...activity.services import Actor
from ...jobs.models import BulkJob
from ...merging.models import Merge
from ...merging.preview import Plan
from ...merging.services import MOVED_AT_ONCE, merge
from ...merging.undo import Conflict, as_job, undo
from ...saleor_adapter import staff
from . import merge_job, merge_undo_job


def start(
    made: Plan, *, actor: Actor, requestor: Any, channels: staff.Channels, token: str | None = None
) -> Merge | BulkJob:
    """Merge the records of this plan, which was made just now; or make a job that does, if there is much to move.

    `token` is that of a preview, which somebody looked at. `requestor` is the user or the app who is `actor`, and
    `channels` those whose orders they may see. Send a job to work once the transaction is committed. Raises
    `CustomerPlusError` or `SeveralErrors` for all that is in the way.
    """
    if made.size <= MOVED_AT_ONCE:
        return merge(made.request, actor=actor, requestor=requestor, channels=channels, token=token)
    if token is not None:
        made.check(token)
    made.raise_blockers()
    return merge_job.create([made.request], actor=actor)


def start_undo(
    merge_id: int, *, actor: Actor, requestor: Any, channels: staff.Channels
) -> tuple[Merge, list[Conflict]] | BulkJob:
    """Undo a merge, and return it with what is not as it was; or make a job that does, if there is much to give back.

    As `start` otherwise.
    """
    if (large := as_job(merge_id, requestor=requestor, channels=channels)) is not None:
        return merge_undo_job.create(large, actor=actor)
    return undo(merge_id, actor=actor, requestor=requestor, channels=channels)
