"""Which records a list has: filters that can be combined."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower, Trim
from django.db.models.lookups import Exact, GreaterThanOrEqual, In, LessThanOrEqual

from ..consent.models import CurrentConsent
from ..groups.models import GroupMembership
from ..ledger.channel_figures import Seen
from ..ledger.models import CustomerFigures, LedgerEntry
from ..records.email import NormalEmail
from ..records.models import CustomerRecord, Source, Stage
from ..records.search import FoldedText
from ..saleor_adapter import host
from ..saleor_adapter.staff import Channels
from ..tags.models import TagAssignment

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

    def holds(self, value: Any) -> Q:
        """The condition that an expression is within the range. What is null is in no range that has an end."""
        low = Q(GreaterThanOrEqual(value, self.gte)) if self.gte is not None else Q()
        return low & Q(LessThanOrEqual(value, self.lte)) if self.lte is not None else low

    def outside(self, field: str) -> Q:
        below = Q(**{f"{field}__lt": self.gte}) if self.gte is not None else Q()
        above = Q(**{f"{field}__gt": self.lte}) if self.lte is not None else Q()
        return below | above


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """Amounts in one currency. Others are not converted."""

    currency: str
    amounts: Range


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

    @property
    def tells_of_orders(self) -> bool:
        """Whether who passes depends on which orders are seen."""
        return any(getattr(self, name) is not None for name in _SEEN)

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


# Filters of which PostgreSQL cannot tell how many records pass them (see `paging.Segment`). Of an array it knows the
# common elements only; of another table how many rows it has, but not which records they belong to. `total_spent` asks
# another table too, but most records pass it, so that a page in order is soon full.
_UNGUESSABLE = {
    *("sources", "attributes", "average_order_value", "order_channels", "consents", "tags", "groups"),
    *("has_unconfirmed_account", "is_staff"),
}


def guessable(wanted: RecordFilter, channels: Channels = None) -> Q:
    """The conditions whose effect PostgreSQL has statistics of, and those over the orders of some channels only."""
    condition = _conditions(wanted, lambda name: name not in _UNGUESSABLE and not _is_seen(name, channels))
    if channels is None:
        return condition
    seen = Seen(channels)
    for name, condition_of in _SEEN.items():
        if (value := getattr(wanted, name)) is not None:
            condition &= condition_of(seen, value)
    return condition


def unguessable(wanted: RecordFilter, channels: Channels = None) -> Q:
    """The other conditions. Both together are the filter."""
    return _conditions(wanted, lambda name: name in _UNGUESSABLE and not _is_seen(name, channels))


def _is_seen(name: str, channels: Channels) -> bool:
    return channels is not None and name in _SEEN


def _conditions(wanted: RecordFilter, is_included: Callable[[str], bool]) -> Q:
    condition = Q()
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if value is not None and is_included(field.name):
            condition &= _CONDITIONS[field.name](value)
    return condition


def _has_unconfirmed_account(wanted: bool) -> Q:
    unconfirmed = host.User.objects.filter(email=OuterRef("email"), is_confirmed=False)
    has_one = Q(account=None) & Q(Exists(unconfirmed))
    return has_one if wanted else ~has_one


def _is_staff(wanted: bool) -> Q:
    """By the account that the record is tied to, or one of its address: staff have no tie before their first order."""
    staff = host.User.objects.filter(is_staff=True).order_by()
    is_staff = Q(email__in=staff.values(address=NormalEmail("email"))) | Q(
        account__isnull=False, account__in=staff.values("pk")
    )
    return is_staff if wanted else ~is_staff


# What orders are behind, over the orders of the channels that somebody sees.
_SEEN: Mapping[str, Callable[[Seen, Any], Q]] = {
    "customer_since": lambda seen, times: times.holds(seen.customer_since),
    "last_order_at": lambda seen, times: _last_order_seen(seen, times),
    "order_count": lambda seen, numbers: _has_total(seen.order_counts(), numbers, otherwise=0),
    "total_spent": lambda seen, wanted: _has_total(seen.spent(wanted.currency), wanted.amounts, otherwise=0),
    "average_order_value": lambda seen, wanted: _has_total(seen.averages(wanted.currency), wanted.amounts),
    "cities": lambda seen, names: _cities(names) & seen.line("city"),
    "order_channels": lambda seen, ids: _order_channels(seen.channels.intersection(ids)),
}


def _last_order_seen(seen: Seen, times: Range) -> Q:
    """Whoever bought in the range, and not later. PostgreSQL can look that up while it reads a page in order."""
    if times == Range():
        return Q()
    bought = Q(seen.bought(placed_at__gte=times.gte) if times.gte is not None else seen.bought())
    return bought & ~Q(seen.bought(placed_at__gt=times.lte)) if times.lte is not None else bought


def _has_total(totals: QuerySet[Any, Any], wanted: Range, otherwise: int | None = None) -> Q:
    """Whose figure is in a range. `otherwise` is the figure of those who have no row, if they have any."""
    if otherwise is not None and wanted.includes(otherwise):
        outside = wanted.outside("total")
        return ~Q(pk__in=totals.filter(outside).values("record")) if outside else Q()
    return Q(pk__in=totals.filter(wanted.within("total")).values("record"))


def _company(name: str) -> Q:
    # Spelt as the index is.
    return ~Q(company_name="") & Q(Exact(Lower("company_name"), Lower(Trim(Value(name)))))


def _cities(names: Sequence[str]) -> Q:
    """Whoever lives in one of these, however it is spelt."""
    # As the index is.
    return ~Q(city="") & Q(In(FoldedText("city"), [FoldedText(Value(name)) for name in names]))


def _total_spent(wanted: MoneyRange) -> Q:
    """Whoever never bought in the currency has spent nothing in it."""
    figures = _figures(wanted.currency)
    if wanted.amounts.includes(0):
        outside = wanted.amounts.outside("total_gross")
        return ~Q(Exists(figures.filter(outside))) if outside else Q()
    return Q(Exists(figures.filter(wanted.amounts.within("total_gross"))))


def _average_order_value(wanted: MoneyRange) -> Q:
    """Whoever never bought in the currency has no average in it."""
    return Q(Exists(_figures(wanted.currency).filter(wanted.amounts.within("average_gross"))))


def _figures(currency: str) -> QuerySet[CustomerFigures]:
    return CustomerFigures.objects.filter(record=OuterRef("pk"), currency=currency)


def _order_channels(ids: Iterable[int]) -> Q:
    """Whoever has an order that counts in one of these channels."""
    orders = LedgerEntry.objects.filter(record=OuterRef("pk"), counts=True, channel_id__in=sorted(ids))
    return Q(Exists(orders))


def _sources(wanted: SourceFilter) -> Q:
    condition = Q()
    if wanted.any is not None:
        condition &= Q(sources__overlap=wanted.any)
    if wanted.all:
        condition &= Q(sources__contains=wanted.all)
    return condition & ~Q(sources__overlap=wanted.none) if wanted.none else condition


def _attributes(wanted: Sequence[AttributeFilter]) -> Q:
    condition = ~Q(attributes={})  # as the index has it
    for one in wanted:
        if one.equals is None:
            condition &= Q(attributes__has_key=one.key)
        else:
            condition &= Q(attributes__contains={one.key: json.loads(one.equals)})
    return condition


def _consents(wanted: Sequence[ConsentFilter]) -> Q:
    condition = Q()
    for one in wanted:
        kept = CurrentConsent.objects.filter(record=OuterRef("pk"), channel=one.channel, purpose=one.purpose)
        # Whoever never decided has no row, or one that says so.
        is_met = (
            ~Q(Exists(kept.exclude(state__in=one.states)))
            if "NOT_SUBSCRIBED" in one.states
            else Q(Exists(kept.filter(state__in=one.states)))
        )
        condition &= is_met
    return condition


def _labels(wanted: LabelFilter, link: type[Model], label: str) -> Q:
    links = link._default_manager.filter(record=OuterRef("pk"))

    def has_any(ids: Sequence[int | None]) -> Q:
        keys = [key for key in ids if key is not None]
        has = Q(Exists(links.filter(**{f"{label}__in": keys}))) if keys else Q()
        return has | ~Q(Exists(links)) if None in ids else has if keys else Q(pk__in=[])

    condition = has_any(wanted.any) if wanted.any is not None else Q()
    for key in wanted.all:
        condition &= has_any([key])
    return condition & ~has_any(wanted.none) if wanted.none else condition


_CONDITIONS: Mapping[str, Callable[[Any], Q]] = {
    "is_active": lambda wanted: Q(is_active=wanted),
    "ids": lambda ids: Q(pk__in=ids),
    "stage": lambda stage: Q(stage=stage),
    "has_account": lambda wanted: Q(account__isnull=not wanted),
    "has_unconfirmed_account": _has_unconfirmed_account,
    "is_staff": _is_staff,
    "sources": _sources,
    "countries": lambda codes: Q(country_code__in=[code.upper() for code in codes]),
    "cities": _cities,
    "languages": lambda codes: Q(language_code__in=codes),
    "company_name": _company,
    "attributes": _attributes,
    "created_at": lambda times: times.within("created_at"),
    "customer_since": lambda times: times.within("customer_since"),
    "last_order_at": lambda times: times.within("last_order_at"),
    "order_count": lambda numbers: numbers.within("order_count"),
    "total_spent": _total_spent,
    "average_order_value": _average_order_value,
    "order_channels": _order_channels,
    "is_tax_exempt": lambda wanted: Q(is_tax_exempt=wanted),
    "is_approved_buyer": lambda wanted: Q(is_approved_buyer=wanted),
    "accepts_promotional_mail": lambda wanted: Q(accepts_promotional_mail=wanted),
    "accepts_newsletter": lambda wanted: Q(accepts_newsletter=wanted),
    "accepts_system_mail": lambda wanted: Q(accepts_system_mail=wanted),
    "consents": _consents,
    "tags": lambda wanted: _labels(wanted, TagAssignment, "tag"),
    "groups": lambda wanted: _labels(wanted, GroupMembership, "group"),
}
