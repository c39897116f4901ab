"""The reports of bulk updates, and of what undoes them and imports."""

from __future__ import annotations

from typing import Any

import graphene

from ....jobs.models import BulkJob


class CustomerBulkUpdateReport(graphene.ObjectType):  # type: ignore[misc]
    """Progress of a bulk update."""

    records = graphene.Int(description="Number of selected records. Null before they are selected.")
    changed = graphene.Int(required=True, description="Records that were changed.")
    unchanged = graphene.Int(required=True, description="Records that needed no change.")
    skipped = graphene.Int(required=True, description="Records that were skipped. See `problems`.")
    refused = graphene.Int(required=True, description="Records that were refused. See `problems`.")

    @staticmethod
    def resolve_records(job: BulkJob, _info: Any) -> int | None:
        return job.rows_total

    @staticmethod
    def resolve_changed(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("updated", 0))

    @staticmethod
    def resolve_unchanged(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("unchanged", 0))

    @staticmethod
    def resolve_skipped(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("skipped", 0))

    @staticmethod
    def resolve_refused(job: BulkJob, _info: Any) -> int:
        return int(job.counters.get("refused", 0))


class CustomerUndoReport(graphene.ObjectType):  # type: ignore[misc]
    """Result of an undo. Available when the job is done."""

    deleted = graphene.Int(required=True, description="Records created by the import that were deleted again.")
    changed = graphene.Int(required=True, description="Records restored to their previous values.")
    kept = graphene.Int(
        required=True,
        description="Records, or parts of them, that were not restored because they changed later. See `problems`.",
    )
    accounts_kept = graphene.Int(
        required=True, description="Accounts created by the import. They belong to Saleor and are kept."
    )
    accounts_changed = graphene.Int(
        required=True, description="Accounts whose customer type, attributes or metadata were restored."
    )
    suppressed_removed = graphene.Int(
        required=True, description="Addresses of a suppression list that are no longer remembered."
    )

    @staticmethod
    def resolve_suppressed_removed(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("suppressed", 0))

    @staticmethod
    def resolve_deleted(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("deleted", 0))

    @staticmethod
    def resolve_changed(job: BulkJob, _info: Any) -> int:
        return int(job.report["changed"])

    @staticmethod
    def resolve_kept(job: BulkJob, _info: Any) -> int:
        return int(job.report["kept"])

    @staticmethod
    def resolve_accounts_kept(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("accounts_kept", 0))

    @staticmethod
    def resolve_accounts_changed(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("accounts_changed", 0))
