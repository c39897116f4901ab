"""Which rows of a file are passed over, because others have their address or their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.bulk.imports import keys
from saleor_customer_plus.bulk.imports.keys import Passed
from saleor_customer_plus.bulk.models import BulkImportKey
from tests.factories import make_job

Rows = Sequence[tuple[str, str | None]]

rows = st.lists(st.tuples(st.sampled_from("abcde"), st.none() | st.sampled_from("1234")), max_size=20)


def passed(rows: Rows) -> list[Passed]:
    """What Python says: of an address the last row counts, of a number among those the first."""
    last = {email: number for number, (email, _) in enumerate(rows)}
    found = [Passed(number, last[email], False) for number, (email, _) in enumerate(rows) if last[email] != number]
    first: dict[str, int] = {}
    for number, (email, customer) in enumerate(rows):
        if customer and last[email] == number and first.setdefault(customer, number) != number:
            found.append(Passed(number, first[customer], True))
    return sorted(found)


class Keys(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=60, deadline=None)
    @given(rows, st.integers(1, 20))
    def test_are_compared_by_parts(self, rows: Rows, size: int) -> None:
        job, other = make_job("IMPORT"), make_job("IMPORT")
        keys.add(other.pk, ((number, *row) for number, row in enumerate(rows)))
        keys.add(job.pk, ((number, *row) for number, row in enumerate(rows)))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(keys, "COMPARED", size)
            parts = keys.parts(len(rows))
        found = [one for part in parts for one in keys.earlier_of_same_address(job.pk, part)]
        found += [one for part in parts for one in keys.later_of_same_number(job.pk, part)]

        assert sorted(found) == passed(rows)
        assert BulkImportKey.objects.filter(job=other.pk).count() == len(rows)


def test_a_hash_is_in_one_part_only() -> None:
    parts = keys.parts(1_050_000)

    assert len(parts) == 11
    assert [number for part in parts for number in range(*part)] == list(range(0x10000))
    assert keys.parts(0) == []


@pytest.mark.django_db
@pytest.mark.parametrize("find", [keys.earlier_of_same_address, keys.later_of_same_number])
def test_rows_are_not_compared_each_with_each(find: Callable[[int, tuple[int, int]], list[Passed]]) -> None:
    """As PostgreSQL would, whose statistics are still those of the last import."""
    before, job = make_job("IMPORT"), make_job("IMPORT")
    with connection.cursor() as cursor:
        keys.add(before.pk, ((number, f"a{number}", f"n{number}") for number in range(2000)))
        cursor.execute(f"ANALYZE {BulkImportKey._meta.db_table}")
        keys.forget(before.pk)
        keys.add(job.pk, ((number, f"a{number}", f"n{number}") for number in range(2000)))
        with CaptureQueriesContext(connection) as captured:
            assert find(job.pk, (0, 0x10000)) == []
        cursor.execute(f"EXPLAIN {captured[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Join" in plan
    assert "Nested Loop" not in plan
