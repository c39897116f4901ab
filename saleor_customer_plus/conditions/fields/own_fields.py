"""Fields of the shop's own: `fields.birthday < 1990-01-01`, `fields.birthday.days_until_anniversary <= 7`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In

from ...fields.models import FieldDefinition, FieldType, FieldValue
from ...fields.queries import live_by_key
from ...fields.values import key_of_reference, token
from ...ledger.catalogue import product_names
from ...records.labels import fold
from ...saleor_adapter import host
from ..context import Context
from ..predicates import NOBODY, Containing, Missing, OneOf, Predicate, Within
from ..registry import Clock, Data, Entry, Family, Field, Kind
from .anniversaries import days_in, days_until
from .columns import contains
from .products import references_to

FIELDS_OF_SHOP = "fields"
ANNIVERSARY = "days_until_anniversary"
_PRODUCTS = references_to("product", host.Product)

_DEPENDS = frozenset({Data.FIELDS})
_KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DAY,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.CHOICE: Kind.CHOICE,
    FieldType.CHOICES: Kind.SET,
    FieldType.MONEY: Kind.MONEY,
    FieldType.ORDER: Kind.CHOICE,
    FieldType.PRODUCT: Kind.CHOICE,
}


def values_of(definition: FieldDefinition) -> QuerySet[FieldValue]:
    """The values of a field, in the form in which its index has them."""
    rows = FieldValue.objects.filter(definition=definition.pk, value__isnull=False).order_by()
    return rows.filter(is_indexed=True) if definition.is_indexed else rows


def _rows(definition: FieldDefinition) -> QuerySet[FieldValue]:
    return values_of(definition).filter(record=OuterRef("pk"))


def _condition(definition: FieldDefinition, predicate: Predicate, context: Context) -> Q:
    if isinstance(predicate, Missing):
        return ~Q(Exists(_rows(definition)))
    wanted = _WANTED[FieldType(definition.type)](definition, predicate)
    return NOBODY if wanted is None else Q(Exists(_rows(definition).filter(wanted)))


def _of_text(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    match predicate:
        case OneOf(values):
            return Q(text__in=[fold(value) for value in values])
        case Containing(part):
            return contains("text", Value(fold(part)))
    return None


def _of_number(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    return predicate.of_nullable("number") if isinstance(predicate, Within) else None


def _of_date(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    return predicate.of_nullable("date") if isinstance(predicate, Within) else None


def _of_boolean(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    return Q(boolean__in=predicate.values) if isinstance(predicate, OneOf) else None


def _of_choice(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    return Q(text__in=predicate.values) if isinstance(predicate, OneOf) else None


def _of_choices(definition: FieldDefinition, predicate: Predicate) -> Q | None:
    if not isinstance(predicate, OneOf):
        return None
    return Q(choices__overlap=[token(definition.pk, value) for value in predicate.values])


def _of_product(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    return Q(text__in=list(map(str, predicate.values))) if isinstance(predicate, OneOf) else None


def _of_money(_definition: FieldDefinition, predicate: Predicate) -> Q | None:
    if not isinstance(predicate, Within):
        return None
    return Q(text=predicate.currency) & predicate.of_nullable("number")


_WANTED: Mapping[FieldType, Callable[[FieldDefinition, Predicate], Q | None]] = {
    FieldType.TEXT: _of_text,
    FieldType.NUMBER: _of_number,
    FieldType.DATE: _of_date,
    FieldType.BOOLEAN: _of_boolean,
    FieldType.CHOICE: _of_choice,
    FieldType.CHOICES: _of_choices,
    FieldType.MONEY: _of_money,
    FieldType.ORDER: _of_choice,
    FieldType.PRODUCT: _of_product,
}


def _read(
    definition: FieldDefinition, record_ids: Collection[int], predicate: Predicate, context: Context
) -> Mapping[int, Any]:
    found: dict[int, Any] = {}
    for row in values_of(definition).filter(record__in=record_ids):
        if definition.type == FieldType.MONEY:
            asked = predicate.currency if isinstance(predicate, Within) else row.text
            if row.text == asked:
                found[row.record_id] = row.number
        else:
            found[row.record_id] = row.number if row.number is not None else row.date or row.value
    if definition.type == FieldType.PRODUCT:
        keys = {record_id: int(key_of_reference(value)) for record_id, value in found.items()}
        names = product_names(set(keys.values()), {})
        return {record_id: names.get(key, found[record_id]) for record_id, key in keys.items()}
    return found


def _order_id(text: Any) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("Write the UUID of an order, such as '7c9e6679-7425-40de-944b-e07fc1f90ae7'.") from None


def _field(name: str) -> Field | None:
    key, dot, rest = name.partition(".")
    definition = live_by_key().get(key)
    if definition is None or (dot and (rest != ANNIVERSARY or definition.type != FieldType.DATE)):
        return None
    return _anniversary(definition) if dot else field_of(definition)


def field_of(definition: FieldDefinition) -> Field:
    """A field of the shop's own, as the language knows it."""
    return Field(
        name=f"{FIELDS_OF_SHOP}.{definition.key}",
        label=definition.label,
        kind=_KINDS[FieldType(definition.type)],
        description=definition.help_text,
        condition=partial(_condition, definition),
        read=partial(_read, definition),
        can_be_missing=True,
        choices=tuple(one["value"] for one in definition.choices),
        clean=_order_id if definition.type == FieldType.ORDER else None,
        references=_PRODUCTS if definition.type == FieldType.PRODUCT else None,
        depends=_DEPENDS,
    )


def _anniversary(definition: FieldDefinition) -> Field:
    return Field(
        name=f"{FIELDS_OF_SHOP}.{definition.key}.{ANNIVERSARY}",
        label=f"Days until the anniversary of {definition.label}",
        kind=Kind.NUMBER,
        is_whole=True,
        condition=partial(_anniversary_condition, definition),
        read=partial(_read_anniversary, definition),
        can_be_missing=True,
        depends=_DEPENDS,
        changes_by=Clock.DAY,
    )


def _anniversary_condition(definition: FieldDefinition, predicate: Predicate, context: Context) -> Q:
    if isinstance(predicate, Missing):
        return ~Q(Exists(_rows(definition)))
    if not isinstance(predicate, Within):
        return NOBODY
    month_and_day = ExtractMonth("date") * 100 + ExtractDay("date")
    return Q(Exists(_rows(definition).filter(Q(In(month_and_day, sorted(days_in(predicate, context.today)))))))


def _read_anniversary(
    definition: FieldDefinition, record_ids: Collection[int], predicate: Predicate, context: Context
) -> Mapping[int, Any]:
    rows = values_of(definition).filter(record__in=record_ids).values_list("record_id", "date")
    return days_until(dict(rows), context.today)


def _known_keys() -> Iterable[str]:
    for key, definition in live_by_key().items():
        yield key
        if definition.type == FieldType.DATE:
            yield f"{key}.{ANNIVERSARY}"


FIELDS: tuple[Entry, ...] = (
    Family(
        name=FIELDS_OF_SHOP,
        label="Fields of the shop's own",
        field=_field,
        known_keys=_known_keys,
        description="By their keys: fields.birthday IS NULL. Of a date also fields.birthday.days_until_anniversary.",
    ),
)
