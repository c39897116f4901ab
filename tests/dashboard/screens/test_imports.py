"""The import, from the file to its undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from saleor_customer_plus.dashboard.screens.import_options import form_of, options_of
from saleor_customer_plus.fields.models import FieldType
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.records.models import CustomerRecord
from tests.dashboard.client import Browser, events
from tests.factories import make_field, make_record

FILE = b"Mail,Wer,Farbe\nanna@example.com,Anna Rossi,rot\nbo@,Bo,<b>blau</b>\n"


@pytest.fixture
def change(browser: Browser, on_commit: Callable[[], Any]) -> Callable[..., str]:
    """Send a form, let the workers at what it starts, and look at the job again."""

    def send(path: str, form: Any = None) -> str:
        with on_commit():
            html = browser.change(path, form)
        asks_for = re.search(r'hx-get="[^"]*(jobs/[\w=]+)/panel" hx-trigger="every 1s"', html)
        return browser.screen(asks_for[1]) if asks_for else html

    return send


@pytest.fixture
def job(browser: Browser, change: Callable[..., str]) -> str:
    """A previewed import."""
    change("import", {"file": SimpleUploadedFile("people.csv", FILE, "text/csv")})
    return _job_of(browser)


def _job_of(browser: Browser) -> str:
    found = re.search(r"jobs/([\w=]+)", browser.screen("jobs"))
    assert found
    return found[1]


def test_the_first_step_names_the_formats(browser: Browser) -> None:
    html = browser.screen("import")
    assert "Shopify" in html
    assert 'type="file"' in html


def test_the_job_has_the_address_of_the_screen(browser: Browser, on_commit: Callable[[], Any]) -> None:
    with on_commit():
        response = browser.post("import", {"text": "anna@example.com"})
    assert "/jobs/" in response.headers["X-Customer-Plus-Address"]


def test_the_preview_shows_what_was_recognised_and_what_would_happen(browser: Browser, job: str) -> None:
    html = browser.screen(f"jobs/{job}")

    assert "Ready to start" in html
    assert "utf-8" in html
    assert "Anna Rossi" in html  # a sample
    assert "&lt;b&gt;blau" in html
    assert "<b>blau" not in html
    assert re.search(r'<option value="email"[^>]*selected', html)
    assert "every 1s" not in html
    assert "Start the import" in html


def test_corrected_started_and_undone(browser: Browser, job: str, change: Callable[..., str]) -> None:
    make_record("anna@example.com", first_name="Ann")
    form = {
        "header": ["Mail", "Wer", "Farbe"],
        "column_0": "email",
        "was_0": "email",
        "column_1": "name",
        "was_1": "",
        "column_2": "attribute",
        "tags": "fair, vip",
    }

    html = change(f"import/{job}/correct", form)
    assert "<s>Ann</s> → <mark>Anna</mark>" in html
    assert "<mark>Farbe: rot</mark>" in html
    assert "<mark>fair, vip</mark>" in html
    assert 'value="fair, vip"' in html

    html = change(f"import/{job}/start")
    assert "1 changed" in html
    assert "1 refused" in html
    assert "Download the refused rows" in html
    record = CustomerRecord.objects.get()
    assert (record.first_name, record.attributes) == ("Anna", {"Farbe": "rot"})

    assert "Undo “Import: people.csv”?" in browser.screen(f"jobs/{job}/undo")
    html = change(f"jobs/{job}/undo")
    assert "Restored: 1." in html
    assert CustomerRecord.objects.get().first_name == "Ann"
    assert "Undone" in browser.screen(f"jobs/{job}")
    assert "1 restored" in browser.screen("jobs")


def test_while_it_works_it_asks_for_news(browser: Browser) -> None:
    browser.post("import", {"text": "anna@example.com"})  # and no worker
    job = _job_of(browser)
    assert 'hx-trigger="every 1s"' in browser.screen(f"jobs/{job}")
    assert 'hx-trigger="every 1s"' in browser.screen(f"jobs/{job}/panel")
    assert 'hx-trigger="every 2s"' in browser.screen(f"jobs/{job}/row")


def test_nothing_to_import(browser: Browser) -> None:
    html = browser.change("import", {"text": ""})
    assert 'role="alert"' in html
    assert BulkJob.objects.count() == 0


def test_a_wrong_option_is_told_at_its_field_and_what_was_typed_stays(browser: Browser, job: str) -> None:
    html = browser.change(
        f"import/{job}/correct",
        {"subscribe": "ALL", "tags": "x" * 300, "header": ["Wer"], "column_0": "name", "was_0": ""},
    )
    assert "Enter the text by which these people agreed." in html
    assert "lawful basis" in html
    assert "x" * 300 in html
    assert '<option value="ALL" selected' in html
    assert re.search(r'name="column_0">.*?<option value="name"[^>]*selected', html, re.DOTALL)


def test_what_went_on_meanwhile_cannot_be_started_again(browser: Browser, job: str, change: Callable[..., str]) -> None:
    change(f"import/{job}/start")
    html = browser.change(f"import/{job}/start")
    assert "Cannot start a job that is SUCCEEDED." in html
    assert "Start the import" not in html


def test_problems_come_by_pages(browser: Browser, change: Callable[..., str]) -> None:
    rows = "".join(f"bo{number}@,<i>x</i>\n" for number in range(25))
    html = change("import", {"file": SimpleUploadedFile("people.csv", f"Mail,Name\n{rows}".encode(), "text/csv")})
    assert "bo0@" in html
    assert "bo24@" not in html
    assert "<i>x" not in html
    more = re.search(r'hx-get="[^"]*/(jobs/[\w=]+/problems[^"]+)"', html)
    assert more
    html = browser.screen(more[1].replace("&amp;", "&"))
    assert "bo24@" in html
    assert "Show more" not in html


def test_a_suppression_list(browser: Browser, change: Callable[..., str]) -> None:
    change("import", {"text": "anna@example.com"})
    html = change(f"import/{_job_of(browser)}/correct", {"mode": "SUPPRESSION_LIST"})
    assert "remembered: 1." in html


def test_those_who_are_missing_need_their_number(browser: Browser, job: str, change: Callable[..., str]) -> None:
    make_record("old@example.com")
    html = change(f"import/{job}/correct", {"deactivateMissing": "yes"})
    assert "Enter 1 to confirm" in html
    assert "Enter the number of the preview." in change(f"import/{job}/start", {"missing": "one"})
    assert 'role="alert"' in change(f"import/{job}/start", {"missing": "7"})
    change(f"import/{job}/start", {"missing": "1"})
    assert not CustomerRecord.objects.get(email="old@example.com").is_active


def test_a_long_text_is_sent_as_a_file(browser: Browser, change: Callable[..., str]) -> None:
    text = "".join(f"customer{number}@example.com\n" for number in range(9000))
    assert "Will be created" in change("import", {"text": text})


def test_options_are_kept_under_a_name(browser: Browser, change: Callable[..., str]) -> None:
    response = browser.post("import/profile", {"profile_name": "Fair", "tags": "fair", "mode": "CREATE_ONLY"})
    assert "Fair" in events(response)["customerPlusNotice"]["text"]
    assert "Fair" in browser.screen("import")
    html = change("import", {"text": "anna@example.com", "profile": "Fair"})
    assert 'value="fair"' in html
    assert '<option value="CREATE_ONLY" selected' in html
    id = re.search(r"profiles/([\w=]+)/delete", browser.screen("import"))
    assert id
    browser.change(f"profiles/{id[1]}/delete")
    assert "profiles/" not in browser.screen("import")


def test_a_profile_without_a_name(browser: Browser) -> None:
    assert 'role="alert"' in browser.change("import/profile", {"profile_name": ""})


def test_the_sample(browser: Browser) -> None:
    assert "anna@example.com" in browser.screen("import/sample")


def test_in_the_readers_language(browser: Browser, job: str) -> None:
    assert "Kundennummer" in Browser(browser.token, "de").screen(f"jobs/{job}")  # the names of columns


def test_a_form_gives_the_options_that_it_shows() -> None:
    options = {
        "mode": "CREATE_ONLY",
        "fillBlanks": True,
        "hasHeader": False,
        "delimiter": "\t",
        "tags": ["a", "b"],
        "marketingPurposes": ["NEWSLETTER"],
    }
    shown = form_of(options)
    form = QueryDict(mutable=True)
    for name, value in shown.items():
        form.setlist(name, value if isinstance(value, list) else [value])
        form[f"was_{name}"] = shown[name]
    assert options_of(form) == options


def test_a_mapping_by_hand_ends_when_the_file_is_read_otherwise() -> None:
    form = QueryDict("header=A&column_0=email&was_0=&hasHeader=no&was_hasHeader=")
    assert "mapping" not in options_of(form)
    form = QueryDict("header=A&header=B&column_0=email&was_0=email&by_hand_0=yes&column_1=&was_1=name")
    assert options_of(form)["mapping"] == [{"header": "A", "column": "email"}, {"header": "B", "column": None}]


def test_the_preview_says_what_will_be_and_never_that_it_was(browser: Browser, change: Callable[..., str]) -> None:
    make_record("anna@example.com", first_name="Ann")
    file = b"email,first_name\nanna@example.com,Anna\nbo@example.com,Bo\nno address,Cy\n"
    change("import", {"file": SimpleUploadedFile("people.csv", file, "text/csv")})
    html = browser.screen(f"jobs/{_job_of(browser)}")
    assert re.findall(r'<span class="pill [^"]*">(Will [^<]*)</span>', html) == [
        "Will be changed",
        "Will be created",
        "Will be refused",
    ]
    figures = re.findall(r'<div class="figure"><dt>([^<]*)</dt><dd>(\d+)</dd>', html)
    assert figures[:2] == [("Will be created", "1"), ("Will be changed", "1")]
    for word in ("Created", "Changed", "Unchanged", "Skipped", "Refused"):
        assert f">{word}<" not in html


def test_the_preview_calls_and_shows_fields_as_other_screens_do(browser: Browser, change: Callable[..., str]) -> None:
    make_field(type=FieldType.DATE, label="Birthday")
    file = b"Email,Country code,Language,Birthday\nanna@example.com,DE,it,1990-03-01\n"
    change("import", {"file": SimpleUploadedFile("people.csv", file, "text/csv")})
    job = _job_of(browser)
    html = Browser(browser.token, locale="de").screen(f"jobs/{job}")
    row = re.sub(r"<[^>]+>|\n\s*", "", html[html.index("Wird angelegt</span>") :])
    assert "E-Mail: anna@example.com · Land: Deutschland · Sprache: Italienisch · Birthday: 01.03.1990" in row
    english = browser.screen(f"jobs/{job}")
    assert "selected>E-mail</option>" in english
    assert "selected>Country</option>" in english
    assert "Mar 1, 1990" in english


def test_the_preview_shows_refused_rows_in_their_place(browser: Browser, change: Callable[..., str]) -> None:
    file = b"email,first_name\nno address,Cy\nbo@example.com,Bo\n"
    change("import", {"file": SimpleUploadedFile("people.csv", file, "text/csv")})
    html = browser.screen(f"jobs/{_job_of(browser)}")
    assert re.findall(r'<span class="pill [^"]*">(Will [^<]*)</span>', html) == ["Will be refused", "Will be created"]
    assert "<q>no address</q>" in html


def test_a_list_that_waits_for_its_start_says_what_it_would_do(browser: Browser, change: Callable[..., str]) -> None:
    file = b"email,name\nanna@example.com,Anna\nbo@example.com,Bo\nno address,Cy\n"
    change("import", {"file": SimpleUploadedFile("people.csv", file, "text/csv")})
    assert "<td>2 to create, 1 to refuse</td>" in browser.screen("jobs")


def test_what_is_wrong_with_a_row_is_told_in_the_readers_language(browser: Browser, change: Callable[..., str]) -> None:
    file = b"email,country\nno address,DE\nbo@example.com,Atlantis\n"
    change("import", {"file": SimpleUploadedFile("people.csv", file, "text/csv")})
    html = Browser(browser.token, locale="de").screen(f"jobs/{_job_of(browser)}")
    assert html.count("Das ist keine E-Mail-Adresse.") == 2  # in the preview and among the problems
    assert html.count("Das ist kein Land. Verwenden Sie sein Kürzel, etwa DE, oder seinen Namen.") == 2
