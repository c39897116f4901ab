"""A batch that fails is halved until the row at fault is alone."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, ProgrammingError, connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.core.set_aside import faults
from saleor_customer_plus.core.set_aside import services as actions
from saleor_customer_plus.core.set_aside.checks import check_set_aside
from saleor_customer_plus.core.set_aside.models import RowKind, SetAsideRow

from ...properties import examples

pytestmark = pytest.mark.django_db


class Halving(TestCase):
    """Any rows, any of them bad, in either mode."""

    @settings(max_examples=examples(30))
    @given(keys=st.sets(st.integers(1, 60)), bad=st.sets(st.integers(1, 60)))
    def test_exactly_the_bad_rows_are_set_aside_and_all_others_are_done_once(
        self, keys: set[int], bad: set[int]
    ) -> None:
        done: list[int] = []

        def work(part: list[int]) -> int:
            if bad.intersection(part):
                raise DataError
            done.extend(part)
            return len(part)

        results = actions.carefully(lambda run: run(RowKind.RECORD, sorted(keys), work))

        assert sorted(done) == sorted(keys - bad)
        assert sum(results) == len(keys - bad)
        aside = SetAsideRow.objects.values_list("key", flat=True)
        assert {int(key) for key in aside} == keys & bad


def fail(error: BaseException) -> None:
    def work(_part: list[int]) -> None:
        raise error

    actions.carefully(lambda run: run(RowKind.ORDER, [1, 2, 3], work))


@pytest.mark.parametrize("error", [DataError(), IntegrityError(), ValueError(), OverflowError(), KeyError("a")])
def test_errors_of_data_are_of_the_row(error: Exception) -> None:
    fail(error)
    assert sorted(SetAsideRow.objects.values_list("key", flat=True)) == ["1", "2", "3"]


@pytest.mark.parametrize("error", [OperationalError(), ProgrammingError(), MemoryError()])
def test_errors_of_the_moment_and_of_the_statement_are_no_rows_fault(error: Exception) -> None:
    with pytest.raises(type(error)):
        fail(error)
    assert not SetAsideRow.objects.exists()


@pytest.mark.parametrize(
    ("sqlstate", "of_row"),
    [
        ("22003", True),  # a number out of range
        ("22008", True),  # a time out of range
        ("23514", True),  # a check constraint
        ("23505", True),  # a unique constraint
        ("54000", True),  # a row of an index too large, which psycopg calls an operational error
        ("P0001", True),  # a trigger
        ("XX000", True),  # inside PostgreSQL
        ("40P01", False),  # a deadlock
        ("40001", False),  # could not be serialized
        ("55P03", False),  # a lock that could not be had
        ("57014", False),  # a statement that took too long
        ("57P01", False),  # a server that is shut down
        ("08006", False),  # a lost connection
        ("53100", False),  # a full disk
        ("25006", False),  # a database that is only read
        ("42703", False),  # a column that does not exist
    ],
)
def test_postgresql_tells_which_is_which(sqlstate: str, of_row: bool) -> None:
    with pytest.raises(Exception) as raised, connection.cursor() as cursor:  # noqa: PT011
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{sqlstate}'; END $$")
    assert faults.is_of_row(raised.value) is of_row


def test_what_takes_too_long_together_is_done_in_halves() -> None:
    done: list[int] = []

    def work(part: list[int]) -> None:
        if 7 in part:
            raise DataError
        if len(part) > 2:
            with connection.cursor() as cursor:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '57014'; END $$")
        done.extend(part)

    actions.carefully(lambda run: run(RowKind.ORDER, range(10), work))

    assert sorted(done) == [0, 1, 2, 3, 4, 5, 6, 8, 9]
    assert SetAsideRow.objects.get().key == "7"


def test_a_row_waits_longer_each_time_and_goes_once_it_succeeds(caplog: Any) -> None:
    for tries, minutes in [(1, 10), (2, 20), (3, 40)]:
        fail(DataError("anna@example.com"))
        row = SetAsideRow.objects.get(key="2")
        assert (row.tries, row.retry_at - row.tried_at) == (tries, timedelta(minutes=minutes))
    SetAsideRow.objects.update(tries=1_000_000)
    fail(DataError("anna@example.com"))
    row = SetAsideRow.objects.get(key="2")
    assert row.retry_at - row.tried_at == timedelta(days=1)
    assert row.first_seen_at < row.tried_at <= timezone.now()
    assert actions.due(9) == []

    actions.carefully(lambda run: run(RowKind.RECORD, [2], lambda _: None))
    assert SetAsideRow.objects.count() == 3, "a record is no order"
    actions.carefully(lambda run: run(RowKind.ORDER, [2, 3], lambda _: None))
    assert SetAsideRow.objects.get().key == "1"
    assert "example.com" not in caplog.text


def test_what_is_kept_and_logged_has_no_value_in_it(caplog: Any) -> None:
    def work(_part: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'anna@example.com'::bigint")

    with caplog.at_level(logging.DEBUG, "saleor_customer_plus"):
        actions.carefully(lambda run: run(RowKind.RECORD, [5], work))

    row = SetAsideRow.objects.get()
    assert (row.error_class, row.error_code) == ("InvalidTextRepresentation", "22P02")
    assert "Set aside RECORD 5" in caplog.text
    assert "anna" not in caplog.text


def test_the_system_check_says_how_many_and_what_to_do() -> None:
    assert check_set_aside(databases=["default"]) == []
    fail(DataError())
    SetAsideRow.objects.filter(key="3").update(kind=RowKind.RECORD)

    (warning,) = check_set_aside(databases=["default"])

    assert warning.id == "saleor_customer_plus.W010"
    assert warning.msg == "3 rows could not be synced and were set aside (2 ORDER, 1 RECORD)."
    assert "customer_plus reconcile" in str(warning.hint)
    assert check_set_aside(databases=["replica"]) == check_set_aside() == []
