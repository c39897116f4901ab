"""Saleor's plugins and apps hear of every consent that ends, however it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType, CauseType
from saleor_customer_plus.activity.services import SYNC, Actor, Cause
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.consent import notifications, services
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.core import owed
from saleor_customer_plus.core.models import NoticeKind, OwedNotice
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from tests.client import Api
from tests.factories import make_record

pytestmark = pytest.mark.django_db

OnCommit = Callable[[], Any]
STAFF = Actor(ActorType.STAFF, "1")
SUBSCRIBED, UNSUBSCRIBED, PENDING = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED, ConsentState.PENDING
INVALID, NOT_SUBSCRIBED = ConsentState.INVALID, ConsentState.NOT_SUBSCRIBED
RECORD = """mutation ($id: ID!) { customerConsentRecord(recordId: $id, consents: [{
    channel: EMAIL, purpose: NEWSLETTER, state: UNSUBSCRIBED, source: STAFF }]) { errors { code message } } }"""


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """The withdrawals of each event that Saleor was told."""
    events: list[list[dict[str, Any]]] = []

    def notify(event: str, payload: dict[str, Any]) -> None:
        assert event == "customer_plus.consents_withdrawn"
        events.append(payload["withdrawals"])

    monkeypatch.setattr(host, "notify", notify)
    return events


def decide(*states: tuple[CustomerRecord, ConsentState], source: ConsentSource = ConsentSource.STAFF) -> None:
    decisions = [
        ConsentDecision(record.pk, ConsentChannel.EMAIL, ConsentPurpose.NEWSLETTER, state, source)
        for record, state in states
    ]
    record_events(decisions, actor=SYNC)


@pytest.mark.parametrize("source", list(ConsentSource))
def test_a_withdrawal_is_told_whatever_its_source(told: list[Any], on_commit: OnCommit, source: ConsentSource) -> None:
    anna = make_record("anna@example.com")
    decide((anna, SUBSCRIBED))
    with on_commit():
        decide((anna, UNSUBSCRIBED), source=source)
        assert told == [], "after the commit"
    with on_commit():
        decide((anna, UNSUBSCRIBED), source=source)
    event = ConsentEvent.objects.latest("id")
    payload = {
        "event_id": event.pk,
        "record_id": anna.pk,
        "channel": "EMAIL",
        "purpose": "NEWSLETTER",
        "state": "UNSUBSCRIBED",
        "source": source.value,
        "at": event.recorded_at.isoformat(),
    }
    assert told == [[payload]]
    assert not OwedNotice.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        (None, SUBSCRIBED, False),
        (None, PENDING, False),
        (None, UNSUBSCRIBED, True),
        (None, INVALID, False),
        (PENDING, UNSUBSCRIBED, True),
        (SUBSCRIBED, UNSUBSCRIBED, True),
        (SUBSCRIBED, INVALID, True),
        (UNSUBSCRIBED, SUBSCRIBED, False),
        (INVALID, UNSUBSCRIBED, True),
    ],
)
def test_what_ends_a_consent_is_told_and_nothing_else(
    told: list[Any], on_commit: OnCommit, before: ConsentState | None, after: ConsentState, is_told: bool
) -> None:
    anna = make_record("anna@example.com")
    if before is not None:
        decide((anna, before))
    with on_commit():
        decide((anna, after))
    assert [[one["state"] for one in event] for event in told] == ([[after.value]] if is_told else [])


def test_a_grant_that_is_taken_back_is_told(told: list[Any], on_commit: OnCommit) -> None:
    """As where an import is undone that subscribed somebody."""
    anna = make_record("anna@example.com")
    decide((anna, SUBSCRIBED))
    one = ConsentDecision(
        anna.pk, ConsentChannel.EMAIL, ConsentPurpose.NEWSLETTER, NOT_SUBSCRIBED, ConsentSource.IMPORT
    )
    with on_commit():
        services.undo_job([one], Cause(CauseType.JOB, "1"), actor=STAFF, cause=Cause(CauseType.JOB, "2"))
    assert [[one["state"] for one in event] for event in told] == [["NOT_SUBSCRIBED"]]


def test_what_is_decided_and_taken_back_at_once_is_no_end(told: list[Any], on_commit: OnCommit) -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    decide((anna, SUBSCRIBED))
    with on_commit():
        decide((anna, UNSUBSCRIBED), (anna, SUBSCRIBED), (ben, SUBSCRIBED), (ben, UNSUBSCRIBED))
    assert [[one["record_id"] for one in event] for event in told] == [[ben.pk]]


def test_many_are_told_together(told: list[Any], on_commit: OnCommit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "MAX_IN_EVENT", 4)
    people = [make_record(f"p{number}@example.com") for number in range(10)]
    decide(*((one, SUBSCRIBED) for one in people))
    with on_commit():
        decide(*((one, UNSUBSCRIBED) for one in people))
    assert [len(event) for event in told] == [4, 4, 2]
    assert [one["record_id"] for event in told for one in event] == [one.pk for one in people]


def test_a_worker_that_dies_loses_one_event_and_not_those_after_it(
    told: list[Any], on_commit: OnCommit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event is claimed as it is sent, so never twice. The others are still owed: the periodic task sends them."""
    monkeypatch.setattr(notifications, "MAX_IN_EVENT", 4)
    people = [make_record(f"p{number}@example.com") for number in range(10)]
    decide(*((one, UNSUBSCRIBED) for one in people))
    events = list(ConsentEvent.objects.order_by("pk").values_list("pk", flat=True))

    def die(*_args: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(notifications.notifications, "notify", die)
        with pytest.raises(KeyboardInterrupt):
            notifications.announce_withdrawn(events)
    assert OwedNotice.objects.count() == 6
    notifications.announce_withdrawn(events)
    assert [one["event_id"] for event in told for one in event] == events[4:]


def test_what_a_large_change_left_behind_is_announced_within_a_day() -> None:
    """The periodic task looks every five minutes, and what is older than a day is given up."""
    owed.owe(NoticeKind.WITHDRAWAL, range(1, 20_001))
    OwedNotice.objects.update(due_at=timezone.now())
    assert len(notifications.left_behind()) * 24 * 12 >= 1_000_000


def test_staff_who_unsubscribe_somebody_make_it_heard(told: list[Any], on_commit: OnCommit, api: Api) -> None:
    anna = make_record("anna@example.com")
    decide((anna, SUBSCRIBED))
    with on_commit():
        answer = api(RECORD, id=to_global_id("CustomerRecord", anna.pk))
    assert answer["customerConsentRecord"]["errors"] == []
    assert [[one["record_id"] for one in event] for event in told] == [[anna.pk]]
