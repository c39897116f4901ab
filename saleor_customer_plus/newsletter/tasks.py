"""The Celery task that tells Saleor of confirmed sign-ups. `newsletter.services` announces them."""

from __future__ import annotations

from ..core import owed, publishing
from ..core.celery_tasks import task
from ..core.models import NoticeKind
from . import notifications


@task("tell_of_confirmed_signups")
def tell_of_confirmed_signups(signup_ids: list[int]) -> None:
    notifications.tell_of_confirmed(signup_ids)


def announce_confirmed(signup_id: int) -> None:
    """Let Saleor be told once the caller's transaction is committed, and by the periodic task if this one is lost."""
    owed.owe(NoticeKind.SIGNUP, [signup_id])
    publishing.publish_ids(tell_of_confirmed_signups, [signup_id])
