"""RFM groups and the rhythm of orders, by currency: `rfm_group.EUR = 'CHAMPIONS'`, `next_order.EUR < +0d`.

They are computed over the orders of all channels and would reveal them: nobody who is restricted to channels uses them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from ...errors import CustomerPlusError, ErrorCode
from ...insights.models import CurrencyInsight, CustomerInsight, RfmGroup
from ...records.models import CustomerRecord
from ..context import Context
from ..predicates import NOBODY, Missing, OneOf, Predicate, Within
from ..registry import Condition, Data, Entry, Family, Field, Kind, Read
from .related import has, rows_of

_DEPENDS = frozenset({Data.INSIGHTS, Data.ORDERS})


def _rows(currency: str, context: Context) -> QuerySet[Any]:
    _check(context)
    return rows_of(CustomerInsight).filter(currency=currency)


def _check(context: Context) -> None:
    if context.channels is not None:
        raise CustomerPlusError(
            "RFM groups and expected orders are computed over the orders of all channels. They need access to all "
            "channels: use the number, the amount or the date of orders instead.",
            code=ErrorCode.OUT_OF_SCOPE,
        )


def _group(currency: str, predicate: Predicate, context: Context) -> Q:
    rows = _rows(currency, context)
    # What is kept of somebody whose orders no longer count is gone with the next computation.
    bought = Q(order_count__gt=0)
    if isinstance(predicate, Missing):
        return bought & ~has(rows)
    groups = predicate.values if isinstance(predicate, OneOf) else ()
    kept = [group for group in groups if group != RfmGroup.PROSPECTS]
    condition = bought & has(rows, rfm_group__in=kept) if kept else NOBODY
    return condition | Q(order_count=0) if RfmGroup.PROSPECTS in groups else condition


def _read_group(
    currency: str, record_ids: Collection[int], predicate: Predicate, context: Context
) -> Mapping[int, str | None]:
    _check(context)
    kept = dict(_values(currency, "rfm_group", record_ids))
    counts = CustomerRecord.objects.filter(pk__in=record_ids).values_list("pk", "order_count")
    return {pk: kept.get(pk) if count else RfmGroup.PROSPECTS.value for pk, count in counts}


def _groups(predicate: Predicate, context: Context) -> Q:
    """The same in whichever currency."""
    _check(context)
    rows, bought = rows_of(CustomerInsight), Q(order_count__gt=0)
    if isinstance(predicate, Missing):
        return bought & ~has(rows)
    groups = predicate.values if isinstance(predicate, OneOf) else ()
    kept = [group for group in groups if group != RfmGroup.PROSPECTS]
    condition = bought & has(rows, rfm_group__in=kept) if kept else NOBODY
    return condition | Q(order_count=0) if RfmGroup.PROSPECTS in groups else condition


def _read_groups(
    record_ids: Collection[int], predicate: Predicate, context: Context
) -> Mapping[int, Collection[str] | None]:
    _check(context)
    kept: dict[int, set[str]] = defaultdict(set)
    for pk, group in CustomerInsight.objects.filter(record__in=record_ids).values_list("record_id", "rfm_group"):
        kept[pk].add(group)
    counts = CustomerRecord.objects.filter(pk__in=record_ids).values_list("pk", "order_count")
    return {pk: (sorted(kept[pk]) or None) if count else [RfmGroup.PROSPECTS.value] for pk, count in counts}


def _column(column: str) -> Callable[[str, Predicate, Context], Q]:
    """A number or a time of the row of a currency, where there is one."""

    def condition(currency: str, predicate: Predicate, context: Context) -> Q:
        rows = _rows(currency, context)
        if isinstance(predicate, Missing):
            return ~has(rows, **{f"{column}__isnull": False})
        return has(rows.filter(predicate.of_nullable(column))) if isinstance(predicate, Within) else NOBODY

    return condition


def _read_column(column: str) -> Callable[..., Mapping[int, Any]]:
    def read(currency: str, record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        _check(context)
        return dict(_values(currency, column, record_ids))

    return read


def _values(currency: str, column: str, record_ids: Collection[int]) -> Iterable[tuple[int, Any]]:
    rows = CustomerInsight.objects.filter(record__in=record_ids, currency=currency)
    return rows.values_list("record_id", column)


def _family(
    name: str,
    label: str,
    kind: Kind,
    condition: Callable[[str, Predicate, Context], Q],
    read: Callable[..., Mapping[int, Any]],
    **more: Any,
) -> Family:
    description = more.pop("description")

    def field(key: str) -> Field | None:
        currency = key.upper()
        if not re.fullmatch("[A-Z]{3}", currency):
            return None
        of_currency: Condition = partial(condition, currency)
        reading: Read = partial(read, currency)
        return Field(
            name=f"{name}.{currency}",
            label=f"{label} ({currency})",
            kind=kind,
            condition=of_currency,
            read=reading,
            can_be_missing=True,
            depends=_DEPENDS,
            tells_of_orders=True,
            **more,
        )

    return Family(name=name, label=label, description=description, field=field, known_keys=_currencies)


def _currencies() -> list[str]:
    return list(CurrencyInsight.objects.order_by("currency").values_list("currency", flat=True))


def _score(name: str, label: str) -> Family:
    return _family(
        name,
        label,
        Kind.NUMBER,
        _column(name),
        _read_column(name),
        is_whole=True,
        description="From 1 to 5, compared with all customers of the currency.",
    )


FIELDS: tuple[Entry, ...] = (
    _family(
        "rfm_group",
        "RFM group",
        Kind.CHOICE,
        _group,
        _read_group,
        choices=tuple(RfmGroup.values),
        description="By currency. Whoever never bought is in PROSPECTS.",
    ),
    Field(
        name="rfm_groups",
        label="RFM groups",
        kind=Kind.SET,
        choices=tuple(RfmGroup.values),
        condition=_groups,
        read=_read_groups,
        can_be_missing=True,
        depends=_DEPENDS,
        tells_of_orders=True,
        description="In whichever currency. Whoever never bought is in PROSPECTS.",
    ),
    _score("recency_score", "RFM: recency"),
    _score("frequency_score", "RFM: frequency"),
    _score("monetary_score", "RFM: monetary value"),
    _family(
        "days_between_orders",
        "Days between orders",
        Kind.NUMBER,
        _column("median_days_between_orders"),
        _read_column("median_days_between_orders"),
        description="The median, by currency. Missing for whoever bought on one day only.",
    ),
    _family(
        "next_order",
        "Next order expected",
        Kind.TIME,
        _column("next_order_expected_at"),
        _read_column("next_order_expected_at"),
        description="By currency: the last order plus the median of days between orders.",
    ),
)
