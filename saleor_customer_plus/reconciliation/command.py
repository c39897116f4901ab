"""`manage.py customer_plus reconcile`: bring the records in line with Saleor, in this process, with a progress bar."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from .. import settings
from ..processes import helped_by
from . import actions
from .models import Reconciliation
from .walks import DRIFT

HELP = (
    "Create and correct records, ledger and figures from Saleor's accounts and orders. Run it once after the "
    "installation. It may be stopped at any time and goes on where it was; other workers may help. "
    "Prints a summary as JSON; exits with 0, or with 1 after a dry run that found drift."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="Only report what would be corrected: each batch is done and rolled back. A person whose orders lie in "
        "several batches may be counted in each.",
    )
    parser.add_argument(
        "--since",
        type=moment,
        metavar="TIME",
        help="Look only at accounts and orders that changed since then (ISO 8601, UTC unless it says otherwise).",
    )
    parser.add_argument(
        "--workers",
        type=int,
        choices=range(1, 65),
        metavar="N",
        default=1,
        help="Work in so many processes at once; 1 by default. One for each core is about right.",
    )
    parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")


def moment(text: str) -> datetime:
    """A time, or a day at its beginning, in UTC unless it says otherwise."""
    try:
        found = parse_datetime(text)
        if found is None and (day := parse_date(text)):
            found = datetime(day.year, day.month, day.day)
    except ValueError:
        found = None
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time. Write it like 2026-01-31 or 2026-01-31T08:00:00Z.")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    _chosen, is_active = settings.load()
    if not is_active:
        raise CommandError("The plugin is inactive: switch it on in the Dashboard, under Configuration, Plugins.")
    began = time.monotonic()
    since, quiet = options["since"], options["no_progress"]
    with tqdm(unit=" rows", disable=True if quiet else None, leave=False) as bar:
        if options["dry_run"]:
            counted = _follow(actions.rehearse(since), bar)
            resumed = False
        else:
            resumed = actions.current() is not None
            reconciliation = actions.start(since)
            if reconciliation.since != since:
                command.stderr.write("A reconciliation is under way already: that one is finished first.")
            with helped_by(options["workers"] - 1, _help, reconciliation):
                _follow(actions.batches(reconciliation), bar)
            counted = Counter(actions.summary(reconciliation))
    drift = {name: counted.get(name, 0) for name in DRIFT}
    seen = {name: counted.get(name, 0) for name in ("accounts", "orders", "ledger", "records")}
    summary = {
        "dry_run": options["dry_run"],
        "since": since.isoformat() if since else None,
        "resumed": resumed,
        "seconds": round(time.monotonic() - began, 1),
        "seen": seen,
        "drift": drift,
        "total_drift": sum(drift.values()),
    }
    command.stdout.write(json.dumps(summary, indent=2))
    if options["dry_run"] and summary["total_drift"]:
        raise SystemExit(1)


def _help(reconciliation: Reconciliation) -> None:
    for _batch in actions.batches(reconciliation):
        pass


def _follow(batches: Iterable[actions.Batch], bar: Any) -> Counter[str]:
    counted = Counter[str]()
    for walk, keys, of_batch in batches:
        bar.set_description(walk.label)
        bar.update(keys)
        counted += of_batch
    return counted
