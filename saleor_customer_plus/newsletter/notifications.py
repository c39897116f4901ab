"""Telling Saleor's plugins and apps that somebody confirmed a sign-up: ids and purposes only."""

from __future__ import annotations

from collections.abc import Collection

from ..core import notifications, owed
from ..core.models import NoticeKind
from .models import NewsletterSignup

CONFIRMED = "customer_plus.newsletter_confirmed"


def announce_confirmed(signup_ids: Collection[int]) -> None:
    """Tell of those of these sign-ups that are still owed."""
    claimed = owed.claim(NoticeKind.SIGNUP, signup_ids)
    for signup in NewsletterSignup.objects.filter(pk__in=claimed).order_by("pk"):
        if signup.confirmed_at is None or signup.record_id is None:
            continue  # the person was deleted meanwhile
        payload = {
            "signup_id": signup.pk,
            "record_id": signup.record_id,
            "purposes": signup.purposes,
            "at": signup.confirmed_at.isoformat(),
        }
        notifications.notify(CONFIRMED, payload, about=f"sign-up {signup.pk}")


def left_behind() -> list[int]:
    """Sign-ups that were not announced to Saleor, because the task was lost."""
    return owed.left_behind(NoticeKind.SIGNUP)
