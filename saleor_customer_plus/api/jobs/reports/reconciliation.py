"""The report of a reconciliation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ....jobs.models import BulkJob
from ....sync.reconciliation import since_of
from ....sync.walks import DRIFT, SEEN
from ...core.types import DateTime


class CustomerReconciliationSeen(graphene.ObjectType):  # type: ignore[misc]
    """Numbers of rows that a reconciliation has compared so far."""

    accounts = graphene.Int(required=True, description="Saleor's accounts.")
    orders = graphene.Int(required=True, description="Saleor's orders.")
    ledger = graphene.Int(required=True, description="Orders that the plugin knows, compared with Saleor's.")
    records = graphene.Int(required=True, description="Customer records, whose figures were computed again.")


class CustomerReconciliationDrift(graphene.ObjectType):  # type: ignore[misc]
    """Differences from Saleor that were corrected so far. Nothing differed if all are 0."""

    total = graphene.Int(required=True, description="Sum of the other numbers.")
    records_created = graphene.Int(required=True, description="Records that were missing.")
    links_corrected = graphene.Int(
        required=True, description="Records that were linked to the wrong account, or to none."
    )
    account_details_corrected = graphene.Int(
        required=True, description="Accounts whose names or addresses had changed unnoticed."
    )
    ledger_added = graphene.Int(required=True, description="Orders that were missing.")
    ledger_corrected = graphene.Int(required=True, description="Orders that were out of date, or with another record.")
    ledger_removed = graphene.Int(required=True, description="Orders that Saleor no longer has.")
    figures_corrected = graphene.Int(required=True, description="Figures of a record in one currency that were wrong.")
    records_corrected = graphene.Int(required=True, description="Records whose details or counts were wrong.")
    leads_converted = graphene.Int(required=True, description="Leads of customers who had bought.")
    groups_mirrored = graphene.Int(required=True, description="Accounts whose metadata named the wrong groups.")


class CustomerReconciliationReport(graphene.ObjectType):  # type: ignore[misc]
    """Progress of a reconciliation: what was compared and corrected so far."""

    since = DateTime(description="Only what changed since this time is compared. Null if everything is.")
    seen = graphene.Field(CustomerReconciliationSeen, required=True, description="Numbers of rows compared.")
    drift = graphene.Field(CustomerReconciliationDrift, required=True, description="Differences that were corrected.")
    set_aside = graphene.Int(
        description="Number of accounts, orders and records that could not be synchronized, and are retried "
        "automatically. Null before the job ends."
    )

    @staticmethod
    def resolve_since(job: BulkJob, _info: Any) -> datetime | None:
        return since_of(job)

    @staticmethod
    def resolve_seen(job: BulkJob, _info: Any) -> dict[str, int]:
        return {name: job.counters.get(name, 0) for name in SEEN}

    @staticmethod
    def resolve_drift(job: BulkJob, _info: Any) -> dict[str, int]:
        drift = {name: job.counters.get(name, 0) for name in DRIFT}
        return {**drift, "total": sum(drift.values())}

    @staticmethod
    def resolve_set_aside(job: BulkJob, _info: Any) -> int | None:
        set_aside: int | None = job.report.get("set_aside")
        return set_aside
