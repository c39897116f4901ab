"""Random stores, and what they tell, recomputed naively in Python."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from saleor_customer_plus.insights import insights_job
from saleor_customer_plus.insights.models import CurrencyInsight, CustomerInsight
from saleor_customer_plus.jobs import engine
from saleor_customer_plus.ledger.models import CustomerAcquisition, LedgerEntry, LedgerLine
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CustomerPlusSettings

from ..factories import make_ledger_entry, make_record

START = datetime(2025, 1, 31, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Bought:
    """An order of the person of this number. The hours are since `START`."""

    person: int
    hours: int
    total: int = 10
    refunded: int = 0
    currency: str = "EUR"
    counts: bool = True
    channel: int = 1
    country: str = "DE"
    # Of the lines of the order, the cheaper first; and what the storefront wrote.
    products: tuple[int, ...] = ()
    source: str = ""

    @property
    def at(self) -> datetime:
        return START + timedelta(hours=self.hours)

    def day(self, zone: str) -> date:
        return self.at.astimezone(ZoneInfo(zone)).date()

    def month(self, zone: str) -> date:
        return self.day(zone).replace(day=1)


orders = st.builds(
    Bought,
    person=st.integers(0, 9),
    hours=st.integers(0, 24 * 150),
    total=st.sampled_from([0, 5, 10, 10, 20, 50]),
    refunded=st.sampled_from([0, 0, 0, 5, 50]),
    currency=st.sampled_from(["EUR", "EUR", "USD"]),
    counts=st.sampled_from([True, True, True, False]),
    channel=st.integers(1, 3),
    country=st.sampled_from(["DE", "FR", ""]),
    products=st.lists(st.integers(1, 3), max_size=2).map(tuple),
    source=st.sampled_from(["google", "Google", "mail", ""]),
)
stores = st.lists(orders, max_size=40)
zones = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles"])


def build(store: Iterable[Bought], people: int = 10) -> list[CustomerRecord]:
    """Make the records, the ledger and the figures of a store."""
    records = [make_record() for _ in range(people)]
    for order in store:
        entry = make_ledger_entry(
            records[order.person],
            total=order.total,
            refunded=order.refunded,
            currency=order.currency,
            counts=order.counts,
            channel_id=order.channel,
            channel_slug=f"channel-{order.channel}",
            country_code=order.country,
            placed_at=order.at,
        )
        for number, product in enumerate(order.products if order.counts else ()):
            LedgerLine.objects.create(
                entry=entry,
                line_id=uuid4(),
                record=records[order.person],
                product_id=product,
                channel_id=order.channel,
                quantity=1,
                currency=order.currency,
                total_gross=number,
                placed_at=order.at,
            )
    refresh_records([record.pk for record in records], CustomerPlusSettings())
    for person, bought in by_person(store).items():
        if bought[0].source:
            CustomerAcquisition.objects.create(
                record=records[person],
                order_id=uuid4(),
                channel_id=bought[0].channel,
                placed_at=bought[0].at,
                source=bought[0].source,
            )
    return records


def compute_all() -> None:
    """Compute the insights of the store, as at night."""
    for _ in engine.run(insights_job.create().pk):
        pass


def clear() -> None:
    """Take a store away, for the next example."""
    for model in (CustomerInsight, CurrencyInsight, LedgerLine, CustomerAcquisition, LedgerEntry, CustomerRecord):
        model.objects.all().delete()


def counted(store: Iterable[Bought]) -> list[Bought]:
    return sorted((order for order in store if order.counts), key=lambda order: order.hours)


def by_person(store: Iterable[Bought], currency: str | None = None) -> dict[int, list[Bought]]:
    """The orders that count of everybody who has some, oldest first; in one currency, if it is given."""
    found: dict[int, list[Bought]] = defaultdict(list)
    for order in counted(store):
        if currency in (None, order.currency):
            found[order.person].append(order)
    return dict(found)


def net(bought: Iterable[Bought]) -> int:
    return sum(max(order.total - order.refunded, 0) for order in bought)


def scores(bought: Sequence[Bought], others: Iterable[Sequence[Bought]], zone: str) -> tuple[int, int, int]:
    """Recency, frequency and monetary value of one customer beside all of the currency, with `bought` among them."""
    everybody = list(others)
    fifths = 5 / len(everybody)
    more_recent = sum(one[-1].day(zone) > bought[-1].day(zone) for one in everybody)
    fewer = sum(len(one) < len(bought) for one in everybody)
    less = sum(net(one) < net(bought) for one in everybody)
    return 5 - math.floor(more_recent * fifths), 1 + math.floor(fewer * fifths), 1 + math.floor(less * fifths)


def median_days(bought: Sequence[Bought], zone: str) -> Decimal | None:
    days = sorted({order.day(zone) for order in bought})
    gaps = [(after - before).days for before, after in pairwise(days)]
    return Decimal(str(statistics.median(gaps))) if gaps else None


def insights(store: Iterable[Bought], zone: str) -> dict[tuple[int, str], Any]:
    """The scores, the median and the next order of each person and currency."""
    found = {}
    for currency in ("EUR", "USD"):
        people = by_person(store, currency)
        for person, bought in people.items():
            median = median_days(bought, zone)
            expected = None if median is None else bought[-1].at + timedelta(days=float(median))
            found[person, currency] = (*scores(bought, people.values(), zone), median, expected)
    return found
