"""The Celery task that tells Saleor of merges and their undos. `merging.services` and `merging.undo` announce them."""

from __future__ import annotations

from ..core import owed, publishing
from ..core.celery_tasks import task
from ..core.models import NoticeKind
from . import notifications


@task("tell_of_merges")
def tell_of_merges(merge_ids: list[int]) -> None:
    notifications.tell(merge_ids)


def announce(kind: NoticeKind, merge_id: int) -> None:
    """Let Saleor be told once the caller's transaction is committed, and by the periodic task if this one is lost."""
    owed.owe(kind, [merge_id])
    publishing.publish_ids(tell_of_merges, [merge_id])
