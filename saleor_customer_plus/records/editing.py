"""Records made and edited by staff, apps and imports: one or thousands, in a constant number of statements.

Values are taken as `records.validation` cleaned them. Afterwards `sync.reactions` links accounts, attaches the orders
that waited, and refreshes what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..activity.models import ActivityType, ActorType
from ..activity.services import Actor, Cause, Entry, append
from ..errors import ErrorCode
from . import emails
from .details import FIELDS, Details, written
from .former import holders_of_numbers
from .locks import own_identities
from .models import Source
from .writing import COLUMNS, Refusal, Row, insert_rows, lock_rows, write_rows

# How often a batch is tried again when somebody else takes a number that was free when we looked.
_ATTEMPTS = 3
# Logged as an entry of its own.
_APPROVAL = "is_approved_buyer"

STALE = Refusal("The record was changed since you read it. Read it again.", ErrorCode.STALE, "version")

Result = TypeVar("Result")


@dataclass(slots=True)
class Creation:
    """The records that were made, by their addresses, and why others were not."""

    ids: dict[str, int] = field(default_factory=dict)
    refusals: dict[str, list[Refusal]] = field(default_factory=dict)


@dataclass(slots=True)
class Edition:
    """Which records were changed, and why others were not. Those that are in neither were so already.

    `renamed` are the new addresses of those that got one. `touched` are other records, to which orders went that were
    looked up on this occasion: refresh them.
    """

    changed: set[int] = field(default_factory=set)
    refusals: dict[int, list[Refusal]] = field(default_factory=dict)
    renamed: dict[int, str] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, on whose account, and what that does to the details.

    With `locks`, orders and accounts no longer change what was written. With `fills_only`, nothing is overwritten that
    is not blank; with `respects_locks`, nothing that is locked.
    """

    actor: Actor
    cause: Cause | None = None
    source: Source = Source.STAFF
    locks: bool = True
    fills_only: bool = False
    respects_locks: bool = False

    @property
    def of_entry(self) -> dict[str, Any]:
        return {**self.actor.of_entry, **(self.cause.of_entry if self.cause else {})}

    @property
    def origin(self) -> str:
        """Which one of its source a value came from."""
        if self.source == Source.STAFF:
            return self.actor.id if self.actor.type == ActorType.STAFF else ""
        return self.cause.id if self.cause else ""

    def wrote(self, details: Details, changes: Mapping[str, str], locked: Collection[str], at: datetime) -> Details:
        return written(details, changes, source=self.source.value, origin=self.origin, at=at, locked=locked)


def create_records(people: Sequence[Mapping[str, Any]], *, by: Writer) -> Creation:
    """Make a record of each of these people, who have an `email` each, no two the same. Call it in a transaction.

    It holds the identities alone, as `sync.reactions.records_identified`, which is to be called next, needs it.
    """
    own_identities()

    def attempt() -> Creation:
        known = _holders("email", [person["email"] for person in people])
        numbers = _UniqueValues("number", (person.get("number") for person in people))
        result = Creation()
        accepted = []
        for person in people:
            email = person["email"]
            refusals = [taken("email", known[email])] if email in known else []
            if in_use := numbers.reserve(person.get("number"), None):
                refusals.append(in_use)
            if refusals:
                result.refusals[email] = refusals
            else:
                accepted.append(_new_row(person, by))
        made = insert_rows(accepted, [by.source.value]) if accepted else []
        result.ids = {row.email: row.id for row in made}
        if late := [row["email"] for row in accepted if row["email"] not in result.ids]:
            # Somebody made them at this moment: by now they can be seen.
            for email, record_id in _holders("email", late).items():
                result.refusals[email] = [taken("email", record_id)]
        return result

    result = _tried_again(attempt, if_any=(person.get("number") for person in people))
    append(
        Entry(id, ActivityType.RECORD_CREATED, after={"source": by.source.value}, **by.of_entry)
        for id in result.ids.values()
    )
    return result


def edit_rows(
    changes: Mapping[int, Mapping[str, Any]], *, by: Writer, versions: Mapping[int, datetime] | None = None
) -> Edition:
    """Write these values to these records. Call it in a transaction, by `customers.editing.edit_records`, which takes
    the orders along where an address changes.

    A record is changed in all its fields or, where one is refused, in none. `versions` are the times of their last
    change that the writer knew: a record that changed since is refused.
    """
    at = timezone.now()

    def attempt() -> Edition:
        rows = lock_rows(changes.keys())
        result = Edition()
        for id in changes.keys() - {row.id for row in rows}:
            result.refusals[id] = [Refusal("No record has this id.", ErrorCode.NOT_FOUND, "id")]
        unique = [
            _UniqueValues(name, (values.get(name) for values in changes.values())) for name in ("email", "number")
        ]
        for row in rows:
            change_row(row, changes[row.id], by, at)
            refusals = list(_refusals(row, unique, (versions or {}).get(row.id)))
            if refusals:
                result.refusals[row.id] = refusals
                row.changes.clear()
        renamed = {row.id: row.changes["email"] for row in rows if "email" in row.changes}
        # Another one of its own: the former one stays beside it, with its orders.
        promoted = {row.id: row.changes["email"] for row in rows if row.changes.get("email") in row.emails}
        emails.make_primary(promoted, source=by.source)
        result.changed = write_rows(rows)
        result.renamed = {id: email for id, email in renamed.items() if id not in promoted}
        append(entry for row in rows for entry in activity_of(row, by))
        return result

    return _tried_again(attempt, if_any=(values.get("number") for values in changes.values()))


def _new_row(person: Mapping[str, Any], by: Writer) -> dict[str, Any]:
    values = {name: blank for name, (_, blank) in COLUMNS.items()} | dict(person)
    said = {name: values[name] for name in FIELDS if values[name]}
    blank = Details(dict.fromkeys(FIELDS, ""), {}, {})
    return {
        **values,
        "provenance": by.wrote(blank, said, (), timezone.now()).provenance,
        "suggestions": {},
        "locked_fields": list(said) if by.locks else [],
    }


def change_row(row: Row, values: Mapping[str, Any], by: Writer, at: datetime) -> None:
    """Note in the row what the writer may change of it."""
    locked: list[str] = row.before["locked_fields"]
    for name, value in values.items():
        is_kept = by.fills_only and not _is_blank(name, row.before[name])
        if not is_kept and not (by.respects_locks and name in locked):
            row.set(name, value)
    if details := {name: row.changes[name] for name in FIELDS if name in row.changes}:
        if by.locks:
            locked = [name for name in FIELDS if name in locked or name in details]
        row.set_details(by.wrote(row.details, details, locked, at))
        row.set("locked_fields", locked)


def _is_blank(name: str, value: Any) -> bool:
    return name in COLUMNS and bool(value == COLUMNS[name][1])


def _refusals(row: Row, unique: Sequence[_UniqueValues], version: datetime | None) -> Iterator[Refusal]:
    if version is not None and version != row.modified_at:
        yield STALE
    if "email" in row.changes and row.before["account_id"] is not None:
        yield Refusal("The address is that of the account: change it there.", ErrorCode.OUT_OF_SCOPE, "email")
    for values in unique:
        if in_use := values.reserve(row.changes.get(values.column), row.id):
            yield in_use


def activity_of(row: Row, by: Writer) -> Iterator[Entry]:
    """What is logged of what was written to a row: nothing, where nothing was."""
    changes = row.change_log(name for name in COLUMNS if name != _APPROVAL)
    if changes["after"]:
        yield Entry(row.id, ActivityType.DETAILS_EDITED, **changes, **by.of_entry)
    if "email" in row.changes:
        yield Entry(row.id, ActivityType.EMAIL_CHANGED, **row.change_log(["email"]), **by.of_entry)
    if _APPROVAL in row.changes:
        is_approved = row.changes[_APPROVAL]
        type = ActivityType.BUYER_APPROVED if is_approved else ActivityType.BUYER_DISAPPROVED
        yield Entry(row.id, type, **by.of_entry)


class _UniqueValues:
    """Who has, or is given in this batch, each value of a column that is unique."""

    def __init__(self, column: str, wanted: Iterator[Any]) -> None:
        self.column = column
        self._holders: dict[str, int | None] = dict(_holders(column, [value for value in wanted if value]))

    def reserve(self, value: str | None, record_id: int | None) -> Refusal | None:
        """Take the value for a record (None: for one that is to be made), or say who has it."""
        if not value:
            return None
        if value in self._holders and (record_id is None or self._holders[value] != record_id):
            return taken(self.column, self._holders[value])
        self._holders[value] = record_id
        return None


def _holders(column: str, values: Sequence[str]) -> dict[str, int]:
    if not values:
        return {}
    return emails.owners(values) if column == "email" else holders_of_numbers(values)


def taken(column: str, record_id: int | None) -> Refusal:
    """That another record has the value that a record should get in a column which is unique."""
    what = "e-mail address" if column == "email" else "number"
    return Refusal(f"Another record has this {what}.", ErrorCode.UNIQUE, column, record_id)


def _tried_again(attempt: Callable[[], Result], *, if_any: Iterator[Any]) -> Result:
    """Make an attempt, and another one if a number was taken meanwhile. Numbers are not locked as addresses are."""
    if not any(if_any):
        return attempt()
    for _ in range(_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return attempt()
        except IntegrityError:
            continue
    return attempt()
