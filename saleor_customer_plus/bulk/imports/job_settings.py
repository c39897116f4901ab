"""What an import was asked for: its options, the columns of its file, who reads the rows and who writes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from ...consent.models import ConsentPurpose
from ...fields.models import FieldDefinition
from ...fields.queries import live_by_key
from ...jobs.models import BulkJob
from ...records.editing import Writer
from ...records.models import Source
from ...settings import CustomerPlusSettings
from ..columns import FIELD
from . import files
from .column_findings import ColumnFindings
from .headers.formats import format_of
from .headers.mapping import ColumnMap
from .headers.own_exports import is_own_export
from .options import ImportOptions
from .row_reader import RowReader
from .values.choices import Answer


def options_of(job: BulkJob) -> ImportOptions:
    return ImportOptions.of_json(job.options)


def columns_of(job: BulkJob) -> ColumnMap:
    return ColumnMap.of_json(job.report["mapping"])


def fields_of(job: BulkJob) -> list[FieldDefinition]:
    """The fields of the shop's own that the file has columns of."""
    named = [key.removeprefix(FIELD) for key in columns_of(job).used.values() if key.startswith(FIELD)]
    known = live_by_key() if named else {}
    return [known[key] for key in named if key in known]


def writer_of(job: BulkJob, options: ImportOptions) -> Writer:
    return Writer(
        job.actor,
        job.cause,
        source=Source.IMPORT,
        locks=False,
        fills_only=options.fill_blanks,
        respects_locks=not options.ignore_locks,
    )


def purposes_of(job: BulkJob, options: ImportOptions) -> tuple[ConsentPurpose, ...]:
    """What a consent is for where the file does not say: as somebody said, or else as such a file is meant."""
    if options.marketing_purposes:
        return options.marketing_purposes
    columns = columns_of(job)
    named = {key for key in columns.used.values() if key.startswith("accepts_")} - {"accepts_system_mail"}
    if columns.format:
        return (format_of(columns.format).purpose,)
    return (ConsentPurpose.NEWSLETTER if named == {"accepts_newsletter"} else ConsentPurpose.PROMOTIONAL,)


# How newsletter tools, and people, call files of which the name alone says the status of all in them.
_STATUSES = (
    (
        Answer.WITHDRAWN,
        r"un[-_ ]?subscrib\w*|unsubs?|opt(ed)?[-_ ]?outs?|(black|block|deny)[-_ ]?list\w*|suppress\w*|complain\w*|dnc"
        r"|do[-_ ]?not[-_ ]?(contact|e?mail)|disiscri\w*|disabbonat\w*|lista[-_ ]nera|abgemeldete?\w*|abmeldung\w*"
        r"|abbestell\w*|gesperrt\w*|sperrliste|robinson\w*|desabonn\w*|desinscri\w*|liste[-_ ]noire|desuscri\w*"
        r"|dad[oa]s?[-_ ]de[-_ ]baja|bajas|lista[-_ ]negra|uitgeschreven\w*|afgemeld\w*|zwarte[-_ ]lijst|descadastr\w*"
        r"|wypisan\w*|wyrejestrowan\w*|czarna[-_ ]lista",
    ),
    (
        Answer.BOUNCED,
        r"cleaned|(hard[-_ ]?)?bounce[sd]?|invalid[-_ ](e?mails?|addresses)|undeliverable|unzustellbar\w*|rimbalzat\w*"
        r"|rebonds?|rebotad\w*",
    ),
    (
        Answer.NO,
        r"(non|not|never|nicht|niet|pas|jamais|mai|nie|nunca|nao)[-_ ]?(subscri|iscri|angemeldet|inscri|suscri|zapisan"
        r"|ingeschreven|abonn)\w*|archived|transactional|pending|unconfirmed",
    ),
    (Answer.YES, r"subscribed"),
)
_PATTERNS = tuple((answer, re.compile(rf"(?<![a-z])(?:{pattern})(?![a-z])")) for answer, pattern in _STATUSES)


def status_of_name(name: str) -> Answer | None:
    """What the name of a file says of all in it, if it says anything."""
    text = unicodedata.normalize("NFKD", name.casefold())
    text = "".join(char for char in text if not unicodedata.combining(char))
    return next((answer for answer, pattern in _PATTERNS if pattern.search(text)), None)


def status_of(file_name: str, columns: ColumnMap) -> Answer | None:
    """What a file says of all in it. A tool that we do not know subscribes and withdraws nobody by the file's name."""
    if columns.format == "mailchimp" and "CLEAN_TIME" in map(str.upper, columns.headers):
        return Answer.BOUNCED
    found = status_of_name(file_name)
    if columns.format == "mailchimp" or found is None:
        return found
    return None if found is Answer.YES else Answer.NO


def _statuses(job: BulkJob, columns: ColumnMap) -> dict[str, Answer | None]:
    """What each file of an archive says of all in it; the archive's own name where it says nothing."""
    of_all = status_of(job.file_name, columns)
    return {
        name: found if (found := status_of(name, replace(columns, headers=tuple(headers)))) is not None else of_all
        for name, headers in job.options.get(files.MEMBERS, ())
    }


def reader_of(job: BulkJob, options: ImportOptions, chosen: CustomerPlusSettings) -> RowReader:
    columns = columns_of(job)
    fields = live_by_key()
    is_exact, sheet = job.options.get(files.EXACT, False), job.options.get(files.SHEETS, {}).get("sheet", "")
    return RowReader(
        columns,
        status=status_of(job.file_name, columns),
        statuses=_statuses(job, columns),
        has_prefixes=columns.format == "brevo",
        region=options.country or chosen.default_country,
        month_first=options.month_first,
        findings=ColumnFindings.of_json(job.options.get(files.FINDINGS, {})),
        is_strict=options.strict,
        least_cells=job.options.get(files.LEAST_CELLS, 0),
        marks_ids=columns.format.startswith("shopify"),
        is_exact=is_exact,
        is_own=is_own_export(columns.headers, is_json=is_exact, sheet=sheet, fields=fields),
        fields=fields,
    )
