"""Widgets on Saleor's pages, and popups of its list of customers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment
from tests.dashboard.client import ROOT, Browser, open_dashboard
from tests.factories import (
    make_account,
    make_consent,
    make_lead,
    make_ledger_entry,
    make_order,
    make_record,
    make_staff,
)


@pytest.fixture
def record(db: None) -> CustomerRecord:
    account = make_account("anna@example.com")
    return make_record("anna@example.com", account=account, first_name="Anna", last_name="<b>Rossi")


def _user(record: CustomerRecord) -> str:
    return to_global_id("User", record.account_id)


def test_who_this_is(browser: Browser, record: CustomerRecord) -> None:
    id = to_global_id("CustomerRecord", record.pk)
    browser.change(f"widgets/{id}/note", {"text": "Rings <twice>", "is_pinned": "yes"})
    make_lead(record, subject="Price <list>")
    make_consent(record)
    html = browser.screen("widgets/customer", {"customerId": _user(record)})
    assert "&lt;b&gt;Rossi" in html
    assert "Rings &lt;twice&gt;" in html
    assert "Price &lt;list&gt;" in html
    assert "Subscribed" in html
    assert f'href="{ROOT}customers/{id}"' in html


def test_an_open_lead_is_shown_behind_newer_closed_ones(browser: Browser, record: CustomerRecord) -> None:
    make_lead(record, subject="Still open")
    for _ in range(6):
        make_lead(record, subject="Closed", state="LOST", lost_reason="Too dear")
    html = browser.screen("widgets/customer", {"customerId": _user(record)})
    assert "Still open" in html
    assert "Closed" not in html


def test_of_an_order(browser: Browser, record: CustomerRecord) -> None:
    order = make_order(user_email="anna@example.com")
    make_ledger_entry(record, order_id=order.pk)
    html = browser.screen("widgets/order", {"orderId": to_global_id("Order", order.pk)})
    assert "anna@example.com" in html


def test_of_a_draft_order(browser: Browser, record: CustomerRecord) -> None:
    order = make_order("anna@example.com", status="draft")
    assert "anna@example.com" in browser.screen("widgets/order", {"orderId": to_global_id("Order", order.pk)})


@pytest.mark.parametrize("path", ["widgets/customer", "widgets/customer?customerId=VXNlcjo5OTk=", "widgets/order"])
def test_of_nobody_that_is_known(browser: Browser, path: str) -> None:
    assert "does not know this person yet" in browser.screen(path)


def test_the_page_around_it_is_that_of_a_widget(browser: Browser) -> None:
    assert 'data-kind="widget"' in Client().get(f"{ROOT}widgets/customer").content.decode()
    assert 'data-kind="popup"' in Client().get(f"{ROOT}popups/tag").content.decode()


def test_a_quick_note_and_a_quick_tag(browser: Browser, record: CustomerRecord) -> None:
    id = to_global_id("CustomerRecord", record.pk)
    assert "Call her" in browser.change(f"widgets/{id}/note", {"text": "Call her", "is_pinned": "yes"})
    assert Note.objects.get().is_pinned
    html = browser.change(f"widgets/{id}/tag", {"name": "vip"})
    tag = re.search(r'name="remove" value="([\w=]+)"', html)
    assert tag
    browser.change(f"widgets/{id}/tag", {"remove": tag[1]})
    assert not TagAssignment.objects.exists()
    html = browser.change(f"widgets/{id}/note", {"text": " "})
    assert 'role="alert"' in html
    html = browser.change(f"widgets/{id}/tag", {"name": "x" * 300})
    assert "x" * 300 in html


@pytest.mark.parametrize("name", ["customerIds", "customerIds[]", "customerIds[0]", "customerId"])
def test_a_popup_for_those_of_the_list(
    browser: Browser, record: CustomerRecord, on_commit: Callable[[], Any], name: str
) -> None:
    html = browser.screen("popups/tag", {name: _user(record)})
    assert "Add tags (1)" in html
    ids = re.findall(r'name="ids" value="([^"]+)"', html)
    with on_commit():
        browser.change("bulk/run", {"action": "tag", "names": "vip", "ids": ids})
    assert TagAssignment.objects.get().record_id == record.pk


def test_many_of_whom_some_are_not_known(browser: Browser) -> None:
    accounts = [make_account() for _ in range(23)]
    for account in accounts[:22]:
        make_record(account.email, account=account)
    html = browser.screen("popups/export", {"customerIds": ",".join(to_global_id("User", one.pk) for one in accounts)})
    assert html.count('name="ids"') == 22
    assert "1 of them has no confirmed account" in html


@pytest.mark.parametrize("path", ["popups/tag", "popups/group", "popups/note", "popups/export"])
def test_a_popup_for_nobody(browser: Browser, path: str) -> None:
    assert "Nobody is selected" in browser.screen(path)


def test_notes_beside_saleors_pages_mention_colleagues(browser: Browser, record: CustomerRecord) -> None:
    id, colleague = to_global_id("CustomerRecord", record.pk), make_staff(first_name="Ben", last_name="Beck")
    said = {"mentions": to_global_id("User", colleague.pk), "mention_name": "Ben Beck"}
    assert "data-mentions" in browser.screen("widgets/customer", {"customerId": _user(record)})
    assert "@Ben Beck" in browser.change(f"widgets/{id}/note", {"text": " ", **said})  # refused: it is all still there

    browser.change(f"widgets/{id}/note", {"text": "Ask him", **said})
    browser.change("popups/note", {"ids": [id], "text": "Ask him", **said})

    assert list(Note.objects.values_list("mentions__user_id", flat=True)) == [colleague.pk] * 2


def test_a_note_on_each(browser: Browser, record: CustomerRecord) -> None:
    other = make_record()
    assert "Write a note" in browser.screen("popups/note", {"customerId": _user(record)})
    ids = [to_global_id("CustomerRecord", one.pk) for one in (record, other)]
    assert 'role="alert"' in browser.change("popups/note", {"ids": ids, "text": " "})
    browser.change("popups/note", {"ids": ids, "text": "Fair 2026"})
    assert Note.objects.filter(text="Fair 2026").count() == 2


def test_without_the_permission(record: CustomerRecord) -> None:
    browser, _api = open_dashboard(permissions=())
    assert browser.get("widgets/customer", {"customerId": _user(record)}).status_code == 403
