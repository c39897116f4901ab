"""The HTTP side of the screens: who gets what, headers, languages, errors."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from saleor_customer_plus.api.core import limits
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.dashboard import pages, static_files
from saleor_customer_plus.dashboard.rendering import FOLDER
from saleor_customer_plus.dashboard.requests import Screen, ScreenRequest, address
from saleor_customer_plus.settings import CustomerPlusSettings
from tests.factories import make_account, make_job, make_record, make_staff, make_token, save_settings

from .client import ROOT, Browser, text


@pytest.mark.django_db
@pytest.mark.parametrize("settings", [{}, {"dashboard": True, "active": False}])
def test_there_are_none_unless_they_are_switched_on(settings: dict[str, Any]) -> None:
    save_settings(**settings)

    assert Client().get(f"{ROOT}customers").status_code == 404
    assert Client().get(f"{ROOT}{static_files.url_of('dashboard.css')}").status_code == 404


def test_without_a_token_there_is_a_frame_and_nothing_in_it(browser: Browser) -> None:
    make_record("anna@example.com")

    response = Client().get(f"{ROOT}customers")

    assert "anna@example.com" not in text(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")


def test_nothing_in_the_frame_is_inline() -> None:
    frame = Screen(
        "frame.html", {"style": "a.css", "script": "a.js", "htmx": "h.js", "kind_of_page": "screen", "language": "en"}
    ).response()
    assert "style=" not in text(frame)
    assert "<script" in text(frame)
    assert not re.search(r"<script(?! (?:type=.module. )?src=)", text(frame))


@pytest.mark.parametrize("token", [None, "nonsense"])
def test_who_has_no_valid_token_is_asked_for_one(browser: Browser, token: str | None) -> None:
    make_record("anna@example.com")

    response = Browser(token).get("customers")

    assert response.status_code in (401, 403)
    assert "anna@example.com" not in response.content.decode()


@pytest.mark.django_db
def test_customers_see_nothing() -> None:
    save_settings(dashboard=True)
    record = make_record("anna@example.com")

    for path in ("customers", f"customers/{record.pk}"):
        response = Browser(make_token(make_account())).get(path)
        assert response.status_code == 403
        assert "anna@example.com" not in response.content.decode()


@pytest.mark.django_db
def test_an_expired_token_is_told_apart_so_that_the_page_gets_another(monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(dashboard=True)
    staff = make_staff()
    with override_settings(JWT_TTL_ACCESS=timedelta(minutes=-1)):
        token = make_token(staff)

    assert Browser(token).get("customers").status_code == 401


def test_paths_that_do_not_exist(browser: Browser) -> None:
    assert browser.get("nothing").status_code == 404
    assert Client().get(f"{ROOT}static/abc/../../settings.py").status_code == 404
    assert Client().get(f"{ROOT}static/abc/settings.py").status_code == 404
    assert Client().put(f"{ROOT}customers").status_code == 405


def test_the_manifest_for_those_who_install_the_app_the_ordinary_way(browser: Browser) -> None:
    told = Client().get(f"{ROOT}manifest").json()
    assert told["extensions"][0]["url"] == "/customers"
    assert Client().post(f"{ROOT}register", {"auth_token": "x"}, content_type="application/json").status_code == 200


def test_a_customer_that_does_not_exist(browser: Browser) -> None:
    response = browser.get("customers/Q3VzdG9tZXJSZWNvcmQ6OTk5OTk=")
    assert response.status_code == 404
    assert "deleted" in response.content.decode()


def test_static_files_are_kept_for_a_year(browser: Browser) -> None:
    frame = text(Client().get(f"{ROOT}customers"))
    for name in ("dashboard.css", *static_files.modules(), "htmx.js"):
        assert f"{ROOT}{static_files.url_of(name)}" in frame
        response = Client().get(f"{ROOT}{static_files.url_of(name)}")
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        other = Client().get(f"{ROOT}static/0123/{name}")
        assert "immutable" not in other.headers["Cache-Control"]


def test_every_style_sheet_and_every_script_is_served() -> None:
    folder = Path(FOLDER, "static")
    style = static_files._contents()[static_files.STYLE].decode()
    for path in folder.iterdir():
        if path.suffix == ".css":
            assert path.read_text() in style, path.name
        else:
            assert path.name in static_files._contents()
    imported = {name for path in folder.glob("*.js") for name in re.findall(r'"\./([a-z]+\.js)"', path.read_text())}
    assert {*imported, "dashboard.js"} == set(static_files.modules())


def test_they_are_small_enough_to_load_at_once() -> None:
    import gzip

    sizes = [len(gzip.compress(content)) for content in static_files._contents().values()]
    assert sum(sizes) < 100_000


@pytest.mark.parametrize(
    ("asked", "language"), [("de-AT", "de"), ("it", "it"), ("pt_BR", "en"), ("", "en"), ("../de", "en")]
)
def test_the_language_is_the_dashboards_where_there_is_one(browser: Browser, asked: str, language: str) -> None:
    response = Client().get(f"{ROOT}customers", {"locale": asked})
    assert f'<html lang="{language}"' in text(response)


@pytest.mark.parametrize("zone", ["Mars/Base", "\0", "Europe", "é", "../UTC", ""])
def test_a_time_zone_that_is_not_known_here_is_utc(browser: Browser, zone: str) -> None:
    assert Client(headers={"X-Time-Zone": zone}).get(f"{ROOT}customers").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_more_than_django_reads_is_told(browser: Browser, method: str) -> None:
    """Django reads at most 1000 fields, and 2.5 MB of text."""
    for form in ({"ids": ["1"] * 1001}, {"text": "a" * 3_000_000} if method == "post" else {"q": ["a"] * 2000}):
        response = getattr(browser, method)("import" if method == "post" else "customers", form)
        assert response.status_code == 400
        assert "too much at once" in response.content.decode()


def test_an_address_in_a_header_is_one_line(browser: Browser) -> None:
    job = to_global_id("CustomerJob", make_job("EXPORT").pk)
    response = browser.get(f"jobs/{job}%0D%0AX-Other: y")
    assert response.status_code == 400
    assert "X-Other" not in response.headers
    shown = browser.get("customers", {"q": "日本\r\nX: y", "sort": "🙈"}).headers["X-Customer-Plus-Address"]
    assert shown.isascii()
    assert "\n" not in shown


def test_a_lead_that_an_address_opens_is_one_of_the_board(browser: Browser) -> None:
    """Else the address of another page, of which the script would take whatever is in it."""
    shown = browser.screen("leads", {"open": "../../../../media/evil.html?a#b"})
    assert f'hx-get="{ROOT}leads/..%2F..%2F..%2F..%2Fmedia%2Fevil.html%3Fa%23b"' in shown


@pytest.mark.parametrize(
    ("chosen", "hosts", "expected"),
    [
        ("", ["shop.example", "localhost"], ["shop.example", "localhost:*"]),
        ("https://dash.example:8080", ["shop.example"], ["https://dash.example:8080"]),
        ("", ["a.example; script-src *", "*.b.example", ""], ["*.b.example"]),
    ],
)
def test_who_may_frame_them(chosen: str, hosts: list[str], expected: list[str]) -> None:
    with override_settings(ALLOWED_CLIENT_HOSTS=hosts):
        assert pages.ancestors(CustomerPlusSettings(dashboard_url=chosen)) == expected


def test_a_screen_that_fails_says_so_and_logs_no_personal_data(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: ScreenRequest, *_args: Any, **_variables: Any) -> Any:
        raise RuntimeError("anna@example.com")

    monkeypatch.setattr(ScreenRequest, "execute", fail)
    response = browser.get("customers")
    assert response.status_code == 500
    assert "anna@example.com" not in response.content.decode() + caplog.text
    assert "RuntimeError" in caplog.text


def test_addresses_leave_blanks_out() -> None:
    assert (
        address("customers", {"q": "", "tab": "leads", "tag": ["1", "2"]}) == f"{ROOT}customers?tab=leads&tag=1&tag=2"
    )


def test_a_large_upload_of_a_stranger_is_not_even_read(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr("django.http.request.HttpRequest.parse_file_upload", lambda *_: read.append("read"))

    for token in (None, "nonsense", make_token(make_account())):
        large = SimpleUploadedFile("list.csv", b"x" * (limits.MAX_BODY_BYTES + 1))
        assert Browser(token).post("import", {"file": large}).status_code == 413
    assert read == []


@pytest.mark.parametrize(
    ("target", "path", "is_dialog", "has_navigation"),
    [
        ("dialog", "customers/{}/edit", True, False),
        ("screen", "customers/{}", False, True),
        ("results", "customers/{}", False, False),
        ("screen", "popups/tag?customerId={}", False, False),
    ],
)
def test_what_went_wrong_is_told_where_something_was_asked_for(
    browser: Browser, target: str, path: str, is_dialog: bool, has_navigation: bool
) -> None:
    headers = {"HX-Request": "true", "HX-Target": target, "Authorization": f"Bearer {browser.token}"}
    html = Client(headers=headers).get(f"{ROOT}{path.format('Q3VzdG9tZXJSZWNvcmQ6OTk5OTk=')}").content.decode()
    assert ("<dialog" in html) is is_dialog
    assert ("<nav" in html) is has_navigation
