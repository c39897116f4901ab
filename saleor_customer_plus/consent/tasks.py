"""The Celery task that notifies Saleor of consents that ended, sent by `consent.services`."""

from __future__ import annotations

from collections.abc import Collection

from ..core import owed, publishing
from ..core.celery_tasks import task
from ..core.models import NoticeKind
from . import notifications


@task("announce_withdrawals")
def announce_withdrawals(event_ids: list[int]) -> None:
    notifications.announce_withdrawn(event_ids)


def announce_withdrawn(event_ids: Collection[int]) -> None:
    """Notify Saleor once the caller's transaction is committed. If the task is lost, the periodic one does it."""
    if event_ids:
        owed.owe(NoticeKind.WITHDRAWAL, event_ids)
        publishing.publish_ids(announce_withdrawals, event_ids)
