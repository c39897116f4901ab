"""Reading fields and values, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ..core import sql
from ..saleor_adapter.staff import Channels
from .models import FieldDefinition, FieldType, FieldValue
from .references import Reference, names_of
from .values import REFERENCES, key_of_reference, shown


def live() -> list[FieldDefinition]:
    """All fields that there are, in order."""
    return list(FieldDefinition.objects.filter(archived_at=None).order_by("position", "pk"))


def archived() -> list[FieldDefinition]:
    """Fields that were deleted or replaced and can still be restored, newest first."""
    replaced = FieldDefinition.objects.filter(archived_at__isnull=False, prepared_for=None)
    return list(replaced.order_by("-archived_at", "-pk")[:100])


def live_by_key() -> dict[str, FieldDefinition]:
    """All fields that there are, in order, by their keys."""
    return {definition.key: definition for definition in live()}


def find(definition_id: int) -> FieldDefinition | None:
    return FieldDefinition.objects.filter(pk=definition_id, archived_at=None).first()


class Held(NamedTuple):
    """What a record has in a field: a value, or None if it was cleared."""

    json: Any
    is_locked: bool


# By record, then by definition.
HeldValues = dict[int, dict[int, Held]]


def held(record_ids: Collection[int], definition_ids: Collection[int] | None = None) -> HeldValues:
    """What these records have in fields, or in some of them. One statement, none if nothing is asked for."""
    if not record_ids or (definition_ids is not None and not definition_ids):
        return {}
    values = FieldValue.objects.filter(sql.is_any("record_id", record_ids), definition__archived_at=None)
    if definition_ids is not None:
        values = values.filter(definition__in=definition_ids)
    found: HeldValues = {}
    for record_id, definition_id, json, is_locked in values.values_list(
        "record_id", "definition_id", "value", "is_locked"
    ):
        found.setdefault(record_id, {})[definition_id] = Held(json, is_locked)
    return found


@dataclass(frozen=True, slots=True)
class FieldOfRecord:
    """A field and what a record has in it. Without a value `json` is None and `text` blank."""

    definition: FieldDefinition
    json: Any = None
    text: str = ""
    source: str = ""
    origin: str = ""
    updated_at: datetime | None = None
    is_locked: bool = False


def fields_of(record_ids: Collection[int], channels: Channels = None) -> dict[int, list[FieldOfRecord]]:
    """All fields of each record, in order, also those without a value. At most three statements.

    An order that is not in these channels is shown by its key.
    """
    definitions = live()
    rows: dict[int, dict[int, FieldValue]] = {record_id: {} for record_id in record_ids}
    if definitions:
        for row in FieldValue.objects.filter(sql.is_any("record_id", record_ids), definition__archived_at=None):
            rows[row.record_id][row.definition_id] = row
    of_all = [row for by_definition in rows.values() for row in by_definition.values()]
    names = _names(definitions, of_all, channels)
    return {
        record_id: [_field(definition, by_definition.get(definition.pk), names) for definition in definitions]
        for record_id, by_definition in rows.items()
    }


def _names(
    definitions: Collection[FieldDefinition], rows: Collection[FieldValue], channels: Channels
) -> dict[Reference, str]:
    """What the orders are called that these rows name."""
    kinds = {one.pk: REFERENCES[FieldType(one.type)] for one in definitions if one.type in REFERENCES}
    named = ((kinds[row.definition_id], row.text) for row in rows if row.definition_id in kinds and row.text)
    return names_of(named, channels)


def _field(definition: FieldDefinition, row: FieldValue | None, names: dict[Reference, str]) -> FieldOfRecord:
    if row is None:
        return FieldOfRecord(definition)
    text = shown(definition, row.value)
    if definition.type in REFERENCES and row.value is not None:
        text = names.get((REFERENCES[FieldType(definition.type)], key_of_reference(row.value)), text)
    return FieldOfRecord(definition, row.value, text, row.source, row.origin, row.updated_at, row.is_locked)


def count_values(definition_ids: Collection[int]) -> dict[int, int]:
    """How many records have a value in each of these fields. One statement."""
    query = sql.fill(
        """
        SELECT definition_id, count(*) AS number FROM {values}
        WHERE definition_id = ANY({ids}) AND value IS NOT NULL GROUP BY definition_id
        """,
        values=sql.table(FieldValue),
        ids=list(definition_ids),
    )
    return dict.fromkeys(definition_ids, 0) | {row.definition_id: row.number for row in sql.rows(query)}
