"""The import of a list: read, preview, write, tie to accounts and orders, open accounts.

open     find out what the file is, and rewrite it where it is no plain text
scan     look at each row once, for where chunks begin and who is in it; one chunk makes the next
addresses  find rows whose e-mail address a later row has too: the later one counts
numbers  find rows whose customer number an earlier row has too, of another address
preview  decide about each row and count, unless nobody wants to see it
sum      put the preview together; the job waits for somebody to start it
write    decide again and write
tie      look at the accounts and orders of those who were made
accounts open accounts for those who have none, if asked
missing  put those out of use who are not in the file, if asked
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.utils import timezone

from ... import settings
from ...garbage import uncollected
from ...records import imports as records
from ...records.locks import own_identities
from ...tags import actions as tags
from ..cells import restore
from ..jobs import Kind
from ..models import BulkChunk, BulkJob, JobKind
from . import accounts, files, keys, preview, problems, scan, ties, writing
from .headers.mapping import map_columns
from .of_job import options_of, reader_of, writer_of
from .plan import Fate, Planned, Planner
from .problems import Refused
from .readers.rows import rows_of
from .rows import Person, Reason, RowReader
from .values import dates

_SAMPLE = 200


class Import(Kind):
    """Reads a list and writes it to the records."""

    kind = JobKind.IMPORT
    phases = ("open", "scan", "addresses", "numbers", "preview", "sum", "write", "tie", "accounts", "missing")

    def __init__(self, people_known: Callable[[list[int], list[str]], None]) -> None:
        """`people_known` is what follows from records that are made for addresses: it is `reactions`', above us."""
        self.people_known = people_known

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        if phase == "open":
            return [{}]
        if phase == "scan":
            _, layout = files.source_of(job)
            return [{"start": layout.start, "row": layout.first_row}]
        if phase in ("addresses", "numbers"):
            return scan.parts(job)
        if phase == "preview":
            return [] if job.is_confirmed else scan.chunks(job)
        if phase == "sum":
            return [] if job.is_confirmed else [{}]
        if phase == "write":
            _make_tags(job)
            return self._chunks_to_write(job)
        if phase == "tie":
            return ties.chunks(job)
        if phase == "accounts":
            return accounts.chunks(job)
        return ties.missing_chunks(job) if options_of(job).deactivates_missing else []

    def _chunks_to_write(self, job: BulkJob) -> Iterable[Mapping[str, Any]]:
        previewed = list(job.chunks.filter(phase="preview").order_by("number").values_list("spec", flat=True))
        if not previewed:
            return scan.chunks(job)
        return [{name: spec[name] for name in ("start", "bytes", "row", "rows", "passed")} for spec in previewed]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        work = {
            "open": _open,
            "scan": scan.scan,
            "addresses": scan.compare_addresses,
            "numbers": scan.compare_numbers,
            "preview": _preview,
            "sum": _sum,
            "write": _write,
            "tie": self._tie,
            "accounts": accounts.open_accounts,
            "missing": ties.deactivate,
        }
        return work[chunk.phase](job, chunk)

    def _tie(self, _job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        own_identities()
        emails = chunk.spec["emails"]
        self.people_known(ties.record_ids(emails), emails)
        return Counter()

    def waits_after(self, job: BulkJob, phase: str) -> bool:
        return phase == "sum"

    def finish(self, job: BulkJob) -> None:
        keys.forget(job.pk)
        problems.write_file(job)
        files.forget(job)
        if options_of(job).makes_accounts:
            counted = {"opened": "accounts", "refused": "accounts_refused"}
            told = {name: job.counters.get(counter, 0) for name, counter in counted.items()}
            job.report = {**job.report, "accounts": told}

    def rest(self) -> None:
        files.drop_copy()

    def forget(self, job: BulkJob) -> None:
        keys.forget(job.pk)
        files.forget(job)
        # Also what was taken for the headers: in a list without any they are somebody's data.
        job.options = {name: value for name, value in job.options.items() if not name.startswith("_")}


def _open(job: BulkJob, _chunk: BulkChunk) -> Counter[str]:
    options = options_of(job)
    found = files.prepare(job, options)
    job.options = {**job.options, **found}
    path, layout = files.source_of(job)
    sample = [row for (row, _), _ in zip(rows_of(path, layout), range(_SAMPLE), strict=False)]
    columns = map_columns(
        layout.headers if found[files.EXACT] else list(map(restore, layout.headers)),
        sample,
        format=options.format,
        corrections=options.mapping,
        keep_unknown=options.keeps_unknown,
    )
    times = [index for index, key in columns.used.items() if key == "created_at"]
    is_month_first = dates.is_month_first(row[index] for row in sample for index in times if index < len(row))
    job.options = {**job.options, files.MONTH_FIRST: is_month_first}
    job.report = {
        "mapping": columns.to_json(),
        "file": {
            "encoding": layout.encoding,
            "delimiter": layout.delimiter,
            "quote": layout.quote,
            "has_header": layout.has_header,
            **({"month_first": True} if is_month_first else {}),
            **found.get(files.SHEETS, {}),
        },
    }
    job.bytes_total = path.stat().st_size - layout.start
    job.save(update_fields=["options", "report", "bytes_total"])
    return Counter()


def _make_tags(job: BulkJob) -> None:
    """Make the tags of the file and of the options, before anything else is written."""
    chosen, _ = settings.load()
    if names := scan.tags_of(job):
        tags.ensure(names.values(), limit=chosen.tag_limit)


_Read = tuple[int, list[str], Person | list[Reason]]


def _people(job: BulkJob, chunk: BulkChunk, reader: RowReader) -> Iterator[_Read]:
    """The rows of a chunk that are not blank: number, cells, and the person or what is wrong."""
    path, layout = files.source_of(job)
    first, count = chunk.spec["row"], chunk.spec["rows"]
    passed = {row: (other, is_number) for row, other, is_number in chunk.spec["passed"]}
    rows = rows_of(path, layout, start=chunk.spec["start"])
    for number, (cells, _) in zip(range(first, first + count), rows, strict=False):
        other, is_number = passed.get(number, (None, False))
        if other is not None and not is_number:
            yield number, cells, [problems.superseded(other)]
        elif any(map(str.strip, cells)):
            found = reader.read(number, cells)
            if other is not None and isinstance(found, Person):
                found.number_in = other
            yield number, cells, found


def _preview(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    done, refused = _decided(job, chunk, is_writing=False)
    counted, told = preview.of_chunk(done, refused, is_first=chunk.number == 0)
    if options_of(job).makes_accounts:
        counted[preview.ACCOUNTS] = accounts.count_wanted(done)
    chunk.spec = {**chunk.spec, "told": told}
    chunk.save(update_fields=["spec"])
    return counted


def _sum(job: BulkJob, _chunk: BulkChunk) -> Counter[str]:
    told = preview.of_job(job)
    if options_of(job).deactivates_missing:
        told["missing"] = ties.count_missing(job.pk)
    job.report = {**job.report, "preview": told}
    job.save(update_fields=["report"])
    return Counter()


def _write(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    done, refused = _decided(job, chunk, is_writing=True)
    emails = [one.person.email for one in done if one.fate is Fate.CREATED]
    chunk.spec = {
        **chunk.spec,
        "ties": writing.waiting_emails(emails) if emails else [],
        # For whoever undoes it.
        "made": [one.record_id for one in done if one.fate is Fate.CREATED],
        "changed": [one.record_id for one in done if one.fate is Fate.UPDATED],
        "sourced": [one.record_id for one in done if one.row is not None and "sources" in one.row.changes],
        "accounts": accounts.wanted(done) if options_of(job).makes_accounts else [],
    }
    chunk.save(update_fields=["spec"])
    counted = Counter(one.fate.value for one in done)
    counted.update("skipped" if problems.is_passed(reasons) else "invalid" for _, _, reasons in refused)
    counted["read"], counted["bytes"] = len(done) + len(refused), chunk.spec["bytes"]
    return counted


@uncollected()
def _decided(job: BulkJob, chunk: BulkChunk, *, is_writing: bool) -> tuple[list[Planned], list[Refused]]:
    """What becomes of the rows of a chunk, and of those that could not be read. Problems are kept."""
    options, (chosen, _) = options_of(job), settings.load()
    planner = Planner(options, chosen, writer_of(job, options), timezone.now())
    people: dict[str, Person] = {}
    cells_of: dict[int, list[str]] = {}
    refused: list[Refused] = []
    for number, cells, found in _people(job, chunk, reader_of(job, options, chosen)):
        if isinstance(found, Person):
            people[found.email] = found
            cells_of[number] = cells
        else:
            refused.append((number, cells, found))
    everybody = list(people.values())
    done = (
        writing.write(everybody, planner)
        if is_writing
        else planner.plan(everybody, records.rows_of(people, locked=False))
    )
    told = [(one.person.row, cells_of[one.person.row], list(one.reasons)) for one in done if one.reasons]
    problems.keep(job, chunk, sorted([*refused, *told], key=lambda one: one[0]))
    return done, refused
