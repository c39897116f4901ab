"""The report of an export."""

from __future__ import annotations

from typing import Any

import graphene

from ....jobs.models import BulkJob
from ...core.types import list_of


class CustomerExportReportColumn(graphene.ObjectType):  # type: ignore[misc]
    """A column of the exported file."""

    key = graphene.String(required=True, description="Key of the column, with the currency if it has one.")
    header = graphene.String(required=True, description="Header in the exported file.")


class CustomerExportReport(graphene.ObjectType):  # type: ignore[misc]
    """Result of an export. The number of records is `rowsTotal` of `progress`."""

    columns = list_of(
        CustomerExportReportColumn,
        required=True,
        description="Columns of the file, in order, as requested or from the profile or the settings.",
    )
    lost_cells = graphene.Int(
        required=True,
        description="Number of cells that were truncated, or in which question marks replace characters that the "
        "encoding lacks.",
    )
    changed_cells = graphene.Int(
        required=True,
        description="Number of cells of a CSV or TSV file that Excel would take for numbers or dates and change, such "
        "as `007`.",
    )
    warning = graphene.String(
        description="What was lost, or what Excel would change, and how to keep it. Null if there is nothing to tell."
    )

    @staticmethod
    def resolve_columns(job: BulkJob, _info: Any) -> list[Any]:
        return list(job.options["columns"])

    @staticmethod
    def resolve_changed_cells(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("changed_cells", 0))

    @staticmethod
    def resolve_lost_cells(job: BulkJob, _info: Any) -> int:
        return int(job.report.get("lost_cells", 0))

    @staticmethod
    def resolve_warning(job: BulkJob, _info: Any) -> Any:
        return job.report.get("warning")
