"""Reports: the summary, new and returning customers, cohorts and groups by purchases."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from saleor_customer_plus.dashboard.formats import percent
from saleor_customer_plus.dashboard.screens.reports import _chart, _table
from saleor_customer_plus.insights import computation
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.settings import CustomerPlusSettings
from tests.dashboard.client import Browser
from tests.factories import make_ledger_entry, make_record


def buyers(customers: int) -> dict[str, object]:
    return {"customers": customers, "orders": customers, "spent": []}


def test_an_empty_shop_has_reports(browser: Browser) -> None:
    html = browser.screen("reports")
    assert "Summary" in html
    assert "No first orders in these months." in html
    assert "<svg" in html


@pytest.mark.parametrize(
    ("language", "one", "whole"), [("en", "57.1%", "67%"), ("de", "57,1\xa0%", "67\xa0%"), ("it", "57,1%", "67%")]
)
def test_a_share_is_written_as_the_reader_writes_it(language: str, one: str, whole: str) -> None:
    with translation.override(language):
        assert (percent(0.571), percent(2 / 3, 0), percent(None)) == (one, whole, "")


def test_shows_who_came_back(browser: Browser) -> None:
    now = datetime.now(UTC)
    anna = make_record("anna@example.com")
    for days in (62, 0):
        make_ledger_entry(anna, placed_at=now - timedelta(days=days))
    refresh_records([anna.pk], CustomerPlusSettings())
    html = browser.screen("reports", {"months": "6", "by": "CHANNEL"})
    assert "100%" in html
    assert "Who comes back: " in html
    assert "100%" in html  # bought more than once
    assert browser.screen("reports", {"months": "99", "by": "nothing"})


def test_groups_are_computed_on_demand(browser: Browser) -> None:
    browser.change("reports/compute")
    assert BulkJob.objects.count() == 1
    assert browser.get("reports/compute").status_code == 405
    assert BulkJob.objects.count() == 1


def test_a_group_by_purchases_leads_to_its_customers(browser: Browser) -> None:
    anna = make_record("anna@example.com")
    make_ledger_entry(anna)
    refresh_records([anna.pk], CustomerPlusSettings())
    computation.write_thresholds("UTC")
    for first, last in computation.ranges(1000):
        computation.write_records(first, last, "UTC")
    (group,) = re.findall(r"customers\?rfm=(\w+)&amp;rfm_currency=EUR", browser.screen("reports"))
    html = browser.screen("customers", {"rfm": group, "rfm_currency": "EUR"})
    assert "anna@example.com" in html
    assert " (EUR)" in html
    assert "Nobody matches" in browser.screen("customers", {"rfm": "DORMANT", "rfm_currency": "EUR"})


def test_the_bars_fill_the_chart_and_stay_inside() -> None:
    months = [
        {"month": "2026-01", "new": buyers(3), "returning": buyers(1)},
        {"month": "2026-02", "new": buyers(0), "returning": buyers(0)},
    ]
    full, empty = _chart(months)["bars"]
    assert (full["new_y"], full["new_height"], full["returning_y"], full["returning_height"]) == (0, 120, 120, 40)
    assert (empty["new_height"], empty["returning_height"]) == (0, 0)
    assert _chart([])["bars"] == []


@pytest.mark.parametrize(("rate", "shade"), [(None, 0), (0, 0), (0.01, 1), (0.1, 2), (0.39, 4), (0.4, 5), (1, 5)])
def test_shares_are_shaded(rate: float | None, shade: int) -> None:
    cells = [{"monthsLater": 0, "rate": 1, "buyers": {}}, {"monthsLater": 1, "rate": rate, "buyers": {}}]
    group = {"cohorts": [{"month": "2026-01", "customers": 1, "retention": cells}]}
    (row,) = _table(group)["rows"]
    assert [cell["shade"] for cell in row["cells"]] == [shade]
