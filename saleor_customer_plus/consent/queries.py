"""Reading consents, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, DateTimeField

from .. import sql
from ..activity.models import CauseType
from ..paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from .decisions import GRANTS
from .models import ConsentEvent, ConsentSource, ConsentState

_AT = (Key("at", DateTimeField()), Key("id", BigIntegerField()))

# See `decisions.is_claim`.
_IS_CLAIM = sql.fill(
    "((e.source = {imported} OR e.cause_type = {job}) AND e.state = ANY({grants}) AND e.override_reason = '')",
    imported=ConsentSource.IMPORT.value,
    job=CauseType.JOB.value,
    grants=[state.value for state in GRANTS],
)


def newest_events(record_ids: Collection[int], *, but: Collection[str] = ()) -> sql.Sql:
    """The latest word of each person on each channel and purpose, and the latest claim: see `decisions.Standing`.

    `but` leaves out what these jobs recorded, as if they had never been.
    """
    return sql.fill(
        """
        SELECT DISTINCT ON (e.record_id, e.channel, e.purpose, {is_claim}) e.*, {is_claim} AS is_claimed
        FROM {events} e
        WHERE e.record_id = ANY({ids}) AND NOT (e.cause_type = {job} AND e.cause_id = ANY({but}))
        ORDER BY e.record_id, e.channel, e.purpose, {is_claim}, e.at DESC, e.id DESC
        """,
        is_claim=_IS_CLAIM,
        events=sql.table(ConsentEvent),
        ids=list(record_ids),
        job=CauseType.JOB.value,
        but=list(but),
    )


def current_events(record_ids: Collection[int], *, but: Collection[str] = ()) -> sql.Sql:
    """What holds of each person, channel and purpose: `decisions.fold` in SQL."""
    return sql.fill(
        """
        SELECT DISTINCT ON (n.record_id, n.channel, n.purpose) n.* FROM ({newest}) n
        ORDER BY n.record_id, n.channel, n.purpose,
            (n.state = {withdrawn} AND NOT n.is_claimed) DESC, n.at DESC, n.id DESC
        """,
        newest=newest_events(record_ids, but=but),
        withdrawn=ConsentState.UNSUBSCRIBED.value,
    )


def current_consents(record_ids: Collection[int], *, but: Collection[str] = ()) -> dict[int, list[ConsentEvent]]:
    """The decisions that hold of each record, by channel and purpose. One statement."""
    query = current_events(record_ids, but=but)
    found: dict[int, list[ConsentEvent]] = defaultdict(list)
    for event in ConsentEvent.objects.raw(query.text, query.params):
        found[event.record_id].append(event)
    return {record_id: found[record_id] for record_id in record_ids}


def pages_of_consent_events(record_ids: Collection[int], window: Window) -> dict[int, Page[ConsentEvent]]:
    """One page of the history of each record's consents, newest first."""
    ordering: Ordering[Any] = Ordering("AT", [Segment(ConsentEvent.objects.all(), _AT, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_consent_events(record_ids: Collection[int]) -> dict[int, int]:
    """How many events each record's history has."""
    return count_of_each(ConsentEvent.objects.all(), record_ids, parent="record")
