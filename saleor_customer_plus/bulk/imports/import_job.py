"""The import of a list: read, preview, write, link to accounts and orders, open accounts.

open     find out what the file is, and rewrite it where it is no plain text
scan     look at each row once, for where chunks begin and who is in it; one chunk makes the next
taken    in a strict import, find rows that are refused because others have their customer number
twice    otherwise, find rows that have their e-mail address with others
judge    read these rows, to know which of them cannot be read as a whole
addresses  of the rows of one e-mail address, keep the last one: of those that can be read as a whole, if there are any
numbers  find rows whose customer number an earlier row has too, of another address
others   find rows that name, as another address of their person, one that is of another row; likewise unique values
preview  decide about each row and count, unless nobody wants to see it
sum      put the preview together; the job waits for somebody to start it
write    decide again and write
link     look at the accounts and orders of those who were made
accounts open accounts for those who have none, if asked
account_data  set what the file says of accounts
missing  put those out of use who are not in the file, if asked
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice, starmap
from pathlib import Path
from typing import Any

from django.utils import timezone

from ... import settings
from ...activity.services import Actor
from ...consent.models import ConsentState
from ...core.garbage_collection import uncollected
from ...fields.queries import live_by_key
from ...jobs.kinds import Kind
from ...jobs.models import BulkChunk, BulkJob, JobKind
from ...records import bulk_writing as records
from ...records.locks import own_identities
from ...sync import reactions
from ...tags import services as tags
from ..cells import restore
from ..columns import is_of_account
from . import account_data, accounts, chunk_writing, files, follow_up, preview, problems, row_keys, scan
from .consents import Consents, Count
from .headers.mapping import ColumnMap, map_columns
from .job_settings import columns_of, fields_of, options_of, purposes_of, reader_of, status_of, writer_of
from .objections import Objection, merge
from .options import CHOICES, ImportOptions, Mode
from .own_fields import OwnFields
from .person import Person, Reason
from .planner import Planned, Planner, RowOutcome
from .problems import Refused
from .read_ahead import Place, ReadAhead
from .readers.csv_rows import rows_of
from .readers.layout import Layout
from .row_reader import RowReader
from .values.base import storable
from .values.choices import Answer

# Rows that are looked at to find out what the columns are.
_SAMPLE = 200
# Cells of a column that the report shows, and how many characters of each.
_SAMPLES, _MAX_SAMPLE_LENGTH = 3, 100


class Import(Kind):
    """Reads a list and writes it to the records."""

    kind = JobKind.IMPORT
    phases = (
        *("open", "scan", "taken", "twice", "judge", "addresses", "numbers", "others"),
        *("preview", "sum", "write", "link", "accounts", "account_data", "missing"),
    )

    def plan(self, job: BulkJob, phase: str) -> Iterable[Mapping[str, Any]]:
        if phase == "open":
            return [{"name": files.new_name()}]
        if phase == "scan":
            _, layout = files.source_of(job)
            return [{"start": layout.start, "row": layout.first_row}]
        if phase == "taken":
            scan.conclude(job)
            return scan.parts(job) if options_of(job).strict else []
        if phase == "twice":
            return scan.parts(job) if _has_preferred_rows(options_of(job)) else []
        if phase == "judge":
            return scan.parts_to_judge(job)
        if phase == "addresses":
            return scan.parts_with_doubts(job)
        if phase == "numbers":
            return [] if options_of(job).strict else scan.parts(job)
        if phase == "others":
            return scan.parts_with_claims(job)
        if phase == "preview":
            return [] if job.is_confirmed else scan.chunks(job)
        if phase == "sum":
            return [] if job.is_confirmed else [{}]
        if phase == "write":
            _make_tags(job)
            return self._chunks_to_write(job)
        if phase == "link":
            return follow_up.chunks(job)
        if phase == "accounts":
            return accounts.chunks(job)
        if phase == "account_data":
            return account_data.chunks(job)
        return follow_up.missing_chunks(job) if options_of(job).deactivate_missing else []

    def _chunks_to_write(self, job: BulkJob) -> Iterable[Mapping[str, Any]]:
        previewed = list(job.chunks.filter(phase="preview").order_by("number").values_list("spec", flat=True))
        if not previewed:
            return scan.chunks(job)
        kept = ("start", "bytes", "row", "rows", "passed", "objections", "claimed")
        return [{name: spec[name] for name in kept if name in spec} for spec in previewed]

    def work(self, job: BulkJob, chunk: BulkChunk) -> Counter[str]:
        work = {
            "open": _open,
            "scan": scan.scan,
            "taken": scan.refuse_taken_numbers,
            "twice": scan.find_same_addresses,
            "judge": scan.judge,
            "addresses": scan.compare_addresses,
            "numbers": scan.compare_numbers,
            "others": scan.compare_claims,
            "preview": _preview,
            "sum": _sum,
            "write": _write,
            "link": _link,
            "accounts": accounts.open_accounts,
            "account_data": account_data.set_values,
            "missing": follow_up.deactivate,
        }
        return work[chunk.phase](job, chunk)

    def waits_after(self, job: BulkJob, phase: str) -> bool:
        return phase == "sum"

    def check(self, job: BulkJob, actor: Actor) -> None:
        if options_of(job).make_accounts:
            accounts.check(actor)

    def finish(self, job: BulkJob) -> None:
        row_keys.forget(job.pk)
        problems.write_files(job)
        files.forget(job)
        written = job.chunks.filter(phase="write").values_list("spec__warnings", flat=True)
        job.report = {**job.report, "warnings": preview.sum_of_warnings(written.iterator())}
        if consents := {one.value: job.counters[one] for one in Count if job.counters.get(one)}:
            job.report = {**job.report, "consents": consents}
        changes_accounts = any(map(is_of_account, columns_of(job).used.values()))
        if options_of(job).make_accounts or changes_accounts:
            counted = {"opened": "accounts", "refused": "accounts_refused"}
            if changes_accounts:
                counted["changed"] = "accounts_changed"
            done = {name: job.counters.get(counter, 0) for name, counter in counted.items()}
            job.report = {**job.report, "accounts": done}

    def rest(self) -> None:
        _AHEAD.drop()
        files.drop_copy()

    def forget(self, job: BulkJob) -> None:
        row_keys.forget(job.pk)
        files.remove(job)
        # What was typed goes: headers, which in a list without any are somebody's data, the name of a sheet, tags.
        job.options = {name: job.options[name] for name in CHOICES if name in job.options}


def _has_preferred_rows(options: ImportOptions) -> bool:
    """Whether one row of an address is preferred to another. A strict import refuses some of them in the scan."""
    return not options.strict and options.mode is not Mode.SUPPRESSION_LIST


def _open(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    options = options_of(job)
    found = files.prepare(job, options, chunk.spec["name"])
    job.options = {**job.options, **found}
    path, layout = files.source_of(job)
    sample = [row for (row, _), _ in zip(rows_of(path, layout), range(_SAMPLE), strict=False)]
    columns = map_columns(
        layout.headers if found[files.EXACT] else list(map(restore, layout.headers)),
        sample,
        format=options.format,
        corrections=options.mapping,
        keep_unknown=options.keep_unknown,
        fields=live_by_key(),
    )
    mapping = columns.to_json()
    for index, column in enumerate(mapping["columns"]):
        is_secret = index in columns.secret
        column["samples"] = [] if is_secret else _samples(row[index] for row in sample if index < len(row))
    job.report = {
        "mapping": mapping,
        "file": {
            "encoding": layout.encoding,
            "delimiter": layout.delimiter,
            "quote": layout.quote,
            "has_header": layout.has_header,
            **_status(job, columns),
            **found.get(files.SHEETS, {}),
        },
    }
    job.bytes_total = path.stat().st_size - layout.start
    job.save(update_fields=["options", "report", "bytes_total"])
    return Counter()


def _status(job: BulkJob, columns: ColumnMap) -> dict[str, str]:
    """What the file says of everybody in it, if it does."""
    status = status_of(job.file_name, columns)
    return {} if status is None else {"status": _STATES[status].value}


_STATES = {
    Answer.YES: ConsentState.SUBSCRIBED,
    Answer.NO: ConsentState.NOT_SUBSCRIBED,
    Answer.WITHDRAWN: ConsentState.UNSUBSCRIBED,
    Answer.BOUNCED: ConsentState.INVALID,
}


def _samples(cells: Iterable[str]) -> list[str]:
    """The first different cells of a column that are not blank, to tell by what it is."""
    kept = dict.fromkeys(cell.strip()[:_MAX_SAMPLE_LENGTH] for cell in cells if cell.strip())
    return list(map(storable, islice(kept, _SAMPLES)))


def _make_tags(job: BulkJob) -> None:
    """Make the tags of the file and of the options, before anything else is written."""
    if names := _tags_to_make(job):
        tags.ensure(names, limit=settings.load()[0].tag_limit)


def _check_tags(job: BulkJob) -> None:
    """Raise what would stop the import once it is started: nobody has to start it to find that out."""
    if names := _tags_to_make(job):
        tags.check_room(names, limit=settings.load()[0].tag_limit)


def _tags_to_make(job: BulkJob) -> list[str]:
    if options_of(job).mode is Mode.SUPPRESSION_LIST:
        return []
    return list(scan.tags_of(job).values())


_Read = tuple[int, list[str], Person | list[Reason]]
_AHEAD = ReadAhead[_Read]()


def _people(job: BulkJob, chunk: BulkChunk, reader: RowReader) -> Iterable[_Read]:
    """The rows of a chunk that are not blank: number, cells, and the person or what is wrong.

    The next chunk is read meanwhile: see `read_ahead`.
    """
    source = files.source_of(job)
    place = Place(job.pk, chunk.phase, chunk.number)
    mode = options_of(job).mode
    people = _AHEAD.take(place, partial(_read, source, chunk.spec, reader, mode))
    following = job.chunks.filter(phase=chunk.phase, number=chunk.number + 1, is_done=False, starts=0).first()
    if following:
        _AHEAD.follow(place, partial(_read, source, following.spec, reader, mode))
    return people


def _read(source: tuple[Path, Layout], spec: Mapping[str, Any], reader: RowReader, mode: Mode) -> Iterator[_Read]:
    path, layout = source
    first, count = spec["row"], spec["rows"]
    passed = {one.row: one for one in starmap(row_keys.Passed, spec["passed"])}
    objected = {one.row: one for one in map(Objection.of_json, spec["objections"])}
    taken: dict[int, dict[str, int]] = defaultdict(dict)
    held: dict[int, dict[str, int]] = defaultdict(dict)
    for one in starmap(row_keys.Claimed, spec.get("claimed", ())):
        if one.holder:
            held[one.row][one.key] = one.holder
        else:
            taken[one.row][one.key] = one.other
    rows = rows_of(path, layout, start=spec["start"])
    for number, (row, _) in zip(range(first, first + count), rows, strict=False):
        cells = reader.without_secrets(row)
        why = passed.get(number)
        if why is not None and not (why.is_number or why.is_unreadable):
            yield number, cells, [problems.superseded(why.other, mode)]
        elif any(map(str.strip, cells)):
            found = reader.read(number, cells)
            if isinstance(found, Person):
                if why is not None and why.is_unreadable:
                    found = problems.set_aside(why.other, mode, found.unreadable)
                else:
                    found.number_taken = why
                    found.taken, found.held = taken.get(number, {}), held.get(number, {})
            if objection := objected.get(number):
                if isinstance(found, Person):
                    merge(found, objection)
                else:
                    cells = reader.overruled(cells, objection.words)
            yield number, cells, found


def _preview(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    done, refused = _decided(job, chunk, is_writing=False)
    options = options_of(job)
    counted, shown = preview.of_chunk(done, refused)
    if chunk.number == 0:
        several = settings.load()[0].several_groups
        shown["rows"] = preview.first_rows(done, refused, options, several_groups=several)
    if options.make_accounts:
        counted[preview.ACCOUNTS] = accounts.count_wanted(done)
    chunk.spec = {**chunk.spec, "shown": shown}
    chunk.save(update_fields=["spec"])
    return counted


def _sum(job: BulkJob, _chunk: BulkChunk) -> Counter[str]:
    _check_tags(job)
    found = preview.preview_of(job)
    if options_of(job).deactivate_missing:
        found["missing"] = follow_up.count_missing(job.pk)
    job.report = {**job.report, "preview": found}
    job.save(update_fields=["report"])
    return Counter()


def _write(job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    done, refused = _decided(job, chunk, is_writing=True)
    emails = [one.person.email for one in done if one.outcome is RowOutcome.CREATED]
    emails += [email for one in done for email in one.emails]
    chunk.spec = {
        **chunk.spec,
        "warnings": preview.warnings_of(done),
        "emails_to_link": chunk_writing.waiting_emails(emails) if emails else [],
        # For whoever undoes it.
        "made": [one.record_id for one in done if one.outcome is RowOutcome.CREATED],
        "changed": [one.record_id for one in done if one.outcome is RowOutcome.UPDATED],
        "sourced": [one.record_id for one in done if one.row is not None and "sources" in one.row.changes],
        "accounts": accounts.wanted(done) if options_of(job).make_accounts else [],
        "account_data": account_data.wanted(done) if options_of(job).mode is not Mode.SUPPRESSION_LIST else [],
    }
    chunk.save(update_fields=["spec"])
    counted = Counter(one.outcome.value for one in done)
    counted.update("skipped" if problems.is_passed(reasons) else "refused" for _, _, reasons in refused)
    counted.update("with_warnings" for one in done if any(one.warnings))
    counted.update(preview.consents_of(done))
    counted["read"], counted["bytes"] = len(done) + len(refused), chunk.spec["bytes"]
    return counted


@uncollected()
def _decided(job: BulkJob, chunk: BulkChunk, *, is_writing: bool) -> tuple[list[Planned], list[Refused]]:
    """What becomes of the rows of a chunk, and of those that could not be read. Problems are kept."""
    options, (chosen, _) = options_of(job), settings.load()
    consents = Consents(options, purposes_of(job, options))
    own = OwnFields(
        fields_of(job), is_strict=options.strict, erases_blanks=options.erase_blanks and not options.fill_blanks
    )
    planner = Planner(options, consents, chosen, writer_of(job, options), timezone.now(), own)
    read: list[Person] = []
    cells_of: dict[int, list[str]] = {}
    refused: list[Refused] = []
    reader = reader_of(job, options, chosen)
    for number, cells, found in _people(job, chunk, reader):
        if isinstance(found, Person):
            read.append(found)
            cells_of[number] = cells
        else:
            refused.append((number, cells, found))
    wrong = planner.refused(read)
    for person in read:
        if reasons := wrong.get(person.row):
            cells = cells_of[person.row]
            located = [reader.located(reason, cells) for reason in reasons]
            refused.append((person.row, reader.overruled(cells, person.overruled), located))
    people = [person for person in read if person.row not in wrong]
    done = (
        chunk_writing.write(people, planner)
        if is_writing
        else planner.plan(people, records.rows_of([person.email for person in people], locked=False))
    )
    warned: list[Refused] = []
    for one in done:
        if one.reasons:
            cells = cells_of[one.person.row]
            one.reasons = tuple(reader.located(reason, cells) for reason in one.reasons)
            warned.append((one.person.row, reader.overruled(cells, one.person.overruled), list(one.reasons)))
    problems.keep(job, chunk, sorted([*refused, *warned], key=lambda one: one[0]))
    return done, refused


def _link(_job: BulkJob, chunk: BulkChunk) -> Counter[str]:
    own_identities()
    emails = chunk.spec["emails"]
    reactions.records_identified(follow_up.record_ids(emails), emails)
    return Counter()
