"""What the commands for bulk jobs share: they work in this process, need no broker, and show how far they are."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from .. import settings
from ..activity.models import ActorType
from ..activity.services import Actor
from ..core.processes import helped_by
from ..errors import CustomerPlusError, SeveralErrors
from ..jobs import engine as jobs
from ..jobs import events, queries
from ..jobs.models import COUNTERS, BulkJob, JobState
from ..jobs.progress import Watch
from ..records.email import normalize_email
from ..saleor_adapter import host

# How a command exits, besides 0: the job failed; it is done, but for rows that were refused, or for parts of rows.
FAILED, REFUSED, WARNED = 1, 3, 4


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of every command that runs a job."""
    parser.add_argument(
        "--workers", type=int, choices=range(1, 65), metavar="N", default=1, help="Work in so many processes at once."
    )
    parser.add_argument("--no-progress", action="store_true", help="Show no progress bar.")
    parser.add_argument("--json", action="store_true", help="Print what came of it as JSON.")
    parser.add_argument("--user", metavar="EMAIL", default="", help="The member of staff in whose name it is done.")


def check_active() -> settings.CustomerPlusSettings:
    chosen, is_active = settings.load()
    if not is_active:
        raise CommandError("The plugin is inactive: switch it on in the Dashboard, under Configuration, Plugins.")
    return chosen


def actor_of(email: str, otherwise: ActorType) -> Actor:
    """The member of staff whom a command names."""
    if not email:
        return Actor(otherwise)
    user = host.User.objects.filter(email=normalize_email(email), is_staff=True, is_active=True).first()
    if user is None:
        raise CommandError("There is no active member of staff with this address.")
    return Actor(ActorType.STAFF, str(user.pk))


@contextmanager
def reporting_errors(options: Mapping[str, Any]) -> Iterator[None]:
    """Tell what whoever calls the command with these options can mend, without a traceback."""
    try:
        yield
    except CustomerPlusError as error:
        raise CommandError(_message(error, options)) from error
    except SeveralErrors as several:
        raise CommandError("\n".join(_message(error, options) for error in several.errors)) from several


# Options that are not called as the field that they are for: those that can be repeated, and a group by its name.
_OPTION_OF = {
    "tags": "tag",
    "group_id": "group",
    "marketing_purposes": "marketing_purpose",
    "missing": "deactivate_missing",
    "account_id": "account",
    "choices": "choose",
    "winner_id": "customers",
    "merge_id": "undo",
}
_ARGUMENTS = ("file", "job", "customers")


def _message(error: CustomerPlusError, options: Mapping[str, Any]) -> str:
    """The message, after the option that it is about as it is typed."""
    if not error.field:
        return error.message
    head = error.field.partition(".")[0]
    name = _OPTION_OF.get(head, error.field)
    dashes = "--" if name in options and name not in _ARGUMENTS else ""
    return f"{dashes}{name.replace('_', '-')}: {error.message}"


def agreed(question: str) -> bool:
    """Whether whoever is there agrees."""
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def work(job: BulkJob, options: dict[str, Any]) -> BulkJob:
    """Work on a job until it is over or waits for its start, in as many processes as were asked for."""
    with _bar(quiet=options["no_progress"]) as show, helped_by(options["workers"] - 1, help_with, job.pk):
        for current in jobs.run(job.pk):
            show(current)
    job.refresh_from_db()
    return job


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Callable[[BulkJob], None]]:
    """Yields a function that shows how far a job is; none is shown where the output is no terminal."""
    layout = "{desc}: {percentage:3.0f}%|{bar}| {elapsed}<{remaining}{postfix}"
    with tqdm(total=100, bar_format=layout, disable=True if quiet else None, leave=False) as bar:
        latest: list[BulkJob] = []

        def show(job: BulkJob) -> None:
            latest[:] = [job]
            if bar.disable:
                return
            progress = queries.progress(job, queries.steps_of([job.pk])[job.pk])
            bar.set_description(job.phase or job.get_state_display(), refresh=False)
            bar.n = round(100 * (progress.fraction or 0), 1)
            bar.set_postfix_str(f"{job.counters.get('read', 0):,} rows")

        def hear(rows: int) -> None:
            for job in latest:
                job.counters = {"read": rows}
                show(job)

        Watch.listener = hear
        try:
            yield show
        finally:
            Watch.listener = None


def help_with(job_id: int) -> None:
    """Work on a job in a process beside the command's own, which shows how far it is."""
    Watch.listener = None
    for _job in jobs.run(job_id):
        pass


def summary(job: BulkJob) -> dict[str, Any]:
    """A job as `--json` prints it."""
    return {
        "id": job.pk,
        "kind": job.kind,
        "state": job.state,
        "phase": job.phase,
        "rows_total": job.rows_total,
        **{name: job.counters.get(name, 0) for name in COUNTERS},
        "error_code": job.error_code or None,
        "error_message": job.error_message or None,
        "history": [
            {
                "type": event.type,
                "actor": {"type": event.actor_type, "id": event.actor_id},
                "created_at": event.created_at.isoformat(),
            }
            for event in events.events_of([job.pk])[job.pk]
        ],
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
    }


def print_result(command: BaseCommand, job: BulkJob, *, as_json: bool, **more: Any) -> None:
    """Print what came of a job, and exit with its code."""
    if as_json:
        command.stdout.write(json.dumps({**summary(job), **more}, indent=2))
    else:
        counted = ", ".join(
            f"{job.counters[name]:,} {name.replace('_', ' ')}" for name in COUNTERS if job.counters.get(name)
        )
        if not counted and job.state == JobState.SUCCEEDED:
            counted = "Nothing was to be done"
        sentences = [f"Job {job.pk}: {job.get_state_display()}", counted]
        command.stdout.write(" ".join(f"{one}." for one in sentences if one))
        if job.error_message:
            command.stderr.write(job.error_message)
    if job.state not in (JobState.SUCCEEDED, JobState.READY):
        raise SystemExit(FAILED)
    if job.counters.get("refused") or job.counters.get("accounts_refused"):
        raise SystemExit(REFUSED)
    if job.counters.get("with_warnings"):
        raise SystemExit(WARNED)


def save(source: IO[bytes], name: str) -> None:
    """Copy a list of people into a file that only its owner may read, under its name once it is complete."""
    path = Path(name)
    is_elsewhere = path.is_symlink() or (path.exists() and not path.is_file())  # such as /dev/stderr, or a pipe
    part = name if is_elsewhere else f"{name}.part"
    with open(part, "wb", opener=_private) as target:
        shutil.copyfileobj(source, target)
    if not is_elsewhere:
        os.replace(part, name)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def table(rows: list[list[Any]]) -> str:
    """Rows in columns, the first row being the head."""
    texts = [[_text(cell) for cell in row] for row in rows]
    widths = [min(max(map(len, column)), 40) for column in zip(*texts, strict=True)]
    lines = ["  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return ", ".join(map(str, cell))
    return "" if cell is None else str(cell)


def _fit(cell: str, width: int) -> str:
    cell = " ".join(cell.split())
    return cell.ljust(width) if len(cell) <= width else f"{cell[: width - 1]}…"
