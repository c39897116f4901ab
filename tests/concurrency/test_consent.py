"""Many who record the decisions of the same people at once."""

from __future__ import annotations

import random
from functools import partial

from django.db import transaction

from saleor_customer_plus.activity.actions import Actor
from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.consent.actions import record_events
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
)
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.records.models import CustomerRecord

from ..factories import make_record
from ..processes import at_once

STAFF = Actor(ActorType.STAFF, "7")
SUBSCRIBED, UNSUBSCRIBED = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED


def record(record_ids: list[int], state: ConsentState, source: ConsentSource) -> None:
    decisions = [
        ConsentDecision(id, ConsentChannel.EMAIL, ConsentPurpose.PROMOTIONAL, state, source) for id in record_ids
    ]
    with transaction.atomic():
        record_events(decisions, actor=STAFF)


def test_the_same_import_by_eight_at_once() -> None:
    anna = make_record()

    at_once(*[partial(record, [anna.pk], SUBSCRIBED, ConsentSource.IMPORT)] * 8)

    assert ConsentEvent.objects.count() == ActivityEntry.objects.count() == 1


def test_imports_and_withdrawals_in_any_order_of_rows() -> None:
    ids = [make_record().pk for _ in range(60)]

    def worker(state: ConsentState, source: ConsentSource, seed: int) -> None:
        shuffled = random.Random(seed).sample(ids, len(ids))
        for begin in range(0, len(ids), 20):
            record(shuffled[begin : begin + 20], state, source)

    at_once(
        *[partial(worker, SUBSCRIBED, ConsentSource.IMPORT, seed) for seed in range(4)],
        *[partial(worker, UNSUBSCRIBED, ConsentSource.CUSTOMER, seed) for seed in range(4)],
    )

    states = [event.state for events in current_consents(ids).values() for event in events]
    assert states == ["UNSUBSCRIBED"] * 60
    assert not CustomerRecord.objects.filter(accepts_marketing=True).exists()
