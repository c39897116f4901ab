"""The segments that every shop has from the start: their conditions, and their rows, made when they are first needed.

A condition comes with the version of the plugin. The row has what every segment has besides: an id, a count, members.
That of BIRTHDAY is made once the shop has a field for it, and keeps its condition in the row.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils import timezone

from ..core import sql
from ..fields.models import FieldDefinition, FieldType
from ..records.labels import fold
from ..saleor_adapter.staff import Channels
from .models import ReadyMade, Segment

QUERIES: dict[ReadyMade, str] = {
    ReadyMade.CUSTOMERS: "stage = 'CUSTOMER'",
    ReadyMade.NEW: "first_order >= -30d",
    ReadyMade.RETURNING: "order_count >= 2",
    ReadyMade.ONE_TIME: "order_count = 1",
    ReadyMade.BEST: "rfm_groups IN ('CHAMPIONS', 'LOYAL')",
    ReadyMade.SLIPPING_AWAY: "rfm_groups IN ('AT_RISK', 'PREVIOUSLY_LOYAL')",
    ReadyMade.NEVER_BOUGHT: "order_count = 0",
    ReadyMade.LEADS_TO_CALL: "leads MATCHES (open = true, next_contact < +1d)",
    ReadyMade.SUBSCRIBED: "accepts_newsletter = true OR accepts_promotional_mail = true",
    ReadyMade.NO_CONSENT: "accepts_newsletter = false AND accepts_promotional_mail = false",
}
# For whoever sees the orders of some channels only: RFM groups tell of those of all.
OF_SOME_CHANNELS: dict[ReadyMade, str] = {
    ReadyMade.BEST: "orders MATCHES (count >= 3, date >= -365d)",
    ReadyMade.SLIPPING_AWAY: "order_count >= 2 AND last_order < -180d",
}
DESCRIPTIONS: dict[ReadyMade, str] = {
    ReadyMade.CUSTOMERS: "Everybody with an order that counts, or an account with a confirmed address.",
    ReadyMade.NEW: "Who bought for the first time within the last 30 days.",
    ReadyMade.RETURNING: "Who bought at least twice.",
    ReadyMade.ONE_TIME: "Who bought exactly once.",
    ReadyMade.BEST: "Who buys often or for much, and bought not long ago.",
    ReadyMade.SLIPPING_AWAY: "Who used to buy well, but has not bought for long.",
    ReadyMade.NEVER_BOUGHT: "Who has no order that counts.",
    ReadyMade.LEADS_TO_CALL: "Who has an open enquiry whose next contact is due today, or was.",
    ReadyMade.SUBSCRIBED: "Who consents to the newsletter or to offers by e-mail.",
    ReadyMade.NO_CONSENT: "Who consents neither to the newsletter nor to offers by e-mail.",
    ReadyMade.BIRTHDAY: "Whose birthday is today or within the next 7 days.",
}
# What a shop may have called a field with everybody's birthday, the likeliest first.
BIRTHDAY_KEYS = ("birthday", "birthdate", "birth_date", "date_of_birth")
_BIRTHDAY = "fields.{key}.days_until_anniversary <= 7"


def query_of(query: str, ready: str, channels: Channels) -> str:
    """The condition of a ready-made segment, whose row has this one, for whoever sees the orders of these channels."""
    kind = ReadyMade(ready)
    if channels is not None and kind in OF_SOME_CHANNELS:
        return OF_SOME_CHANNELS[kind]
    return QUERIES.get(kind, query)


def ensure() -> Collection[ReadyMade]:
    """Make the rows that are missing, and return the kinds that the shop has. One statement if none is missing.

    Where the shop has a segment of its own of the same name, that keeps the name.
    """
    there, keys = dict[str, str](), set[str]()
    for row in sql.rows(_state()):
        if row.kind is None:
            keys.add(row.text)
        else:
            there[row.kind] = row.text
    kinds = set(QUERIES)
    birthday = next((_BIRTHDAY.format(key=key) for key in BIRTHDAY_KEYS if key in keys), None)
    if birthday is not None:
        kinds.add(ReadyMade.BIRTHDAY)
        if there.get(ReadyMade.BIRTHDAY, birthday) != birthday:
            Segment.objects.filter(ready_made=ReadyMade.BIRTHDAY).update(query=birthday, broken_because="")
    if missing := [kind for kind in ReadyMade if kind in kinds and kind not in there]:
        _make(missing, birthday or "")
    return kinds


def _state() -> sql.Sql:
    """The kinds that have a row, with what it keeps; and the keys of fields with birthdays, with no kind."""
    return sql.fill(
        """
        SELECT ready_made AS kind, query AS text FROM {segments} WHERE ready_made IS NOT NULL
        UNION ALL
        SELECT NULL, key FROM {fields} WHERE archived_at IS NULL AND type = {date} AND key = ANY({keys})
        """,
        segments=sql.table(Segment),
        fields=sql.table(FieldDefinition),
        date=FieldType.DATE.value,
        keys=list(BIRTHDAY_KEYS),
    )


def _make(kinds: Collection[ReadyMade], birthday: str) -> None:
    taken = set(Segment.objects.filter(key__in=[fold(kind.label) for kind in kinds]).values_list("key", flat=True))
    now = timezone.now()
    rows = []
    for kind in kinds:
        name = f"{kind.label} (ready-made)" if fold(kind.label) in taken else str(kind.label)
        rows.append(
            Segment(
                name=name,
                key=fold(name),
                description=DESCRIPTIONS[kind],
                query=birthday if kind is ReadyMade.BIRTHDAY else "",
                ready_made=kind,
                created_at=now,
                modified_at=now,
            )
        )
    Segment.objects.bulk_create(rows, ignore_conflicts=True)  # somebody else may make them at this moment
