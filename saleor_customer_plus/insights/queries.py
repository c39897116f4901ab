"""Reading insights, for any number of records in a constant number of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone

from ..core import sql
from ..ledger.models import CustomerFigures
from .models import CurrencyInsight, CustomerInsight, RfmGroup


@dataclass(frozen=True, slots=True)
class InsightOfRecord:
    """What is known of a record in one currency. All of it is of `computed_at`, but for the days since the last order.

    `computed_at` is null while the first computation is under way.
    """

    currency: str
    recency_score: int
    frequency_score: int
    monetary_score: int
    rfm_group: RfmGroup
    median_days_between_orders: Decimal | None
    next_order_expected_at: datetime | None
    days_since_last_order: int
    computed_at: datetime | None


def insights_of(record_ids: Collection[int]) -> dict[int, list[InsightOfRecord]]:
    """The insights of each record, by currency. One statement.

    They are over the orders of all channels, so show them only to whoever sees all of these.
    """
    found: dict[int, list[InsightOfRecord]] = {record_id: [] for record_id in record_ids}
    now = timezone.now()
    for row in sql.rows(
        sql.fill(
            """
            SELECT i.record_id, i.currency, i.recency_score, i.frequency_score, i.monetary_score, i.rfm_group,
                i.median_days_between_orders, i.next_order_expected_at, f.last_order_at, c.time_zone, c.computed_at
            FROM {insights} i JOIN {figures} f USING (record_id, currency) JOIN {currencies} c USING (currency)
            WHERE i.record_id = ANY({ids}) ORDER BY i.record_id, i.currency
            """,
            insights=sql.table(CustomerInsight),
            figures=sql.table(CustomerFigures),
            currencies=sql.table(CurrencyInsight),
            ids=list(record_ids),
        )
    ):
        zone = ZoneInfo(row.time_zone)
        days = now.astimezone(zone).date() - row.last_order_at.astimezone(zone).date()
        found[row.record_id].append(
            InsightOfRecord(
                currency=row.currency,
                recency_score=row.recency_score,
                frequency_score=row.frequency_score,
                monetary_score=row.monetary_score,
                rfm_group=RfmGroup(row.rfm_group),
                median_days_between_orders=row.median_days_between_orders,
                next_order_expected_at=row.next_order_expected_at,
                days_since_last_order=days.days,
                computed_at=row.computed_at,
            )
        )
    return found
