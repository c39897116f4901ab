"""Jobs done by real processes, some of which are killed."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from saleor_customer_plus import tasks
from saleor_customer_plus.jobs import chunks, kinds, lifecycle
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, BulkProblem, JobKind, JobState

from ..bulk.counting import Counting, make, numbers_of
from ..hosts import ON_SALEOR, ROOT, SANDBOX
from ..processes import at_once, start

# Processes that a run kills, at least.
KILLS = 50


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting(pause=0.004)
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, counting)
    return counting


def worker(job: BulkJob) -> None:
    for _ in jobs.run(job.pk):
        pass


def _wait_until(is_so: Callable[[], Any], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


def state_of(job: BulkJob) -> str:
    return str(BulkJob.objects.values_list("state", flat=True).get(pk=job.pk))


def assert_done(job: BulkJob, total: int, checked: int) -> None:
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.SUCCEEDED, "")
    assert numbers_of(job) == list(range(total))
    assert job.counters == {"read": total, "created": total, "updated": checked, "refused": 0}
    assert job.bytes_done == 10 * total
    assert job.report == {"sum": total + checked}


@pytest.mark.usefixtures("endless_starts")
@pytest.mark.slow
def test_workers_that_are_killed_at_any_moment_cost_their_chunks_and_nothing_else(kind: Counting) -> None:
    moments = random.Random(11)
    kills = finished = 0
    job = make(total=1200, size=4)
    while kills < KILLS:
        workers = start(*[partial(worker, job)] * 3)
        time.sleep(moments.uniform(0.05, 0.45))
        for process in workers:
            process.kill()
            process.join()
        kills += len(workers) if state_of(job) != JobState.SUCCEEDED else 0
        if state_of(job) == JobState.SUCCEEDED:
            assert_done(job, 1200, 300)
            finished += 1
            job = make(total=1200, size=4)
    assert finished or numbers_of(job)  # they got somewhere in between
    worker(job)
    assert_done(job, 1200, 300)
    assert BulkProblem.objects.count() == 1200 * (finished + 1)


class Stuck(Counting):
    """Never ends the fourth chunk: whoever is at it has written half of it."""

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        self.pause = 600 if chunk.phase == "write" and chunk.number == 3 else 0
        return super().work(job, chunk)


def is_locked(job: BulkJob, number: int) -> bool:
    """Whether somebody began this chunk and is at it."""
    with transaction.atomic():
        chunk = BulkChunk.objects.filter(job=job, phase="write", number=number, starts=1)
        return chunk.exists() and not chunk.select_for_update(skip_locked=True).exists()


def test_a_killed_worker_costs_one_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Stuck())
    job = make(total=40, size=4)
    (process,) = start(partial(worker, job))
    _wait_until(lambda: is_locked(job, 3))
    process.kill()
    process.join()
    assert numbers_of(job) == list(range(12))

    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Counting())
    worker(job)
    assert_done(job, 40, 10)


@pytest.mark.slow
def test_a_task_that_is_delivered_eight_times_at_once(kind: Counting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SETTLED", 4)  # eight on a busy machine: each may have to wait between two statements
    job = make(total=200, size=4)
    at_once(*[partial(tasks.run_job, job.pk)] * 8)
    assert_done(job, 200, 50)
    # Whoever came to a chunk that another one was about to lock did not count as one who died at it.
    assert set(BulkChunk.objects.values_list("starts", flat=True)) == {1}


class Deadly(Counting):
    """Kills the process that works at one chunk, as PostgreSQL or the system would not see it coming."""

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if chunk.phase == "write" and chunk.number == 3:
            os.kill(os.getpid(), 9)
        return super().work(job, chunk)


def test_a_chunk_that_kills_whoever_is_at_it_ends_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Deadly())
    job = make(total=40, size=4)
    starts = 0
    while state_of(job) != JobState.FAILED:
        at_once(*[partial(worker, job)] * 2)
        starts += 2
        assert starts <= 2 * chunks.STARTS, "it is begun without end"
    job.refresh_from_db()
    assert job.error_code == "WORKER_LOST"
    assert numbers_of(job) == [number for number in range(40) if number // 4 != 3]

    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Counting())
    lifecycle.retry(job.pk, actor=job.actor)
    worker(job)
    assert_done(job, 40, 10)


class Broken(Counting):
    """Fails as if the database did, so many times."""

    times = 2 * chunks.STARTS

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        if self.times:
            self.times -= 1
            raise OperationalError("deadlock detected")
        return super().work(job, chunk)


def test_a_worker_that_lives_to_tell_of_an_error_of_the_database_did_not_die(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Broken())
    job = make(total=4, size=4)
    jobs._advance(job.pk)
    for _ in range(Broken.times):
        with pytest.raises(OperationalError):
            jobs.do_chunk(job.pk)
    worker(job)
    assert_done(job, 4, 1)


def test_a_chunk_that_somebody_is_at_is_left_to_them_and_the_job_counts_as_tended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Counting(pause=600))
    job = make(total=4, size=4)
    (process,) = start(partial(worker, job))
    _wait_until(lambda: is_locked(job, 0))
    assert jobs.do_chunk(job.pk) is False
    assert jobs.stalled() == []

    process.kill()
    process.join()
    _wait_until(lambda: jobs.stalled() == [job.pk])  # PostgreSQL has seen that the worker is gone
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Counting())
    tasks.resume_jobs()
    assert_done(job, 4, 1)


SLEEP = "SELECT pg_sleep(100)"


class Cut(Counting):
    """Waits at some chunks, half of which it has written, until its link to the database is cut. Once at each."""

    def __init__(self) -> None:
        super().__init__()
        self.waits_at = [("write", 0), ("write", 4), ("check", 0)]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        counted = super().work(job, chunk)
        if (chunk.phase, chunk.number) in self.waits_at:
            self.waits_at.remove((chunk.phase, chunk.number))
            with connection.cursor() as cursor:
                cursor.execute(SLEEP)
        return counted


@pytest.mark.slow
def test_the_link_to_the_database_is_cut_and_the_worker_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Cut())
    job = make(total=40, size=4)
    (process,) = start(partial(worker, job))
    links: set[int] = set()

    def cut() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname = current_database() AND state = 'active' AND query = %s",
                [SLEEP],
            )
            asleep = {pid for (pid,) in cursor.fetchall()}
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) pid", [list(asleep)])
        links.update(asleep)
        return len(links)

    _wait_until(lambda: cut() == 3)
    process.join()
    assert_done(job, 40, 10)


class Crossing(Counting):
    """Writes the same rows in the opposite order in every other chunk, as two imports of the same people would not."""

    phases = ("write",)

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        rows = list(BulkProblem.objects.filter(job=job.options["rows_of"]).order_by("id"))
        for row in rows if chunk.number % 2 else reversed(rows):
            BulkProblem.objects.filter(pk=row.pk).update(record_id=chunk.pk)
            time.sleep(0.002)
        return Counter(read=len(rows), updated=len(rows))

    def finish(self, job: BulkJob) -> None:
        pass


@pytest.mark.slow
def test_deadlocks_between_two_jobs_are_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, Crossing())
    rows = make()
    BulkProblem.objects.bulk_create(BulkProblem(job=rows, row_number=number) for number in range(4))
    one, two = (make(total=2, size=1, rows_of=rows.pk) for _ in range(2))

    at_once(partial(worker, one), partial(worker, one), partial(worker, two), partial(worker, two))

    for job in (one, two):
        job.refresh_from_db()
        assert (job.state, job.counters) == (JobState.SUCCEEDED, {"read": 8, "updated": 8})


# With Celery.


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis of our own."""
    pytest.importorskip("redis")
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("redis-server is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [server, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def celery_worker(redis: str, tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start a worker of Celery on the test database: killed at the end of the test at the latest."""
    database = connection.settings_dict
    worker_settings = tmp_path / "worker_settings.py"
    worker_settings.write_text(
        f"from {os.environ['DJANGO_SETTINGS_MODULE']} import *\n"
        f"CELERY_BROKER_URL = {redis!r}\nCELERY_TASK_ALWAYS_EAGER = False\n"
        f"for _database in DATABASES.values():\n    _database['NAME'] = {database['NAME']!r}\n"
        "CELERY_IMPORTS = ['tests.jobs.celery_kind']\n"
    )
    paths = [str(tmp_path), str(ROOT), "" if ON_SALEOR else str(SANDBOX), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "worker_settings",
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }
    workers: list[subprocess.Popen[bytes]] = []

    def run() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "saleor.celeryconf", "worker", "--concurrency=2"]
        with (tmp_path / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "--without-heartbeat", "--without-gossip", "--without-mingle"],
                env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        workers.append(process)
        return process

    yield run
    for process in workers:
        _kill_group(process)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, 9)
    process.wait()


@pytest.mark.slow
def test_a_real_worker_of_celery_is_killed_and_the_next_one_ends_its_jobs(redis: str, celery_worker: Any) -> None:
    from celery import Celery

    sender = Celery(broker=redis)
    one, two = make(total=800, size=4), make(total=800, size=4)
    process = celery_worker()
    for job in (one, two):
        sender.send_task("saleor_customer_plus.run_job", args=[job.pk])
    _wait_until(lambda: BulkChunk.objects.filter(is_done=True).count() >= 20)
    _kill_group(process)
    assert JobState.SUCCEEDED not in (state_of(one), state_of(two))
    BulkJob.objects.update(created_at=F("created_at") - timedelta(seconds=jobs.PATIENCE))  # one may not have begun
    _wait_until(lambda: jobs.stalled() == [one.pk, two.pk])  # PostgreSQL has seen that the worker is gone

    celery_worker()
    sender.send_task("saleor_customer_plus.resume_jobs")
    _wait_until(lambda: {state_of(one), state_of(two)} == {JobState.SUCCEEDED})

    for job in (one, two):
        assert_done(job, 800, 200)
