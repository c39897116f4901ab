"""The shop's customers in a few numbers: how many, how many come back, and what they are worth so far."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...core import sql
from ...ledger.channel_figures import figures_seen
from ...ledger.currencies import decimals_of
from ...ledger.models import CustomerFigures
from ...records.models import CustomerRecord
from ...saleor_adapter.staff import Channels
from ..models import CurrencyInsight, CustomerInsight, RfmGroup
from .scope import Amount, reading


@dataclass(frozen=True, slots=True)
class RfmGroupReport:
    """The customers in a group, and what they spent, refunds deducted."""

    group: RfmGroup
    customers: int
    orders: int
    net_of_refunds: Amount


@dataclass(frozen=True, slots=True)
class RfmReport:
    """The groups of a currency, and the thresholds of the scores 2 to 5 in each measure, as far as there are any.

    All of it is of `computed_at`, except for orders and amounts.
    """

    groups: list[RfmGroupReport]
    thresholds: CurrencyInsight

    @property
    def computed_at(self) -> datetime | None:
        return self.thresholds.computed_at


@dataclass(slots=True)
class CurrencyReport:
    """The customers who bought in one currency."""

    currency: str
    customers: int
    repeat_customers: int
    orders: int
    total: Decimal
    net: Decimal
    # Nothing for whoever does not see the orders of all channels, and before the first computation.
    rfm: RfmReport | None = None

    @property
    def repeat_rate(self) -> float:
        return self.repeat_customers / self.customers

    @property
    def average_lifetime_value(self) -> Amount:
        """Net of refunds, per customer."""
        return self._rounded(self.net / self.customers)

    @property
    def average_order_value(self) -> Amount:
        """Before refunds, per order."""
        return self._rounded(self.total / self.orders)

    def _rounded(self, amount: Decimal) -> Amount:
        places = Decimal(1).scaleb(-min(decimals_of(self.currency), 3))
        return Amount(amount.quantize(places, ROUND_HALF_UP), self.currency)


@dataclass(slots=True)
class Summary:
    """All currencies together, and each by itself. A prospect is a record of which no order counts."""

    customers: int = 0
    prospects: int = 0
    repeat_customers: int = 0
    currencies: list[CurrencyReport] = field(default_factory=list)

    @property
    def repeat_rate(self) -> float | None:
        return self.repeat_customers / self.customers if self.customers else None


def summary(channels: Channels = None) -> Summary:
    """What there is to say of the customers, by the orders of these channels. At most five statements."""
    with reading():
        found = _counted(channels)
        if channels is None:
            _add_rfm(found)
    return found


def _counted(channels: Channels) -> Summary:
    query = sql.fill(
        """
        WITH figures AS MATERIALIZED ({figures})
        SELECT NULL AS currency, count(*) AS customers, count(*) FILTER (WHERE orders > 1) AS repeat_customers,
            sum(orders) AS orders, NULL::numeric AS total, NULL::numeric AS net
        FROM (SELECT record_id, sum(order_count) AS orders FROM figures GROUP BY record_id) f
        UNION ALL
        SELECT currency, count(*), count(*) FILTER (WHERE order_count > 1), sum(order_count), sum(total_gross),
            sum(net_of_refunds)
        FROM figures GROUP BY currency
        ORDER BY currency NULLS FIRST
        """,
        figures=sql.fill("SELECT * FROM {figures}", figures=sql.table(CustomerFigures))
        if channels is None
        else figures_seen(channels, sql.Sql("record_id IS NOT NULL")),
    )
    everybody, *currencies = sql.rows(query)
    return Summary(
        customers=everybody.customers,
        prospects=CustomerRecord.objects.count() - everybody.customers,
        repeat_customers=everybody.repeat_customers,
        currencies=[
            CurrencyReport(row.currency, row.customers, row.repeat_customers, int(row.orders), row.total, row.net)
            for row in currencies
        ],
    )


def _add_rfm(found: Summary) -> None:
    groups: dict[str, list[Any]] = defaultdict(list)
    query = sql.fill(
        """
        SELECT currency, i.rfm_group, count(*) AS customers, sum(f.order_count) AS orders, sum(f.net_of_refunds) AS net
        FROM {insights} i JOIN {figures} f USING (record_id, currency) GROUP BY 1, 2
        """,
        insights=sql.table(CustomerInsight),
        figures=sql.table(CustomerFigures),
    )
    for row in sql.rows(query):
        groups[row.currency].append(row)
    thresholds = CurrencyInsight.objects.in_bulk(field_name="currency")
    order = list(RfmGroup)
    for currency in found.currencies:
        if (kept := thresholds.get(currency.currency)) is None:
            continue
        rows = sorted(groups[currency.currency], key=lambda row: order.index(row.rfm_group))
        currency.rfm = RfmReport(
            [
                RfmGroupReport(
                    RfmGroup(row.rfm_group), row.customers, int(row.orders), Amount(row.net, currency.currency)
                )
                for row in rows
            ],
            kept,
        )
