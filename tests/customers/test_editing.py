"""Editing records together with the orders that follow an address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.factories import change, make_order

pytestmark = pytest.mark.django_db


def owner(order: object) -> str:
    return str(LedgerEntry.objects.get(order_id=order.pk).record.email)  # type: ignore[attr-defined]


def test_the_orders_of_a_record_follow_it_to_another_address() -> None:
    order = make_order("ben@example.com")
    reactions.orders_changed([str(order.pk)])
    ben = CustomerRecord.objects.get()

    edit_records({ben.pk: {"email": "benjamin@example.com"}}, by=Writer(SYNC))
    reactions.orders_changed([str(order.pk)])

    assert owner(order) == "benjamin@example.com"


def test_an_order_that_got_another_address_unheard_of_does_not_follow() -> None:
    order = make_order("ben@example.com")
    reactions.orders_changed([str(order.pk)])
    ben = CustomerRecord.objects.get()
    change(order, user_email="anna@example.com", updated_at=timezone.now() + timedelta(minutes=1))

    edited = edit_records({ben.pk: {"email": "benjamin@example.com"}}, by=Writer(SYNC))

    assert owner(order) == "anna@example.com"
    assert CustomerRecord.objects.get(email="anna@example.com").pk in edited.touched
    # Nor if its address is corrected again.
    change(order, user_email="ben@example.com", updated_at=timezone.now() + timedelta(minutes=2))
    reactions.orders_changed([str(order.pk)])
    assert owner(order) == "ben@example.com"
