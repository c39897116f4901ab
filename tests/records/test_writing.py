"""How changed rows are written: what is sent of them, and that nothing else of them changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.records.writing import lock_rows, write_rows
from tests.factories import make_record

pytestmark = pytest.mark.django_db


def origin(job: str) -> dict[str, str]:
    return {"source": "IMPORT", "origin": job, "at": "2026-01-01T00:00:00.000000Z"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param({}, {"phone": origin("1")}, id="the first"),
        pytest.param(
            {"phone": origin("1")}, {"phone": origin("2"), "first_name": origin("2")}, id="added and replaced"
        ),
        pytest.param({"phone": origin("1"), "last_name": origin("1")}, {"phone": origin("2")}, id="one is taken away"),
        pytest.param({"phone": origin("1")}, {}, id="all are taken away"),
    ],
)
def test_a_provenance_is_afterwards_what_it_was_set_to(before: dict[str, Any], after: dict[str, Any]) -> None:
    changed, other, untouched = (make_record(provenance=before) for _ in range(3))

    with transaction.atomic():
        rows = {row.id: row for row in lock_rows([changed.pk, other.pk, untouched.pk])}
        rows[changed.pk].set("provenance", after)
        rows[other.pk].set("store_note", "Rings twice")
        assert write_rows(rows.values()) == {changed.pk, other.pk}

    for record in (changed, other, untouched):
        record.refresh_from_db()
    assert [changed.provenance, other.provenance, untouched.provenance] == [after, before, before]
    assert [changed.store_note, other.store_note] == ["", "Rings twice"]
