"""Which rows of a file are passed over, because others have their address or their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.bulk.imports import row_keys
from saleor_customer_plus.bulk.imports.row_keys import Passed, RowKey
from saleor_customer_plus.jobs.models import BulkImportKey
from tests.factories import make_job

from ...properties import examples

Rows = Sequence[tuple[str, str | None, bool, str | None]]

rows = st.lists(
    st.tuples(
        st.sampled_from("abcde"),
        st.none() | st.sampled_from("1234"),
        st.booleans(),
        st.sampled_from([None, "n---", "-w--", "b---"]),
    ),
    max_size=20,
)


def keys(rows: Rows) -> list[RowKey]:
    return [RowKey(number, *row) for number, row in enumerate(rows)]


def passed(rows: Rows) -> list[Passed]:
    """What Python says: of an address the last valid row counts, of a number among those the first."""
    last = {one.email: one.row for one in keys(rows) if one.is_valid}
    found = [
        Passed(one.row, last[one.email], False) for one in keys(rows) if one.is_valid and last[one.email] != one.row
    ]
    first: dict[str, int] = {}
    for row, email, customer, is_valid, *_ in keys(rows):
        if is_valid and customer and last[email] == row and first.setdefault(customer, row) != row:
            found.append(Passed(row, first[customer], True))
    return sorted(found)


def objections(rows: Rows) -> list[tuple[int, list[str]]]:
    """What Python says: all that is said of an address applies to each of its rows that is not passed over."""
    gone = {one.row for one in passed(rows) if not one.is_number}
    said: dict[str, set[str]] = {}
    for one in keys(rows):
        said.setdefault(one.email, set()).update({one.against} - {None})
    several = Counter(one.email for one in keys(rows))
    return [
        (one.row, sorted(said[one.email]))
        for one in keys(rows)
        if one.row not in gone and said[one.email] and several[one.email] > 1
    ]


def set_aside(rows: Rows, doubtful: set[int]) -> list[Passed]:
    """What Python says: of an address the last valid row that is not doubtful counts, if there is one."""
    used = {one.email: one.row for one in keys(rows) if one.is_valid and one.row not in doubtful}
    return [
        Passed(one.row, used[one.email], False, is_unreadable=True)
        for one in keys(rows)
        if one.is_valid and one.row > used.get(one.email, len(rows))
    ]


def of_others_numbers(rows: Rows) -> list[Passed]:
    """What Python says: a number belongs to the address of the first valid row that has it."""
    owners: dict[str, RowKey] = {}
    valid = [one for one in keys(rows) if one.is_valid and one.number]
    return [
        Passed(one.row, owner.row, True)
        for one in valid
        if (owner := owners.setdefault(str(one.number), one)).email != one.email
    ]


class Keys(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(20), deadline=None)
    @given(rows, st.integers(1, 20))
    def test_are_compared_by_parts(self, rows: Rows, size: int) -> None:
        job, other = make_job("IMPORT"), make_job("IMPORT")
        row_keys.add(other.pk, keys(rows))
        row_keys.add(job.pk, keys(rows))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(row_keys, "COMPARED", size)
            parts = row_keys.parts(len(rows))
        taken = [one for part in parts for one in row_keys.of_others_numbers(job.pk, part)]
        assert sorted(taken) == of_others_numbers(rows)
        said = [one for part in parts for one in row_keys.objections(job.pk, part)]
        assert sorted((row, letters) for row, letters, _since in said) == objections(rows)
        found = [one for part in parts for one in row_keys.earlier_of_same_address(job.pk, part)]
        found += [one for part in parts for one in row_keys.later_of_same_number(job.pk, part)]

        assert sorted(found) == passed(rows)
        assert BulkImportKey.objects.filter(job=other.pk).count() == len(rows)

    @settings(max_examples=examples(15), deadline=None)
    @given(rows, st.sets(st.integers(0, 19)), st.integers(1, 20))
    def test_are_set_aside_by_parts(self, rows: Rows, doubtful: set[int], size: int) -> None:
        job, other = make_job("IMPORT"), make_job("IMPORT")
        row_keys.add(other.pk, keys(rows))
        row_keys.add(job.pk, keys(rows))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(row_keys, "COMPARED", size)
            parts = row_keys.parts(len(rows))

        twice = [row for part in parts for row in row_keys.of_same_address(job.pk, part)]
        several = Counter(one.email for one in keys(rows) if one.is_valid)
        assert sorted(twice) == [one.row for one in keys(rows) if one.is_valid and several[one.email] > 1]
        aside = [one for part in parts for one in row_keys.set_aside(job.pk, part, sorted(doubtful))]
        assert sorted(aside) == set_aside(rows, doubtful)
        left = [
            (*row[:2], row[2] and number not in {one.row for one in aside}, row[3]) for number, row in enumerate(rows)
        ]
        found = [one for part in parts for one in row_keys.earlier_of_same_address(job.pk, part)]
        found += [one for part in parts for one in row_keys.later_of_same_number(job.pk, part)]
        assert sorted(found) == passed(left)
        assert BulkImportKey.objects.filter(job=other.pk, is_valid=True).count() == sum(row[2] for row in rows)


def set_all_aside(job_id: int, part: tuple[int, int]) -> list[Passed]:
    return row_keys.set_aside(job_id, part, range(2000))


def test_a_hash_is_in_one_part_only() -> None:
    parts = row_keys.parts(1_050_000)

    assert len(parts) == 11
    assert [number for part in parts for number in range(*part)] == list(range(0x10000))
    assert row_keys.parts(0) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "find",
    [
        row_keys.earlier_of_same_address,
        row_keys.later_of_same_number,
        row_keys.objections,
        row_keys.of_others_numbers,
        row_keys.of_same_address,
        set_all_aside,
    ],
)
def test_rows_are_not_compared_each_with_each(find: Callable[[int, tuple[int, int]], list[Any]]) -> None:
    """As PostgreSQL would, whose statistics are still those of the last import."""
    before, job = make_job("IMPORT"), make_job("IMPORT")
    with connection.cursor() as cursor:
        made = [RowKey(number, f"a{number}", f"n{number}", True, "n---") for number in range(2000)]
        row_keys.add(before.pk, made)
        cursor.execute(f"ANALYZE {BulkImportKey._meta.db_table}")
        row_keys.forget(before.pk)
        row_keys.add(job.pk, made)
        with CaptureQueriesContext(connection) as captured:
            assert find(job.pk, (0, 0x10000)) == []
        cursor.execute(f"EXPLAIN {captured[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Join" in plan
    assert "Nested Loop" not in plan
