"""Jobs: what works in the background, how far it is, what it reports, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..requests import Screen, ScreenRequest, address, page_of
from .import_correction import can_be_corrected, correction_of
from .job_documents import CANCEL, FORGET, JOB, JOBS, MORE_PROBLEMS, PROGRESS, RECONCILE, RETRY, START, UNDO
from .job_words import UNDER_WAY, described

ROWS_ON_A_PAGE = 20

KINDS = (
    ("", gettext_lazy("All")),
    ("IMPORT", gettext_lazy("Imports")),
    ("EXPORT", gettext_lazy("Exports")),
    ("UPDATE", gettext_lazy("Changes of many")),
    ("UNDO", gettext_lazy("Undo")),
    ("RECONCILIATION", gettext_lazy("Reconciliations")),
    ("MERGE", gettext_lazy("Merges")),
    ("INSIGHTS", gettext_lazy("Figures")),
    ("FIELD", gettext_lazy("Changes of fields")),
    ("DUPLICATES", gettext_lazy("Search for duplicates")),
)

# Kinds that share a tab with another one.
TOGETHER = {"MERGE": ["MERGE", "MERGE_UNDO"]}


def show_list(request: ScreenRequest) -> Screen:
    query = request.query
    kind = query.get("kind", "")
    jobs = request.execute(
        JOBS, **page_of(query, ROWS_ON_A_PAGE), filter={"kinds": TOGETHER.get(kind, [kind])} if kind else None
    )["customerJobs"]
    info = jobs["pageInfo"]
    context = {
        "jobs": [described(edge["node"]) for edge in jobs["edges"]],
        "kinds": [(address("jobs", {"kind": key}), label, key == kind) for key, label in KINDS],
        "next": address("jobs", {"kind": kind, "after": info["endCursor"]}) if info["hasNextPage"] else "",
        "previous": address("jobs", {"kind": kind, "before": info["startCursor"]}) if info["hasPreviousPage"] else "",
    }
    return Screen("jobs/list.html", context, address=address("jobs", query))


def show_row(request: ScreenRequest, job_id: str) -> Screen:
    """One job of the list, asked for every other second while it is under way."""
    return Screen("jobs/row.html", {"job": described(_progress(request, job_id))})


def show(request: ScreenRequest, job_id: str) -> Screen:
    return _whole(request, job_id)


def show_panel(request: ScreenRequest, job_id: str) -> Screen:
    """The part of a job's screen that changes, asked for every second while it is under way."""
    job = _progress(request, job_id)
    if job["state"] in UNDER_WAY:
        return Screen("jobs/panel.html", {"job": described(job)})
    return Screen("jobs/panel.html", panel_of(request, job_id))


def show_problems(request: ScreenRequest, job_id: str) -> Screen:
    """The next page of refused and skipped rows."""
    job = request.execute(MORE_PROBLEMS, id=job_id, after=request.query.get("after"))["customerJob"]
    if job is None:
        raise Http404
    return Screen("jobs/problem_rows.html", {"job": job, **_problems(job)})


def show_in_dialog(request: ScreenRequest, job_id: str) -> Screen:
    """The progress of a job that was started from a dialog, a popup or a widget."""
    job = _progress(request, job_id)
    if job["state"] in UNDER_WAY:
        return Screen("jobs/dialog_body.html", {"job": described(job)})
    return ended_in_dialog(request, job_id)


def start_in_dialog(request: ScreenRequest, job_id: str) -> Screen:
    """The dialog that follows a job from its beginning."""
    return Screen("jobs/dialog.html", panel_of(request, job_id))


def ended_in_dialog(request: ScreenRequest, job_id: str) -> Screen:
    context = panel_of(request, job_id)
    job = context["job"]
    if job["state"] == "READY":  # it waits for whoever reads the dialog
        return Screen("jobs/dialog_body.html", context)
    if job["state"] == "SUCCEEDED":
        return Screen("jobs/dialog_body.html", context, notice=f"{job['title']}: {job['result'] or _('Done')}")
    notice = job["errorMessage"] or job["title"]
    return Screen("jobs/dialog_body.html", context, notice=notice, notice_status="error")


def act(request: ScreenRequest, job_id: str, action: str) -> Screen:
    """Cancel, retry, undo or forget a job, or start one that waits. An undo is a job of its own, shown instead."""
    document = {"cancel": CANCEL, "retry": RETRY, "undo": UNDO, "forget": FORGET, "start": START}.get(action)
    if document is None:
        raise Http404
    if not request.is_post:
        return Screen("jobs/confirm.html", {"job": described(_progress(request, job_id)), "action": action})
    payload, errors = request.change(document, id=job_id)
    shown = payload["job"]["id"] if payload["job"] else job_id
    if request.form.get("place") == "dialog":
        if errors:
            context = {**panel_of(request, shown), "errors": errors}
            return Screen("jobs/dialog.html", context)
        return start_in_dialog(request, shown)
    return _whole(request, shown, errors)


def reconcile(request: ScreenRequest) -> Screen:
    """Start comparing everything with Saleor, and show how far it is."""
    if not request.is_post:
        return Screen("jobs/reconcile.html")
    payload, errors = request.change(RECONCILE)
    if errors:
        return Screen("jobs/reconcile.html", {"errors": errors})
    return start_in_dialog(request, payload["job"]["id"])


def _whole(request: ScreenRequest, job_id: str, errors: list[dict[str, Any]] | None = None) -> Screen:
    context = {**panel_of(request, job_id), "errors": errors}
    return Screen("jobs/show.html", context, address=address(f"jobs/{job_id}"))


def panel_of(request: ScreenRequest, job_id: str) -> dict[str, Any]:
    """Everything about a job: for an import that waits for its start, with the options to correct."""
    job = request.execute(JOB, id=job_id)["customerJob"]
    if job is None:
        raise Http404
    report = job["report"]
    kind = report and report["__typename"]
    context = {"job": described(job), "report": report, "report_kind": kind, **_problems(job)}
    if can_be_corrected(job):
        context |= correction_of(request, job)
    return context


def _problems(job: dict[str, Any]) -> dict[str, Any]:
    page = job["problems"]["pageInfo"]
    more = address(f"jobs/{job['id']}/problems", {"after": page["endCursor"]}) if page["hasNextPage"] else ""
    return {"problems": [edge["node"] for edge in job["problems"]["edges"]], "more_problems": more}


def _progress(request: ScreenRequest, job_id: str) -> dict[str, Any]:
    job: dict[str, Any] | None = request.execute(PROGRESS, id=job_id)["customerJob"]
    if job is None:
        raise Http404
    return job
