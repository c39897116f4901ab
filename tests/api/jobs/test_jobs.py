"""Bulk jobs by the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.core import process_publisher
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import kinds, lifecycle
from saleor_customer_plus.jobs.models import BulkChunk, BulkJob, BulkProblem, JobKind, JobState
from saleor_customer_plus.jobs.queries import Steps, progress

from ...bulk.counting import Counting, make, numbers_of
from ...client import Api
from ...factories import make_job

pytestmark = pytest.mark.django_db

JOB = """
  query($id: ID!) { customerJob(id: $id) {
    id kind state phase report { ... on CustomerBulkUpdateReport { records changed refused } }
    errorCode errorMessage actor { type id } undoes
    fileName file resultFile errorFile createdAt startedAt finishedAt filesRemovedAt
    progress { rowsTotal rowsRead created updated unchanged skipped refused
               bytesTotal bytesDone fraction rowsPerSecond secondsLeft }
    problems(first: 2) {
      totalCount pageInfo { hasNextPage } edges { node { rowNumber recordId cells reasons { field code message id } } }
    }
  } }
"""
LIST = """
  query($filter: CustomerJobFilterInput, $first: Int, $after: String) {
    customerJobs(filter: $filter, first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor } edges { node { id progress { fraction } problems(first: 1) {
        totalCount edges { node { id } } } } }
    }
  }
"""


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting()
    monkeypatch.setitem(kinds._KINDS, JobKind.UPDATE, counting)
    return counting


def id_of(job: BulkJob) -> str:
    return to_global_id("CustomerJob", job.pk)


def test_a_job_that_is_done(api: Api, kind: Counting) -> None:
    job = make(total=10, size=3, _secret="x")
    BulkProblem.objects.create(
        job=job,
        row_number=7,
        record_id=5,
        cells=["a", "b"],
        reasons=[{"field": "email", "code": "INVALID", "message": "It is no address."}],
    )
    for _ in jobs.run(job.pk):
        pass

    shown = api(JOB, id=id_of(job))["customerJob"]

    assert shown["id"] == id_of(job)
    assert (shown["kind"], shown["state"], shown["phase"]) == ("UPDATE", "SUCCEEDED", "check")
    assert shown["report"] == {"records": 10, "changed": 4, "refused": 0}
    assert shown["actor"] == {"type": "STAFF", "id": to_global_id("User", 1)}
    counted = shown["progress"]
    assert counted.pop("rowsPerSecond") > 0
    assert counted == {
        "rowsTotal": 10, "rowsRead": 10, "created": 10, "updated": 4, "unchanged": 0, "skipped": 0, "refused": 0,
        "bytesTotal": None, "bytesDone": 100.0, "fraction": 1.0, "secondsLeft": None,
    }  # fmt: skip
    for name in ("errorCode", "errorMessage", "undoes", "file", "resultFile", "errorFile", "filesRemovedAt"):
        assert shown[name] is None
    assert shown["problems"]["totalCount"] == 11
    assert shown["problems"]["pageInfo"] == {"hasNextPage": True}


def test_problems_come_in_the_order_of_the_file(api: Api) -> None:
    job = make_job("IMPORT")
    in_the_way = to_global_id("CustomerRecord", 6)
    reasons = [
        {"field": "email", "code": "INVALID", "message": "It is no address.", "id": None},
        {"field": "number", "code": "UNIQUE", "message": "Another record has this number.", "id": in_the_way},
    ]
    for row in (30, None, 2):
        BulkProblem.objects.create(job=job, row_number=row, record_id=5, cells=["x"], reasons=reasons)
    shown = api(JOB, id=id_of(job))["customerJob"]["problems"]["edges"]
    assert shown == [
        {"node": {"rowNumber": row, "recordId": to_global_id("CustomerRecord", 5), "cells": ["x"], "reasons": reasons}}
        for row in (None, 2)
    ]


NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "steps", "expected"),
    [
        ({"state": JobState.PENDING}, Steps(0, 0, 0), (None, None, None)),
        ({"state": JobState.RUNNING, "age": 10}, Steps(4, 1, 50), (0.25, 5.0, 30.0)),
        ({"state": JobState.RUNNING, "age": 10}, Steps(4, 0, 0), (0.0, None, None)),
        (
            {"state": JobState.RUNNING, "age": 10, "rows_total": 80, "counters": {"read": 20}},
            Steps(1, 0, 0),
            (0.25, 2.0, 30.0),
        ),
        ({"state": JobState.SUCCEEDED, "age": 10, "counters": {"read": 20}}, Steps(2, 2, 0), (1.0, 2.0, None)),
        ({"state": JobState.CANCELED, "age": 10, "counters": {"read": 20}}, Steps(4, 1, 20), (0.25, 2.0, None)),
    ],
)
def test_progress_rate_and_time_left(fields: dict[str, Any], steps: Steps, expected: tuple[Any, ...]) -> None:
    age = fields.pop("age", None)
    began = NOW - timedelta(seconds=age) if age else None
    job = BulkJob(**fields, started_at=began, phase_started_at=began)
    told = progress(job, steps, NOW)
    assert (told.fraction, told.rows_per_second, told.seconds_left) == expected


def test_the_list_is_newest_first_filtered_and_paged(api: Api) -> None:
    now = timezone.now()
    made = [
        make_job(kind, state=state, created_at=now - timedelta(minutes=number))
        for number, (kind, state) in enumerate(
            [("IMPORT", "SUCCEEDED"), ("EXPORT", "FAILED"), ("EXPORT", "SUCCEEDED"), ("UPDATE", "RUNNING")]
        )
    ]
    page = api(LIST, first=3)["customerJobs"]
    assert page["totalCount"] == 4
    assert [edge["node"]["id"] for edge in page["edges"]] == [id_of(job) for job in made[:3]]
    assert page["pageInfo"]["hasNextPage"] is True
    page = api(LIST, first=3, after=page["pageInfo"]["endCursor"])["customerJobs"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [id_of(made[3])]

    page = api(LIST, first=3, filter={"kinds": ["EXPORT", "IMPORT"], "states": ["SUCCEEDED"]})["customerJobs"]
    assert page["totalCount"] == 2
    assert [edge["node"]["id"] for edge in page["edges"]] == [id_of(made[0]), id_of(made[2])]


def test_the_number_of_statements_does_not_grow(api: Api) -> None:
    def statements(rows: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(api(LIST, first=rows)["customerJobs"]["edges"]) == rows
        return len(captured)

    for number in range(20):
        job = make_job("IMPORT", phase="write")
        BulkChunk.objects.create(job=job, phase="write", number=number)
        BulkProblem.objects.create(job=job)
    statements(1)  # fills Saleor's caches
    assert statements(20) == statements(2)


def test_unknown_ids(api: Api) -> None:
    assert api(JOB, id=to_global_id("CustomerJob", 2**40))["customerJob"] is None
    (error,) = api.errors(JOB, id=to_global_id("CustomerRecord", 1))
    assert error["message"] == "Argument `id` must have the id of a CustomerJob."


CANCEL = "mutation($id: ID!) { customerJobCancel(id: $id) { job { state } errors { field code message } } }"
RETRY = "mutation($id: ID!) { customerJobRetry(id: $id) { job { state } errors { field code message } } }"


def test_cancel_and_retry(api: Api, kind: Counting, on_commit: Callable[[], Any]) -> None:
    job = make()
    assert api(CANCEL, id=id_of(job))["customerJobCancel"] == {"job": {"state": "CANCELED"}, "errors": []}
    answer = api(CANCEL, id=id_of(job))["customerJobCancel"]
    message = "Cannot cancel a job that is CANCELED."
    assert answer == {"job": None, "errors": [{"field": "id", "code": "INVALID", "message": message}]}

    with on_commit():
        assert api(RETRY, id=id_of(job))["customerJobRetry"] == {"job": {"state": "PENDING"}, "errors": []}
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    assert numbers_of(job) == list(range(10))


WAITING = "query($id: ID!) { customerJob(id: $id) { waitingReason } }"


def test_a_job_says_why_it_does_not_go_on(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def reason(job: BulkJob) -> str | None:
        told: str | None = api(WAITING, id=id_of(job))["customerJob"]["waitingReason"]
        return told

    new, old, over = make_job(), make_job(), make_job(state=JobState.SUCCEEDED)
    BulkJob.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(minutes=7, seconds=5))
    assert reason(new) is None
    assert reason(old) == "No worker has begun the job in 7 minutes. Check that Celery's workers and beat run."
    assert reason(over) is None

    monkeypatch.setattr(process_publisher, "is_failing", lambda: True)

    assert (reason(new) or "").startswith("The broker of Celery's tasks cannot be reached at the moment.")
    assert reason(over) is None


HISTORY = """
  query($id: ID!) { customerJob(id: $id) {
    actor { ...who } createdBy { ...who } startedBy { ...who } canceledBy { ...who } undoneBy { ...who }
    history { id type actor { ...who } createdAt }
  } }
  fragment who on CustomerRecordActor { type id }
"""


def test_who_did_what_with_a_job_is_shown(api: Api, kind: Counting, staff: Any) -> None:
    job = lifecycle.create(
        JobKind.UPDATE, actor=Actor(ActorType.STAFF, str(staff.pk + 1)), options={"total": 1, "size": 1}
    )
    shown = api(HISTORY, id=id_of(job))["customerJob"]
    boss = {"type": "STAFF", "id": to_global_id("User", staff.pk + 1)}
    assert (shown["createdBy"], shown["startedBy"], shown["canceledBy"], shown["undoneBy"]) == (boss, None, None, None)

    api(CANCEL, id=id_of(job))
    api(RETRY, id=id_of(job))

    shown = api(HISTORY, id=id_of(job))["customerJob"]
    me = {"type": "STAFF", "id": to_global_id("User", staff.pk)}
    assert (shown["actor"], shown["createdBy"], shown["startedBy"], shown["canceledBy"]) == (me, boss, me, me)
    assert [(event["type"], event["actor"]) for event in shown["history"]] == [
        ("CREATED", boss),
        ("CANCELED", me),
        ("RETRIED", me),
    ]
    assert all(event["createdAt"] for event in shown["history"])


FORGET = "mutation($id: ID!) { customerJobForget(id: $id) { job { state } errors { field code message } } }"


def test_forget(api: Api, kind: Counting) -> None:
    job = make()
    (error,) = api(FORGET, id=id_of(job))["customerJobForget"]["errors"]
    assert error == {"field": "id", "code": "INVALID", "message": "This job is under way. Cancel it first."}
    (error,) = api(FORGET, id=to_global_id("CustomerJob", 2**40))["customerJobForget"]["errors"]
    assert error["code"] == "NOT_FOUND"

    api(CANCEL, id=id_of(job))
    assert api(FORGET, id=id_of(job))["customerJobForget"] == {"job": {"state": "CANCELED"}, "errors": []}
    (error,) = api(RETRY, id=id_of(job))["customerJobRetry"]["errors"]
    assert error["message"] == "The files of this job were removed. Make a new one."


@pytest.mark.parametrize("query", [JOB, CANCEL, RETRY, FORGET])
def test_nobody_but_staff(api: Api, query: str) -> None:
    job = make()
    for stranger in (api.by(None),):
        (error,) = stranger.errors(query, id=id_of(job))
        assert error["extensions"]["exception"]["code"] == "PermissionDenied"
    job.refresh_from_db()
    assert job.state == JobState.PENDING


def test_files_are_fetched_by_addresses_that_hold_for_an_hour(api: Api) -> None:
    report = {"file": {"encoding": "windows-1252"}}
    job = make_job("IMPORT", state=JobState.SUCCEEDED, file_name="kunden märz.csv", report=report)
    job.file.save("x.csv", ContentFile(b"in"), save=False)
    job.result_file.save("x.csv.gz", ContentFile(b"out"), save=False)
    job.error_file.save("x.csv", ContentFile(b"errors"))
    shown = api(JOB, id=id_of(job))["customerJob"]

    answers = {name: Client().get(shown[name]) for name in ("file", "resultFile", "errorFile")}

    assert {name: b"".join(answer.streaming_content) for name, answer in answers.items()} == {
        "file": b"in",
        "resultFile": b"out",
        "errorFile": b"errors",
    }
    assert answers["file"]["Content-Type"] == "text/csv"
    assert answers["file"]["Content-Disposition"] == "attachment; filename*=utf-8''kunden%20m%C3%A4rz.csv"
    assert answers["resultFile"]["Content-Type"] == "application/octet-stream"
    assert f"customers-{job.created_at:%Y-%m-%d}-{job.pk}" in answers["resultFile"]["Content-Disposition"]
    assert "errors.csv" in answers["errorFile"]["Content-Disposition"]
    assert answers["errorFile"]["Content-Type"] == "text/csv; charset=windows-1252"

    job.result_file.delete()
    assert Client().get(shown["resultFile"]).status_code == 404


def test_a_result_is_shown_once_the_job_has_succeeded(api: Api) -> None:
    job = make_job("EXPORT", state=JobState.RUNNING)
    job.result_file.save("x.csv", ContentFile(b"half"))
    assert api(JOB, id=id_of(job))["customerJob"]["resultFile"] is None
