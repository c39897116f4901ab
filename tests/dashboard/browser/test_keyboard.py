"""Where the keyboard is when a dialog opens and closes, and after something was replaced."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.tags.models import TagAssignment
from tests.factories import make_job, make_lead, make_record, make_tag

from .conftest import Dashboard

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect


def open_record(dashboard: Dashboard, **values: Any) -> Any:
    record = make_record("anna@example.com", first_name="Anna", **values)
    dashboard.open(f"customers/{to_global_id('CustomerRecord', record.pk)}")
    return record


def test_a_dialog_begins_at_its_first_field_and_goes_back_to_what_opened_it(dashboard: Dashboard) -> None:
    open_record(dashboard)
    frame = dashboard.frame
    edit = frame.get_by_role("button", name="Edit", exact=True)
    edit.focus()
    edit.press("Enter")
    dialog = frame.locator("dialog[open]")
    expect(dialog.locator("input:not([type=hidden]), select").first).to_be_focused()
    # Tab stays in it, in both directions.
    dialog.locator("input:not([type=hidden]), select").first.press("Shift+Tab")
    expect(dialog.get_by_role("button", name="Save")).to_be_focused()
    dialog.get_by_role("button", name="Save").press("Tab")
    expect(dialog.locator("input:not([type=hidden]), select").first).to_be_focused()
    dialog.get_by_label("First name").press("Escape")
    expect(dialog).to_be_hidden()
    expect(edit).to_be_focused()
    # Saved, the screen behind it is loaded afresh.
    edit.press("Enter")
    frame.get_by_label("Last name").fill("Rossi")
    frame.get_by_label("Last name").press("Enter")
    expect(frame.get_by_role("heading", name="Anna Rossi")).to_be_visible()
    expect(frame.get_by_role("button", name="Edit", exact=True)).to_be_focused()


def test_a_dialog_that_comes_back_with_an_error_begins_there(dashboard: Dashboard) -> None:
    open_record(dashboard)
    frame = dashboard.frame
    edit = frame.get_by_role("button", name="Edit", exact=True)
    edit.focus()
    edit.press("Enter")
    frame.locator("dialog[open]").get_by_label("Phone", exact=True).fill("12")
    frame.locator("dialog[open]").get_by_label("Phone", exact=True).press("Enter")
    expect(frame.locator("dialog[open] [aria-invalid=true]").first).to_be_focused()
    frame.locator("dialog[open] [aria-invalid=true]").first.press("Escape")
    expect(edit).to_be_focused()


@pytest.mark.slow
def test_what_was_chosen_in_a_menu_leads_back_to_the_menu(dashboard: Dashboard) -> None:
    make_lead(make_record("anna@example.com"), subject="Chairs")
    dashboard.open("leads")
    frame = dashboard.frame
    menu = frame.get_by_label("Actions for Chairs")
    menu.focus()
    menu.press("Enter")
    frame.get_by_role("button", name="Move to Contacted").focus()
    frame.get_by_role("button", name="Move to Contacted").press("Enter")
    expect(frame.locator("[data-lane=CONTACTED]").get_by_label("Actions for Chairs")).to_be_focused()


@pytest.mark.slow
def test_a_dialog_from_a_menu_goes_back_to_the_menu(dashboard: Dashboard) -> None:
    open_record(dashboard)
    frame = dashboard.frame
    menu = frame.get_by_label("More actions")
    menu.focus()
    menu.press("Enter")
    frame.get_by_role("button", name="Deactivate").focus()
    frame.get_by_role("button", name="Deactivate").press("Enter")
    expect(frame.locator("dialog[open]")).to_be_visible()
    dashboard.page.keyboard.press("Escape")
    expect(menu).to_be_focused()


@pytest.mark.slow
def test_after_something_was_removed_the_keyboard_stays_in_its_card(dashboard: Dashboard) -> None:
    record = open_record(dashboard)
    TagAssignment.objects.create(record=record, tag=make_tag("VIP"))
    dashboard.open(f"customers/{to_global_id('CustomerRecord', record.pk)}")
    frame = dashboard.frame
    remove = frame.get_by_role("button", name="Remove the tag VIP")
    remove.focus()
    remove.press("Enter")
    expect(remove).to_be_hidden()
    expect(frame.get_by_role("heading", name="Tags and groups")).to_be_focused()


@pytest.mark.slow
def test_another_screen_begins_at_its_heading(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers")
    frame = dashboard.frame
    frame.get_by_role("link", name="Anna").focus()
    frame.get_by_role("link", name="Anna").press("Enter")
    expect(frame.get_by_role("heading", name="Anna", exact=True)).to_be_focused()


@pytest.mark.slow
def test_news_of_a_job_take_the_keyboard_nowhere(dashboard: Dashboard) -> None:
    """Whoever clicked beside everything stays there while a list asks for news of itself."""
    make_job(state="RUNNING")
    dashboard.open("jobs")
    frame = dashboard.frame
    expect(frame.locator("tr[data-polls] summary")).to_be_visible()
    dashboard.await_news()  # so that none come while the keyboard leaves the row
    frame.locator("tr[data-polls] summary").focus()
    frame.locator("tr[data-polls] summary").evaluate("element => element.blur()")
    dashboard.await_news()
    assert frame.locator("body").evaluate("body => body === document.activeElement")


@pytest.mark.slow
def test_what_takes_its_time_says_so(dashboard: Dashboard) -> None:
    dashboard.open("import")
    frame = dashboard.frame
    working = frame.locator("#working")
    frame.get_by_label("Or paste e-mail addresses").fill("anna@example.com")
    expect(working).to_have_css("visibility", "hidden")
    held: list[Any] = []
    dashboard.page.route("**/dashboard/import", lambda route: held.append(route))
    frame.get_by_role("button", name="Continue").click(no_wait_after=True)
    expect(working).to_have_css("visibility", "visible")
    held.pop().continue_()
    expect(frame.get_by_role("button", name="Start the import")).to_be_visible()
    expect(working).to_have_css("visibility", "hidden")


def test_nothing_that_a_page_asks_for_is_missing(dashboard: Dashboard) -> None:
    missing: list[str] = []
    dashboard.page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    dashboard.open("customers")
    expect(dashboard.frame.get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    assert missing == []
