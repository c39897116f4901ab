"""Notifying Saleor's plugins and apps of every consent that ended, whoever ended it: ids, purposes and states only.

A tool for newsletters that goes by this event writes to nobody who unsubscribed by a link, by an account, by staff, by
an import or by a job. Those of one transaction are sent together, so that an import of a hundred thousand
withdrawals makes a few hundred events.
"""

from __future__ import annotations

from collections.abc import Collection

from ..core import notifications, owed
from ..core.models import NoticeKind
from .models import ConsentEvent

ENDED = "customer_plus.consents_withdrawn"

# How many are in one event: about 150 bytes each.
MAX_IN_EVENT = 500
# How many the periodic task takes at a time: what an import of a million left behind is sent within a day.
_MAX_LEFT_BEHIND = 10_000


def announce_withdrawn(event_ids: Collection[int]) -> None:
    """Notify of those of these events that are still owed. What belongs to a deleted record is gone with it.

    Each event is claimed as it is sent, so a worker that dies loses no more than that one.
    """
    ids = sorted(event_ids)
    for first in range(0, len(ids), MAX_IN_EVENT):
        claimed = owed.claim(NoticeKind.WITHDRAWAL, ids[first : first + MAX_IN_EVENT])
        payloads = [_payload(event) for event in ConsentEvent.objects.filter(pk__in=claimed).order_by("pk")]
        if payloads:
            about = f"consent event {payloads[0]['event_id']} and others"
            notifications.notify(ENDED, {"withdrawals": payloads}, about=about)


def _payload(event: ConsentEvent) -> dict[str, object]:
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
    """Events that were not announced to Saleor, because the task was lost."""
    return owed.left_behind(NoticeKind.WITHDRAWAL, limit=_MAX_LEFT_BEHIND)
