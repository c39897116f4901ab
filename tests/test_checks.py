"""What is said before the tables are made."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.checks.registry import registry

from saleor_customer_plus import checks


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
