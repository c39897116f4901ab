"""The file of an import on this machine: as it was sent, and as it is read once it was unpacked and rewritten."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from django.core.files import File

from ...errors import CustomerPlusError, ErrorCode
from ..models import FOLDER, BulkJob, bulk_storage
from .options import ImportOptions
from .readers import encodings, layout, limits, spools, workbooks
from .readers.layout import Chosen, Layout
from .readers.unpacking import FileKind, copy_to, unpacked

# For the job itself: names that begin with an underscore are shown to nobody.
PASTED, WORKING, LAYOUT, MISSING, EXACT = "_pasted", "_working", "_layout", "_missing", "_exact"
SHEETS, MONTH_FIRST = "_sheets", "_month_first"


class _Cached:
    """The one file of a storage elsewhere that this process read last: its chunks come one after the other."""

    name = ""
    path: Path | None = None

    @classmethod
    def get(cls, name: str) -> Path:
        if cls.name != name or cls.path is None or not cls.path.exists():
            cls.drop()
            with bulk_storage().open(name) as source:
                handle, path = tempfile.mkstemp(prefix="customer-plus-")
                os.close(handle)
                cls.path = Path(path)
                copy_to(source, cls.path)
            cls.name = name  # only now: what broke off is not the file
        return cls.path

    @classmethod
    def drop(cls) -> None:
        if cls.path is not None:
            with contextlib.suppress(OSError):
                cls.path.unlink()
        cls.path, cls.name = None, ""


def drop_copy() -> None:
    """Remove the copy that this process has of a file of a storage elsewhere: it may live for months."""
    _Cached.drop()


def local(name: str) -> Path:
    """The path of a stored file, fetched first where the storage is not of this machine."""
    try:
        path = Path(bulk_storage().path(name))
    except NotImplementedError:
        return _Cached.get(name)
    if not path.is_file():
        raise CustomerPlusError(
            "The file is not in this worker's storage. Let web processes and workers share Saleor's private storage.",
            code=ErrorCode.NOT_FOUND,
        )
    return path


def source_of(job: BulkJob) -> tuple[Path, Layout]:
    """The file that the rows are read from, and how."""
    return local(job.options.get(WORKING) or job.file.name), Layout.of_json(job.options[LAYOUT])


def prepare(job: BulkJob, options: ImportOptions) -> dict[str, Any]:
    """Find out what the file is and how to read it. Return what is to be kept in the job's options.

    What is no plain text with line feeds is rewritten as one, in a file beside it.
    """
    chosen = Chosen(options.encoding, options.delimiter, options.quote, options.has_header)
    path = local(job.file.name)
    with tempfile.TemporaryDirectory(prefix="customer-plus-") as folder, _opened(job, path, Path(folder)) as readable:
        if readable is None:
            return {EXACT: False, LAYOUT: layout.detect(path, chosen).to_json(), WORKING: ""}
        if readable.is_table:
            chosen = Chosen("utf-8", ",", '"', True if job.options.get(PASTED) else options.has_header)
        elif encodings.is_wide(chosen.encoding or "utf-8") or chosen.encoding:
            chosen = Chosen("utf-8", chosen.delimiter, chosen.quote, chosen.has_header)
        found = layout.detect(readable.path, chosen).to_json()
        with readable.path.open("rb") as file:
            return {
                EXACT: readable.is_exact,
                LAYOUT: found,
                SHEETS: readable.sheets,
                WORKING: bulk_storage().save(f"{FOLDER}/{uuid4().hex}.csv", File(file)),
            }


class _Rewritten(NamedTuple):
    """A file that was rewritten: whether as a table of ours, and whether its texts are exact.

    Those of JSON are: no spreadsheet program ever had to be kept from running them.
    """

    path: Path
    is_table: bool = False
    is_exact: bool = False
    sheets: Mapping[str, Any] = {}


@contextmanager
def _opened(job: BulkJob, path: Path, folder: Path) -> Iterator[_Rewritten | None]:
    """The file rewritten; None if it can be read as it is."""
    target = folder / "rows.csv"
    sheet = job.options.get("sheet") or ""
    if job.options.get(PASTED):
        spools.write(target, spools.rows_of_pasted(path.read_text(encoding="utf-8")))
        yield _Rewritten(target, is_table=True)
        return
    with unpacked(path) as (inner, kind):
        if kind is FileKind.XLSX:
            with workbooks.opened(inner) as book:
                sheets = book.choose(sheet)
                spools.write(target, book.rows_of(sheets.sheet))
            yield _Rewritten(target, is_table=True, sheets=sheets.to_json())
            return
        if sheet:
            raise CustomerPlusError("This file is no workbook: it has no sheets to choose from.", field="sheet")
        encoding = encodings.of(inner, job.options.get("encoding") or "")
        if _is_json_lines(inner, encoding):
            spools.write(target, spools.rows_of_json_lines(inner, encoding))
            yield _Rewritten(target, is_table=True, is_exact=True)
        elif inner != path or encodings.is_wide(encoding) or _has_old_lines(inner):
            spools.transcode(inner, encoding, target)
            yield _Rewritten(target)
        else:
            yield None


def _is_json_lines(path: Path, encoding: str) -> bool:
    with path.open(encoding=encoding, errors="replace") as file:
        for _ in range(10):
            line = file.readline(limits.MOST_IN_LINE)
            if line.strip():
                return spools.is_json_lines(line)
    return False


def _has_old_lines(path: Path) -> bool:
    """Whether lines end in a carriage return alone, as on a Mac of old."""
    with path.open("rb") as file:
        head = file.read(limits.MIB)
    return b"\r" in head and b"\n" not in head


def forget(job: BulkJob) -> None:
    """Remove the rewritten file."""
    if name := job.options.get(WORKING):
        bulk_storage().delete(name)
        job.options = {**job.options, WORKING: ""}
