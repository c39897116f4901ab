"""What the screens cost: bytes that a browser loads, and statements that do not grow with what is shown."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard import static_files
from tests.factories import make_ledger_entry, make_note, make_record

from .client import Browser


def statements(browser: Browser, path: str) -> int:
    browser.screen(path)  # fills the host's caches
    with CaptureQueriesContext(connection) as captured:
        browser.screen(path)
    return len(captured)


def test_all_static_files_are_under_100_kb_compressed() -> None:
    assert static_files.compressed_size() < 100_000


def test_the_list_asks_no_more_statements_for_a_whole_page_than_for_one_customer(browser: Browser) -> None:
    make_ledger_entry(make_record())
    of_one = statements(browser, "customers")
    for _ in range(20):
        make_ledger_entry(make_record())
    assert statements(browser, "customers") == of_one
    assert of_one <= 20


def test_a_record_asks_no_more_statements_for_much_than_for_little(browser: Browser) -> None:
    record = make_record()
    path = f"customers/{to_global_id('CustomerRecord', record.pk)}"
    make_ledger_entry(record)
    make_note(record, author_type="SYNC")
    of_little = statements(browser, path)
    for _ in range(5):
        make_ledger_entry(record)
        make_note(record, author_type="SYNC")
    assert statements(browser, path) == of_little
    assert of_little <= 60


@pytest.mark.parametrize("path", ["customers", "leads", "jobs"])
def test_a_screen_is_one_request_after_its_frame(browser: Browser, path: str) -> None:
    assert 'hx-trigger="load"' not in browser.screen(path)
