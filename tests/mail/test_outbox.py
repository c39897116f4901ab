"""Sending: each message once, to a real mail server, whatever that answers and whoever dies."""

from __future__ import annotations

import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.core import mail_server as server_of_core
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.mail import outbox, sending
from saleor_customer_plus.mail.composing import compose
from saleor_customer_plus.mail.models import Mail, MailPurpose
from saleor_customer_plus.mail.outbox import NewMail
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.settings import DEFAULTS, CustomerPlusSettings, load

from ..factories import make_record
from .server import Mailbox, mail_server

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "1")


@pytest.fixture
def box(settings: Any, configure: Callable[..., None]) -> Iterator[Mailbox]:
    configure(mail_sender="Sofa & Co <shop@shop.example>", mail_reply_to="desk@shop.example")
    with mail_server(settings) as running:
        yield running


def queue(record: Any = None, *, settings: CustomerPlusSettings | None = None, **options: Any) -> Mail:
    record = record or make_record("anna@example.com")
    chosen = settings or load()[0]
    composed = compose("Grüße", "Hello *Anna*", {}, chosen, unsubscribe_url=options.get("unsubscribe_url", ""))
    with transaction.atomic():
        (row,) = outbox.queue([NewMail(record.pk, record.email, composed, **options)], chosen, actor=STAFF)
    return row


def consent(record: Any, state: ConsentState) -> None:
    decision = ConsentDecision(
        record.pk,
        state=state,
        source=ConsentSource.CUSTOMER,
        channel=ConsentChannel.EMAIL,
        purpose=ConsentPurpose.PROMOTIONAL,
    )
    with transaction.atomic():
        record_events([decision], actor=STAFF)


def state_of(row: Mail) -> tuple[str, str]:
    row.refresh_from_db()
    return row.state, row.failure


def make_due() -> None:
    Mail.objects.update(due_at=timezone.now())


def test_a_message_arrives_once_with_both_parts_and_its_headers(box: Mailbox) -> None:
    row = queue(language="de", in_reply_to="<0@example.com>")
    assert sending.send_due(seconds=5)
    assert sending.send_due(seconds=5)
    (message,) = box.messages
    assert message["From"] == "Sofa & Co <shop@shop.example>"
    assert (message["To"], message["Subject"], message["Reply-To"]) == (
        "anna@example.com",
        "Grüße",
        "desk@shop.example",
    )
    assert message["Message-ID"] == row.message_id
    assert message["In-Reply-To"] == message["References"] == "<0@example.com>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().strip() == "Hello *Anna*"  # type: ignore[union-attr]
    assert state_of(row) == ("SENT", "")
    assert row.sent_at is not None
    logged = ActivityEntry.objects.filter(record=row.record_id).values_list("type", "actor_type", "after")
    assert list(logged) == [("MESSAGE_SENT", "STAFF", {"kind": "MESSAGE", "purpose": "SERVICE", "message_id": row.pk})]


def test_a_server_that_asks_to_come_later_is_asked_later_and_one_that_refuses_is_not(box: Mailbox) -> None:
    box.replies["RCPT"] = ["451 grey list"]
    row = queue()
    sending.send_due(seconds=5)
    assert state_of(row) == ("QUEUED", "REFUSED")
    assert row.due_at > timezone.now() + timedelta(seconds=50)  # type: ignore[operator]
    assert sending.send_due(seconds=5)
    assert box.messages == []
    make_due()
    box.replies["DATA"] = ["554 no such thing"]
    sending.send_due(seconds=5)
    assert state_of(row) == ("FAILED", "REFUSED")
    assert row.failure_detail == "554 no such thing"
    entry = ActivityEntry.objects.get(type=ActivityType.MESSAGE_FAILED)
    assert entry.after == {
        "message_id": row.pk, "kind": "MESSAGE", "purpose": "SERVICE", "state": "FAILED", "failure": "REFUSED"
    }  # fmt: skip


def test_a_server_that_is_away_delays_all_and_counts_for_the_first_only(
    box: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [queue(make_record(f"p{number}@example.com")) for number in range(3)]
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    sending.send_due(seconds=5)
    assert sorted(Mail.objects.values_list("attempts", "state")) == [(0, "QUEUED"), (0, "QUEUED"), (1, "QUEUED")]
    settings.EMAIL_PORT = port
    make_due()
    sending.send_due(seconds=5)
    assert sorted(message["To"] for message in box.messages) == [row.recipient for row in rows]
    assert {state_of(row) for row in rows} == {("SENT", "")}
    Mail.objects.update(state="QUEUED", due_at=timezone.now(), attempts=len(sending.DELAYS))
    settings.EMAIL_PORT = 1
    sending.send_due(seconds=5)
    assert Mail.objects.filter(state="FAILED", failure="UNREACHABLE").count() == 1  # after a day


def test_a_server_that_takes_the_connection_and_never_answers_is_waited_for_once(
    box: Mailbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        queue(make_record(f"p{number}@example.com"))
    monkeypatch.setattr(server_of_core, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        began = time.monotonic()
        assert sending.send_due(seconds=50)
    assert time.monotonic() - began < 2
    assert Counter(Mail.objects.values_list("attempts", "state", "failure")) == {
        (1, "QUEUED", "UNREACHABLE"): 1,
        (0, "QUEUED", ""): 11,
    }


def test_a_slow_server_holds_a_worker_up_for_its_time_and_one_message(box: Mailbox) -> None:
    """The rest of what it had claimed is due for another worker at once."""
    for number in range(4):
        queue(make_record(f"p{number}@example.com"))
    box.on_data = lambda: time.sleep(0.2)
    assert not sending.send_due(seconds=0.1)
    left = Counter(Mail.objects.values_list("attempts", "state"))
    assert left == {(1, "SENT"): 1, (0, "QUEUED"): 3}
    box.on_data = lambda: None
    assert sending.send_due(seconds=50)
    assert len(box.messages) == 4


def test_what_may_have_arrived_is_never_sent_again(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    row = queue()
    monkeypatch.setattr(server_of_core, "TIMEOUT", 0.3)
    box.on_data = lambda: time.sleep(0.6)
    sending.send_due(seconds=5)
    assert state_of(row) == ("FAILED", "UNCERTAIN")
    assert Mail.objects.filter(state="QUEUED").count() == 0


def test_a_message_that_cannot_be_built_stops_no_other(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [queue(make_record(f"p{number}@example.com")) for number in range(2)]
    build = sending.message_of

    def broken(row: Mail, files: Any) -> Any:
        if row.pk == rows[0].pk:
            raise TypeError("anna@example.com")
        return build(row, files)

    monkeypatch.setattr(sending, "message_of", broken)
    sending.send_due(seconds=5)
    assert [state_of(row) for row in rows] == [("FAILED", "INVALID"), ("SENT", "")]


def test_a_slow_worker_puts_off_nothing_that_another_one_took_over(box: Mailbox) -> None:
    """Its connection breaks after the other one began to hand the message over: that would be sent twice."""
    row = queue()
    (slow,) = sending._claim()
    Mail.objects.update(claimed_at=timezone.now() - sending.CLAIM - timedelta(seconds=1))
    sending._take_back_lost()
    (taken,) = sending._claim()
    assert sending._hand_over(taken)
    sending._later(slow, sending.MailFailure.UNREACHABLE)
    assert state_of(row) == ("SENDING", "")


@pytest.mark.parametrize(("handed", "left"), [(False, "SENT"), (True, "FAILED")])
def test_what_a_dead_worker_left_is_sent_unless_it_had_begun_to_hand_it_over(
    box: Mailbox, handed: bool, left: str
) -> None:
    row = queue()
    (claimed,) = sending._claim()
    if handed:
        assert sending._hand_over(claimed)
    sending.send_due(seconds=5)
    assert state_of(row)[0] == "SENDING"  # it may still be alive
    long_ago = timezone.now() - sending.CLAIM - timedelta(seconds=1)
    Mail.objects.update(claimed_at=long_ago, **({"handed_at": long_ago} if handed else {}))
    sending.send_due(seconds=5)
    assert state_of(row)[0] == left
    assert len(box.messages) == (left == "SENT")
    assert not sending._hand_over(claimed)  # the dead one was only slow


def test_promotion_needs_consent_and_service_does_not(box: Mailbox) -> None:
    anna = make_record("anna@example.com")
    with pytest.raises(CustomerPlusError) as caught:
        queue(anna, purpose=MailPurpose.PROMOTIONAL)
    assert (caught.value.code, caught.value.field) == (ErrorCode.OUT_OF_SCOPE, "purpose")
    queue(anna)
    queue(anna, purpose=MailPurpose.PROMOTIONAL, override_reason="She asked by phone")
    consent(anna, ConsentState.SUBSCRIBED)
    queue(anna, purpose=MailPurpose.PROMOTIONAL, unsubscribe_url="https://shop.example/u/1")
    sending.send_due(seconds=5)
    assert len(box.messages) == 3
    assert box.messages[-1]["List-Unsubscribe"] == "<https://shop.example/u/1>"
    assert box.messages[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    overridden = ActivityEntry.objects.get(after__has_key="override_reason")
    assert (overridden.actor_id, overridden.after["override_reason"]) == ("1", "She asked by phone")


def test_a_withdrawal_between_queueing_and_sending_wins(box: Mailbox) -> None:
    anna = make_record("anna@example.com")
    consent(anna, ConsentState.SUBSCRIBED)
    row = queue(anna, purpose=MailPurpose.PROMOTIONAL)
    consent(anna, ConsentState.UNSUBSCRIBED)
    sending.send_due(seconds=5)
    assert (box.messages, state_of(row)) == ([], ("FAILED", "NO_CONSENT"))


@pytest.mark.parametrize("moment", ["queued", "claimed", "connected", "written", "waits", "left"])
def test_a_withdrawal_at_any_moment_before_the_server_has_the_message_wins(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    anna = make_record("anna@example.com")
    consent(anna, ConsentState.SUBSCRIBED)
    row = queue(anna, purpose=MailPurpose.PROMOTIONAL, unsubscribe_url="https://shop.example/u")

    def withdrawn_after(owner: Any, name: str) -> None:
        does = getattr(owner, name)

        def wrapped(*args: Any) -> Any:
            result = does(*args)
            consent(anna, ConsentState.UNSUBSCRIBED)
            return result

        monkeypatch.setattr(owner, name, wrapped)

    if moment == "queued":
        consent(anna, ConsentState.UNSUBSCRIBED)
    elif moment == "claimed":
        withdrawn_after(sending, "_claim")
    elif moment == "connected":
        withdrawn_after(server_of_core, "open_connection")
    elif moment == "written":
        withdrawn_after(sending, "message_of")
    elif moment == "waits":  # the server asked to come later
        box.replies["RCPT"] = ["451 later"]
        sending.send_due(seconds=5)
        consent(anna, ConsentState.UNSUBSCRIBED)
        Mail.objects.update(due_at=timezone.now())
    else:  # a worker died that had it
        long_ago = timezone.now() - sending.CLAIM - timedelta(seconds=1)
        Mail.objects.update(state="SENDING", claimed_at=long_ago)
        consent(anna, ConsentState.UNSUBSCRIBED)
    sending.send_due(seconds=5)
    row.refresh_from_db()
    assert (row.state, row.failure, box.messages) == ("FAILED", "NO_CONSENT", [])


def test_a_deleted_person_is_sent_nothing(box: Mailbox) -> None:
    queue()
    (claimed,) = sending._claim()
    claimed.record.delete()
    assert sending._Carrier(DEFAULTS).send(claimed)
    assert box.messages == []


def test_a_message_of_somebody_who_was_merged_meanwhile_asks_the_consent_of_who_is_left(box: Mailbox) -> None:
    former, kept = make_record("anna@example.com"), make_record("anna@work.example")
    consent(former, ConsentState.SUBSCRIBED)
    row = queue(former, purpose=MailPurpose.PROMOTIONAL)
    (claimed,) = sending._claim()
    Mail.objects.update(record=kept)
    assert sending._Carrier(load()[0]).send(claimed)
    assert (box.messages, state_of(row)) == ([], ("FAILED", "NO_CONSENT"))
    assert ActivityEntry.objects.get(type=ActivityType.MESSAGE_FAILED).record_id == kept.pk


def test_a_bounce_marks_the_message_once(box: Mailbox) -> None:
    row = queue()
    sending.send_due(seconds=5)
    with transaction.atomic():
        assert outbox.mark_bounced([row.message_id, "<other@example.com>"], "550 5.1.1 unknown user") == [row]
        assert outbox.mark_bounced([row.message_id], "550 5.1.1 unknown user") == []
    assert state_of(row) == ("BOUNCED", "BOUNCED")
    assert row.failure_detail == "550 5.1.1 unknown user"


def test_an_app_is_told_instead_where_the_shop_mails_by_one(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(mail_transport="app", mail_sender="shop@shop.example")
    told: list[Any] = []
    monkeypatch.setattr(host, "notify", lambda event, payload: told.append((event, payload)))
    row = queue()
    sending.send_due(seconds=5)
    ((event, payload),) = told
    assert event == "customer_plus.mail"
    assert (payload["message_id"], payload["recipient_email"]) == (row.pk, "anna@example.com")
    assert payload["headers"]["Message-ID"] == row.message_id
    assert state_of(row) == ("SENT", "")


def test_without_a_mail_backend_nothing_is_queued(settings: Any) -> None:
    settings.EMAIL_BACKEND = ""
    with pytest.raises(CustomerPlusError, match="EMAIL_URL") as caught:
        queue()
    assert caught.value.code is ErrorCode.DISABLED
    assert not Mail.objects.exists()
