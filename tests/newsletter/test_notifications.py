"""What Saleor's plugins and apps are told of the newsletter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentEvent, ConsentPurpose
from saleor_customer_plus.core.models import OwedNotice
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from tests.newsletter.forms import ONE_CLICK, PAGES, last_link, post

pytestmark = pytest.mark.django_db

SignUp = Callable[..., list[dict[str, Any]]]
OnCommit = Callable[[], Any]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What Saleor was told."""
    events: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(host, "notify", lambda event, payload: events.append((event, payload)))
    return events


def unsubscribe(record: CustomerRecord, form: dict[str, str], purpose: ConsentPurpose | None = None) -> None:
    assert post(f"{PAGES}preferences/{links.token_of(record, purpose)}", form).status_code == 200


def test_a_confirmation_is_told_once_after_the_commit(signed_up: SignUp, told: list[Any], on_commit: OnCommit) -> None:
    signed_up()
    assert told == [], "anybody can type any address"
    with on_commit():
        post(last_link())
        assert told == [], "not in the visitor's request"
    with on_commit():
        post(last_link())
    signup = NewsletterSignup.objects.get()
    tasks.announce_confirmed_signups([signup.pk])

    assert signup.confirmed_at is not None
    payload = {
        "signup_id": signup.pk,
        "record_id": signup.record_id,
        "purposes": ["NEWSLETTER"],
        "at": signup.confirmed_at.isoformat(),
    }
    assert told == [("customer_plus.newsletter_confirmed", payload)]


def test_a_withdrawal_by_a_link_is_told_once_after_the_commit(
    signed_up: SignUp, told: list[Any], on_commit: OnCommit
) -> None:
    signed_up()
    record = CustomerRecord.objects.get()
    with on_commit():
        unsubscribe(record, ONE_CLICK, ConsentPurpose.NEWSLETTER)
        assert told == [], "not in the visitor's request"
    with on_commit():
        unsubscribe(record, ONE_CLICK, ConsentPurpose.NEWSLETTER)
    first = ConsentEvent.objects.latest("id")
    assert [(event, [one["event_id"] for one in payload["withdrawals"]]) for event, payload in told] == [
        ("customer_plus.consents_withdrawn", [first.pk])
    ]

    with on_commit():
        unsubscribe(record, {"unsubscribe": "all"})
    others = {purpose.value for purpose in ConsentPurpose} - {"NEWSLETTER"}
    assert {one["purpose"] for one in told[1][1]["withdrawals"]} == others, "together"


def test_the_periodic_task_tells_what_no_task_told(signed_up: SignUp, told: list[Any]) -> None:
    signed_up()
    post(last_link())
    unsubscribe(CustomerRecord.objects.get(), ONE_CLICK, ConsentPurpose.NEWSLETTER)
    tasks.send_notices()
    assert told == [], "their own tasks may still be under way"
    OwedNotice.objects.update(due_at=F("due_at") - timedelta(minutes=3))

    tasks.send_notices()
    tasks.send_notices()

    assert [event for event, _ in told] == ["customer_plus.newsletter_confirmed", "customer_plus.consents_withdrawn"]


def test_nothing_is_told_of_who_was_deleted_meanwhile(signed_up: SignUp, told: list[Any]) -> None:
    signed_up()
    post(last_link())
    record = CustomerRecord.objects.get()
    unsubscribe(record, ONE_CLICK, ConsentPurpose.NEWSLETTER)
    owed = dict(OwedNotice.objects.values_list("kind", "subject_id"))
    delete_records([record.pk], actor=Actor(ActorType.STAFF, "1"))

    tasks.announce_confirmed_signups([owed["SIGNUP"]])
    tasks.announce_withdrawals([owed["WITHDRAWAL"]])

    assert told == []
    assert not OwedNotice.objects.exists()
