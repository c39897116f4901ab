"""`manage.py customer_plus insights`: compute RFM groups and when customers will buy again, in this process."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from ..activity.models import ActorType
from ..insights import insights_job
from . import common

HELP = (
    "Compute from everybody's figures which RFM group each customer is in, and when they are expected to buy again. It "
    "happens every night by itself: run it after the first reconciliation. One that is under way is helped with. Exits "
    "with 1 if it failed."
)


def configure(parser: argparse.ArgumentParser) -> None:
    common.configure(parser)


def run(command: BaseCommand, options: dict[str, Any]) -> None:
    common.check_active()
    with common.reporting_errors(options):
        actor = common.actor_of(options["user"], ActorType.SYNC)
        job = insights_job.current() or insights_job.create(actor=actor)
    common.print_result(command, common.work(job, options), as_json=options["json"])
