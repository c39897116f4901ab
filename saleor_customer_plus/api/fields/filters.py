"""From the filters and sorts by fields of the shop's own, as they are sent, to those of the list."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...conditions.tree import Operator
from ...customers.filters import FieldFilter
from ...customers.orderings import COLUMNS_OF_FIELDS
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...fields.models import FieldDefinition, FieldType
from ...fields.queries import live_by_key
from ...fields.values import clean, is_blank
from ..core.base import checked_text

# Each is a condition of its own.
MAX_FILTERS = 10
MAX_VALUES = 100
MAX_PART_LENGTH = 255

_RANGED = (FieldType.NUMBER, FieldType.DATE, FieldType.MONEY)
# What each type can be asked for, beside `is_set`.
_CONDITIONS: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.TEXT: ("eq", "one_of", "contains"),
    FieldType.BOOLEAN: ("eq",),
    **dict.fromkeys(_RANGED, ("eq", "one_of", "gte", "lte")),
    **dict.fromkeys((FieldType.CHOICE, FieldType.CHOICES, FieldType.ORDER, FieldType.PRODUCT), ("eq", "one_of")),
}
_OPERATORS = {
    "eq": Operator.EQUAL,
    "one_of": Operator.IN,
    "gte": Operator.GREATER_OR_EQUAL,
    "lte": Operator.LESS_OR_EQUAL,
    "contains": Operator.CONTAINS,
}


def field_filters(given: Sequence[Mapping[str, Any]]) -> list[FieldFilter]:
    """Validate the filter `fields`. Errors name places as `fields.0.gte`."""
    if len(given) > MAX_FILTERS:
        raise CustomerPlusError(f"Filter by at most {MAX_FILTERS} fields.", field="fields")
    known = live_by_key() if given else {}
    problems, filters = Problems(), list[FieldFilter]()
    for number, one in enumerate(given):
        with problems.noted():
            if (definition := known.get(one["key"])) is None:
                raise CustomerPlusError(
                    "No field has this key.", code=ErrorCode.NOT_FOUND, field=f"fields.{number}.key"
                )
            asked = {name: value for name, value in one.items() if name != "key" and value is not None}
            if not asked:
                raise CustomerPlusError(
                    "Give at least one condition.", code=ErrorCode.REQUIRED, field=f"fields.{number}"
                )
            for name, value in asked.items():
                with problems.noted():
                    filters.append(_filter(definition, name, value, f"fields.{number}.{name}"))
    problems.raise_any()
    return filters


def _filter(definition: FieldDefinition, name: str, value: Any, place: str) -> FieldFilter:
    type = FieldType(definition.type)
    if name == "is_set":
        return FieldFilter(definition.key, type, Operator.IS_NOT_NULL if value else Operator.IS_NULL)
    if name not in _CONDITIONS[type]:
        raise CustomerPlusError(f"A field of the type {type.value} has no such filter.", field=place)
    if name == "contains":
        part = checked_text(value, field=place, longest=MAX_PART_LENGTH)
        if not part:
            raise CustomerPlusError("Give at least one character.", code=ErrorCode.REQUIRED, field=place)
        return FieldFilter(definition.key, type, Operator.CONTAINS, (json.dumps(part),))
    values = tuple(_values(definition, value if name == "one_of" else [value], place))
    # Of several choices, one that is among them.
    is_among = type is FieldType.CHOICES and name == "eq"
    return FieldFilter(definition.key, type, Operator.CONTAINS if is_among else _OPERATORS[name], values)


def _values(definition: FieldDefinition, values: Sequence[Any], place: str) -> Iterator[str]:
    if not 0 < len(values) <= MAX_VALUES:
        raise CustomerPlusError(f"Give 1 to {MAX_VALUES} values.", field=place)
    # What is looked for need not be within the limits.
    unlimited = FieldDefinition(
        pk=definition.pk, label=definition.label, type=definition.type, choices=definition.choices
    )
    for value in values:
        if is_blank(value):
            raise CustomerPlusError("Give a value, or `isSet`.", code=ErrorCode.REQUIRED, field=place)
        cleaned = clean(unlimited, value, field=place).json
        yield json.dumps(cleaned[0] if definition.type == FieldType.CHOICES else cleaned)


def given_filter(one: FieldFilter) -> dict[str, Any]:
    """A filter as it was sent: the inverse of `field_filters`."""
    values = [json.loads(text) for text in one.values]
    match one.operator:
        case Operator.IS_NULL | Operator.IS_NOT_NULL:
            return {"key": one.key, "is_set": one.operator is Operator.IS_NOT_NULL}
        case Operator.CONTAINS if one.type is FieldType.CHOICES:
            return {"key": one.key, "eq": values[0]}
        case Operator.IN:
            return {"key": one.key, "one_of": values}
    name = next(name for name, operator in _OPERATORS.items() if operator is one.operator)
    return {"key": one.key, name: values[0]}


def sorted_field(key: str) -> FieldDefinition:
    """The field to sort by. Raise an error that names `field_key`."""
    if not key:
        raise CustomerPlusError("Sorting by FIELD needs a `fieldKey`.", code=ErrorCode.REQUIRED, field="field_key")
    if (definition := live_by_key().get(key)) is None:
        raise CustomerPlusError("No field has this key.", code=ErrorCode.NOT_FOUND, field="field_key")
    if definition.type not in COLUMNS_OF_FIELDS:
        raise CustomerPlusError(f"Nothing can be sorted by a field of the type {definition.type}.", field="field_key")
    return definition
