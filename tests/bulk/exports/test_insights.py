"""The columns of RFM groups and expected orders."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports.options import ExportRequest, resolve
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.insights import insights_job
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.settings import DEFAULTS

from ...insights.stores import Bought, build
from ..counting import APP

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]

COLUMNS = ["rfm_group", "days_between_orders", "next_order_expected_at"]
# From January 31, 2025, 20:00 UTC.
STORE = [Bought(0, 0), Bought(0, 24 * 10), Bought(0, 24 * 25), Bought(1, 0)]


def finish(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == "SUCCEEDED", job.error_message
    return job


def table(**options: Any) -> list[list[str]]:
    """The lines of the file, in the order of the records' ids."""
    job = finish(exports.create(RecordList(), ExportRequest(**options), actor=APP))
    with job.result_file.open("rb") as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"))))


def test_the_columns() -> None:
    build(STORE, people=3)
    finish(insights_job.create())
    assert table(columns=COLUMNS) == [
        ["RFM group", "Days between orders", "Next order expected"],
        ["ACTIVE", "12.5", "2025-03-10 08:00:00Z"],
        ["ALMOST_LOST", "", ""],
        ["PROSPECTS", "", ""],
    ]


def test_in_several_currencies_each_has_its_columns() -> None:
    build([*STORE, Bought(1, 0, currency="USD")], people=2)
    finish(insights_job.create())
    assert table(columns=["rfm_group"]) == [
        ["RFM group (EUR)", "RFM group (USD)"],
        ["ACTIVE", ""],
        ["ALMOST_LOST", "NEW"],
    ]
    assert table(columns=["rfm_group:USD"])[0] == ["RFM group (USD)"]
    assert table(columns=["days_between_orders"], currency="EUR", decimal_separator=",")[0] == ["Days between orders"]


def test_they_are_there_only_if_they_are_asked_for() -> None:
    build(STORE, people=2)
    assert "RFM group" not in table()[0]


@pytest.mark.parametrize("column", [*COLUMNS, "rfm_group:EUR"])
def test_whoever_is_restricted_to_channels_is_refused(column: str) -> None:
    with pytest.raises(CustomerPlusError, match="access to all channels") as caught:
        resolve(ExportRequest(columns=["email", column]), DEFAULTS, frozenset({1}))
    assert (caught.value.code, caught.value.field) == (ErrorCode.OUT_OF_SCOPE, "columns")
