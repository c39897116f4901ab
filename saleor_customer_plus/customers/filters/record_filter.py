"""Which records a list has: filters that can be combined, compiled to conditions of PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import and_

from django.db.models import QuerySet

from ...accounts.account_filters import AccountAttributeFilter, MetadataFilter
from ...conditions.compiling import Compiled, compile_tree
from ...conditions.context import Context
from ...conditions.parsing import parse
from ...conditions.tree import And, Id, InSegment, Node
from ...records.models import CustomerRecord, Stage
from ...saleor_adapter.staff import Channels
from ...segments.queries import Members, matching, members
from .conditions import CONDITIONS
from .values import (
    AcquisitionFilter,
    AttributeFilter,
    ConsentFilter,
    ExpectedFilter,
    FieldFilter,
    LabelFilter,
    MoneyRange,
    Range,
    RfmFilter,
    SourceFilter,
)

Records = QuerySet[CustomerRecord]


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
        if value is not None and field.name in CONDITIONS:
            parts.extend(CONDITIONS[field.name](value))
    return And(tuple(parts))


def condition_of(wanted: RecordFilter) -> Node:
    """All that a filter says, also its segments and its condition, as one condition."""
    parts = [*tree_of(wanted).parts, *(InSegment(Id(key)) for key in wanted.segments or ())]
    if wanted.query is not None:
        parts.append(parse(wanted.query))
    return parts[0] if len(parts) == 1 else And(tuple(parts))
