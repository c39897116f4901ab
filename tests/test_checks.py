"""What is said before the tables are made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.checks.registry import registry
from django.core.files.storage import FileSystemStorage, Storage

from saleor_customer_plus import checks, host


def test_a_postgresql_in_utf_8_is_fine_and_django_asks(db: None) -> None:
    found = run_checks(tags=["database"], databases=["default"])
    assert [error for error in found if str(error.id).startswith("saleor_customer_plus.")] == []
    assert checks.check_database in registry.get_checks()


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
