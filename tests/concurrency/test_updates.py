"""One action on many records by several workers, some of whom are killed."""

from __future__ import annotations

import random
import time
from collections import Counter
from functools import partial
from multiprocessing import get_context
from typing import Any

import pytest

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import selection, undo, updates
from saleor_customer_plus.bulk.updates import changes
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, JobState
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment

from ..factories import make_record, make_tag
from ..processes import at_once, start

STAFF = Actor(ActorType.STAFF, "7")
PEOPLE = 120


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of four records, ranges of ten, and changes that take a while."""
    monkeypatch.setattr(selection, "RANGE", 10)

    def slowly(apply: changes.Apply, *args: Any, **kwargs: Any) -> changes.Changed:
        done = apply(*args, **kwargs)
        time.sleep(0.01)
        return done

    for name, one in changes.CHANGES.items():
        monkeypatch.setitem(changes.CHANGES, name, changes.Change(partial(slowly, one.apply), 4, one.can_be_undone))


def worker(job: BulkJob) -> None:
    for _ in jobs.run(job.pk):
        pass


def assert_done(job: BulkJob, number: int = PEOPLE) -> None:
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.SUCCEEDED, "")
    assert (job.rows_total, job.counters["read"], job.counters["updated"]) == (number, number, number)


def logged(job: BulkJob) -> Counter[int]:
    """How often the job wrote into the log of each record."""
    return Counter(ActivityEntry.objects.filter(cause_id=str(job.pk)).values_list("record_id", flat=True))


def tagging() -> BulkJob:
    for _ in range(PEOPLE):
        make_record()
    return updates.create("tag", {"tag_ids": [make_tag().pk]}, of=RecordList(), actor=STAFF)


def test_two_workers() -> None:
    job = tagging()
    at_once(partial(worker, job), partial(worker, job))
    assert_done(job)
    assert set(logged(job).values()) == {1}
    assert TagAssignment.objects.count() == PEOPLE

    back = undo.create(job.pk, actor=STAFF)
    at_once(partial(worker, back), partial(worker, back))
    assert_done(back)
    assert set(logged(back).values()) == {1}
    assert not TagAssignment.objects.exists()


@pytest.mark.usefixtures("endless_starts")
@pytest.mark.slow
def test_workers_that_are_killed_at_any_moment() -> None:
    moments = random.Random(3)
    job = tagging()
    for _ in range(8):
        workers = start(partial(worker, job), partial(worker, job))
        time.sleep(moments.uniform(0.02, 0.2))
        for process in workers:
            process.kill()
            process.join()
    worker(job)
    assert_done(job)
    assert set(logged(job).values()) == {1}
    assert TagAssignment.objects.count() == PEOPLE


@pytest.mark.slow
def test_two_jobs_on_the_same_people_at_once() -> None:
    for _ in range(PEOPLE):
        make_record()
    values: list[dict[str, Any]] = [{"store_note": "One."}, {"company_name": "Two."}]
    made = [updates.create("set_fields", {"values": one}, of=RecordList(), actor=STAFF) for one in values]

    at_once(*[partial(worker, job) for job in made for _ in range(2)])

    for job in made:
        assert_done(job)
    assert set(CustomerRecord.objects.values_list("store_note", "company_name")) == {("One.", "Two.")}


def test_what_is_at_work_when_a_job_is_canceled_is_undone_too(monkeypatch: pytest.MonkeyPatch) -> None:
    job = tagging()
    tag, gate, applied = changes.CHANGES["tag"], get_context("fork").Event(), []

    def wait_at_the_third(*args: Any, **kwargs: Any) -> changes.Changed:
        applied.append(args)
        if len(applied) == 3:
            gate.wait(60)
        return tag.apply(*args, **kwargs)

    monkeypatch.setitem(changes.CHANGES, "tag", changes.Change(wait_at_the_third, 4, tag.can_be_undone))
    workers = start(partial(worker, job), partial(worker, job))
    while BulkChunk.objects.filter(job=job, phase="apply", is_done=True).count() < 4:
        time.sleep(0.005)
    lifecycle.cancel(job.pk, actor=job.actor)
    gate.set()
    back = undo.create(job.pk, actor=STAFF)
    worker(back)
    for process in workers:
        process.join()

    back.refresh_from_db()
    assert back.state == JobState.SUCCEEDED
    assert not TagAssignment.objects.exists()
