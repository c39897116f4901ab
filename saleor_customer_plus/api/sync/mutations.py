"""Comparing all records with Saleor at once, instead of at the time that the settings say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ...activity.services import Actor
from ...sync import reconciliation
from ..core.mutations import StaffMutation
from ..core.types import DateTime
from ..jobs.mutations import send_to_work
from ..jobs.types import CustomerJob


class CustomerReconciliationStart(StaffMutation):
    """Compares all records, orders and figures with Saleor in the background, and corrects what differs.

    Only one reconciliation can run at a time. Requires MANAGE_USERS.
    """

    job = graphene.Field(CustomerJob, description="The reconciliation job. Null if the mutation failed.")

    class Arguments:
        since = DateTime(
            description="Compare only accounts and orders that changed since this time. By default, compare everything."
        )

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, since: datetime | None = None) -> dict[str, Any]:
        job = reconciliation.create(since, actor=actor)
        send_to_work(job)
        return {"job": job}


class SyncMutations:
    """The mutations of following Saleor."""

    customer_reconciliation_start = CustomerReconciliationStart.Field()
