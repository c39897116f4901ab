"""Celery's entry points. Each loads by id, calls one reaction, and may run twice or in any order."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.db import OperationalError

from . import reactions, settings, sql
from .bulk import jobs, kinds, retention  # noqa: F401 - every kind of job is registered
from .bulk.imports.job import Import
from .groups import vouchers
from .host import allow_writer, celery_app
from .leads import notices as lead_notices
from .leads import submissions
from .notes import notices as note_notices
from .notes import orphans
from .reconciliation import actions as reconciliation
from .records import images

# For shops that keep their customers' tasks out of the way of others. None is Celery's default queue.
QUEUE = os.environ.get("CUSTOMER_PLUS_CELERY_QUEUE") or None

jobs.register(Import(reactions.people_known))


def task(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register a task under a stable name, with write access to the database, retried on deadlocks and lost links."""

    def register(function: Callable[..., Any]) -> Any:
        return celery_app.task(
            name=f"saleor_customer_plus.{name}",
            autoretry_for=(OperationalError,),
            retry_backoff=True,
            max_retries=5,
            acks_late=True,
            ignore_result=True,
            queue=QUEUE,
            **options,
        )(sql.without_values()(allow_writer()(function)))

    return register


@task("sync_orders")
def sync_orders(order_ids: list[str]) -> None:
    reactions.orders_changed(order_ids)


@task("sync_account")
def sync_account(account_id: int) -> None:
    reactions.account_changed(account_id)


@task("sync_address")
def sync_address(address_id: int) -> None:
    reactions.address_changed(address_id)


@task("mirror_groups")
def mirror_groups(record_ids: list[int]) -> None:
    reactions.memberships_changed(record_ids)


@task("apply_group_voucher")
def apply_group_voucher(checkout_id: str) -> None:
    vouchers.apply(checkout_id)


@task("end_group_vouchers")
def end_group_vouchers(record_ids: list[int]) -> None:
    """For people who may have left a group."""
    vouchers.end_memberships(record_ids)


@task("forget_vouchers")
def forget_vouchers() -> None:
    """Run by Celery beat: forget of checkouts that are no more."""
    vouchers.forget_gone()


@task("reconcile")
def reconcile() -> None:
    """Start a reconciliation of the whole store, from the beginning, and let workers at it."""
    reconciliation.start_over()
    reconcile_ranges.delay()


@task("reconcile_if_due")
def reconcile_if_due() -> None:
    """Run by Celery beat: start when the last one is old enough, resume what was left, or look at recent changes."""
    if reconciliation.is_due():
        reconcile()
    elif reconciliation.current() is not None:
        reconcile_ranges.delay()
    else:
        reconciliation.catch_up(seconds=60)


@task("reconcile_ranges")
def reconcile_ranges() -> None:
    """Work on ranges for a while, then hand over to a fresh task. Any number of workers may do so at once."""
    for _worker in range(reconciliation.work(seconds=60)):
        reconcile_ranges.delay()


@task("run_job")
def run_job(job_id: int) -> None:
    """Work on a bulk job for a while, then hand over to fresh tasks. Any number of workers may do so at once."""
    for _worker in range(jobs.work(job_id, seconds=60)):
        run_job.delay(job_id)


@task("resume_jobs")
def resume_jobs() -> None:
    """Run by Celery beat: send workers to jobs that lost theirs."""
    _chosen, is_active = settings.load()
    for job_id in jobs.stalled() if is_active else ():
        run_job.delay(job_id)


@task("remove_old_files")
def remove_old_files() -> None:
    """Run by Celery beat: remove files of jobs that are older than the settings keep them."""
    retention.remove_old_files()


@task("tell_mentioned")
def tell_mentioned(note_id: int, user_ids: list[int]) -> None:
    note_notices.mentioned(note_id, user_ids)


@task("remove_orphans")
def remove_orphans() -> None:
    """Run by Celery beat: remove private files that no row names, and tell of notes whose files are gone."""
    orphans.remove_orphans()
    images.remove_orphans()
    retention.remove_orphans()


@task("take_submission")
def take_submission(submission_id: int) -> None:
    """Make a lead of what somebody sent with the contact form, and tell staff."""
    lead_id = reactions.enquiry_received(submission_id)
    if lead_id is not None:
        tell_lead_created.delay(lead_id)


@task("tell_lead_created")
def tell_lead_created(lead_id: int) -> None:
    lead_notices.lead_created(lead_id)


@task("take_submissions")
def take_submissions() -> None:
    """Run by Celery beat: deal with enquiries whose task was lost."""
    for submission_id in submissions.left_behind():
        take_submission.delay(submission_id)
