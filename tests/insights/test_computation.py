"""What is computed of the figures of all customers, compared with a naive computation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.insights import computation
from saleor_customer_plus.insights.models import CurrencyInsight, CustomerInsight
from saleor_customer_plus.insights.rfm import group_of
from saleor_customer_plus.ledger.models import LAST_TIME, CustomerFigures, LedgerEntry
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CustomerPlusSettings

from ..factories import make_ledger_entry, make_record
from .stores import Bought, build, clear, insights, stores, zones

pytestmark = pytest.mark.django_db


def compute(zone: str = "UTC", size: int = 1000) -> dict[str, int]:
    """Compute everything in this process, and return what was counted."""
    computation.write_thresholds(zone)
    counted: dict[str, int] = {}
    for lower, upper in computation.ranges(size):
        for name, number in computation.write_records(lower, upper, zone).items():
            counted[name] = counted.get(name, 0) + number
    return counted


def kept(records: list[CustomerRecord]) -> dict[tuple[int, str], Any]:
    """The rows, by person and currency, as `stores.insights` has them."""
    persons = {record.pk: number for number, record in enumerate(records)}
    return {
        (persons[row.record_id], row.currency): (
            row.recency_score,
            row.frequency_score,
            row.monetary_score,
            row.median_days_between_orders,
            row.next_order_expected_at,
        )
        for row in CustomerInsight.objects.all()
    }


class AgreesWithANaiveComputation(TestCase):
    @given(store=stores, zone=zones)
    @settings(max_examples=15)
    def test_over_random_stores(self, store: list[Bought], zone: str) -> None:
        records = build(store)
        compute(zone, size=3)
        assert kept(records) == insights(store, zone)
        for row in CustomerInsight.objects.all():
            assert row.rfm_group == group_of(row.recency_score, row.frequency_score, row.monetary_score)
        assert compute(zone, size=5)["unchanged"] == len(kept(records))  # nothing is written again
        clear()


def group_by(*hours_and_totals: tuple[int, int]) -> list[str]:
    """The groups of people with one order each."""
    records = build(Bought(number, hours, total) for number, (hours, total) in enumerate(hours_and_totals))
    compute()
    groups = dict(CustomerInsight.objects.values_list("record_id", "rfm_group"))
    return [groups[record.pk] for record in records if record.pk in groups]


def test_the_first_customer_of_a_shop_is_new() -> None:
    assert group_by((0, 10)) == ["NEW"]


def test_fewer_than_five_customers_are_compared_with_each_other() -> None:
    assert group_by((0, 30), (24, 10)) == ["ALMOST_LOST", "NEW"]


def test_equal_customers_have_equal_scores() -> None:
    group_by(*[(0, 10)] * 7)
    scores = CustomerInsight.objects.values_list("recency_score", "frequency_score", "monetary_score")
    assert set(scores) == {(5, 1, 1)}
    assert len(scores) == 7


def test_a_day_is_one_of_the_shop() -> None:
    records = build([Bought(0, 0), Bought(0, 3)])  # 20:00 and 23:00 UTC: two days in Berlin, one in UTC
    compute("UTC")
    assert kept(records)[0, "EUR"][3:] == (None, None)
    compute("Europe/Berlin")
    at = datetime(2025, 1, 31, 23, tzinfo=UTC)
    assert kept(records)[0, "EUR"][3:] == (1, at + timedelta(days=1))


def test_thresholds_tell_where_a_score_begins() -> None:
    store = [
        Bought(person, hours=24 * (person + more), total=10 * (person + 1))
        for person in range(10)
        for more in range(person // 2 + 1)
    ]
    build([*store, Bought(0, 24 * 400, total=99, currency="USD")])
    compute()
    euros = CurrencyInsight.objects.get(currency="EUR")
    first = date(2025, 1, 31)
    assert (euros.customers, euros.time_zone, euros.computed_at) == (10, "UTC", None)
    assert euros.frequency_thresholds == [2, 3, 4, 5]
    assert euros.monetary_thresholds == [60, 150, 280, 450]
    assert euros.recency_thresholds == [first + timedelta(days=days) for days in (3, 6, 9, 12)]
    assert euros.recency_thresholds[-1] <= first + timedelta(days=13)
    dollars = CurrencyInsight.objects.get(currency="USD")
    # Nobody has less than the only one, who is also the last who bought.
    assert (dollars.frequency_thresholds, dollars.monetary_thresholds) == ([], [])
    assert len(dollars.recency_thresholds) == 4


def test_refunds_lower_the_monetary_score_and_nothing_else() -> None:
    records = build([Bought(person, 0, total=10) for person in range(5)] + [Bought(5, 0, total=90, refunded=85)])
    compute()
    assert kept(records)[5, "EUR"][:3] == (5, 1, 1)
    assert kept(records)[0, "EUR"][:3] == (5, 1, 1)
    build([Bought(0, 0, total=90, refunded=0)])
    compute()
    assert CustomerInsight.objects.latest("record_id").monetary_score == 5


def test_only_what_differs_is_written() -> None:
    records = build([Bought(person, 24 * person) for person in range(4)])
    assert compute() == {"read": 4, "created": 4, "updated": 0, "removed": 0, "unchanged": 0}
    make_ledger_entry(records[3], placed_at=Bought(3, 24 * 9).at)
    refresh_records([records[3].pk], CustomerPlusSettings())
    assert compute() == {"read": 4, "created": 0, "updated": 1, "removed": 0, "unchanged": 3}


def test_who_has_no_orders_any_more_has_no_row() -> None:
    records = build([Bought(0, 0), Bought(1, 0), Bought(1, 0, currency="USD")])
    compute()
    LedgerEntry.objects.filter(record=records[1]).update(counts=False)
    refresh_records([records[1].pk], CustomerPlusSettings())
    assert compute()["removed"] == 2
    assert CustomerInsight.objects.get().record == records[0]
    assert [row.currency for row in CurrencyInsight.objects.all()] == ["EUR"]
    LedgerEntry.objects.update(counts=False)
    refresh_records([records[0].pk], CustomerPlusSettings())
    assert compute()["removed"] == 1
    assert not CurrencyInsight.objects.exists()


def test_an_empty_shop() -> None:
    assert compute() == {"read": 0, "created": 0, "updated": 0, "removed": 0, "unchanged": 0}


def test_a_currency_that_came_after_the_thresholds_waits() -> None:
    computation.write_thresholds("UTC")
    build([Bought(0, 0)])
    (bounds,) = computation.ranges(10)
    assert computation.write_records(*bounds, "UTC")["created"] == 0


def test_a_next_order_that_no_clock_can_show_is_not_told() -> None:
    record = make_record()
    for placed_at in (datetime(2, 1, 1, tzinfo=UTC), LAST_TIME - timedelta(days=1)):
        make_ledger_entry(record, placed_at=placed_at)
    refresh_records([record.pk], CustomerPlusSettings())
    compute("Pacific/Auckland")
    row = CustomerInsight.objects.get()
    assert (row.median_days_between_orders, row.next_order_expected_at) == (Decimal("3651692"), None)


def test_a_deletion_takes_the_row_along() -> None:
    records = build([Bought(0, 0), Bought(1, 0)])
    compute()
    delete_records([records[0].pk], actor=Actor(ActorType.STAFF, "1"))
    assert CustomerInsight.objects.get().record == records[1]
    assert compute()["unchanged"] == 1


def test_ranges_have_every_record_once() -> None:
    build([Bought(person, 0) for person in range(10)])
    figures = CustomerFigures.objects.values_list("record_id", flat=True)
    for size in (1, 3, 100):
        bounds = computation.ranges(size)
        assert sorted(
            record_id for lower, upper in bounds for record_id in figures if lower <= record_id < upper
        ) == sorted(figures)
        assert all(sum(lower <= record_id < upper for record_id in figures) <= size for lower, upper in bounds)


def test_the_number_of_statements_does_not_grow() -> None:
    counts: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        for people in (2, 8):
            build([Bought(person, person * 30) for person in range(people)])
            before = len(queries)
            compute()
            counts.append(len(queries) - before)
    assert counts == [3, 3]
