"""The one writer of consent events, and of what records keep of them for filters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from ..activity.models import ActivityType
from ..activity.services import Actor, Cause, Entry, append
from ..core import sql
from ..records.locks import hold_records
from ..records.models import CustomerRecord, Source, generated_kept
from ..records.sources import add_source
from . import tasks
from .decisions import ConsentDecision, Outcome, Standing, is_claim, weigh
from .models import ConsentChannel, ConsentEvent, ConsentPurpose, ConsentSource, ConsentState, CurrentConsent
from .queries import newest_events, undone_as
from .suppressions import suppressed_records

_UNWRITTEN = 2**63  # more than any id

# The consents by e-mail that a record keeps a flag of, for lists and exports.
_FLAGS = {
    ConsentPurpose.PROMOTIONAL: "accepts_promotional_mail",
    ConsentPurpose.NEWSLETTER: "accepts_newsletter",
    ConsentPurpose.SYSTEM: "accepts_system_mail",
}


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
    """Write down what people decided, and return what became of each decision. At most nine statements, or ten where
    consents end.

    What holds afterwards follows from `decisions`; one that says nothing new is not written. A claim does not subscribe
    who is on a suppression list and did not sign up since. Call it in a transaction: it locks the records, in the order
    of their ids. What a client says has to be `checked` before.
    """
    wanted = list(decisions)
    if not wanted:
        return []
    records = hold_records({decision.record_id for decision in wanted})
    # Once the records are held: a decision that waited for another one is later than that.
    now = timezone.now()
    standings = _standings(records)
    suppressed = suppressed_records({one.record_id for one in wanted if _is_claim(one, cause)} & records)
    outcomes: list[Outcome] = []
    news: list[_New] = []
    for position, decision in enumerate(wanted):
        if decision.record_id not in records:
            outcomes.append(Outcome.NO_RECORD)
            continue
        event = _event(decision, _UNWRITTEN + position, now, cause)
        standing = standings.get(decision.key, _NOTHING)
        current = standing.current
        if event.is_claim and _is_suppressed(decision, standing, suppressed):
            outcomes.append(Outcome.WITHDRAWN)
            continue
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
        ids = _insert(news, actor, cause, now)
        _write_current(news, standings)
        _write_records(news, standings)
        append(_activity(news, actor, cause))
        tasks.announce_withdrawn(_ended(news, ids))
    return outcomes


def _is_claim(decision: ConsentDecision, cause: Cause | None) -> bool:
    return is_claim(decision.state, decision.source, cause.type if cause else "", decision.override_reason)


def _is_suppressed(
    decision: ConsentDecision, standing: Standing[_Event], suppressed: Collection[tuple[int, str]]
) -> bool:
    """Whether the address is on a suppression list. Whoever signed up is not, for that purpose."""
    if decision.channel is not ConsentChannel.EMAIL:
        return False
    signed_up = standing.word is not None and standing.word.state == ConsentState.SUBSCRIBED
    return not signed_up and (decision.record_id, decision.purpose.value) in suppressed


def undo_job(decisions: Iterable[ConsentDecision], undone: Cause, *, actor: Actor, cause: Cause) -> None:
    """Let what a job, or a merge, recorded count for nothing where these decisions are: each says what holds again.

    The history stays. What held before is the event of then, with its own moment, so that a withdrawal that is reported
    late means the same as if the job had never been. Call it in a transaction in which the records are locked.
    """
    _record(decisions, actor=actor, cause=cause, undoes=undone_as(undone))


def record_over(decisions: Iterable[ConsentDecision], *, actor: Actor, cause: Cause) -> None:
    """Write down what holds from now on, whatever it is that it changes. As `undo_job` otherwise."""
    _record(decisions, actor=actor, cause=cause)


def _record(decisions: Iterable[ConsentDecision], *, actor: Actor, cause: Cause, undoes: str = "") -> None:
    wanted = list(decisions)
    if not wanted:
        return
    now = timezone.now()
    before = _standings({decision.record_id for decision in wanted})
    news = [
        _New(position, decision, event, before.get(decision.key, _NOTHING).current, event)
        for position, decision in enumerate(wanted)
        for event in [_event(decision, _UNWRITTEN + position, now, cause)]
    ]
    ids = _insert(news, actor, cause, now, undoes=undoes)
    _write_current(news, standings := _standings({decision.record_id for decision in wanted}))
    _write_records(news, standings)
    append(_activity(news, actor, cause))
    tasks.announce_withdrawn(_ended(news, ids))


def rewrite_current(record_ids: Collection[int]) -> None:
    """Keep what the histories of these records come to by now. Call it in a transaction that holds the records."""
    standings = _standings(record_ids)
    stale = CurrentConsent.objects.filter(sql.is_any("record_id", record_ids))
    gone = [
        pk
        for pk, *key in stale.values_list("pk", "record_id", "channel", "purpose")
        if (key[0], key[1], key[2]) not in standings
    ]
    CurrentConsent.objects.filter(pk__in=gone).delete()
    _write_states(sorted(standings), standings)
    _write_flags(record_ids, standings)


def _standings(record_ids: Collection[int]) -> _Standings:
    standings: _Standings = {}
    for row in sql.rows(newest_events(record_ids)):
        event = _Event(
            row.state, row.opt_in_level, row.at, row.id, row.kind == "claim", row.wording, row.wording_version
        )
        key = (row.record_id, row.channel, row.purpose)
        standings[key] = standings.get(key, _NOTHING).with_(event)
    return standings


def _event(decision: ConsentDecision, number: int, now: datetime, cause: Cause | None) -> _Event:
    return _Event(
        state=decision.state.value,
        opt_in_level=decision.opt_in_level.value,
        at=(decision.at or now).astimezone(UTC),
        number=number,
        is_claim=_is_claim(decision, cause),
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


def _insert(
    news: Collection[_New], actor: Actor, cause: Cause | None, now: datetime, *, undoes: str = ""
) -> dict[int, int]:
    """Write the rows. Return their ids, by the positions of the decisions."""
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
    inserted = sql.rows(
        sql.fill(
            """
            INSERT INTO {events} (
                record_id, channel, purpose, state, opt_in_level, wording, wording_version, source, at, evidence,
                override_reason, recorded_at, actor_type, actor_id, cause_type, cause_id, undoes
            )
            SELECT v.*, {now}, {actor_type}, {actor_id}, {cause_type}, {cause_id}, {undoes}
            FROM ROWS FROM (jsonb_to_recordset({values}::jsonb) AS (
                record_id bigint, channel text, purpose text, state text, opt_in_level text, wording text,
                wording_version text, source text, at timestamptz, evidence jsonb, override_reason text
            )) AS v
            RETURNING id
            """,
            events=sql.table(ConsentEvent),
            values=sql.to_json(values),
            now=now,
            actor_type=actor.type.value,
            actor_id=actor.id,
            cause_type=cause.type.value if cause else "",
            cause_id=cause.id if cause else "",
            undoes=undoes,
        )
    )
    # In the order of the ids, which is that of the values: they are drawn as the rows are written, one after another.
    return dict(zip((new.position for new in news), sorted(row.id for row in inserted), strict=True))


def _ended(news: Sequence[_New], ids: Mapping[int, int]) -> list[int]:
    """The events by which the shop may not write any more, or by which somebody objects who was never asked."""
    last = {new.decision.key: new for new in news}
    began = {new.decision.key: new.before for new in reversed(news)}
    by_event = {id(new.event): new for new in news}
    return [
        ids[by_event.get(id(new.after), new).position]  # of several, the one that holds
        for key, new in last.items()
        if _is_end(
            before=ConsentState.NOT_SUBSCRIBED.value if (first := began[key]) is None else first.state,
            after=ConsentState.NOT_SUBSCRIBED.value if new.after is None else new.after.state,
        )
    ]


def _is_end(*, before: str, after: str) -> bool:
    if after == ConsentState.UNSUBSCRIBED:
        return before != after
    return before == ConsentState.SUBSCRIBED != after


def _write_current(news: Collection[_New], standings: _Standings) -> None:
    """Keep the states that hold now, where they are others than before."""
    _write_states(sorted({new.decision.key for new in news}), standings)


def _write_states(keys: Iterable[tuple[int, str, str]], standings: _Standings) -> None:
    changed = [
        {"record_id": key[0], "channel": key[1], "purpose": key[2], "state": _state(standings, key)} for key in keys
    ]
    sql.run(
        sql.fill(
            """
            INSERT INTO {states} AS s (record_id, channel, purpose, state)
            SELECT v.* FROM ROWS FROM (jsonb_to_recordset({values}::jsonb) AS (
                record_id bigint, channel text, purpose text, state text
            )) AS v
            ON CONFLICT (record_id, channel, purpose) DO UPDATE SET state = excluded.state
            WHERE s.state <> excluded.state
            """,
            states=sql.table(CurrentConsent),
            values=sql.to_json(changed),
        )
    )


def _write_records(news: Collection[_New], standings: _Standings) -> None:
    """Keep what the decisions come to on the records concerned, where it is something else than before."""
    _write_flags({new.decision.record_id for new in news}, standings)
    if newsletter := {new.decision.record_id for new in news if new.decision.source is ConsentSource.NEWSLETTER}:
        add_source(newsletter, Source.NEWSLETTER)


def _write_flags(record_ids: Collection[int], standings: _Standings) -> None:
    values = [
        {"id": record_id} | {flag: _accepts(standings, record_id, purpose) for purpose, flag in _FLAGS.items()}
        for record_id in sorted(record_ids)
    ]
    flags = list(_FLAGS.values())
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET
                {assignments},
                modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond')
                {generated}
            FROM jsonb_to_recordset({values}::jsonb) AS v(id bigint, {types})
            WHERE r.id = v.id AND ({kept}) IS DISTINCT FROM ({wanted})
            """,
            records=sql.table(CustomerRecord),
            generated=generated_kept(),
            assignments=sql.Sql(", ".join(f"{flag} = v.{flag}" for flag in flags)),
            types=sql.Sql(", ".join(f"{flag} boolean" for flag in flags)),
            kept=sql.Sql(", ".join(f"r.{flag}" for flag in flags)),
            wanted=sql.Sql(", ".join(f"v.{flag}" for flag in flags)),
            values=sql.to_json(values),
        )
    )


def _state(standings: _Standings, key: tuple[int, str, str]) -> str:
    current = standings.get(key, _NOTHING).current
    return ConsentState.NOT_SUBSCRIBED.value if current is None else current.state


def _accepts(standings: _Standings, record_id: int, purpose: ConsentPurpose) -> bool:
    return _state(standings, (record_id, ConsentChannel.EMAIL.value, purpose.value)) == ConsentState.SUBSCRIBED


def _activity(news: Iterable[_New], actor: Actor, cause: Cause | None) -> Iterator[Entry]:
    for new in news:
        what: dict[str, Any] = {"channel": new.decision.channel.value, "purpose": new.decision.purpose.value}
        after = what | _log_values(new.event) | {"at": new.event.at.isoformat()}
        if new.decision.override_reason:
            after["override_reason"] = new.decision.override_reason
        if new.after is not new.event:
            after["is_past"] = True  # a later decision holds
        yield Entry(
            new.decision.record_id,
            ActivityType.CONSENT_CHANGED,
            before=what | (_log_values(new.before) if new.before else {"state": ConsentState.NOT_SUBSCRIBED.value}),
            after=after,
            **actor.of_entry,
            **(cause.of_entry if cause else {}),
        )


def _log_values(event: _Event) -> dict[str, str]:
    return {"state": event.state, "opt_in_level": event.opt_in_level}
