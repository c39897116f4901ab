"""What becomes of a task whose message is lost: of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import transaction

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.core import notifications, owed
from saleor_customer_plus.core.models import NoticeKind, OwedNotice
from saleor_customer_plus.leads import submissions
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.notes import services as notes
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.saleor_adapter.host import celery_app
from saleor_customer_plus.sync import reactions

from .factories import make_record, make_staff

# The periodic task that does what a lost one did not.
HEALED_BY = {
    "sync_orders": "reconcile_if_due",
    "sync_accounts": "reconcile_if_due",
    "catch_up": "reconcile_if_due",
    "reconcile": "reconcile_if_due",
    "mirror_groups": "reconcile_if_due",
    "sync_addresses": "reconcile_if_due",
    "end_group_vouchers": "end_left_vouchers",
    "run_job": "resume_jobs",
    "take_submission": "take_submissions",
    "take_signup": "take_signups",
    "notify_lead_created": "send_notices",
    "mail_lead_created": "send_notices",
    "notify_mentioned": "send_notices",
    "announce_merges": "send_notices",
    "announce_confirmed_signups": "send_notices",
    "announce_withdrawals": "send_notices",
    "count_segment": "refresh_segments",
}
# Those that nothing has to make up for.
NOT_HEALED = {"apply_group_voucher": "Saleor calls the hook again with each change of the checkout."}


def scheduled() -> set[str]:
    entries = django_settings.CELERY_BEAT_SCHEDULE.values()
    return {str(entry["task"]).rpartition(".")[2] for entry in entries if is_ours(str(entry["task"]))}


def is_ours(name: str) -> bool:
    return name.startswith("saleor_customer_plus.")


def test_every_task_is_periodic_or_healed_or_needs_no_healing() -> None:
    ours = {name.rpartition(".")[2] for name in celery_app.tasks if is_ours(name)}

    assert ours == scheduled() | set(HEALED_BY) | set(NOT_HEALED)
    assert set(HEALED_BY.values()) <= scheduled()
    assert not scheduled() & (set(HEALED_BY) | set(NOT_HEALED))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of which events Saleor was told."""
    events: list[str] = []
    monkeypatch.setattr(host, "notify", lambda event, _payload: events.append(event))
    return events


def an_enquiry() -> Lead:
    """Whose tasks were all lost but the first."""
    person = {"email": "anna@example.com", "subject": "Sofa", "message": "Green?"}
    return Lead.objects.get(pk=reactions.enquiry_received(submissions.receive(person).pk))


def later(time: timedelta) -> None:
    """So much time has passed since the notices were owed."""
    for notice in OwedNotice.objects.all():
        notice.created_at -= time
        notice.due_at -= time
        notice.save()


@pytest.mark.django_db
def test_staff_is_told_of_an_enquiry_whose_tasks_were_lost(configure: Callable[..., None], told: list[str]) -> None:
    configure(notify_email="one@shop.example")
    an_enquiry()

    tasks.send_notices()
    assert (told, mail.outbox) == ([], [])  # its own tasks may still be under way
    later(timedelta(minutes=3))
    tasks.send_notices()
    tasks.send_notices()

    assert told == ["customer_plus.lead_created"]
    assert len(mail.outbox) == 1
    assert not OwedNotice.objects.exists()


@pytest.mark.django_db
def test_nobody_is_told_twice_of_an_enquiry(configure: Callable[..., None], told: list[str]) -> None:
    configure(notify_email="one@shop.example")
    lead = an_enquiry()

    for _ in range(2):
        tasks.notify_lead_created(lead.pk)
        later(timedelta(minutes=3))
        tasks.send_notices()

    assert (told, len(mail.outbox)) == (["customer_plus.lead_created"], 1)


@pytest.mark.django_db
def test_what_could_not_be_sent_for_a_day_is_given_up_and_the_log_says_so(
    configure: Callable[..., None], told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    configure(notify_email="one@shop.example")
    an_enquiry()
    later(timedelta(days=1, minutes=1))

    tasks.send_notices()

    assert (told, mail.outbox) == ([], [])
    assert "Gave up 2 messages to staff, which could not be sent for a day." in caplog.text


@pytest.mark.django_db
def test_a_mail_server_that_is_away_is_left_to_the_task_that_tries_again(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(notify_email="one@shop.example")
    lead = an_enquiry()

    def delayed(*_args: Any, **_options: Any) -> None:
        raise notifications.MailDelayed

    monkeypatch.setattr(notifications, "mail", delayed)
    with pytest.raises(notifications.MailDelayed):
        tasks.lead_notices.mail_lead_created(lead.pk)
    later(timedelta(minutes=20))
    assert owed.left_behind(NoticeKind.LEAD_MAIL) == []
    later(timedelta(minutes=11))
    assert owed.left_behind(NoticeKind.LEAD_MAIL) == [lead.pk]


@pytest.mark.django_db
def test_who_is_mentioned_is_told_though_the_task_was_lost(told: list[str]) -> None:
    one, two = make_staff(), make_staff()
    staff = Actor(ActorType.STAFF, "1")
    note = notes.create(make_record().pk, "@one @two", actor=staff, mentions=[one.pk, two.pk])
    notes.edit(note.pk, actor=staff, mentions=[two.pk])
    later(timedelta(minutes=3))

    tasks.send_notices()
    tasks.notify_mentioned(note.pk)

    assert told == ["customer_plus.note_mention"]
    assert not OwedNotice.objects.exists()


@pytest.mark.django_db
def test_what_is_rolled_back_owes_nothing() -> None:
    with transaction.atomic():
        an_enquiry()
        transaction.set_rollback(True)

    assert not OwedNotice.objects.exists()


@pytest.mark.django_db
def test_a_claim_is_given_out_once() -> None:
    owed.owe(NoticeKind.MENTION, [1, 2])
    owed.owe(NoticeKind.MENTION, [2])

    assert owed.claim(NoticeKind.MENTION, [1, 2, 3]) == [1, 2]
    assert owed.claim(NoticeKind.MENTION, [1, 2, 3]) == []
