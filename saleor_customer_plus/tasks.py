"""Celery's entry points. Each loads by id, calls one reaction, and may run twice or in any order.

Those of groups, mail and segments are in a module of their package, because their services publish them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.utils import timezone

from . import __version__, job_kinds, settings
from .consent import notifications as consent_notices
from .consent.tasks import announce_withdrawals
from .core import owed, publishing
from .core.celery_tasks import task
from .core.notifications import MailDelayed
from .fields import changes as field_changes
from .groups import tasks as group_tasks  # noqa: F401 - registers them
from .groups import vouchers
from .insights import insights_job
from .jobs import engine as jobs
from .jobs import retention
from .leads import notifications as lead_notices
from .leads import submissions
from .mail import attachments as mail_attachments
from .mail.tasks import send_mail
from .merging import notifications as merge_notices
from .merging.duplicates import duplicates_job
from .merging.duplicates import finding as duplicates
from .merging.tasks import announce_merges
from .messages import mailbox
from .newsletter import forgetting
from .newsletter import notifications as newsletter_notices
from .newsletter import services as newsletter
from .newsletter.tasks import announce_confirmed_signups
from .notes import notifications as note_notices
from .notes import orphans
from .records import images
from .saleor_adapter import dashboard_app
from .segments import following
from .segments import tasks as segment_tasks  # noqa: F401 - registers them
from .sync import catch_up as catching_up
from .sync import incoming_mail, reactions, reconciliation
from .sync.retries import retry_set_aside

logger = logging.getLogger(__name__)

job_kinds.register_all()


def _each(react: Callable[[int], None], ids: list[int]) -> None:
    """React to each, though one of them fails: they came into one task by chance. Raise the last failure at the end."""
    failure: Exception | None = None
    for id in ids:
        try:
            react(id)
        except Exception as error:
            failure = error
    if failure is not None:
        raise failure


@task("sync_orders")
def sync_orders(order_ids: list[str]) -> None:
    reactions.orders_changed(order_ids)
    following.follow()


@task("sync_accounts")
def sync_accounts(account_ids: list[int]) -> None:
    _each(reactions.account_changed, account_ids)
    following.follow()


@task("sync_addresses")
def sync_addresses(address_ids: list[int]) -> None:
    _each(reactions.address_changed, address_ids)
    following.follow()


@task("apply_group_voucher")
def apply_group_voucher(checkout_id: str) -> None:
    vouchers.apply(checkout_id)


@task("forget_vouchers")
def forget_vouchers() -> None:
    """Run by Celery beat: forget of checkouts that are no more."""
    vouchers.forget_gone()


@task("end_left_vouchers")
def end_left_vouchers() -> None:
    """Run by Celery beat: for people who left a group while the task that says so was lost."""
    vouchers.end_left_memberships()


@task("reconcile")
def reconcile() -> None:
    """Start a reconciliation of the whole store, from the beginning, and let workers at it."""
    publishing.send_now(run_job, [(reconciliation.start_over().pk,)])


@task("reconcile_if_due")
def reconcile_if_due() -> None:
    """Run by Celery beat: start when the last one is old enough, or resume what was left or failed.

    In any case recent changes are looked at, and what was set aside is tried again: a reconciliation that takes long,
    or that ends for good, must not put these off.
    """
    try:
        if reconciliation.is_due():
            reconcile()
        elif (run := reconciliation.resume()) is not None:
            publishing.send_now(run_job, [(run.pk,)])
    finally:
        catch_up()
        retry_set_aside(seconds=30)


@task("catch_up")
def catch_up() -> None:
    """Look at recent changes for a while, and hand over to a fresh task if there are more: after a long outage, say."""
    if not catching_up.catch_up(seconds=60):
        publishing.send_now(catch_up, [()])


@task("run_job")
def run_job(job_id: int) -> None:
    """Work on a job for a while, then hand over to fresh tasks. Any number of workers may do so at once."""
    publishing.send_now(run_job, [(job_id,)] * jobs.work(job_id, seconds=60))


@task("compute_insights_if_due")
def compute_insights_if_due() -> None:
    """Run by Celery beat: start the nightly computation at its hour."""
    if (job := insights_job.create_if_due()) is not None:
        publishing.send_now(run_job, [(job.pk,)])


@task("search_duplicates")
def search_duplicates() -> None:
    """Run by Celery beat: search all records if that is due, or else look at those that changed.

    The next run goes on with what this one leaves.
    """
    if (job := duplicates_job.create_if_due()) is not None:
        publishing.send_now(run_job, [(job.pk,)])
    else:
        duplicates.catch_up(seconds=50)


@task("resume_jobs")
def resume_jobs() -> None:
    """Run by Celery beat: send workers to jobs that lost theirs."""
    _chosen, is_active = settings.load()
    publishing.send_now(run_job, [(job_id,) for job_id in jobs.stalled()] if is_active else ())


@task("remove_old_files")
def remove_old_files() -> None:
    """Run by Celery beat: remove files of jobs, and deleted fields, that are older than the settings keep them."""
    retention.remove_old_files()
    chosen, _is_active = settings.load()
    field_changes.purge(timezone.now() - chosen.job_retention)


@task("notify_mentioned")
def notify_mentioned(note_id: int) -> None:
    note_notices.mentioned(note_id)


@task("remove_orphans")
def remove_orphans() -> None:
    """Run by Celery beat: remove private files that no row names, and tell of notes whose files are gone."""
    orphans.remove_orphans()
    mail_attachments.remove_orphans()
    images.remove_orphans()
    retention.remove_orphans()


@task("take_submission")
def take_submission(submission_id: int) -> None:
    """Make a lead of what somebody sent with the contact form, and tell staff."""
    lead_id = reactions.enquiry_received(submission_id)
    if lead_id is not None:
        publishing.send_now(notify_lead_created, [(lead_id,)])


@task("notify_lead_created")
def notify_lead_created(lead_id: int) -> None:
    lead_notices.lead_created(lead_id)
    publishing.send_now(mail_lead_created, [(lead_id,)])


# After half a minute, a minute and so on, for about an hour.
@task("mail_lead_created", retry_on=(MailDelayed,), retry_backoff=30, retry_backoff_max=1200, max_retries=8)
def mail_lead_created(lead_id: int) -> None:
    """A task of its own, so that the others are not notified again where the mail server was away."""
    lead_notices.mail_lead_created(lead_id)


@task("read_mailbox")
def read_mailbox() -> None:
    """Run by Celery beat: take in what customers answered."""
    try:
        incoming_mail.read_mailbox(seconds=50)
    except mailbox.MailboxError as error:
        logger.error("%s The next run goes on.", error)


@task("refresh_dashboard_app")
def refresh_dashboard_app() -> None:
    """Run by Celery beat: update the app of the Dashboard's screens after an upgrade."""
    chosen, is_active = settings.load()
    if is_active and chosen.dashboard:
        dashboard_app.refresh(__version__)


@task("take_submissions")
def take_submissions() -> None:
    """Run by Celery beat: deal with enquiries whose task was lost."""
    publishing.send_now(take_submission, [(submission_id,) for submission_id in submissions.left_behind()])


@task("take_signup")
def take_signup(signup_id: int) -> None:
    """Deal with what somebody sent with the newsletter form, and send the mail that asks to confirm it."""
    if newsletter.take_up(signup_id):
        publishing.send_now(send_mail, [()])


@task("take_signups")
def take_signups() -> None:
    """Run by Celery beat: deal with sign-ups whose task was lost."""
    publishing.send_now(take_signup, [(signup_id,) for signup_id in newsletter.left_behind()])


@task("forget_signups")
def forget_signups() -> None:
    """Run by Celery beat: forget sign-ups that nobody confirmed in time, and IP addresses that are old."""
    forgetting.forget_old()


@task("send_notices")
def send_notices() -> None:
    """Run by Celery beat: notify staff of what they did not hear of because a task was lost."""
    owed.give_up_old()
    leads, mails = lead_notices.left_behind()
    publishing.send_now(notify_lead_created, [(lead_id,) for lead_id in leads])
    publishing.send_now(mail_lead_created, [(lead_id,) for lead_id in mails if lead_id not in leads])
    publishing.send_now(notify_mentioned, [(note_id,) for note_id in note_notices.left_behind()])
    if merge_ids := merge_notices.left_behind():
        publishing.send_now(announce_merges, [(merge_ids,)])
    if signup_ids := newsletter_notices.left_behind():
        publishing.send_now(announce_confirmed_signups, [(signup_ids,)])
    if withdrawal_ids := consent_notices.left_behind():
        publishing.send_now(announce_withdrawals, [(withdrawal_ids,)])
