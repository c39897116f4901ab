"""What each filter is short for: conditions in the language of segments, all of which hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from ...accounts.account_filters import AccountAttributeFilter, MetadataFilter
from ...conditions.catalogue import REGISTRY
from ...conditions.fields.own_fields import FIELDS_OF_SHOP
from ...conditions.registry import Kind
from ...conditions.tree import Call, Comparison, Id, Json, Literal, Money, Node, Not, Operator, Or
from ...fields.models import FieldType
from ...fields.values import key_of_reference
from .values import (
    AcquisitionFilter,
    AttributeFilter,
    ConsentFilter,
    FieldFilter,
    LabelFilter,
    MoneyRange,
    Range,
    SourceFilter,
)


def _is(field: str, value: Any) -> Iterator[Node]:
    yield Comparison(field, Operator.EQUAL, (value,))


def _in(field: str, values: Iterable[Literal]) -> Iterator[Node]:
    yield Comparison(field, Operator.IN, tuple(values))


def _in_ids(field: str, ids: Iterable[int]) -> Iterator[Node]:
    return _in(field, map(Id, ids))


def _range(field: str, wanted: Range, literal: Callable[[Any], Literal] = lambda value: value) -> Iterator[Node]:
    low = None if wanted.gte is None else literal(wanted.gte)
    high = None if wanted.lte is None else literal(wanted.lte)
    if low is not None and high is not None:
        yield Comparison(field, Operator.BETWEEN, (low, high))
    elif low is not None:
        yield Comparison(field, Operator.GREATER_OR_EQUAL, (low,))
    elif high is not None:
        yield Comparison(field, Operator.LESS_OR_EQUAL, (high,))


def _money(field: str, wanted: MoneyRange) -> Iterator[Node]:
    return _range(field, wanted.amounts, lambda amount: Money(amount, wanted.currency))


def _sources(wanted: SourceFilter) -> Iterator[Node]:
    if wanted.any is not None:
        yield from _in("sources", map(str, wanted.any))
    for source in wanted.all:
        yield Comparison("sources", Operator.CONTAINS, (str(source),))
    if wanted.none:
        yield Comparison("sources", Operator.NOT_IN, tuple(map(str, wanted.none)))


def _attributes(wanted: Sequence[AttributeFilter]) -> Iterator[Node]:
    for one in wanted:
        field = f"attributes.{one.key}"
        if one.equals is None:
            yield Comparison(field, Operator.IS_NOT_NULL)
        else:
            yield Comparison(field, Operator.EQUAL, (Json(one.equals),))


def _account_attributes(wanted: Sequence[AccountAttributeFilter]) -> Iterator[Node]:
    for one in wanted:
        name = f"account_attributes.{one.slug}"
        if one.values is not None:
            yield from _in(name, one.values)
        if one.boolean is not None:
            yield from _is(name, one.boolean)
        yield from _range(name, Range(*one.numeric), lambda number: Decimal(str(number)))
        field = REGISTRY.field(name)
        is_day = field is not None and field.kind is Kind.DAY
        times = [time.date() if time is not None and is_day else time for time in one.date_time]
        yield from _range(name, Range(*times))
        if (one.values, one.boolean, one.numeric, one.date_time) == (None, None, (None, None), (None, None)):
            yield Comparison(name, Operator.IS_NOT_NULL)


def _metadata(column: str, wanted: Sequence[MetadataFilter]) -> Iterator[Node]:
    for one in wanted:
        if one.equals is None:
            yield Comparison(f"{column}.{one.key}", Operator.IS_NOT_NULL)
        else:
            yield Comparison(f"{column}.{one.key}", Operator.EQUAL, (one.equals,))


def _acquisition(wanted: AcquisitionFilter) -> Iterator[Node]:
    for name in ("sources", "mediums", "campaigns", "surfaces"):
        if (values := getattr(wanted, name)) is not None:
            yield from _in(f"acquisition_{name.removesuffix('s')}", values)


def _own_fields(wanted: Sequence[FieldFilter]) -> Iterator[Node]:
    for one in wanted:
        literals = (_literal(one.type, json.loads(text)) for text in one.values)
        yield Comparison(f"{FIELDS_OF_SHOP}.{one.key}", one.operator, tuple(literals))


def _literal(type: FieldType, value: Any) -> Literal:
    """A value of a field of the shop's own, as the language has it."""
    match type:
        case FieldType.NUMBER:
            return Decimal(repr(value))
        case FieldType.DATE:
            return date.fromisoformat(value)
        case FieldType.MONEY:
            return Money(Decimal(repr(value["amount"])), value["currency"])
        case FieldType.ORDER:
            return key_of_reference(value)
        case FieldType.PRODUCT:
            return Id(int(key_of_reference(value)))
    literal: Literal = value
    return literal


def _consents(wanted: Sequence[ConsentFilter]) -> Iterator[Node]:
    for one in wanted:
        yield from _in(f"consent.{one.channel}.{one.purpose}".lower(), one.states)


def _order_channels(ids: Iterable[int]) -> Iterator[Node]:
    yield Call("orders", tuple(_comparisons(_in_ids("channel", sorted(ids)))))


def _comparisons(nodes: Iterable[Node]) -> Iterator[Comparison]:
    return (node for node in nodes if isinstance(node, Comparison))


def _labels(field: str, nothing: Node, wanted: LabelFilter) -> Iterator[Node]:
    def has_any(ids: Sequence[int | None]) -> Node:
        listed = Comparison(field, Operator.IN, tuple(Id(key) for key in ids if key is not None))
        return Or((listed, nothing)) if None in ids else listed

    if wanted.any is not None:
        yield has_any(wanted.any)
    for key in wanted.all:
        yield has_any([key])
    if wanted.none:
        yield Not(has_any(wanted.none))


CONDITIONS: Mapping[str, Callable[[Any], Iterable[Node]]] = {
    "is_active": partial(_is, "is_active"),
    "ids": partial(_in_ids, "id"),
    "stage": lambda stage: _is("stage", str(stage)),
    "has_account": partial(_is, "has_account"),
    "has_unconfirmed_account": partial(_is, "has_unconfirmed_account"),
    "is_staff": partial(_is, "is_staff"),
    "sources": _sources,
    "countries": partial(_in, "country"),
    "cities": partial(_in, "city"),
    "languages": partial(_in, "language"),
    "company_name": partial(_is, "company"),
    "attributes": _attributes,
    "customer_types": partial(_in_ids, "customer_type"),
    "account_attributes": _account_attributes,
    "account_metadata": partial(_metadata, "metadata"),
    "account_private_metadata": partial(_metadata, "private_metadata"),
    "acquisition": _acquisition,
    "fields": _own_fields,
    "created_at": partial(_range, "created_at"),
    "customer_since": partial(_range, "customer_since"),
    "last_order_at": partial(_range, "last_order"),
    "order_count": lambda wanted: _range("order_count", wanted, Decimal),
    "total_spent": partial(_money, "total_spent"),
    "average_order_value": partial(_money, "average_order_value"),
    "order_channels": _order_channels,
    "is_tax_exempt": partial(_is, "is_tax_exempt"),
    "is_approved_buyer": partial(_is, "is_approved_buyer"),
    "accepts_promotional_mail": partial(_is, "accepts_promotional_mail"),
    "accepts_newsletter": partial(_is, "accepts_newsletter"),
    "accepts_system_mail": partial(_is, "accepts_system_mail"),
    "consents": _consents,
    "tags": partial(_labels, "tags", Comparison("tags", Operator.IS_NULL)),
    # Whoever is in no group is in the default one, which has the key 0 here.
    "groups": partial(_labels, "groups", Comparison("groups", Operator.IN, (Id(0),))),
    "rfm_group": lambda wanted: _in(f"rfm_group.{wanted.currency}", wanted.groups),
    "next_order_expected_at": lambda wanted: _range(f"next_order.{wanted.currency}", wanted.times),
}
