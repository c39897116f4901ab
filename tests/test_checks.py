"""What is said before the tables are made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.checks.registry import registry
from django.core.files.storage import FileSystemStorage, Storage

from saleor_customer_plus import checks
from saleor_customer_plus.core import environment
from saleor_customer_plus.saleor_adapter import host


def test_a_postgresql_in_utf_8_is_fine_and_django_asks(db: None) -> None:
    found = run_checks(tags=["database"], databases=["default"])
    assert [error for error in found if str(error.id).startswith("saleor_customer_plus.")] == []
    assert checks.check_database in registry.get_checks()


def test_a_newsletter_without_mail_is_told(db: None, configure: Any, settings: Any) -> None:
    assert checks.check_newsletter(databases=["default"]) == []
    settings.EMAIL_BACKEND = ""
    assert checks.check_newsletter(databases=["default"]) == []
    configure(newsletter=True)

    assert [told.id for told in checks.check_newsletter(databases=["default"])] == ["saleor_customer_plus.W003"]
    assert checks.check_newsletter(databases=["replica"]) == checks.check_newsletter() == []
    configure(newsletter=True, mail_transport="app")
    assert checks.check_newsletter(databases=["default"]) == []


class Latin:
    """A cursor of a database in another encoding."""

    def __enter__(self) -> Latin:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def execute(self, _sql: str) -> None:
        pass

    def fetchone(self) -> tuple[str]:
        return ("LATIN1",)


@pytest.mark.parametrize(("vendor", "told"), [("sqlite", "E001"), ("postgresql", "E002")])
def test_another_database_is_refused(vendor: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = SimpleNamespace(vendor=vendor, cursor=Latin)
    monkeypatch.setattr(checks, "connections", {"default": connection})

    assert [error.id for error in checks.check_database(databases=["default"])] == [f"saleor_customer_plus.{told}"]
    assert checks.check_database(databases=["replica"]) == checks.check_database() == []


@pytest.mark.parametrize(
    ("storage", "told"),
    [
        (lambda folder: FileSystemStorage(folder / "media"), ["saleor_customer_plus.W001"]),
        (lambda folder: FileSystemStorage(folder / "private"), []),
        (lambda _folder: Storage(), []),
    ],
    ids=["among the public files", "beside them", "elsewhere"],
)
def test_a_deployment_is_told_of_lists_among_public_files(
    storage: Any, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(host, "private_storage", storage(tmp_path))

    found = run_checks(tags=["security"], include_deployment_checks=True)

    assert [one.id for one in found if str(one.id).startswith("saleor_customer_plus.")] == told


@pytest.mark.parametrize(
    ("backend", "told"),
    [("", ["W002"]), ("no.such.Backend", ["W002"]), ("django.core.mail.backends.smtp.EmailBackend", [])],
)
def test_an_administrator_is_told_that_saleor_cannot_send_mail(backend: str, told: list[str], settings: Any) -> None:
    settings.EMAIL_BACKEND = backend
    assert [one.id for one in checks.check_mail()] == [f"saleor_customer_plus.{id}" for id in told]
    assert all("EMAIL_URL" in str(one.hint) for one in checks.check_mail())


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *[("", 0), (" ", 0), ("0", 0), ("1", 1), (" 2 ", 2), ("99", 99)],
        *[("-1", None), ("two", None), ("1.5", None), ("1_0", None), ("\u0661", None), ("100", None), ("1,2", None)],
        *[("+1", None), ("0x1", None), ("1e1", None), ("1 2", None)],
    ],
)
def test_the_number_of_proxies_is_a_small_whole_number_or_counts_as_none(
    value: str, number: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_PLUS_PROXIES", value)
    found = [str(one.id) for one in run_checks() if str(one.id).startswith("saleor_customer_plus.E")]
    assert found == (["saleor_customer_plus.E003"] if number is None else [])
    assert environment.believed_proxies() == (number or 0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *[("", 10), (" ", 10), ("0", 0), (" 30 ", 30), ("3600", 3600), ("0010", 10)],
        *[("-1", None), ("ten", None), ("3601", None), ("9" * 30, None), ("1.5", None), ("10s", None), ("1_0", None)],
        *[("\u0661", None), ("+1", None), ("1e1", None)],
    ],
)
def test_the_time_of_a_statement_is_a_number_of_seconds_or_counts_as_the_default(
    value: str, seconds: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUSTOMER_PLUS_STATEMENT_TIMEOUT", value)
    found = [str(one.id) for one in run_checks() if str(one.id).startswith("saleor_customer_plus.E")]
    assert found == (["saleor_customer_plus.E004"] if seconds is None else [])
    assert environment.believed_statement_timeout() == (10 if seconds is None else seconds)
