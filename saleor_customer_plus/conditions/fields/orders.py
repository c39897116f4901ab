"""Orders, over a time or of a kind: `orders MATCHES (count >= 2, spent > 100 EUR, date >= -90d, channel = 'eu')`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Avg, Count, DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from ...ledger.channel_figures import orders_seen
from ...ledger.models import SUM
from ...saleor_adapter import host
from ..context import Context
from ..literals import read_currency
from ..predicates import NOBODY, Predicate, Within
from ..registry import Data, Entry, Function, Kind, Parameter, References
from ..tree import Id
from .columns import of_boolean, of_choice, of_time

_MONEY: Any = DecimalField(**SUM)


def _in_currency(currency: str) -> Q:
    return Q(currency=currency) if currency else Q()


def _spent(currency: str) -> Any:
    summed = Sum("total_gross", filter=_in_currency(currency), output_field=_MONEY)
    return Coalesce(summed, Value(0), output_field=_MONEY)


def _net(currency: str) -> Any:
    kept: Any = Greatest(F("total_gross") - F("total_refunded"), Value(0), output_field=_MONEY)
    return Coalesce(Sum(kept, filter=_in_currency(currency), output_field=_MONEY), Value(0), output_field=_MONEY)


def _average(currency: str) -> Any:
    return Avg("total_gross", filter=_in_currency(currency), output_field=_MONEY)


def _total(predicate: Predicate, context: Context) -> Q:
    if not isinstance(predicate, Within):
        return NOBODY
    return Q(currency=predicate.currency) & predicate.of("total_gross")


def _find_channels(values: Collection[str | Id]) -> Mapping[str | Id, int]:
    slugs = {value for value in values if isinstance(value, str)}
    keys = {value.key for value in values if isinstance(value, Id)}
    found = host.Channel.objects.filter(Q(slug__in=slugs) | Q(pk__in=keys)).order_by().values_list("pk", "slug")
    by_value: dict[str | Id, int] = {}
    for key, slug in found:
        by_value |= {slug: key, Id(key): key}
    return by_value


def _slugs() -> Iterable[str]:
    return list(host.Channel.objects.order_by("slug").values_list("slug", flat=True)[:500])


def _states(states: type) -> dict[str, str]:
    """The states of Saleor's, by their names in Saleor's API."""
    return {name: value for name, value in vars(states).items() if name.isupper() and isinstance(value, str)}


_STATUSES = _states(host.OrderStatus)
_CHARGE_STATUSES = _states(host.OrderChargeStatus)

CHANNELS = References("channel", _find_channels, _slugs)

ORDERS = Function(
    name="orders",
    label="Orders",
    description="Orders that count, unless `counts` says otherwise. All parameters hold of the same orders.",
    rows=lambda context: orders_seen(context.channels),
    defaults={"counts": Q(counts=True)},
    depends=frozenset({Data.ORDERS}),
    tells_of_orders=True,
    parameters=(
        Parameter(
            name="count",
            label="Number of orders",
            kind=Kind.NUMBER,
            is_whole=True,
            total=lambda currency: Count("*"),
            of_nothing=0,
        ),
        Parameter(name="spent", label="Total spent", kind=Kind.MONEY, total=_spent, of_nothing=0),
        Parameter(name="net_of_refunds", label="Net of refunds", kind=Kind.MONEY, total=_net, of_nothing=0),
        Parameter(name="average", label="Average order value", kind=Kind.MONEY, total=_average),
        Parameter(name="date", label="Date of the order", kind=Kind.TIME, condition=of_time("placed_at")),
        Parameter(name="total", label="Total of one order", kind=Kind.MONEY, condition=_total),
        Parameter(
            name="channel", label="Channel", kind=Kind.CHOICE, references=CHANNELS, condition=of_choice("channel_id")
        ),
        Parameter(
            name="currency",
            label="Currency",
            kind=Kind.CHOICE,
            clean=read_currency,
            condition=of_choice("currency"),
        ),
        Parameter(
            name="country",
            label="Country of the order",
            kind=Kind.CHOICE,
            clean=lambda code: str(code).strip().upper(),
            can_be_missing=True,
            condition=of_choice("country_code"),
        ),
        Parameter(
            name="status",
            label="Status",
            kind=Kind.CHOICE,
            choices=tuple(_STATUSES),
            clean=_STATUSES.__getitem__,
            condition=of_choice("status"),
        ),
        Parameter(
            name="charge_status",
            label="Charge status",
            kind=Kind.CHOICE,
            choices=tuple(_CHARGE_STATUSES),
            clean=_CHARGE_STATUSES.__getitem__,
            condition=of_choice("charge_status"),
        ),
        Parameter(
            name="counts",
            label="Counts in the figures",
            kind=Kind.BOOLEAN,
            condition=of_boolean("counts"),
            description="True unless it is given: `counts = false` finds orders that are canceled or not paid, say.",
        ),
    ),
)

FIELDS: tuple[Entry, ...] = (ORDERS,)
