"""Telling staff that a job is over: Saleor's plugins and apps, and by e-mail who is named in the settings."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.core.mail import EmailMessage

from ..core import notifications
from .models import COUNTERS, BulkJob, JobState

EVENT = "customer_plus.job_finished"

# The counters that a mail lists, in this order. Those of a preview, and those that only help to count, are left out.
_REPORTED = (*COUNTERS, "deleted", "deactivated", "accounts", "accounts_refused", "lost_cells")


def job_over(job_id: int) -> None:
    """Report that a job succeeded or failed: numbers only, no data of any customer."""
    job = BulkJob.objects.get(pk=job_id)
    payload = _payload(job)
    notifications.notify(EVENT, payload, about=f"job {job_id}")
    with suppress(notifications.MailDelayed):  # logged; what a job came to can be seen in the list of jobs
        # A job that was retried is over again: that is another event.
        about = f"job {job_id} {payload['finished_at']}"
        notifications.mail(lambda to: EmailMessage(_subject(job), _text(payload), to=to), about=about)


def _payload(job: BulkJob) -> dict[str, Any]:
    return {
        "job_id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "actor_type": job.actor_type,
        "actor_id": job.actor_id,
        "counters": job.counters,
        "error_code": job.error_code,
        "error_message": job.error_message,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at and job.finished_at.isoformat(),
    }


def _subject(job: BulkJob) -> str:
    ended = "is done" if job.state == JobState.SUCCEEDED else "failed"
    return f"{job.get_kind_display()} {ended} (job {job.pk})"


def _text(payload: dict[str, Any]) -> str:
    counters = payload["counters"]
    lines = [f"{name.replace('_', ' ')}: {counters[name]:,}" for name in _REPORTED if counters.get(name)]
    return "\n".join([*lines, payload["error_message"]]).strip() + "\n"
