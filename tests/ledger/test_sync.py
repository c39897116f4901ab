"""From an order to its row of the ledger: what is copied, what counts, and what an older order may not do."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, CauseType
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.ledger.sync import SyncResult, sync_order_ids, sync_orders
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CountsWhen, CustomerPlusSettings

from ..factories import change, make_account, make_address, make_order, make_payment_refund, make_transaction

pytestmark = pytest.mark.django_db

PAID = CustomerPlusSettings()
PLACED = CustomerPlusSettings(counts_when=CountsWhen.PLACED)


def sync(*orders: object, settings: CustomerPlusSettings = PAID) -> SyncResult:
    return sync_order_ids([order.pk for order in orders], settings)  # type: ignore[attr-defined]


def counts(order: object, settings: CustomerPlusSettings = PAID) -> bool:
    sync(order, settings=settings)
    return LedgerEntry.objects.get(order_id=order.pk).counts  # type: ignore[attr-defined]


def test_what_an_order_says_is_copied() -> None:
    billing = make_address(first_name="Anna", last_name="", company_name="ACME", phone="+4930123456", country="DE")
    shipping = make_address(first_name="Ann", last_name="Rossi", company_name="Other", country="AT")
    account = make_account("anna@example.com")
    order = make_order(account=account, total="12.34", currency="USD", language_code="it", origin="draft")
    change(order, billing_address=billing, shipping_address=shipping)
    sync(order)

    entry = LedgerEntry.objects.get()
    assert (entry.order_id, entry.order_number, entry.account_id) == (order.pk, order.number, account.pk)
    assert (entry.email, entry.currency, entry.total_gross) == ("anna@example.com", "USD", Decimal("12.34"))
    assert (entry.status, entry.charge_status, entry.origin) == ("unfulfilled", "full", "draft")
    assert (entry.channel_slug, entry.placed_at) == (order.channel.slug, order.created_at)
    assert (entry.first_name, entry.last_name, entry.company_name) == ("Anna", "Rossi", "ACME")
    assert (entry.phone, entry.country_code, entry.language_code) == ("+4930123456", "DE", "it")


@pytest.mark.parametrize(
    ("status", "paid", "placed"),
    [
        ("unconfirmed", False, False),
        ("unfulfilled", True, True),
        ("partially fulfilled", True, True),
        ("fulfilled", True, True),
        ("partially_returned", True, True),
        ("returned", True, True),
        ("canceled", False, False),
        ("expired", False, False),
    ],
)
def test_which_states_count(status: str, paid: bool, placed: bool) -> None:
    order = make_order("anna@example.com", status=status)
    assert (counts(order), counts(order, PLACED)) == (paid, placed)


@pytest.mark.parametrize(
    ("charge_status", "paid"), [("none", False), ("partial", False), ("full", True), ("overcharged", True)]
)
def test_which_payments_count(charge_status: str, paid: bool) -> None:
    order = make_order("anna@example.com", charge_status=charge_status)
    assert (counts(order), counts(order, PLACED)) == (paid, True)


def test_a_draft_is_not_in_the_ledger() -> None:
    sync(make_order("anna@example.com", status="draft"))
    assert (LedgerEntry.objects.count(), CustomerRecord.objects.count()) == (0, 0)


@pytest.mark.parametrize(("charge_status", "left"), [("none", 0), ("partial", 6)])
def test_a_paid_order_that_was_refunded_still_counts(charge_status: str, left: int) -> None:
    order = make_order("anna@example.com", total=10, charge_status=charge_status, total_charged_amount=left)
    make_transaction(order, charged=left, refunded=10 - left)
    assert counts(order)
    assert LedgerEntry.objects.get().total_refunded == 10 - left


def test_refunds_of_the_older_payment_flow_count_too_if_they_succeeded() -> None:
    order = make_order("anna@example.com", total=10, charge_status="partial", total_charged_amount=7)
    make_payment_refund(order, 2)
    make_payment_refund(order, 1)
    make_payment_refund(order, 5, is_success=False)
    assert counts(order)
    assert LedgerEntry.objects.get().total_refunded == 3


@pytest.mark.parametrize(("total", "paid"), [("33.333", "33.33"), ("33.335", "33.335")])
def test_a_refunded_order_counts_whose_total_has_fractions_of_a_cent(total: str, paid: str) -> None:
    order = make_order("anna@example.com", total=total, charge_status="none", total_charged_amount=0)
    make_transaction(order, refunded=paid)
    assert counts(order)


def test_a_partly_paid_order_with_a_refund_does_not_count() -> None:
    order = make_order("anna@example.com", total=10, charge_status="partial", total_charged_amount=3)
    make_transaction(order, charged=3, refunded=2)
    assert not counts(order)


def test_an_order_that_was_changed_where_the_clock_is_slow_is_taken_over() -> None:
    order = make_order("anna@example.com", total=10, charge_status="none")
    sync(order)
    slow = order.updated_at - timedelta(seconds=2)
    change(order, charge_status="full", total_charged_amount=10, updated_at=slow)

    assert sync(order).changed == 1
    entry = LedgerEntry.objects.get()
    assert (entry.counts, entry.order_updated_at) == (True, slow)
    assert sync(order) == SyncResult()


def test_a_second_sync_writes_nothing() -> None:
    order = make_order("anna@example.com")
    assert sync(order) == SyncResult(added=1, records_created=1, record_ids={CustomerRecord.objects.get().pk})
    log = ActivityEntry.objects.count()
    assert sync(order) == SyncResult()
    assert ActivityEntry.objects.count() == log


def test_an_order_that_saleor_deleted_leaves_the_ledger() -> None:
    order = make_order("anna@example.com")
    sync(order)
    type(order).objects.filter(pk=order.pk).delete()
    assert sync(order) == SyncResult(removed=1, record_ids={CustomerRecord.objects.get().pk})
    assert LedgerEntry.objects.count() == 0
    assert ActivityEntry.objects.latest("id").type == ActivityType.ORDER_REMOVED


def test_an_order_that_nobody_knows_is_no_error() -> None:
    assert sync_order_ids([uuid4()], PAID) == SyncResult()


def test_the_log_tells_what_became_of_an_order() -> None:
    order = make_order("anna@example.com", total=10)
    sync(order)
    change(order, status="canceled", updated_at=timezone.now())
    sync(order)

    added = ActivityEntry.objects.get(type=ActivityType.ORDER_ADDED)
    assert (added.cause_type, added.cause_id, added.at) == (CauseType.ORDER, str(order.pk), order.created_at)
    assert added.after["number"] == order.number
    changed = ActivityEntry.objects.get(type=ActivityType.ORDER_CHANGED)
    assert changed.before == {"status": "unfulfilled", "counts": True}
    assert changed.after == {"status": "canceled", "counts": False}


def test_the_statements_do_not_grow_with_the_orders() -> None:
    def statements(number: int) -> int:
        orders = [make_order(f"guest{index}.of{number}@example.com") for index in range(number)]
        with CaptureQueriesContext(connection) as captured:
            result = sync_orders(Q(pk__in=[order.pk for order in orders]), PAID)
            refresh_records(result.record_ids, PAID)
        return len(captured)

    assert statements(2) == statements(40)


@given(
    total=st.decimals("0", "99999.999", places=3),
    charged=st.decimals("0", "99999.999", places=3),
    refunded=st.decimals("0", "99999.999", places=3),
)
def test_whatever_was_paid_and_refunded_an_order_counts_if_it_was_covered(
    total: Decimal, charged: Decimal, refunded: Decimal
) -> None:
    with transaction.atomic():
        order = make_order("anna@example.com", total=total, charge_status="none", total_charged_amount=charged)
        make_transaction(order, charged=charged, refunded=refunded)
        to_pay = min(total, total.quantize(Decimal("0.01"), ROUND_HALF_UP))
        assert counts(order) == (charged + refunded >= to_pay)
        transaction.set_rollback(True)
