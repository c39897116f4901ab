"""What the cells of a column tell together."""

from __future__ import annotations

import json

import pytest

from saleor_customer_plus.bulk.imports import scan
from saleor_customer_plus.bulk.imports.column_findings import ColumnFindings, classifier_of
from saleor_customer_plus.records.models import CustomerRecord

from .test_import_job import load


def test_the_findings_of_parts_add_up_and_are_kept_as_json() -> None:
    parts = [ColumnFindings(), ColumnFindings()]
    for part, index, kind in ((0, 2, "a"), (0, 2, "b"), (1, 2, "a"), (1, 5, "a")):
        parts[part].add(index, kind)
    kept = [ColumnFindings.of_json(json.loads(json.dumps(part.to_json()))) for part in parts]
    whole = ColumnFindings.merged(kept)
    assert (dict(whole.of(2)), dict(whole.of(5)), dict(whole.of(7))) == ({"a": 2, "b": 1}, {"a": 1}, {})


def test_only_columns_that_tell_something_together_are_looked_at() -> None:
    assert [key for key in ("email", "created_at", "attribute:x", "unsubscribed_at") if classifier_of(key)] == [
        "created_at",
        "unsubscribed_at",
    ]


@pytest.mark.django_db
def test_the_order_of_day_and_month_is_told_by_any_row_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "ROWS_SCANNED", 50)
    rows = "".join(f"u{number}@example.com,2/1/2024\n" for number in range(250))
    job = load(f"email,created\n{rows}last@example.com,1/31/2024\n")
    assert job.report["file"]["month_first"] is True
    months = set(CustomerRecord.objects.values_list("created_at__month", "created_at__day"))
    assert months == {(2, 1), (1, 31)}
