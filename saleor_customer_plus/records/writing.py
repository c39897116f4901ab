"""How records are locked, changed and logged by those who edit them: few statements for any number of records.

In which order locks are taken is in `records.locks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ..core import sql
from ..errors import CustomerPlusError, ErrorCode
from .details import FIELDS, Details
from .models import BASE_COLUMNS, CustomerRecord, generated_kept

# What can be written from outside, with the type of its column and its blank value.
COLUMNS: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(FIELDS, ("text", "")),
    "number": ("text", None),
    "additional_phones": ("jsonb", []),
    "store_note": ("text", ""),
    "is_tax_exempt": ("boolean", False),
    "social_profiles": ("jsonb", {}),
    "attributes": ("jsonb", {}),
    "is_approved_buyer": ("boolean", False),
    "lawful_basis": ("text", ""),
}
# How the details came about.
_BOOKKEEPING = {"locked_fields": "varchar[]", "provenance": "jsonb", "suggestions": "jsonb"}
_TYPES = {
    "email": "text",
    **{name: type for name, (type, _) in COLUMNS.items()},
    **_BOOKKEEPING,
    "image": "text",
    "is_active": "boolean",
    "deactivation_reason": "text",
    "sources": "varchar[]",
}
_JSON = ("other_emails", *(name for name, type in _TYPES.items() if type == "jsonb"))
_READ = ("id", "account_id", "modified_at", "other_emails", *_TYPES)


class Refusal(NamedTuple):
    """Why one record was left as it is. `record_id` is another record that is in the way."""

    message: str
    code: ErrorCode
    field: str | None = None
    record_id: int | None = None

    def as_error(self, id: str | None = None) -> CustomerPlusError:
        """The refusal, to be raised. `id` is the global id of what is in the way."""
        return CustomerPlusError(self.message, code=self.code, field=self.field, id=id)


class Row:
    """A record that is locked, with what is to be written to it."""

    __slots__ = ("_columns", "before", "changes")

    def __init__(self, before: dict[str, Any]) -> None:
        self.before = before
        self.changes: dict[str, Any] = {}

    @property
    def id(self) -> int:
        return int(self.before["id"])

    @property
    def emails(self) -> list[str]:
        """All addresses of the record, as they were."""
        return [self.before["email"], *self.before["other_emails"]]

    @property
    def modified_at(self) -> datetime:
        moment: datetime = self.before["modified_at"]
        return moment

    @property
    def details(self) -> Details:
        return Details(
            {name: self.before[name] for name in FIELDS}, self.before["provenance"], self.before["suggestions"]
        )

    def set(self, name: str, value: Any) -> None:
        """Write a column, if it has another value."""
        if value != self.before[name]:
            self.changes[name] = value
        else:
            self.changes.pop(name, None)

    def set_details(self, details: Details) -> None:
        for name in FIELDS:
            self.set(name, details.values[name])
        self.set("provenance", dict(details.provenance))
        self.set("suggestions", dict(details.suggestions))

    def change_log(self, names: Iterable[str]) -> dict[str, Any]:
        """The entry in the log for those of these columns that change: `{"before": {...}, "after": {...}}`."""
        changed = [name for name in names if name in self.changes]
        return {
            "before": {name: self.before[name] for name in changed},
            "after": {name: self.changes[name] for name in changed},
        }


def lock_rows(record_ids: Collection[int]) -> list[Row]:
    """The records among these that there are, each locked until the end of the transaction."""
    return rows_where(sql.fill("id = ANY({ids})", ids=sorted(record_ids)), locked=True)


def rows_where(condition: sql.Sql, *, locked: bool) -> list[Row]:
    """The records of which the condition holds, in the order of their ids, each locked if asked for."""
    found = sql.rows(
        sql.fill(
            "SELECT {columns} FROM {records} WHERE {condition} ORDER BY id {lock}",
            columns=sql.columns(_READ),
            records=sql.table(CustomerRecord),
            condition=condition,
            lock=sql.Sql("FOR NO KEY UPDATE" if locked else ""),
        )
    )
    # What is in many rows of a batch, such as where an imported value came from, is decoded once: nobody changes it.
    decoded = sql.JsonCache()
    rows = []
    for values in found:
        before = dict(zip(_READ, values, strict=True))
        for name in _JSON:
            before[name] = decoded[before[name]]
        rows.append(Row(before))
    return rows


def write_rows(rows: Iterable[Row]) -> set[int]:
    """Write what changes, and return of which records. Nothing is written to the others, not even the time."""
    changed = [row for row in rows if row.changes]
    if not changed:
        return set()
    written = set().union(*(row.changes for row in changed))
    names = [name for name in _TYPES if name in written]
    values = [{"id": row.id, **{name: row.changes.get(name, row.before[name]) for name in names}} for row in changed]
    merged = _only_added(changed, values) if "provenance" in written else False
    sql.run(
        sql.fill(
            """
            UPDATE {records} r SET ({columns}) = ROW({values}),
                -- never the same time twice: clients recognise a change of the record by it
                modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond')
                {generated}
            FROM jsonb_to_recordset({rows}::jsonb) AS v(id bigint, {types})
            WHERE r.id = v.id
            """,
            records=sql.table(CustomerRecord),
            generated=sql.Sql("") if BASE_COLUMNS & written else generated_kept(),
            columns=sql.columns(names),
            values=sql.Sql(
                ", ".join(
                    "r.provenance || v.provenance" if name == "provenance" and merged else f"v.{name}" for name in names
                )
            ),
            types=sql.Sql(", ".join(f"{name} {_TYPES[name]}" for name in names)),
            rows=sql.to_json(values),
        )
    )
    return {row.id for row in changed}


def _only_added(rows: Iterable[Row], values: Iterable[dict[str, Any]]) -> bool:
    """Leave of each provenance only what is new, unless some row loses a part of its own. Return whether it was left.

    An edit of one field would otherwise send, and have parsed, where all the others came from.
    """
    added: list[dict[str, Any]] = []
    for row in rows:
        before, after = row.before["provenance"], row.changes.get("provenance")
        if after is None:
            added.append({})
        elif before.keys() <= after.keys():
            added.append({name: entry for name, entry in after.items() if before.get(name) != entry})
        else:
            return False
    for value, provenance in zip(values, added, strict=True):
        value["provenance"] = provenance
    return True


def touch(record_ids: Collection[int]) -> None:
    """Note that what hangs on these records, which are locked, was edited as a part of them."""
    if record_ids:
        sql.run(
            sql.fill(
                """
                UPDATE {records} r
                SET modified_at = greatest(clock_timestamp(), r.modified_at + interval '1 microsecond') {generated}
                WHERE id = ANY({ids})
                """,
                records=sql.table(CustomerRecord),
                generated=generated_kept(),
                ids=sorted(record_ids),
            )
        )


def insert_rows(people: Iterable[Mapping[str, Any]], sources: list[str]) -> list[Any]:
    """Make records, and return the `id` and the `email` of those made: all but those whose address is known."""
    names = ["email", *COLUMNS, *_BOOKKEEPING]
    return sql.rows(
        sql.fill(
            """
            INSERT INTO {records} ({columns}, sources)
            SELECT {values}, {sources}::varchar[]
            FROM jsonb_to_recordset({rows}::jsonb) AS v({types})
            ORDER BY v.email  -- in one order everywhere, so that two batches cannot wait for each other
            ON CONFLICT (email) DO NOTHING
            RETURNING id, email
            """,
            records=sql.table(CustomerRecord),
            columns=sql.columns(names),
            values=sql.columns(names, prefix="v"),
            types=sql.Sql(", ".join(f"{name} {_TYPES[name]}" for name in names)),
            sources=sources,
            rows=sql.to_json(list(people)),
        )
    )
