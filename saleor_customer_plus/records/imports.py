"""Records written from lists: what a list would change is decided here, for a preview as for the writing itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from .. import sql
from ..activity.actions import Entry, append
from ..activity.models import ActivityType
from .editing import Writer, _activity, _change, create_records
from .models import CustomerRecord
from .writing import COLUMNS, Row, rows_where, write_rows

# What a list may hold of a record beside the columns that staff edit.
_STATE = ("is_active", "deactivation_reason")


def rows_of(emails: Collection[str], *, locked: bool) -> dict[str, Row]:
    """The records of these addresses, locked until the end of the transaction if they are to be written."""
    rows = rows_where(sql.fill("email = ANY({emails})", emails=list(emails)), locked=locked)
    return {row.before["email"]: row for row in rows}


def known_emails(emails: Collection[str]) -> set[str]:
    """Those of these addresses that have a record."""
    query = "SELECT email FROM {records} WHERE email = ANY({emails})"
    return {row.email for row in sql.rows(sql.fill(query, records=sql.table(CustomerRecord), emails=list(emails)))}


def make(people: Sequence[Mapping[str, Any]], *, by: Writer, at: datetime) -> dict[str, int]:
    """Make records of these people, and return them by their addresses: all but those of whom there is one by now."""
    return create_records(people, by=by, alone=False).ids


def holders_of_numbers(numbers: Collection[str]) -> dict[str, str]:
    """The addresses of the records that have these numbers."""
    if not numbers:
        return {}
    query = "SELECT number, email FROM {records} WHERE number = ANY({numbers})"
    return dict(sql.rows(sql.fill(query, records=sql.table(CustomerRecord), numbers=list(numbers))))


def decide(row: Row, values: Mapping[str, Any], *, by: Writer, at: datetime) -> set[str]:
    """Note in the row what a list changes of it, and return the names of the fields that change.

    Custom attributes are added to those that the record has.
    """
    said = {name: value for name, value in values.items() if name in COLUMNS}
    if "attributes" in said:
        known = row.before["attributes"]
        said["attributes"] = {**said["attributes"], **known} if by.fills_only else {**known, **said["attributes"]}
    kept = by.fills_only and "attributes" in said
    _change(row, said, by, at)
    if kept:
        row.set("attributes", said["attributes"])
    if not by.fills_only and "is_active" in values:
        is_active = values["is_active"]
        row.set("is_active", is_active)
        row.set("deactivation_reason", "" if is_active else values.get("deactivation_reason", _reason(row)))
    return {name for name in (*COLUMNS, *_STATE) if name in row.changes}


def blanks_of(names: Iterable[str]) -> dict[str, Any]:
    """The blank values of those of these fields that can be emptied."""
    return {name: COLUMNS[name][1] for name in names if name in COLUMNS and name != "attributes"}


def _reason(row: Row) -> str:
    return str(row.before["deactivation_reason"])


def write(rows: Iterable[Row], *, by: Writer) -> set[int]:
    """Write what was decided, and log it. Return the records that were changed."""
    wanted = [row for row in rows if row.changes]
    changed = write_rows(wanted)
    append(entry for row in wanted for entry in _entries(row, by))
    return changed


def _entries(row: Row, by: Writer) -> Iterable[Entry]:
    yield from _activity(row, by)
    if "is_active" in row.changes:
        type = ActivityType.ACTIVATED if row.changes["is_active"] else ActivityType.DEACTIVATED
        yield Entry(row.id, type, **row.told(["deactivation_reason"]), **by.of_entry)
