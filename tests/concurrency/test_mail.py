"""A worker that is killed while it sends, and a withdrawal that races a message, with a real mail server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.mail import outbox, sending
from saleor_customer_plus.mail.composing import compose
from saleor_customer_plus.mail.models import Mail, MailPurpose
from saleor_customer_plus.mail.outbox import NewMail
from saleor_customer_plus.settings import DEFAULTS, load

from ..factories import make_record, save_settings
from ..mail.server import Mailbox, mail_server
from ..processes import at_once, start, while_open

STAFF = Actor(ActorType.STAFF, "1")


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    save_settings(mail_sender="shop@shop.example")
    with mail_server(settings) as running:
        yield running


def queue(number: int, purpose: MailPurpose = MailPurpose.SERVICE) -> list[Any]:
    records = [make_record(f"p{one}@example.com") for one in range(number)]
    composed = compose("Hello", "Text", {}, DEFAULTS)
    for record in records:
        decide(record.pk, ConsentState.SUBSCRIBED)
    with transaction.atomic():
        new = [NewMail(record.pk, record.email, composed, purpose=purpose) for record in records]
        outbox.queue(new, load()[0], actor=STAFF)
    return records


def decide(record_id: int, state: ConsentState) -> None:
    decision = ConsentDecision(
        record_id, ConsentChannel.EMAIL, ConsentPurpose.PROMOTIONAL, state, ConsentSource.CUSTOMER
    )
    with transaction.atomic():
        record_events([decision], actor=STAFF)


def send() -> None:
    sending.send_due(seconds=20)


@pytest.mark.slow
def test_a_worker_that_is_killed_leaves_nothing_sent_twice_and_nothing_unsent(box: Mailbox) -> None:
    """It dies while the server takes the third message: that one is uncertain, and all others arrive once."""
    queue(12)
    box.on_data = lambda: time.sleep(1.5) if len(box.messages) == 2 else None
    (worker,) = start(send)
    until = time.monotonic() + 20
    under_way = Mail.objects.filter(state="SENDING").exclude(handed_at=None)
    while Mail.objects.filter(state="SENT").count() < 2 or not under_way.exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    worker.kill()
    worker.join()
    box.on_data = lambda: None
    assert Mail.objects.filter(state="SENDING").count() == 8  # of the batch of ten
    long_ago = timezone.now() - sending.CLAIM - timedelta(seconds=1)
    Mail.objects.filter(state="SENDING", handed_at=None).update(claimed_at=long_ago)
    Mail.objects.filter(state="SENDING").exclude(handed_at=None).update(claimed_at=long_ago, handed_at=long_ago)

    at_once(send, send, send)

    assert sorted(Mail.objects.values_list("state", "failure").distinct()) == [("FAILED", "UNCERTAIN"), ("SENT", "")]
    assert Mail.objects.filter(state="FAILED").count() == 1
    certain = [message["To"] for message in box.messages]
    assert len(certain) == len(set(certain))
    sent = set(Mail.objects.filter(state="SENT").values_list("recipient", flat=True))
    assert sent <= set(certain)
    assert len(sent) == 11


def test_a_withdrawal_that_is_under_way_is_waited_for(box: Mailbox) -> None:
    (anna,) = queue(1, MailPurpose.PROMOTIONAL)

    while_open(lambda: decide(anna.pk, ConsentState.UNSUBSCRIBED), send)

    assert Mail.objects.values_list("state", "failure").get() == ("FAILED", "NO_CONSENT")
    assert box.messages == []
