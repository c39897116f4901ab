"""The reports of jobs, one type for each kind. The keys of `BulkJob.report` are specific to the kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ....jobs.models import BulkJob, JobKind
from .exports import CustomerExportReport
from .fields import CustomerFieldChangeReport
from .imports import CustomerImportReport
from .problems import CustomerJobReason
from .reconciliation import CustomerReconciliationReport
from .updates import CustomerBulkUpdateReport, CustomerUndoReport

__all__ = ["CustomerJobReason", "CustomerJobReport", "report_of"]

_TYPES: Mapping[str, type[graphene.ObjectType]] = {
    JobKind.IMPORT: CustomerImportReport,
    JobKind.EXPORT: CustomerExportReport,
    JobKind.UPDATE: CustomerBulkUpdateReport,
    JobKind.UNDO: CustomerUndoReport,
    JobKind.MERGE_UNDO: CustomerUndoReport,
    JobKind.RECONCILIATION: CustomerReconciliationReport,
    JobKind.FIELD: CustomerFieldChangeReport,
}
# The keys that a report needs before there is anything to show. The other kinds show their counters.
_NEEDED: Mapping[str, str] = {JobKind.IMPORT: "mapping", JobKind.UNDO: "kept", JobKind.MERGE_UNDO: "kept"}


class CustomerJobReport(graphene.Union):  # type: ignore[misc]
    """Report of a job, by its kind."""

    class Meta:
        types = tuple(dict.fromkeys(_TYPES.values()))  # two kinds may have one report

    @classmethod
    def resolve_type(cls, job: BulkJob, _info: Any) -> type[graphene.ObjectType]:
        return _TYPES[job.kind]


def report_of(job: BulkJob) -> BulkJob | None:
    """Return the job for the report types; None if there is no report yet, or the job was forgotten."""
    needed = _NEEDED.get(job.kind)
    has_one = job.files_removed_at is None and (needed is None or needed in job.report)
    return job if has_one and job.kind in _TYPES else None
