"""Many workers at once, each a real process with its own connection to a real PostgreSQL."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from datetime import timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry, LedgerLine
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.sync import reconciliation as actions

from ..drift import drift, reconcile
from ..factories import change, make_account, make_line, make_order
from ..processes import at_once, start


def sync(*orders: Any) -> None:
    reactions.orders_changed([str(order.pk) for order in orders])


def figures() -> list[tuple[str, str, int, Any]]:
    rows = CustomerFigures.objects.order_by("record__email", "currency")
    return list(rows.values_list("record__email", "currency", "order_count", "total_gross"))


def somebody_waits() -> bool:
    """Whether another process waits for a lock of this one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
        return cursor.rowcount > 0


def test_the_same_order_by_eight_at_once() -> None:
    order = make_order("anna@example.com", total=10)

    at_once(*[partial(sync, order)] * 8)

    assert CustomerRecord.objects.count() == LedgerEntry.objects.count() == 1
    assert figures() == [("anna@example.com", "EUR", 1, 10)]
    log = ActivityEntry.objects.values_list("type", flat=True)
    assert list(log).count(ActivityType.RECORD_CREATED) == list(log).count(ActivityType.ORDER_ADDED) == 1


def lines() -> list[Any]:
    return list(LedgerLine.objects.order_by("quantity").values_list("line_id", "quantity"))


@pytest.mark.slow
def test_the_lines_of_the_same_order_by_eight_at_once() -> None:
    order = make_order("anna@example.com")
    one, gone = make_line(order, quantity=1), make_line(order, quantity=2)
    at_once(*[partial(sync, order)] * 8)
    assert lines() == [(one.pk, 1), (gone.pk, 2)]

    change(one, quantity=3)
    gone.delete()
    new = make_line(order, quantity=4)
    at_once(*[partial(sync, order)] * 8)
    assert lines() == [(one.pk, 3), (new.pk, 4)]
    assert drift() == {}


def test_whoever_only_corrects_lines_leaves_them_to_a_worker_who_writes_the_order_and_does_not_wait() -> None:
    order = make_order("anna@example.com")
    line = make_line(order, quantity=1)
    sync(order)
    change(line, quantity=2)
    is_held = multiprocessing.get_context("fork").Event()

    def correct() -> None:
        assert is_held.wait(30)
        sync(order)

    (worker,) = start(correct)
    with transaction.atomic():
        LedgerEntry.objects.select_for_update().get()
        is_held.set()
        worker.join()
    assert lines() == [(line.pk, 1)]
    sync(order)
    assert lines() == [(line.pk, 2)]


@pytest.mark.parametrize("round", range(5))
@pytest.mark.slow
def test_two_orders_of_one_new_person_at_once(round: int) -> None:
    one, two = make_order("anna@example.com", total=10), make_order("ANNA@example.com", total=5)

    at_once(partial(sync, one), partial(sync, two))

    assert figures() == [("anna@example.com", "EUR", 2, 15)]
    assert CustomerRecord.objects.get().order_count == 2


@pytest.mark.slow
def test_eight_workers_with_overlapping_batches() -> None:
    orders = [make_order(f"guest{number % 7}@example.com", total=1) for number in range(70)]

    def worker(seed: int) -> None:
        shuffled = random.Random(seed).sample(orders, len(orders))
        for begin in range(0, len(shuffled), 10):
            sync(*shuffled[begin : begin + 10])

    at_once(*[partial(worker, seed) for seed in range(8)])

    assert figures() == [(f"guest{number}@example.com", "EUR", 10, 10) for number in range(7)]
    assert drift() == {}


def test_an_order_read_before_never_overwrites_one_read_later() -> None:
    order = make_order("anna@example.com", total=10)
    sync(order)
    change(order, total_gross_amount=11)
    later, is_written = timezone.now() + timedelta(hours=1), multiprocessing.get_context("fork").Event()

    def write_what_was_read_later() -> None:
        with transaction.atomic():
            LedgerEntry.objects.update(total_gross=12, order_updated_at=later)
            is_written.set()
            while not somebody_waits():  # who has read the order, and cannot write
                time.sleep(0.01)

    def read_before() -> None:
        assert is_written.wait(30)
        sync(order)

    at_once(write_what_was_read_later, read_before)

    assert LedgerEntry.objects.values_list("total_gross", "order_updated_at").get() == (12, later)


@pytest.mark.slow
def test_an_account_is_confirmed_and_renamed_while_its_orders_come() -> None:
    account = make_account("old@example.com", is_confirmed=False)
    orders = [make_order(account=account, total=1) for _ in range(20)]

    def confirm_and_rename() -> None:
        for step in ({"is_confirmed": True}, {"email": "new@example.com"}, {"email": "newer@example.com"}):
            change(account, **step)
            reactions.account_changed(account.pk)

    def order_by_order() -> None:
        for order in orders:
            sync(order)

    at_once(confirm_and_rename, order_by_order, order_by_order, order_by_order)

    assert figures() == [("newer@example.com", "EUR", 20, 20)]
    assert drift() == {}


@pytest.mark.usefixtures("endless_starts")
@pytest.mark.slow
def test_a_reconciliation_whose_workers_are_killed_goes_on(monkeypatch: pytest.MonkeyPatch, configure: Any) -> None:
    configure(reconcile_batch="100")
    monkeypatch.setattr(actions, "RANGE", 100)
    for number in range(400):
        make_order(f"guest{number % 150}@example.com", total=1)

    moments = random.Random(7)
    for _ in range(6):
        workers = start(reconcile, reconcile, reconcile)
        time.sleep(moments.uniform(0.05, 0.25))
        for process in workers:
            process.kill()
            process.join()
    reconcile()

    assert actions.current() is None
    assert LedgerEntry.objects.count() == 400
    assert sum(count for _, _, count, _ in figures()) == 400
    assert drift() == {}


@pytest.mark.slow
def test_the_command_with_three_processes() -> None:
    for number in range(150):
        make_order(f"guest{number % 40}@example.com", total=1)
    out = StringIO()
    call_command("customer_plus", "reconcile", "--no-progress", "--workers", "3", stdout=out)
    assert json.loads(out.getvalue())["seen"] == {"accounts": 0, "orders": 150, "ledger": 150, "records": 40}
    assert sum(count for _, _, count, _ in figures()) == 150
    assert drift() == {}
