"""The first look at each row of a file: where chunks begin, which rows are passed over, and which tags there are.

Which rows are passed over is found by comparing the hashes of all addresses, then of all customer numbers, in parts: in
one go a million would hold a transaction open for seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from ... import settings
from ...groups.models import Group
from ...jobs.models import BulkChunk, BulkJob
from ...records.labels import fold
from . import files, objections, row_keys
from .column_findings import ColumnFindings
from .job_settings import columns_of, fields_of, options_of, reader_of
from .objections import Objection
from .person import Person, Reason
from .readers.csv_rows import rows_of
from .readers.limits import refuse
from .row_keys import RowKey
from .row_reader import RowReader
from .values import dates

ROWS_SCANNED = 25_000
ROWS_WRITTEN = 1_000


def scan(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Note where chunks begin and who is in the file. Where rows are left, make the chunk that goes on."""
    path, layout = files.source_of(job)
    options = options_of(job)
    reader = reader_of(job, options, settings.load()[0])
    groups = frozenset(Group.objects.values_list("key", flat=True)) if options.strict else None
    spec = _Scanned(chunk.spec["start"], chunk.spec["row"])
    row_keys.add(job.pk, spec.keys(rows_of(path, layout, start=spec.position), reader, groups))
    row_keys.unite_addresses(job.pk, range(chunk.spec["row"], spec.row))
    chunk.spec = {
        **chunk.spec,
        "splits": spec.splits,
        "tags": list(spec.tags.values()),
        "rows": spec.rows,
        "has_rows": spec.has_rows,
        "findings": spec.findings.to_json(),
    }
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
        self.findings = ColumnFindings()
        self.rows = 0
        self.has_rows = False  # that are not blank
        self.has_more = False

    def keys(
        self, rows: Iterable[tuple[list[str], int]], reader: RowReader, groups: Collection[str] | None
    ) -> Iterator[RowKey]:
        """By what the rows are compared. `groups` are those that there are, if a row of others is refused."""
        start, first = self.position, self.row
        for cells, end in rows:
            if self.rows == ROWS_SCANNED:
                self.has_more = True
                break
            if keys := reader.keys_of(cells, self.tags, self.findings):
                email, number, is_valid, accepts, since = keys
                if groups is not None and is_valid:
                    is_valid = _is_faultless(reader.read(self.row, cells), groups)
                yield RowKey(self.row, email, number, is_valid, objections.letters_of(accepts), since)
                if is_valid:
                    yield from row_keys.named(self.row, reader.other_emails_of(cells) - {email})
                    yield from row_keys.named(self.row, reader.unique_values_of(cells))
                self.has_rows = True
            elif not self.has_rows:
                self.has_rows = any(map(str.strip, cells))
            self.rows += 1
            self.row += 1
            self.position = end
            if self.row - first == ROWS_WRITTEN:
                self.splits.append((start, end - start, first, self.row - first))
                start, first = end, self.row
        if self.row > first:
            self.splits.append((start, self.position - start, first, self.row - first))


def _is_faultless(found: Person | list[Reason], groups: Collection[str]) -> bool:
    """Whether a strict import writes a row, as far as the row itself tells."""
    return isinstance(found, Person) and all(fold(name) in groups for name in found.groups)


def conclude(job: BulkJob) -> None:
    """Keep what the columns tell together, for whoever reads the rows. Raise for a file without rows."""
    if not any(job.chunks.filter(phase="scan").values_list("spec__has_rows", flat=True)):
        raise refuse("The file is empty: it has a header, but no rows.")
    specs = job.chunks.filter(phase="scan").values_list("spec__findings", flat=True)
    findings = ColumnFindings.merged(map(ColumnFindings.of_json, specs))
    job.options = {**job.options, files.FINDINGS: findings.to_json()}
    if any(dates.is_month_first(findings.of(index)) for index in columns_of(job).used):
        job.report = {**job.report, "file": {**job.report["file"], "month_first": True}}


def parts(job: BulkJob) -> list[dict[str, Any]]:
    rows = sum(job.chunks.filter(phase="scan").values_list("spec__rows", flat=True))
    return [{"part": part} for part in row_keys.parts(rows)]


def refuse_taken_numbers(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Find the rows that a strict import refuses for their number, before it is known which rows are written.

    Otherwise a row that is refused for its number would have taken the place of an earlier one of the same address.
    """
    part = chunk.spec["part"]
    found = sorted([*row_keys.held_by_others(job.pk, part), *row_keys.of_others_numbers(job.pk, part)])
    row_keys.invalidate(job.pk, (one.row for one in found))
    return _keep(chunk, found)


def find_same_addresses(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Find the rows that have an address with others: which of them is written depends on what is in them."""
    chunk.spec = {**chunk.spec, "twice": row_keys.of_same_address(job.pk, chunk.spec["part"])}
    chunk.save(update_fields=["spec"])
    return Counter()


def parts_to_judge(job: BulkJob) -> Iterator[dict[str, Any]]:
    """The parts of the file with rows that have an address with others."""
    found = job.chunks.filter(phase="twice").values_list("spec__twice", flat=True)
    twice = _Walk(sorted((row,) for rows in found for row in rows))
    for scanned in job.chunks.filter(phase="scan").order_by("number").values_list("spec", flat=True):
        splits = []
        for start, _size, first, count in scanned["splits"]:
            if rows := [row for (row,) in twice.before(first + count)]:
                splits.append((start, first, rows))
        if splits:
            yield {"splits": splits}


def judge(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Find those of the rows of one address that cannot be read as a whole: one that can is preferred."""
    path, layout = files.source_of(job)
    reader = reader_of(job, options_of(job), settings.load()[0])
    doubtful: list[int] = []
    for start, first, wanted in chunk.spec["splits"]:
        rows = zip(range(first, wanted[-1] + 1), rows_of(path, layout, start=start), strict=False)
        those = frozenset(wanted)
        for number, (cells, _) in rows:
            if number in those:
                found = reader.read(number, reader.without_secrets(cells))
                if not isinstance(found, Person) or found.unreadable:
                    doubtful.append(number)
    chunk.spec = {"doubtful": doubtful}
    chunk.save(update_fields=["spec"])
    return Counter()


def parts_with_doubts(job: BulkJob) -> Iterator[dict[str, Any]]:
    """The parts, each with its rows that have an address with others and cannot be read as a whole."""
    judged = job.chunks.filter(phase="judge").values_list("spec__doubtful", flat=True)
    doubtful = {row for rows in judged for row in rows}
    twice = {
        tuple(spec["part"]): spec["twice"] for spec in job.chunks.filter(phase="twice").values_list("spec", flat=True)
    }
    for one in parts(job):
        yield {**one, "doubtful": [row for row in twice.get(one["part"], ()) if row in doubtful]}


def compare_addresses(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    part = chunk.spec["part"]
    aside = row_keys.set_aside(job.pk, part, chunk.spec.get("doubtful", ()))
    found = [Objection(row, tuple(said), since) for row, said, since in row_keys.objections(job.pk, part)]
    chunk.spec = {**chunk.spec, "objections": [one.to_json() for one in found]}
    passed = [*aside, *row_keys.earlier_of_same_address(job.pk, part)]
    if _has_claims(job):
        row_keys.forget_named(job.pk, (one.row for one in passed))
    return _keep(chunk, passed)


def compare_numbers(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    part = chunk.spec["part"]
    found = row_keys.later_of_same_number(job.pk, part)
    if "number" in columns_of(job).used.values():
        found = sorted([*row_keys.held_by_others(job.pk, part), *found])
    return _keep(chunk, found)


def parts_with_claims(job: BulkJob) -> list[dict[str, Any]]:
    return parts(job) if _has_claims(job) else []


def _has_claims(job: BulkJob) -> bool:
    """Whether rows name what only one record may have, beside their own addresses and customer numbers."""
    return "other_emails" in columns_of(job).used.values() or bool(_unique_fields(job))


def _unique_fields(job: BulkJob) -> list[int]:
    return [definition.pk for definition in fields_of(job) if definition.is_unique]


def compare_claims(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    """Find the addresses and unique values that a row names, and that another row or a record has before it."""
    part = chunk.spec["part"]
    claimed = row_keys.claimed_by_others(job.pk, part)
    if unique := _unique_fields(job):
        claimed += row_keys.held_by_records(job.pk, part, unique)
    chunk.spec = {**chunk.spec, "claimed": claimed}
    chunk.save(update_fields=["spec"])
    return Counter()


def _keep(chunk: BulkChunk, passed: Sequence[row_keys.Passed]) -> Counter[str]:
    chunk.spec = {**chunk.spec, "passed": passed}
    chunk.save(update_fields=["spec"])
    return Counter()


def chunks(job: BulkJob) -> Iterator[dict[str, Any]]:
    """A chunk for each part of the file, with those of its rows that are passed over."""
    compared = list(job.chunks.filter(phase__in=("taken", "addresses", "numbers")).values_list("spec", flat=True))
    passed = _Walk(sorted(tuple(one) for spec in compared for one in spec["passed"]))
    said = _Walk(sorted(tuple(one) for spec in compared for one in spec.get("objections", ())))
    named = job.chunks.filter(phase="others").values_list("spec__claimed", flat=True)
    claimed = _Walk(sorted(tuple(one) for found in named for one in found))
    total = 0
    for scanned in job.chunks.filter(phase="scan").order_by("number").values_list("spec", flat=True):
        for start, size, first, rows in scanned["splits"]:
            end = first + rows
            total += rows
            yield {
                "start": start,
                "bytes": size,
                "row": first,
                "rows": rows,
                "passed": passed.before(end),
                "objections": said.before(end),
                "claimed": claimed.before(end),
            }
    job.rows_total = total


class _Walk:
    """The problems of some rows, in their order, handed out chunk by chunk."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def before(self, row: int) -> list[list[Any]]:
        """The problems of rows before this one that were not handed out yet."""
        here = []
        while self._next is not None and self._next[0] < row:
            here.append(list(self._next))
            self._next = next(self._rows, None)
        return here


def tags_of(job: BulkJob) -> dict[str, str]:
    """The tags of all rows and those of the options, as first spelt, by their folded names."""
    names = {fold(name): name for name in options_of(job).tags}
    for spec in job.chunks.filter(phase="scan").order_by("number").values_list("spec", flat=True):
        for name in spec["tags"]:
            names.setdefault(fold(name), name)
    return names
