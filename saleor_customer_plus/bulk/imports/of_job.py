"""What an import was asked for: its options, the columns of its file, who reads the rows and who writes."""

from __future__ import annotations

from ...records.editing import Writer
from ...records.models import Source
from ...settings import CustomerPlusSettings
from ..models import BulkJob
from . import files
from .headers.mapping import ColumnMap
from .options import ImportOptions, Overwrite
from .rows import RowReader


def options_of(job: BulkJob) -> ImportOptions:
    return ImportOptions.of_json(job.options)


def columns_of(job: BulkJob) -> ColumnMap:
    return ColumnMap.of_json(job.report["mapping"])


def writer_of(job: BulkJob, options: ImportOptions) -> Writer:
    return Writer(
        job.actor,
        job.cause,
        source=Source.IMPORT,
        locks=False,
        fills_only=options.overwrite is Overwrite.FILL_BLANKS,
        respects_locks=options.respects_locks,
    )


def reader_of(job: BulkJob, options: ImportOptions, chosen: CustomerPlusSettings) -> RowReader:
    columns = columns_of(job)
    return RowReader(
        columns,
        # Mailchimp writes one file for each status, and the status into its name alone.
        is_subscribed=columns.format == "mailchimp" and job.file_name.lower().startswith("subscribed"),
        region=options.country or chosen.default_country,
        month_first=options.month_first or job.options.get(files.MONTH_FIRST, False),
        marks_ids=columns.format.startswith("shopify"),
        is_exact=job.options.get(files.EXACT, False),
    )
