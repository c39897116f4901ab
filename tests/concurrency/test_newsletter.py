"""Somebody confirms a sign-up and unsubscribes at the same moment, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentEvent, ConsentPurpose, CurrentConsent
from saleor_customer_plus.newsletter import choosing, services
from saleor_customer_plus.newsletter.confirming import confirm
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.newsletter.services import confirmation_url
from saleor_customer_plus.records.locks import hold_records
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import save_settings

from ..processes import at_once, while_open


@pytest.fixture
def signup() -> NewsletterSignup:
    save_settings(newsletter=True)
    received = services.receive({"email": "anna@example.com", "purposes": ["NEWSLETTER"]})
    assert services.take_up(received.pk)
    return NewsletterSignup.objects.get()


def confirming(signup: NewsletterSignup) -> Callable[[], Any]:
    return partial(confirm, confirmation_url(signup).rpartition("/")[2], way="PAGE")


def withdrawing() -> Callable[[], Any]:
    link = links.read(links.token_of(CustomerRecord.objects.get()))
    assert link is not None
    return partial(choosing.withdraw, link, [ConsentPurpose.NEWSLETTER], way="PAGE")


def state() -> tuple[str, bool]:
    return CurrentConsent.objects.get(purpose="NEWSLETTER").state, CustomerRecord.objects.get().accepts_newsletter


def test_a_withdrawal_wins_that_waited_for_a_confirmation(signup: NewsletterSignup) -> None:
    """It was sent before the grant was recorded, and is told of it only then."""
    confirms, withdraw = confirming(signup), withdrawing()
    is_held = multiprocessing.get_context("fork").Barrier(2)

    def first() -> None:
        with transaction.atomic():
            hold_records([signup.record_id or 0])
            is_held.wait(30)
            time.sleep(0.5)  # the other is under way
            confirms()

    def second() -> None:
        is_held.wait(30)
        withdraw()

    at_once(first, second)

    assert state() == ("UNSUBSCRIBED", False)
    assert list(ConsentEvent.objects.order_by("id").values_list("state", flat=True)) == [
        "PENDING",
        "SUBSCRIBED",
        "UNSUBSCRIBED",
    ]


def test_a_confirmation_that_waited_for_a_withdrawal_is_void(signup: NewsletterSignup) -> None:
    while_open(withdrawing(), confirming(signup))

    assert state() == ("UNSUBSCRIBED", False)
    assert NewsletterSignup.objects.get().state == "PENDING"


def test_two_confirmations_at_once_are_one(signup: NewsletterSignup) -> None:
    at_once(*[confirming(signup)] * 3)

    assert state() == ("SUBSCRIBED", True)
    assert ConsentEvent.objects.filter(state="SUBSCRIBED").count() == 1
