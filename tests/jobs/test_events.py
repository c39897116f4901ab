"""Who did what with a job, and in whose name it works from then on."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import SYNC, Actor
from saleor_customer_plus.bulk import imports, undo
from saleor_customer_plus.bulk.imports import accounts, scan
from saleor_customer_plus.bulk.imports.options import ImportOptions
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import events, kinds, lifecycle, retention
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from saleor_customer_plus.records.models import CustomerRecord

from ..bulk.counting import Counting, make, numbers_of

pytestmark = pytest.mark.django_db

ANNA, BO, CAT, DAN = (Actor(ActorType.STAFF, str(number)) for number in (1, 2, 3, 4))
SHOP_APP = Actor(ActorType.APP, "7")


def told(job: BulkJob) -> list[tuple[str, Actor]]:
    return [(event.type, event.actor) for event in events.events_of([job.pk])[job.pk]]


def run(job: BulkJob, steps: int = 10_000) -> BulkJob:
    for _, _step in zip(range(steps), jobs.run(job.pk), strict=False):
        pass
    job.refresh_from_db()
    return job


def logged(type: str) -> list[Actor]:
    entries = ActivityEntry.objects.filter(type=type).order_by("id")
    return [Actor(ActorType(entry.actor_type), entry.actor_id) for entry in entries]


def a_list(people: int, **options: Any) -> BulkJob:
    content = "email\n" + "".join(f"person{n}@example.com\n" for n in range(people))
    return imports.of_file(io.BytesIO(content.encode()), ImportOptions(**options), actor=ANNA, name="Anna Rossi.csv")


def test_a_job_is_logged_in_the_name_of_whoever_started_it_and_then_of_whoever_retried_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 2)
    job = run(a_list(4))
    assert job.state == JobState.READY
    imports.change(job.pk, ImportOptions(), actor=DAN)
    run(job)
    imports.start(job.pk, actor=BO)
    run(job, steps=2)  # begins to write, and writes the first two
    lifecycle.cancel(job.pk, actor=DAN)
    run(job)
    assert CustomerRecord.objects.count() == 2

    lifecycle.retry(job.pk, actor=SHOP_APP)
    run(job)
    undoing = run(undo.create(job.pk, actor=CAT))

    assert told(job) == [
        ("CREATED", ANNA),
        ("CHANGED", DAN),
        ("STARTED", BO),
        ("CANCELED", DAN),
        ("RETRIED", SHOP_APP),
        ("UNDONE", CAT),
    ]
    assert told(undoing) == [("CREATED", CAT)]
    assert (job.actor, undoing.actor) == (SHOP_APP, CAT)
    assert CustomerRecord.objects.count() == 0


@pytest.mark.parametrize("retrier", [BO, SHOP_APP, SYNC])
def test_the_log_names_who_let_each_part_be_done(monkeypatch: pytest.MonkeyPatch, retrier: Actor) -> None:
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 2)
    job = run(a_list(4))
    imports.start(job.pk, actor=BO)
    run(job, steps=2)
    lifecycle.cancel(job.pk, actor=BO)
    lifecycle.retry(job.pk, actor=retrier)
    run(job)
    assert logged("RECORD_CREATED") == [BO, BO, retrier, retrier]


def test_what_is_refused_leaves_no_trace_in_the_history() -> None:
    job = make()
    for act in (lifecycle.start, lifecycle.retry):
        with pytest.raises(CustomerPlusError):
            act(job.pk, actor=BO)
    with pytest.raises(CustomerPlusError):
        retention.forget(job.pk, actor=BO)
    assert told(job) == [("CREATED", Actor(ActorType.STAFF, "1"))]
    assert BulkJob.objects.get(pk=job.pk).actor.id == "1"


def test_whoever_may_not_open_accounts_neither_starts_nor_retries_a_list_that_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def check(actor: Actor) -> None:
        if actor != ANNA:
            raise CustomerPlusError("This one may not.")

    monkeypatch.setattr(accounts, "check", check)
    job = run(a_list(1, make_accounts=True))
    with pytest.raises(CustomerPlusError):
        imports.start(job.pk, actor=BO)
    job.refresh_from_db()
    assert (job.state, job.actor) == (JobState.READY, ANNA)
    lifecycle.cancel(job.pk, actor=BO)
    with pytest.raises(CustomerPlusError):
        lifecycle.retry(job.pk, actor=BO)
    assert lifecycle.retry(job.pk, actor=ANNA).state == JobState.PENDING


def test_a_retried_job_is_done_by_the_task_that_the_retry_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Counting())
    job = make(total=10, size=3)
    run(job, steps=2)
    lifecycle.cancel(job.pk, actor=ANNA)
    lifecycle.retry(job.pk, actor=BO)

    tasks.run_job(job.pk)  # and no tick of beat

    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert numbers_of(job) == list(range(10))


def test_a_retry_sends_as_many_workers_as_there_are_chunks_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Counting())
    job = make(total=50, size=2)
    run(job, steps=2)
    lifecycle.cancel(job.pk, actor=ANNA)
    lifecycle.retry(job.pk, actor=BO)
    assert jobs.work(job.pk, seconds=60) == jobs.WORKERS


KEPT: dict[str, Callable[[Any], bool]] = {
    # Numbers, times, and what the plugin itself chose: nothing that anybody typed, and nothing of a file.
    "BulkJob": lambda field: (
        field.name
        in {
            *("id", "kind", "state", "phase", "is_confirmed", "counters", "rows_total", "bytes_total", "bytes_done"),
            *("error_code", "actor_type", "actor_id", "undoes", "created_at", "started_at", "phase_started_at"),
            "worked_at",
            *("finished_at", "files_removed_at", "options"),
        }
    ),
}


def test_of_a_forgotten_job_no_column_keeps_anything_of_anybody() -> None:
    """Every column is either one that tells nothing, or blank. One that is added has to be thought of here."""
    secret = "Verena Geheim"
    job = run(
        a_list(
            3,
            tags=(secret,),
            wording=secret,
            wording_version=secret,
            mapping={secret: "email"},
            sheet="",
            format="none",
        )
    )
    BulkJob.objects.filter(pk=job.pk).update(error_message=secret, file_name=f"{secret}.csv")

    retention.forget(job.pk, actor=BO)

    job.refresh_from_db()
    for field in BulkJob._meta.concrete_fields:
        value = getattr(job, field.attname)
        assert KEPT["BulkJob"](field) or not value, f"{field.name} is kept"
        assert secret not in str(value)
    for value in job.options.values():
        for one in value if isinstance(value, list) else [value]:
            assert one is None or isinstance(one, bool | int) or one in ("", "none") or one.isupper()
    assert told(job)[-1] == ("FORGOTTEN", BO)
    assert not job.problems.exists()
    assert not job.chunks.exists()
