"""The one writer of the log."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Entry, append

from ..factories import make_record

pytestmark = pytest.mark.django_db


def test_an_entry_is_logged_as_it_is() -> None:
    record, moment = make_record(), datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    entry = Entry(
        record.pk,
        ActivityType.EMAIL_CHANGED,
        at=moment,
        before={"email": "a@example.com"},
        after={"email": "b@example.com", "quote": "it's 100 % {fine}"},
        actor_type=ActorType.STAFF,
        actor_id="7",
        cause_type=CauseType.ACCOUNT,
        cause_id="9",
    )
    assert append([entry]) == 1

    logged = ActivityEntry.objects.get()
    assert (logged.record_id, logged.type, logged.at) == (record.pk, ActivityType.EMAIL_CHANGED, moment)
    assert (logged.before, logged.after) == (entry.before, entry.after)
    assert (logged.actor_type, logged.actor_id) == (ActorType.STAFF, "7")
    assert (logged.cause_type, logged.cause_id) == (CauseType.ACCOUNT, "9")


def test_without_a_time_it_is_now_and_by_the_sync() -> None:
    before = timezone.now()
    append([Entry(make_record().pk, ActivityType.RECORD_CREATED)])
    logged = ActivityEntry.objects.get()
    assert before <= logged.at <= timezone.now()
    assert (logged.actor_type, logged.before, logged.after) == (ActorType.SYNC, {}, {})


@pytest.mark.parametrize("number", [1, 50])
def test_any_number_takes_one_statement(number: int) -> None:
    record = make_record()
    with CaptureQueriesContext(connection) as captured:
        assert append(Entry(record.pk, ActivityType.DETAILS_SYNCED) for _ in range(number)) == number
    assert len(captured) == 1


def test_nothing_to_log_takes_none() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert append([]) == 0
    assert len(captured) == 0
