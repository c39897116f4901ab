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

from django.core.files import File

from ... import settings, sql
from ...activity.actions import Actor
from ...records.models import CustomerRecord
from ...records.queries import RecordList
from ...settings import ExportFormat
from .. import jobs, selection
from ..cells import neutralise
from ..models import FOLDER, BulkChunk, BulkJob, JobKind, bulk_storage
from ..progress import Watch
from .columns import Style, cell
from .options import ENCODINGS, ExportOptions, Wish, resolve
from .query import Neutral, export_query
from .writers import JsonWriter, TextWriter, Writer, Written, XlsxWriter

# A larger part of the store than this is joined set-wise.
_PART = 0.02


def create(records: RecordList, wish: Wish, *, actor: Actor, include_inactive: bool = False) -> BulkJob:
    """Make the job of an export. Send `tasks.run_job` once the transaction is committed."""
    chosen, _is_active = settings.load()
    options = resolve(wish, chosen)
    narrowed = records.filter
    if include_inactive:
        narrowed = replace(narrowed, is_active=None)
    if options.only_subscribed and narrowed.accepts_marketing is None:
        narrowed = replace(narrowed, accepts_marketing=True)
    kept = {**options.to_json(), "_records": selection.dumped(replace(records, filter=narrowed))}
    return jobs.create(JobKind.EXPORT, actor=actor, options=kept, is_confirmed=True)


class Export(jobs.Kind):
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
            rows, lost = write(file, records, options, watch, job.rows_total)
            file.flush()
            size = file.tell()
            _store(chunk.spec["name"], file)
        return Counter(read=rows, bytes=size, **({"lost_cells": lost} if lost else {}))

    def finish(self, job: BulkJob) -> None:
        job.result_file = job.chunks.get().spec["name"]
        job.bytes_total = job.bytes_done
        if lost := job.counters.get("lost_cells", 0):
            job.report = {"lost_cells": lost, "warning": _warning(lost, ExportOptions.from_json(job.options))}

    def forget(self, job: BulkJob) -> None:
        for chunk in job.chunks.all():
            bulk_storage().delete(chunk.spec["name"])
        job.options = {name: value for name, value in job.options.items() if name != "_records"}


jobs.register(Export())


def write(
    file: IO[bytes], records: RecordList, options: ExportOptions, told: Callable[[int], None], expected: int | None
) -> Written:
    """Write the list into a file. In a transaction. `expected` is about how many rows it will have."""
    style = Style(decimal="." if options.format in _TYPED else options.decimal, time=options.time)
    cells = [cell(column.key, style) for column in options.columns]
    are_numbers = [one.is_number for one in cells]
    query = export_query(
        records.matching,
        cells,
        currency=options.currency,
        set_wise=expected is None or expected > _PART * _estimated(),
        neutral=_neutral(options),
    )
    _prepare()
    return _writer(options, are_numbers)(query, file, told)


def _warning(lost: int, options: ExportOptions) -> str:
    if options.format is ExportFormat.XLSX:
        told = f"Texts longer than a cell of a workbook can be were cut, in so many cells: {lost:,}."
        return f"{told} Export CSV or JSON lines to keep all of them."
    name = next(name for name, codec in ENCODINGS.items() if codec == options.encoding)
    told = f"Characters that {name} has not are question marks now, in so many cells: {lost:,}."
    return f"{told} Export in UTF-8, or as XLSX, to keep them."


# Formats whose cells are numbers or texts by themselves.
_TYPED = (ExportFormat.XLSX, ExportFormat.JSONL)


def _neutral(options: ExportOptions) -> Neutral:
    if options.format in _TYPED:  # an import restores cells of XLSX too, which may have been CSV before
        return Neutral.GUARDED if options.format is ExportFormat.XLSX else Neutral.NONE
    return Neutral.ALL_BUT_PHONES if options.plain_phones else Neutral.ALL


def _writer(options: ExportOptions, are_numbers: list[bool]) -> Writer:
    headers = [column.header for column in options.columns]
    if options.format is ExportFormat.XLSX:
        return XlsxWriter(headers, are_numbers)
    if options.format is ExportFormat.JSONL:
        return JsonWriter([column.key for column in options.columns], are_numbers)
    return TextWriter(list(map(neutralise, headers)), options.delimiter, options.encoding)


def _estimated() -> float:
    """About how many records there are, as PostgreSQL has it in its statistics."""
    query = sql.fill("SELECT reltuples FROM pg_class WHERE oid = {name}::regclass", name=CustomerRecord._meta.db_table)
    return float(sql.rows(query)[0].reltuples)


def _prepare() -> None:
    """For this transaction: times are told in UTC, and a million rows are joined rather than looked up."""
    sql.run(sql.Sql("SET LOCAL timezone = 'UTC'; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'"))
    sql.run(sql.Sql("SET LOCAL datestyle = 'ISO'"))


def _store(name: str, file: Any) -> None:
    """Put a complete file into the private storage, in the place of what a killed worker may have stored."""
    storage = bulk_storage()
    if storage.exists(name):
        storage.delete(name)
    file.seek(0)
    saved = storage.save(name, File(file))
    if saved != name:
        storage.delete(saved)
        raise RuntimeError("The storage gave the file another name.")
