"""`manage.py customer_plus import`: show what a list would do to the records, and load it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models.fields.files import FieldFile
from django_countries import countries

from ..activity.models import ActorType
from ..bulk import imports, saved_profiles
from ..bulk.imports import problems
from ..bulk.imports.headers import formats
from ..bulk.imports.options import ImportOptions, Mode, Subscribe, Withdrawals
from ..consent.models import MARKETING
from ..groups import queries as groups
from ..jobs import lifecycle
from ..jobs.models import BulkJob, BulkProblem, JobKind, JobState
from ..records.models import LawfulBasis
from . import common

HELP = (
    "Load a list of customers: CSV, TSV, XLSX, JSON lines, also in gzip or zip. Shows what it would do, and asks. "
    "Exits with 0; with 3 if rows were refused; with 4 if only cells were left out; with 1 if it failed or "
    "was declined."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="The file to load.")
    when = parser.add_mutually_exclusive_group()
    when.add_argument("--yes", action="store_true", help="Write at once, without a preview.")
    when.add_argument("--dry-run", action="store_true", help="Only show the preview. Nothing is written.")
    parser.add_argument("--errors", metavar="FILE", default="", help="Where to put the rows that are refused.")
    parser.add_argument(
        "--warnings", metavar="FILE", default="", help="Where to put the rows of which cells are left out."
    )
    parser.add_argument("--strict", action="store_true", help="Refuse rows of which cells would be left out.")
    parser.add_argument("--profile", default="", help="A saved profile, whose options hold where none is given here.")
    parser.add_argument("--mode", choices=list(Mode), default="", help="Whom to write. Everybody by default.")
    parser.add_argument("--fill-blanks", action="store_true", help="Leave fields that a record has already.")
    parser.add_argument("--ignore-locks", action="store_true", help="Change fields that staff locked, too.")
    parser.add_argument("--erase-blanks", action="store_true", help="Take a blank cell for a value to be removed.")
    for option, help in (
        ("--format", "The layout of the file, such as shopify. Recognised otherwise."),
        ("--encoding", "The encoding of the file. Recognised otherwise."),
        ("--delimiter", "What separates cells in the file. Recognised otherwise."),
        ("--quote", "The quotation mark of the file. Recognised otherwise."),
        ("--sheet", "The sheet of a workbook. The first one with addresses otherwise."),
        ("--group", "A group that all of them join."),
        ("--wording", "The text by which these people agreed to be written to."),
        ("--wording-version", "The version of that text."),
        ("--country", "The country of numbers without a prefix, such as DE."),
    ):
        parser.add_argument(option, default="", help=help)
    parser.add_argument(
        "--mapping",
        action="append",
        default=[],
        metavar="HEADER=COLUMN",
        help="What a header stands for. May be repeated.",
    )
    parser.add_argument("--keep-unknown", action="store_true", help="Keep unknown columns as attributes.")
    parser.add_argument("--month-first", action="store_true", help="Read 01/02/2026 as the second of January.")
    parser.add_argument("--tag", action="append", default=[], help="A tag for all of them. May be repeated.")
    parser.add_argument(
        "--subscribe", choices=list(Subscribe), default="", help="Whom to subscribe. Nobody by default."
    )
    parser.add_argument(
        "--withdrawals",
        choices=list(Withdrawals),
        default="",
        help="Whether to withdraw consents as the file says. APPLY by default.",
    )
    parser.add_argument(
        "--marketing-purpose",
        action="append",
        choices=MARKETING,
        default=[],
        help="What a consent is for where the file does not say. May be repeated. As the format means it otherwise.",
    )
    parser.add_argument("--lawful-basis", choices=LawfulBasis.values, default="", help="Why that is lawful.")
    parser.add_argument("--make-leads", action="store_true", help="Make an enquiry for each of them.")
    parser.add_argument("--make-accounts", action="store_true", help="Open accounts, as --user. No mail is sent.")
    header = parser.add_mutually_exclusive_group()
    header.add_argument("--has-header", action="store_true", default=None, help="The first row names the columns.")
    header.add_argument("--no-header", action="store_false", dest="has_header", help="The first row is a person.")
    parser.add_argument(
        "--deactivate-missing",
        type=int,
        metavar="N",
        help="Put those out of use who are not in the file, and of whom the preview said that they are so many.",
    )
    common.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    common.check_active()
    path = Path(options["file"])
    if not path.is_file():
        raise CommandError("The file does not exist.")
    if not (options["yes"] or options["dry_run"]) and (options["json"] or not sys.stdin.isatty()):
        raise CommandError("Nobody is there to ask. Call it with --yes to write, or with --dry-run to look only.")
    with common.reporting_errors(options), path.open("rb") as content:
        chosen = _options(options).checked()
        if chosen.make_accounts and not options["user"]:
            raise CommandError("Opening accounts needs --user: it takes the permissions of a member of staff.")
        actor = common.actor_of(options["user"], ActorType.IMPORT)
        job = imports.of_file(content, chosen, actor=actor, name=path.name)
    common.work(job, options)
    preview, file = job.report.get("preview", {}), job.report.get("file", {})
    if file.get("status") in _STATUSES and not options["json"]:
        command.stdout.write(_STATUSES[file["status"]])
    if "sheet" in file and not options["json"]:
        command.stdout.write(_sheets(file))
    if job.state == JobState.READY:
        if not options["json"]:
            _write(command, _columns(job), shown(preview), _refused(job), _warned(job))
        if options["dry_run"] or not (options["yes"] or common.agreed("Write this?")):
            lifecycle.cancel(job.pk, actor=actor)
            if options["json"]:
                job.refresh_from_db()
                command.stdout.write(json.dumps({**common.summary(job), "read_as": file, "preview": preview}, indent=2))
            raise SystemExit(0 if options["dry_run"] else common.FAILED)
        with common.reporting_errors(options):
            imports.start(job.pk, actor=actor, missing=options["deactivate_missing"])
        common.work(job, options)
    errors, warnings = _save(job.error_file, options["errors"]), _save(job.warning_file, options["warnings"])
    if not (preview or options["json"]):
        _write(command, "" if errors else _refused(job), "" if warnings else _warned(job))
    if (accounts := job.report.get("accounts")) and not options["json"]:
        counted = ", ".join(f"{number:,} {name}" for name, number in accounts.items() if number or name != "changed")
        command.stdout.write(f"Accounts: {counted}.")
    common.print_result(
        command,
        job,
        as_json=options["json"],
        read_as=file,
        preview=preview,
        accounts=job.report.get("accounts"),
        error_file=errors,
        warning_file=warnings,
        warnings=job.report.get("warnings", []),
    )


def _write(command: BaseCommand, *parts: str) -> None:
    """Print those of these parts that are not blank."""
    if output := list(filter(None, parts)):
        command.stdout.write("\n\n".join(output) + "\n")


_STATUSES = {
    "UNSUBSCRIBED": "By the name of the file everybody in it withdrew: nobody is subscribed.",
    "INVALID": "By the name of the file no address in it accepts mail: nobody is subscribed.",
    "NOT_SUBSCRIBED": "By the name of the file nobody in it is to be subscribed.",
}


def _sheets(file: dict[str, Any]) -> str:
    others = file["other_sheets"]
    passed = f" Passed over, though there are rows: {', '.join(others)}. Choose with --sheet." if others else ""
    return f"Sheet: {file['sheet']}.{passed}"


def _columns(job: BulkJob) -> str:
    """Whose layout the file has, and what of it is left out."""
    mapping = job.report["mapping"]
    left = ", ".join(one["header"] for one in mapping["columns"] if not one["column"])
    layout = formats.format_of(mapping["format"]).label if mapping["format"] else ""
    notes = [f"Recognised as {layout}." if layout else "", f"Not read: {left}." if left else ""]
    return " ".join(filter(None, notes))


def _refused(job: BulkJob) -> str:
    """Why rows are refused or passed over: the first of them."""
    return _lines("Refused or passed over, to begin with:", _first(job, is_warned=False))


def _warned(job: BulkJob) -> str:
    """What is left out of rows that are imported: the first of them."""
    return _lines("Warnings, to begin with:", _first(job, is_warned=True))


def _lines(title: str, found: list[BulkProblem]) -> str:
    """A line for each of these rows, below the title."""
    lines = [f"Row {one.row_number}: {' '.join(map(problems.with_value, one.reasons))}" for one in found]
    return "\n".join([title, *lines]) if lines else ""


def _first(job: BulkJob, *, is_warned: bool) -> list[BulkProblem]:
    """The first problems of rows, of those that have warnings or of the others."""
    found = job.problems.exclude(row_number=None).order_by("place", "id").iterator(chunk_size=100)
    of_kind = (
        one for one in found if (problems.severity_of_row(one.reasons) is problems.Severity.WARNING) is is_warned
    )
    return list(islice(of_kind, REASONS_SHOWN))


def _options(options: dict[str, Any]) -> ImportOptions:
    mapping = dict(pair.partition("=")[::2] for pair in options["mapping"])
    country = options["country"].upper()
    if country and country not in countries:
        raise CommandError("--country takes the two letters of a country, such as DE.")
    name = options["group"]
    group_ids = groups.ids_by_name([name]) if name else {}
    if name and not group_ids:
        raise CommandError("There is no group of this name.")
    given = {
        "mode": options["mode"],
        "fill_blanks": options["fill_blanks"],
        "ignore_locks": options["ignore_locks"],
        "erase_blanks": options["erase_blanks"],
        "strict": options["strict"],
        "format": options["format"],
        "encoding": options["encoding"],
        "delimiter": "\t" if options["delimiter"] == "tab" else options["delimiter"],
        "quote": options["quote"],
        "sheet": options["sheet"],
        "mapping": mapping,
        "keep_unknown": options["keep_unknown"],
        "country": country,
        "month_first": options["month_first"],
        "tags": options["tag"],
        "group_id": next(iter(group_ids.values()), None),
        "subscribe": options["subscribe"],
        "withdrawals": options["withdrawals"],
        "marketing_purposes": options["marketing_purpose"],
        "lawful_basis": options["lawful_basis"],
        "wording": options["wording"],
        "wording_version": options["wording_version"],
        "make_leads": options["make_leads"],
        "make_accounts": options["make_accounts"],
        "deactivate_missing": options["deactivate_missing"] is not None,
    }
    kept = saved_profiles.find(JobKind.IMPORT, options["profile"]).options if options["profile"] else {}
    chosen = ImportOptions.of_json({**kept, **{name: value for name, value in given.items() if value}})
    return replace(
        chosen,
        show_preview=not options["yes"] or chosen.deactivate_missing,
        has_header=chosen.has_header if options["has_header"] is None else options["has_header"],
    )


# How many of the rows that are refused, and of those with warnings, are shown with their reasons.
REASONS_SHOWN = 10

COUNTS = {
    "to_create": "to create",
    "to_update": "to update",
    "to_leave": "to leave as they are",
    "to_skip": "to pass over",
    "to_refuse": "to refuse",
    "with_warnings": "with warnings",
}

CONSENTS = {
    "consents_subscribed": "consents to grant",
    "consents_unsubscribed": "consents to withdraw",
    "consents_withheld": "consents not to grant: withdrawn, suppressed, or not clear for which purpose",
    "addresses_suppressed": "addresses of nobody to remember, so that no import subscribes them",
}


def shown(preview: dict[str, Any]) -> str:
    """The preview as tables: how many of what, the fields that change, and the first rows as they will be stored."""
    counts, fields = preview.get("counts", {}), preview.get("changed_fields", {})
    numbers = [[counts.get(name, 0), word] for name, word in COUNTS.items()]
    if "accounts" in preview:
        numbers.append([preview["accounts"], "to get an account"])
    if "missing" in preview:
        numbers.append([preview["missing"], "not in the file: to be put out of use"])
    numbers += [[number, CONSENTS[name]] for name, number in preview.get("consents", {}).items() if number]
    parts = [common.table([["rows", ""], *numbers])]
    if fields:
        parts.append(common.table([["field", "changes of records"], *map(list, fields.items())]))
    rows = preview.get("rows", [])
    if rows:
        keys = list(dict.fromkeys(key for row in rows for key in row["values"]))[:5]
        listed = [[row["row"], row["outcome"], *(row["values"].get(key) for key in keys)] for row in rows]
        parts.append(common.table([["row", "", *keys], *listed]))
    return "\n\n".join(parts)


def _save(file: FieldFile, name: str) -> str | None:
    """Put the rows of a file where they are wanted."""
    if not file or not name:
        return None
    with file.open("rb") as source:
        common.save(source, name)
    return name
