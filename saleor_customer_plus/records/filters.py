"""Which records a list has: filters that can be combined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower, Trim
from django.db.models.lookups import Exact

from ..ledger.models import CustomerFigures
from .models import CustomerRecord, Source, Stage

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
class RecordFilter:
    """What the records of a list have in common. Inactive ones are listed only when they are asked for."""

    is_active: bool | None = True  # None: both, for exports
    ids: Sequence[int] | None = None
    stage: Stage | None = None
    has_account: bool | None = None
    sources: Sequence[Source] | None = None
    countries: Sequence[str] | None = None
    company: str | None = None
    created: Range | None = None
    customer_since: Range | None = None
    last_order: Range | None = None
    order_count: Range | None = None
    total_spent: MoneyRange | None = None
    average_order_value: MoneyRange | None = None
    is_tax_exempt: bool | None = None
    accepts_marketing: bool | None = None
    accepts_system_mail: bool | None = None
    tags: LabelFilter | None = None
    groups: LabelFilter | None = None

    @property
    def bought(self) -> bool | None:
        """Whether all records that pass have orders that count, or none of them has. Nothing, if some may."""
        if self.stage is Stage.LEAD:
            return False  # the first order that counts makes a customer of a lead
        if self.order_count is not None and (self.order_count.gte or 0) > 0:
            return True
        return True if self.last_order is not None or self.bought_in else None

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
_UNGUESSABLE = {"sources", "average_order_value", "tags", "groups"}


def guessable(wanted: RecordFilter) -> Q:
    """The conditions whose effect PostgreSQL has statistics of."""
    return _conditions(wanted, lambda name: name not in _UNGUESSABLE)


def unguessable(wanted: RecordFilter) -> Q:
    """The other conditions. Both together are the filter."""
    return _conditions(wanted, lambda name: name in _UNGUESSABLE)


def _conditions(wanted: RecordFilter, is_included: Callable[[str], bool]) -> Q:
    condition = Q()
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if value is not None and is_included(field.name):
            condition &= _CONDITIONS[field.name](value)
    return condition


def _company(name: str) -> Q:
    # Spelt as the index is.
    return ~Q(company_name="") & Q(Exact(Lower("company_name"), Lower(Trim(Value(name)))))


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


def _labels(wanted: LabelFilter, link: str, label: str) -> Q:
    # The features are above the records, so their table is asked for by its name.
    links = apps.get_model("saleor_customer_plus", link)._default_manager.filter(record=OuterRef("pk"))

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
    "sources": lambda sources: Q(sources__overlap=sources),
    "countries": lambda codes: Q(country_code__in=[code.upper() for code in codes]),
    "company": _company,
    "created": lambda times: times.within("created_at"),
    "customer_since": lambda times: times.within("customer_since"),
    "last_order": lambda times: times.within("last_order_at"),
    "order_count": lambda numbers: numbers.within("order_count"),
    "total_spent": _total_spent,
    "average_order_value": _average_order_value,
    "is_tax_exempt": lambda wanted: Q(is_tax_exempt=wanted),
    "accepts_marketing": lambda wanted: Q(accepts_marketing=wanted),
    "accepts_system_mail": lambda wanted: Q(accepts_system_mail=wanted),
    "tags": lambda wanted: _labels(wanted, "TagAssignment", "tag"),
    "groups": lambda wanted: _labels(wanted, "GroupMembership", "group"),
}
