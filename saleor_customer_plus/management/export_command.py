"""`manage.py customer_plus export`: write a list of records into a file."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ..activity.models import ActorType
from ..bulk import exports
from ..bulk.exports.options import DELIMITERS, ENCODINGS, Wish
from ..bulk.models import BulkJob, JobState
from ..groups import queries as groups
from ..reconciliation.command import moment
from ..records.filters import LabelFilter, MoneyRange, Range, RecordFilter
from ..records.models import Source, Stage
from ..records.queries import RecordList
from ..settings import ExportFormat
from ..tags import queries as tags
from . import working

HELP = (
    "Write customer records into a file: all active ones, or those that the options name. The file appears once it is "
    "complete. Exits with 0, or with 1 if the export failed."
)

_YES_NO = {"yes": True, "no": False, None: None}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", default="-", help="The file to write; its ending tells the format. - prints."
    )
    for option, help in (
        ("--profile", "default, squarespace, ecwid-newsletter, shopify, mailchimp, klaviyo, or one that was saved."),
        ("--columns", "Keys of columns, separated by commas, in order."),
        ("--date-format", "Such as DD.MM.YYYY HH:mm; in full as of ISO 8601 otherwise."),
        ("--language", "The language of the headers: en, it, de, fr or es."),
        ("--currency", "The currency of figures, or ALL for columns of each."),
        ("--search", "Only those whom these words find."),
    ):
        parser.add_argument(option, default="", help=help)
    parser.add_argument("--format", choices=list(ExportFormat), default="", help="The format of the file.")
    parser.add_argument("--delimiter", choices=list(DELIMITERS)[:-1], default="", help="What separates cells of CSV.")
    parser.add_argument("--encoding", choices=list(ENCODINGS), default="", help="The encoding of text.")
    parser.add_argument("--decimal-separator", choices=[".", ","], default="", help="A point or a comma.")
    parser.add_argument("--stage", choices=Stage.values, help="Only leads, or only customers.")
    for option, help in (
        ("--id", "Only the record of this number. May be repeated."),
        ("--country", "Only those from this country. May be repeated."),
        ("--tag", "Only those with this tag. May be repeated: any of them."),
        ("--group", "Only those of this group. May be repeated: any of them."),
    ):
        parser.add_argument(option, action="append", default=[], type=int if option == "--id" else str, help=help)
    for option, read, help in (
        ("--created", moment, "Only those who are known since these days."),
        ("--customer-since", moment, "Only those who became customers in these days."),
        ("--last-order", moment, "Only those whose last order is of these days."),
        ("--orders", int, "Only those with so many orders that count."),
        ("--spent", _amount, "Only those who spent so much, in the currency that --currency names."),
        ("--average", _amount, "Only those whose orders come to so much on average, in that currency."),
    ):
        parser.add_argument(option, metavar="FROM..TO", type=partial(_range, read), help=help)
    parser.add_argument("--account", choices=["yes", "no"], help="Only those with an account, or without one.")
    parser.add_argument("--tax-exempt", choices=["yes", "no"], help="Only those who are exempt from taxes, or not.")
    parser.add_argument("--company", help="Only those of the company of this name.")
    parser.add_argument(
        "--source", action="append", choices=Source.values, help="Only those with this source. May be repeated."
    )
    parser.add_argument("--subscribed", action="store_true", help="Only those who accept marketing.")
    parser.add_argument("--include-inactive", action="store_true", help="Inactive records too.")
    working.configure(parser)


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise argparse.ArgumentTypeError(f"{text!r} is no amount. Write it like 99.50.")
    return found


def _range(read: Callable[[str], Any], text: str) -> Range:
    """From one end to the other, both included, either of which may be left out."""
    first, dots, last = text.partition("..")
    if not dots or not (first or last):
        raise argparse.ArgumentTypeError("Write it as FROM..TO, of which either may be left out.")
    return Range(read(first) if first else None, read(last) if last else None)


def _money(options: dict[str, Any], name: str) -> MoneyRange | None:
    if options[name] is None:
        return None
    currency = options["currency"].upper()
    if currency in ("", "ALL"):
        raise CommandError(f"--{name} needs --currency, such as EUR.")
    return MoneyRange(currency, options[name])


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    working.check_active()
    to_terminal = options["file"] == "-"
    if to_terminal and options["json"]:
        raise CommandError("Name a file: with --json the output is what came of the export.")
    with working.telling_errors():
        job = exports.create(
            RecordList(_filter(options), search=options["search"]),
            _wish(options),
            actor=working.actor_of(options["user"], ActorType.SYNC),
            include_inactive=options["include_inactive"],
        )
    working.work(job, options)
    if job.state == JobState.SUCCEEDED:
        _deliver(command, job, options["file"])
    warning = job.report.get("warning")
    if warning and not options["json"]:
        command.stderr.write(warning)
    if not to_terminal or job.state != JobState.SUCCEEDED:
        working.tell(command, job, as_json=options["json"], file=options["file"], warning=warning)


def _wish(options: dict[str, Any]) -> Wish:
    ending = Path(options["file"]).suffix.lower().removeprefix(".")
    return Wish(
        profile=options["profile"],
        columns=[key.strip() for key in options["columns"].split(",") if key.strip()],
        format=options["format"] or (ending if ending in list(ExportFormat) else ""),
        delimiter=options["delimiter"],
        encoding=options["encoding"],
        decimal_separator=options["decimal_separator"],
        date_format=options["date_format"],
        header_language=options["language"],
        currency=options["currency"].upper(),
    )


def _filter(options: dict[str, Any]) -> RecordFilter:
    return RecordFilter(
        ids=options["id"] or None,
        stage=Stage(options["stage"]) if options["stage"] else None,
        has_account=_YES_NO[options["account"]],
        sources=[Source(one) for one in options["source"]] if options["source"] else None,
        countries=options["country"] or None,
        company=options["company"],
        created=options["created"],
        customer_since=options["customer_since"],
        last_order=options["last_order"],
        order_count=options["orders"],
        total_spent=_money(options, "spent"),
        average_order_value=_money(options, "average"),
        is_tax_exempt=_YES_NO[options["tax_exempt"]],
        tags=_labels(options["tag"], tags.ids_by_name(options["tag"]), "tag"),
        groups=_labels(options["group"], groups.ids_by_name(options["group"]), "group"),
        accepts_marketing=True if options["subscribed"] else None,
    )


def _labels(names: list[str], ids: dict[str, int], word: str) -> LabelFilter | None:
    if len(ids) < len(set(names)):
        raise CommandError(f"There is no {word} of this name.")
    return LabelFilter(any=tuple(ids.values())) if names else None


def _deliver(command: BaseCommand, job: BulkJob, name: str) -> None:
    """Copy the file to where it is wanted."""
    with job.result_file.open("rb") as source:
        if name == "-":
            output = getattr(command.stdout, "_out", sys.stdout)
            shutil.copyfileobj(source, getattr(output, "buffer", output))
            return
        working.save(source, name)
