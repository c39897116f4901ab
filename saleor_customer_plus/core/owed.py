"""Messages to staff that are owed, until they are sent. The one writer of `OwedNotice`.

A message that tells others by Saleor's `notify` is claimed first and sent then: at most once, and never again if the
process dies in between. E-mail is settled once the mail server has answered; `notifications.mail` remembers who got it.
What could not be sent for a day is given up, and the log says so: nobody is notified of an enquiry days later as if it
were new.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .models import NoticeKind, OwedNotice

logger = logging.getLogger(__name__)

# By then its own task has run, if it was sent at all.
_LATE = timedelta(minutes=2)
# As long as `notifications.mail` remembers who was mailed.
_MAX_AGE = timedelta(days=1)
_BATCH = 100


def owe(kind: NoticeKind, subject_ids: Collection[int]) -> None:
    """Note that staff have to be notified, in the transaction that makes the subjects."""
    due_at = timezone.now() + _LATE
    OwedNotice.objects.bulk_create(
        [OwedNotice(kind=kind, subject_id=subject_id, due_at=due_at) for subject_id in subject_ids],
        ignore_conflicts=True,
    )


def claim(kind: NoticeKind, subject_ids: Collection[int]) -> list[int]:
    """Return which of these are still owed, for the caller to send now. Nobody else gets them."""
    with transaction.atomic():
        rows = OwedNotice.objects.select_for_update(skip_locked=True).filter(kind=kind, subject_id__in=subject_ids)
        claimed = dict(rows.order_by("subject_id").values_list("pk", "subject_id"))
        OwedNotice.objects.filter(pk__in=claimed).delete()
    return list(claimed.values())


def is_owed(kind: NoticeKind, subject_id: int) -> bool:
    """Whether it is still to be sent."""
    return OwedNotice.objects.filter(kind=kind, subject_id=subject_id).exists()


def settle(kind: NoticeKind, subject_ids: Collection[int]) -> None:
    """They were sent, or there is nothing to be sent any more."""
    OwedNotice.objects.filter(kind=kind, subject_id__in=subject_ids).delete()


def postpone(kind: NoticeKind, subject_id: int, delay: timedelta) -> None:
    """Let the periodic look leave it alone for so long: its own task tries again."""
    OwedNotice.objects.filter(kind=kind, subject_id=subject_id).update(due_at=timezone.now() + delay)


def left_behind(kind: NoticeKind, *, limit: int = _BATCH) -> list[int]:
    """The subjects whose task was lost, the oldest first. No more than `limit` at a time."""
    due = OwedNotice.objects.filter(kind=kind, due_at__lte=timezone.now())
    return list(due.order_by("due_at", "pk").values_list("subject_id", flat=True)[:limit])


def give_up_old() -> int:
    """Forget of what could not be sent for a day, and say so. Return how many that was."""
    given_up, _ = OwedNotice.objects.filter(created_at__lt=timezone.now() - _MAX_AGE).delete()
    if given_up:
        logger.error("Gave up %s messages to staff, which could not be sent for a day.", given_up)
    return given_up
