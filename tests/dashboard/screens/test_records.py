"""The screen of one customer."""

from __future__ import annotations

from saleor_customer_plus.api.core.base import to_global_id
from tests.dashboard.client import Browser
from tests.factories import make_record


def test_shows_everything_about_a_person(browser: Browser) -> None:
    record = make_record("anna@example.com", first_name="Anna", last_name="Rossi", store_note="Rings <twice>")

    html = browser.screen(f"customers/{to_global_id('CustomerRecord', record.pk)}")

    assert "Anna Rossi" in html
    assert "Rings &lt;twice&gt;" in html
    assert "No orders that count yet." in html
