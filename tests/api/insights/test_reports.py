"""Reports by the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from saleor_customer_plus.api.core import timeouts
from saleor_customer_plus.core import sql
from saleor_customer_plus.insights import insights_job
from saleor_customer_plus.insights.reports import scope
from saleor_customer_plus.insights.reports.caching import KEPT_FOR
from saleor_customer_plus.ledger.models import LedgerEntry

from ...client import Api
from ...factories import make_channel, make_staff, make_token
from ...insights.stores import Bought, build, compute_all

pytestmark = pytest.mark.django_db

BUYERS = "customers orders spent { amount currency }"
MONTHS = f"""
  query ($months: Int, $until: String, $currency: String, $zone: String) {{
    customerReportNewAndReturning(months: $months, until: $until, currency: $currency, timeZone: $zone) {{
      timeZone months {{ month new {{ {BUYERS} }} returning {{ {BUYERS} }} }}
    }}
  }}
"""
COHORTS = f"""
  query ($months: Int, $until: String, $by: CustomerReportDimension, $values: Int) {{
    customerReportCohorts(months: $months, until: $until, groupBy: $by, values: $values) {{
      groups {{ value isRest customers cohorts {{ month customers retention {{
        monthsLater month rate buyers {{ {BUYERS} }} }} }} }}
    }}
  }}
"""
SUMMARY = """
  { customerReportSummary { computedAt customers prospects repeatCustomers repeatRate currencies {
    currency customers repeatCustomers repeatRate orders totalSpent { amount } netOfRefunds { amount }
    averageOrderValue { amount } averageLifetimeValue { amount currency }
    rfm { computedAt groups { group customers orders netOfRefunds { amount } }
      thresholds { recency frequency monetary { amount } } } } } }
"""
# From January 31, 2025: two orders of one customer, one month apart, and one of another.
STORE = [
    Bought(0, 0, total=10),
    Bought(0, 24 * 20, total=20, refunded=5, country="FR", channel=2),
    Bought(1, 24 * 5, total=50, country="FR", channel=2),
]


def buyers(customers: int, orders: int, euros: float | None) -> Any:
    return {
        "customers": customers,
        "orders": orders,
        "spent": [] if euros is None else [{"amount": euros, "currency": "EUR"}],
    }


def test_new_and_returning(api: Api) -> None:
    build(STORE, people=3)
    found = api(MONTHS, months=3, until="2025-03")["customerReportNewAndReturning"]
    assert found == {
        "timeZone": "UTC",
        "months": [
            {"month": "2025-01", "new": buyers(1, 1, 10.0), "returning": buyers(0, 0, None)},
            {"month": "2025-02", "new": buyers(1, 1, 50.0), "returning": buyers(1, 1, 20.0)},
            {"month": "2025-03", "new": buyers(0, 0, None), "returning": buyers(0, 0, None)},
        ],
    }
    dollars = api(MONTHS, months=2, until="2025-02", currency="usd")["customerReportNewAndReturning"]
    assert all(month["new"]["customers"] == 0 for month in dollars["months"])
    auckland = api(MONTHS, months=1, until="2025-01", zone="Pacific/Auckland")["customerReportNewAndReturning"]
    assert (auckland["timeZone"], auckland["months"][0]["new"]["customers"]) == ("Pacific/Auckland", 0)


def test_the_last_month_is_this_one_in_the_time_zone_of_the_shop(api: Api, configure: Callable[..., None]) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    before = f"{datetime.now(tokyo):%Y-%m}"
    configure(time_zone=tokyo.key)
    found = api(MONTHS, months=None, until=None)["customerReportNewAndReturning"]
    assert (found["timeZone"], len(found["months"])) == (tokyo.key, 12)
    assert found["months"][-1]["month"] in {before, f"{datetime.now(tokyo):%Y-%m}"}


def test_cohorts(api: Api) -> None:
    build(STORE, people=3)
    (group,) = api(COHORTS, months=2, until="2025-02")["customerReportCohorts"]["groups"]
    january, february = group["cohorts"]
    assert (group["value"], group["isRest"], group["customers"]) == (None, False, 2)
    assert january == {
        "month": "2025-01",
        "customers": 1,
        "retention": [
            {"monthsLater": 0, "month": "2025-01", "rate": 1.0, "buyers": buyers(1, 1, 10.0)},
            {"monthsLater": 1, "month": "2025-02", "rate": 1.0, "buyers": buyers(1, 1, 20.0)},
        ],
    }
    assert [one["buyers"] for one in february["retention"]] == [buyers(1, 1, 50.0)]


@pytest.mark.parametrize(("by", "values"), [("COUNTRY", ["DE", "FR"]), ("CHANNEL", ["channel-1", "channel-2"])])
def test_cohorts_divided_by_something_of_the_first_order(api: Api, by: str, values: list[str]) -> None:
    build(STORE, people=3)
    groups = api(COHORTS, months=2, until="2025-02", by=by)["customerReportCohorts"]["groups"]
    assert [(group["value"], group["customers"]) for group in groups] == [(value, 1) for value in values]
    groups = api(COHORTS, months=2, until="2025-02", by=by, values=1)["customerReportCohorts"]["groups"]
    assert [(group["value"], group["isRest"]) for group in groups] == [(values[0], False), (None, True)]


def test_summary(api: Api) -> None:
    build(STORE, people=3)
    compute_all()
    found = api(SUMMARY)["customerReportSummary"]
    assert found.pop("computedAt")
    (euros,) = found.pop("currencies")
    assert found == {"customers": 2, "prospects": 1, "repeatCustomers": 1, "repeatRate": 0.5}
    rfm = euros.pop("rfm")
    assert euros == {
        "currency": "EUR",
        "customers": 2,
        "repeatCustomers": 1,
        "repeatRate": 0.5,
        "orders": 3,
        "totalSpent": {"amount": 80.0},
        "netOfRefunds": {"amount": 75.0},
        "averageOrderValue": {"amount": 26.67},
        "averageLifetimeValue": {"amount": 37.5, "currency": "EUR"},
    }
    assert datetime.fromisoformat(rfm["computedAt"]) == insights_job.all_runs().get().started_at
    assert rfm["groups"] == [
        {"group": "ACTIVE", "customers": 1, "orders": 2, "netOfRefunds": {"amount": 25.0}},
        {"group": "ALMOST_LOST", "customers": 1, "orders": 1, "netOfRefunds": {"amount": 50.0}},
    ]
    assert rfm["thresholds"] == {
        "recency": ["2025-02-05", "2025-02-05", "2025-02-20", "2025-02-20"],
        "frequency": [2, 2],
        "monetary": [{"amount": 50.0}, {"amount": 50.0}],
    }


def test_staff_restricted_to_channels_see_reports_of_their_channels(api: Api) -> None:
    build(STORE, people=3)
    channel = make_channel()
    LedgerEntry.objects.filter(channel_id=2).update(channel_id=0)  # which no channel has
    LedgerEntry.objects.filter(channel_id=1).update(channel_id=channel.pk)
    api(SUMMARY)  # whatever is kept for those who see everything
    api(MONTHS, months=2, until="2025-02")
    restricted = api.by(make_token(make_staff(channels=[channel])))
    found = restricted(SUMMARY)["customerReportSummary"]
    assert (found["customers"], found["prospects"], found["repeatRate"]) == (1, 2, 0.0)
    assert [(one["orders"], one["totalSpent"], one["rfm"]) for one in found["currencies"]] == [
        (1, {"amount": 10.0}, None)
    ]
    months = restricted(MONTHS, months=2, until="2025-02")["customerReportNewAndReturning"]["months"]
    assert [month["new"]["customers"] + month["returning"]["customers"] for month in months] == [1, 0]
    (group,) = restricted(COHORTS, months=2, until="2025-02")["customerReportCohorts"]["groups"]
    assert group["customers"] == 1
    nobody = api.by(make_token(make_staff(channels=[])))
    assert nobody(SUMMARY)["customerReportSummary"]["customers"] == 0


def test_staff_of_different_channels_never_get_what_is_kept_for_each_other(api: Api) -> None:
    build(STORE, people=3)
    channels = [make_channel(), make_channel()]
    for number, channel in enumerate(channels, 1):
        LedgerEntry.objects.filter(channel_id=number).update(channel_id=-channel.pk)
    for channel in channels:
        LedgerEntry.objects.filter(channel_id=-channel.pk).update(channel_id=channel.pk)
    staff = [api, *(api.by(make_token(make_staff(channels=[channel]))) for channel in channels)]
    for _ in range(2):  # computed, and kept
        reports = [one(MONTHS, months=2, until="2025-02")["customerReportNewAndReturning"]["months"] for one in staff]
        orders = [[month[who]["orders"] for month in months for who in ("new", "returning")] for months in reports]
        assert orders == [[1, 0, 1, 1], [1, 0, 0, 0], [0, 0, 2, 0]]
        assert [one(SUMMARY)["customerReportSummary"]["customers"] for one in staff] == [2, 1, 2]
        groups = [one(COHORTS, months=2, until="2025-02")["customerReportCohorts"]["groups"] for one in staff]
        assert [group["customers"] for (group,) in groups] == [2, 1, 2]


def test_a_report_that_takes_too_long_is_refused_and_not_kept(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    build(STORE, people=3)
    with monkeypatch.context() as patched:
        patched.setattr(timeouts, "MILLISECONDS", 50)
        patched.setattr(scope.Scope, "condition", sql.Sql("(e.counts AND pg_sleep(9) IS NOT NULL)"))
        (error,) = api.errors(COHORTS, months=2, until="2025-02")
        assert error["extensions"]["code"] == "TIMEOUT"
    (group,) = api(COHORTS, months=2, until="2025-02")["customerReportCohorts"]["groups"]
    assert group["customers"] == 2


@pytest.mark.parametrize(
    ("query", "variables", "field", "message"),
    [
        (MONTHS, {"months": 0}, "months", "Argument `months` must be from 1 to 120."),
        (MONTHS, {"months": 121}, "months", "Argument `months` must be from 1 to 120."),
        (MONTHS, {"until": "2025-13", "months": 1}, "until", "Argument `until` must be a month, such as 2026-03."),
        (MONTHS, {"until": "٢٠٢٥-01", "months": 1}, "until", "Argument `until` must be a month, such as 2026-03."),
        (
            MONTHS,
            {"zone": "Berlin", "months": 1},
            "timeZone",
            "Enter the name of a time zone, such as Europe/Berlin, or UTC.",
        ),
        (MONTHS, {"currency": " ", "months": 1}, "currency", "Argument `currency` must be a currency, such as EUR."),
        (COHORTS, {"months": 37, "values": 1}, "months", "Argument `months` must be from 1 to 36."),
        (COHORTS, {"months": 25, "by": "CHANNEL", "values": 1}, "months", "Argument `months` must be from 1 to 24."),
        (COHORTS, {"months": 1, "by": "CHANNEL", "values": 21}, "values", "Argument `values` must be from 1 to 20."),
    ],
)
def test_bad_arguments(api: Api, query: str, variables: Any, field: str, message: str) -> None:
    (error,) = api.errors(query, **variables)
    assert (error["message"], error["extensions"]["field"]) == (message, field)


def test_the_longest_report(api: Api) -> None:
    build(STORE, people=3)
    months = api(MONTHS, months=120, until="2025-03")["customerReportNewAndReturning"]["months"]
    assert (len(months), months[0]["month"], months[-3]["new"]["customers"]) == (120, "2015-04", 1)


def test_a_document_has_only_so_many_reports(api: Api) -> None:
    many = " ".join(f"r{number}: customerReportSummary {{ customers }}" for number in range(5))
    (error,) = api.errors(f"{{ {many} }}")
    assert error["extensions"]["code"] == "QUERY_TOO_LARGE"


def test_only_who_may_manage_users_sees_them(api: Api) -> None:
    (error, *_) = api.by(make_token(make_staff(permissions=()))).errors("{ customerReportSummary { customers } }")
    assert "MANAGE_USERS" in error["message"]


def test_the_time_that_a_report_is_kept_is_told() -> None:
    assert KEPT_FOR == 300
