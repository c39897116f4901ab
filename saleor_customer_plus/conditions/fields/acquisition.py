"""How people came to the shop, by what the storefront wrote into their first order that counts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import In

from ...ledger.models import CustomerAcquisition
from ..context import Context
from ..predicates import NOBODY, Containing, Missing, OneOf, Predicate
from ..registry import Data, Entry, Field, Kind
from .columns import contains


def _rows(column: str, context: Context) -> QuerySet[CustomerAcquisition]:
    """Those with a value, of orders that may be seen."""
    rows = CustomerAcquisition.objects.exclude(**{column: ""}).order_by()
    return rows if context.channels is None else rows.filter(channel_id__in=sorted(context.channels))


def _field(column: str, label: str, description: str) -> Field:
    def condition(predicate: Predicate, context: Context) -> Q:
        rows = _rows(column, context).filter(record=OuterRef("pk"))
        match predicate:
            case OneOf(values):
                return Q(Exists(rows.filter(In(Lower(column), [value.lower() for value in values]))))
            case Containing(part):
                return Q(Exists(rows.filter(contains(Lower(F(column)), Lower(Value(part))))))
            case Missing():
                return ~Q(Exists(rows))
        return NOBODY

    def read(record_ids: Collection[int], predicate: Predicate, context: Context) -> Mapping[int, Any]:
        return dict(_rows(column, context).filter(record__in=record_ids).values_list("record", column))

    return Field(
        name=f"acquisition_{column}",
        label=label,
        kind=Kind.TEXT,
        condition=condition,
        read=read,
        can_be_missing=True,
        depends=frozenset({Data.ORDERS}),
        tells_of_orders=True,
        description=f"{description} Compared without regard to case.",
    )


FIELDS: tuple[Entry, ...] = (
    _field("source", "Acquisition source", "Where the person came from before the first order, such as 'google'."),
    _field("medium", "Acquisition medium", "The kind of marketing before the first order, such as 'cpc'."),
    _field("campaign", "Acquisition campaign", "The campaign before the first order."),
    _field("surface", "Acquisition surface", "What made the first order, such as 'storefront' or 'pos'."),
)
