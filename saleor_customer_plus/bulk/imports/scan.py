"""The first look at each row of a file: where chunks begin, which rows are passed over, and which tags there are.

Which rows are passed over is found by comparing the hashes of all addresses, then of all customer numbers, in parts: in
one go a million would hold a transaction open for seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ... import settings
from ...labels import fold
from ..models import BulkChunk, BulkJob
from . import files, keys
from .of_job import options_of, reader_of
from .readers.rows import rows_of
from .rows import RowReader

ROWS_SCANNED = 25_000
ROWS_WRITTEN = 1_000


def scan(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Note where chunks begin and who is in the file. Where rows are left, make the chunk that goes on."""
    path, layout = files.source_of(job)
    options = options_of(job)
    reader = reader_of(job, options, settings.load()[0])
    spec = _Scanned(chunk.spec["start"], chunk.spec["row"])
    keys.add(job.pk, spec.keys(rows_of(path, layout, start=spec.position), reader))
    chunk.spec = {**chunk.spec, "splits": spec.splits, "tags": list(spec.tags.values()), "rows": spec.rows}
    chunk.save(update_fields=["spec"])
    if spec.has_more:
        BulkChunk.objects.create(
            job=job, phase=chunk.phase, number=chunk.number + 1, spec={"start": spec.position, "row": spec.row}
        )
    return Counter()


class _Scanned:
    """What one look at a part of the file tells."""

    def __init__(self, start: int, row: int) -> None:
        self.position, self.row = start, row
        self.splits: list[tuple[int, int, int, int]] = []  # start, bytes, first row, rows
        self.tags: dict[str, str] = {}  # as first spelt, by their folded names
        self.rows = 0
        self.has_more = False

    def keys(self, rows: Iterable[tuple[list[str], int]], reader: RowReader) -> Iterator[tuple[int, str, str | None]]:
        start, first = self.position, self.row
        for cells, end in rows:
            if self.rows == ROWS_SCANNED:
                self.has_more = True
                break
            if keys := reader.keys_of(cells, self.tags):
                yield (self.row, *keys)
            self.rows += 1
            self.row += 1
            self.position = end
            if self.row - first == ROWS_WRITTEN:
                self.splits.append((start, end - start, first, self.row - first))
                start, first = end, self.row
        if self.row > first:
            self.splits.append((start, self.position - start, first, self.row - first))


def parts(job: BulkJob) -> list[dict[str, Any]]:
    rows = sum(job.chunks.filter(phase="scan").values_list("spec__rows", flat=True))
    return [{"part": part} for part in keys.parts(rows)]


def compare_addresses(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    return _keep(chunk, keys.earlier_of_same_address(job.pk, chunk.spec["part"]))


def compare_numbers(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    return _keep(chunk, keys.later_of_same_number(job.pk, chunk.spec["part"]))


def _keep(chunk: BulkChunk, passed: Sequence[keys.Passed]) -> Counter[str]:
    chunk.spec = {**chunk.spec, "passed": passed}
    chunk.save(update_fields=["spec"])
    return Counter()


def chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """A chunk for each part of the file, with those of its rows that are passed over."""
    compared = job.chunks.filter(phase__in=("addresses", "numbers")).values_list("spec", flat=True)
    passed = iter(sorted(keys.Passed(*one) for spec in compared for one in spec["passed"]))
    next_passed = next(passed, None)
    total = 0
    for scanned in job.chunks.filter(phase="scan").order_by("number").values_list("spec", flat=True):
        for start, size, first, rows in scanned["splits"]:
            here = []
            while next_passed is not None and next_passed.row < first + rows:
                here.append(list(next_passed))
                next_passed = next(passed, None)
            total += rows
            yield {"start": start, "bytes": size, "row": first, "rows": rows, "passed": here}
    job.rows_total = total


def tags_of(job: BulkJob) -> dict[str, str]:
    """The tags of all rows and those of the options, as first spelt, by their folded names."""
    names = {fold(name): name for name in options_of(job).tags}
    for spec in job.chunks.filter(phase="scan").values_list("spec", flat=True):
        for name in spec["tags"]:
            names.setdefault(fold(name), name)
    return names
