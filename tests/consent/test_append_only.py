"""What was said stays said: the database refuses to change it, but for an erasure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from saleor_customer_plus.consent.models import ConsentEvent
from tests.factories import make_consent, make_record

pytestmark = pytest.mark.django_db

TABLE = ConsentEvent._meta.db_table


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def save() -> None:
    event = ConsentEvent.objects.get()
    event.wording = "Something else."
    event.save()


CHANGES: dict[str, Callable[[], object]] = {
    "update by Django": lambda: ConsentEvent.objects.update(state="UNSUBSCRIBED"),
    "save by Django": save,
    "delete by Django": lambda: ConsentEvent.objects.all().delete(),
    "delete of the record by Django": lambda: ConsentEvent.objects.get().record.delete(),
    "update in SQL": lambda: run(f"UPDATE {TABLE} SET evidence = '{{}}'"),
    "delete in SQL": lambda: run(f"DELETE FROM {TABLE}"),
}


@pytest.fixture
def before() -> list[tuple[Any, ...]]:
    make_consent(make_record(), evidence={"form": 12}, wording="Yes.")
    return rows()


def rows() -> list[tuple[Any, ...]]:
    return list(ConsentEvent.objects.values_list())


@pytest.mark.parametrize("change", CHANGES)
def test_it_is_refused(change: str, before: list[tuple[Any, ...]]) -> None:
    with pytest.raises(DatabaseError, match="consent events are kept as they are"), transaction.atomic():
        CHANGES[change]()

    assert rows() == before


@pytest.mark.parametrize("change", CHANGES)
def test_an_erasure_may(change: str, before: list[tuple[Any, ...]]) -> None:
    run("SELECT set_config('customer_plus.erasure', 'on', true)")

    CHANGES[change]()

    assert rows() != before


def test_the_leave_ends_with_the_transaction() -> None:
    make_consent(make_record())
    with transaction.atomic():
        run("SELECT set_config('customer_plus.erasure', 'on', true)")
        transaction.set_rollback(True)

    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentEvent.objects.all().delete()


def test_a_record_without_any_may_go() -> None:
    make_consent(make_record())
    other = make_record()

    other.delete()

    assert ConsentEvent.objects.count() == 1
