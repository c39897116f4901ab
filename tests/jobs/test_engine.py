"""The life of a job, in one process."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.core.files.base import ContentFile
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.jobs import chunks as claims
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import kinds, lifecycle, notifications, queries, retention
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, BulkProblem, JobKind, JobState
from saleor_customer_plus.saleor_adapter import host

from ..bulk.counting import Counting, make, numbers_of
from ..factories import change, make_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, counting)
    return counting


def run(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    return job


def test_a_job_goes_through_its_phases_and_ends_once(kind: Counting) -> None:
    job = run(make(total=10, size=3))

    assert (job.state, job.phase, job.rows_total) == (JobState.SUCCEEDED, "check", 10)
    assert numbers_of(job) == list(range(10))
    assert job.counters == {"read": 10, "created": 10, "updated": 4, "refused": 0}
    assert job.bytes_done == 100
    assert job.report == {"sum": 14}
    assert job.created_at <= job.started_at <= job.phase_started_at <= job.finished_at
    assert kind.finished == [job.pk]


def test_a_task_that_comes_again_after_the_end_does_nothing(kind: Counting) -> None:
    job = run(make())
    tasks.run_job(job.pk)
    assert numbers_of(job) == list(range(10))
    assert kind.finished == [job.pk]


def test_a_task_hands_over_to_as_many_as_there_are_chunks(kind: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.run_job, "apply_async", lambda args, **_options: sent.extend(args))
    job = make(total=50, size=2)

    tasks.run_job(job.pk)  # plans
    assert sent == [job.pk] * jobs.WORKERS

    assert jobs.work(job.pk, seconds=0) == 1  # time is up after one chunk
    assert numbers_of(job) == [0, 1]


def test_the_task_does_all_of_a_job(kind: Counting) -> None:
    job = make(total=50, size=2)
    tasks.run_job(job.pk)  # tasks are run at once here
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert numbers_of(job) == list(range(50))


class Previewed(Counting):
    def waits_after(self, job: BulkJob, phase: str) -> bool:
        return phase == "write"


def test_a_job_that_is_previewed_waits_for_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Previewed())
    job = run(make())
    assert (job.state, job.phase, job.counters["created"]) == (JobState.READY, "write", 10)
    assert run(job).state == JobState.READY  # working on it does not start it

    lifecycle.start(job.pk, actor=job.actor)

    assert run(job).state == JobState.SUCCEEDED
    assert job.counters["updated"] == 4
    with pytest.raises(CustomerPlusError, match="Cannot start a job that is SUCCEEDED"):
        lifecycle.start(job.pk, actor=job.actor)


def test_a_job_that_nobody_needs_to_see_first_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Previewed())
    job = make()
    change(job, is_confirmed=True)
    assert run(job).state == JobState.SUCCEEDED


def test_a_canceled_job_keeps_what_was_done_and_goes_on_after_a_retry(kind: Counting) -> None:
    job = make()
    steps = jobs.run(job.pk)
    for _ in range(3):  # the plan, and two chunks
        next(steps)
    lifecycle.cancel(job.pk, actor=job.actor)

    assert run(job).state == JobState.CANCELED
    assert job.finished_at is not None
    assert numbers_of(job) == list(range(6))
    assert job.counters["created"] == 6

    lifecycle.retry(job.pk, actor=job.actor)
    assert run(job).state == JobState.SUCCEEDED
    assert numbers_of(job) == list(range(10))
    assert job.counters == {"read": 10, "created": 10, "updated": 4, "refused": 0}


class Failing(Counting):
    """Fails at one chunk as often as it is told."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        counted = super().work(job, chunk)
        if self.errors and chunk.number == 2:
            raise self.errors.pop(0)
        return counted


def test_what_failed_leaves_nothing_of_its_chunk_and_can_be_retried(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Failing(ValueError("anna@example.com is odd")))
    with caplog.at_level(logging.ERROR):
        job = run(make())
    assert (job.state, job.error_code) == (JobState.FAILED, "INTERNAL")
    assert job.error_message.startswith("Something went wrong. Retry the job")
    assert "ValueError" in caplog.text
    assert "anna" not in caplog.text + job.error_message
    assert numbers_of(job) == list(range(6))

    lifecycle.retry(job.pk, actor=job.actor)
    job.refresh_from_db()
    assert (job.state, job.error_code, job.error_message, job.finished_at) == (JobState.PENDING, "", "", None)
    assert run(job).state == JobState.SUCCEEDED
    assert numbers_of(job) == list(range(10))


def test_an_error_that_the_merchant_can_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    error = CustomerPlusError("The file is no list.", code=ErrorCode.UNSUPPORTED_FILE)
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Failing(error))
    job = run(make())
    assert (job.error_code, job.error_message) == ("UNSUPPORTED_FILE", "The file is no list.")


def test_a_deadlock_does_not_end_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Failing(OperationalError("deadlock detected")))
    job = make()
    jobs.work(job.pk, seconds=0)
    with pytest.raises(OperationalError):  # Celery tries again
        jobs.work(job.pk, seconds=60)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    assert run(job).state == JobState.SUCCEEDED


def test_what_contradicts_others_is_tried_again_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    def errors(number: int) -> list[Exception]:
        return [IntegrityError("K-1 is taken") for _ in range(number)]

    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Failing(*errors(jobs.TRIES - 1)))
    job = run(make())
    assert (job.state, numbers_of(job)) == (JobState.SUCCEEDED, list(range(10)))

    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, kind := Failing(*errors(jobs.TRIES + 1)))
    job = run(make())
    assert (job.state, job.error_code, len(kind.errors)) == (JobState.FAILED, "INTERNAL", 1)
    assert numbers_of(job) == list(range(6))


class Killed(BaseException):
    """Stands for the end of a process: nobody catches it."""


class Deadly(Counting):
    """Kills whoever works at one chunk, as one does that needs more memory than there is."""

    is_deadly = True

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        counted = super().work(job, chunk)
        if self.is_deadly and chunk.number == 1:
            raise Killed
        return counted


def deaths(job: BulkJob) -> int:
    for number in range(20):
        try:
            run(job)
        except Killed:
            continue
        return number
    raise AssertionError("it is begun without end")


def test_a_chunk_that_kills_its_workers_ends_the_job_and_is_begun_again_after_a_retry(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    kind = Deadly()
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, kind)
    job = make()

    for _ in range(2):
        assert deaths(job) == claims.STARTS == 5
        job.refresh_from_db()
        assert (job.state, job.error_code) == (JobState.FAILED, "WORKER_LOST")
        assert "died 5 times at the same step" in job.error_message
        assert "retry the job" in job.error_message
        assert numbers_of(job) == [0, 1, 2, 6, 7, 8, 9]  # it kept nobody from the rest
        assert f"Job {job.pk} failed: 5 workers died at the same chunk" in caplog.text
        lifecycle.retry(job.pk, actor=job.actor)
        assert set(job.chunks.filter(is_done=False).values_list("starts", flat=True)) == {0}

    kind.is_deadly = False
    assert deaths(job) == 0
    job.refresh_from_db()
    assert (job.state, numbers_of(job)) == (JobState.SUCCEEDED, list(range(10)))


def test_workers_that_die_at_different_chunks_do_not_end_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unlucky(Counting):
        killed: ClassVar[set[int]] = set()

        def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
            if chunk.pk not in self.killed:
                self.killed.add(chunk.pk)
                raise Killed
            return super().work(job, chunk)

    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Unlucky())
    job = make(total=10, size=2)

    assert deaths(job) == 10  # five chunks that write, five that check
    assert (job.state, numbers_of(job)) == (JobState.SUCCEEDED, list(range(10)))


class Stepping(Counting):
    """Writes one number at a time, each in a step of its chunk. Dies or fails as it is told before some of them."""

    phases = ("write",)

    def __init__(self, **errors: BaseException) -> None:
        super().__init__()
        self.errors = {int(number.removeprefix("at_")): error for number, error in errors.items()}

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        number = chunk.spec["from"] if chunk.position is None else chunk.position
        BulkProblem.objects.create(job=job, row_number=number)
        if (error := self.errors.get(number)) is not None:
            raise error
        chunk.position = number + 1 if number + 1 < chunk.spec["to"] else None
        return Counter(read=1)

    def failed(self, job: BulkJob, chunk: BulkChunk, error: Exception) -> bool:
        chunk.failures += 1
        if isinstance(error, ValueError):  # of that number: pass over it
            chunk.position = (chunk.position or chunk.spec["from"]) + 1
            return True
        return False

    def finish(self, job: BulkJob) -> None:
        pass


def test_a_chunk_may_be_done_in_steps_each_of_which_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Stepping())
    job = make(total=6, size=3)
    steps = jobs.run(job.pk)
    seen = [(next(steps).counters.get("read"), numbers_of(job)) for _ in range(3)]
    assert seen == [(None, []), (1, [0]), (2, [0, 1])]
    assert list(job.chunks.order_by("id").values_list("position", "is_done", "starts")) == [
        (2, False, 0),
        (None, False, 0),
    ]
    assert queries.steps_of([job.pk])[job.pk] == (2, 0, 2)

    lifecycle.cancel(job.pk, actor=job.actor)
    assert run(job).state == JobState.CANCELED
    assert numbers_of(job) == [0, 1]
    lifecycle.retry(job.pk, actor=job.actor)

    assert run(job).state == JobState.SUCCEEDED
    assert (numbers_of(job), job.counters) == (list(range(6)), {"read": 6})
    assert job.worked_at is not None
    assert set(job.chunks.values_list("position", "is_done", "starts")) == {(None, True, 1)}


def test_a_worker_that_dies_costs_one_step_and_too_many_at_one_step_end_the_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = Stepping(at_4=Killed())
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, kind)
    job = make(total=9, size=9)
    assert deaths(job) == claims.STARTS
    job.refresh_from_db()
    assert (job.error_code, numbers_of(job)) == ("WORKER_LOST", [0, 1, 2, 3])
    lifecycle.retry(job.pk, actor=job.actor)

    kind.errors = {}
    assert run(job).state == JobState.SUCCEEDED
    assert numbers_of(job) == list(range(9))


def test_workers_that_die_at_different_steps_do_not_end_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unlucky(Stepping):
        def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
            counted = super().work(job, chunk)
            if chunk.starts == 1 and chunk.position is not None:
                raise Killed
            return counted

    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Unlucky())
    job = make(total=9, size=9)
    assert deaths(job) == 8
    assert numbers_of(job) == list(range(9))


def test_a_kind_may_pass_over_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Stepping(at_1=ValueError(), at_4=ValueError()))
    job = run(make(total=6, size=3))
    assert (job.state, numbers_of(job), job.counters) == (JobState.SUCCEEDED, [0, 2, 3, 5], {"read": 4})


def test_what_a_kind_notes_of_a_failure_that_ends_the_job_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Stepping(at_1=RuntimeError()))
    job = run(make(total=3, size=3))
    assert (job.state, job.error_code, numbers_of(job)) == (JobState.FAILED, "INTERNAL", [0])
    assert job.chunks.get().failures == 1


def test_of_a_single_kind_there_is_one_at_a_time() -> None:
    def create() -> BulkJob:
        return lifecycle.create(JobKind.RECONCILIATION, actor=Actor(ActorType.SYNC), options={})

    first = create()
    with pytest.raises(lifecycle.AlreadyUnderWay) as refused:
        create()
    assert refused.value.code == ErrorCode.ALREADY_EXISTS
    lifecycle.cancel(first.pk, actor=first.actor)
    second = create()
    with pytest.raises(lifecycle.AlreadyUnderWay):
        lifecycle.retry(first.pk, actor=first.actor)
    lifecycle.cancel(second.pk, actor=first.actor)
    assert lifecycle.retry(first.pk, actor=first.actor).state == JobState.PENDING


def test_nothing_is_done_while_the_plugin_is_inactive(kind: Counting, configure: Callable[..., None]) -> None:
    job = make()
    configure(active=False)
    tasks.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.PENDING


def test_only_what_ended_is_retried_and_only_what_goes_on_is_canceled(kind: Counting) -> None:
    job = run(make())
    for act, verb in ((lifecycle.cancel, "cancel"), (lifecycle.retry, "retry"), (lifecycle.start, "start")):
        with pytest.raises(CustomerPlusError, match=f"Cannot {verb} a job that is SUCCEEDED"):
            act(job.pk, actor=job.actor)
    with pytest.raises(CustomerPlusError, match="No job has this id") as error:
        lifecycle.cancel(2**40, actor=job.actor)
    assert error.value.code == ErrorCode.NOT_FOUND


def test_a_job_that_was_undone_or_has_no_files_any_more_is_not_retried(kind: Counting) -> None:
    job = make_job("UPDATE", state=JobState.FAILED)
    make_job("UNDO", undoes=job)
    with pytest.raises(CustomerPlusError, match="was undone"):
        lifecycle.retry(job.pk, actor=job.actor)
    job = make_job("UPDATE", state=JobState.FAILED, files_removed_at=timezone.now())
    with pytest.raises(CustomerPlusError, match="files of this job were removed"):
        lifecycle.retry(job.pk, actor=job.actor)


def test_jobs_that_nobody_is_at_are_resumed_by_beat(kind: Counting, configure: Callable[..., None]) -> None:
    fresh, old, running = make(), make(), make()
    change(old, created_at=timezone.now() - timedelta(seconds=jobs.PATIENCE))
    jobs.work(running.pk, seconds=0)
    over = run(make())
    assert jobs.stalled() == [old.pk, running.pk]

    configure(active=False)
    tasks.resume_jobs()
    running.refresh_from_db()
    assert running.state == JobState.RUNNING

    configure(active=True)
    tasks.resume_jobs()
    states = dict(BulkJob.objects.values_list("pk", "state"))
    assert states == {
        fresh.pk: JobState.PENDING,
        old.pk: JobState.SUCCEEDED,
        running.pk: JobState.SUCCEEDED,
        over.pk: JobState.SUCCEEDED,
    }
    assert kind.finished == [over.pk, old.pk, running.pk]


# Telling.


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    events: list[tuple[str, Any]] = []
    monkeypatch.setattr(host, "notify", lambda event, payload: events.append((event, payload)))
    return events


def test_staff_is_told_of_the_end_without_anything_personal(
    kind: Counting, told: list[Any], configure: Any, on_commit: Any, mailoutbox: list[Any]
) -> None:
    configure(notify_email="shop@example.com,boss@example.com")
    job = make(note="anna@example.com")
    with on_commit():
        run(job)

    ((event, payload),) = told
    assert event == "customer_plus.job_finished"
    assert payload["job_id"] == job.pk
    assert (payload["kind"], payload["state"], payload["counters"]["created"]) == ("UPDATE", "SUCCEEDED", 10)
    assert [mail.to for mail in mailoutbox] == [["shop@example.com"], ["boss@example.com"]]
    mail = mailoutbox[0]
    assert mail.subject == f"One action on many records is done (job {job.pk})"
    assert mail.body == "read: 10\ncreated: 10\nupdated: 4\n"
    assert "anna" not in str(payload) + mail.subject + mail.body


def test_a_mail_tells_what_was_done_and_not_what_was_previewed(configure: Any, mailoutbox: list[Any]) -> None:
    configure(notify_email="shop@example.com")
    counters = {"to_create": 1200, "to_refuse": 3, "deactivated": 2, "skipped": 0, "refused": 3, "created": 1200}
    notifications.job_over(make_job("IMPORT", state="SUCCEEDED", counters={**counters, "read": 1203}).pk)
    assert mailoutbox[0].body == "read: 1,203\ncreated: 1,200\nrefused: 3\ndeactivated: 2\n"


def test_staff_is_told_of_a_failure(
    monkeypatch: pytest.MonkeyPatch, told: list[Any], configure: Any, on_commit: Any, mailoutbox: list[Any]
) -> None:
    configure(notify_email="shop@example.com")
    error = CustomerPlusError("The file is no list.", code=ErrorCode.UNSUPPORTED_FILE)
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Failing(error))
    with on_commit():
        job = run(make())
    assert [payload["error_code"] for _, payload in told] == ["UNSUPPORTED_FILE"]
    assert mailoutbox[0].subject == f"One action on many records failed (job {job.pk})"
    assert "The file is no list." in mailoutbox[0].body


def test_nobody_is_mailed_unless_it_is_set_and_a_dead_mail_server_harms_nothing(
    kind: Counting, told: list[Any], configure: Any, on_commit: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: Any
) -> None:
    with on_commit():
        run(make())
    assert mailoutbox == []

    def refuse(*_args: Any) -> None:
        raise ConnectionRefusedError

    configure(notify_email="shop@example.com")
    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    monkeypatch.setattr(host, "notify", refuse)
    with on_commit():
        assert run(make()).state == JobState.SUCCEEDED


# Old files.


def with_files(**fields: Any) -> BulkJob:
    job = make_job("UPDATE", **fields)
    job.file.save("in.csv", ContentFile(b"email"), save=False)
    job.result_file.save("out.csv", ContentFile(b"email"))
    return job


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    jobs_: list[int] = []
    counting = Counting()
    monkeypatch.setattr(counting, "forget", lambda job: jobs_.append(job.pk))
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, counting)
    return jobs_


def test_files_are_removed_when_they_are_old_and_only_then(forgotten: list[int], configure: Any) -> None:
    configure(job_retention_days="10")
    now = timezone.now()
    old, recent = now - timedelta(days=11), now - timedelta(days=9)
    ended = with_files(
        state=JobState.SUCCEEDED, created_at=old, finished_at=old, report={"rows": ["anna"]}, counters={"read": 1}
    )
    waiting = with_files(state=JobState.READY, created_at=old)
    kept = [
        with_files(state=JobState.SUCCEEDED, created_at=old, finished_at=recent),
        with_files(state=JobState.RUNNING, created_at=old),
        with_files(state=JobState.READY, created_at=recent),
    ]
    for job in (ended, *kept):
        BulkProblem.objects.create(job=job, cells=["anna@example.com"])
    storage, names = ended.file.storage, [ended.file.name, ended.result_file.name]

    assert retention.remove_old_files() == 2

    assert [storage.exists(name) for name in names] == [False, False]
    ended.refresh_from_db()
    waiting.refresh_from_db()
    assert (ended.file.name, ended.result_file.name, ended.report, ended.counters) == ("", "", {}, {"read": 1})
    assert ended.files_removed_at is not None
    assert (ended.state, waiting.state) == (JobState.SUCCEEDED, JobState.CANCELED)
    assert forgotten == [ended.pk, waiting.pk]
    for job in kept:
        job.refresh_from_db()
        assert storage.exists(job.file.name)
        assert job.files_removed_at is None
    assert list(BulkProblem.objects.order_by("job").values_list("job", flat=True)) == [
        kept[0].pk,
        kept[1].pk,
        kept[2].pk,
    ]

    tasks.remove_old_files()
    assert forgotten == [ended.pk, waiting.pk]


def test_a_storage_that_is_away_is_asked_again(
    forgotten: list[int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    old = timezone.now() - timedelta(days=40)
    job = with_files(state=JobState.FAILED, created_at=old, finished_at=old)

    def refuse(_name: str) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        # Of the storage itself, not of its class: what another test patched of it stays with the object.
        patch.setattr(job.file.storage, "delete", refuse)
        assert retention.remove_old_files() == 0
    job.refresh_from_db()
    assert job.file
    assert "ConnectionError" in caplog.text
    assert retention.remove_old_files() == 1
