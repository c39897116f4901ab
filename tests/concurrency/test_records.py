"""Staff at work on the same people at the same moment, while their orders come."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records import suggestions
from saleor_customer_plus.records.activation import set_active
from saleor_customer_plus.records.editing import Writer, create_records
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.drift import drift
from tests.factories import change, make_account, make_order, make_record
from tests.processes import at_once

from ..properties import sampled

STAFF = Writer(Actor(ActorType.STAFF, "7"))


def sync(order: Any) -> None:
    reactions.orders_changed([str(order.pk)])


@transaction.atomic
def make(*emails: str, number: str | None = None) -> None:
    made = create_records([{"email": email, "number": number} for email in emails], by=STAFF)
    reactions.records_identified(made.ids.values(), list(made.ids))


@transaction.atomic
def edit(changes: dict[int, dict[str, Any]]) -> None:
    edited = edit_records(changes, by=STAFF)
    emails = [changes[pk]["email"] for pk in edited.changed if "email" in changes[pk]]
    if emails:
        reactions.records_identified(edited.changed, emails)


def logged(type: ActivityType) -> int:
    return ActivityEntry.objects.filter(type=type).count()


def test_eight_make_the_same_person() -> None:
    at_once(*[partial(make, "anna@example.com")] * 8)

    assert CustomerRecord.objects.count() == logged(ActivityType.RECORD_CREATED) == 1


@pytest.mark.slow
def test_eight_make_people_in_any_order() -> None:
    emails = [f"p{number}@example.com" for number in range(40)]

    at_once(*[partial(make, *random.Random(seed).sample(emails, 30)) for seed in range(8)])

    assert CustomerRecord.objects.count() == logged(ActivityType.RECORD_CREATED)
    assert CustomerRecord.objects.count() == CustomerRecord.objects.values("email").distinct().count() <= 40


@pytest.mark.parametrize("_round", sampled(range(2), one_in=2))
@pytest.mark.parametrize("include_guests", [True, False])
def test_a_person_is_made_while_the_first_orders_come(configure: Any, include_guests: bool, _round: int) -> None:
    configure(include_guests=include_guests)
    orders = [make_order("anna@example.com", total=1) for _ in range(4)]

    at_once(partial(make, "anna@example.com"), *[partial(sync, order) for order in orders])

    record = CustomerRecord.objects.get()
    assert record.order_count == LedgerEntry.objects.filter(record=record).count() == 4
    assert drift() == {}


@pytest.mark.parametrize("_round", range(2))
@pytest.mark.slow
def test_a_person_is_made_while_the_account_is_confirmed(configure: Any, _round: int) -> None:
    configure(include_guests=False)
    account = make_account("anna@example.com", is_confirmed=False)

    def confirm() -> None:
        change(account, is_confirmed=True)
        reactions.account_changed(account.pk)

    at_once(partial(make, "anna@example.com"), confirm)

    assert CustomerRecord.objects.get().account_id == account.pk
    assert drift() == {}


def test_eight_want_the_same_number() -> None:
    people = [make_record() for _ in range(8)]

    at_once(*[partial(edit, {person.pk: {"number": "K1", "first_name": "X"}}) for person in people])

    assert CustomerRecord.objects.filter(number="K1").count() == 1
    assert CustomerRecord.objects.filter(first_name="X").count() == logged(ActivityType.DETAILS_EDITED) == 1


def test_eight_want_the_same_address() -> None:
    people = [make_record() for _ in range(8)]

    at_once(*[partial(edit, {person.pk: {"email": "anna@example.com"}}) for person in people])

    assert CustomerRecord.objects.filter(email="anna@example.com").count() == logged(ActivityType.EMAIL_CHANGED) == 1


def test_one_of_eight_edits_of_one_version_is_done() -> None:
    anna = make_record()
    versions = {anna.pk: anna.modified_at}

    @transaction.atomic
    def stale(name: str) -> None:
        edit_records({anna.pk: {"first_name": name}}, by=STAFF, versions=versions)

    at_once(*[partial(stale, f"Anna {number}") for number in range(8)])

    assert logged(ActivityType.DETAILS_EDITED) == 1


@pytest.mark.slow
def test_people_are_edited_and_renamed_while_their_orders_come() -> None:
    people = [make_record(f"p{number}@example.com") for number in range(10)]
    orders = [make_order(f"p{number % 10}@example.com", total=1) for number in range(60)]
    ids = [person.pk for person in people]

    def place(seed: int) -> None:
        for order in random.Random(seed).sample(orders, len(orders)):
            sync(order)

    def desk(seed: int) -> None:
        moves = random.Random(seed)
        for step in range(15):
            some = moves.sample(ids, 5)
            edit({pk: {"first_name": f"{seed} {step}", "store_note": str(step)} for pk in some})
            with transaction.atomic():
                if suggestions.unlock(some, ["first_name"], actor=STAFF.actor):
                    reactions.details_released(some)
            with transaction.atomic():
                set_active(some, moves.random() < 0.5, by=STAFF)

    def rename() -> None:
        for number, pk in enumerate(ids[:5]):
            edit({pk: {"email": f"q{number}@example.com"}})

    at_once(partial(place, 1), partial(place, 2), partial(desk, 3), partial(desk, 4), rename)

    assert LedgerEntry.objects.filter(record__isnull=False).count() == 60
    assert sum(CustomerRecord.objects.values_list("order_count", flat=True)) == 60
    assert set(CustomerRecord.objects.filter(pk__in=ids[:5]).values_list("email", flat=True)) == {
        f"q{number}@example.com" for number in range(5)
    }
    assert drift() == {}
