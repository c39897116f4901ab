"""Conditions on RFM groups and expected orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from saleor_customer_plus.conditions.compiling import compile_tree
from saleor_customer_plus.conditions.context import Context
from saleor_customer_plus.conditions.explaining import explain
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.conditions.registry import Data
from saleor_customer_plus.core.paging import Window, page
from saleor_customer_plus.customers.filters import ExpectedFilter, Range, RecordFilter, RfmFilter
from saleor_customer_plus.customers.orderings import Sort, SortField
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.insights.models import CustomerInsight
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_record

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE = Context(now=NOW)


def person(name: str, group: str = "", currency: str = "EUR", **fields: Any) -> CustomerRecord:
    """Somebody with insights in a currency, or who bought, and has none yet."""
    record = make_record(f"{name}@example.com", order_count=1)
    if group:
        scores = {"recency_score": 5, "frequency_score": 1, "monetary_score": 2}
        CustomerInsight.objects.create(record=record, currency=currency, rfm_group=group, **scores | fields)
    return record


@pytest.fixture(autouse=True)
def shop() -> None:
    due = {"median_days_between_orders": 30}
    person("anna", "CHAMPIONS", **due, next_order_expected_at=NOW - timedelta(days=3))
    person("ben", "AT_RISK", recency_score=1, **due, next_order_expected_at=NOW + timedelta(days=3))
    person("carl", "AT_RISK", currency="USD", recency_score=2)
    person("dora")
    make_record("eva@example.com")


def meeting(text: str) -> set[str]:
    records = CustomerRecord.objects.filter(compile_tree(parse(text), HERE).condition)
    return {record.email.partition("@")[0] for record in records}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rfm_group.EUR = 'champions'", {"anna"}),
        ("rfm_group.eur IN ('CHAMPIONS', 'AT_RISK')", {"anna", "ben"}),
        ("rfm_group.EUR != 'AT_RISK'", {"anna", "carl", "dora", "eva"}),
        ("rfm_group.USD = 'AT_RISK'", {"carl"}),
        ("rfm_group.EUR = 'PROSPECTS'", {"eva"}),
        ("rfm_group.EUR IN ('PROSPECTS', 'AT_RISK')", {"ben", "eva"}),
        ("rfm_group.EUR NOT IN ('PROSPECTS', 'AT_RISK')", {"anna", "carl", "dora"}),
        ("rfm_groups CONTAINS 'at_risk'", {"ben", "carl"}),
        ("rfm_groups IN ('CHAMPIONS', 'PROSPECTS')", {"anna", "eva"}),
        ("rfm_groups NOT IN ('AT_RISK', 'PROSPECTS')", {"anna", "dora"}),
        ("rfm_groups IS NULL", {"dora"}),
        ("rfm_group.EUR IS NULL", {"carl", "dora"}),
        ("rfm_group.EUR IS NOT NULL", {"anna", "ben", "eva"}),
        ("recency_score.EUR >= 2", {"anna"}),
        ("frequency_score.EUR = 1 AND monetary_score.EUR BETWEEN 2 AND 3", {"anna", "ben"}),
        ("recency_score.EUR IS NULL", {"carl", "dora", "eva"}),
        ("days_between_orders.EUR < 31", {"anna", "ben"}),
        ("days_between_orders.EUR IS NOT NULL", {"anna", "ben"}),
        ("days_between_orders.USD IS NULL", {"anna", "ben", "carl", "dora", "eva"}),
        ("next_order.EUR < +0d", {"anna"}),
        ("NOT next_order.EUR < +0d", {"ben", "carl", "dora", "eva"}),
    ],
)
def test_who_meets_a_condition(text: str, expected: set[str]) -> None:
    assert meeting(text) == expected


def test_an_explanation_tells_the_values() -> None:
    text = "rfm_group.EUR = 'CHAMPIONS' AND recency_score.EUR = 5 AND next_order.EUR < 2026-04-01"
    anna, eva = (CustomerRecord.objects.get(email=f"{name}@example.com") for name in ("anna", "eva"))
    for record, holds in ((anna, True), (eva, False)):
        found = explain(compile_tree(parse(text), HERE), record.pk)
        assert found is not None
        assert found.holds is holds


def test_what_is_read_is_told() -> None:
    compiled = compile_tree(parse("rfm_group.EUR = 'NEW'"), HERE)
    assert compiled.depends == {Data.INSIGHTS, Data.ORDERS}
    assert compiled.tells_of_orders


@pytest.mark.parametrize(
    "text",
    ["rfm_group.EUR = 'NEW'", "NOT next_order.EUR > +0d", "rfm_groups CONTAINS 'NEW'", "recency_score.EUR IS NULL"],
)
def test_whoever_is_restricted_to_channels_is_refused(text: str) -> None:
    with pytest.raises(CustomerPlusError, match="access to all channels") as caught:
        compile_tree(parse(text), Context(now=NOW, channels=frozenset({1}))).condition  # noqa: B018
    assert caught.value.code is ErrorCode.OUT_OF_SCOPE


@pytest.mark.parametrize("text", ["rfm_group.EURO = 'NEW'", "rfm_group = 'NEW'", "rfm_group.EUR = 'BEST'"])
def test_what_there_is_not(text: str) -> None:
    with pytest.raises(CustomerPlusError):
        compile_tree(parse(text), HERE)


def listed(**wanted: Any) -> list[str]:
    records = RecordList(**wanted)
    found = [edge.row.email.partition("@")[0] for edge in page(records.ordering, Window(100)).edges]
    assert records.count() == len(found)
    return found


def test_the_list_is_filtered() -> None:
    assert listed(filter=RecordFilter(rfm_group=RfmFilter("EUR", ["AT_RISK", "PROSPECTS"]))) == ["eva", "ben"]
    until_now = ExpectedFilter("EUR", Range(None, NOW))
    assert listed(filter=RecordFilter(next_order_expected_at=until_now)) == ["anna"]
    assert listed(filter=RecordFilter(next_order_expected_at=until_now, rfm_group=RfmFilter("EUR", ["NEW"]))) == []


def test_the_list_is_sorted_with_those_of_whom_nothing_is_expected_last() -> None:
    by = SortField.NEXT_ORDER_EXPECTED_AT
    assert listed(sort=Sort(by, currency="EUR")) == ["anna", "ben", "carl", "dora", "eva"]
    assert listed(sort=Sort(by, descending=True, currency="EUR")) == ["ben", "anna", "eva", "dora", "carl"]
    at_risk = RecordFilter(rfm_group=RfmFilter("EUR", ["AT_RISK"]))
    assert listed(sort=Sort(by, currency="EUR"), filter=at_risk) == ["ben"]


def test_a_sorted_list_is_read_page_by_page() -> None:
    ordering = RecordList(sort=Sort(SortField.NEXT_ORDER_EXPECTED_AT, currency="EUR")).ordering
    seen, cursor = [], None
    while True:
        found = page(ordering, Window(1, cursor))
        seen += [edge.row.email[0] for edge in found.edges]
        if not found.has_next_page:
            break
        cursor = found.edges[-1].cursor
    assert seen == list("abcde")
