"""Segments: the list, the editor with its preview, following, tagging everybody, and why somebody is in one."""

from __future__ import annotations

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard.screens.segment_editor import joined, written
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments.models import Segment
from tests.dashboard.client import Browser, events
from tests.factories import make_record, make_tag

XSS = "<img src=x onerror=alert(1)>"
BERLIN = "city = 'Berlin'"


def segment_path(segment: Segment, rest: str = "") -> str:
    return f"segments/{to_global_id('CustomerSegment', segment.pk)}{rest}"


@pytest.fixture
def anna(db: None) -> CustomerRecord:
    return make_record("anna@example.com", first_name=XSS, city="Berlin")


@pytest.fixture
def segment(browser: Browser, anna: CustomerRecord) -> Segment:
    browser.change("segments/new", {"name": XSS, "description": XSS, "query": BERLIN})
    return Segment.objects.get(name=XSS)


def test_lists_ready_made_and_own_segments(browser: Browser, segment: Segment) -> None:
    html = browser.screen("segments")
    assert XSS not in html
    assert "ready-made" in html
    assert segment_path(segment, "/delete") in html

    own = browser.screen("segments", {"tab": "own"})
    assert own.count("<tr>") == 2  # the heading, and the one
    assert "No segments here" in browser.screen("segments", {"tab": "followed"})
    assert segment_path(segment) not in browser.screen("segments", {"tab": "ready"})
    assert "No segment has this" in browser.screen("segments", {"q": "nothing has this"})


def test_a_segment_is_created_edited_copied_and_deleted(browser: Browser, anna: CustomerRecord) -> None:
    answer = browser.post("segments/new", {"name": "Berlin", "query": BERLIN, "description": "Ours"})
    assert events(answer)["customerPlusGo"]["to"].startswith("/plugins/customer-plus/dashboard/segments")
    segment = Segment.objects.get(name="Berlin")

    html = browser.screen(segment_path(segment))
    assert "1 customer<" in html
    assert "anna@example.com" in html

    browser.change(segment_path(segment), {"name": "Hamburg", "query": "city = 'Hamburg'"})
    segment.refresh_from_db()
    assert (segment.name, segment.description) == ("Hamburg", "")
    copy = browser.screen("segments/new", {"copy": to_global_id("CustomerSegment", segment.pk)})
    assert "Copy of Hamburg" in copy
    assert "Hamburg&#x27;" in copy

    assert "Hamburg" in browser.screen(segment_path(segment, "/delete"))
    browser.change(segment_path(segment, "/delete"))
    assert not Segment.objects.filter(pk=segment.pk).exists()


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": "", "query": BERLIN}, "name"),
        ({"name": "Berlin", "query": ""}, "condition"),
        ({"name": "Berlin", "query": "citty = 'Berlin'"}, "citty"),
    ],
)
def test_what_is_wrong_keeps_what_was_typed(browser: Browser, form: dict[str, str], message: str) -> None:
    html = browser.change("segments/new", {**form, "description": "Stays", "isFollowed": "yes"})
    assert message in html
    assert 'role="alert"' in html
    assert "Stays" in html
    assert 'name="isFollowed" value="yes" checked' in html
    assert not Segment.objects.filter(name="Berlin").exists()


def test_the_preview_counts_and_marks_what_is_wrong(browser: Browser, anna: CustomerRecord) -> None:
    make_record("ben@example.com", city="Hamburg")
    found = browser.change("segments/preview", {"query": BERLIN})
    assert "1 customer<" in found
    assert "anna@example.com" in found
    assert XSS not in found

    wrong = browser.change("segments/preview", {"query": f"{BERLIN} AND citty = '{XSS}'"})
    assert "<mark>citty</mark>" in wrong
    assert "Did you mean `city`?" in wrong
    assert XSS not in wrong
    assert "Write a condition" in browser.change("segments/preview", {"query": "  "})


def test_the_helper_adds_conditions(browser: Browser, anna: CustomerRecord) -> None:
    clause = browser.screen("segments/clause", {"field": "order_count"})
    assert '<option value="BETWEEN">' in clause
    assert browser.screen("segments/clause", {"field": "none of them"}).strip() == ""
    form = {"query": BERLIN, "join": "OR", "field": "first_name", "operator": "=", "value": "O'Neil"}
    html = browser.change("segments/add", form)
    assert "city = &#x27;Berlin&#x27; OR first_name = &#x27;O" in html
    assert "1 customer<" in html


FIELDS = [
    {"name": "order_count", "type": "NUMBER", "operators": ["=", ">="], "isFunction": False},
    {"name": "city", "type": "TEXT", "operators": ["=", "IN"], "isFunction": False},
    {"name": "orders", "type": None, "operators": [], "isFunction": True},
    {"name": "attributes", "type": "JSON", "operators": [], "isFunction": False},
]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"field": "order_count", "operator": ">=", "value": "2"}, "order_count >= 2"),
        ({"field": "order_count", "operator": "BETWEEN", "value": "2", "value_to": "5"}, "order_count BETWEEN 2 AND 5"),
        ({"field": "order_count", "operator": "IN", "value": "2, 5"}, "order_count IN (2, 5)"),
        ({"field": "city", "operator": "IS NULL", "value": "ignored"}, "city IS NULL"),
        ({"field": "city", "operator": "NOT IN", "value": "Bari, Como"}, "city NOT IN ('Bari', 'Como')"),
        ({"field": "orders", "value": "count >= 2"}, "orders MATCHES (count >= 2)"),
        ({"field": "attributes", "key": "size", "value": "L"}, "attributes.size = 'L'"),
        ({"field": "unknown", "value": "L"}, ""),
    ],
)
def test_what_the_helper_writes(form: dict[str, str], expected: str) -> None:
    assert written(form, FIELDS) == expected


@pytest.mark.parametrize(
    ("query", "join", "expected"),
    [
        ("", "AND", "b = 2"),
        ("a = 1", "AND", "a = 1 AND b = 2"),
        ("a = 1 OR c = 3", "AND", "(a = 1 OR c = 3) AND b = 2"),
        ("a = 1 AND c = 3", "OR", "(a = 1 AND c = 3) OR b = 2"),
        ("a = 1\nor c = 3", "AND", "(a = 1\nor c = 3) AND b = 2"),
        ("a = 1", "anything", "a = 1 AND b = 2"),
    ],
)
def test_conditions_are_joined_as_they_were_clicked(query: str, join: str, expected: str) -> None:
    assert joined(query, join, "b = 2") == expected


def test_a_segment_is_followed_and_no_longer(browser: Browser, segment: Segment) -> None:
    browser.change(segment_path(segment, "/follow"), {"follow": "yes"})
    segment.refresh_from_db()
    assert segment.is_followed
    assert "followed" in browser.screen("segments", {"tab": "followed"})

    browser.change(segment_path(segment, "/follow"), {"follow": "no"})
    segment.refresh_from_db()
    assert not segment.is_followed


def test_everybody_in_a_segment_is_tagged_by_a_job(browser: Browser, segment: Segment) -> None:
    make_tag("VIP")
    assert "Tag or group everybody" in browser.screen(segment_path(segment, "/snapshot"))
    assert 'role="alert"' in browser.change(segment_path(segment, "/snapshot"))
    assert not BulkJob.objects.exists()
    browser.change(segment_path(segment, "/snapshot"), {"add_tag": "VIP"})
    assert BulkJob.objects.count() == 1


def test_the_list_of_customers_shows_a_segment(browser: Browser, segment: Segment) -> None:
    make_record("ben@example.com", city="Hamburg")
    key = to_global_id("CustomerSegment", segment.pk)
    html = browser.screen("customers", {"segment": key})
    assert "anna@example.com" in html
    assert "ben@example.com" not in html
    assert "Segment: &lt;img" in html
    assert "ben@example.com" in browser.screen("customers", {"query": "city = 'Hamburg'"})
    assert f'value="{key}" selected' in browser.screen("customers/filters", {"segment": key})


def test_why_somebody_is_in_a_segment(browser: Browser, segment: Segment, anna: CustomerRecord) -> None:
    path = f"customers/{to_global_id('CustomerRecord', anna.pk)}/segments"
    assert "What the customer has" not in browser.screen(path)
    html = browser.screen(path, {"segment": to_global_id("CustomerSegment", segment.pk)})
    assert "In the segment" in html
    assert "Berlin" in html
    assert XSS not in html


def test_segments_that_are_gone(browser: Browser) -> None:
    assert browser.get(f"segments/{to_global_id('CustomerSegment', 99)}").status_code == 404
