"""Cancel, retry and forget jobs."""

from __future__ import annotations

from typing import Any

import graphene

from ... import tasks
from ...activity.services import Actor
from ...core import publishing
from ...jobs import lifecycle, retention
from ...jobs.models import BulkJob
from ..core.mutations import StaffMutation
from .types import CustomerJob, job_key


def send_to_work(job: BulkJob) -> None:
    """Start the job once the transaction is committed."""
    publishing.publish(tasks.run_job, job.pk)


class _JobMutation(StaffMutation):
    class Meta:
        abstract = True

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the job.")

    job = graphene.Field(
        CustomerJob, description="The canceled, resumed or forgotten job. Null if the mutation failed."
    )


class CustomerJobCancel(_JobMutation):
    """Cancels a job before its next step. Changes made so far are kept. Requires MANAGE_USERS."""

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"job": lifecycle.cancel(job_key(id), actor=actor)}


class CustomerJobRetry(_JobMutation):
    """Resumes a failed or canceled job at once where it stopped. Requires MANAGE_USERS.

    The job then continues on behalf of the caller.
    """

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        job = lifecycle.retry(job_key(id), actor=actor)
        send_to_work(job)
        return {"job": job}


class CustomerJobForget(_JobMutation):
    """Removes the customer data of a job at once: its files, previews and refused rows. Requires MANAGE_USERS.

    For urgent erasure. The job can then be neither undone nor resumed.
    """

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        return {"job": retention.forget(job_key(id), actor=actor)}


class JobMutations:
    """The mutations for all kinds of jobs."""

    customer_job_cancel = CustomerJobCancel.Field()
    customer_job_retry = CustomerJobRetry.Field()
    customer_job_forget = CustomerJobForget.Field()
