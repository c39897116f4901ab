"""Reports over all customers, compared with a naive computation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.insights.models import RfmGroup
from saleor_customer_plus.insights.reports import caching
from saleor_customer_plus.insights.reports.cohorts import Dimension, cohorts
from saleor_customer_plus.insights.reports.new_and_returning import new_and_returning
from saleor_customer_plus.insights.reports.scope import Buyers, Months, Scope, month_of
from saleor_customer_plus.insights.reports.summary import summary
from saleor_customer_plus.insights.rfm import group_of

from ..factories import make_record
from . import stores
from .stores import Bought, build, by_person, clear, compute_all, counted, net

pytestmark = pytest.mark.django_db

MONTHS = Months(date(2025, 2, 1), date(2025, 5, 1))
CHANNELS = st.sampled_from([None, None, frozenset({1, 2}), frozenset[int]()])
CURRENCIES = st.sampled_from([None, "EUR"])


def seen(store: Iterable[Bought], channels: frozenset[int] | None, currency: str | None = None) -> list[Bought]:
    """The orders that count, oldest first, of these channels and in this currency."""
    return [
        order
        for order in counted(store)
        if (channels is None or order.channel in channels) and currency in (None, order.currency)
    ]


def told(buyers: Buyers) -> Any:
    return buyers.customers, buyers.orders, dict(buyers.spent)


def naive(orders: Iterable[Bought]) -> Any:
    """What `told` says of these orders."""
    orders = list(orders)
    currencies = {order.currency for order in orders}
    spent = {one: sum(order.total for order in orders if order.currency == one) for one in currencies}
    return len({order.person for order in orders}), len(orders), spent


class AgreesWithANaiveComputation(TestCase):
    @given(store=stores.stores, zone=stores.zones, channels=CHANNELS, currency=CURRENCIES)
    @settings(max_examples=10)
    def test_new_and_returning(self, store: Any, zone: str, channels: Any, currency: str | None) -> None:
        build(store)
        orders = seen(store, channels, currency)
        first = {person: bought[0].month(zone) for person, bought in by_person(orders).items()}
        found = new_and_returning(Scope(zone, channels, currency), MONTHS)
        assert [report.month for report in found] == list(MONTHS)
        for report in found:
            of_month = [order for order in orders if order.month(zone) == report.month]
            assert told(report.new) == naive(o for o in of_month if first[o.person] == report.month)
            assert told(report.returning) == naive(o for o in of_month if first[o.person] < report.month)
        clear()

    @given(
        store=stores.stores,
        zone=stores.zones,
        channels=CHANNELS,
        currency=CURRENCIES,
        by=st.sampled_from([None, *Dimension]),
    )
    @settings(max_examples=15)
    def test_cohorts(self, store: Any, zone: str, channels: Any, currency: str | None, by: Dimension | None) -> None:
        build(store)
        orders = seen(store, channels, currency)
        first = {person: bought[0] for person, bought in by_person(orders).items()}
        everybody = by_person(store)

        def source(order: Bought) -> str:
            return order.source.lower() if channels is None or order.channel in channels else ""

        value = {
            None: lambda order: "",
            Dimension.COUNTRY: lambda order: order.country,
            Dimension.CHANNEL: lambda order: f"channel-{order.channel}",
            Dimension.PRODUCT: lambda order: str(order.products[-1]) if order.products else "",
            Dimension.SOURCE: lambda order: source(everybody[order.person][0]),
        }[by]
        of_value = {
            one: [person for person, order in first.items() if value(order) == one and order.month(zone) in MONTHS]
            for one in map(value, first.values())
        }
        largest = sorted((one for one in of_value if of_value[one]), key=lambda one: (-len(of_value[one]), one))
        expected = [(one, False, of_value[one]) for one in largest[:2]]
        if rest := [person for one in largest[2:] for person in of_value[one]]:
            expected.append(("", True, rest))
        if by is None:
            expected = expected or [("", False, [])]

        groups = cohorts(Scope(zone, channels, currency), MONTHS, by, values=2)
        assert [(group.value, group.is_rest, group.customers) for group in groups] == [
            (one, is_rest, len(people)) for one, is_rest, people in expected
        ]
        for group, (_value, _is_rest, people) in zip(groups, expected, strict=True):
            assert [cohort.month for cohort in group.cohorts] == list(MONTHS)
            for cohort in group.cohorts:
                members = {person for person in people if first[person].month(zone) == cohort.month}
                assert cohort.customers == len(members)
                for number, (month, buyers) in enumerate(zip(cohort.months, cohort.buyers, strict=True)):
                    bought = [o for o in orders if o.person in members and o.month(zone) == month]
                    assert told(buyers) == naive(bought)
                    share = len({o.person for o in bought}) / len(members) if members else None
                    assert cohort.retention(number) == share
        clear()

    @given(store=stores.stores, channels=CHANNELS)
    @settings(max_examples=10)
    def test_summary(self, store: Any, channels: Any) -> None:
        build(store)
        compute_all()
        orders = seen(store, channels)
        everybody = by_person(orders)
        repeat = [person for person, bought in everybody.items() if len(bought) > 1]
        found = summary(channels)
        assert (found.customers, found.prospects, found.repeat_customers) == (
            len(everybody), 10 - len(everybody), len(repeat),
        )  # fmt: skip
        assert found.repeat_rate == (len(repeat) / len(everybody) if everybody else None)
        assert [one.currency for one in found.currencies] == sorted({order.currency for order in orders})
        for one in found.currencies:
            people = by_person(orders, one.currency)
            placed = [order for bought in people.values() for order in bought]
            total = sum(order.total for order in placed)
            assert (one.customers, one.orders, one.total, one.net) == (len(people), len(placed), total, net(placed))
            assert one.repeat_rate == sum(len(bought) > 1 for bought in people.values()) / len(people)
            assert one.average_lifetime_value == (rounded(Decimal(net(placed)) / len(people)), one.currency)
            assert one.average_order_value == (rounded(Decimal(total) / len(placed)), one.currency)
            if channels is not None:
                assert one.rfm is None
                continue
            assert one.rfm is not None
            groups = {bought: group_of(*stores.scores(people[bought], people.values(), "UTC")) for bought in people}
            assert [
                (group.group, group.customers, group.orders, group.net_of_refunds.amount) for group in one.rfm.groups
            ] == [
                (
                    group,
                    sum(of == group for of in groups.values()),
                    sum(len(people[bought]) for bought, of in groups.items() if of == group),
                    sum(net(people[bought]) for bought, of in groups.items() if of == group),
                )
                for group in RfmGroup
                if group in groups.values()
            ]
        clear()


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_a_month_is_one_of_the_time_zone() -> None:
    build([Bought(0, 2)])  # January 31, 22:00 UTC, which is February 1 in Athens
    months = Months(date(2025, 1, 1), date(2025, 2, 1))
    for zone, customers in (("UTC", [1, 0]), ("Europe/Athens", [0, 1])):
        assert [report.new.customers for report in new_and_returning(Scope(zone), months)] == customers
    moment = datetime(2025, 1, 31, 22, tzinfo=UTC)
    assert (month_of(moment, "UTC"), month_of(moment, "Europe/Athens")) == tuple(months)


def test_months_are_counted_over_years() -> None:
    months = Months.until(date(2026, 2, 1), 15)
    assert (months.first, months.end, len(months), len(list(months))) == (date(2024, 12, 1), date(2026, 3, 1), 15, 15)


def test_yen_have_no_decimals() -> None:
    build([Bought(0, 0, total=5, currency="JPY"), Bought(1, 0, total=10, currency="JPY")])
    (yen,) = summary().currencies
    assert (yen.average_order_value.amount, yen.average_lifetime_value.amount) == (8, 8)


def test_an_empty_shop() -> None:
    make_record()
    assert (summary().customers, summary().prospects, summary().repeat_rate, summary().currencies) == (0, 1, None, [])
    assert [told(report.new) for report in new_and_returning(Scope(), MONTHS)] == [(0, 0, {})] * 4
    (group,) = cohorts(Scope(), MONTHS)
    assert [cohort.retention(0) for cohort in group.cohorts] == [None] * 4
    assert cohorts(Scope(), MONTHS, Dimension.COUNTRY) == []


def test_each_report_takes_the_same_statements_for_any_number_of_customers() -> None:
    counts = []
    for people in (1, 9):
        build([Bought(person, person * 40) for person in range(people)])
        with CaptureQueriesContext(connection) as queries:
            new_and_returning(Scope(), MONTHS)
            cohorts(Scope(), MONTHS, Dimension.CHANNEL)
            summary()
            summary(frozenset({1}))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_report_is_kept_for_a_while_for_those_who_see_the_same_orders() -> None:
    build([Bought(0, 0)])
    first = caching.computed(new_and_returning, Scope(), MONTHS)
    build([Bought(0, 0)])
    with CaptureQueriesContext(connection) as queries:
        assert caching.computed(new_and_returning, Scope(), MONTHS) == first
    assert len(queries) == 0
    for scope in (
        Scope("Europe/Berlin"),
        Scope(currency="EUR"),
        Scope(channels=frozenset({1})),
        Scope(channels=frozenset()),
    ):
        assert caching.computed(new_and_returning, scope, MONTHS).computed_at > first.computed_at
    assert caching.computed(summary, None) != caching.computed(summary, frozenset({9}))


def test_no_two_reports_share_what_is_kept() -> None:
    """Whatever one argument says, above all whose orders somebody sees."""
    asked: list[Any] = []

    def report(*arguments: Any) -> int:
        asked.append(arguments)
        return len(asked)

    def other(*arguments: Any) -> int:
        return report(*arguments)

    scopes = [
        Scope(zone, channels, currency)
        for zone in ("UTC", "Europe/Berlin")
        for channels in (None, frozenset[int](), frozenset({1}), frozenset({2}), frozenset({1, 2}), frozenset({12}))
        for currency in (None, "EUR")
    ]
    others = [
        (MONTHS, None, 2),
        (Months(MONTHS.first, date(2025, 6, 1)), None, 2),
        (Months(date(2025, 1, 1), MONTHS.last), None, 2),
        (MONTHS, Dimension.COUNTRY, 2),
        (MONTHS, Dimension.COUNTRY, 3),
    ]
    # Fewer than the cache of the tests keeps.
    calls = [
        (make, scope, *others_of_call) for make in (report, other) for scope in scopes for others_of_call in others
    ]
    first = [caching.computed(*call) for call in calls]
    assert len(asked) == len(calls)
    assert [caching.computed(*call) for call in calls] == first
    assert len(asked) == len(calls)
    # A set has no order of its own.
    of_two = [Scope(channels=frozenset(ids)) for ids in ((8, 16), (16, 8))]
    assert caching.computed(report, of_two[0]) == caching.computed(report, of_two[1])


def test_what_another_version_kept_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    first = caching.computed(summary, None)
    monkeypatch.setattr(caching, "__version__", "another")
    assert caching.computed(summary, None).computed_at > first.computed_at


def test_without_a_cache_each_report_is_computed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise ConnectionError("redis://:secret@cache")

    build([Bought(0, 0)])
    for name in ("get", "set"):
        monkeypatch.setattr(caching.cache, name, fail)
    assert caching.computed(summary, None).report.customers == 1
    assert "ConnectionError" in caplog.text
    assert "secret" not in caplog.text
