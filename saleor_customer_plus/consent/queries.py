"""Reading consents, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import BigIntegerField, DateTimeField

from ..activity.models import CauseType
from ..activity.services import Cause
from ..core import sql
from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from .decisions import BARS, GRANTS
from .models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState

_AT = (Key("at", DateTimeField()), Key("id", BigIntegerField()))

# See `decisions.is_claim`.
_IS_CLAIM = sql.fill(
    "((e.source = {imported} OR e.cause_type = {job}) AND e.state = ANY({grants}) AND e.override_reason = '')",
    imported=ConsentSource.IMPORT.value,
    job=CauseType.JOB.value,
    grants=[state.value for state in GRANTS],
)

# The three kinds of events of `decisions.Standing`.
_KIND = sql.fill(
    "(CASE WHEN {is_claim} THEN 'claim' WHEN e.state = {pending} THEN 'asked' ELSE 'word' END)",
    is_claim=_IS_CLAIM,
    pending=ConsentState.PENDING.value,
)


# Before the key of a merge that was undone. A job is noted by its key alone.
_MERGE = "merge "

# What a job or a merge recorded that was undone, and the events that say so.
_IS_UNDONE = sql.fill(
    """
    (e.undoes <> '' OR (e.cause_type IN ({job}, {merge}) AND EXISTS (
        SELECT FROM {events} u WHERE u.record_id = e.record_id AND u.channel = e.channel AND u.purpose = e.purpose
        AND u.undoes = CASE e.cause_type WHEN {merge} THEN {prefix} ELSE '' END || e.cause_id AND u.undoes <> ''
    )))
    """,
    job=CauseType.JOB.value,
    merge=CauseType.MERGE.value,
    prefix=_MERGE,
    events=sql.table(ConsentEvent),
)


def undone_as(cause: Cause) -> str:
    """How an event names the job or the merge that it undoes."""
    return f"{_MERGE if cause.type == CauseType.MERGE else ''}{cause.id}"


def newest_events(record_ids: Collection[int], *, but: Collection[str] = (), but_merge: str = "") -> sql.Sql:
    """The latest event of each kind of each person, channel and purpose: see `decisions.Standing`.

    `but` leaves out what these jobs recorded, and `but_merge` what a merge did, as if they had never been.
    """
    return sql.fill(
        """
        SELECT DISTINCT ON (e.record_id, e.channel, e.purpose, {kind}) e.*, {kind} AS kind
        FROM {events} e
        WHERE e.record_id = ANY({ids}) AND NOT (e.cause_type = {job} AND e.cause_id = ANY({but}))
            AND NOT (e.cause_type = {merge} AND e.cause_id = {but_merge}) AND NOT {is_undone}
        ORDER BY e.record_id, e.channel, e.purpose, {kind}, e.at DESC, e.id DESC
        """,
        kind=_KIND,
        is_undone=_IS_UNDONE,
        events=sql.table(ConsentEvent),
        ids=list(record_ids),
        job=CauseType.JOB.value,
        but=list(but),
        merge=CauseType.MERGE.value,
        but_merge=but_merge,
    )


def current_events(record_ids: Collection[int], *, but: Collection[str] = (), but_merge: str = "") -> sql.Sql:
    """What holds of each person, channel and purpose: `decisions.fold` in SQL.

    `is_barred` tells whether the person withdrew, so that no claim holds.
    """
    return sql.fill(
        """
        SELECT DISTINCT ON (n.record_id, n.channel, n.purpose) n.*
        FROM (
            SELECT n.*, bool_or(n.kind = 'word' AND n.state = ANY({bars}))
                OVER (PARTITION BY n.record_id, n.channel, n.purpose) AS is_barred
            FROM ({newest}) n
        ) n
        WHERE NOT (n.is_barred AND n.kind = 'claim')
        ORDER BY n.record_id, n.channel, n.purpose, n.at DESC, n.id DESC
        """,
        newest=newest_events(record_ids, but=but, but_merge=but_merge),
        bars=[state.value for state in BARS],
    )


def current_consents(
    record_ids: Collection[int], *, but: Collection[str] = (), but_merge: str = ""
) -> dict[int, list[ConsentEvent]]:
    """The decisions that hold of each record, by channel and purpose. One statement."""
    query = current_events(record_ids, but=but, but_merge=but_merge)
    found: dict[int, list[ConsentEvent]] = defaultdict(list)
    for event in ConsentEvent.objects.raw(query.text, query.params):
        found[event.record_id].append(event)
    return {record_id: found[record_id] for record_id in record_ids}


def consents_of(record_ids: Collection[int]) -> dict[int, list[ConsentEvent]]:
    """What holds of each record on every channel and for every purpose, in that order. One statement.

    Where nobody decided anything there is an event that was never written: `NOT_SUBSCRIBED`, without a time.
    """
    decided = {
        (event.record_id, event.channel, event.purpose): event
        for events in current_consents(record_ids).values()
        for event in events
    }
    return {
        record_id: [
            decided.get((record_id, channel.value, purpose.value)) or _undecided(record_id, channel, purpose)
            for channel in ConsentChannel
            for purpose in ConsentPurpose
        ]
        for record_id in record_ids
    }


def _undecided(record_id: int, channel: ConsentChannel, purpose: ConsentPurpose) -> ConsentEvent:
    return ConsentEvent(
        record_id=record_id, channel=channel.value, purpose=purpose.value, state=ConsentState.NOT_SUBSCRIBED.value
    )


def pages_of_consent_events(record_ids: Collection[int], window: Window) -> dict[int, Page[ConsentEvent]]:
    """One page of the history of each record's consents, newest first."""
    ordering: Ordering[Any] = Ordering("AT", [Segment(ConsentEvent.objects.all(), _AT, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_consent_events(record_ids: Collection[int]) -> dict[int, int]:
    """How many events each record's history has."""
    return count_of_each(ConsentEvent.objects.all(), record_ids, parent="record")
