"""`manage.py customer_plus jobs`: list bulk jobs; end, retry, undo, forget or work on one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from .. import tasks  # noqa: F401 - every kind of job is registered
from ..activity.models import ActorType
from ..bulk import imports, jobs, retention, undo
from ..bulk.models import COUNTERS, BulkJob, JobKind, JobState
from . import working

HELP = "List the bulk jobs, newest first; or end, retry, undo, forget or work on one. Exits with 1 if that one fails."

# What each option does to a job, given all options, before it is worked on.
_ACTIONS: dict[str, Callable[[BulkJob, dict[str, Any]], BulkJob]] = {
    "cancel": lambda job, _options: jobs.cancel(job.pk),
    "forget": lambda job, _options: retention.forget(job.pk),
    "retry": lambda job, _options: jobs.retry(job.pk),
    "start": lambda job, options: imports.start(job.pk, missing=options["deactivate_missing"]),
    "run": lambda job, _options: job,
    "undo": lambda job, options: undo.create(job.pk, actor=working.actor_of(options["user"], ActorType.SYNC)),
}
# After these there is work to do.
_WITH_WORK = ("retry", "start", "run", "undo")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", nargs="?", type=int, help="The number of one job. All are listed otherwise.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--cancel", action="store_true", help="End the job before its next step.")
    what.add_argument(
        "--retry", action="store_true", help="Let a job that failed or was canceled go on, and work on it."
    )
    what.add_argument("--start", action="store_true", help="Start a job that was previewed, and work on it.")
    what.add_argument("--run", action="store_true", help="Work on a job that waits, or help with it.")
    what.add_argument("--undo", action="store_true", help="Undo a job that is over. The undoing is a job of its own.")
    what.add_argument(
        "--forget",
        action="store_true",
        help="Remove at once what a job that is over keeps of customers: files, previews, refused rows.",
    )
    parser.add_argument(
        "--deactivate-missing",
        type=int,
        metavar="N",
        help="With --start: put those out of use who are not in the file, so many as the preview said.",
    )
    parser.add_argument("--kind", choices=JobKind.values, help="List those of a kind.")
    parser.add_argument("--state", choices=JobState.values, help="List those in a state.")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="List so many; 20 by default.")
    working.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    asked = next((name for name in _ACTIONS if options[name]), None)
    if options["job"] is None:
        if asked:
            raise CommandError(f"--{asked} needs the number of a job.")
        _list(command, options)
        return
    job = BulkJob.objects.filter(pk=options["job"]).first()
    if job is None:
        raise CommandError("There is no such job.")
    if asked in _WITH_WORK:
        working.check_active()
    if asked:
        with working.telling_errors():
            job = _ACTIONS[asked](job, options)
    if asked in _WITH_WORK:
        working.tell(command, working.work(job, options), as_json=options["json"])
    else:
        _show(command, [job], as_json=options["json"])


def _list(command: BaseCommand, options: dict[str, Any]) -> None:
    wanted = {name: options[name] for name in ("kind", "state") if options[name]}
    found = BulkJob.objects.filter(**wanted).order_by("-created_at", "-id")[: options["limit"]]
    _show(command, list(found), as_json=options["json"])


def _show(command: BaseCommand, found: list[BulkJob], *, as_json: bool) -> None:
    told = [working.summary(job) for job in found]
    if as_json:
        command.stdout.write(json.dumps(told, indent=2))
        return
    names = ["id", "kind", "state", "phase", *COUNTERS, "created_at", "error_message"]
    command.stdout.write(working.table([names, *([job[name] for name in names] for job in told)]))
