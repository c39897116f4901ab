"""The list of customers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.tags.models import Tag
from tests.dashboard.client import ROOT, Browser, text
from tests.factories import make_channel, make_ledger_entry, make_record


def test_shows_who_there_is(browser: Browser) -> None:
    make_record("anna@example.com", first_name="Anna", last_name="Rossi", country_code="IT")

    html = browser.screen("customers")

    assert "Anna Rossi" in html
    assert "anna@example.com" in html
    assert "Italy" in html


def test_what_people_entered_is_text(browser: Browser) -> None:
    make_record("a@example.com", first_name="<script>alert(1)</script>", company_name='"><img src=x onerror=a()>')

    html = browser.screen("customers")

    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_an_empty_shop_offers_the_first_steps(browser: Browser) -> None:
    html = browser.screen("customers")
    assert "No customers yet" in html
    assert "Import a list" in html


def test_nobody_who_matches(browser: Browser) -> None:
    make_record("anna@example.com")
    assert "Nobody matches" in browser.screen("customers", {"q": "zzz"})


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"anna", "lea"}),
        ({"tab": "leads"}, {"lea"}),
        ({"tab": "inactive"}, {"ivo"}),
        ({"country": ["IT"]}, {"anna"}),
        ({"q": "lea"}, {"lea"}),
        ({"created_from": "2024-01-01"}, {"lea"}),
        ({"created_to": "2023-05-01"}, {"anna"}),
        ({"created_to": "2023-04-30"}, set()),
        ({"newsletter": "yes"}, set()),
        ({"orders_max": "0", "country": ["IT", "DE"]}, {"anna"}),
    ],
)
def test_filters(browser: Browser, query: dict[str, object], shown: set[str]) -> None:
    # In Berlin it is the first of May by then.
    anna_since = datetime(2023, 4, 30, 22, 30, tzinfo=UTC)
    make_record("anna@example.com", country_code="IT", stage="CUSTOMER", created_at=anna_since)
    make_record("lea@example.com", created_at=datetime(2024, 6, 1, tzinfo=UTC))
    make_record("ivo@example.com", is_active=False)

    html = browser.screen("customers", query)

    assert {name for name in ("anna", "lea", "ivo") if f"{name}@example.com" in html} == shown


def test_each_condition_can_be_taken_off(browser: Browser) -> None:
    html = browser.screen("customers", {"country": ["IT", "DE"], "orders_min": "2", "after": ""})
    assert f'href="{ROOT}customers?country=DE&amp;orders_min=2"' in html
    assert f'href="{ROOT}customers?country=IT&amp;country=DE"' in html


def test_the_address_says_what_is_shown(browser: Browser) -> None:
    response = browser.get("customers", {"q": "anna", "tab": "leads", "sort": ""})
    assert response.headers["X-Customer-Plus-Address"] == f"{ROOT}customers?q=anna&tab=leads"


def test_pages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saleor_customer_plus.dashboard.screens.customers.ROWS_ON_A_PAGE", 2)
    for number in range(3):
        make_record(f"p{number}@example.com", created_at=datetime(2024, 1, 1 + number, tzinfo=UTC))

    first = browser.screen("customers")
    assert "p2@" in first
    assert "p0@" not in first
    after = first.partition("after=")[2].partition('"')[0]
    second = browser.screen(f"customers?after={after}")
    assert "p0@" in second
    assert 'rel="next"' not in second
    before = second.partition("before=")[2].partition('"')[0]
    assert "p2@" in browser.screen(f"customers?before={before}")


def test_counts_when_asked(browser: Browser) -> None:
    make_record("anna@example.com")
    make_record("lea@example.com")
    assert "2 people" in browser.screen("customers/count")
    assert "1 person" in browser.screen("customers/count", {"q": "anna"})


def test_a_wrong_filter_says_what_is_wrong(browser: Browser) -> None:
    response = browser.get("customers", {"spent_min": "10"})
    assert response.status_code == 400
    assert "urrency" in response.content.decode()


def test_the_dialog_has_what_there_is_to_choose(browser: Browser) -> None:
    html = browser.screen("customers/filters", {"country": "IT"})
    assert '<option value="IT" selected>Italy</option>' in html


def test_columns(browser: Browser) -> None:
    make_record("anna@example.com", phone="+391234567")
    response = browser.get("customers", {"column": ["phone", "number"]})
    assert "+391234567" in text(response)
    assert response.headers["X-Customer-Plus-Address"] == f"{ROOT}customers?columns=phone%2Cnumber"


def test_in_the_readers_language(browser: Browser) -> None:
    make_record("anna@example.com", country_code="IT")
    assert "Italien" in Browser(browser.token, "de").screen("customers")


def test_every_tag_is_found_as_one_types_and_those_that_are_chosen_stay(browser: Browser) -> None:
    """More than the first page of the API has."""
    tags = Tag.objects.bulk_create(Tag(name=f"tag {n:03}", key=f"tag {n:03}") for n in range(103))
    first, last = (to_global_id("CustomerTag", tag.pk) for tag in (tags[0], tags[-1]))
    chosen = f'<option value="{last}" selected>tag 102</option>'

    assert "tag 102" in browser.screen("customers", {"tag_any": [last, to_global_id("CustomerTag", 2**40)]})
    assert chosen in browser.screen("customers/filters", {"tag_any": [last]})
    bulk = browser.screen("bulk/fields", {"action": "tag", "tag": [last]})
    assert chosen in bulk
    assert 'name="tag_search"' in bulk

    typed = {"for": "tag_any", "tag_any_search": "AG 00", "tag_any": [last]}
    found = browser.screen("choices/tag", typed)
    assert chosen in found
    assert f'<option value="{first}" >tag 000</option>' in found
    assert "tag 010" not in found
    assert browser.get("choices/other").status_code == 404


def test_sorted_by_what_was_spent_in_a_currency_that_one_chooses(browser: Browser) -> None:
    make_channel(currency="EUR")
    little, much = make_record("little@example.com"), make_record("much@example.com")
    make_ledger_entry(little, total_gross=10, currency="EUR")
    make_ledger_entry(much, total_gross=90, currency="EUR")
    assert f'href="{ROOT}customers?sort=-TOTAL_SPENT&amp;currency=EUR"' in browser.screen("customers")

    make_channel(currency="USD")
    html = browser.screen("customers", {"sort": "-TOTAL_SPENT", "currency": "EUR"})
    assert "Sort in EUR" in html
    assert f'href="{ROOT}customers?sort=-TOTAL_SPENT&amp;currency=USD"' in html
    assert html.index("much@") < html.index("little@")

    filtered = browser.screen("customers", {"spent_min": "1", "currency": "EUR"})
    assert "Sort in" not in filtered  # an amount and the order of the list are in the same currency


@pytest.mark.parametrize(
    ("query", "words", "advice"),
    [
        ({"tab": "inactive"}, "Nobody is inactive", None),
        ({"tab": "leads"}, "No leads", None),
        ({"tab": "customers"}, "No customers yet", None),
        ({"q": "zzz"}, "Nobody matches", "Search for something shorter"),
        ({"country": ["IT"]}, "Nobody matches", "Take a filter off."),
        ({"tab": "leads", "country": ["IT"]}, "Nobody matches", "Take a filter off."),
        ({"country": ["IT"], "q": "zzz"}, "Nobody matches", "Take a filter off, or search for something shorter."),
    ],
)
def test_an_empty_list_advises_only_what_can_be_done(
    browser: Browser, query: dict[str, object], words: str, advice: str | None
) -> None:
    if "tab" not in query:
        make_record("anna@example.com", country_code="DE")
    html = browser.screen("customers", query)
    assert f"<h2>{words}</h2>" in html
    assert ("ilter off" in html, "something shorter" in html) == (
        "ilter off" in (advice or ""),
        "something shorter" in (advice or "").lower(),
    )
    if advice:
        assert advice in html
    assert "Read Saleor" not in html
