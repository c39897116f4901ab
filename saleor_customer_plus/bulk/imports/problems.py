"""Rows that were refused or passed over: kept while the job's files are, and told in a file to be mended."""

from __future__ import annotations

import csv
import itertools
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from uuid import uuid4

from django.core.files import File

from ..cells import is_formula, neutralise
from ..models import FOLDER, BulkChunk, BulkJob, BulkProblem, bulk_storage
from .files import EXACT, LAYOUT
from .readers.layout import Layout
from .rows import Reason

# Number, cells, reasons.
Refused = tuple[int, list[str], list[Reason]]

# Not mistakes of a row: nothing is to be mended.
PASSED = ("DUPLICATE", "SKIPPED")
# The header of the column that is added. A file that has it is loaded like any other: it is passed over.
REASON = "Reason"


def superseded(other: int) -> Reason:
    return Reason("DUPLICATE", f"Row {other} has the same e-mail address, and counts.", "email")


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
                cells=[cell.replace("\x00", "\ufffd") for cell in cells],
                reasons=[reason.to_json() for reason in reasons],
            )
            for number, cells, reasons in refused
        ),
        batch_size=1000,
    )


def write_file(job: BulkJob) -> None:
    """Put the refused rows into a file in the layout of the original, with a column that says why."""
    refused = BulkProblem.objects.filter(job=job).order_by("place", "id").values_list("cells", "reasons")
    rows: Iterator[_Kept] = (
        (cells, reasons) for cells, reasons in refused.iterator() if cells and _is_refused(reasons)
    )
    first = next(rows, None)
    if first is None:
        return
    rows = itertools.chain([first], rows)
    layout = Layout.of_json(job.options[LAYOUT])
    with tempfile.TemporaryDirectory(prefix="customer-plus-") as folder:
        path = Path(folder, "errors.csv")
        # With a mark, for spreadsheets. A few rows are too few to tell another encoding by.
        with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as file:
            writer = csv.writer(file, delimiter=layout.delimiter, quotechar=layout.quote or '"')
            for cells in _lines(layout, rows, is_exact=job.options.get(EXACT, False)):
                writer.writerow(cells)
        with path.open("rb") as done:
            job.error_file.name = bulk_storage().save(f"{FOLDER}/{uuid4().hex}.csv", File(done))


_Kept = tuple[list[str], list[dict[str, str]]]


def _lines(layout: Layout, refused: Iterable[_Kept], *, is_exact: bool) -> Iterator[list[str]]:
    headers = layout.headers
    # Of an earlier import, which refused these rows too: in a row of too many cells it is the last one all the same.
    told_before = layout.has_header and headers[-1].strip() == REASON
    if layout.has_header:
        others = headers[:-1] if told_before else headers
        yield [*(_harmless(header, is_exact) for header in others), REASON]
    for cells, reasons in refused:
        kept = cells[:-1] if told_before and len(cells) >= len(headers) else cells
        blanks = [""] * (len(headers) - told_before - len(kept))
        yield [*(_harmless(cell, is_exact) for cell in kept), *blanks, in_words(reasons)]


# What looks like a formula and is a phone number, or a dash.
_NUMBER = re.compile(r"[+-][\d\s()./-]*")


def _harmless(cell: str, is_exact: bool) -> str:
    """The cell so that a spreadsheet does not run it, and an import reads what it would have read before.

    One of a CSV file may have its apostrophe already.
    """
    cell = cell.strip()
    if is_exact:
        return neutralise(cell)
    return f"'{cell}" if is_formula(cell) and not _NUMBER.fullmatch(cell) else cell


def in_words(reasons: Iterable[dict[str, str]]) -> str:
    """Why a row was refused or passed over."""
    return " ".join(map(_told, reasons))


def _told(reason: dict[str, str]) -> str:
    return f"{reason['field']}: {reason['message']}" if reason["field"] else reason["message"]


def _is_refused(reasons: Sequence[dict[str, str]]) -> bool:
    return any(reason["code"] not in PASSED for reason in reasons)
