"""Rows that were refused or passed over, or have warnings: kept as long as the job's files, and reported in files.

Two files have the layout of the original, so that they can be corrected and loaded again: the rows that were refused,
and the rows that were written without a part of them.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from ...core import private_files
from ...jobs.models import BulkChunk, BulkJob, BulkProblem, bulk_storage
from ..cells import neutralise, neutralise_again
from .files import EXACT, LAYOUT
from .options import Mode
from .person import WARNING, Reason
from .readers.layout import Layout
from .values.base import storable

# Number, cells, reasons.
Refused = tuple[int, list[str], list[Reason]]

# A consent that was not granted, in a row that was written otherwise; and one that another row says no to.
WITHHELD, OVERRULED = "WITHHELD", "OVERRULED"

# Not mistakes of a row: nothing is to be mended.
PASSED = ("DUPLICATE", "SKIPPED", WITHHELD, OVERRULED)
# The header of the column that is added. A file that has it is loaded like any other: it is passed over.
REASON = "Reason"


def superseded(other: int, mode: Mode) -> Reason:
    return Reason("DUPLICATE", f"Duplicate of row {other}, which {_used(mode)}.", "email")


def set_aside(other: int, mode: Mode, unreadable: Iterable[Reason]) -> list[Reason]:
    """Why a row is refused that cannot be read as a whole, where an earlier one of its address can."""
    message = (
        f"Row {other}, which has the same e-mail address, {_used(mode)} instead. To use this row, correct it and "
        "import it again."
    )
    return [Reason("DUPLICATE", message, "email"), *(replace(one, is_warning=False) for one in unreadable)]


def _used(mode: Mode) -> str:
    # Where known or new people are not written, that row may be skipped too.
    return "was used" if mode is Mode.CREATE_AND_UPDATE else "counts"


class Severity(StrEnum):
    """What a reason means for its row."""

    ERROR = "ERROR"
    WARNING = WARNING
    INFO = "INFO"


def severity_of(reason: Mapping[str, Any]) -> Severity:
    """What a reason, as it is kept, means for its row."""
    if "severity" in reason:
        return Severity(reason["severity"])
    return Severity.INFO if reason.get("code") in PASSED else Severity.ERROR


def is_passed(reasons: Sequence[Reason]) -> bool:
    return all(reason.code in PASSED for reason in reasons)


def keep(job: BulkJob, chunk: BulkChunk, refused: Iterable[Refused]) -> None:
    """Keep the problems of a chunk, in the place of those that its preview found."""
    first, count = chunk.spec["row"], chunk.spec["rows"]
    BulkProblem.objects.filter(job=job, place__gte=first, place__lt=first + count).delete()
    BulkProblem.objects.bulk_create(
        (
            BulkProblem(
                job=job,
                row_number=number,
                cells=list(map(storable, cells)),
                reasons=[reason.to_json() for reason in reasons],
            )
            for number, cells, reasons in refused
        ),
        batch_size=1000,
    )


def write_files(job: BulkJob) -> None:
    """Put the refused rows into a file in the layout of the original, with a column that says why, and those that have
    warnings into another one.
    """
    layout = Layout.of_json(job.options[LAYOUT])
    is_exact = job.options.get(EXACT, False)
    stem = (job.file.name or "").partition(".")[0]  # the same in a second attempt
    kept = BulkProblem.objects.filter(job=job).order_by("place", "id").values_list("cells", "reasons")
    with tempfile.TemporaryDirectory(prefix="customer-plus-") as folder:
        files = {
            Severity.ERROR: _File(Path(folder, "errors.csv"), layout, is_exact=is_exact),
            Severity.WARNING: _File(Path(folder, "warnings.csv"), layout, is_exact=is_exact),
        }
        with ExitStack() as stack:
            for cells, reasons in kept.iterator():
                severity = severity_of_row(reasons)
                if cells and severity in files:
                    files[severity].add(stack, cells, reasons)
        for severity, field in ((Severity.ERROR, "error_file"), (Severity.WARNING, "warning_file")):
            path = files[severity].path
            if path.exists():
                with path.open("rb") as done:
                    name = f"{stem}-{path.name}"
                    private_files.store(bulk_storage(), name, done)
                getattr(job, field).name = name


def severity_of_row(reasons: Iterable[Mapping[str, Any]]) -> Severity:
    """The most serious problem of a row."""
    found = set(map(severity_of, reasons))
    return next((one for one in Severity if one in found), Severity.INFO)


class _File:
    """A file of rows, made once there is a first one."""

    def __init__(self, path: Path, layout: Layout, *, is_exact: bool) -> None:
        self.path = path
        self._layout, self._is_exact = layout, is_exact
        self._writer: Any = None
        headers = layout.headers
        # Of an earlier import, which reported these rows too: the last cell, also in a row of too many.
        self._had_reasons = layout.has_header and headers[-1].strip() == REASON
        self._headers = headers[:-1] if self._had_reasons else headers

    def add(self, stack: ExitStack, cells: Sequence[str], reasons: Iterable[Mapping[str, Any]]) -> None:
        if self._writer is None:
            # With a mark, for spreadsheets. A few rows are too few to tell another encoding by.
            file = stack.enter_context(self.path.open("w", encoding="utf-8-sig", newline="", errors="replace"))
            quote = self._layout.quote or '"'
            self._writer = csv.writer(file, delimiter=self._layout.delimiter, quotechar=quote)
            if self._layout.has_header:
                self._write(self._headers, REASON)
        cut = self._had_reasons and len(cells) > len(self._headers)
        self._write(cells[:-1] if cut else cells, in_words(reasons))

    def _write(self, cells: Sequence[str], reason: str) -> None:
        blanks = [""] * (len(self._headers) - len(cells))
        self._writer.writerow([*(_harmless(cell, self._is_exact) for cell in cells), *blanks, neutralise(reason)])


# What looks like a formula and is a phone number, or a dash, which says nothing.
_HARMLESS = re.compile(r"\+\d[\d ()./-]*|-+")


def _harmless(cell: str, is_exact: bool) -> str:
    """The cell so that a spreadsheet does not run it, and an import reads what it would have read before.

    One of a CSV file may have its apostrophe already.
    """
    cell = cell.strip()
    if is_exact:
        return neutralise(cell)
    return cell if _HARMLESS.fullmatch(cell) else neutralise_again(cell)


def in_words(reasons: Iterable[Mapping[str, Any]]) -> str:
    """Why a row, or a part of it, was not written."""
    return " ".join(map(_sentence, reasons))


def with_value(reason: Mapping[str, Any]) -> str:
    """A reason with the cell that it is about, for whoever does not see the row."""
    value = reason.get("value")
    return _sentence({**reason, "header": f'{reason["header"]} "{value}"'} if value else reason)


def _sentence(reason: Mapping[str, Any]) -> str:
    column = reason.get("header") or reason["field"]
    about = f"{column}: " if column else ""
    in_the_way = f" Its id is {reason['id']}." if reason.get("id") else ""
    return f"{about}{reason['message']}{in_the_way}"
