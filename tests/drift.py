"""A reconciliation in this process, and what one would correct: nothing, where all is right."""

from __future__ import annotations

from collections import Counter

from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.sync import reconciliation as actions
from saleor_customer_plus.sync.walks import DRIFT


def drift() -> dict[str, int]:
    """Count what a reconciliation of the whole store would correct, without correcting it."""
    found = sum((batch.counted for batch in actions.rehearse()), start=Counter[str]())
    return {name: found[name] for name in DRIFT if found[name]}


def reconcile() -> BulkJob:
    """Reconcile the whole store in this process, or go on with the reconciliation that is under way."""
    job = actions.start()
    for _ in jobs.run(job.pk):
        pass
    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED, job.error_message
    return job
