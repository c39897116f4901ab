"""What PostgreSQL says of an error has the values in it, which are somebody's data."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_customer_plus import tasks
from saleor_customer_plus.api.tags import mutations as tag_changes
from saleor_customer_plus.core import sql
from saleor_customer_plus.records.models import CustomerRecord, generated_kept
from saleor_customer_plus.sync import reactions
from tests.client import Api
from tests.factories import make_record, make_staff, make_token
from tests.generated_columns import is_wasteful

pytestmark = pytest.mark.django_db

EMAIL = "anna@example.com"
TOLD = "UniqueViolation customer_plus_email_unique"


def make_twice(*_args: Any, **_kwargs: Any) -> None:
    make_record(EMAIL)
    make_record(EMAIL)


def test_a_task_that_fails_tells_nobody_s_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "account_changed", make_twice)

    with pytest.raises(IntegrityError) as raised:
        tasks.sync_accounts([1])

    assert (str(raised.value), raised.value.__suppress_context__) == (TOLD, True)


def test_a_mutation_that_fails_logs_nobody_s_data(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tag_changes.actions, "create", make_twice)
    create = 'mutation { customerTagCreate(input: {name: "VIP"}) { errors { message } } }'

    Api(make_token(make_staff())).errors(create)

    assert TOLD in caplog.text
    assert EMAIL not in caplog.text


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1))


@given(texts=TEXTS, numbers=NUMBERS)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lists_reach_the_database_as_they_are(texts: list[str], numbers: list[int]) -> None:
    (row,) = sql.rows(
        sql.fill("SELECT {texts}::text[] AS texts, {numbers}::bigint[] AS numbers", texts=texts, numbers=numbers)
    )

    assert (row.texts, row.numbers) == (texts, numbers)


def test_a_text_with_a_zero_is_refused() -> None:
    with pytest.raises(DataError):
        sql.rows(sql.fill("SELECT {texts}::text[] AS texts", texts=["a", "b\x00c"]))


def test_any_of_nothing_is_nothing() -> None:
    make_record(EMAIL)

    assert not CustomerRecord.objects.filter(sql.is_any("email", [])).exists()
    assert not CustomerRecord.objects.filter(sql.is_any("pk", [])).exists()
    assert CustomerRecord.objects.filter(sql.is_any("email", [EMAIL])).exists()


@pytest.mark.parametrize(
    ("version", "assigned"), [(14_00_11, ""), (17_00_05, ""), (18_00_04, ", last_name = r.last_name")]
)
def test_generated_columns_cost_nothing_more_on_any_version(
    version: int, assigned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "pg_version", version)

    assert generated_kept() == sql.Sql(assigned)


@pytest.mark.parametrize(
    ("assignments", "expected"),
    [
        ("account_id = NULL WHERE id = 1", True),
        ("(provenance, image) = ROW(v.provenance, v.image) FROM v WHERE last_name = ''", True),
        ("account_id = NULL, last_name = r.last_name WHERE id = 1", False),
        ("(first_name, image) = ROW(v.first_name, v.image) FROM v", False),
    ],
)
def test_a_wasteful_update_is_found(assignments: str, *, expected: bool) -> None:
    statement = f'WITH held AS (SELECT 1) UPDATE "{CustomerRecord._meta.db_table}" r SET {assignments}'

    assert is_wasteful(statement) is expected


@pytest.mark.django_db(transaction=True)
def test_only_the_transaction_that_says_so_does_not_wait_for_the_disk() -> None:
    def waits() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit")
            return str(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    try:
        with transaction.atomic():
            sql.commit_without_waiting()
            inside = waits()
        assert (inside, waits()) == ("off", "on")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")


def test_a_part_with_other_settings_leaves_those_of_the_transaction_as_they_were() -> None:
    names = ("random_page_cost", "work_mem", "max_parallel_workers_per_gather", "jit", "statement_timeout")

    def chosen() -> list[str]:
        (row,) = sql.rows(sql.Sql("SELECT " + ", ".join(f"current_setting('{name}') AS {name}" for name in names)))
        return list(row)

    sql.plan_for_batches()
    with sql.limited(60):
        before = chosen()
        with sql.counting(), sql.limited(2):
            assert chosen() == ["1.1", "64MB", "0", "off", "2s"]
        assert chosen() == before
        assert (before[0], before[-1]) == ("1.1", "1min")
