"""Addresses that several people want at the same moment, while orders with them come: each is of one record."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from django.db import transaction

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.emails import add_emails, remove_email
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.editing import Writer, create_records
from saleor_customer_plus.records.models import CustomerEmail, CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.drift import drift, reconcile
from tests.factories import make_order, make_record
from tests.processes import at_once

STAFF = Writer(Actor(ActorType.STAFF, "7"))
EMAIL = "anna@work.example"


@transaction.atomic
def add(record: CustomerRecord) -> None:
    add_emails({record.pk: [EMAIL]}, by=STAFF)


@transaction.atomic
def remove(record: CustomerRecord) -> None:
    if CustomerEmail.objects.filter(record=record, email=EMAIL).exists():
        remove_email(record, EMAIL, actor=STAFF.actor)


@transaction.atomic
def make() -> None:
    made = create_records([{"email": EMAIL}], by=STAFF)
    reactions.records_identified(made.ids.values(), list(made.ids))


def sync(order: Any) -> None:
    reactions.orders_changed([str(order.pk)])


def owners() -> list[int]:
    return [
        *CustomerRecord.objects.filter(email=EMAIL).values_list("pk", flat=True),
        *CustomerEmail.objects.filter(email=EMAIL).values_list("record", flat=True),
    ]


@pytest.mark.slow
def test_eight_want_an_address_while_its_first_orders_come() -> None:
    people = [make_record() for _ in range(3)]
    orders = [make_order(EMAIL, total=1) for _ in range(4)]

    at_once(make, *[partial(add, person) for person in people], *[partial(sync, order) for order in orders])

    (owner,) = owners()
    reconcile()
    assert set(LedgerEntry.objects.values_list("record", flat=True)) == {owner}
    assert CustomerRecord.objects.get(pk=owner).order_count == 4
    assert drift() == {}


def test_an_address_comes_and_goes_while_its_orders_come() -> None:
    anna = make_record()
    orders = [make_order(EMAIL, total=1) for _ in range(4)]

    at_once(partial(add, anna), partial(remove, anna), *[partial(sync, order) for order in orders])

    (owner,) = owners()
    assert set(LedgerEntry.objects.values_list("record", flat=True)) == {owner}
    assert drift() == {}
