"""The file of an import on this machine: as it was sent, and as it is read once it was unpacked and rewritten."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from ...core import private_files as storage_files
from ...errors import CustomerPlusError, ErrorCode
from ...jobs.models import FOLDER, WORKING_FILE, BulkJob, bulk_storage
from .options import ImportOptions
from .readers import opening
from .readers.layout import Chosen, Layout
from .readers.opening import Readable
from .readers.unpacking import copy_to
from .values.base import storable

# For the job itself: names that begin with an underscore are shown to nobody.
PASTED, LAYOUT, MISSING, EXACT = "_pasted", "_layout", "_missing", "_exact"
SHEETS, FINDINGS, LEAST_CELLS, MEMBERS = "_sheets", "_findings", "_least_cells", "_members"


class _Cached:
    """The one file of a storage elsewhere that this process read last: its chunks come one after the other."""

    name = ""
    path: Path | None = None

    @classmethod
    def get(cls, name: str) -> Path:
        if cls.name != name or cls.path is None or not cls.path.exists():
            cls.drop()
            with storage_files.naming_failures(), bulk_storage().open(name) as source:
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
    with storage_files.naming_failures():
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
    return local(job.options.get(WORKING_FILE) or job.file.name), Layout.of_json(job.options[LAYOUT])


def prepare(job: BulkJob, options: ImportOptions, name: str) -> dict[str, Any]:
    """Find out what the file is and how to read it. Return what is to be kept in the job's options.

    What is no plain text with line feeds is rewritten as one, in a file of this name.
    """
    chosen = Chosen(options.encoding, options.delimiter, options.quote, options.has_header)
    path = local(job.file.name)
    with (
        tempfile.TemporaryDirectory(prefix="customer-plus-") as folder,
        _opened(job, path, Path(folder), chosen) as one,
    ):
        found = {
            EXACT: one.is_exact,
            MEMBERS: one.members,
            SHEETS: one.sheets,
            **_of_layout(one.layout, is_ragged=one.is_table),
        }
        if not one.is_rewritten:
            return {**found, WORKING_FILE: ""}
        with one.path.open("rb") as file:
            storage_files.store(bulk_storage(), name, file)
        return {**found, WORKING_FILE: name}


def _of_layout(found: Layout, *, is_ragged: bool = False) -> dict[str, Any]:
    """What is kept of a layout. Rows that were made of something else end at their last cell that is not blank."""
    headers = tuple(map(storable, found.headers))
    named = [number for number, header in enumerate(headers, start=1) if header.strip()]
    least = named[-1] if found.has_header and named and not is_ragged else 0
    return {LAYOUT: replace(found, headers=headers).to_json(), LEAST_CELLS: least}


@contextmanager
def _opened(job: BulkJob, path: Path, folder: Path, chosen: Chosen) -> Iterator[Readable]:
    if job.options.get(PASTED):
        yield opening.pasted(path.read_text(encoding="utf-8"), folder)
        return
    with opening.opened(path, folder, chosen, sheet=job.options.get("sheet") or "") as readable:
        yield readable


def new_name() -> str:
    """A name for a rewritten file, chosen before it is written: what an attempt left is replaced by the next one."""
    return f"{FOLDER}/{uuid4().hex}.csv"


def remove(job: BulkJob) -> None:
    """Remove the rewritten file at once, also where an attempt to write it failed. Raise if that cannot be."""
    begun = job.chunks.filter(phase="open").values_list("spec__name", flat=True)
    for name in {job.options.get(WORKING_FILE), *begun} - {None, ""}:
        storage_files.delete(bulk_storage(), name)


def forget(job: BulkJob) -> None:
    """Remove the rewritten file once the transaction is committed."""
    if name := job.options.get(WORKING_FILE):
        storage_files.remove_after_commit(bulk_storage(), [name])
        job.options = {**job.options, WORKING_FILE: ""}
