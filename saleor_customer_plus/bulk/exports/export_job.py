"""Exports: one statement, whose rows are written into a file, which is stored once it is complete.

An export is a job of one chunk. A worker that is killed leaves nothing that anybody could fetch, and the next one
starts over. The name of the file is chosen before, so that what a killed worker may have stored is replaced.
"""

from __future__ import annotations

import secrets
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import IO, Any

from ... import settings
from ...activity.services import Actor
from ...consent.models import ConsentChannel, ConsentPurpose
from ...core import private_files, sql
from ...customers.filters import RecordFilter
from ...customers.queries import RecordList
from ...jobs import job_channels, kinds, lifecycle
from ...jobs.models import FOLDER, BulkChunk, BulkJob, JobKind, bulk_storage
from ...jobs.progress import Watch
from ...records.models import CustomerRecord
from ...settings import ExportFormat
from .. import selection
from ..cells import defuse, neutralise
from ..columns import ATTRIBUTE, FIELD
from .column_sql import BY_PURPOSE, Style, cell
from .field_columns import cell_of, definitions_of
from .options import ENCODINGS, ExportOptions, ExportRequest, resolve
from .query import Neutral, export_query
from .writers import JsonWriter, TextWriter, Writer, Written, XlsxWriter

# Counters of cells that Excel would change, by the number of the column.
_CHANGED = "changed_cells_"
# A larger part of the store than this is joined set-wise.
_PART = 0.02


def create(records: RecordList, request: ExportRequest, *, actor: Actor, include_inactive: bool = False) -> BulkJob:
    """Make the job of an export. Send `tasks.run_job` once the transaction is committed."""
    chosen, _is_active = settings.load()
    # Whoever asks, by the API or by a command: the file has the figures that they may see.
    records = replace(records, channels=job_channels.channels_of_actor(actor))
    options = resolve(request, chosen, records.channels)
    narrowed = records.filter
    if include_inactive:
        narrowed = replace(narrowed, is_active=None)
    if options.only_subscribed:
        narrowed = _subscribers(narrowed, ConsentPurpose(options.purpose))
    kept = {**options.to_json(), "_request": request.given()}
    kept["_records"] = selection.dumped(replace(records, filter=narrowed))
    return lifecycle.create(JobKind.EXPORT, actor=actor, options=kept, is_confirmed=True)


def _subscribers(wanted: RecordFilter, purpose: ConsentPurpose) -> RecordFilter:
    """Only who consents to this purpose by e-mail, unless the filter says itself what it wants of this consent."""
    flag = BY_PURPOSE[purpose]
    named = [(one.channel, one.purpose) for one in wanted.consents or ()]
    is_named = getattr(wanted, flag) is not None or (ConsentChannel.EMAIL, purpose) in named
    changes: dict[str, Any] = {} if is_named else {flag: True}
    return replace(wanted, **changes)


class Export(kinds.Kind):
    """One list of records into one file."""

    kind = JobKind.EXPORT
    phases = ("write",)

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        job.rows_total = selection.loaded(job.options["_records"]).count()
        return [{"name": f"{FOLDER}/{secrets.token_urlsafe(24)}.{job.options['format']}"}]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        options = ExportOptions.from_json(job.options)
        records = selection.loaded(job.options["_records"])
        with tempfile.NamedTemporaryFile() as file, Watch(job.pk) as watch:
            rows, lost, changed = write(file, records, options, watch, job.rows_total)
            file.flush()
            size = file.tell()
            file.seek(0)
            private_files.store(bulk_storage(), chunk.spec["name"], file)
        cells = {"lost_cells": lost, **{f"{_CHANGED}{column}": count for column, count in changed.items()}}
        return Counter(read=rows, bytes=size, **{name: count for name, count in cells.items() if count})

    def finish(self, job: BulkJob) -> None:
        job.result_file = job.chunks.get().spec["name"]
        job.bytes_total = job.bytes_done
        options = ExportOptions.from_json(job.options)
        lost = job.counters.get("lost_cells", 0)
        changed = {
            int(name.removeprefix(_CHANGED)): count
            for name, count in sorted(job.counters.items())
            if name.startswith(_CHANGED)
        }
        if lost or changed:
            warnings = [_lost_warning(lost, options)] * bool(lost) + [_changed_warning(changed, options)] * bool(
                changed
            )
            job.report = {
                "lost_cells": lost,
                "changed_cells": sum(changed.values()),
                "warning": " ".join(warnings),
            }

    def forget(self, job: BulkJob) -> None:
        for chunk in job.chunks.all():
            private_files.delete(bulk_storage(), chunk.spec["name"])
        # The words that were searched for, and the names of attributes and profiles, may be somebody's data.
        job.options = {}


def write(
    file: IO[bytes],
    records: RecordList,
    options: ExportOptions,
    report_rows: Callable[[int], None],
    expected: int | None,
) -> Written:
    """Write the list into a file. In a transaction. `expected` is about how many rows it will have."""
    style = Style(decimal="." if options.format in _TYPED else options.decimal, time=options.time)
    fields = definitions_of(column.key for column in options.columns)
    cells = [
        cell_of(fields.get(column.key), style) if column.key.startswith(FIELD) else cell(column.key, style)
        for column in options.columns
    ]
    are_numbers = [one.is_number for one in cells]
    query = export_query(
        records.matching,
        cells,
        currency=options.currency,
        set_wise=expected is None or expected > _PART * _estimated(),
        neutral=_neutral(options),
        reports_changes=options.format not in _TYPED,
        channels=records.channels,
    )
    _prepare()
    return _writer(options, are_numbers)(query, file, report_rows)


def _lost_warning(lost: int, options: ExportOptions) -> str:
    if options.format is ExportFormat.XLSX:
        warning = f"Texts that are too long for a cell of a workbook were cut. Cells affected: {lost:,}."
        return f"{warning} Export CSV or JSON lines to keep all of them."
    name = next(name for name, codec in ENCODINGS.items() if codec == options.encoding)
    warning = f"Characters that {name} does not have were replaced by question marks. Cells affected: {lost:,}."
    return f"{warning} Export in UTF-8, or as XLSX, to keep them."


def _changed_warning(changed: Mapping[int, int], options: ExportOptions) -> str:
    count = sum(changed.values())
    # What a custom attribute is called may be somebody's data.
    names = dict.fromkeys(
        "custom attributes" if key.startswith(ATTRIBUTE) else header
        for key, header in ((options.columns[index].key, options.columns[index].header) for index in sorted(changed))
    )
    warning = (
        "Excel takes texts such as 007, 1E5 or 1-2 for numbers or dates, and changes them. "
        f"Cells affected: {count:,} ({', '.join(names)})."
    )
    if options.for_other_tool:
        return f"{warning} Load the file into the other tool without saving it in Excel, or export it as XLSX."
    return f"{warning} Export it as XLSX to open it in Excel."


# Formats whose cells are numbers or texts by themselves.
_TYPED = (ExportFormat.XLSX, ExportFormat.JSONL)


def _neutral(options: ExportOptions) -> Neutral:
    if options.format is ExportFormat.JSONL:
        return Neutral.NONE
    if options.format is ExportFormat.XLSX:  # an import restores cells of XLSX too, which may have been CSV before
        return Neutral.NONE if options.for_other_tool else Neutral.GUARDED
    return Neutral.HARMFUL if options.for_other_tool else Neutral.ALL


def _writer(options: ExportOptions, are_numbers: list[bool]) -> Writer:
    headers = [column.header for column in options.columns]
    if options.format is ExportFormat.XLSX:
        return XlsxWriter(headers, are_numbers)
    if options.format is ExportFormat.JSONL:
        return JsonWriter([column.key for column in options.columns], are_numbers)
    mark = defuse if options.for_other_tool else neutralise
    return TextWriter(list(map(mark, headers)), options.delimiter, options.encoding)


def _estimated() -> float:
    """About how many records there are, as PostgreSQL has it in its statistics."""
    query = sql.fill("SELECT reltuples FROM pg_class WHERE oid = {name}::regclass", name=CustomerRecord._meta.db_table)
    return float(sql.rows(query)[0].reltuples)


def _prepare() -> None:
    """For this transaction: times are written in UTC, and a million rows are joined rather than looked up."""
    sql.run(sql.Sql("SET LOCAL timezone = 'UTC'; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"))
    sql.run(sql.Sql("SET LOCAL datestyle = 'ISO'"))
