"""The computation of insights as a job: at night, by the command, canceled and gone on with."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.insights import insights_job
from saleor_customer_plus.insights.models import CurrencyInsight, CustomerInsight
from saleor_customer_plus.insights.queries import insights_of
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.settings import CustomerPlusSettings

from ..factories import change
from .stores import Bought, build

pytestmark = pytest.mark.django_db


def finish(job: BulkJob) -> BulkJob:
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    return job


def test_the_first_tick_starts_one_and_the_next_does_not() -> None:
    build([Bought(0, 0)])
    tasks.compute_insights_if_due()  # Celery runs tasks at once here
    job = BulkJob.objects.get()
    assert (job.kind, job.state, job.actor) == ("INSIGHTS", JobState.SUCCEEDED, insights_job.SYNC)
    assert CurrencyInsight.objects.get().computed_at == job.started_at
    assert CustomerInsight.objects.count() == 1
    tasks.compute_insights_if_due()
    assert BulkJob.objects.count() == 1


@pytest.mark.parametrize("is_over", [False, True])
def test_two_ticks_at_once_start_one(monkeypatch: pytest.MonkeyPatch, is_over: bool) -> None:
    faster: list[BulkJob] = []
    is_due = insights_job.is_due

    def and_then_somebody_is_faster() -> bool:
        found = is_due()
        job = insights_job.create()
        faster.append(finish(job) if is_over else job)
        return found

    monkeypatch.setattr(insights_job, "is_due", and_then_somebody_is_faster)
    tasks.compute_insights_if_due()
    assert list(insights_job.all_runs()) == faster
    assert len(faster) == 1


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2026-03-10T05:00+00:00", "2026-03-10T02:00+00:00"),
        ("2026-03-10T01:59+00:00", "2026-03-09T02:00+00:00"),
        ("2026-07-10T01:00+00:00", "2026-07-10T01:00+00:00"),  # summer time
        ("2026-10-25T01:30+00:00", "2026-10-24T01:00+00:00"),  # an hour before, on the day on which summer time ends
    ],
)
def test_the_hour_is_one_of_the_shop(now: str, last: str) -> None:
    chosen = CustomerPlusSettings(time_zone="Europe/Berlin", insights_hour=3)
    moment = insights_job.last_time_for(chosen, datetime.fromisoformat(now))
    assert moment.astimezone(UTC) == datetime.fromisoformat(last)


def test_when_one_is_due(configure: Callable[..., None]) -> None:
    assert insights_job.is_due()
    job = insights_job.create()
    assert not insights_job.is_due()  # it is under way
    finish(job)
    assert not insights_job.is_due()
    change(job, created_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert insights_job.is_due()
    change(job, created_at=timezone.now())
    configure(time_zone="Asia/Tokyo")
    assert insights_job.is_due()
    configure(time_zone="Asia/Tokyo", active=False)
    assert not insights_job.is_due()


def test_one_that_is_stuck_gives_way_to_another() -> None:
    build([Bought(0, 0)])
    stuck = insights_job.create()
    change(stuck, created_at=timezone.now() - insights_job.STUCK_AFTER + timedelta(minutes=1))
    tasks.compute_insights_if_due()
    assert BulkJob.objects.count() == 1
    change(stuck, created_at=timezone.now() - insights_job.STUCK_AFTER)
    tasks.compute_insights_if_due()
    stuck.refresh_from_db()
    job = insights_job.all_runs().exclude(pk=stuck.pk).get()
    assert (stuck.state, job.state) == (JobState.CANCELED, JobState.SUCCEEDED)


def test_one_that_is_canceled_keeps_what_it_has_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insights_job, "RANGE", 2)
    records = build([Bought(person, person) for person in range(6)])
    job = insights_job.create()
    while not CustomerInsight.objects.exists():
        if not jobs.do_chunk(job.pk):
            jobs._advance(job.pk)
    lifecycle.cancel(job.pk, actor=insights_job.SYNC)
    done = CustomerInsight.objects.count()
    assert 0 < done < 6
    assert CurrencyInsight.objects.get().computed_at is None
    assert insights_of([records[0].pk])[records[0].pk][0].computed_at is None
    assert finish(job).state == JobState.CANCELED

    lifecycle.retry(job.pk, actor=insights_job.SYNC)
    assert finish(job).state == JobState.SUCCEEDED
    assert CustomerInsight.objects.count() == job.counters["created"] == 6


def test_an_older_one_that_is_retried_does_not_make_what_is_known_older() -> None:
    build([Bought(0, 0)])
    older = insights_job.create()
    jobs._advance(older.pk)  # it has begun
    lifecycle.cancel(older.pk, actor=insights_job.SYNC)
    newer = finish(insights_job.create())
    lifecycle.retry(older.pk, actor=insights_job.SYNC)
    assert finish(older).state == JobState.SUCCEEDED
    assert older.started_at is not None
    assert newer.started_at is not None
    assert older.started_at < newer.started_at == CurrencyInsight.objects.get().computed_at


def test_only_a_failure_of_the_night_is_told() -> None:
    kind = insights_job.Insights()
    job = insights_job.create()
    assert not kind.notifies(finish(job))
    change(job, state=JobState.FAILED)
    assert kind.notifies(job)
    job = lifecycle.retry(job.pk, actor=insights_job.SYNC)
    change(job, state=JobState.FAILED)
    assert not kind.notifies(job)


def run(*arguments: str) -> Any:
    out = StringIO()
    call_command("customer_plus", "insights", "--no-progress", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_the_command_computes_and_helps() -> None:
    build([Bought(0, 0), Bought(1, 0, currency="USD")])
    told = run()
    assert (told["kind"], told["state"], told["created"]) == ("INSIGHTS", "SUCCEEDED", 2)
    waiting = insights_job.create()
    told = run()
    assert (told["id"], told["state"], told["unchanged"]) == (waiting.pk, "SUCCEEDED", 2)


def test_the_command_does_nothing_while_the_plugin_is_inactive(configure: Callable[..., None]) -> None:
    configure(active=False)
    with pytest.raises(CommandError, match="inactive"):
        run()
    assert not BulkJob.objects.exists()
