"""Saved views of the list: what was saved is shown again, as it was filtered."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.http import urlencode

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.segments.models import SavedView
from tests.dashboard.client import ROOT, Browser, events
from tests.factories import (
    make_channel,
    make_field,
    make_group,
    make_product,
    make_record,
    make_segment,
    make_staff,
    make_tag,
    make_token,
)


def save(browser: Browser, query: dict[str, Any], **more: str) -> str:
    """Save a list, and return the address that shows it again."""
    html = browser.screen("views/new", query)
    listed = re.findall(r'name="list" value="([^"]*)"', html)[0].replace("&amp;", "&")
    response = browser.post("views/new", {"list": listed, "name": "Call <list>", **more})
    assert "customerPlusGo" in events(response), response.content.decode()
    return str(events(response)["customerPlusGo"]["to"].removeprefix(ROOT))


def opened(browser: Browser, path: str) -> dict[str, list[str]]:
    """What the list is asked for once a view is opened."""
    address = browser.get(path).headers["X-Customer-Plus-Address"]
    query = dict(QueryDict(address.partition("?")[2]).lists())
    assert query.pop("view")
    return query


def test_what_was_filtered_is_filtered_again_in_the_same_words(browser: Browser) -> None:
    make_channel(currency="EUR")
    make_field("level", "CHOICE", choices=["Gold", "Silver"])
    make_field("size", "NUMBER")
    make_field("born", "DATE")
    make_field("limit", "MONEY")
    make_field("vegan", "BOOLEAN")
    make_field("nick", "TEXT")
    query = {
        "tab": ["customers"], "q": ["anna"], "sort": ["-TOTAL_SPENT"], "currency": ["EUR"],
        "columns": ["tags,phone,spent,field:level"], "segment": [to_global_id("CustomerSegment", make_segment().pk)],
        "country": ["IT", "DE"], "city": ["Rome"], "language": ["de"], "source": ["ORDER", "IMPORT"],
        "tag_any": [to_global_id("CustomerTag", make_tag(name).pk) for name in ("VIP", "Fair 2026")],
        "tag_none": [to_global_id("CustomerTag", make_tag("Spam").pk)],
        "group_any": [to_global_id("CustomerGroup", make_group("Gold").pk)],
        "account": ["yes"], "newsletter": ["no"], "promotional": ["yes"],
        "orders_min": ["2"], "spent_min": ["10.5"], "spent_max": ["99"], "average_max": ["50"],
        "last_order_from": ["2026-01-01"], "created_from": ["2024-03-30"], "created_to": ["2024-03-31"],
        "rfm": ["CHAMPIONS"], "rfm_currency": ["EUR"],
        "f.level.is": ["gold", "silver"], "f.size.min": ["38.5"], "f.born.max": ["1990-12-31"],
        "f.limit.min": ["5"], "f.limit.currency": ["EUR"], "f.vegan.yes": ["no"], "f.nick.has": ["an"],
    }  # fmt: skip
    make_record("anna@example.com")

    assert opened(browser, save(browser, query)) == query


@pytest.mark.parametrize("tab", ["all", "customers", "leads", "inactive"])
def test_the_tab_of_a_view(browser: Browser, tab: str) -> None:
    assert opened(browser, save(browser, {"tab": tab})) == {"tab": [tab]}


def test_what_no_filter_can_say_stays_a_condition(browser: Browser) -> None:
    path = save(browser, {"query": "order_count > 3 OR country = 'IT'", "country": "DE"})
    shown = opened(browser, path)
    assert shown.pop("tab") == ["all"]
    assert shown["query"] == ["is_active = true AND country IN ('DE') AND (order_count > 3 OR country = 'IT')"]
    make_record("anna@example.com", country_code="DE")
    make_record("ben@example.com", country_code="IT")
    assert "ben@" not in browser.screen(path)


@pytest.mark.parametrize(
    "query",
    [
        "fields.born.days_until_anniversary <= 7",
        "fields.favourite IN ('mug')",
        "fields.size IN (1, 2)",
        "fields.level CONTAINS 'gold'",
        "country IN ('DE', 'FR') AND country IN ('FR')",
        "rfm_group.EUR IN ('NEW') AND rfm_group.USD IN ('CHAMPIONS')",
    ],
)
def test_what_a_filter_would_say_otherwise_stays_a_condition(browser: Browser, query: str) -> None:
    make_field("born", "DATE")
    make_field("size", "NUMBER")
    make_field("level", "CHOICES", choices=["Gold"])
    make_field("favourite", "PRODUCT")
    make_product("mug")
    (kept,) = opened(browser, save(browser, {"tab": "all", "query": query})).pop("query")
    assert query in kept


def test_a_view_of_a_tag_that_was_deleted_says_so(browser: Browser) -> None:
    tag = make_tag("VIP")
    path = save(browser, {"tag_any": to_global_id("CustomerTag", tag.pk)})
    id = tag.pk
    tag.delete()
    response = browser.get(path)
    assert response.status_code == 400
    assert f"There is no tag #{id}." in response.content.decode()


def test_more_views_than_the_menu_shows_are_searched(browser: Browser) -> None:
    path = save(browser, {"country": "IT"})
    (last,) = SavedView.objects.all()
    SavedView.objects.bulk_create(
        SavedView(name=f"A {number}", key=f"a {number}", owner_type=last.owner_type, owner_id=last.owner_id)
        for number in range(60)
    )
    html = browser.screen(path)
    assert 'name="view_search"' in html
    assert html.count("Call &lt;list&gt;") == 1  # the tab; the menu shows those before it
    found = browser.screen("views/names", {"view_search": "call"})
    assert found.count("<a ") == 1
    assert "Call &lt;list&gt;" in found


def test_views_are_listed_renamed_shared_changed_and_deleted(browser: Browser) -> None:
    path = save(browser, {"country": "IT"})
    view = to_global_id("CustomerSavedView", SavedView.objects.get().pk)
    html = browser.screen(path)
    assert (
        f'href="{ROOT}customers?{urlencode({"view": view})}" data-screen aria-current="page">Call &lt;list&gt;</a>'
        in html
    )
    colleague = Browser(make_token(make_staff()))
    assert "Call &lt;list&gt;" not in colleague.screen("customers")

    assert 'role="alert"' in browser.change(f"views/{view}", {"name": " "})
    browser.change(f"views/{view}", {"name": "Italians", "isShared": "yes"})
    browser.change(f"views/{view}/save", {"list": "country=FR&sort=NAME"})
    html = colleague.screen("customers", {"view": view})
    assert "Italians" in html
    assert f"views/{view}/delete" not in html  # it is not theirs
    assert opened(colleague, path) == {"tab": ["all"], "country": ["FR"], "sort": ["NAME"]}
    assert 'role="alert"' in colleague.change(f"views/{view}/delete")

    assert events(browser.post(f"views/{view}/delete"))["customerPlusGo"]["to"] == f"{ROOT}customers"
    assert browser.get(path).status_code == 404
