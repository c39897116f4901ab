"""Exports: what is in the file, in every format."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from saleor_customer_plus.bulk import exports, jobs
from saleor_customer_plus.bulk.export_options import Wish
from saleor_customer_plus.bulk.models import BulkJob, JobState
from saleor_customer_plus.records.filters import RecordFilter
from saleor_customer_plus.records.queries import RecordList

from ..factories import make_record
from .counting import STAFF

pytestmark = pytest.mark.django_db


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert (job.state, job.error_message) == (JobState.SUCCEEDED, "")
    return job


def export(records: RecordList | None = None, *, include_inactive: bool = False, **wish: Any) -> bytes:
    """What the file of an export holds."""
    job = exports.create(records or RecordList(), Wish(**wish), actor=STAFF, include_inactive=include_inactive)
    job = run(job)
    with job.result_file.open("rb") as file:
        return bytes(file.read())


def table(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_one_column() -> None:
    make_record("anna@example.com", first_name="Anna")
    make_record("ben@example.com", first_name="=Ben")
    assert export(columns=["email", "first_name"]) == (
        b"\xef\xbb\xbfEmail,First name\nanna@example.com,Anna\nben@example.com,'=Ben\n"
    )
