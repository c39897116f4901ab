"""Telling staff that a job is over: Saleor's plugins and apps, and by e-mail who is named in the settings."""

from __future__ import annotations

import logging
from typing import Any

from django.core.mail import send_mail

from .. import host, settings
from .models import BulkJob, JobState

logger = logging.getLogger(__name__)

EVENT = "customer_plus.job_finished"


def job_over(job_id: int) -> None:
    """Tell that a job succeeded or failed: numbers only, nothing of any customer. What goes wrong is logged."""
    job = BulkJob.objects.get(pk=job_id)
    payload = _payload(job)
    try:
        host.notify(EVENT, payload)
    except Exception as error:
        logger.error("Could not notify of job %s: %s", job_id, type(error).__name__)
    chosen, _is_active = settings.load()
    recipients = [address for address in chosen.notify_email.split(",") if address]
    if not recipients:
        return
    try:
        send_mail(_subject(job), _text(payload), None, recipients)
    except Exception as error:
        logger.error("Could not mail of job %s: %s", job_id, type(error).__name__)


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
    lines = [f"{name}: {number}" for name, number in payload["counters"].items()]
    return "\n".join([*lines, payload["error_message"]]).strip() + "\n"
