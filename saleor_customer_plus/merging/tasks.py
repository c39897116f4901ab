"""The Celery task that notifies Saleor of merges and their undos, sent by `merging.services` and `merging.undo`."""

from __future__ import annotations

from ..core import owed, publishing
from ..core.celery_tasks import task
from ..core.models import NoticeKind
from . import notifications


@task("announce_merges")
def announce_merges(merge_ids: list[int]) -> None:
    notifications.announce(merge_ids)


def announce(kind: NoticeKind, merge_id: int) -> None:
    """Notify Saleor once the caller's transaction is committed. If the task is lost, the periodic one does it."""
    owed.owe(kind, [merge_id])
    publishing.publish_ids(announce_merges, [merge_id])
