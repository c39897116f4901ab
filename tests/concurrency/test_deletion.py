"""A person is deleted while workers are at their orders and their account."""

from __future__ import annotations

import random
from functools import partial
from typing import Any

import pytest

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord, ReleasedAccount
from saleor_customer_plus.sync import reactions

from ..drift import drift, reconcile
from ..factories import make_account, make_order
from ..processes import at_once


def sync(orders: list[Any], seed: int) -> None:
    shuffled = random.Random(seed).sample(orders, len(orders))
    for begin in range(0, len(shuffled), 4):
        reactions.orders_changed([str(order.pk) for order in shuffled[begin : begin + 4]])


def delete(record_id: int) -> None:
    deletion.delete_records([record_id], actor=SYNC)


@pytest.mark.slow
def test_nobody_comes_back_by_workers_that_are_at_their_orders() -> None:
    account = make_account("anna@example.com")
    annas = [make_order("anna@example.com", account=account if n % 2 else None, total=1) for n in range(24)]
    beas = [make_order("bea@example.com", total=1) for _ in range(12)]
    sync([*annas[:6], *beas[:6]], 0)
    reactions.account_changed(account.pk)
    anna = CustomerRecord.objects.get(email="anna@example.com")

    at_once(
        partial(delete, anna.pk),
        partial(delete, anna.pk),
        partial(sync, [*annas, *beas], 1),
        partial(sync, [*annas, *beas], 2),
        partial(reactions.account_changed, account.pk),
    )

    assert list(CustomerRecord.objects.values_list("email", "order_count")) == [("bea@example.com", 12)]
    assert LedgerEntry.objects.filter(is_released=True).count() == 24
    assert ReleasedAccount.objects.get().account_id == account.pk
    reconcile()
    assert CustomerRecord.objects.count() == 1
    assert drift() == {}
