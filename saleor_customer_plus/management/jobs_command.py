"""`manage.py customer_plus jobs`: list bulk jobs; end, retry or work on one."""

from __future__ import annotations

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from .. import tasks  # noqa: F401 - every kind of job is registered
from ..bulk import jobs
from ..bulk.models import BulkJob, JobKind, JobState
from . import working

HELP = "List the bulk jobs, newest first; or end, retry or work on one. Exits with 1 if a job that is worked on fails."


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", nargs="?", type=int, help="The number of one job. All are listed otherwise.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--cancel", action="store_true", help="End the job before its next step.")
    what.add_argument(
        "--retry", action="store_true", help="Let a job that failed or was canceled go on, and work on it."
    )
    what.add_argument("--start", action="store_true", help="Start a job that was previewed, and work on it.")
    what.add_argument("--run", action="store_true", help="Work on a job that waits, or help with it.")
    parser.add_argument("--kind", choices=JobKind.values, help="List those of a kind.")
    parser.add_argument("--state", choices=JobState.values, help="List those in a state.")
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="List so many; 20 by default.")
    working.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    acts = {"cancel": jobs.cancel, "retry": jobs.retry, "start": jobs.start}
    asked = next((name for name in (*acts, "run") if options[name]), None)
    if options["job"] is None:
        if asked:
            raise CommandError(f"--{asked} needs the number of a job.")
        _list(command, options)
        return
    job = BulkJob.objects.filter(pk=options["job"]).first()
    if job is None:
        raise CommandError("There is no such job.")
    with working.telling_errors():
        if asked in acts:
            job = acts[asked](job.pk)
    if asked in ("retry", "start", "run"):
        working.check_active()
        working.tell(command, working.work(job, options), as_json=options["json"])
        return
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
    names = ["id", "kind", "state", "phase", *jobs.COUNTERS, "created_at", "error_message"]
    command.stdout.write(working.table([names, *([job[name] for name in names] for job in told)]))
