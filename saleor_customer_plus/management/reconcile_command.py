"""`manage.py customer_plus reconcile`: bring the records in line with Saleor, in this process, with a progress bar."""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from ..activity.models import ActorType
from ..core.processes import helped_by
from ..core.set_aside.services import summary as set_aside_summary
from ..jobs import engine as jobs
from ..jobs.models import BulkJob, JobState
from ..sync import reconciliation as actions
from ..sync.walks import DRIFT, SEEN, Walk
from . import common

HELP = (
    "Create and correct records, ledger and figures from Saleor's accounts and orders. Run it once after the "
    "installation. It may be stopped at any time and goes on where it was; other workers may help. "
    "Prints a summary as JSON; exits with 0, or with 1 if it failed, and after a dry run that found drift."
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
    parser.add_argument("--user", metavar="EMAIL", default="", help="The member of staff in whose name it is done.")


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
    common.check_active()
    began = time.monotonic()
    since = options["since"]
    job, resumed = None, False
    with tqdm(unit=" rows", disable=True if options["no_progress"] else None, leave=False) as bar:
        if options["dry_run"]:
            counted = _rehearse(since, bar)
        else:
            actor = common.actor_of(options["user"], ActorType.SYNC)
            resumed = actions.resume(actor=actor) is not None
            job = actions.start(since, actor=actor)
            if actions.since_of(job) != since:
                command.stderr.write("A reconciliation is under way already: that one is finished first.")
            with helped_by(options["workers"] - 1, common.help_with, job.pk):
                _follow(job, bar)
            counted = Counter(job.counters)
    drift = {name: counted[name] for name in DRIFT}
    summary = {
        "dry_run": options["dry_run"],
        "job": None if job is None else job.pk,
        "state": None if job is None else job.state,
        "since": since.isoformat() if since else None,
        "resumed": resumed,
        "seconds": round(time.monotonic() - began, 1),
        "seen": {name: counted[name] for name in SEEN},
        "drift": drift,
        "total_drift": sum(drift.values()),
        # Rows that could not be synced. They are tried again by themselves.
        "set_aside": set_aside_summary(),
    }
    command.stdout.write(json.dumps(summary, indent=2))
    if job is not None and job.error_message:
        command.stderr.write(job.error_message)
    has_ended_well = summary["total_drift"] == 0 if job is None else job.state == JobState.SUCCEEDED
    if not has_ended_well:
        raise SystemExit(common.FAILED)


def _rehearse(since: datetime | None, bar: Any) -> Counter[str]:
    counted = Counter[str]()
    for walk, keys, of_batch in actions.rehearse(since):
        bar.set_description(walk.label)
        bar.update(keys)
        counted += of_batch
    return counted


def _follow(job: BulkJob, bar: Any) -> None:
    """Work on the job until it is over, and show how far all workers are together."""
    for current in jobs.run(job.pk):
        bar.set_description(Walk(current.phase).label if current.phase else "", refresh=False)
        bar.update(current.counters.get("read", 0) - bar.n)
    job.refresh_from_db()
