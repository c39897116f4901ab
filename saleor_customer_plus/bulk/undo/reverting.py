"""Undoing what a job did to records that there are: read from the log, and put back where nothing touched it since.

Fields, addresses, tags, groups, states, consents and who follows up leads return to what they were. What somebody
else, an order or another job changed afterwards is kept as it is, and reported. A constant number of statements for any
number of records. Records that the job made, and what hangs on them, are not a matter of this module.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ... import settings
from ...activity.models import ActivityEntry, ActivityType
from ...activity.services import Actor, Cause
from ...addresses import services as addresses
from ...addresses.models import CustomerAddress
from ...consent.undo import undo_events
from ...core import sql
from ...customers.editing import edit_records
from ...customers.emails import remove_emails
from ...errors import CustomerPlusError, ErrorCode
from ...fields import services as fields
from ...fields.models import FieldDefinition
from ...fields.queries import held, live
from ...fields.values import BLANK, Value, clean
from ...groups import services as groups
from ...groups.models import Group
from ...jobs.undone import undone_job_ids
from ...leads import services as leads
from ...leads.models import Lead
from ...ledger.refresh import refresh_carefully
from ...merging.models import MovedRow
from ...records.activation import set_active
from ...records.addresses import ADDRESS
from ...records.editing import Edition, Writer
from ...records.emails import owned
from ...records.locks import own_identities, share_identities
from ...records.suggestions import unlock
from ...records.writing import COLUMNS, lock_rows
from ...tags import services as tags
from ...tags.models import Tag
from ..updates.changes import Changed

_Type = ActivityType
_FIELD_TYPES = (_Type.DETAILS_EDITED, _Type.DETAILS_SYNCED, _Type.SUGGESTION_ACCEPTED)
_APPROVAL_TYPES = (_Type.BUYER_APPROVED, _Type.BUYER_DISAPPROVED)
_STATE_TYPES = (_Type.ACTIVATED, _Type.DEACTIVATED)
_TAG_TYPES = (_Type.TAG_ADDED, _Type.TAG_REMOVED, _Type.TAG_RENAMED)
_GROUP_TYPES = (_Type.GROUP_JOINED, _Type.GROUP_LEFT, _Type.GROUP_RENAMED)
_EMAIL_TYPES = (_Type.EMAIL_ADDED, _Type.EMAIL_REMOVED)
_ADDRESS_TYPES = (_Type.ADDRESS_ADDED, _Type.ADDRESS_REMOVED)
_TYPES = (
    *(_EMAIL_TYPES + _ADDRESS_TYPES + _FIELD_TYPES + _APPROVAL_TYPES + _STATE_TYPES + _TAG_TYPES + _GROUP_TYPES),
    _Type.LEAD_CHANGED,
)


@dataclass(slots=True)
class _Trace:
    """What the job did to one thing of a record: its value before the job, and after it."""

    before: Any
    after: Any
    is_touched: bool = False


# By record, then by what was changed, such as a field's name or a tag's.
_Traces = dict[int, dict[str, _Trace]]


@dataclass(slots=True)
class Reversal:
    """One undoing of a part of a job: who undoes what, on whose account, and what came of it.

    `newly_locked` are the records by the details that only the job locked against orders.
    """

    undone: Cause
    actor: Actor
    cause: Cause
    newly_locked: Mapping[str, Collection[int]] = field(default_factory=dict)
    done: Changed = field(default_factory=Changed)

    def revert(self, record_ids: Collection[int]) -> Changed:
        """Put back what the job did to these records. Call it in a transaction."""
        entries = _entries(record_ids, self.undone)
        ids = sorted({entry.record_id for entry in entries})
        if any(entry.type == _Type.EMAIL_ADDED for entry in entries):
            own_identities()
        else:
            share_identities()  # numbers may return: before any record is locked, as everywhere
        own = _traces(entries, (_Type.DETAILS_EDITED,), _own_changes)
        held_fields = fields.hold([one.pk for one in live()]) if own else {}
        definitions = {one.key: one for one in held_fields.values()}
        # In the order of locks that all writers keep: the records first.
        rows = {row.id: row.before for row in lock_rows(ids)}
        self._fields(_traces(entries, _FIELD_TYPES, _field_changes), rows)
        self._own_fields(own, definitions)
        self._approval(_traces(entries, _APPROVAL_TYPES, _approval_change), rows)
        self._state(_traces(entries, _STATE_TYPES, _state_change), rows)
        self._labels(_traces(entries, _TAG_TYPES, _label_change("tag")), "tag", Tag, tags.assign, tags.unassign)
        self._groups(_traces(entries, _GROUP_TYPES, _label_change("group")))
        self._leads(_traces(entries, (_Type.LEAD_CHANGED,), _owner_change))
        self._consents(record_ids)
        self._emails(_traces(entries, _EMAIL_TYPES, _email_change))
        self._addresses(_traces(entries, _ADDRESS_TYPES, _address_change))
        return self.done

    def keep(self, record_id: int, what: str, why: str = "This was changed since, and was kept.") -> None:
        self.done.skip(record_id, ErrorCode.STALE, why, what)

    def _untouched(self, traces: _Traces, now: Callable[[int, str], Any]) -> Iterator[tuple[int, str, _Trace]]:
        """Yield what is still as the job left it, to be put back. Of all else note that it was changed and is kept.

        `now` gives the present value of something of a record. What is as before the job is passed over silently.
        """
        for record_id, by_name in traces.items():
            for name, trace in by_name.items():
                value = now(record_id, name)
                if not trace.is_touched and value == trace.after:
                    if trace.before != trace.after:
                        yield record_id, name, trace
                elif value != trace.before:
                    self.keep(record_id, name)

    def _fields(self, traces: _Traces, rows: Mapping[int, Mapping[str, Any]]) -> None:
        changes: dict[int, dict[str, Any]] = defaultdict(dict)
        _keep_addresses_whole(traces, rows)
        for record_id, name, trace in self._untouched(traces, lambda id, name: rows[id].get(name)):
            changes[record_id][name] = trace.before
        self._edit(changes)
        let_go = {name: [id for id in ids if name in changes.get(id, {})] for name, ids in self.newly_locked.items()}
        self._unlock({name: ids for name, ids in let_go.items() if ids})

    def _own_fields(self, traces: _Traces, definitions: Mapping[str, FieldDefinition]) -> None:
        """Put back values of the shop's own fields. Those that a field may no longer hold are only reported."""
        ids = {one.pk for one in definitions.values()}
        now = held(list(traces), ids)
        keys = {one.pk: key for key, one in definitions.items()}
        by_key = {id: {keys[pk]: one.json for pk, one in values.items()} for id, values in now.items()}
        back: dict[int, dict[int, Value]] = defaultdict(dict)
        for record_id, key, trace in self._untouched(traces, lambda id, key: by_key.get(id, {}).get(key)):
            name = f"{fields.LOGGED_AS}.{key}"
            try:
                # A blank was there before, also if the field is required by now.
                value = BLANK if trace.before is None else clean(definitions[key], trace.before)
            except (CustomerPlusError, KeyError):
                self.keep(record_id, name, "The field was deleted, or may no longer hold this value.")
                continue
            back[record_id][definitions[key].pk] = value
        if not back:
            return
        edition = edit_records({id: {} for id in back}, by=Writer(self.actor, self.cause, locks=False), own=back)
        self._note(edition)
        for key, definition in definitions.items():
            newly_locked = self.newly_locked.get(f"{fields.LOGGED_AS}.{key}", ())
            if let_go := [id for id in newly_locked if definition.pk in back.get(id, {})]:
                fields.unlock(let_go, [definition.pk])

    def _approval(self, traces: _Traces, rows: Mapping[int, Mapping[str, Any]]) -> None:
        found = self._untouched(traces, lambda id, name: rows[id][name])
        self._edit({record_id: {name: trace.before} for record_id, name, trace in found})

    def _edit(self, changes: Mapping[int, Mapping[str, Any]]) -> None:
        if not changes:
            return
        self._note(edit_records(changes, by=Writer(self.actor, self.cause, locks=False)))

    def _note(self, edition: Edition) -> None:
        self.done.changed |= edition.changed
        for record_id, refusals in edition.refusals.items():
            for refusal in refusals:
                self.done.refuse(record_id, refusal)

    def _unlock(self, let_go: Mapping[str, Sequence[int]]) -> None:
        """Let orders change again what they could change before. At most a few statements for each of six details."""
        chosen, _is_active = settings.load()
        for name, ids in let_go.items():
            unlock(ids, [name], actor=self.actor, cause=self.cause)
        if let_go:
            refresh_carefully({id for ids in let_go.values() for id in ids}, chosen)

    def _state(self, traces: _Traces, rows: Mapping[int, Mapping[str, Any]]) -> None:
        back: dict[bool, dict[int, str]] = {True: {}, False: {}}
        for record_id, _name, trace in self._untouched(traces, lambda id, _: _state(rows[id])):
            is_active, reason = trace.before
            back[is_active][record_id] = reason
        for is_active, reasons in back.items():
            if reasons:
                self.done.changed |= set_active(reasons, is_active, by=Writer(self.actor, self.cause), reason=reasons)

    def _groups(self, traces: _Traces) -> None:
        chosen, _is_active = settings.load()

        def join(pairs: Collection[tuple[int, int]], *, actor: Actor, cause: Cause) -> set[int]:
            return groups.join(pairs, actor=actor, cause=cause, several=chosen.several_groups)

        self._labels(traces, "group", Group, join, groups.leave)

    def _labels(self, traces: _Traces, word: str, model: Any, give: Any, take: Any) -> None:
        """Put back who has which labels. Those that were taken away go first: somebody may be in one group only."""
        found = [(id, name, trace) for id, by_name in traces.items() for name, trace in by_name.items()]
        names = {name for _, name, _ in found}
        label_ids = dict(model.objects.filter(name__in=names).values_list("name", "pk")) if names else {}
        kept = groups.kept_groups() if word == "group" and names else set()
        to_take: list[tuple[int, int]] = []
        to_give: list[tuple[int, int]] = []
        for record_id, name, trace in found:
            if trace.is_touched:
                self.keep(record_id, word)
            elif name not in label_ids:
                self.keep(record_id, word, f"The {word} no longer exists.")
            elif label_ids[name] in kept:
                self.keep(record_id, word, "A segment keeps the members of the group.")
            elif trace.after != trace.before:
                (to_take if trace.after else to_give).append((record_id, label_ids[name]))
        changed = take(to_take, actor=self.actor, cause=self.cause) if to_take else set()
        changed |= give(to_give, actor=self.actor, cause=self.cause) if to_give else set()
        self.done.changed |= changed

    def _leads(self, traces: _Traces) -> None:
        lead_ids = [int(name) for by_name in traces.values() for name in by_name]
        owners = dict(Lead.objects.filter(pk__in=lead_ids).values_list("pk", "owner")) if lead_ids else {}
        gone = object()
        back = {
            int(name): trace.before
            for _, name, trace in self._untouched(traces, lambda _, name: owners.get(int(name), gone))
        }
        given = leads.assign_each(back, actor=self.actor, cause=self.cause)
        self.done.changed |= {one.record_id for one in given}

    def _emails(self, traces: _Traces) -> None:
        """Remove the addresses that the job added. One is kept, and reported, if it is the primary one by now, or if
        somebody added it anew.
        """
        added = {
            (record_id, email): trace
            for record_id, by_email in traces.items()
            for email, trace in by_email.items()
            if trace.after
        }
        if not added:
            return
        back: dict[int, list[str]] = defaultdict(list)
        for one in sql.rows(owned([email for _, email in added])):
            trace = added.get((one.record_id, one.email))
            if trace is not None and (one.is_primary or trace.is_touched):
                self.keep(one.record_id, "other_emails")
            elif trace is not None:
                back[one.record_id].append(one.email)
        remove_emails(back, by=Writer(self.actor, self.cause))
        self.done.changed |= back.keys()

    def _addresses(self, traces: _Traces) -> None:
        """Remove the addresses that the job added. One that was edited, or added anew, since is kept and reported."""
        if not traces:
            return
        present: dict[int, dict[str, CustomerAddress]] = defaultdict(dict)
        for one in CustomerAddress.objects.filter(sql.is_any("record_id", traces)).order_by("pk"):
            present[one.record_id][_key_of_address(addresses.as_logged(one))] = one
        back: list[CustomerAddress] = []
        for record_id, by_key in traces.items():
            for key, trace in by_key.items():
                kept = present[record_id].get(key)
                if kept is not None and not trace.is_touched:
                    back.append(kept)
                elif kept is not None or not trace.is_touched:  # else somebody removed it
                    self.keep(record_id, "address_book")
        addresses.remove_each(back, actor=self.actor, cause=self.cause)
        self.done.changed |= {one.record_id for one in back}

    def _consents(self, record_ids: Collection[int]) -> None:
        reason = f"Undo of job {self.undone.id}."
        changed, since = undo_events(
            record_ids, self.undone, actor=self.actor, cause=self.cause, reason=reason, but=undone_job_ids()
        )
        self.done.changed |= changed
        for record_id, channel, purpose in sorted(since):
            self.keep(record_id, "consents", f"This was decided anew since: {channel} {purpose}.")


def _entries(record_ids: Collection[int], undone: Cause) -> list[Any]:
    """What the job did to these records, and what anybody did since, in the order of the log.

    Without what was done and undone since.
    """
    query = sql.fill(
        """
        WITH begun AS (
            SELECT b.record_id, min(b.id) AS id FROM {entries} b
            WHERE b.record_id = ANY({ids}) AND b.cause_type = {cause_type} AND b.cause_id = {cause_id}
                AND NOT EXISTS (SELECT FROM {moved} m WHERE m."table" = 'activity' AND m.row_id = b.id)
            GROUP BY b.record_id
        )
        SELECT e.record_id, e.type, e.before, e.after,
            e.cause_type = {cause_type} AND e.cause_id = {cause_id} AS is_ours
        FROM begun b JOIN {entries} e ON e.record_id = b.record_id AND e.id >= b.id
        WHERE e.type = ANY({types})
            AND (e.cause_type <> {cause_type} OR e.cause_id = {cause_id} OR NOT e.cause_id = ANY({undone_job_ids}))
            -- What happened to another record before it was merged into this one happened to nothing of this one.
            AND NOT EXISTS (SELECT FROM {moved} m WHERE m."table" = 'activity' AND m.row_id = e.id)
        ORDER BY e.id
        """,
        entries=sql.table(ActivityEntry),
        moved=sql.table(MovedRow),
        ids=list(record_ids),
        cause_type=undone.type.value,
        cause_id=undone.id,
        undone_job_ids=undone_job_ids(),
        types=[type.value for type in _TYPES],
    )
    return [row._replace(before=sql.from_json(row.before), after=sql.from_json(row.after)) for row in sql.rows(query)]


# What an entry of the log contains: names, with the value before and the value after.
_Logged = Iterator[tuple[str, Any, Any]]


def _traces(entries: Sequence[Any], types: Collection[str], read: Callable[[Any], _Logged]) -> _Traces:
    traces: _Traces = defaultdict(dict)
    for entry in entries:
        if entry.type not in types:
            continue
        if entry.type in (_Type.TAG_RENAMED, _Type.GROUP_RENAMED):
            _follow(traces[entry.record_id], entry)
            continue
        for name, before, after in read(entry):
            trace = traces[entry.record_id].get(name)
            if trace is not None and entry.is_ours:
                trace.after = after
            elif trace is not None:
                trace.is_touched = True
            elif entry.is_ours:
                traces[entry.record_id][name] = _Trace(before, after)
    return traces


def _follow(traces: dict[str, _Trace], entry: Any) -> None:
    """A label has another name: go on under it."""
    (old,), (new,) = entry.before.values(), entry.after.values()
    if old in traces:
        traces[new] = traces.pop(old)


def _field_changes(entry: Any) -> _Logged:
    for name, after in entry.after.items():
        if name in COLUMNS:
            yield name, entry.before.get(name), after


def _own_changes(entry: Any) -> _Logged:
    logged = entry.after.get(fields.LOGGED_AS)
    if isinstance(logged, Mapping):
        for key, after in logged.items():
            yield key, entry.before[fields.LOGGED_AS].get(key), after


def _keep_addresses_whole(traces: _Traces, rows: Mapping[int, Mapping[str, Any]]) -> None:
    """Where a part of an address changed since, nothing of it is put back: two addresses are never mixed."""
    for record_id, by_name in traces.items():
        address = {name: trace for name, trace in by_name.items() if name in ADDRESS}
        if any(trace.is_touched or rows[record_id][name] != trace.after for name, trace in address.items()):
            for trace in address.values():
                trace.is_touched = True


def _approval_change(entry: Any) -> _Logged:
    is_approved = entry.type == _Type.BUYER_APPROVED
    yield "is_approved_buyer", not is_approved, is_approved


def _state_change(entry: Any) -> _Logged:
    is_active = entry.type == _Type.ACTIVATED
    before, after = (side.get("deactivation_reason", "") for side in (entry.before, entry.after))
    yield "is_active", (not is_active, before), (is_active, after)


def _state(row: Mapping[str, Any]) -> tuple[bool, str]:
    return row["is_active"], row["deactivation_reason"]


def _label_change(word: str) -> Callable[[Any], _Logged]:
    def read(entry: Any) -> _Logged:
        is_given = word in entry.after
        yield (entry.after if is_given else entry.before)[word], not is_given, is_given

    return read


def _email_change(entry: Any) -> _Logged:
    is_added = entry.type == _Type.EMAIL_ADDED
    yield (entry.after if is_added else entry.before)["email"], not is_added, is_added


def _address_change(entry: Any) -> _Logged:
    is_added = entry.type == _Type.ADDRESS_ADDED
    yield _key_of_address(entry.after if is_added else entry.before), not is_added, is_added


def _key_of_address(logged: Mapping[str, Any]) -> str:
    """An address by all that the log has of it."""
    return sql.to_json(dict(sorted(logged.items())))


def _owner_change(entry: Any) -> _Logged:
    if "owner_id" in entry.after:
        yield str(entry.after["lead_id"]), entry.before["owner_id"], entry.after["owner_id"]
