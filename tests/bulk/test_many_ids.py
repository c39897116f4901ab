"""Ten thousand records that are named by their ids: listed, exported and updated in as many statements as a few."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.core import sql
from saleor_customer_plus.core.paging.pages import Window, page
from saleor_customer_plus.customers.filters import RecordFilter
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord

from ..client import Api
from ..factories import make_record
from .counting import APP

pytestmark = pytest.mark.django_db

MANY, FEW = 10_000, 10


@pytest.fixture
def ids() -> list[int]:
    """The ids of many records, among others: copies of one."""
    copied = [
        field.column
        for field in CustomerRecord._meta.concrete_fields
        if field.column not in ("id", "email") and not getattr(field, "generated", False)
    ]
    made = sql.rows(
        sql.fill(
            """
            INSERT INTO {records} (email, {copied})
            SELECT 'a' || serial || '@example.com', {copied} FROM {records}, generate_series(1, {number}) serial
            WHERE id = {original} RETURNING id
            """,
            records=sql.table(CustomerRecord),
            copied=sql.columns(copied),
            number=MANY + 100,
            original=make_record().pk,
        )
    )
    return [row.id for row in made[:MANY]]


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job


def listed(ids: list[int]) -> int:
    wanted = RecordList(RecordFilter(ids=ids))
    assert len(page(wanted.ordering, Window(5)).edges) == 5
    return wanted.count()


def exported(ids: list[int]) -> int:
    job = run(exports.create(RecordList(RecordFilter(ids=ids)), ExportRequest(columns=["email"]), actor=APP))
    with job.result_file.open("rb") as file:
        assert len(file.read().splitlines()) == len(ids) + 1
    return int(job.counters["read"])


def test_they_are_listed_and_exported(ids: list[int]) -> None:
    for action in (listed, exported):
        with CaptureQueriesContext(connection) as few:
            assert action(ids[:FEW]) == FEW
        with CaptureQueriesContext(connection) as many:
            assert action(ids) == MANY
        assert len(many) == len(few), action


UPDATE = """
    mutation ($ids: [ID!]) {
      customerRecordsBulkUpdate(ids: $ids, action: {setTaxExempt: true}) { job { id } errors { field message } }
    }
"""


def test_they_are_selected_for_a_bulk_update(api: Api, ids: list[int]) -> None:
    def selected(record_ids: list[int]) -> int:
        """The number of statements that it takes to make the job and to plan its chunks."""
        global_ids = [to_global_id("CustomerRecord", one) for one in record_ids]
        with CaptureQueriesContext(connection) as captured:
            answer: Any = api(UPDATE, ids=global_ids)["customerRecordsBulkUpdate"]
            assert answer["errors"] == []
            job = BulkJob.objects.latest("pk")
            jobs._advance(job.pk)
        assert sum(len(chunk.spec["ids"]) for chunk in job.chunks.all()) == len(record_ids)
        run(job)
        assert job.counters["updated"] + job.counters["unchanged"] == len(record_ids)
        return len(captured)

    selected(ids[:1])  # Saleor reads its own settings once
    assert selected(ids[:FEW]) == selected(ids)
    assert CustomerRecord.objects.filter(is_tax_exempt=True).count() == MANY
