"""The one writer of consent events, and of what records keep of them for filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from .. import sql
from ..activity.actions import Actor, Cause, Entry, append
from ..activity.models import ActivityType
from ..records.actions import add_source
from ..records.locks import hold_records
from ..records.models import CustomerRecord, Source
from .decisions import ConsentDecision, Outcome, Standing, is_claim, weigh
from .models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState
from .queries import newest_events

_UNWRITTEN = 2**63  # more than any id

_MARKETING = (ConsentPurpose.PROMOTIONAL, ConsentPurpose.NEWSLETTER)


@dataclass(frozen=True, slots=True)
class _Event:
    """A row that is there, or one to be written: what counts of it, and what was shown to the person."""

    state: str
    opt_in_level: str
    at: datetime
    number: int  # the row's id, or higher than any
    is_claim: bool
    wording: str
    wording_version: str

    def shows_other_words_than(self, other: _Event) -> bool:
        return (bool(self.wording) and self.wording != other.wording) or (
            bool(self.wording_version) and self.wording_version != other.wording_version
        )

    def differs_from(self, other: _Event) -> bool:
        return self._said != other._said

    @property
    def _said(self) -> tuple[str, str, str, str]:
        return self.state, self.opt_in_level, self.wording, self.wording_version


_Standings = dict[tuple[int, str, str], Standing[_Event]]  # by record, channel and purpose
_NOTHING: Standing[_Event] = Standing()  # of whoever never decided


@dataclass(frozen=True, slots=True)
class _New:
    """A decision that is to be written, what held before and what holds then."""

    position: int
    decision: ConsentDecision
    event: _Event
    before: _Event | None
    after: _Event | None


def record_events(decisions: Iterable[ConsentDecision], *, actor: Actor, cause: Cause | None = None) -> list[Outcome]:
    """Write down what people decided, in at most seven statements, and return what became of each decision.

    What holds afterwards follows from `decisions`; one that says nothing new is not written. Call it in a transaction:
    it locks the records, in the order of their ids. What a client says has to be `checked` before.
    """
    wanted = list(decisions)
    if not wanted:
        return []
    now = timezone.now()
    records = hold_records({decision.record_id for decision in wanted})
    standings = _standings(records)
    outcomes: list[Outcome] = []
    news: list[_New] = []
    for position, decision in enumerate(wanted):
        if decision.record_id not in records:
            outcomes.append(Outcome.NO_RECORD)
            continue
        event = _event(decision, _UNWRITTEN + position, now, cause)
        standing = standings.get(decision.key, _NOTHING)
        current = standing.current
        outcome, standings[decision.key] = weigh(
            standing,
            event,
            says_more=current is not None and event.shows_other_words_than(current),
            insists=bool(decision.override_reason) and current is not None and event.differs_from(current),
        )
        outcomes.append(outcome)
        if outcome in (Outcome.CHANGED, Outcome.PAST):
            news.append(_New(position, decision, event, current, standings[decision.key].current))
    for new in _known_past([new for new in news if outcomes[new.position] is Outcome.PAST]):
        outcomes[new.position] = Outcome.UNCHANGED
    news = [new for new in news if outcomes[new.position] is not Outcome.UNCHANGED]
    if news:
        _insert(news, actor, cause, now)
        _write_records(news, standings)
        append(_activity(news, actor, cause))
    return outcomes


def _standings(record_ids: Collection[int]) -> _Standings:
    standings: _Standings = {}
    for row in sql.rows(newest_events(record_ids)):
        event = _Event(row.state, row.opt_in_level, row.at, row.id, row.is_claimed, row.wording, row.wording_version)
        key = (row.record_id, row.channel, row.purpose)
        standings[key] = standings.get(key, _NOTHING).with_(event)
    return standings


def _event(decision: ConsentDecision, number: int, now: datetime, cause: Cause | None) -> _Event:
    return _Event(
        state=decision.state.value,
        opt_in_level=decision.opt_in_level.value,
        at=(decision.at or now).astimezone(UTC),
        number=number,
        is_claim=is_claim(decision.state, decision.source, cause.type if cause else "", decision.override_reason),
        wording=decision.wording,
        wording_version=decision.wording_version,
    )


def _known_past(news: Collection[_New]) -> list[_New]:
    """Those that were written down already, or are twice among these."""
    if not news:
        return []
    found = sql.rows(
        sql.fill(
            """
            SELECT e.record_id, e.channel, e.purpose, e.state, e.opt_in_level, e.at FROM {events} e
            WHERE e.record_id = ANY({ids}) AND e.at = ANY({times})
            """,
            events=sql.table(ConsentEvent),
            ids=list({new.decision.record_id for new in news}),
            times=list({new.event.at for new in news}),
        )
    )
    known: set[tuple[Any, ...]] = {tuple(row) for row in found}
    twice = []
    for new in news:
        fact = (*new.decision.key, new.event.state, new.event.opt_in_level, new.event.at)
        if fact in known:
            twice.append(new)
        known.add(fact)
    return twice


def _insert(news: Collection[_New], actor: Actor, cause: Cause | None, now: datetime) -> None:
    values = [
        {
            "record_id": new.decision.record_id,
            "channel": new.decision.channel.value,
            "purpose": new.decision.purpose.value,
            "state": new.event.state,
            "opt_in_level": new.event.opt_in_level,
            "wording": new.event.wording,
            "wording_version": new.event.wording_version,
            "source": new.decision.source.value,
            "at": new.event.at,
            "evidence": dict(new.decision.evidence),
            "override_reason": new.decision.override_reason,
        }
        for new in news
    ]
    sql.run(
        sql.fill(
            """
            INSERT INTO {events} (
                record_id, channel, purpose, state, opt_in_level, wording, wording_version, source, at, evidence,
                override_reason, recorded_at, actor_type, actor_id, cause_type, cause_id
            )
            SELECT v.*, {now}, {actor_type}, {actor_id}, {cause_type}, {cause_id}
            FROM ROWS FROM (jsonb_to_recordset({values}::jsonb) AS (
                record_id bigint, channel text, purpose text, state text, opt_in_level text, wording text,
                wording_version text, source text, at timestamptz, evidence jsonb, override_reason text
            )) AS v
            """,
            events=sql.table(ConsentEvent),
            values=sql.to_json(values),
            now=now,
            actor_type=actor.type.value,
            actor_id=actor.id,
            cause_type=cause.type.value if cause else "",
            cause_id=cause.id if cause else "",
        )
    )


def _write_records(news: Collection[_New], standings: _Standings) -> None:
    """Keep what the decisions come to on the records concerned, where it is something else than before."""
    values = [
        {
            "id": record_id,
            "accepts_marketing": any(_accepts(standings, record_id, purpose) for purpose in _MARKETING),
            "accepts_system_mail": _accepts(standings, record_id, ConsentPurpose.SYSTEM),
        }
        for record_id in sorted({new.decision.record_id for new in news})
    ]
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET
                accepts_marketing = v.accepts_marketing,
                accepts_system_mail = v.accepts_system_mail,
                modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond')
            FROM jsonb_to_recordset({values}::jsonb) AS v(
                id bigint, accepts_marketing boolean, accepts_system_mail boolean
            )
            WHERE r.id = v.id AND (r.accepts_marketing, r.accepts_system_mail)
                IS DISTINCT FROM (v.accepts_marketing, v.accepts_system_mail)
            """,
            records=sql.table(CustomerRecord),
            values=sql.to_json(values),
        )
    )
    if newsletter := {new.decision.record_id for new in news if new.decision.source is ConsentSource.NEWSLETTER}:
        add_source(newsletter, Source.NEWSLETTER)


def _accepts(standings: _Standings, record_id: int, purpose: ConsentPurpose) -> bool:
    standing = standings.get((record_id, ConsentChannel.EMAIL.value, purpose.value))
    current = standing.current if standing else None
    return current is not None and current.state == ConsentState.SUBSCRIBED


def _activity(news: Iterable[_New], actor: Actor, cause: Cause | None) -> Iterator[Entry]:
    for new in news:
        what: dict[str, Any] = {"channel": new.decision.channel.value, "purpose": new.decision.purpose.value}
        after = what | _told(new.event) | {"at": new.event.at.isoformat()}
        if new.decision.override_reason:
            after["override_reason"] = new.decision.override_reason
        if new.after is not new.event:
            after["is_past"] = True  # a later decision holds
        yield Entry(
            new.decision.record_id,
            ActivityType.CONSENT_CHANGED,
            before=what | (_told(new.before) if new.before else {"state": ConsentState.NOT_SUBSCRIBED.value}),
            after=after,
            **actor.of_entry,
            **(cause.of_entry if cause else {}),
        )


def _told(event: _Event) -> dict[str, str]:
    return {"state": event.state, "opt_in_level": event.opt_in_level}
