"""The screens in the Dashboard: what the list and a record cost beside their own API documents, and in a browser."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any
from unittest import mock

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard import execution, static_files
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_app, save_settings

from . import customer_data, host, shop
from .lists import ENTRIES_PER_RECORD
from .report import Figure
from .timing import in_turns, ms

ROOT = "/plugins/customer-plus/dashboard/"
SLOWEST = 2.0  # of the API's own time
LARGEST = 100_000  # bytes of all static files, compressed
BROWSER_RUNS = 7


def measure(records: int, runs: int) -> tuple[str, list[Figure]]:
    """Fill the tables, and look at the list and at somebody of it as the Dashboard's frame does."""
    with host.empty_database():
        accounts = records if host.ON_SALEOR else records // 2
        if host.ON_SALEOR:
            shop.fill_accounts(accounts, records * ENTRIES_PER_RECORD)
        customer_data.fill(records, records * ENTRIES_PER_RECORD, accounts)
        save_settings(dashboard=True)
        _app, token = make_app()  # the token of a person would expire before the last page
        somebody = CustomerRecord.objects.filter(order_count__gt=2).order_by("-pk").values_list("pk", flat=True)[0]
        record = to_global_id("CustomerRecord", somebody)
        figures = [
            *_on_the_server("List of customers", token, runs, "customers"),
            *_on_the_server("One customer", token, runs, f"customers/{record}"),
            _static_files(),
            *_in_a_browser(token, {"List of customers": "customers", "One customer": f"customers/{record}"}),
        ]
    title = f"{records:,} records with {records * ENTRIES_PER_RECORD:,} ledger entries"
    return f"{title}; median of {runs} runs, in the browser of {BROWSER_RUNS}", figures


def _on_the_server(what: str, token: str, runs: int, path: str) -> list[Figure]:
    api, client = Api(token), Client(headers={"HX-Request": "true", "Authorization": f"Bearer {token}"})

    def screen() -> bytes:
        response = client.get(f"{ROOT}{path}")
        assert response.status_code == 200, response.content
        return response.content

    with mock.patch.object(execution, "execute", wraps=execution.execute) as executed:
        screen()
    _http, document, variables, _files = executed.call_args.args
    assert executed.call_count == 1
    alone, taken = in_turns(runs, lambda: api(document, **variables), screen)
    ratio = taken / alone
    measured = f"{ms(taken)}, its document through the API {ms(alone)}"
    statements, of_api = _statements(screen), _statements(lambda: api(document, **variables))
    html = screen()
    size = f"{len(html):,} bytes, {len(gzip.compress(html)):,} compressed"
    return [
        Figure(what, measured, f"{ratio:.2f} of the API", f"at most {SLOWEST:g}", ratio <= SLOWEST),
        Figure("... SQL statements", f"{statements}, its document through the API {of_api}"),
        Figure("... HTML", size),
    ]


def _statements(thing: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        thing()
    return len(captured)


def _static_files() -> Figure:
    size = static_files.compressed_size()
    return Figure("Static files, compressed", f"{size:,} bytes", "", f"under {LARGEST:,}", size < LARGEST)


def _in_a_browser(token: str, paths: dict[str, str]) -> list[Figure]:
    """From opening the frame to the first thing in it: without a Chromium, nothing."""
    from tests.dashboard.browser.conftest import CHROMIUM, LAUNCH, playwright

    if CHROMIUM is None or playwright is None:
        return []
    figures = []
    with _served(token) as root, playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=list(LAUNCH))
        for what, path in paths.items():
            first, later = _opened(browser, root, path), []
            context = browser.new_context()
            _open(context, root, path)  # the static files are in its cache from here
            for _ in range(BROWSER_RUNS):
                later.append(_open(context, root, path))
            context.close()
            figures += [
                Figure(f"{what} in Chromium, for the first time", _told(first["seconds"], first)),
                Figure("... and later", _told(median(one["seconds"] for one in later), later[-1])),
            ]
        browser.close()
    return figures


def _told(seconds: float, opened: dict[str, Any]) -> str:
    return f"{ms(seconds)}, {opened['requests']} requests, {opened['bytes']:,} bytes"


def _opened(browser: Any, root: str, path: str) -> dict[str, Any]:
    context = browser.new_context()
    try:
        return _open(context, root, path)
    finally:
        context.close()


def _open(context: Any, root: str, path: str) -> dict[str, Any]:
    """Open a screen in the page that plays the Dashboard, and count what the frame asks the server for."""
    page = context.new_page()
    answers: list[Any] = []
    page.on("requestfinished", lambda request: answers.append(request) if ROOT in request.url else None)
    began = time.perf_counter()
    page.goto(f"{root}/#{ROOT}{path}")
    page.frame_locator("#frame").locator("#screen h1").wait_for()
    seconds = time.perf_counter() - began
    sent = [request for request in answers if not request.response().from_service_worker]
    asked = [request for request in sent if request.sizes()["responseHeadersSize"]]
    told = {
        "seconds": seconds,
        "requests": len(asked),
        "bytes": sum(request.sizes()["responseBodySize"] for request in asked),
    }
    page.close()
    return told


@contextmanager
def _served(token: str) -> Iterator[str]:
    from sandbox.demo.frame import framed
    from sandbox.demo.serve import _bind

    server = _bind(0, framed(get_wsgi_application(), lambda: token, dict))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
