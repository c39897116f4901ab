"""Followed segments while tasks, sweeps and staff work at the same time."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.conditions.parsing import parse
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.segments import definitions, following, services
from saleor_customer_plus.segments.models import Segment, SegmentMembership, TouchedRecord
from saleor_customer_plus.tasks import sync_orders
from tests.factories import make_order, make_record, make_segment
from tests.processes import at_once, while_open

STAFF = Actor(ActorType.STAFF, "1")


def _edit(record_id: int, country: str) -> None:
    with transaction.atomic():
        edit_records({record_id: {"country_code": country}}, by=Writer(STAFF))


def _catch_up() -> None:
    while not following.catch_up(seconds=60):
        pass


def _sweep() -> None:
    while not following.sweep(seconds=60):
        pass


def _assert_kept() -> None:
    _catch_up()
    assert not TouchedRecord.objects.exists()
    for segment in Segment.objects.filter(is_followed=True):
        fresh = CustomerRecord.objects.filter(definitions.condition_of(segment, definitions.context()))
        kept = SegmentMembership.objects.filter(segment=segment).values_list("record", flat=True)
        assert sorted(kept) == sorted(fresh.values_list("pk", flat=True))


def test_a_change_that_commits_while_somebody_looks_is_looked_at_afterwards() -> None:
    make_segment("country = 'DE'", is_followed=True, due_at=timezone.now())
    _sweep()
    anna = make_record()
    _edit(anna.pk, "DE")

    while_open(partial(edit_records, {anna.pk: {"country_code": "FR"}}, by=Writer(STAFF)), _catch_up)

    _assert_kept()
    assert not SegmentMembership.objects.exists()


@pytest.mark.slow
def test_tasks_sweeps_and_edits_at_once() -> None:
    buyers = make_segment("order_count >= 1", is_followed=True, due_at=timezone.now())
    make_segment("country = 'DE' AND order_count >= 1", is_followed=True, due_at=timezone.now())
    _sweep()
    people = [make_record(f"person{number}@example.com") for number in range(4)]
    orders = [str(make_order(person.email).pk) for person in people]

    def work(number: int) -> None:
        sync_orders(orders[number:] + orders[:number])
        _edit(people[number].pk, "DE")
        Segment.objects.filter(pk=buyers.pk).update(due_at=timezone.now())
        _sweep()

    at_once(*(partial(work, number) for number in range(4)))

    _assert_kept()
    entered = ActivityEntry.objects.filter(type=ActivityType.SEGMENT_ENTERED, cause_id=str(buyers.pk))
    assert entered.count() == 4, "everybody entered once"


def test_another_condition_waits_for_whoever_evaluates_the_one_before() -> None:
    segment = make_segment("country = 'DE'", is_followed=True, due_at=timezone.now())
    _sweep()
    anna = make_record(country_code="DE")

    def redefine() -> None:
        with transaction.atomic():
            services.update(segment.pk, tree=parse("country = 'FR'"), actor=STAFF)

    while_open(partial(following.refresh, [anna.pk]), redefine)

    _sweep()
    _assert_kept()
    assert not SegmentMembership.objects.exists()


def test_a_record_is_deleted_while_it_enters() -> None:
    make_segment("country = 'DE'", is_followed=True, due_at=timezone.now())
    _sweep()
    anna = make_record(country_code="DE")

    while_open(partial(following.refresh, [anna.pk]), partial(delete_records, [anna.pk], actor=STAFF))

    assert not SegmentMembership.objects.exists()


def test_a_segment_is_deleted_while_somebody_enters() -> None:
    segment = make_segment("country = 'DE'", is_followed=True, due_at=timezone.now())
    _sweep()
    anna = make_record(country_code="DE")

    def delete() -> None:
        with transaction.atomic():
            services.delete(segment.pk)

    while_open(partial(following.refresh, [anna.pk]), delete)

    assert not Segment.objects.filter(pk=segment.pk).exists()
