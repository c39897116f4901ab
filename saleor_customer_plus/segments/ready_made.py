"""The segments that every shop has from the start: their conditions, and their rows, made when they are first needed.

A condition comes with the version of the plugin. The row has what every segment has besides: an id, a count, members.
"""

from __future__ import annotations

from django.utils import timezone

from ..records.labels import fold
from .models import ReadyMade, Segment

QUERIES: dict[ReadyMade, str] = {
    ReadyMade.CUSTOMERS: "stage = 'CUSTOMER'",
    ReadyMade.NEW: "first_order >= -30d",
    ReadyMade.RETURNING: "order_count >= 2",
    ReadyMade.ONE_TIME: "order_count = 1",
    ReadyMade.BEST: "orders MATCHES (count >= 3, date >= -365d)",
    ReadyMade.SLIPPING_AWAY: "order_count >= 2 AND last_order < -180d",
    ReadyMade.NEVER_BOUGHT: "order_count = 0",
    ReadyMade.LEADS_TO_CALL: "leads MATCHES (open = true, next_contact < +1d)",
    ReadyMade.SUBSCRIBED: "accepts_newsletter = true OR accepts_promotional_mail = true",
    ReadyMade.NO_CONSENT: "accepts_newsletter = false AND accepts_promotional_mail = false",
}
DESCRIPTIONS: dict[ReadyMade, str] = {
    ReadyMade.CUSTOMERS: "Everybody with an order that counts, or an account with a confirmed address.",
    ReadyMade.NEW: "Who bought for the first time within the last 30 days.",
    ReadyMade.RETURNING: "Who bought at least twice.",
    ReadyMade.ONE_TIME: "Who bought exactly once.",
    ReadyMade.BEST: "Who bought at least three times within a year.",
    ReadyMade.SLIPPING_AWAY: "Who bought at least twice, and not within the last 180 days.",
    ReadyMade.NEVER_BOUGHT: "Who has no order that counts.",
    ReadyMade.LEADS_TO_CALL: "Who has an open enquiry whose next contact is due today, or was.",
    ReadyMade.SUBSCRIBED: "Who consents to the newsletter or to offers by e-mail.",
    ReadyMade.NO_CONSENT: "Who consents neither to the newsletter nor to offers by e-mail.",
}


def ensure() -> None:
    """Make the rows that are missing. One statement if none is.

    Where the shop has a segment of its own of the same name, that keeps the name.
    """
    there = set(Segment.objects.exclude(ready_made=None).values_list("ready_made", flat=True))
    missing = [kind for kind in ReadyMade if kind not in there]
    if not missing:
        return
    taken = set(Segment.objects.filter(key__in=[fold(kind.label) for kind in missing]).values_list("key", flat=True))
    now = timezone.now()
    rows = []
    for kind in missing:
        name = f"{kind.label} (ready-made)" if fold(kind.label) in taken else str(kind.label)
        rows.append(
            Segment(
                name=name,
                key=fold(name),
                description=DESCRIPTIONS[kind],
                ready_made=kind,
                created_at=now,
                modified_at=now,
            )
        )
    Segment.objects.bulk_create(rows, ignore_conflicts=True)  # somebody else may make them at this moment
