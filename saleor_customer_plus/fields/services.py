"""The one writer of what records have in the fields of the shop's own. Call everything here in a transaction.

Values are taken as `fields.values.clean` made them. Every function is a constant number of statements for any number
of records, and logs what it changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

from ..activity.models import ActivityType
from ..activity.services import Entry, append
from ..core import sql
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.editing import Writer
from ..records.writing import Refusal
from .models import FieldDefinition, FieldType, FieldValue
from .queries import HeldValues, held, live_by_key
from .references import names_of
from .values import REFERENCES, Value, clean, is_blank

# The name that these fields have in the log: `{"fields": {"birthday": "1980-01-01"}}`.
LOGGED_AS = "fields"

# Values by the id of their definition.
Values = Mapping[int, Value]

# Advisory locks of two numbers: this one, and the definition's.
_UNIQUE = 0x3B9E


class Given(NamedTuple):
    """A field in an input: its key, and a value as JSON has it."""

    key: str
    value: Any


def check(
    given: Iterable[Given], *, definitions: Mapping[str, FieldDefinition] | None = None, is_new: bool = False
) -> dict[int, Value]:
    """Check the fields of an input, and return the values by the ids of the definitions.

    `is_new`: it is of a record that is to be created, which needs all fields that are required. Raises all errors at
    once: they name fields as `fields.0.key` and `fields.0.value`.
    """
    known = live_by_key() if definitions is None else definitions
    problems, values = Problems(), dict[int, Value]()
    places: dict[int, int] = {}
    for number, (key, raw) in enumerate(given):
        with problems.noted():
            definition = known.get(key)
            if definition is None:
                raise CustomerPlusError(
                    "No field has this key. See `customerFields`.",
                    code=ErrorCode.NOT_FOUND,
                    field=f"fields.{number}.key",
                )
            if definition.pk in places:
                raise CustomerPlusError("This field is there twice.", field=f"fields.{number}.key")
            places[definition.pk] = number
            values[definition.pk] = clean(definition, raw, field=f"fields.{number}.value")
    if is_new:
        for definition in known.values():
            if definition.is_required and definition.pk not in places:
                with problems.noted():
                    raise CustomerPlusError(
                        f"The field {definition.label!r} (`{definition.key}`) is required.",
                        code=ErrorCode.REQUIRED,
                        field="fields",
                    )
    problems.errors += [
        CustomerPlusError("The order was not found.", code=ErrorCode.NOT_FOUND, field=f"fields.{places[id]}.value")
        for id, _key in sorted(missing_references_of([values], known.values()))
    ]
    problems.raise_any()
    return values


def check_for_many(given: Sequence[Given]) -> dict[str, Any]:
    """Check values that many records are to have, and return them by their keys. Raises as `check` does."""
    definitions = live_by_key()
    values = check(given, definitions=definitions)
    problems = Problems()
    problems.errors = [
        CustomerPlusError(
            f"The field {definitions[key].label!r} is unique: no two records can have one value.",
            field=f"fields.{number}.value",
        )
        for number, (key, raw) in enumerate(given)
        if definitions[key].is_unique and not is_blank(raw)
    ]
    problems.raise_any()
    return {key: values[definitions[key].pk].json for key, _raw in given}


def missing_references_of(said: Iterable[Values], definitions: Iterable[FieldDefinition]) -> set[tuple[int, str]]:
    """What does not exist of all that these values name, as pairs of a definition's id and a key."""
    kinds = {one.pk: REFERENCES[FieldType(one.type)] for one in definitions if one.type in REFERENCES}
    named = {
        (id, value.text)
        for values in (said if kinds else ())
        for id, value in values.items()
        if id in kinds and value.text is not None
    }
    known = names_of((kinds[id], key) for id, key in named) if named else {}
    return {(id, key) for id, key in named if (kinds[id], key) not in known}


def hold(definition_ids: Collection[int]) -> dict[int, FieldDefinition]:
    """Let nobody change these fields, nor write values of the unique ones, until the transaction ends.

    Return those that there still are, as they are now: a value that was checked before may not fit any more, which
    `refusals` tells. Call it before any record is locked, and after identities are: see `records.locks`. What is unique
    is then known before anything is written. The database sees to it in any case.
    """
    if not definition_ids:
        return {}
    # The lock that a new value's foreign key takes, but before any record is locked. It waits for a change under way.
    query = sql.fill(
        "SELECT * FROM {definitions} WHERE id = ANY({ids}) AND archived_at IS NULL ORDER BY id FOR KEY SHARE",
        definitions=sql.table(FieldDefinition),
        ids=list(definition_ids),
    )
    definitions = {one.pk: one for one in FieldDefinition.objects.raw(query.text, query.params)}
    for id, definition in definitions.items():
        if definition.is_unique:
            sql.rows(sql.Sql("SELECT pg_advisory_xact_lock(%s, %s)", (_UNIQUE, id % 2**31)))
    return definitions


def fits(definition: FieldDefinition | None, value: Value) -> bool:
    """Whether a value that was checked is still one of the field: it may have been changed or deleted since.

    Clearing a field is up to whoever does it, also if it is required.
    """
    if definition is None or value.json is None:
        return definition is not None
    try:
        return clean(definition, value.json) == value
    except CustomerPlusError:
        return False


class UniqueValues:
    """Who has, or is given in this batch, each value of fields that are unique. One statement."""

    def __init__(self, wanted: Iterable[Values], definitions: Mapping[int, FieldDefinition]) -> None:
        self._unique = {id for id, definition in definitions.items() if definition.is_unique}
        keys = {
            (id, key)
            for values in wanted
            for id, value in values.items()
            if id in self._unique and (key := value.unique_key) is not None
        }
        self._holders: dict[tuple[int, str], int | None] = dict(holders(keys))

    def holder(self, definition_id: int, value: Value, record_id: int | None) -> tuple[bool, int | None]:
        """Whether another record has the value, and which one: None for one that is to be made.

        If none has, the value is this record's from now on (None: that of one that is to be made).
        """
        if definition_id not in self._unique or (key := value.unique_key) is None:
            return False, None
        place = definition_id, key
        if place in self._holders and (record_id is None or self._holders[place] != record_id):
            return True, self._holders[place]
        self._holders[place] = record_id
        return False, None


def holders(keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """The records that have these unique values: pairs of a definition's id and a value's `unique_key`."""
    if not keys:
        return {}
    found = sql.rows(
        sql.fill(
            """
            SELECT v.definition_id, v.unique_key, v.record_id
            FROM {values} v JOIN unnest({ids}, {keys}::text[]) AS k(id, key)
            ON v.definition_id = k.id AND v.unique_key = k.key
            """,
            values=sql.table(FieldValue),
            ids=[id for id, _ in keys],
            keys=[key for _, key in keys],
        )
    )
    return {(row.definition_id, row.unique_key): row.record_id for row in found}


def refusals(changes: Mapping[int, Values], definitions: Mapping[int, FieldDefinition]) -> dict[int, list[Refusal]]:
    """Why values cannot be written, by the records. `definitions` are those that `hold` returned.

    Refusals name fields as `fields.birthday`.
    """
    unique = UniqueValues(changes.values(), definitions)
    refused = {record_id: _refusals(values, record_id, unique, definitions) for record_id, values in changes.items()}
    return {record_id: reasons for record_id, reasons in refused.items() if reasons}


def refusals_of_new(values: Values, definitions: Mapping[int, FieldDefinition]) -> list[Refusal]:
    """Why a record with these values cannot be made. `definitions` are those that `hold` returned."""
    return _refusals(values, None, UniqueValues([values], definitions), definitions)


def _refusals(
    values: Values, record_id: int | None, unique: UniqueValues, definitions: Mapping[int, FieldDefinition]
) -> list[Refusal]:
    if not all(fits(definitions.get(id), value) for id, value in values.items()):
        return [Refusal("A field was changed or deleted meanwhile. Read the fields again.", ErrorCode.STALE, LOGGED_AS)]
    found = ((id, unique.holder(id, value, record_id)) for id, value in values.items())
    return [taken(definitions[id], holder) for id, (is_taken, holder) in found if is_taken]


def taken(definition: FieldDefinition, record_id: int | None) -> Refusal:
    """That another record has the value of a field that is unique."""
    message = f"The field {definition.label!r}: another record has this value."
    return Refusal(message, ErrorCode.UNIQUE, f"{LOGGED_AS}.{definition.key}", record_id)


def decide(said: Values, before: Mapping[int, Any], by: Writer) -> dict[int, Value]:
    """What a writer may change of a record that has these values: `before` is that of `queries.held`."""
    changes: dict[int, Value] = {}
    for id, value in said.items():
        known = before.get(id)
        json = known.json if known else None
        is_kept = (by.fills_only and json is not None) or (by.respects_locks and known is not None and known.is_locked)
        if not is_kept and json != value.json:
            changes[id] = value
    return changes


@dataclass(frozen=True, slots=True)
class _Change:
    record_id: int
    definition: FieldDefinition
    before: Any
    after: Value


def write(
    changes: Mapping[int, Values],
    *,
    by: Writer,
    definitions: Mapping[int, FieldDefinition],
    before: HeldValues | None = None,
    at: datetime | None = None,
) -> set[int]:
    """Write these values to these records, which are locked, and return those that changed.

    `before` is what the records have, if it is known; else it is read. Values that are unique must have passed
    `refusals`, or the database refuses the whole batch.
    """
    named = {id for values in changes.values() for id in values}
    known = held(list(changes), named) if before is None else before
    wanted: list[_Change] = []
    for record_id, values in changes.items():
        of_record = known.get(record_id, {})
        for id, value in decide(values, of_record, by).items():
            json = of_record[id].json if id in of_record else None
            wanted.append(_Change(record_id, definitions[id], json, value))
    if not wanted:
        return set()
    _store(wanted, by, at or timezone.now())
    _log(wanted, by)
    return {one.record_id for one in wanted}


# The columns of a value, with their types.
COLUMNS = {
    "record_id": "bigint",
    "definition_id": "bigint",
    "value": "jsonb",
    "text": "text",
    "number": "numeric",
    "date": "date",
    "boolean": "boolean",
    "choices": "text[]",
    "unique_key": "text",
    "is_indexed": "boolean",
}


def _store(changes: Collection[_Change], by: Writer, at: datetime) -> None:
    rows = [
        values_row(one.record_id, one.definition, one.after)
        for one in sorted(changes, key=lambda one: (one.record_id, one.definition.pk))
    ]
    sql.run(
        sql.fill(
            """
            INSERT INTO {values} AS f ({columns}, source, origin, updated_at, is_locked)
            SELECT {named}, {source}, {origin}, {at}::timestamptz, {is_locked}
            FROM jsonb_to_recordset({rows}::jsonb) AS v({types})
            ORDER BY v.record_id, v.definition_id
            ON CONFLICT (record_id, definition_id) DO UPDATE
            SET ({columns}, source, origin, updated_at, is_locked) = ROW(
                {excluded}, EXCLUDED.source, EXCLUDED.origin, EXCLUDED.updated_at, f.is_locked OR EXCLUDED.is_locked
            )
            """,
            values=sql.table(FieldValue),
            columns=sql.columns(COLUMNS),
            named=sql.columns(COLUMNS, prefix="v"),
            excluded=sql.columns(COLUMNS, prefix="EXCLUDED"),
            types=sql.Sql(", ".join(f"{name} {type}" for name, type in COLUMNS.items())),
            source=by.source.value,
            origin=by.origin,
            at=at,
            is_locked=by.locks,
            rows=sql.to_json(rows),
        )
    )


def values_row(record_id: int, definition: FieldDefinition, value: Value) -> dict[str, Any]:
    """The columns of a value, as they are sent to the database."""
    return {
        "record_id": record_id,
        "definition_id": definition.pk,
        "value": value.json,
        "text": value.text,
        "number": value.number,
        "date": value.date,
        "boolean": value.boolean,
        "choices": None if value.choices is None else list(value.choices),
        "unique_key": value.unique_key if definition.is_unique else None,
        "is_indexed": definition.is_indexed,
    }


def _log(changes: Iterable[_Change], by: Writer) -> None:
    logged: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
    for one in changes:
        before, after = logged.setdefault(one.record_id, ({}, {}))
        before[one.definition.key] = one.before
        after[one.definition.key] = one.after.json
    append(
        Entry(
            record_id, ActivityType.DETAILS_EDITED, before={LOGGED_AS: before}, after={LOGGED_AS: after}, **by.of_entry
        )
        for record_id, (before, after) in logged.items()
    )


def unlock(record_ids: Collection[int], definition_ids: Collection[int]) -> None:
    """Let imports change these fields again: undoes the lock that an edit put on them."""
    FieldValue.objects.filter(
        sql.is_any("record_id", record_ids), definition__in=definition_ids, is_locked=True
    ).update(is_locked=False)
