"""Which records a list has: filters that can be combined.

Each filter is short for a condition in the language of segments, and is compiled as one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from functools import partial, reduce
from operator import and_
from typing import Any

from django.db.models import Q, QuerySet

from ..accounts.account_filters import AccountAttributeFilter, MetadataFilter
from ..conditions.catalogue import REGISTRY
from ..conditions.compiling import Compiled, compile_tree
from ..conditions.context import Context
from ..conditions.fields.own_fields import FIELDS_OF_SHOP
from ..conditions.parsing import parse
from ..conditions.registry import Kind
from ..conditions.tree import And, Call, Comparison, Id, InSegment, Json, Literal, Money, Node, Not, Operator, Or
from ..fields.models import FieldType
from ..fields.values import key_of_reference
from ..records.models import CustomerRecord, Source, Stage
from ..saleor_adapter.staff import Channels
from ..segments.queries import Members, matching, members

Records = QuerySet[CustomerRecord]


@dataclass(frozen=True, slots=True)
class Range:
    """From `gte` to `lte`, both included, either of them open."""

    gte: Any = None
    lte: Any = None

    def includes(self, value: Any) -> bool:
        return (self.gte is None or value >= self.gte) and (self.lte is None or value <= self.lte)

    def within(self, field: str) -> Q:
        bounds = {f"{field}__gte": self.gte, f"{field}__lte": self.lte}
        return Q(**{lookup: bound for lookup, bound in bounds.items() if bound is not None})


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """Amounts in one currency. Others are not converted."""

    currency: str
    amounts: Range


@dataclass(frozen=True, slots=True)
class RfmFilter:
    """In one of these RFM groups of a currency, by the names in `insights.models`."""

    currency: str
    groups: Sequence[str]


@dataclass(frozen=True, slots=True)
class ExpectedFilter:
    """The next order in a currency is expected within these times."""

    currency: str
    times: Range


@dataclass(frozen=True, slots=True)
class LabelFilter:
    """Tags or groups, by their keys. None among them stands for having no such label at all.

    `any` is nothing where it does not matter; the empty tuple is met by nobody.
    """

    any: tuple[int | None, ...] | None = None
    all: tuple[int | None, ...] = ()
    none: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFilter:
    """Where activity came from: at least one of these, every one of these, not any of these."""

    any: Sequence[Source] | None = None
    all: Sequence[Source] = ()
    none: Sequence[Source] = ()


@dataclass(frozen=True, slots=True)
class AttributeFilter:
    """An attribute of the shop's own that a record has: with any value, or with this one, written as JSON."""

    key: str
    equals: str | None = None


@dataclass(frozen=True, slots=True)
class AcquisitionFilter:
    """How people came to the shop: one of these for each that is given, in any case."""

    sources: Sequence[str] | None = None
    mediums: Sequence[str] | None = None
    campaigns: Sequence[str] | None = None
    surfaces: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """What is asked of a field of the shop's own. The values are those of its type, written as JSON."""

    key: str
    type: FieldType
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsentFilter:
    """The state of a consent: one of these on this channel for this purpose, by the names in `consent.models`."""

    channel: str
    purpose: str
    states: Sequence[str]


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """What the records of a list have in common. Inactive ones are listed only when they are asked for."""

    is_active: bool | None = True  # None: both, for exports
    ids: Sequence[int] | None = None
    stage: Stage | None = None
    has_account: bool | None = None
    has_unconfirmed_account: bool | None = None
    is_staff: bool | None = None
    sources: SourceFilter | None = None
    countries: Sequence[str] | None = None
    cities: Sequence[str] | None = None
    languages: Sequence[str] | None = None  # as they are kept: in lower case, with hyphens
    company_name: str | None = None
    attributes: Sequence[AttributeFilter] | None = None  # all of them hold
    customer_types: Sequence[int] | None = None
    account_attributes: Sequence[AccountAttributeFilter] | None = None  # all of them hold
    account_metadata: Sequence[MetadataFilter] | None = None  # all of them hold
    account_private_metadata: Sequence[MetadataFilter] | None = None  # all of them hold
    acquisition: AcquisitionFilter | None = None
    fields: Sequence[FieldFilter] | None = None  # all of them hold
    created_at: Range | None = None
    customer_since: Range | None = None
    last_order_at: Range | None = None
    order_count: Range | None = None
    total_spent: MoneyRange | None = None
    average_order_value: MoneyRange | None = None
    order_channels: Sequence[int] | None = None
    is_tax_exempt: bool | None = None
    is_approved_buyer: bool | None = None
    accepts_promotional_mail: bool | None = None
    accepts_newsletter: bool | None = None
    accepts_system_mail: bool | None = None
    consents: Sequence[ConsentFilter] | None = None  # all of them hold
    tags: LabelFilter | None = None
    groups: LabelFilter | None = None
    rfm_group: RfmFilter | None = None
    next_order_expected_at: ExpectedFilter | None = None
    segments: Sequence[int] | None = None  # the record is in each of them
    query: str | None = None  # a condition as it is kept: see `segments.models.Segment.query`

    @property
    def tells_of_orders(self) -> bool:
        """Whether who passes depends on which orders are seen, as it may with segments."""
        return bool(self.segments) or self.query is not None or _compiled(self, None).tells_of_orders

    @property
    def bought(self) -> bool | None:
        """Whether all records that pass have orders that count, or none of them has. Nothing, if some may."""
        if self.stage is Stage.LEAD:
            return False  # the first order that counts makes a customer of a lead
        if self.order_count is not None and (self.order_count.gte or 0) > 0:
            return True
        is_dated = self.last_order_at not in (None, Range())
        return True if is_dated or self.order_channels is not None or self.bought_in else None

    @property
    def bought_in(self) -> set[str]:
        """Currencies in which all records that pass have orders that count."""
        currencies = set()
        if self.total_spent is not None and not self.total_spent.amounts.includes(0):
            currencies.add(self.total_spent.currency)
        if self.average_order_value is not None:
            currencies.add(self.average_order_value.currency)
        return currencies


def conditions_of(wanted: RecordFilter, channels: Channels = None) -> Members:
    """What a filter says, in two parts that both hold.

    Of the conditions in `guessable` PostgreSQL has statistics, or they are over the orders of some channels only. Of an
    array it knows the common elements only; of another table how many rows it has, but not which records they belong to
    (see `paging.Segment`).
    """
    compiled, members = _compiled(wanted, channels), list(_members(wanted, channels))
    return Members(
        reduce(and_, (one.guessable for one in members), compiled.guessable),
        reduce(and_, (one.unguessable for one in members), compiled.unguessable),
    )


def _members(wanted: RecordFilter, channels: Channels) -> Iterator[Members]:
    """Who is in the segments of a filter, and who meets its condition. Raises what is wrong with these by now."""
    for segment_id in wanted.segments or ():
        yield members(segment_id, channels)
    if wanted.query is not None:
        yield matching(wanted.query, channels)


def _compiled(wanted: RecordFilter, channels: Channels) -> Compiled:
    return compile_tree(tree_of(wanted), Context(channels=channels), is_trusted=True)


def tree_of(wanted: RecordFilter) -> And:
    """What a filter is short for, but for its segments and its condition."""
    parts: list[Node] = []
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if value is not None and field.name in _TREES:
            parts.extend(_TREES[field.name](value))
    return And(tuple(parts))


def condition_of(wanted: RecordFilter) -> Node:
    """All that a filter says, also its segments and its condition, as one condition."""
    parts = [*tree_of(wanted).parts, *(InSegment(Id(key)) for key in wanted.segments or ())]
    if wanted.query is not None:
        parts.append(parse(wanted.query))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


# Each of the following makes conditions, all of which hold.


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


_TREES: Mapping[str, Callable[[Any], Iterable[Node]]] = {
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
