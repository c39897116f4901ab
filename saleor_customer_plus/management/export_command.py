"""`manage.py customer_plus export`: write a list of records into a file."""

from __future__ import annotations

import argparse
import json
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
from ..bulk.exports.column_sql import BY_PURPOSE
from ..bulk.exports.options import DELIMITERS, ENCODINGS, ExportRequest
from ..conditions.parsing import parse
from ..consent.models import MARKETING, ConsentChannel, ConsentPurpose, ConsentState
from ..core import json_values
from ..customers.filters import (
    AttributeFilter,
    ConsentFilter,
    LabelFilter,
    MoneyRange,
    Range,
    RecordFilter,
    SourceFilter,
)
from ..customers.queries import RecordList
from ..groups import queries as groups
from ..groups.services import default_group
from ..jobs.models import BulkJob, JobState
from ..records.labels import clean_name, fold
from ..records.models import Source, Stage
from ..saleor_adapter import host
from ..segments import definitions
from ..settings import ExportFormat
from ..tags import queries as tags
from . import common
from .reconcile_command import moment

HELP = (
    "Write customer records into a file: all active ones, or those that the options name. The file appears once it is "
    "complete. Exits with 0, or with 1 if the export failed."
)

_YES_NO = {"yes": True, "no": False, None: None}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        default="-",
        help="The file to write; its extension sets the format. - prints to standard output.",
    )
    for option, help in (
        ("--profile", "default, squarespace, ecwid-newsletter, shopify, mailchimp, klaviyo, or one that was saved."),
        ("--columns", "Keys of columns, separated by commas, in order."),
        ("--date-format", "Such as DD.MM.YYYY HH:mm; in full as of ISO 8601 otherwise."),
        ("--header-language", "The language of the headers: en, it, de, fr or es."),
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
        ("--city", "Only those from this city, in any spelling of case and accents. May be repeated."),
        ("--language", "Only those of this language, such as de or pt-br. May be repeated."),
        ("--order-channel", "Only those with an order that counts in the channel of this slug. May be repeated."),
        ("--tag", "Only those with this tag. May be repeated: any of them."),
        ("--tag-all", "Only those with this tag. May be repeated: all of them."),
        ("--tag-none", "Only those without this tag. May be repeated: none of them."),
        ("--group", "Only those of this group. May be repeated: any of them."),
        ("--group-all", "Only those of this group. May be repeated: all of them."),
        ("--group-none", "Only those who are not of this group. May be repeated: none of them."),
    ):
        parser.add_argument(option, action="append", default=[], type=int if option == "--id" else str, help=help)
    for option, read, help in (
        ("--created-at", moment, "Only those who are known since these days."),
        ("--customer-since", moment, "Only those who became customers in these days."),
        ("--last-order-at", moment, "Only those whose last order is of these days."),
        ("--order-count", int, "Only those with so many orders that count."),
        ("--total-spent", _amount, "Only those who spent so much, in the currency that --currency names."),
        ("--average-order-value", _amount, "Only those whose orders come to so much on average, in that currency."),
    ):
        parser.add_argument(option, metavar="FROM..TO", type=partial(_range, read), help=help)
    for option, help in (
        ("--has-account", "Only those with an account, or without one."),
        ("--has-unconfirmed-account", "Only those whose address an account has that is not confirmed, or not."),
        ("--is-staff", "Only those whose account is one of staff, or not."),
        ("--is-tax-exempt", "Only those who are exempt from taxes, or not."),
        ("--is-approved-buyer", "Only those who are approved as buyers, or not."),
    ):
        parser.add_argument(option, choices=["yes", "no"], help=help)
    parser.add_argument(
        "--attribute",
        action="append",
        default=[],
        type=_attribute,
        metavar="KEY[=VALUE]",
        help="Only those with this attribute, or with this value of it: JSON, or a text. May be repeated: all of them.",
    )
    parser.add_argument("--company-name", help="Only those of the company of this name.")
    parser.add_argument("--query", help="Only those who meet this condition in the language of segments.")
    for option, help in (
        ("--source", "Only those with this source. May be repeated: any of them."),
        ("--source-all", "Only those with this source. May be repeated: all of them."),
        ("--source-none", "Only those without this source. May be repeated: none of them."),
    ):
        parser.add_argument(option, action="append", default=[], choices=Source.values, help=help)
    parser.add_argument(
        "--subscribed",
        action="append",
        choices=ConsentPurpose.values,
        default=[],
        help="Only those who are subscribed by e-mail for this purpose. May be repeated: all of them.",
    )
    parser.add_argument(
        "--consent",
        action="append",
        default=[],
        type=_consent,
        metavar="CHANNEL:PURPOSE:STATE",
        help="Only those whose consent is in this state, or one of several, such as SMS:PROMOTIONAL:SUBSCRIBED,PENDING."
        " May be repeated: all of them.",
    )
    parser.add_argument(
        "--purpose",
        choices=MARKETING,
        default="",
        help="Which consent the list is for, in a profile that shows one, or has subscribers only.",
    )
    parser.add_argument("--include-inactive", action="store_true", help="Inactive records too.")
    common.configure(parser)


def _attribute(text: str) -> AttributeFilter:
    key, sign, value = text.partition("=")
    if not key.strip():
        raise argparse.ArgumentTypeError("Write KEY or KEY=VALUE.")
    if not sign:
        return AttributeFilter(key.strip())
    try:
        read = json.loads(value)
        json_values.check(read, key)
    except json_values.Unreturnable as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    except ValueError:
        read = value
    return AttributeFilter(key.strip(), json.dumps(read, ensure_ascii=False, sort_keys=True))


def _consent(text: str) -> ConsentFilter:
    channel, purpose, states = [*text.upper().split(":"), "", ""][:3]
    wanted = tuple(states.split(","))
    known = channel in ConsentChannel.values and purpose in ConsentPurpose.values
    if not known or not set(wanted) <= set(ConsentState.values):
        raise argparse.ArgumentTypeError("Write CHANNEL:PURPOSE:STATE, such as EMAIL:NEWSLETTER:SUBSCRIBED.")
    return ConsentFilter(channel, purpose, wanted)


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
        raise CommandError(f"--{name.replace('_', '-')} needs --currency, such as EUR.")
    return MoneyRange(currency, options[name])


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    common.check_active()
    to_terminal = options["file"] == "-"
    if to_terminal and options["json"]:
        raise CommandError("Name a file: with --json the output is what came of the export.")
    with common.reporting_errors(options):
        job = exports.create(
            RecordList(_filter(options), search=options["search"]),
            _export_request(options),
            actor=common.actor_of(options["user"], ActorType.SYNC),
            include_inactive=options["include_inactive"],
        )
    common.work(job, options)
    if job.state == JobState.SUCCEEDED:
        _deliver(command, job, options["file"])
    warning = job.report.get("warning")
    if warning and not options["json"]:
        command.stderr.write(warning)
    if not to_terminal or job.state != JobState.SUCCEEDED:
        common.print_result(command, job, as_json=options["json"], file=options["file"], warning=warning)


def _export_request(options: dict[str, Any]) -> ExportRequest:
    ending = Path(options["file"]).suffix.lower().removeprefix(".")
    return ExportRequest(
        profile=options["profile"],
        columns=[key.strip() for key in options["columns"].split(",") if key.strip()],
        format=options["format"] or (ending if ending in list(ExportFormat) else ""),
        delimiter=options["delimiter"],
        encoding=options["encoding"],
        decimal_separator=options["decimal_separator"],
        date_format=options["date_format"],
        header_language=options["header_language"],
        currency=options["currency"].upper(),
        purpose=options["purpose"],
    )


def _filter(options: dict[str, Any]) -> RecordFilter:
    subscribed: dict[str, Any] = {BY_PURPOSE[ConsentPurpose(purpose)]: True for purpose in options["subscribed"]}
    return RecordFilter(
        ids=options["id"] or None,
        stage=Stage(options["stage"]) if options["stage"] else None,
        has_account=_YES_NO[options["has_account"]],
        has_unconfirmed_account=_YES_NO[options["has_unconfirmed_account"]],
        is_staff=_YES_NO[options["is_staff"]],
        sources=_sources(options),
        countries=options["country"] or None,
        cities=options["city"] or None,
        languages=[code.lower().replace("_", "-") for code in options["language"]] or None,
        company_name=options["company_name"],
        attributes=options["attribute"] or None,
        created_at=options["created_at"],
        customer_since=options["customer_since"],
        last_order_at=options["last_order_at"],
        order_count=options["order_count"],
        total_spent=_money(options, "total_spent"),
        average_order_value=_money(options, "average_order_value"),
        order_channels=_channels(options["order_channel"]),
        is_approved_buyer=_YES_NO[options["is_approved_buyer"]],
        is_tax_exempt=_YES_NO[options["is_tax_exempt"]],
        tags=_labels(options, "tag", tags.ids_by_name),
        groups=_labels(options, "group", groups.ids_by_name, default=lambda: default_group().pk),
        consents=options["consent"] or None,
        query=None if options["query"] is None else definitions.checked(parse(options["query"])),
        **subscribed,
    )


def _channels(slugs: list[str]) -> list[int] | None:
    ids = dict(host.Channel.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    if unknown := sorted({*slugs} - ids.keys()):
        raise CommandError(f"There is no channel with this slug: {unknown[0]}.")
    return sorted(ids.values()) or None


# The conditions of a filter by tags, groups or sources, and how their options end.
_SIDES = {"any": "", "all": "_all", "none": "_none"}


def _sources(options: dict[str, Any]) -> SourceFilter | None:
    given = {
        side: tuple(map(Source, options[f"source{ending}"]))
        for side, ending in _SIDES.items()
        if options[f"source{ending}"]
    }
    return SourceFilter(**given) if given else None


def _labels(
    options: dict[str, Any],
    word: str,
    ids_by_name: Callable[[list[str]], dict[str, int]],
    default: Callable[[], int] | None = None,
) -> LabelFilter | None:
    """Tags or groups by their names. `default` gives the group of whoever is in no other."""
    given = {side: options[f"{word}{ending}"] for side, ending in _SIDES.items() if options[f"{word}{ending}"]}
    if not given:
        return None
    ids = ids_by_name([name for names in given.values() for name in names])
    default_id = default() if default else None
    sides: dict[str, tuple[int | None, ...]] = {}
    for side, names in given.items():
        keys = dict.fromkeys(fold(clean_name(name)) for name in names)
        if keys.keys() - ids.keys():
            raise CommandError(f"There is no {word} of this name.")
        sides[side] = tuple(None if ids[key] == default_id else ids[key] for key in keys)
    return LabelFilter(**sides)


def _deliver(command: BaseCommand, job: BulkJob, name: str) -> None:
    """Copy the file to where it is wanted."""
    with job.result_file.open("rb") as source:
        if name == "-":
            output = getattr(command.stdout, "_out", sys.stdout)
            shutil.copyfileobj(source, getattr(output, "buffer", output))
            return
        common.save(source, name)
