"""From the lines of an order to those of the ledger: which there are, whose they are, and what stays."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.ledger.models import LedgerEntry, LedgerLine
from saleor_customer_plus.ledger.sync import SyncResult, sync_order_ids, sync_orders
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import OrderLine
from saleor_customer_plus.settings import CustomerPlusSettings

from ..drift import drift, reconcile
from ..factories import change, make_account, make_channel, make_line, make_order, make_variant

pytestmark = pytest.mark.django_db

PAID = CustomerPlusSettings()
ROW = ("line_id", "product_id", "variant_id", "quantity", "total_gross")


def sync(*orders: Any) -> SyncResult:
    return sync_order_ids([order.pk for order in orders], PAID)


def kept(*names: str) -> list[Any]:
    return list(LedgerLine.objects.order_by("placed_at", "quantity").values_list(*names or ROW))


def test_what_was_bought_is_kept_with_whose_when_and_where() -> None:
    placed_at = timezone.now() - timedelta(days=3)
    order = make_order("anna@example.com", currency="USD", created_at=placed_at)
    shirt, trousers = make_variant(), make_variant()
    first = make_line(order, shirt, quantity=1, total="12.345")
    second = make_line(order, trousers, quantity=2, total="40")
    sync(order)

    assert kept() == [
        (first.pk, shirt.product_id, shirt.pk, 1, Decimal("12.345")),
        (second.pk, trousers.product_id, trousers.pk, 2, Decimal("40.000")),
    ]
    entry, record = LedgerEntry.objects.get(), CustomerRecord.objects.get()
    of_entry = ("entry_id", "record_id", "channel_id", "currency", "placed_at")
    assert kept(*of_entry) == [(entry.pk, record.pk, order.channel_id, "USD", placed_at)] * 2


def test_a_second_sync_writes_no_line() -> None:
    order = make_order("anna@example.com")
    make_line(order)
    sync(order)
    before = LedgerLine.objects.values_list("id", flat=True).get(), _versions()

    assert sync(order) == SyncResult()
    assert (LedgerLine.objects.values_list("id", flat=True).get(), _versions()) == before


def _versions() -> list[Any]:
    """The transactions that wrote the rows, and those that locked them."""
    with connection.cursor() as cursor:
        tables = (LedgerLine._meta.db_table, LedgerEntry._meta.db_table)
        cursor.execute(
            " UNION ALL ".join(f'SELECT ctid::text, xmin::text, xmax::text FROM "{name}"' for name in tables)
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize("change_to", [{"status": "canceled"}, {"charge_status": "none", "total_charged_amount": 0}])
def test_an_order_that_no_longer_counts_has_no_lines_until_it_counts_again(change_to: dict[str, Any]) -> None:
    order = make_order("anna@example.com")
    line = make_line(order)
    before = {name: getattr(order, name) for name in change_to}
    sync(order)
    change(order, **change_to, updated_at=timezone.now())
    assert sync(order).changed == 1
    assert kept() == []

    change(order, **before, updated_at=timezone.now())
    sync(order)
    assert kept("line_id") == [(line.pk,)]


def test_lines_of_nobody_are_not_kept_until_somebody_is_known() -> None:
    order = make_order("")
    make_line(order)
    sync(order)
    assert kept() == []

    change(order, user_email="anna@example.com", updated_at=timezone.now())
    sync(order)
    assert kept("record__email") == [("anna@example.com",)]


def test_a_line_that_changed_is_written_though_the_order_is_as_it_was() -> None:
    order = make_order("anna@example.com")
    line, gone = make_line(order, quantity=1), make_line(order, quantity=9)
    sync(order)
    log = ActivityEntry.objects.count()
    change(line, quantity=3, total_price_gross_amount=Decimal(30))
    gone.delete()
    new = make_line(order, quantity=7)

    assert sync(order) == SyncResult(changed=1, record_ids={CustomerRecord.objects.get().pk})
    assert kept("line_id", "quantity", "total_gross") == [(line.pk, 3, Decimal(30)), (new.pk, 7, Decimal(10))]
    assert ActivityEntry.objects.count() == log


def test_a_product_that_saleor_deleted_was_bought_all_the_same() -> None:
    order = make_order("anna@example.com")
    line, seen_late = make_line(order, quantity=1), make_line(order, quantity=2)
    product_id, variant_id = line.variant.product_id, line.variant.pk
    OrderLine.objects.filter(pk=seen_late.pk).update(variant=None)
    sync(order)
    line.variant.product.delete()
    change(order, status="fulfilled", updated_at=timezone.now())
    sync(order)

    assert kept("product_id", "variant_id") == [(product_id, variant_id), (None, None)]
    assert sync(order) == SyncResult()


def test_lines_follow_the_order_to_another_record_channel_and_time() -> None:
    order = make_order("anna@example.com")
    make_line(order)
    sync(order)
    channel, placed_at = make_channel(), timezone.now() - timedelta(days=9)
    change(order, user_email="ben@example.com", channel=channel, created_at=placed_at, updated_at=timezone.now())
    sync(order)

    assert kept("record__email", "channel_id", "placed_at") == [("ben@example.com", channel.pk, placed_at)]


def test_lines_go_with_an_order_that_saleor_deleted() -> None:
    order, other = make_order("anna@example.com"), make_order("anna@example.com")
    make_line(order)
    line = make_line(other)
    sync(order, other)
    type(order).objects.filter(pk=order.pk).delete()
    sync(order)
    assert kept("line_id") == [(line.pk,)]


def test_nothing_of_what_somebody_bought_is_left_after_a_deletion() -> None:
    orders = [make_order(email, voucher_code="SUMMER") for email in ("anna@example.com", "ben@example.com")]
    for order in orders:
        make_line(order)
    sync(*orders)
    anna = CustomerRecord.objects.get(email="anna@example.com")
    deletion.delete_records([anna.pk], actor=SYNC)
    sync(*orders)

    assert kept("record__email") == [("ben@example.com",)]
    assert LedgerEntry.objects.get(is_released=True).voucher_codes == []


@pytest.mark.parametrize(
    ("of_order", "of_lines", "codes"),
    [
        (None, [None], []),
        ("", [""], []),
        ("SUMMER", [None], ["SUMMER"]),
        (None, ["B", "A", "B"], ["A", "B"]),
        ("SUMMER", ["SUMMER", "A"], ["A", "SUMMER"]),
    ],
)
def test_the_vouchers_of_the_order_and_of_its_lines_are_kept_once(
    of_order: str | None, of_lines: list[str | None], codes: list[str]
) -> None:
    order = make_order("anna@example.com", voucher_code=of_order)
    for code in of_lines:
        make_line(order, voucher_code=code)
    sync(order)
    assert LedgerEntry.objects.get().voucher_codes == codes
    assert sync(order) == SyncResult()


def test_a_reconciliation_fills_the_lines_of_an_older_version_and_mends_what_is_wrong() -> None:
    account = make_account("anna@example.com")
    for order in (make_order(account=account), make_order("ben@example.com")):
        make_line(order)
        make_line(order)
    reconcile()
    expected = kept(*ROW, "entry_id", "record_id")
    assert len(expected) == 4

    LedgerLine.objects.all().delete()
    assert drift() == {"ledger_corrected": 2}
    reconcile()
    assert kept(*ROW, "entry_id", "record_id") == expected
    assert drift() == {}

    for wrong in ({"quantity": 5}, {"product_id": 5}, {"record_id": 5}, {"placed_at": timezone.now()}):
        LedgerLine.objects.filter(line_id=expected[0][0]).update(**wrong)
        assert drift() == {"ledger_corrected": 1}, wrong
        reconcile()
        assert sorted(kept(*ROW, "entry_id", "record_id")) == sorted(expected)


def test_the_statements_do_not_grow_with_the_lines() -> None:
    def statements(number: int) -> int:
        orders = [make_order(f"guest{index}@example.com") for index in range(number)]
        for order in orders:
            make_line(order)
            make_line(order)
        with CaptureQueriesContext(connection) as captured:
            sync_orders(Q(pk__in=[order.pk for order in orders]), PAID)
        return len(captured)

    assert statements(2) == statements(20)
