"""Many who record the decisions of the same people at once."""

from __future__ import annotations

import io
import random
from functools import partial

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.bulk import imports
from saleor_customer_plus.bulk.imports import scan
from saleor_customer_plus.bulk.imports.options import ImportOptions, Subscribe
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    CurrentConsent,
)
from saleor_customer_plus.consent.queries import current_consents
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import JobState
from saleor_customer_plus.records.models import CustomerRecord

from ..factories import make_record
from ..processes import at_once

CUSTOMER = ConsentSource.CUSTOMER
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
    assert not CustomerRecord.objects.filter(accepts_promotional_mail=True).exists()
    assert set(CurrentConsent.objects.values_list("state", flat=True)) == {"UNSUBSCRIBED"}


@pytest.mark.slow
def test_who_withdraws_while_a_list_is_imported_has_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the preview and the start, between two chunks, and while a chunk is written."""
    monkeypatch.setattr(scan, "ROWS_WRITTEN", 4)
    emails = [f"p{number:02}@example.com" for number in range(80)]
    ids = [make_record(email).pk for email in emails[:60]]  # the others are made by the import
    options = ImportOptions(subscribe=Subscribe.ALL, lawful_basis="CONSENT", wording="News")
    content = "email,first name,accepts marketing\n" + "".join(f"{email},Anna,yes\n" for email in emails)
    job = imports.of_file(io.BytesIO(content.encode()), options, actor=STAFF, name="list.csv")
    work(job.pk)
    record(ids[:5], UNSUBSCRIBED, CUSTOMER)
    imports.start(job.pk, actor=STAFF)

    def withdraw(seed: int) -> None:
        for one in random.Random(seed).sample(ids[5:], 20):
            record([one], UNSUBSCRIBED, CUSTOMER)

    at_once(partial(work, job.pk), partial(work, job.pk), *[partial(withdraw, seed) for seed in range(3)])

    job.refresh_from_db()
    assert job.state == JobState.SUCCEEDED
    withdrawn = set(ids[:5]).union(*(random.Random(seed).sample(ids[5:], 20) for seed in range(3)))
    subscribed = CustomerRecord.objects.filter(accepts_promotional_mail=True).values_list("pk", flat=True)
    assert len(subscribed) == 80 - len(withdrawn)
    assert withdrawn.isdisjoint(subscribed)
    assert set(CurrentConsent.objects.filter(state="UNSUBSCRIBED").values_list("record", flat=True)) == withdrawn


def work(job_id: int) -> None:
    for _ in jobs.run(job_id):
        pass
