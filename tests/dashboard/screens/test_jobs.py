"""Jobs and what can be done with them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.jobs.models import BulkJob, JobKind, JobState
from tests.dashboard.client import Browser, open_dashboard
from tests.factories import make_job, make_record


def id_of(job: BulkJob) -> str:
    return to_global_id("CustomerJob", job.pk)


def test_none_yet(browser: Browser) -> None:
    assert "No jobs here" in browser.screen("jobs")


def test_each_with_its_state(browser: Browser) -> None:
    make_job("EXPORT", state=JobState.FAILED, error_code="INVALID", error_message="The disk is <full>.")
    make_job("IMPORT", state=JobState.RUNNING, file_name='<img src=x>.csv"')
    html = browser.screen("jobs")
    assert "The disk is &lt;full&gt;." in html
    assert "&lt;img src=x&gt;.csv" in html
    assert "Running" in html
    assert "Failed" in html


def test_by_kind(browser: Browser) -> None:
    make_job("EXPORT", state=JobState.SUCCEEDED)
    assert "No jobs here" in browser.screen("jobs", {"kind": "IMPORT"})
    assert "Done" in browser.screen("jobs", {"kind": "EXPORT"})


def test_pages(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saleor_customer_plus.dashboard.screens.jobs.ROWS_ON_A_PAGE", 1)
    make_job("IMPORT", state=JobState.SUCCEEDED, file_name="a.csv")
    make_job("IMPORT", state=JobState.SUCCEEDED, file_name="b.csv")
    first = browser.screen("jobs")
    assert ("a.csv" in first, "b.csv" in first) == (False, True)
    after = first.partition("after=")[2].partition('"')[0]
    assert "a.csv" in browser.screen(f"jobs?after={after}")


def export(browser: Browser) -> BulkJob:
    """An export that no worker is at."""
    browser.change("export")
    return BulkJob.objects.get()


def test_canceled_retried_and_forgotten(browser: Browser) -> None:
    job = export(browser)
    assert "Canceled" in browser.change(f"jobs/{id_of(job)}/cancel")
    assert "Waiting" in browser.change(f"jobs/{id_of(job)}/retry")
    browser.change(f"jobs/{id_of(job)}/cancel")
    assert "Forget “Export”?" in browser.screen(f"jobs/{id_of(job)}/forget")
    assert "were removed on" in browser.change(f"jobs/{id_of(job)}/forget")


def test_what_cannot_be_done_is_told(browser: Browser) -> None:
    job = export(browser)
    assert "A job of this kind cannot be undone." in browser.change(f"jobs/{id_of(job)}/undo")


@pytest.mark.parametrize("path", ["jobs/Q3VzdG9tZXJKb2I6OTk=", "jobs/Q3VzdG9tZXJKb2I6OTk=/panel"])
def test_none_of_this_id(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_nothing_else_can_be_done(browser: Browser) -> None:
    job = make_job("EXPORT")
    assert browser.post(f"jobs/{id_of(job)}/explode").status_code == 404


def test_a_reconciliation_from_the_empty_list(browser: Browser, on_commit: Callable[[], Any]) -> None:
    make_record()
    assert "Start" in browser.screen("reconcile")
    with on_commit():
        browser.change("reconcile")
    job = BulkJob.objects.get(kind="RECONCILIATION")
    html = browser.screen(f"jobs/{id_of(job)}")
    assert "Nothing differed from Saleor." in html
    assert "Comparison with Saleor" in html
    assert "0 corrected" in browser.screen("jobs", {"kind": "RECONCILIATION"})


def test_in_the_readers_language(browser: Browser) -> None:
    job = export(browser)
    assert Browser(browser.token, "de").get(f"jobs/{id_of(job)}").status_code == 200


def test_without_the_permission(db: None) -> None:
    browser, _api = open_dashboard(permissions=())
    assert browser.get("jobs").status_code == 403


@pytest.mark.parametrize("kind", JobKind)
def test_there_is_a_tab_for_every_kind_of_job(browser: Browser, kind: JobKind) -> None:
    job = to_global_id("CustomerJob", make_job(kind=kind, state=JobState.SUCCEEDED).pk)
    tabs = re.findall(r"jobs\?kind=(\w+)", browser.screen("jobs"))
    assert [f"jobs/{job}" in browser.screen("jobs", {"kind": tab}) for tab in tabs].count(True) == 1
