"""Telling Saleor's plugins and apps that somebody confirmed a sign-up, or withdrew a consent: ids and purposes only."""

from __future__ import annotations

from collections.abc import Collection

from ..consent.models import ConsentEvent
from ..core import notifications, owed
from ..core.models import NoticeKind
from .models import NewsletterSignup

CONFIRMED = "customer_plus.newsletter_confirmed"
WITHDRAWN = "customer_plus.consent_withdrawn"


def tell_of_confirmed(signup_ids: Collection[int]) -> None:
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


def tell_of_withdrawn(event_ids: Collection[int]) -> None:
    """Tell of those of these events that are still owed. What belongs to a deleted record is gone with it."""
    claimed = owed.claim(NoticeKind.WITHDRAWAL, event_ids)
    for event in ConsentEvent.objects.filter(pk__in=claimed).order_by("pk"):
        payload = {
            "event_id": event.pk,
            "record_id": event.record_id,
            "channel": event.channel,
            "purpose": event.purpose,
            "at": event.recorded_at.isoformat(),
        }
        notifications.notify(WITHDRAWN, payload, about=f"consent event {event.pk}")


def left_behind() -> tuple[list[int], list[int]]:
    """Sign-ups and withdrawals of which Saleor was not told, because the task was lost."""
    return owed.left_behind(NoticeKind.SIGNUP), owed.left_behind(NoticeKind.WITHDRAWAL)
