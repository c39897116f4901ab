"""A Chromium with the screens in a page that plays the Dashboard."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application

from tests import factories, hosts, processes

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LAUNCH = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

AWAIT_EVENT = "(body, name) => new Promise((done) => document.addEventListener(name, () => done(), { once: true }))"

try:
    from playwright import sync_api as playwright
except ImportError:  # in Saleor's own environment
    playwright = None  # type: ignore[assignment]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts and (CHROMIUM is None or playwright is None or hosts.ON_SALEOR):
            why = "this is a real Saleor" if hosts.ON_SALEOR else "there is no Chromium, or no playwright"
            item.add_marker(pytest.mark.skip(reason=f"NOT RUN: the browser tests; {why}"))


@pytest.fixture(scope="module")
def chromium(django_db_setup: None) -> Iterator[Any]:
    # Playwright leaves a loop behind in this thread until it ends, and Django would take the thread for asynchronous.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    playwright.expect.set_options(timeout=30_000)  # the machine may be busy
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=list(LAUNCH))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@dataclass
class Dashboard:
    """The page, the frame with our screens, and what went wrong in the browser meanwhile."""

    page: Any
    root: str
    problems: list[str]

    @property
    def frame(self) -> Any:
        return self.page.frame_locator("#frame")

    def open(self, path: str, **query: str) -> None:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        self.page.goto("about:blank")
        self.page.goto(f"{self.root}/?{asked}#/plugins/customer-plus/dashboard/{path}")

    def await_news(self) -> None:
        """Until what asks for news of itself has been replaced, and the screen has seen to where the keyboard is."""
        self._await_event("htmx:afterSettle")

    def await_turns(self) -> None:
        """Until it was time to ask for news twice: had the first turn brought some, they would be there."""
        self._await_event("htmx:confirm")
        self._await_event("htmx:confirm")

    def _await_event(self, name: str) -> None:
        """The page's own listeners, which are older, have run by then."""
        self.frame.locator("body").evaluate(AWAIT_EVENT, name)


@pytest.fixture
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """As in tests/concurrency: the server answers in threads of its own, which see only what is committed."""
    with processes.committed(django_db_blocker):
        yield


@pytest.fixture
def dashboard(transactional_db: None, chromium: Any) -> Iterator[Dashboard]:
    """A shop whose screens are switched on, as a member of staff who may manage customers sees it."""
    from sandbox.demo.frame import framed
    from sandbox.demo.serve import _bind

    factories.save_settings(dashboard=True)
    staff = factories.make_staff()
    links = {"Customers+": "/plugins/customer-plus/dashboard/customers"}
    application = framed(get_wsgi_application(), lambda: factories.make_token(staff), lambda: links)
    server = _bind(0, application)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(60_000)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("dialog", lambda dialog: (problems.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda said: problems.append(said.text) if _is_violation(said.text) else None)
    yield Dashboard(page, f"http://127.0.0.1:{server.server_port}", problems)
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert problems == []


def _is_violation(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text
