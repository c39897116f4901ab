"""Imports by several processes at once, and by processes that are killed."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connections
from django.db.models import Count

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk.imports import scan
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from saleor_customer_plus.records import bulk_writing as records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.tags.models import TagAssignment

from .. import processes
from ..factories import make_order, make_record

PEOPLE = 60


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "ROWS_SCANNED", 25)
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 5)


def make(name: str, *, order: list[int]) -> BulkJob:
    lines = [f'person{n}@example.com,{name}{n},"vip, tag{n % 3}"' for n in order]
    return make_list("email,first name,tags\n" + "\n".join(lines))


def make_list(content: str) -> BulkJob:
    return lifecycle.create(
        JobKind.IMPORT,
        actor=Actor(ActorType.STAFF, "1"),
        options=ImportOptions(show_preview=False).to_json(),
        file=ContentFile(content.encode(), name="list.csv"),
        is_confirmed=True,
    )


def work_at(job: BulkJob) -> Any:
    def work() -> None:
        for _ in jobs.run(job.pk):
            pass

    return work


def is_complete() -> None:
    assert CustomerRecord.objects.count() == PEOPLE
    tagged = TagAssignment.objects.values("record").annotate(n=Count("id"))
    assert {row["n"] for row in tagged} == {2}
    assert len(tagged) == PEOPLE
    made = ActivityEntry.objects.filter(type="RECORD_CREATED").values("record").annotate(n=Count("id"))
    assert {row["n"] for row in made} == {1}


@pytest.mark.slow
def test_two_workers_at_one_import_and_two_imports_at_once() -> None:
    numbers = list(range(PEOPLE))
    one, other = make("A", order=numbers), make("B", order=numbers[::-1])
    order = make_order("person7@example.com")
    processes.at_once(
        work_at(one), work_at(one), work_at(other), work_at(other), lambda: tasks.sync_orders([str(order.pk)])
    )
    for job in (one, other):
        job.refresh_from_db()
        assert (job.state, job.counters["read"]) == (JobState.SUCCEEDED, PEOPLE), job.error_message
    assert set(CustomerRecord.objects.values_list("order_count", flat=True)) == {0, 1}
    is_complete()


@pytest.fixture
def taking(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Numbers, each of which somebody takes for a record right after the import looked who has which."""
    queue: list[tuple[str, str]] = []
    look = records.holders_of_numbers

    def look_and_lose(numbers: Any) -> Any:
        found = look(numbers)
        if queue:
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(take, *queue.pop(0)).result()
        return found

    def take(email: str, number: str) -> None:
        CustomerRecord.objects.filter(email=email).update(number=number)
        connections.close_all()

    monkeypatch.setattr(records, "holders_of_numbers", look_and_lose)
    return queue


def test_a_number_that_somebody_takes_at_this_moment_is_left_out_of_its_row_and_no_other(
    taking: list[tuple[str, str]],
) -> None:
    for name in ("a", "b", "c", "x", "y"):
        make_record(f"{name}@example.com")
    job = make_list("email,number,tags\na@example.com,K1,vip\nb@example.com,K2,vip\nc@example.com,K3,vip\n")
    # Twice: it is tried a third time.
    taking += [("x@example.com", "K1"), ("y@example.com", "K3")]

    work_at(job)()

    job.refresh_from_db()
    assert (job.state, job.counters) == (JobState.SUCCEEDED, {"read": 3, "updated": 3, "with_warnings": 2})
    told = [
        (problem.row_number, problem.reasons[0]["code"], problem.reasons[0]["id"])
        for problem in job.problems.order_by("place")
    ]
    holders = [to_global_id("CustomerRecord", CustomerRecord.objects.get(number=number).pk) for number in ("K1", "K3")]
    assert told == [(2, "UNIQUE", holders[0]), (4, "UNIQUE", holders[1])]
    numbers = CustomerRecord.objects.exclude(number=None).order_by("number").values_list("number", "email")
    assert list(numbers) == [("K1", "x@example.com"), ("K2", "b@example.com"), ("K3", "y@example.com")]
    assert TagAssignment.objects.count() == 3
    assert ActivityEntry.objects.filter(type="DETAILS_EDITED").count() == 1


def test_somebody_new_whose_number_is_taken_at_this_moment_is_made_without_it(taking: list[tuple[str, str]]) -> None:
    make_record("x@example.com")
    job = make_list("email,number,tags\na@example.com,K1,vip\nb@example.com,K2,vip\n")
    taking += [("x@example.com", "K1")]

    work_at(job)()

    job.refresh_from_db()
    assert (job.state, job.counters) == (JobState.SUCCEEDED, {"read": 2, "created": 2, "with_warnings": 1})
    ((reason,),) = job.problems.values_list("reasons", flat=True)
    holder = to_global_id("CustomerRecord", CustomerRecord.objects.get(email="x@example.com").pk)
    assert (reason["code"], reason["id"]) == ("UNIQUE", holder)
    numbers = dict(CustomerRecord.objects.values_list("email", "number"))
    assert numbers == {"x@example.com": "K1", "a@example.com": None, "b@example.com": "K2"}
    assert TagAssignment.objects.count() == 2


@pytest.mark.usefixtures("endless_starts")
@pytest.mark.slow
def test_workers_that_are_killed_cost_nothing() -> None:
    moments = random.Random(13)
    job = make("A", order=list(range(PEOPLE)))
    for _ in range(8):
        (worker,) = processes.start(work_at(job))
        time.sleep(moments.uniform(0.05, 0.6))
        worker.kill()
        worker.join()
    processes.at_once(work_at(job))
    job.refresh_from_db()
    assert (job.state, job.counters) == (JobState.SUCCEEDED, {"read": PEOPLE, "created": PEOPLE}), job.error_message
    is_complete()
