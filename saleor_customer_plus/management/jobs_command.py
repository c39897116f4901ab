"""`manage.py customer_plus jobs`: list jobs; end, retry, undo, forget or work on one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ..activity.models import ActorType
from ..activity.services import Actor
from ..bulk import imports, undo
from ..jobs import lifecycle, retention
from ..jobs.models import COUNTERS, LISTED_KINDS, BulkJob, JobKind, JobState
from . import common

HELP = "List the jobs, newest first; or end, retry, undo, forget or work on one. Exits with 1 if that one fails."

# What each option does to a job, given all options and who does it, before it is worked on.
_ACTIONS: dict[str, Callable[[BulkJob, dict[str, Any], Actor], BulkJob]] = {
    "cancel": lambda job, _options, actor: lifecycle.cancel(job.pk, actor=actor),
    "forget": lambda job, _options, actor: retention.forget(job.pk, actor=actor),
    "retry": lambda job, _options, actor: lifecycle.retry(job.pk, actor=actor),
    "start": lambda job, options, actor: imports.start(job.pk, actor=actor, missing=options["deactivate_missing"]),
    "run": lambda job, _options, _actor: job,
    "undo": lambda job, _options, actor: undo.create(job.pk, actor=actor),
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
    parser.add_argument(
        "--kind",
        choices=JobKind.values,
        help="List those of a kind. Reconciliations and insights, which start by themselves every day, are listed "
        "only so.",
    )
    parser.add_argument("--state", choices=JobState.values, help="List those in a state.")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="List so many; 20 by default.")
    common.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    asked = next((name for name in _ACTIONS if options[name]), None)
    if options["job"] is None:
        if asked:
            raise CommandError(f"--{asked} needs the number of a job.")
        _list(command, options)
        return
    job = BulkJob.objects.filter(pk=options["job"]).first()
    if job is None:
        raise CommandError("No job has this number.")
    if asked in _WITH_WORK:
        common.check_active()
    if asked:
        with common.reporting_errors(options):
            job = _ACTIONS[asked](job, options, common.actor_of(options["user"], ActorType.SYNC))
    if asked in _WITH_WORK:
        common.print_result(command, common.work(job, options), as_json=options["json"])
    else:
        _show(command, [job], as_json=options["json"])


def _list(command: BaseCommand, options: dict[str, Any]) -> None:
    kinds = [options["kind"]] if options["kind"] else LISTED_KINDS
    found = BulkJob.objects.filter(kind__in=kinds).order_by("-created_at", "-id")
    if options["state"]:
        found = found.filter(state=options["state"])
    _show(command, list(found[: options["limit"]]), as_json=options["json"])


def _show(command: BaseCommand, found: list[BulkJob], *, as_json: bool) -> None:
    summaries = [common.summary(job) for job in found]
    if as_json:
        command.stdout.write(json.dumps(summaries, indent=2))
        return
    names = ["id", "kind", "state", "phase", *COUNTERS, "created_at", "error_message"]
    command.stdout.write(common.table([names, *([job[name] for name in names] for job in summaries)]))
