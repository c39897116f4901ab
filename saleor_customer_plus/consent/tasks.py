"""The Celery task that tells Saleor of consents that ended. `consent.services` announces them."""

from __future__ import annotations

from collections.abc import Collection

from ..core import owed, publishing
from ..core.celery_tasks import task
from ..core.models import NoticeKind
from . import notifications


@task("tell_of_withdrawals")
def tell_of_withdrawals(event_ids: list[int]) -> None:
    notifications.tell_of_withdrawn(event_ids)


def announce_withdrawn(event_ids: Collection[int]) -> None:
    """Let Saleor be told once the caller's transaction is committed, and by the periodic task if this one is lost."""
    if event_ids:
        owed.owe(NoticeKind.WITHDRAWAL, event_ids)
        publishing.publish_ids(tell_of_withdrawals, event_ids)
