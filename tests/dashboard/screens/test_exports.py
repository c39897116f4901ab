"""The export."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from saleor_customer_plus.dashboard.screens.exports import options_of, selected
from saleor_customer_plus.jobs.models import BulkJob
from tests.dashboard.client import Browser
from tests.factories import make_record


@pytest.fixture
def export(browser: Browser, on_commit: Callable[[], Any]) -> Callable[..., str]:
    """Send the form, let the worker at it, and fetch the file as a link of the screen gives it."""

    def fetch(form: Any) -> str:
        with on_commit():
            html = browser.change("export", form)
        job = re.search(r'hx-get="[^"]*(jobs/[\w=]+)/panel"', html)
        assert job, html
        link = re.search(r'href="([^"]+)" download>Download the file', browser.screen(job[1]))
        assert link
        response: Any = Client().get(link[1].replace("&amp;", "&"))
        return b"".join(response.streaming_content).decode("utf-8-sig")

    return fetch


def test_the_form_has_the_columns_in_their_order(browser: Browser) -> None:
    html = browser.screen("export")
    keys = re.findall(r'name="column" value="(\w+)" checked', html)
    assert keys[0] == "email"
    assert re.search(r'name="columns_were" value="([^"]*)"', html)[1] == ",".join(keys)  # type: ignore[index]
    assert html.index('value="store_note"') > html.index(f'value="{keys[-1]}"')
    assert "Mailchimp" in html or "mailchimp" in html


def test_chosen_columns_in_the_chosen_order(export: Callable[..., str]) -> None:
    make_record("anna@example.com", first_name="Anna")
    form = {"column": ["first_name", "email"], "columns_were": "email", "format": "CSV", "headerLanguage": "DE"}
    assert export(form) == "Vorname;E-Mail\nAnna;anna@example.com\n"


def test_those_in_the_list(browser: Browser, export: Callable[..., str]) -> None:
    make_record("anna@example.com", country_code="IT")
    make_record("ben@example.com", country_code="DE")
    make_record("ivo@example.com", country_code="IT", is_active=False)
    html = browser.screen("export", {"country": "IT", "q": "anna"})
    assert "Italy" in html
    assert 'value="list" checked' in html
    assert 'name="list" value="country=IT&amp;q=anna"' in html
    form = {"column": "email", "columns_were": "", "format": "CSV", "scope": "list", "list": "country=IT"}
    assert export(form) == "Email\nanna@example.com\n"
    assert sorted(export({**form, "inactive": "yes"}).split()) == ["Email", "anna@example.com", "ivo@example.com"]


def test_the_list_links_to_its_export(browser: Browser) -> None:
    assert "/export?country=IT" in browser.screen("customers", {"country": "IT"})


def test_a_wrong_option_is_told_at_its_field(browser: Browser) -> None:
    html = browser.change("export", {"dateFormat": "<yesterday>", "column": ["city"], "columns_were": "email"})
    assert re.search(r'name="dateFormat" value="&lt;yesterday&gt;" aria-invalid="true"', html)
    assert 'name="column" value="city" checked' in html or "profile_was" in html
    assert BulkJob.objects.count() == 0


def test_saved_options(browser: Browser) -> None:
    form = {"profile_name": "Fair", "column": ["city", "email"], "columns_were": "email", "format": "XLSX"}
    assert "Saved" not in browser.change("export/profile", form)  # the Dashboard tells it
    html = browser.screen("export", {"profile": "Fair", "profile_was": ""})
    assert re.findall(r'name="column" value="(\w+)" checked', html) == ["city", "email"]
    assert "<option selected>XLSX" in html
    assert "Delete this profile" in html
    assert 'role="alert"' in browser.change("export/profile", {**form, "profile_name": "shopify"})


def test_columns_that_were_not_touched_are_those_of_the_profile() -> None:
    assert options_of(QueryDict("column=a&column=b&columns_were=a,b&format=CSV")) == {"format": "CSV"}
    assert options_of(QueryDict("column=b&column=a&columns_were=a,b")) == {"columns": ["b", "a"]}
    assert selected(QueryDict("scope=all&list=q%3Danna")) == {"filter": None, "search": None}
