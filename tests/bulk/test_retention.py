"""Files of jobs that died: see `test_jobs` for those that are removed for their age."""

from __future__ import annotations

import io
import os

import pytest
from django.core.files.base import ContentFile

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.actions import SYNC
from saleor_customer_plus.bulk import exports, import_requests, jobs, retention
from saleor_customer_plus.bulk.export_options import Wish
from saleor_customer_plus.bulk.import_files import WORKING
from saleor_customer_plus.bulk.import_options import ImportOptions
from saleor_customer_plus.bulk.models import FOLDER, BulkJob, bulk_storage
from saleor_customer_plus.records.queries import RecordList
from tests.factories import make_record

pytestmark = pytest.mark.django_db


def grow_old(name: str) -> str:
    os.utime(bulk_storage().path(name), (0, 0))
    return name


def store(name: str) -> str:
    return bulk_storage().save(f"{FOLDER}/{name}", ContentFile(b"anna@example.com"))


def previewed() -> BulkJob:
    """An import whose rows are read from a file of our own, with one that is refused."""
    file = io.BytesIO("email\nanna@example.com\nnobody\n".encode("utf-16"))
    job = import_requests.of_file(file, ImportOptions(), actor=SYNC)
    return list(jobs.run(job.pk))[-1]


def test_files_that_a_killed_worker_left_are_removed_and_no_others() -> None:
    make_record()
    waiting = previewed()
    done = previewed()
    import_requests.start(done.pk)
    done = list(jobs.run(done.pk))[-1]
    exported = list(jobs.run(exports.create(RecordList(), Wish(), actor=SYNC).pk))[-1]
    begun = exports.create(RecordList(), Wish(), actor=SYNC)
    jobs.work(begun.pk, seconds=0)  # plans; what it stores is known before the job says so
    begun_name = bulk_storage().save(begun.chunks.get().spec["name"], ContentFile(b"half"))
    kept = [
        *(waiting.file.name, waiting.options[WORKING]),
        *(done.file.name, done.error_file.name),
        *(exported.result_file.name, begun_name),
    ]
    orphan, recent = grow_old(store("orphan")), store("recent")
    for name in kept:
        grow_old(name)

    retention.remove_orphans()

    assert not bulk_storage().exists(orphan)
    assert [name for name in [*kept, recent] if not bulk_storage().exists(name)] == []


def test_the_task_does_it() -> None:
    orphan = grow_old(store("orphan"))

    tasks.remove_orphans()

    assert not bulk_storage().exists(orphan)
