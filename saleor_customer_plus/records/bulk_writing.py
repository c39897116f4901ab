"""Records written from lists: what a list would change is decided here, for a preview as for the writing itself."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from ..activity.models import ActivityType
from ..activity.services import Entry, append, insertion_for
from ..core import sql
from .addresses import ADDRESS, of_list
from .details import FIELDS, Details
from .editing import Writer, activity_of, change_row
from .email import BLANKS
from .emails import is_owner
from .models import CustomerRecord, FormerRecord
from .writing import COLUMNS, Row, rows_where, write_rows

# What a list may hold of a record beside the columns that staff edit.
_STATE = ("is_active", "deactivation_reason")


def rows_of(emails: Collection[str], *, locked: bool) -> dict[str, Row]:
    """The records that have these addresses, primary or not, by the addresses; locked until the end of the transaction
    if they are to be written.
    """
    wanted = set(emails)
    rows = rows_where(is_owner(wanted), locked=locked)
    return {email: row for row in rows for email in row.emails if email in wanted}


def make(people: Sequence[Mapping[str, Any]], *, by: Writer, at: datetime) -> dict[str, int]:
    """Make records of these people, in the order of their addresses, and log it; return who was made.

    Not among those is whom there is a record of by now, or whose number somebody took at this moment. Three statements
    for any number of people, which go to PostgreSQL as a `COPY`: by far the fastest way in.
    """
    if not people:
        return {}
    names = ["email", "provenance", *(name for name in _MADE if any(name in person for person in people))]
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        types = ", ".join(f"{name} {_TYPES[name]}" for name in names)
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{_STAGED}; CREATE TEMP TABLE {_STAGED} ({types}) ON COMMIT DROP")
        wrote = _Provenance(by, at)
        with cursor.copy(f"COPY {_STAGED} ({', '.join(names)}) FROM STDIN") as copy:
            for person in people:
                copy.write_row((person["email"], wrote.of(person), *[_copied(person, name) for name in names[2:]]))
    return {row.email: row.id for row in sql.rows(_making(names, by))}


def _making(names: Sequence[str], by: Writer) -> sql.Sql:
    return sql.fill(
        """
        WITH made AS (
            INSERT INTO {records} (sources, {columns})
            SELECT ARRAY[{source}]::varchar[], {values} FROM {staged} v
            ORDER BY v.email  -- in one order everywhere, so that two batches cannot wait for each other
            ON CONFLICT DO NOTHING
            RETURNING id, email
        ), logged AS (
            {log}
        )
        SELECT id, email FROM made
        """,
        records=sql.table(CustomerRecord),
        columns=sql.columns(names),
        values=sql.Sql(", ".join(f"coalesce(v.{name}, {_BLANKS[name]})" for name in names)),
        staged=sql.Sql(_STAGED),
        source=by.source.value,
        log=insertion_for(
            sql.fill(
                "SELECT id AS record_id, '{}'::jsonb AS before, jsonb_build_object('source', {source}::text) AS after"
                " FROM made",
                source=by.source.value,
            ),
            type=ActivityType.RECORD_CREATED,
            actor=by.actor,
            cause=by.cause,
        ),
    )


class _Provenance:
    """Where the details of new records come from: the same for all who have the same fields."""

    def __init__(self, by: Writer, at: datetime) -> None:
        self._by, self._at = by, at
        self._known: dict[tuple[str, ...], str] = {}

    def of(self, person: Mapping[str, Any]) -> str:
        said = tuple(name for name in FIELDS if name in person)
        if said not in self._known:
            blank = Details(dict.fromkeys(FIELDS, ""), {}, {})
            details = self._by.wrote(blank, {name: person[name] for name in said}, (), self._at)
            self._known[said] = sql.to_json(details.provenance)
        return self._known[said]


def _copied(person: Mapping[str, Any], name: str) -> Any:
    value = person.get(name)
    return sql.to_json(value) if name in _JSON and value is not None else value


# What a list may say of somebody new, with the column's type. What it does not say is left to the database.
_MADE = {
    **{name: type for name, (type, _) in COLUMNS.items()},
    "is_active": "boolean",
    "deactivation_reason": "text",
    "created_at": "timestamptz",
}
_TYPES = {"email": "text", "provenance": "jsonb", **_MADE}
_JSON = frozenset(name for name, type in _MADE.items() if type == "jsonb")
_BLANKS = {
    "email": "NULL",
    "provenance": "NULL",
    **{name: {"jsonb": "'[]'", "boolean": "false"}.get(type, "''") for name, type in _MADE.items()},
    "number": "NULL",
    "social_profiles": "'{}'",
    "attributes": "'{}'",
    "is_active": "true",
    "created_at": "now()",
}
_STAGED = "customer_plus_import"


class Holder(NamedTuple):
    """The record that has a customer number."""

    email: str
    id: int


def holders_of_numbers(numbers: Collection[str]) -> dict[str, Holder]:
    """The records that have these numbers, also by a record that was merged into them."""
    if not numbers:
        return {}
    found = sql.rows(
        sql.fill(
            """
            SELECT number, email, id FROM {records} WHERE number = ANY({numbers})
            UNION ALL
            SELECT f.number, r.email, r.id FROM {former} f JOIN {records} r ON r.id = f.record_id
            WHERE f.number = ANY({numbers})
            """,
            records=sql.table(CustomerRecord),
            former=sql.table(FormerRecord),
            numbers=list(numbers),
        )
    )
    return {row.number: Holder(row.email, row.id) for row in found}


def decide(row: Row, values: Mapping[str, Any], *, by: Writer, at: datetime) -> set[str]:
    """Note in the row what a list changes of it, and return the names of the fields that change.

    Custom attributes are added to those that the record has.
    """
    said = {name: value for name, value in values.items() if name in COLUMNS}
    if "attributes" in said:
        known = row.before["attributes"]
        new = {name: _kept(known.get(name), text) for name, text in said["attributes"].items()}
        said["attributes"] = {**new, **known} if by.fills_only else {**known, **new}
    if any(name in said for name in ADDRESS):
        said = {name: value for name, value in said.items() if name not in ADDRESS} | of_list(
            said,
            row.before,
            locked=row.before["locked_fields"] if by.respects_locks else (),
            fills_only=by.fills_only,
        )
    kept = by.fills_only and "attributes" in said
    change_row(row, said, by, at)
    if kept:
        row.set("attributes", said["attributes"])
    if not by.fills_only and "is_active" in values:
        is_active = values["is_active"]
        row.set("is_active", is_active)
        row.set("deactivation_reason", "" if is_active else values.get("deactivation_reason", _reason(row)))
    return {name for name in (*COLUMNS, *_STATE) if name in row.changes}


def _kept(value: Any, text: str) -> Any:
    """The value of an attribute after a list that has this text: as it is, if it is exported as that text.

    A file has texts only. A number, a list or a boolean that comes back unchanged would become a text otherwise.
    """
    if value is None or text == value:
        return text
    if isinstance(value, str):
        return value if value.strip().strip(BLANKS) == text else text
    try:
        is_same = json.dumps(json.loads(text)) == json.dumps(value)
    except (ValueError, RecursionError):
        return text
    return value if is_same else text


def blanks_of(names: Iterable[str]) -> dict[str, Any]:
    """The blank values of those of these fields that can be emptied."""
    return {name: COLUMNS[name][1] for name in names if name in COLUMNS and name != "attributes"}


def _reason(row: Row) -> str:
    return str(row.before["deactivation_reason"])


def write(rows: Iterable[Row], *, by: Writer) -> set[int]:
    """Write what was decided of records that a list changes, or what hangs on them; note where that came from, and log
    it. Return the records that were written.
    """
    wanted = list(rows)
    for row in wanted:
        if by.source not in (sources := row.before["sources"]):
            row.set("sources", [*sources, by.source.value])
    changed = write_rows(wanted)
    append(entry for row in wanted for entry in _entries(row, by))
    return changed


def _entries(row: Row, by: Writer) -> Iterable[Entry]:
    yield from activity_of(row, by)
    if "is_active" in row.changes:
        type = ActivityType.ACTIVATED if row.changes["is_active"] else ActivityType.DEACTIVATED
        yield Entry(row.id, type, **row.change_log(["deactivation_reason"]), **by.of_entry)
