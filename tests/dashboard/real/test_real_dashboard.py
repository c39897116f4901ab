"""The screens in Saleor's real Dashboard on a real Saleor, in a browser. CONTRIBUTING says how both are started."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.dashboard.browser.conftest import CHROMIUM, LAUNCH

sync_api = pytest.importorskip("playwright.sync_api")
expect = sync_api.expect

# The address of a demo that serves the Dashboard, and what it says of how to log in.
ADDRESS = os.environ.get("REAL_DASHBOARD", "").rstrip("/")
STAFF, PASSWORD = os.environ.get("REAL_STAFF", "staff@example.com"), os.environ.get("REAL_PASSWORD", "")

pytestmark = pytest.mark.skipif(not ADDRESS, reason="NOT RUN: REAL_DASHBOARD is not the address of a Dashboard")

PATIENCE = 180_000  # milliseconds: its pages load many megabytes of scripts, and the machine may be busy


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    """A browser in which a member of staff has logged in."""
    expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=list(LAUNCH))
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        page = context.new_page()
        page.goto(f"{ADDRESS}/dashboard/", timeout=PATIENCE)
        page.locator("[name=email]").fill(STAFF)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[data-test-id=submit]").click()
        page.locator("[data-test-id=menu-list]").wait_for(timeout=PATIENCE)
        page.close()
        yield context
        browser.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A tab whose console must stay free of what our policy would forbid."""
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if "customer-plus" in said.text else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    page.close()
    assert [problem for problem in problems if "customer-plus" in problem] == []


def ours(page: Any) -> Any:
    """The frame with one of our screens."""
    return page.frame_locator("iframe[src*='customer-plus']").first


def open_screens(page: Any) -> Any:
    """Customers, Customers+ in the navigation."""
    page.goto(f"{ADDRESS}/dashboard/customers/")
    page.get_by_role("link", name="Customers+").click()
    expect(ours(page).get_by_role("heading", name="Customers", exact=True)).to_be_visible()
    return ours(page)


def first_row(page: Any, path: str) -> dict[str, float]:
    """Where the first row of one of Saleor's own lists is: these are drawings, which have no rows to click."""
    page.goto(f"{ADDRESS}/dashboard/{path}")
    # What the drawing tells screen readers follows when it is complete.
    page.locator("canvas [role=gridcell]").first.wait_for(state="attached")
    box = page.locator("canvas").first.bounding_box()
    return {"x": box["x"], "y": box["y"] + 60}


def open_first(page: Any, path: str) -> None:
    """Open what the first row of one of Saleor's own lists is about."""
    row = first_row(page, path)
    listed = page.url
    page.mouse.click(row["x"] + 120, row["y"])
    page.wait_for_url(lambda url: url != listed)


def test_list_record_back_and_reload(page: Any) -> None:
    frame = open_screens(page)
    frame.get_by_role("searchbox").fill("anna.rossi")
    expect(frame.get_by_role("link", name="Anna Rossi")).to_be_visible()
    frame.get_by_role("link", name="Anna Rossi").click()
    expect(frame.get_by_role("heading", name="Anna Rossi")).to_be_visible()

    page.reload()
    expect(ours(page).get_by_role("heading", name="Anna Rossi")).to_be_visible()
    page.evaluate("history.back()")  # in the frame, so nothing is loaded that `go_back` could wait for
    expect(ours(page).get_by_role("searchbox")).to_be_visible()


def test_a_new_token_every_five_minutes(page: Any) -> None:
    """The Dashboard is asked for one when ours is refused, as it is once it has expired."""
    frame = open_screens(page)
    refused: list[str] = []

    def refuse_once(route: Any) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=401)

    page.route("**/dashboard/customers/*", refuse_once)
    frame.get_by_role("link", name="Anna Rossi").first.click()
    expect(frame.get_by_role("heading", name="Anna Rossi")).to_be_visible()
    assert len(refused) == 1


def test_the_widget_beside_a_customer_takes_a_note_and_a_tag(page: Any) -> None:
    open_first(page, "customers/?asc=true&sort=name")
    frame = ours(page)
    frame.get_by_text("Write a note").click()
    note = f"Written beside Saleor's own page at {time.time():.0f}"  # another one than an earlier run's
    frame.locator("textarea").fill(note)
    frame.get_by_role("button", name="Save").first.click()
    expect(frame.get_by_text(note)).to_be_visible()
    tag = f"Beside {time.time():.0f}"
    frame.get_by_label("Add a tag").fill(tag)
    frame.get_by_label("Add a tag").press("Enter")
    expect(frame.get_by_role("button", name=f"Remove the tag {tag}")).to_be_visible()


def test_the_widget_beside_an_order(page: Any) -> None:
    open_first(page, "orders/")
    expect(ours(page).get_by_role("link", name="Open in Customers+")).to_be_visible()


def test_a_draft_order_is_placed_for_a_customer_and_has_the_widget(page: Any) -> None:
    frame = open_screens(page)
    frame.get_by_role("link", name="Anna Rossi").first.click()
    frame.get_by_role("button", name="Place an order").click()
    frame.get_by_role("button", name="Create the draft order").click()
    page.wait_for_url("**/dashboard/orders/**")
    expect(ours(page).get_by_role("link", name="Open in Customers+")).to_be_visible()
    expect(ours(page).get_by_role("link", name="Anna Rossi")).to_be_visible()


def test_a_popup_for_those_who_are_ticked_in_saleors_list(page: Any) -> None:
    row = first_row(page, "customers/?asc=true&sort=name")
    page.mouse.click(row["x"] + 24, row["y"])
    page.locator("[data-test-id=show-more-button]").click()
    page.get_by_text("Tag", exact=True).click()
    frame = ours(page)
    frame.get_by_label("New tags, separated by commas").fill(f"tag {time.time():.0f}")
    frame.get_by_role("button", name="Apply").click()
    expect(frame.get_by_text("1 changed")).to_be_visible()


def test_an_import(page: Any) -> None:
    frame = open_screens(page)
    frame.get_by_role("link", name="Import").first.click()
    frame.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": b"Mail,First name\nreal@example.com,Rea\n"}
    )
    frame.get_by_role("button", name="Continue").click()
    frame.get_by_role("button", name="Start the import").click()
    expect(frame.get_by_text("1 created").or_(frame.get_by_text("1 unchanged"))).to_be_visible()
