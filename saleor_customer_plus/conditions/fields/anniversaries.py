"""Days that come back each year: `days_until_anniversary.customer_since <= 7`."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import DateTimeField, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import In

from ...ledger.channel_figures import Seen
from ...ledger.models import CustomerFigures
from ...records.models import CustomerRecord
from ..context import Context
from ..predicates import NOBODY, IsMissing, Missing, Predicate, Within
from ..registry import Clock, Data, Entry, Family, Field, Kind

# No anniversary is further away.
_A_YEAR = 366


def _customer_since(context: Context) -> Any:
    return F("customer_since") if context.channels is None else Seen(context.channels).customer_since


def _first_order(context: Context) -> Any:
    rows: Any = CustomerFigures.objects.order_by().values("record").annotate(total=Min("first_order_at"))
    if context.channels is not None:
        rows = Seen(context.channels).first_orders()
    return Subquery(rows.filter(record=OuterRef("pk")).values("total"), output_field=DateTimeField())


# The moments whose anniversaries can be asked for: how they are read for a record, and what they depend on.
_MOMENTS = {
    "customer_since": (_customer_since, Data.RECORDS),
    "first_order": (_first_order, Data.ORDERS),
}


def _month_and_day(moment: Any, context: Context) -> Any:
    """An expression: 229 for the 29th of February."""
    return ExtractMonth(moment, tzinfo=context.zone) * 100 + ExtractDay(moment, tzinfo=context.zone)


def days_in(predicate: Within, today: date) -> Iterator[int]:
    """The days, as month and day, whose next anniversary is so many days away; each once.

    Whoever began on the 29th of February celebrates on the 28th in other years.
    """
    low = max(predicate.low or 0, 0)
    high = _A_YEAR if predicate.high is None else min(predicate.high, _A_YEAR)
    for day, away in _next_anniversaries(today).items():
        if low <= away <= high:
            yield day


def _next_anniversaries(today: date) -> dict[int, int]:
    """How many days away the next anniversary of each day of a year is."""
    away: dict[int, int] = {}
    for days in range(_A_YEAR):
        day = today + timedelta(days=days)
        away.setdefault(day.month * 100 + day.day, days)
        if (day.month, day.day) == (2, 28) and not calendar.isleap(day.year):
            away.setdefault(229, days)
    return away


def days_until(days: Mapping[int, date | None], today: date) -> dict[int, int | None]:
    """How many days away the next anniversary of each of these days is."""
    away = _next_anniversaries(today)
    return {key: None if day is None else away[day.month * 100 + day.day] for key, day in days.items()}


def _condition(name: str, predicate: Predicate, context: Context) -> Q:
    moment = _MOMENTS[name][0](context)
    if isinstance(predicate, Missing):
        return Q(IsMissing(moment))
    if not isinstance(predicate, Within):
        return NOBODY
    return Q(In(_month_and_day(moment, context), sorted(days_in(predicate, context.today))))


def _read(name: str, record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
    moment = _MOMENTS[name][0](context)
    rows = CustomerRecord.objects.filter(pk__in=record_ids).annotate(moment=moment).values_list("pk", "moment")
    days = {pk: at and at.astimezone(context.zone).date() for pk, at in rows}
    return days_until(days, context.today)


def _field(key: str) -> Field | None:
    if key not in _MOMENTS:
        return None
    return Field(
        name=f"days_until_anniversary.{key}",
        label=f"Days until the anniversary of {key.replace('_', ' ')}",
        kind=Kind.NUMBER,
        is_whole=True,
        condition=partial(_condition, key),
        read=partial(_read, key),
        can_be_missing=True,
        depends=frozenset({_MOMENTS[key][1]}),
        tells_of_orders=True,
        changes_by=Clock.DAY,
    )


FIELDS: tuple[Entry, ...] = (
    Family(
        name="days_until_anniversary",
        label="Days until the anniversary",
        field=_field,
        known_keys=lambda: _MOMENTS,
        description="Of `customer_since` or `first_order`, in whole days; 0 is today. The first day itself counts.",
    ),
)
