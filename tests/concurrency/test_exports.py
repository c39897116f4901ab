"""Exports while others write, while workers are killed, and while somebody watches."""

from __future__ import annotations

import os
import random
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.bulk import exports
from saleor_customer_plus.bulk.exports import writers
from saleor_customer_plus.bulk.exports.options import ExportRequest
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle, progress
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord

from ..bulk.counting import APP
from ..processes import start
from ..properties import sampled

fork = get_context("fork")
PEOPLE = 800


@pytest.fixture(autouse=True)
def _people() -> None:
    CustomerRecord.objects.bulk_create(
        CustomerRecord(email=f"p{number:04}@example.com", first_name="0") for number in range(PEOPLE)
    )


def make(**options: Any) -> BulkJob:
    return exports.create(
        RecordList(), ExportRequest(columns=["email", "first_name"], encoding="UTF-8", **options), actor=APP
    )


def worker(job: BulkJob) -> None:
    for _ in jobs.run(job.pk):
        pass


def rows(job: BulkJob) -> list[list[str]]:
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.SUCCEEDED, "")
    with job.result_file.open("rb") as file:
        return [line.split(",") for line in file.read().decode().splitlines()[1:]]


def write_versions(until: Any) -> None:
    """Give everybody the next version, in one transaction each."""
    version = 0
    while not until.is_set():
        version += 1
        with transaction.atomic():
            half = CustomerRecord.objects.filter(email__lt=f"p{PEOPLE // 2:04}")
            half.update(first_name=str(version))
            CustomerRecord.objects.exclude(pk__in=half.values("pk")).update(first_name=str(version))


@pytest.mark.parametrize("file_format", sampled(["csv", "jsonl"], one_in=2))
def test_an_export_is_a_state_that_existed(file_format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "GATHERED", 300)
    monkeypatch.setattr(writers, "FETCHED", 30)
    monkeypatch.setattr(progress.Watch, "listener", lambda _rows: time.sleep(0.005))  # let the writer go on meanwhile
    enough = fork.Event()
    (process,) = start(partial(write_versions, enough))
    versions: set[str] = set()
    for _ in range(100):
        job = make(format=file_format)
        worker(job)
        job.refresh_from_db()
        with job.result_file.open("rb") as file:
            lines = file.read().decode().splitlines()[file_format == "csv" :]
        assert len(lines) == PEOPLE
        found = {line.rpartition("," if file_format == "csv" else ": ")[2] for line in lines}
        assert len(found) == 1  # nobody is of another version than the rest
        versions |= found
        if len(versions) == 4:
            break
    enough.set()
    process.join()
    assert len(versions) == 4  # somebody did write meanwhile


@pytest.mark.usefixtures("endless_starts")
@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_no_part_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "GATHERED", 600)
    monkeypatch.setattr(progress.Watch, "listener", lambda _rows: time.sleep(0.002))
    moments = random.Random(5)
    job = make()
    for _ in range(8):
        (process,) = start(partial(worker, job))
        time.sleep(moments.uniform(0.02, 0.2))
        process.kill()
        process.join()
        job.refresh_from_db()
        if job.state == JobState.SUCCEEDED:
            break
        assert not job.result_file
    monkeypatch.setattr(progress.Watch, "listener", None)
    worker(job)
    assert rows(job) == [[f"p{number:04}@example.com", "0"] for number in range(PEOPLE)]
    stored = Path(job.result_file.path)
    assert [path.name for path in stored.parent.glob(f"{stored.stem}*")] == [stored.name]
    assert os.stat(stored).st_size == job.bytes_total


def test_progress_is_seen_while_the_file_is_written_and_a_cancel_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "GATHERED", 300)
    monkeypatch.setattr(progress, "PAUSE", 0)
    go_on = fork.Semaphore(5)  # the worker takes no step that the test did not allow
    monkeypatch.setattr(progress.Watch, "listener", lambda _rows: go_on.acquire(timeout=60))
    job = make()
    (process,) = start(partial(worker, job))
    seen: list[int] = []
    while len(set(seen)) < 3:
        job.refresh_from_db()
        assert job.state in (JobState.PENDING, JobState.RUNNING)
        seen.append(job.counters.get("read", 0))
        time.sleep(0.02)
        go_on.release()
    assert seen == sorted(seen)
    assert 0 < max(seen) < PEOPLE

    lifecycle.cancel(job.pk, actor=job.actor)
    go_on.release()
    process.join()

    job.refresh_from_db()
    assert (job.state, job.result_file.name) == (JobState.CANCELED, "")
    assert not job.chunks.filter(is_done=True).exists()
