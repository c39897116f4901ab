"""The main paths through the screens, in a browser."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import change, make_job, make_lead, make_record, make_staff, make_token
from tests.notes.samples import PDF

from .conftest import Dashboard

playwright = pytest.importorskip("playwright.sync_api")
expect, PlaywrightError = playwright.expect, playwright.Error

XSS = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"


def test_find_somebody_and_come_back(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna", last_name="Rossi", phone="+393331234567")
    make_record("bo@example.com", first_name="Bo")
    dashboard.open("customers")
    frame = dashboard.frame
    expect(frame.get_by_role("link", name="Bo", exact=True)).to_be_visible()

    frame.get_by_role("searchbox").press_sequentially("3331234", delay=10)
    expect(frame.get_by_role("link", name="Bo", exact=True)).to_be_hidden()
    expect(frame.get_by_role("searchbox")).to_be_focused()
    frame.get_by_role("link", name="Anna Rossi").click()
    expect(frame.get_by_role("heading", name="Anna Rossi")).to_be_visible()

    dashboard.page.evaluate("history.back()")  # in the frame, so nothing is loaded
    expect(frame.get_by_role("searchbox")).to_have_value("3331234")
    expect(frame.get_by_role("link", name="Anna Rossi")).to_be_visible()


@pytest.mark.slow
def test_back_leads_to_the_list_after_a_reload_too(dashboard: Dashboard) -> None:
    """Reloading makes a new frame, which the browser does not lead back to what another one had shown."""
    make_record("anna@example.com", first_name="Anna", last_name="Rossi")
    make_record("bo@example.com", first_name="Bo")
    dashboard.open("customers")
    frame = dashboard.frame
    frame.get_by_role("searchbox").press_sequentially("anna", delay=10)
    expect(frame.get_by_role("link", name="Bo", exact=True)).to_be_hidden()
    frame.get_by_role("link", name="Anna Rossi").click()
    expect(frame.get_by_role("heading", name="Anna Rossi")).to_be_visible()

    dashboard.page.evaluate(
        "frame => frame.parentNode.append(frame)", dashboard.page.locator("#frame").element_handle()
    )
    expect(frame.get_by_role("heading", name="Anna Rossi")).to_be_visible()
    dashboard.page.evaluate("history.back()")
    expect(frame.get_by_role("searchbox")).to_have_value("anna")


def test_filter_and_take_the_filter_off(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna", country_code="IT")
    make_record("bo@example.com", first_name="Bo", country_code="SE")
    dashboard.open("customers")
    frame = dashboard.frame
    frame.get_by_role("button", name="Filter").click()
    frame.get_by_label("Countries").select_option("IT")
    frame.get_by_role("button", name="Show", exact=True).last.click()

    expect(frame.get_by_role("link", name="Bo", exact=True)).to_be_hidden()
    frame.get_by_role("link", name="Remove the filter Italy").click()
    expect(frame.get_by_role("link", name="Bo", exact=True)).to_be_visible()


def test_what_people_entered_is_never_run(dashboard: Dashboard) -> None:
    record = make_record(
        "anna@example.com",
        first_name=XSS,
        last_name=XSS,
        company_name=XSS,
        store_note=XSS,
        attributes={XSS: XSS},
        deactivation_reason=XSS,
    )
    dashboard.open("customers")
    dashboard.frame.locator("table").wait_for()
    dashboard.frame.get_by_role("link", name=record.first_name).first.click()
    dashboard.frame.locator("#details").wait_for()
    dashboard.page.wait_for_timeout(300)  # a picture that fails to load takes a moment


def test_a_new_token_is_asked_for_when_the_first_has_expired(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers")
    frame = dashboard.frame
    expect(frame.get_by_role("link", name="Anna")).to_be_visible()
    # The script's own token is out of reach: replace it on its way.
    with override_settings(JWT_TTL_ACCESS=timedelta(minutes=-1)):
        expired = [make_token(make_staff())]

    def replace(route: Any) -> None:
        headers = dict(route.request.headers)
        if expired:
            headers["authorization"] = f"Bearer {expired.pop()}"
        route.continue_(headers=headers)

    dashboard.page.route("**/dashboard/customers/*", replace)
    frame.get_by_role("link", name="Anna").click()

    expect(frame.get_by_role("heading", name="Anna")).to_be_visible()
    assert expired == []


def test_outside_the_dashboard_it_says_where_it_belongs(dashboard: Dashboard) -> None:
    dashboard.page.goto(f"{dashboard.root}/plugins/customer-plus/dashboard/customers")
    expect(dashboard.page.get_by_role("heading", name="This page belongs")).to_be_visible()


@pytest.mark.slow
def test_theme_and_language_follow_the_dashboard(dashboard: Dashboard) -> None:
    make_record("anna@example.com", country_code="IT")
    dashboard.open("customers", theme="dark")
    frame = dashboard.frame
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    dashboard.page.locator("#theme").click()
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    dashboard.page.locator("#locale").select_option("de")
    expect(frame.get_by_text("Italien")).to_be_visible()


def test_the_screen_that_was_opened_last_stays_whatever_comes_late(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers")
    frame = dashboard.frame
    expect(frame.get_by_role("link", name="Anna")).to_be_visible()
    held: list[Any] = []
    dashboard.page.route("**/dashboard/customers", lambda route: held.append(route))
    dashboard.page.locator("#locale").select_option("de")  # asks for the list again
    dashboard.page.wait_for_timeout(300)
    frame.get_by_role("link", name="Anna").click()
    expect(frame.get_by_role("heading", name="Anna")).to_be_visible()
    for route in held:
        with suppress(PlaywrightError):  # the browser has given up on it
            route.continue_()
    dashboard.page.wait_for_timeout(500)

    assert len(held) == 1
    expect(frame.get_by_role("heading", name="Anna")).to_be_visible()


@pytest.mark.slow
def test_a_search_that_answers_after_a_customer_was_clicked_does_not_change_the_address(dashboard: Dashboard) -> None:
    record = make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers")
    frame = dashboard.frame
    expect(frame.get_by_role("link", name="Anna")).to_be_visible()
    held: list[Any] = []
    for path in ("customers?*", "customers/*"):
        dashboard.page.route(f"**/dashboard/{path}", lambda route: held.append(route))
    frame.get_by_role("searchbox").fill("Ann")
    dashboard.page.wait_for_timeout(500)  # longer than it waits for the next key
    frame.get_by_role("link", name="Anna").click()
    dashboard.page.wait_for_timeout(300)
    for route in held:  # the search first
        route.continue_()
        dashboard.page.wait_for_timeout(300)

    expect(frame.get_by_role("heading", name="Anna")).to_be_visible()
    (inner,) = dashboard.page.main_frame.child_frames
    assert len(held) == 2
    assert inner.url.endswith(to_global_id("CustomerRecord", record.pk))


def test_what_the_dashboard_appends_to_an_address_is_not_part_of_it(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers?featureFlags%5Bnew%5D%5Benabled%5D=false")
    expect(dashboard.frame.get_by_role("link", name="Anna")).to_be_visible()
    (frame,) = dashboard.page.main_frame.child_frames
    assert "featureFlags" not in frame.url


def test_write_a_note_and_tag_somebody(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers")
    frame = dashboard.frame
    frame.get_by_role("link", name="Anna").click()

    frame.locator("#notes textarea").first.fill("Rings twice")
    frame.get_by_role("button", name="Save the note").click()
    expect(frame.locator("#notes article")).to_contain_text("Rings twice")

    frame.get_by_role("combobox", name="Add a tag").fill("VIP")
    frame.get_by_role("combobox", name="Add a tag").press("Enter")
    expect(frame.locator("#labels .pill").first).to_contain_text("VIP")


@pytest.mark.slow
def test_paste_a_list_look_at_the_preview_and_import_it(dashboard: Dashboard) -> None:
    dashboard.open("import")
    frame = dashboard.frame
    frame.get_by_label("Or paste e-mail addresses").fill("Anna Rossi <anna@example.com>, bo@example.com")
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_role("button", name="Start the import").click()
    expect(frame.get_by_text("2 created")).to_be_visible()


FILE = b"Mail,First name\nanna@example.com,Anna\nbo@example.com,Bo\n"
# As a member of staff drops a file from another window.
DROP = """([zone, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], "people.csv", { type: "text/csv" }));
  for (const type of ["dragover", "drop"])
    zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.parametrize("is_dropped", [False, True])
@pytest.mark.slow
def test_a_file_is_uploaded_imported_and_undone(dashboard: Dashboard, is_dropped: bool) -> None:
    make_record("anna@example.com", first_name="Ann")
    dashboard.open("import")
    frame = dashboard.frame
    if is_dropped:
        zone = frame.locator("[data-drop]")
        zone.evaluate("(zone, text) => (" + DROP + ")([zone, text])", FILE.decode())
    else:
        frame.locator("input[type=file]").set_input_files(
            {"name": "people.csv", "mimeType": "text/csv", "buffer": FILE}
        )
    frame.get_by_role("button", name="Continue").click()
    expect(frame.get_by_role("row", name="2 Will be changed")).to_contain_text("Ann → Anna")
    frame.get_by_role("button", name="Start the import").click()
    expect(frame.get_by_text("1 created, 1 changed")).to_be_visible()
    assert CustomerRecord.objects.get(email="anna@example.com").first_name == "Anna"

    frame.get_by_role("button", name="Undo").first.click()
    frame.locator("dialog").get_by_role("button", name="Undo").click()
    expect(frame.get_by_text("Restored: 1.")).to_be_visible()
    assert [record.first_name for record in CustomerRecord.objects.all()] == ["Ann"]


@pytest.mark.slow
def test_an_export_is_downloaded(dashboard: Dashboard) -> None:
    make_record("anna@example.com", first_name="Anna")
    dashboard.open("export")
    frame = dashboard.frame
    frame.get_by_role("button", name="Export", exact=True).click()
    with dashboard.page.expect_download() as download:
        frame.get_by_role("link", name="Download the file").click()
    assert "anna@example.com" in Path(download.value.path()).read_text("utf-8-sig")


@pytest.mark.slow
def test_a_note_with_a_file_and_a_colleague(dashboard: Dashboard) -> None:
    make_staff(first_name="Otto", last_name="Hahn")
    record = make_record("anna@example.com", first_name="Anna")
    dashboard.open(f"customers/{to_global_id('CustomerRecord', record.pk)}")
    notes = dashboard.frame.locator("#notes")
    notes.locator("textarea").press_sequentially("Invoice for @ott")
    notes.get_by_role("button", name="Otto Hahn").click()
    expect(notes.locator("textarea")).to_have_value("Invoice for @Otto Hahn ")
    notes.locator("input[type=file]").set_input_files(
        {"name": "invoice.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    notes.get_by_role("button", name="Save the note").click()

    expect(notes.locator("article")).to_contain_text("@Otto Hahn")
    with dashboard.page.expect_download() as download:
        notes.get_by_role("link", name="invoice.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF


@pytest.mark.slow
def test_a_lead_is_dragged_into_another_column(dashboard: Dashboard) -> None:
    lead = make_lead(subject="Chairs")
    dashboard.open("leads")
    frame = dashboard.frame
    card = frame.locator("article", has_text="Chairs")
    card.drag_to(frame.locator("[data-lane=CONTACTED] h2"))
    expect(frame.locator("[data-lane=CONTACTED] article")).to_contain_text("Chairs")
    card.drag_to(frame.locator("[data-lane=LOST] h2"))
    frame.get_by_label("Why it was lost").fill("Too dear")
    frame.locator("dialog").get_by_role("button", name="Mark as lost").click()
    expect(frame.locator("[data-lane=LOST] article")).to_contain_text("Too dear")
    lead.refresh_from_db()
    assert (lead.state, lead.lost_reason) == ("LOST", "Too dear")


@pytest.mark.slow
def test_the_menu_of_a_job_stays_open_while_the_list_asks_for_news(dashboard: Dashboard) -> None:
    job = make_job(state="RUNNING")
    dashboard.open("jobs")
    frame = dashboard.frame
    frame.locator("tr[data-polls] summary").click()
    expect(frame.get_by_role("button", name="Cancel")).to_be_visible()
    change(job, state="FAILED")
    dashboard.await_turns()
    expect(frame.get_by_role("button", name="Cancel")).to_be_visible()
    frame.get_by_role("heading", name="Jobs").click()
    expect(frame.locator("tr[data-polls]")).to_contain_text("Failed")


@pytest.mark.slow
def test_no_click_is_lost_because_news_of_a_job_come_under_it(dashboard: Dashboard) -> None:
    """A click is the press and the release of the same element, which must not be replaced in between."""
    make_job(state="RUNNING")
    dashboard.open("jobs")
    menu = dashboard.frame.locator("tr[data-polls] summary")
    menu.hover()
    dashboard.page.mouse.down()
    dashboard.await_turns()
    dashboard.page.mouse.up()
    expect(dashboard.frame.get_by_role("button", name="Cancel")).to_be_visible()


@pytest.mark.slow
def test_two_tabs_do_not_overwrite_each_other(dashboard: Dashboard) -> None:
    record = make_record("anna@example.com", first_name="Anna")
    dashboard.open("customers")
    frame = dashboard.frame
    frame.get_by_role("link", name="Anna").click()
    frame.get_by_role("button", name="Edit", exact=True).click()
    frame.locator("dialog").get_by_label("First name").fill("Annabelle")
    Api(make_token(make_staff()))(
        'mutation ($id: ID!) { customerRecordUpdate(id: $id, input: {firstName: "Johanna"}) { errors { code } } }',
        id=to_global_id("CustomerRecord", record.pk),
    )
    frame.locator("dialog").get_by_role("button", name="Save").click()

    expect(frame.locator("dialog")).to_contain_text("Johanna")
    record.refresh_from_db()
    assert record.first_name == "Johanna"
