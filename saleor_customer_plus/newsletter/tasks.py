"""The Celery task that tells Saleor of confirmed sign-ups. `newsletter.confirming` announces them."""

from __future__ import annotations

from ..core import owed, publishing
from ..core.celery_tasks import task
from ..core.models import NoticeKind
from . import notifications


@task("announce_confirmed_signups")
def announce_confirmed_signups(signup_ids: list[int]) -> None:
    notifications.announce_confirmed(signup_ids)


def announce_confirmed(signup_id: int) -> None:
    """Notify Saleor once the caller's transaction is committed. If the task is lost, the periodic one does it."""
    owed.owe(NoticeKind.SIGNUP, [signup_id])
    publishing.publish_ids(announce_confirmed_signups, [signup_id])
