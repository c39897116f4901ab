"""Telling Saleor's plugins and apps of every consent that ended, whoever ended it: ids, purposes and states only.

A tool for newsletters that goes by this event writes to nobody who unsubscribed by a link, by an account, by staff, by
an import or by a job. Those of one transaction are told together, so that an import of a hundred thousand withdrawals
makes a few hundred events.
"""

from __future__ import annotations

from collections.abc import Collection

from ..core import notifications, owed
from ..core.models import NoticeKind
from .models import ConsentEvent

ENDED = "customer_plus.consents_withdrawn"

# How many one event tells of: about 150 bytes each.
MOST = 500


def tell_of_withdrawn(event_ids: Collection[int]) -> None:
    """Tell of those of these events that are still owed. What belongs to a deleted record is gone with it."""
    claimed = owed.claim(NoticeKind.WITHDRAWAL, event_ids)
    events = list(ConsentEvent.objects.filter(pk__in=claimed).order_by("pk"))
    for first in range(0, len(events), MOST):
        told = [_told(event) for event in events[first : first + MOST]]
        notifications.notify(ENDED, {"withdrawals": told}, about=f"consent event {told[0]['event_id']} and others")


def _told(event: ConsentEvent) -> dict[str, object]:
    return {
        "event_id": event.pk,
        "record_id": event.record_id,
        "channel": event.channel,
        "purpose": event.purpose,
        "state": event.state,
        "source": event.source,
        "at": event.recorded_at.isoformat(),
    }


def left_behind() -> list[int]:
    """Events of which Saleor was not told, because the task was lost."""
    return owed.left_behind(NoticeKind.WITHDRAWAL)
