"""Files of jobs that died: see `test_jobs` for those that are removed for their age."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.db.models import F

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.bulk import exports, imports, undo, updates
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.core import sql
from saleor_customer_plus.customers.filters import RecordFilter
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import retention
from saleor_customer_plus.jobs.models import FOLDER, WORKING_FILE, BulkJob, JobState, bulk_storage
from saleor_customer_plus.notes import services as notes
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.factories import make_consent, make_order, make_record

pytestmark = pytest.mark.django_db


def grow_old(name: str) -> str:
    os.utime(bulk_storage().path(name), (0, 0))
    return name


def store(name: str) -> str:
    return bulk_storage().save(f"{FOLDER}/{name}", ContentFile(b"anna@example.com"))


def previewed() -> BulkJob:
    """An import whose rows are read from a file of our own, with one that is refused."""
    file = io.BytesIO("email\nanna@example.com\nnobody\n".encode("utf-16"))
    job = imports.of_file(file, ImportOptions(), actor=SYNC)
    return list(jobs.run(job.pk))[-1]


def test_files_that_a_killed_worker_left_are_removed_and_no_others() -> None:
    make_record()
    waiting = previewed()
    done = previewed()
    imports.start(done.pk, actor=done.actor)
    done = list(jobs.run(done.pk))[-1]
    exported = list(jobs.run(exports.create(RecordList(), ExportRequest(), actor=SYNC).pk))[-1]
    begun = exports.create(RecordList(), ExportRequest(), actor=SYNC)
    jobs.work(begun.pk, seconds=0)  # plans; what it stores is known before the job says so
    begun_name = bulk_storage().save(begun.chunks.get().spec["name"], ContentFile(b"half"))
    kept = [
        *(waiting.file.name, waiting.options[WORKING_FILE]),
        *(done.file.name, done.error_file.name),
        *(exported.result_file.name, begun_name),
    ]
    orphan, recent = grow_old(store("orphan")), store("recent")
    for name in kept:
        grow_old(name)

    retention.remove_orphans()

    assert not bulk_storage().exists(orphan)
    assert [name for name in [*kept, recent] if not bulk_storage().exists(name)] == []


# One word in all that is ever said of somebody, so that it is found wherever it is left.
NAME = "zebulon"


def where_the_name_is() -> set[str]:
    """The tables of ours that have it."""
    models = apps.get_app_config("saleor_customer_plus").get_models()
    return {model.__name__ for model in models if any(NAME in row.lower() for row in rows_of(model))}


def rows_of(model: Any) -> list[str]:
    return [row.told for row in sql.rows(sql.fill("SELECT t::text AS told FROM {table} t", table=sql.table(model)))]


def test_of_whoever_was_deleted_nothing_is_left_once_the_files_of_jobs_are_old() -> None:
    """Until then lists have the person that were sent, written, previewed or refused."""
    request = ImportOptions(has_header=True, make_leads=True, keep_unknown=True, tags=("Fair",))
    header = f"E-Mail,Name,Enquiry,{NAME} Street 1\n"  # a row that somebody says is the header
    text = f"{header}{NAME}@example.com,{NAME},What?,{NAME}\n{NAME},No,,\n"
    imported = imports.of_file(io.BytesIO(text.encode()), request, actor=SYNC)
    list(jobs.run(imported.pk))
    imported = finished(imports.start(imported.pk, actor=imported.actor))
    record = CustomerRecord.objects.get()
    reactions.orders_changed([str(make_order(f"{NAME}@example.com").pk)])
    note = notes.create(record.pk, f"{NAME} rang.", actor=SYNC)
    notes.edit(note.pk, text=f"{NAME} rang twice.", actor=SYNC)
    make_consent(record, evidence={"by": NAME})
    finished(exports.create(RecordList(search=NAME), ExportRequest(), actor=SYNC))
    changes = {"values": {"store_note": NAME}}
    listed = RecordList(filter=RecordFilter(company_name=NAME), search=NAME)
    finished(updates.create("set_fields", changes, of=listed, actor=SYNC, asked={"setFields": {"storeNote": NAME}}))
    updated = finished(updates.create("set_fields", changes, of=[record.pk], actor=SYNC))
    finished(undo.create(updated.pk, actor=SYNC))
    assert (imported.counters["created"], imported.counters["refused"]) == (1, 1)

    delete_records([record.pk], actor=SYNC)
    assert where_the_name_is() == {"BulkJob", "BulkChunk", "BulkProblem"}
    files = [file for job in BulkJob.objects.all() for file in (job.file, job.result_file, job.error_file) if file]

    BulkJob.objects.update(
        created_at=F("created_at") - timedelta(days=31), finished_at=F("finished_at") - timedelta(days=31)
    )
    retention.remove_old_files()
    assert where_the_name_is() == set()
    assert [bulk_storage().exists(file.name) for file in files] == [False] * 3


def finished(job: BulkJob) -> BulkJob:
    job = list(jobs.run(job.pk))[-1]
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job


def test_the_task_does_it() -> None:
    orphan = grow_old(store("orphan"))

    tasks.remove_orphans()

    assert not bulk_storage().exists(orphan)


def test_what_a_job_keeps_of_customers_can_be_removed_at_once() -> None:
    job = previewed()
    imports.start(job.pk, actor=job.actor)
    job = list(jobs.run(job.pk))[-1]
    names = [job.file.name, job.error_file.name]
    assert all(map(bulk_storage().exists, names))

    job = retention.forget(job.pk, actor=job.actor)

    assert not any(map(bulk_storage().exists, names))
    assert job.files_removed_at is not None
    assert (job.report, job.problems.count(), job.chunks.count()) == ({}, 0, 0)
    assert job.counters["created"] == 1
    with pytest.raises(CustomerPlusError):
        undo.create(job.pk, actor=SYNC)
    assert retention.forget(job.pk, actor=job.actor).files_removed_at == job.files_removed_at
