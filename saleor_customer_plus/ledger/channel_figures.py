"""Figures over the orders of some channels only: for staff whom Saleor restricts to channels.

What is kept of a record is over all channels, so these are computed from the ledger. They are what the record would
have if the shop had these channels only (see `ledger.refresh`, which keeps the others). An address that came from an
order is shown only to those who see the order.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import (
    Avg,
    Case,
    Count,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    UUIDField,
    Value,
    When,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Greatest, Least, Round
from django.db.models.lookups import Exact, In, IsNull

from ..core import sql
from ..records.addresses import WHOLE
from ..records.models import CustomerRecord
from ..saleor_adapter.staff import Channels
from .currencies import decimals_of, decimals_sql
from .models import SUM, LedgerEntry, LedgerLine

# The columns of `summary_seen`, in its order.
SUMMARY = ("order_count", "last_order_at", "latest_order_id", "customer_since")


def orders_seen(channels: Channels) -> QuerySet[LedgerEntry]:
    """The orders that somebody sees, whether they count or not."""
    orders = LedgerEntry.objects.all()
    return orders if channels is None else orders.filter(channel_id__in=sorted(channels))


def lines_seen(channels: Channels) -> QuerySet[LedgerLine]:
    """What was bought in the orders that somebody sees and that count."""
    lines = LedgerLine.objects.all()
    return lines if channels is None else lines.filter(channel_id__in=sorted(channels))


def figures_seen(channels: Iterable[int], where: sql.Sql) -> sql.Sql:
    """Figures as `CustomerFigures` has them, of the rows of the ledger that a condition picks."""
    return sql.fill(
        """
        SELECT record_id, currency, count(*)::integer AS order_count, sum(total_gross) AS total_gross,
            sum(greatest(total_gross - total_refunded, 0)) AS net_of_refunds,
            round(sum(total_gross) / count(*), {decimals}) AS average_gross,
            min(placed_at) AS first_order_at, max(placed_at) AS last_order_at
        FROM {ledger} WHERE counts AND channel_id = ANY({channels}) AND {where} GROUP BY record_id, currency
        """,
        decimals=sql.Sql(decimals_sql("currency")),
        ledger=sql.table(LedgerEntry),
        channels=sorted(channels),
        where=where,
    )


def summary_seen(channels: Iterable[int], where: sql.Sql) -> sql.Sql:
    """The id and the summary of the records that a condition picks."""
    return sql.fill(
        """
        SELECT r.id, coalesce(o.order_count, 0)::integer AS order_count, o.last_order_at, o.latest_order_id,
            least(CASE WHEN r.stage = 'CUSTOMER' THEN (r.account_details ->> 'joined_at')::timestamptz END,
                o.first_order_at) AS customer_since
        FROM (SELECT id, stage, account_details FROM {records} WHERE {where}) r
        LEFT JOIN LATERAL (
            SELECT count(*) AS order_count, min(e.placed_at) AS first_order_at, max(e.placed_at) AS last_order_at,
                (array_agg(e.order_id ORDER BY e.placed_at DESC, e.order_id DESC))[1] AS latest_order_id
            FROM {ledger} e WHERE e.record_id = r.id AND e.counts AND e.channel_id = ANY({channels})
        ) o ON true
        """,
        records=sql.table(CustomerRecord),
        ledger=sql.table(LedgerEntry),
        channels=sorted(channels),
        where=where,
    )


def line_seen(name: str, row: str, channels: Iterable[int]) -> sql.Sql:
    """A line of the address of a record, or blank where it came from an order of another channel."""
    return sql.fill(
        """
        CASE WHEN {row}.provenance -> {whole} ->> 'source' IS DISTINCT FROM 'ORDER' OR {row}.provenance ? {name}
            THEN {value}
        WHEN EXISTS (
            SELECT FROM {ledger} e
            WHERE e.order_id = ({row}.provenance -> {whole} ->> 'origin')::uuid AND e.channel_id = ANY({channels})
        ) THEN {value} ELSE '' END
        """,
        row=sql.Sql(row),
        whole=WHOLE,
        name=name,
        value=sql.Sql(f"{row}.{name}"),
        ledger=sql.table(LedgerEntry),
        channels=sorted(channels),
    )


class Seen:
    """The same as parts of queries over records.

    The figures of very many records, such as to sort or filter them, are added up in one go: not by a look into the
    ledger for each record, but from the index `customer_plus_ledger_channel`, which has all that they need.
    """

    def __init__(self, channels: Iterable[int]) -> None:
        self.channels = frozenset(channels)
        self._orders = LedgerEntry.objects.filter(
            record__isnull=False, counts=True, channel_id__in=sorted(self.channels)
        ).order_by()

    def bought(self, *conditions: Q, **lookups: Any) -> Exists:
        """Whether a record, which is `OuterRef("pk")`, has such orders."""
        return Exists(self._orders.filter(*conditions, record=OuterRef("pk"), **lookups))

    @property
    def customer_since(self) -> Any:
        """An expression about a record, which is `OuterRef("pk")`."""
        first = self._orders.filter(record=OuterRef("pk")).values("record").annotate(first=Min("placed_at"))
        joined = Cast(KeyTextTransform("joined_at", "account_details"), DateTimeField())
        of_account = Case(When(Q(stage="CUSTOMER"), then=joined), output_field=DateTimeField())
        return Least(of_account, Subquery(first.values("first"), output_field=DateTimeField()))

    def line(self, name: str) -> Q:
        """The condition that somebody sees this line of the address: see `line_seen`."""
        whole = KeyTransform(WHOLE, "provenance")
        of_order = Q(Exact(KeyTextTransform("source", whole), Value("ORDER"))) & ~Q(provenance__has_key=name)
        order_id = Case(
            When(of_order, then=Cast(KeyTextTransform("origin", whole), UUIDField())), output_field=UUIDField()
        )
        # Without a subquery on the record, which `OuterRef` could not name before it is one of a query.
        seen = LedgerEntry.objects.filter(channel_id__in=sorted(self.channels)).order_by().values("order_id")
        return Q(IsNull(order_id, True)) | Q(In(order_id, seen))

    # Each of the following has one row for each record that bought: `record`, and the figure as `total`.

    def order_counts(self) -> QuerySet[LedgerEntry, Any]:
        return self._totals(Count("*"))

    def last_orders(self) -> QuerySet[LedgerEntry, Any]:
        return self._totals(Max("placed_at"))

    def first_orders(self) -> QuerySet[LedgerEntry, Any]:
        return self._totals(Min("placed_at"))

    def spent(self, currency: str) -> QuerySet[LedgerEntry, Any]:
        return self._totals(_SUM, currency=currency)

    def nets(self, currency: str) -> QuerySet[LedgerEntry, Any]:
        kept: Any = Greatest(F("total_gross") - F("total_refunded"), Value(0), output_field=_MONEY)
        return self._totals(Sum(kept, output_field=_MONEY), currency=currency)

    def averages(self, currency: str) -> QuerySet[LedgerEntry, Any]:
        precision = min(3, decimals_of(currency))
        return self._totals(Round(Avg("total_gross"), precision=precision, output_field=_MONEY), currency=currency)

    def spent_elsewhere(self, currency: str) -> QuerySet[LedgerEntry, Any]:
        """Of those who bought in other currencies only, what they spent in the first of them, which is `currency`."""
        before = Q(currency=currency) | Q(currency__lt=OuterRef("currency"))
        first = self._orders.filter(~Exists(self._orders.filter(before, record=OuterRef("record"))))
        return first.exclude(currency=currency).values("record", "currency").annotate(total=_SUM)

    def _totals(self, aggregate: Any, **lookups: Any) -> QuerySet[LedgerEntry, Any]:
        return self._orders.filter(**lookups).values("record").annotate(total=aggregate)


_MONEY: Any = DecimalField(**SUM)
_SUM = Sum("total_gross", output_field=_MONEY)
