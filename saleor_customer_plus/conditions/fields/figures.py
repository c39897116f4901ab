"""Figures over the orders that count. Whoever is restricted to channels gets those of their channels."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from ...ledger.channel_figures import Seen
from ...ledger.models import CustomerFigures
from ...records.models import CustomerRecord
from ..context import Context
from ..predicates import EVERYBODY, NOBODY, Missing, Predicate, Within
from ..registry import Clock, Data, Entry, Field, Kind
from ..times import day_of, end_of, start_of
from ..tree import Offset
from .columns import of_time

_DEPENDS = frozenset({Data.ORDERS})


def _figures(currency: str) -> QuerySet[CustomerFigures]:
    return CustomerFigures.objects.filter(record=OuterRef("pk"), currency=currency)


def _has_total(totals: QuerySet[Any, Any], wanted: Within, of_nobody: Any = None) -> Q:
    """Whose figure is in a range. `of_nobody` is the figure of those who have no row, if they have any."""
    if of_nobody is not None and wanted.includes(of_nobody):
        outside = wanted.outside("total")
        return ~Q(pk__in=totals.filter(outside).values("record")) if outside else EVERYBODY
    return Q(pk__in=totals.filter(wanted.of("total")).values("record"))


def _money(column: str, totals: Callable[[Seen, str], QuerySet[Any, Any]], of_nobody: int | None) -> Any:
    """A figure of money in one currency. Whoever never bought in it has `of_nobody`, or no such figure."""

    def condition(predicate: Predicate, context: Context) -> Q:
        if not isinstance(predicate, Within):
            return NOBODY
        if context.channels is not None:
            return _has_total(totals(Seen(context.channels), predicate.currency), predicate, of_nobody)
        figures = _figures(predicate.currency)
        if of_nobody is not None and predicate.includes(of_nobody):
            outside = predicate.outside(column)
            return ~Q(Exists(figures.filter(outside))) if outside else EVERYBODY
        return Q(Exists(figures.filter(predicate.of(column))))

    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        currency = predicate.currency if isinstance(predicate, Within) else ""
        if context.channels is not None:
            rows = totals(Seen(context.channels), currency).filter(record__in=record_ids).values_list("record", "total")
        else:
            found = CustomerFigures.objects.filter(record__in=record_ids, currency=currency)
            rows = found.values_list("record_id", column)
        return dict.fromkeys(record_ids, of_nobody) | dict(rows)

    return {"condition": condition, "read": read}


def _order_count(predicate: Predicate, context: Context) -> Q:
    if not isinstance(predicate, Within):
        return NOBODY
    if context.channels is not None:
        return _has_total(Seen(context.channels).order_counts(), predicate, 0)
    return predicate.of("order_count")


def _last_order(predicate: Predicate, context: Context) -> Q:
    if context.channels is None:
        return of_time("last_order_at")(predicate, context)
    seen = Seen(context.channels)
    if isinstance(predicate, Missing):
        return ~Q(seen.bought())
    if not isinstance(predicate, Within):
        return NOBODY
    # Whoever bought in the range, and not later. PostgreSQL can look that up while it reads a page in order.
    low = {f"placed_at__{'gt' if predicate.is_low_excluded else 'gte'}": predicate.low}
    bought = Q(seen.bought(**low) if predicate.low is not None else seen.bought())
    later = {f"placed_at__{'gte' if predicate.is_high_excluded else 'gt'}": predicate.high}
    return bought & ~Q(seen.bought(**later)) if predicate.high is not None else bought


def _first_order(predicate: Predicate, context: Context) -> Q:
    seen = None if context.channels is None else Seen(context.channels)
    column = "first_order_at" if seen is None else "placed_at"
    figures = CustomerFigures.objects.filter(record=OuterRef("pk"))

    def bought(condition: Q) -> Q:
        return Q(Exists(figures.filter(condition)) if seen is None else seen.bought(condition))

    if isinstance(predicate, Missing):
        return ~bought(Q())
    if not isinstance(predicate, Within):
        return NOBODY
    # Whoever bought in the range, and not before.
    before = {f"{column}__{'lte' if predicate.is_low_excluded else 'lt'}": predicate.low}
    condition = bought(predicate.of(column))
    return condition & ~bought(Q(**before)) if predicate.low is not None else condition


def _days_since(predicate: Predicate, context: Context) -> Q:
    """Whole days between the day of the last order and today."""
    if not isinstance(predicate, Within):
        return _last_order(predicate, context)
    low = high = None
    if predicate.high is not None:
        low = start_of(day_of(Offset(-predicate.high, "d"), context.today), context.zone)
    if predicate.low is not None:
        high = end_of(day_of(Offset(-predicate.low, "d"), context.today), context.zone)
    return _last_order(Within(low, high, is_high_excluded=True), context)


def _read_column(column: str, totals: Callable[[Seen], QuerySet[Any, Any]], of_nobody: Any) -> Any:
    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        if context.channels is None:
            return dict(CustomerRecord.objects.filter(pk__in=record_ids).values_list("pk", column))
        rows = totals(Seen(context.channels)).filter(record__in=record_ids).values_list("record", "total")
        return dict.fromkeys(record_ids, of_nobody) | dict(rows)

    return read


_read_last_order = _read_column("last_order_at", Seen.last_orders, None)


def _read_first_order(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    if context.channels is not None:
        totals: QuerySet[Any, Any] = Seen(context.channels).first_orders()
        return dict(totals.filter(record__in=record_ids).values_list("record", "total"))
    figures = CustomerFigures.objects.filter(record__in=record_ids).order_by()
    return dict(figures.values("record").annotate(total=Min("first_order_at")).values_list("record", "total"))


def _read_days_since(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    last = _read_last_order(record_ids, predicate, context)
    return {
        record_id: at and (context.today - at.astimezone(context.zone).date()).days for record_id, at in last.items()
    }


FIELDS: tuple[Entry, ...] = (
    Field(
        name="order_count",
        label="Number of orders",
        kind=Kind.NUMBER,
        is_whole=True,
        condition=_order_count,
        read=_read_column("order_count", Seen.order_counts, 0),
        depends=_DEPENDS,
        is_guessable=True,
        tells_of_orders=True,
        description="Over all currencies.",
    ),
    Field(
        name="total_spent",
        label="Total spent",
        kind=Kind.MONEY,
        **_money("total_gross", Seen.spent, 0),
        depends=_DEPENDS,
        # It asks another table, but most records pass it, so that a page in order is soon full.
        is_guessable=True,
        tells_of_orders=True,
        description="In one currency; zero for whoever never bought in it.",
    ),
    Field(
        name="net_of_refunds",
        label="Net of refunds",
        kind=Kind.MONEY,
        **_money("net_of_refunds", Seen.nets, 0),
        depends=_DEPENDS,
        tells_of_orders=True,
        description="Total spent less what was paid back, in one currency; zero for whoever never bought in it.",
    ),
    Field(
        name="average_order_value",
        label="Average order value",
        kind=Kind.MONEY,
        **_money("average_gross", Seen.averages, None),
        depends=_DEPENDS,
        tells_of_orders=True,
        description="In one currency; whoever never bought in it has none.",
    ),
    Field(
        name="first_order",
        label="First order",
        kind=Kind.TIME,
        condition=_first_order,
        read=_read_first_order,
        can_be_missing=True,
        depends=_DEPENDS,
        tells_of_orders=True,
    ),
    Field(
        name="last_order",
        label="Last order",
        kind=Kind.TIME,
        condition=_last_order,
        read=_read_last_order,
        can_be_missing=True,
        depends=_DEPENDS,
        is_guessable=True,
        tells_of_orders=True,
    ),
    Field(
        name="days_since_last_order",
        label="Days since the last order",
        kind=Kind.NUMBER,
        is_whole=True,
        condition=_days_since,
        read=_read_days_since,
        can_be_missing=True,
        depends=_DEPENDS,
        is_guessable=True,
        tells_of_orders=True,
        changes_by=Clock.DAY,
        description="Whole days in the shop's time zone; 0 is today.",
    ),
)
