"""Computing insights at once, instead of at the hour that the settings say."""

from __future__ import annotations

from typing import Any

import graphene

from ...activity.services import Actor
from ...insights import insights_job
from ..core.mutations import StaffMutation
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob


class CustomerInsightsCompute(StaffMutation):
    """Computes the RFM groups and expected orders of all customers in the background, as happens every night.

    Only one computation can run at a time. Requires MANAGE_USERS.
    """

    job = graphene.Field(CustomerJob, description="The job that computes. Null if the mutation failed.")

    @classmethod
    def perform(cls, info: Any, actor: Actor) -> dict[str, Any]:
        job = insights_job.create(actor=actor)
        send_to_work(job)
        return {"job": job}


class InsightMutations:
    """The mutation that computes insights."""

    customer_insights_compute = CustomerInsightsCompute.Field()
