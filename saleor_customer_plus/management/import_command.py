"""`manage.py customer_plus import`: show what a list would do to the records, and load it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_countries import countries

from .. import tasks  # noqa: F401 - every kind of job is registered
from ..activity.models import ActorType
from ..bulk import imports, jobs, profiles
from ..bulk.imports import problems
from ..bulk.imports.headers import formats
from ..bulk.imports.options import ImportOptions, Mode, Overwrite, Subscribe
from ..bulk.models import BulkJob, JobKind, JobState
from ..groups import queries as groups
from ..records.models import LawfulBasis
from . import working

HELP = (
    "Load a list of customers: CSV, TSV, XLSX, JSON lines, also in gzip or zip. Shows what it would do and asks, "
    "unless told otherwise. Exits with 0; with 3 if rows were refused; with 1 if it failed or was turned down."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="The file to load.")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--yes", action="store_true", help="Write at once, without a preview.")
    when.add_argument("--dry-run", action="store_true", help="Only show the preview. Nothing is written.")
    parser.add_argument("--errors", metavar="FILE", default="", help="Where to put the rows that are refused.")
    parser.add_argument("--profile", default="", help="A saved profile, whose options hold where none is given here.")
    parser.add_argument("--mode", choices=list(Mode), default="", help="Whom to write. Everybody by default.")
    parser.add_argument("--fill-blanks", action="store_true", help="Leave fields that a record has already.")
    parser.add_argument("--ignore-locks", action="store_true", help="Change fields that staff locked, too.")
    parser.add_argument("--erase-blanks", action="store_true", help="Take a blank cell for a value to be removed.")
    for option, help in (
        ("--file-format", "The layout of the file, such as shopify. Recognised otherwise."),
        ("--file-encoding", "The encoding of the file. Recognised otherwise."),
        ("--file-delimiter", "What separates cells in the file. Recognised otherwise."),
        ("--file-quote", "The quotation mark of the file. Recognised otherwise."),
        ("--sheet", "The sheet of a workbook. The first one with addresses otherwise."),
        ("--group-name", "A group that all of them join."),
        ("--wording", "The text by which these people agreed to be written to."),
        ("--wording-version", "The version of that text."),
        ("--default-country", "The country of numbers without a prefix, such as DE."),
    ):
        parser.add_argument(option, default="", help=help)
    parser.add_argument(
        "--map", action="append", default=[], metavar="HEADER=COLUMN", help="What a header stands for. May be repeated."
    )
    parser.add_argument("--keep-unknown", action="store_true", help="Keep unknown columns as attributes.")
    parser.add_argument("--month-first", action="store_true", help="Read 01/02/2026 as the second of January.")
    parser.add_argument("--add-tag", action="append", default=[], help="A tag for all of them. May be repeated.")
    parser.add_argument(
        "--subscribe", choices=list(Subscribe), default="", help="Whom to subscribe. Nobody by default."
    )
    parser.add_argument("--lawful-basis", choices=LawfulBasis.values, default="", help="Why that is lawful.")
    parser.add_argument("--make-leads", action="store_true", help="Make an enquiry for each of them.")
    parser.add_argument("--make-accounts", action="store_true", help="Open accounts, as --user. No mail is sent.")
    header = parser.add_mutually_exclusive_group()
    header.add_argument("--header", action="store_true", default=None, help="The first row names the columns.")
    header.add_argument("--no-header", action="store_false", dest="header", help="The first row is a person.")
    parser.add_argument(
        "--deactivate-missing",
        type=int,
        metavar="N",
        help="Put those out of use who are not in the file, and of whom the preview said that they are so many.",
    )
    working.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    working.check_active()
    path = Path(options["file"])
    if not path.is_file():
        raise CommandError("There is no such file.")
    if not (options["yes"] or options["dry_run"]) and (options["json"] or not sys.stdin.isatty()):
        raise CommandError("Nobody is there to ask. Call it with --yes to write, or with --dry-run to look only.")
    with working.telling_errors(), path.open("rb") as content:
        chosen = _options(options).checked()
        if chosen.makes_accounts and not options["user"]:
            raise CommandError("Opening accounts needs --user: it takes the permissions of a member of staff.")
        actor = working.actor_of(options["user"], ActorType.IMPORT)
        job = imports.of_file(content, chosen, actor=actor, name=path.name)
    working.work(job, options)
    preview, file = job.report.get("preview", {}), job.report.get("file", {})
    if "sheet" in file and not options["json"]:
        command.stdout.write(_sheets(file))
    if job.state == JobState.READY:
        if not options["json"]:
            command.stdout.write("\n\n".join(part for part in (_columns(job), shown(preview), _refused(job)) if part))
        if options["dry_run"] or not (options["yes"] or _agreed()):
            jobs.cancel(job.pk)
            if options["json"]:
                job.refresh_from_db()
                command.stdout.write(
                    json.dumps({**working.summary(job), "read_as": file, "preview": preview}, indent=2)
                )
            raise SystemExit(0 if options["dry_run"] else working.FAILED)
        with working.telling_errors():
            imports.start(job.pk, missing=options["deactivate_missing"])
        working.work(job, options)
    errors = _save_errors(job, options["errors"])
    if not (preview or errors or options["json"]) and (refused := _refused(job)):
        command.stdout.write(refused)
    if (accounts := job.report.get("accounts")) and not options["json"]:
        command.stdout.write(f"Accounts: {accounts['opened']:,} opened, {accounts['refused']:,} refused.")
    working.tell(
        command,
        job,
        as_json=options["json"],
        read_as=file,
        preview=preview,
        accounts=job.report.get("accounts"),
        error_file=errors,
    )


def _sheets(file: dict[str, Any]) -> str:
    others = file["other_sheets"]
    passed = f" Passed over, though there are rows: {', '.join(others)}. Choose with --sheet." if others else ""
    return f"Sheet: {file['sheet']}.{passed}"


def _columns(job: BulkJob) -> str:
    """Whose layout the file has, and what of it is left out."""
    mapping = job.report["mapping"]
    left = ", ".join(one["header"] for one in mapping["columns"] if not one["column"])
    layout = formats.format_of(mapping["format"]).label if mapping["format"] else ""
    told = [f"Recognised as {layout}." if layout else "", f"Not read: {left}." if left else ""]
    return " ".join(filter(None, told))


def _refused(job: BulkJob) -> str:
    """Why rows are refused or passed over: the first of them."""
    first = job.problems.order_by("place", "id")[:REASONS_SHOWN]
    lines = [f"Row {one.row_number}: {problems.in_words(one.reasons)}" for one in first if one.row_number]
    return "\n".join(["Refused or passed over, to begin with:", *lines]) + "\n" if lines else ""


def _agreed() -> bool:
    return input("Write this? [y/N] ").strip().lower() in ("y", "yes")


def _options(options: dict[str, Any]) -> ImportOptions:
    mapping = dict(pair.partition("=")[::2] for pair in options["map"])
    country = options["default_country"].upper()
    if country and country not in countries:
        raise CommandError("--default-country takes the two letters of a country, such as DE.")
    name = options["group_name"]
    group_ids = groups.ids_by_name([name]) if name else {}
    if name and not group_ids:
        raise CommandError("There is no group of this name.")
    given = {
        "mode": options["mode"],
        "overwrite": Overwrite.FILL_BLANKS if options["fill_blanks"] else "",
        "erases_blanks": options["erase_blanks"],
        "format": options["file_format"],
        "encoding": options["file_encoding"],
        "delimiter": "\t" if options["file_delimiter"] == "tab" else options["file_delimiter"],
        "quote": options["file_quote"],
        "sheet": options["sheet"],
        "mapping": mapping,
        "keeps_unknown": options["keep_unknown"],
        "country": country,
        "month_first": options["month_first"],
        "tags": options["add_tag"],
        "group_id": next(iter(group_ids.values()), None),
        "subscribe": options["subscribe"],
        "lawful_basis": options["lawful_basis"],
        "wording": options["wording"],
        "wording_version": options["wording_version"],
        "makes_leads": options["make_leads"],
        "makes_accounts": options["make_accounts"],
        "deactivates_missing": options["deactivate_missing"] is not None,
    }
    kept = profiles.find(JobKind.IMPORT, options["profile"]).options if options["profile"] else {}
    chosen = ImportOptions.of_json({**kept, **{name: value for name, value in given.items() if value}})
    return replace(
        chosen,
        wants_preview=not options["yes"] or chosen.deactivates_missing,
        respects_locks=chosen.respects_locks and not options["ignore_locks"],
        has_header=chosen.has_header if options["header"] is None else options["header"],
    )


# How many of the rows that are refused are told with their reasons.
REASONS_SHOWN = 10

COUNTS = {
    "to_create": "to create",
    "to_update": "to update",
    "to_leave": "to leave as they are",
    "to_skip": "to pass over",
    "to_refuse": "to refuse",
}


def shown(preview: dict[str, Any]) -> str:
    """The preview as tables: how many of what, the fields that change, and the first rows as they will be stored."""
    counts, fields = preview.get("counts", {}), preview.get("changed_fields", {})
    numbers = [[counts.get(name, 0), word] for name, word in COUNTS.items()]
    if "accounts" in preview:
        numbers.append([preview["accounts"], "to get an account"])
    if "missing" in preview:
        numbers.append([preview["missing"], "not in the file: to be put out of use"])
    parts = [working.table([["rows", ""], *numbers])]
    if fields:
        parts.append(working.table([["field", "changes of records"], *map(list, fields.items())]))
    rows = preview.get("rows", [])
    if rows:
        keys = list(dict.fromkeys(key for row in rows for key in row["values"]))[:5]
        told = [[row["row"], row["fate"], *(row["values"].get(key) for key in keys)] for row in rows]
        parts.append(working.table([["row", "", *keys], *told]))
    return "\n\n".join(parts)


def _save_errors(job: BulkJob, name: str) -> str | None:
    """Put the rows that were refused where they are wanted."""
    if not job.error_file or not name:
        return None
    with job.error_file.open("rb") as source:
        working.save(source, name)
    return name
