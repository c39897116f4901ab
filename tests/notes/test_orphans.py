"""Files without a row, and rows without a file."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile

from saleor_customer_plus import tasks
from saleor_customer_plus.notes.models import Attachment
from saleor_customer_plus.notes.orphans import Sweep, remove_orphans
from tests.factories import change, make_note
from tests.storage import Storage

pytestmark = pytest.mark.django_db

FOLDER = "customer-plus/attachments"


def store(storage: Storage, name: str, *, hours: float = 48) -> str:
    path = storage.save(f"{FOLDER}/{name}", ContentFile(b"x"))
    moment = time.time() - hours * 3600
    os.utime(storage.path(path), (moment, moment))
    return path


def make_attachment(path: str, *, hours: float = 48) -> Attachment:
    row = Attachment.objects.create(note=make_note(), file=path, name="a.txt", content_type="text/plain", size=1)
    change(row, created_at=row.created_at - timedelta(hours=hours))
    return row


def test_old_files_without_a_row_are_removed_and_no_others(storage: Storage) -> None:
    known = store(storage, "known")
    make_attachment(known)
    store(storage, "orphan")
    under_way = store(storage, "under-way", hours=23)
    elsewhere = storage.save("customer-plus/images/orphan", ContentFile(b"x"))
    os.utime(storage.path(elsewhere), (0, 0))

    assert remove_orphans() == Sweep(removed=1, broken=[])

    assert storage.paths() == sorted([known, under_way, elsewhere])
    assert remove_orphans() == Sweep(removed=0, broken=[])


def test_rows_without_a_file_are_told(storage: Storage, caplog: pytest.LogCaptureFixture) -> None:
    broken = make_attachment(f"{FOLDER}/gone")
    make_attachment(f"{FOLDER}/just-being-stored", hours=1)

    assert remove_orphans() == Sweep(removed=0, broken=[broken.pk])

    assert f"The files of 1 attachments are not in the storage: [{broken.pk}]" in caplog.text
    assert Attachment.objects.count() == 2


def test_nothing_was_ever_attached(storage: Storage) -> None:
    assert remove_orphans() == Sweep(removed=0, broken=[])


def test_a_file_that_cannot_be_removed_does_not_stop_the_others(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = store(storage, "a"), store(storage, "b")
    delete = storage.delete

    def fail_at_the_first(path: str) -> None:
        if path == first:
            raise OSError
        delete(path)

    monkeypatch.setattr(storage, "delete", fail_at_the_first)

    assert remove_orphans() == Sweep(removed=1, broken=[])
    assert storage.paths() == [first]
    assert second not in storage.paths()


def test_the_task_does_it(storage: Storage) -> None:
    store(storage, "orphan")

    tasks.remove_orphans.delay()

    assert storage.paths() == []


def test_celery_beat_runs_it(settings: Any) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["customer-plus-orphans"]

    assert entry == {"task": tasks.remove_orphans.name, "schedule": 86_400}
