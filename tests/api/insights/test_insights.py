"""RFM groups and expected orders by the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.insights import insights_job
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CustomerPlusSettings

from ...client import Api
from ...factories import make_channel, make_ledger_entry, make_record, make_staff, make_token
from ...insights.stores import compute_all

pytestmark = pytest.mark.django_db

COMPUTE = "mutation { customerInsightsCompute { job { kind state } errors { field code message } } }"
SHOW = """
  query ($email: String!, $currency: String) { customerRecord(email: $email) {
    insights(currency: $currency) { currency rfmGroup recencyScore frequencyScore monetaryScore
      medianDaysBetweenOrders nextOrderExpectedAt daysSinceLastOrder computedAt }
    inEuros: rfmGroup(currency: "eur") inDollars: rfmGroup(currency: "USD")
  } }
"""
LIST = '{ customerRecords(first: 50) { edges { node { insights { rfmGroup } rfmGroup(currency: "EUR") } } } }'


def bought(email: str, *days_ago: int, currency: str = "EUR") -> CustomerRecord:
    record = CustomerRecord.objects.filter(email=email).first() or make_record(email)
    for days in days_ago:
        placed_at = timezone.now() - timedelta(days=days)
        make_ledger_entry(record, placed_at=placed_at, currency=currency, channel_id=1)
    refresh_records([record.pk], CustomerPlusSettings())
    return record


def show(api: Api, email: str, **variables: Any) -> Any:
    return api(SHOW, email=email, **variables)["customerRecord"]


def test_they_are_computed_when_staff_ask_and_shown(api: Api, on_commit: Any) -> None:
    bought("anna@example.com", 50, 20, 10)
    bought("anna@example.com", 3, currency="USD")
    make_record("ben@example.com")
    assert show(api, "anna@example.com") == {"insights": [], "inEuros": None, "inDollars": None}
    with on_commit():
        answer = api(COMPUTE)["customerInsightsCompute"]
    assert answer == {"job": {"kind": "INSIGHTS", "state": "PENDING"}, "errors": []}

    anna = show(api, "anna@example.com")
    euros, dollars = anna["insights"]
    last = CustomerRecord.objects.get(email="anna@example.com").figures.get(currency="EUR").last_order_at
    computed_at = insights_job.all_runs().get().started_at
    assert datetime.fromisoformat(euros.pop("nextOrderExpectedAt")) == last + timedelta(days=20)
    assert datetime.fromisoformat(euros.pop("computedAt")) == computed_at
    assert euros == {
        "currency": "EUR",
        "rfmGroup": "NEW",
        "recencyScore": 5,
        "frequencyScore": 1,
        "monetaryScore": 1,
        "medianDaysBetweenOrders": 20.0,
        "daysSinceLastOrder": 10,
    }
    assert (dollars["currency"], dollars["medianDaysBetweenOrders"], dollars["nextOrderExpectedAt"]) == (
        "USD", None, None,
    )  # fmt: skip
    assert (anna["inEuros"], anna["inDollars"]) == ("NEW", "NEW")
    assert [one["currency"] for one in show(api, "anna@example.com", currency=" usd")["insights"]] == ["USD"]
    assert show(api, "ben@example.com") == {"insights": [], "inEuros": "PROSPECTS", "inDollars": "PROSPECTS"}


def test_whoever_bought_in_other_currencies_only_is_no_prospect(api: Api) -> None:
    bought("anna@example.com", 3, currency="USD")
    compute_all()
    anna = show(api, "anna@example.com")
    assert (anna["inEuros"], anna["inDollars"]) == (None, "NEW")


def test_days_since_the_last_order_are_those_of_now(api: Api) -> None:
    record = bought("anna@example.com", 9)
    compute_all()
    make_ledger_entry(record, placed_at=datetime.now(UTC) - timedelta(days=2))
    refresh_records([record.pk], CustomerPlusSettings())
    (insight,) = show(api, "anna@example.com")["insights"]
    assert (insight["daysSinceLastOrder"], insight["medianDaysBetweenOrders"]) == (2, None)


def test_there_is_one_computation_at_a_time(api: Api) -> None:
    api(COMPUTE)
    refused = api(COMPUTE)["customerInsightsCompute"]
    assert (refused["job"], refused["errors"][0]["code"]) == (None, "ALREADY_EXISTS")


def test_staff_restricted_to_channels_see_none(api: Api) -> None:
    bought("anna@example.com", 3)
    make_record("ben@example.com")
    compute_all()
    restricted = api.by(make_token(make_staff(channels=[make_channel()])))
    nothing = {"insights": None, "inEuros": None, "inDollars": None}
    assert show(restricted, "anna@example.com") == show(restricted, "ben@example.com") == nothing


def test_the_number_of_statements_does_not_grow_with_the_page(api: Api) -> None:
    counts = []
    for number in (1, 5):
        for person in range(number):
            bought(f"person{number}-{person}@example.com", 5)
        compute_all()
        api(LIST)
        with CaptureQueriesContext(connection) as queries:
            edges = api(LIST)["customerRecords"]["edges"]
        assert all(edge["node"]["insights"] for edge in edges)
        counts.append(len(queries))
    assert counts[0] == counts[1]


FILTERED = """
  query ($filter: CustomerRecordFilterInput, $sort: CustomerRecordSortingInput) {
    customerRecords(first: 9, filter: $filter, sortBy: $sort) { totalCount edges { node { email } } }
  }
"""


def test_the_list_is_filtered_and_sorted_by_them(api: Api) -> None:
    bought("anna@example.com", 50, 20, 10)
    bought("ben@example.com", 30, 25)
    make_record("carl@example.com")
    compute_all()

    def found(**variables: Any) -> list[str]:
        answer = api(FILTERED, **variables)["customerRecords"]
        emails = [edge["node"]["email"].partition("@")[0] for edge in answer["edges"]]
        assert answer["totalCount"] == len(emails)
        return emails

    due = {"nextOrderExpectedAt": {"currency": "eur", "lte": timezone.now().isoformat()}}
    assert found(filter=due) == ["ben"]
    assert found(filter={"rfmGroup": {"currency": "EUR", "groups": ["PROSPECTS", "DORMANT"]}}) == ["carl"]
    sort = {"field": "NEXT_ORDER_EXPECTED_AT", "currency": "EUR"}
    assert found(sort=sort | {"direction": "ASC"}) == ["ben", "anna", "carl"]
    assert found(sort=sort | {"direction": "DESC"}) == ["anna", "ben", "carl"]


@pytest.mark.parametrize(
    ("filter", "field", "code"),
    [
        ({"rfmGroup": {"currency": "EUR", "groups": []}}, "rfmGroup.groups", "REQUIRED"),
        ({"rfmGroup": {"currency": "E", "groups": ["NEW"]}}, "rfmGroup.currency", "INVALID"),
        ({"nextOrderExpectedAt": {"currency": "EUR"}}, "nextOrderExpectedAt", "REQUIRED"),
        (
            {"nextOrderExpectedAt": {"currency": "E", "gte": "2026-01-01T00:00:00Z"}},
            "nextOrderExpectedAt.currency",
            "INVALID",
        ),
    ],
)
def test_filters_that_are_wrong(api: Api, filter: Any, field: str, code: str) -> None:
    (error,) = api.errors(FILTERED, filter=filter)
    assert (error["extensions"]["field"], error["extensions"]["code"]) == (field, code)


def test_a_sort_needs_its_currency(api: Api) -> None:
    (error,) = api.errors(FILTERED, sort={"field": "NEXT_ORDER_EXPECTED_AT", "direction": "ASC"})
    assert (error["extensions"]["field"], error["extensions"]["code"]) == ("currency", "REQUIRED")
