"""Imports from the file to the records."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.base import ContentFile

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.actions import Actor
from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.bulk import jobs
from saleor_customer_plus.bulk.import_options import ImportOptions
from saleor_customer_plus.bulk.models import BulkJob, JobKind, JobState
from saleor_customer_plus.records.models import CustomerRecord

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorType.STAFF, "1")


def make(content: bytes | str, name: str = "list.csv", **options: Any) -> BulkJob:
    raw = content.encode() if isinstance(content, str) else content
    chosen = ImportOptions(**{"wants_preview": False, **options})
    return jobs.create(
        JobKind.IMPORT,
        actor=STAFF,
        options=chosen.to_json(),
        file=ContentFile(raw, name=name),
        file_name=name,
        is_confirmed=not chosen.wants_preview,
    )


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    return job


def load(content: bytes | str, name: str = "list.csv", **options: Any) -> BulkJob:
    job = run(make(content, name, **options))
    assert job.state == JobState.SUCCEEDED, (job.error_code, job.error_message)
    return job


def test_a_plain_list_makes_records() -> None:
    job = load("Email,First name,Last name,Phone,Country\nAnna@Example.com,Anna,Rossi,030 1234567,Germany\n")
    assert job.counters == {"read": 1, "created": 1}
    record = CustomerRecord.objects.get()
    assert (record.email, record.first_name, record.last_name) == ("anna@example.com", "Anna", "Rossi")
    assert (record.phone, record.country_code, record.sources) == ("+49301234567", "DE", ["IMPORT"])
