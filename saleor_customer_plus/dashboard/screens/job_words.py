"""Jobs in words: what each does, where it is, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..formats import number, said

UNDER_WAY = ("PENDING", "RUNNING")
OVER = ("SUCCEEDED", "FAILED", "CANCELED")

PHASES: dict[str, Any] = {
    "open": gettext_lazy("Opening the file"),
    "scan": gettext_lazy("Reading the file"),
    "twice": gettext_lazy("Comparing e-mail addresses"),
    "judge": gettext_lazy("Comparing e-mail addresses"),
    "addresses": gettext_lazy("Comparing e-mail addresses"),
    "others": gettext_lazy("Comparing e-mail addresses"),
    "numbers": gettext_lazy("Comparing customer numbers"),
    "preview": gettext_lazy("Preparing the preview"),
    "sum": gettext_lazy("Adding up the preview"),
    "write": gettext_lazy("Writing"),
    "link": gettext_lazy("Linking orders and accounts"),
    "accounts": gettext_lazy("Creating accounts"),
    "missing": gettext_lazy("Deactivating those who are missing"),
    "select": gettext_lazy("Selecting customers"),
    "apply": gettext_lazy("Changing customers"),
    "undo": gettext_lazy("Undoing"),
    "merge": gettext_lazy("Merging"),
    "convert": gettext_lazy("Converting values"),
    "exchange": gettext_lazy("Changing the field"),
    "log": gettext_lazy("Noting it with each customer"),
    "keys": gettext_lazy("Reading customers"),
    "crowds": gettext_lazy("Counting what many have"),
    "pairs": gettext_lazy("Comparing customers"),
    "people": gettext_lazy("Grouping the duplicates"),
}

ACTIONS: dict[str, Any] = {
    "tag": gettext_lazy("Add tags"),
    "untag": gettext_lazy("Remove tags"),
    "group": gettext_lazy("Add to a group"),
    "ungroup": gettext_lazy("Remove from a group"),
    "consents": gettext_lazy("Record consent"),
    "deactivate": gettext_lazy("Deactivate"),
    "activate": gettext_lazy("Activate"),
    "setTaxExempt": gettext_lazy("Set tax exemption"),
    "setFields": gettext_lazy("Set fields"),
    "assignLeads": gettext_lazy("Assign open leads"),
    "message": gettext_lazy("Send a message"),
    "delete": gettext_lazy("Delete"),
}


def described(job: dict[str, Any]) -> dict[str, Any]:
    """The job with what a template needs to show it."""
    state, kind = job["state"], job["kind"]
    is_kept = job["filesRemovedAt"] is None
    is_over = state in OVER
    fraction = job["progress"]["fraction"]
    percent = None if fraction is None else int(fraction * 100)
    return {
        **job,
        "title": title_of(job),
        "tone": {"SUCCEEDED": "good", "FAILED": "bad", "CANCELED": "warn", "READY": "info", "RUNNING": "info"}.get(
            state, ""
        ),
        "step": PHASES.get(job["phase"], ""),
        "is_under_way": state in UNDER_WAY,
        "is_over": is_over,
        "percent": percent,
        "share": None if percent is None else percent / 100,
        "time_left": _time_left(job["progress"]["secondsLeft"]),
        "can_cancel": state in (*UNDER_WAY, "READY"),
        "can_retry": state in ("FAILED", "CANCELED") and is_kept and not job["undoneBy"],
        "can_undo": is_over and is_kept and not job["undoneBy"] and _did_what_can_be_undone(job),
        "can_start": kind == "FIELD" and state == "READY",
        "can_forget": is_over and is_kept and kind not in ("RECONCILIATION", "INSIGHTS", "DUPLICATES"),
        "result": result_of(job),
    }


def _did_what_can_be_undone(job: dict[str, Any]) -> bool:
    if job["kind"] == "UPDATE":
        return bool(job["progress"]["updated"]) and _action_of(job) not in ("delete", "message")
    if job["kind"] == "MERGE":
        return bool(job["progress"]["updated"])
    return bool(job["kind"] == "IMPORT" and job["startedAt"])


def title_of(job: dict[str, Any]) -> str:
    if job["kind"] == "UPDATE":
        return str(ACTIONS.get(_action_of(job), said("UPDATE")))
    return (
        f"{said(job['kind'])}: {job['fileName']}" if job["fileName"] and job["kind"] == "IMPORT" else said(job["kind"])
    )


def _action_of(job: dict[str, Any]) -> str:
    action = job["action"] or {}
    return next((name for name in ACTIONS if action.get(name) is not None), "")


def result_of(job: dict[str, Any]) -> str:
    """What the job has done so far, or would do, in a line: "3 created, 12 changed"."""
    progress = job["progress"]
    if job["kind"] == "EXPORT":
        rows = progress["rowsRead"]
        return ngettext("%s customer", "%s customers", rows) % number(rows) if rows else ""
    report = job["report"]
    if job["state"] == "READY":
        return _planned(report or {})
    if job["kind"] == "RECONCILIATION":
        return _("%s corrected") % number(report["drift"]["total"]) if report else ""
    if job["kind"] in ("UNDO", "MERGE_UNDO"):
        undone = report or {"deleted": 0, "changed": 0, "kept": 0}
        return _listed(
            (undone["deleted"], _("%s deleted")), (undone["changed"], _("%s restored")), (undone["kept"], _("%s kept"))
        )
    return _listed(
        (progress["created"], _("%s created")),
        (progress["updated"], _("%s changed")),
        (progress["unchanged"], _("%s unchanged")),
        (progress["skipped"], _("%s skipped")),
        (progress["refused"], _("%s refused")),
        (progress["withWarnings"], _("%s with warnings")),
    )


def _planned(report: dict[str, Any]) -> str:
    """What a job would do that waits for its start."""
    counts = (report.get("preview") or {}).get("counts")
    if counts:
        return _listed(
            (counts["toCreate"], _("%s to create")),
            (counts["toUpdate"], _("%s to change")),
            (counts["toLeave"], _("%s unchanged")),
            (counts["toSkip"], _("%s to skip")),
            (counts["toRefuse"], _("%s to refuse")),
            (counts["withWarnings"], _("%s with warnings")),
        )
    return _listed((report.get("keptCount") or 0, _("%s kept")), (report.get("lostCount") or 0, _("%s lost")))


def _listed(*counts: tuple[int, str]) -> str:
    return ", ".join(words % number(count) for count, words in counts if count)


def _time_left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %s minute left", "about %s minutes left", minutes) % number(minutes)
