"""The periodic look at recent changes: after any outage, one pass leaves nothing to correct."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks
from saleor_customer_plus.core.set_aside.models import SetAsideRow
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import Order, TransactionItem, User
from saleor_customer_plus.sync import catch_up as catching_up
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.sync.catch_up import MARGIN, catch_up
from saleor_customer_plus.sync.models import CatchUp, Look

from ..drift import drift
from ..factories import change, make_account, make_job, make_order, make_transaction
from ..poison import poison
from ..properties import examples, sampled

pytestmark = pytest.mark.django_db

EMAILS = ["a@example.com", "b@example.com", "c@example.com"]


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def reconciled(at: datetime) -> None:
    """The whole store was reconciled then, and everything was seen until then."""
    make_job("RECONCILIATION", state="SUCCEEDED", created_at=at, finished_at=at)
    CatchUp.objects.create(id=1, seen_until=at)


def finish() -> None:
    while not catch_up(seconds=60):
        pass


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    with patch.object(catching_up, "_seen_by_now", lambda: moment):
        yield


class Outage:
    """A shop for three days in which tasks are lost and workers stop. Every change sets `updated_at` as Saleor does."""

    def __init__(self) -> None:
        self.now = ago(days=3)
        reconciled(self.now)

    def at(self, late: int) -> datetime:
        """What a change says of its time: a transaction may have been open for a while, or clocks differ."""
        return self.now - min(timedelta(minutes=late), MARGIN)

    def account(self, index: int) -> Any:
        accounts = list(User.objects.order_by("pk"))
        return accounts[index % len(accounts)] if accounts else None

    def order(self, index: int) -> Any:
        orders = list(Order.objects.order_by("number"))
        return orders[index % len(orders)] if orders else None

    def do(self, what: str, index: int, email: str, late: int, is_delivered: bool) -> None:
        at = self.at(late)
        account, order = self.account(index), self.order(index)
        account_id, order_id = account and account.pk, order and str(order.pk)
        if what == "register" and not User.objects.filter(email=email).exists():
            account = make_account(email, is_confirmed=bool(index % 2))
            change(account, updated_at=at)
            account_id = account.pk
        elif what == "confirm" and account:
            change(account, is_confirmed=True, updated_at=at)
            Order.objects.filter(user=None, user_email=account.email).exclude(status="draft").update(user=account)
        elif what == "rename" and account and not User.objects.filter(email=email).exists():
            change(account, email=email, updated_at=at)
        elif what == "delete account" and account:
            account.delete()
        elif what == "buy" and account:
            order_id = str(make_order(account=account, total=index, updated_at=at).pk)
        elif what == "buy as guest":
            order_id = str(make_order(email, total=index, updated_at=at).pk)
        elif what == "cancel" and order:
            change(order, status="canceled", updated_at=at)
        elif what == "correct" and order:
            change(order, user_email=email, updated_at=at)
        elif what == "refund" and order:
            make_transaction(order, refunded=order.total_gross_amount)
            change(order, charge_status="none", updated_at=at)
        elif what == "delete order" and order:
            TransactionItem.objects.filter(order_id=order.pk).delete()  # they protect an order
            order.delete()
        else:
            return
        if is_delivered and account_id and what in ("register", "confirm", "rename", "delete account"):
            reactions.account_changed(account_id)
        elif is_delivered and order_id:
            reactions.orders_changed([order_id])

    def tick(self, steps: int) -> None:
        """A worker looks, and is stopped after so many batches."""
        with clock(self.now):
            CatchUp.objects.get()
            for _ in range(steps):
                if not catching_up._step():
                    break


CHANGES = ["register", "confirm", "rename", "delete account", "buy", "buy as guest", "cancel", "correct", "refund",
           "delete order"]  # fmt: skip
EVENTS = st.one_of(
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 9), st.sampled_from(EMAILS), st.integers(0, 30), st.booleans()),
    st.integers(1, 7),
)


class AnyOutage(TestCase):
    """Of up to three days, with any pattern of lost tasks and stopped workers."""

    @settings(max_examples=examples(12))
    @given(events=st.lists(st.tuples(st.integers(0, 360), EVENTS), max_size=14))
    def test_one_catch_up_leaves_nothing_to_correct(self, events: list[tuple[int, Any]]) -> None:
        shop = Outage()
        for minutes, event in events:
            shop.now = min(shop.now + timedelta(minutes=minutes), timezone.now())
            if isinstance(event, int):
                shop.tick(event)
            else:
                shop.do(*event)

        # A pass that was interrupted goes on, and the next one sees what came after its beginning.
        finish()
        finish()

        assert drift() == {}


def test_after_days_it_goes_on_where_it_stopped_in_any_number_of_ticks(configure: Any) -> None:
    configure(reconcile_batch="100")
    reconciled(ago(days=3))
    for number in range(250):
        make_order(f"guest{number}@example.com", updated_at=ago(hours=60) + timedelta(minutes=number // 10))
    seen = []
    while not catch_up(seconds=0):
        seen.append(LedgerEntry.objects.count())
    assert seen == [0, 100, 200, 250, 250]
    assert CatchUp.objects.get().until is None
    with CaptureQueriesContext(connection) as captured:
        finish()
    assert not [query for query in captured if "INSERT INTO" in query["sql"] and "ledger" in query["sql"]]


def test_many_rows_of_one_moment_are_done_in_batches(configure: Any) -> None:
    configure(reconcile_batch="100")
    moment = ago(hours=5)
    reconciled(ago(days=1))
    for number in range(210):
        make_order(f"guest{number}@example.com", updated_at=moment)
    finish()
    assert LedgerEntry.objects.count() == 210


def test_it_goes_back_behind_what_was_seen_for_clocks_that_differ() -> None:
    reconciled(ago(days=1))
    finish()
    make_order("anna@example.com", updated_at=ago(minutes=29))
    make_order("bea@example.com", updated_at=ago(minutes=-50))
    finish()
    assert set(CustomerRecord.objects.values_list("email", flat=True)) == {"anna@example.com", "bea@example.com"}


def test_times_far_ahead_stop_nothing() -> None:
    reconciled(ago(days=1))
    ahead = make_order("anna@example.com")
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {Order._meta.db_table} SET updated_at = '20000-01-01' WHERE id = %s",
            [ahead.pk],
        )
    finish()
    make_order("bea@example.com")
    finish()
    assert "bea@example.com" in CustomerRecord.objects.values_list("email", flat=True)


def test_a_pass_that_begins_at_the_first_installation_begins_with_the_reconciliation() -> None:
    make_order("anna@example.com", updated_at=ago(days=9))
    tasks.reconcile_if_due()
    assert CatchUp.objects.get().seen_until <= timezone.now()
    assert drift() == {}


def test_orders_that_were_deleted_without_a_trace_are_found() -> None:
    orders = [make_order(f"guest{number}@example.com", number=number * 700) for number in range(9)]
    make_order("draft@example.com", status="draft", number=350)
    reconciled(ago(days=9))
    finish()
    Order.objects.filter(pk__in=[orders[2].pk, orders[5].pk]).delete()
    # One that came without a recent time, in the place of one that went: the counts alone are the same.
    make_order("late@example.com", number=orders[2].number + 1, updated_at=ago(days=99))
    finish()
    known = set(LedgerEntry.objects.values_list("email", flat=True))
    assert known == {f"guest{number}@example.com" for number in (0, 1, 3, 4, 6, 7, 8)} | {"late@example.com"}
    assert drift() == {}


def test_counts_are_not_compared_while_a_reconciliation_does_more() -> None:
    make_order("anna@example.com", updated_at=ago(days=99))
    finish()
    assert LedgerEntry.objects.count() == 0
    make_job("RECONCILIATION", state="SUCCEEDED")
    under_way = make_job("RECONCILIATION", state="RUNNING")
    finish()
    assert LedgerEntry.objects.count() == 0
    under_way.delete()
    finish()
    assert LedgerEntry.objects.count() == 1


def test_an_order_that_was_set_aside_is_not_looked_at_each_time() -> None:
    make_order("bad@example.com", updated_at=ago(days=99))
    reconciled(ago(days=9))
    poison(LedgerEntry, "email", ["bad@example.com"])
    finish()
    finish()
    assert SetAsideRow.objects.get().tries == 1


def test_accounts_that_were_deleted_without_a_trace_are_found() -> None:
    linked, never_linked = make_account("a@example.com"), make_account("b@example.com", is_confirmed=False)
    make_order(account=linked)
    make_order(account=never_linked)
    reconciled(ago(days=9))
    finish()
    User.objects.all().delete()
    finish()
    assert set(CustomerRecord.objects.values_list("account_id", flat=True)) == {None}
    assert set(LedgerEntry.objects.values_list("account_id", flat=True)) == {None}
    assert drift() == {}


def test_the_number_of_statements_does_not_grow_with_the_rows() -> None:
    reconciled(ago(days=1))

    def statements(people: int) -> int:
        for _ in range(people):
            account = make_account()
            make_order(account=account)
            make_order(account.email)
        with CaptureQueriesContext(connection) as captured:
            finish()
        return len(captured)

    statements(1)
    few, many = statements(2), statements(40)
    assert few == many


@pytest.mark.parametrize("look", sampled(list(Look), one_in=2))
def test_whatever_a_look_fails_with_the_pass_goes_on_in_the_end(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with what looks like a lost connection, each time."""
    reconciled(ago(days=9))
    accounts = [make_account(f"account{number}@example.com") for number in range(4)]
    orders = [make_order(account=account) for account in accounts]
    finish()
    orders[0].delete()
    accounts[1].delete()
    bad = {Look.ACCOUNTS: accounts[2].pk, Look.ORDERS: orders[3].number}
    right = catching_up._LOOKS[look]

    def fails(at: Any, size: int, chosen: Any, run: Any, keys: list[int]) -> bool:
        is_over = right(at, size, chosen, run, keys)
        if look not in bad or bad[look] in keys:
            raise OperationalError
        return is_over

    monkeypatch.setitem(catching_up._LOOKS, look, fails)
    make_order("new@example.com")
    failures = 0
    is_done = False
    while not is_done:
        try:
            is_done = catch_up(seconds=60)
        except OperationalError:
            failures += 1
            assert failures < 99
            is_done = CatchUp.objects.get().until is None  # what failed was the last look, and the pass is over
    assert failures
    assert CatchUp.objects.get().until is None
    assert "new@example.com" in CustomerRecord.objects.values_list("email", flat=True)
    assert SetAsideRow.objects.count() == (look in bad)


def test_it_is_all_or_nothing_with_its_position() -> None:
    reconciled(ago(days=1))
    make_order("anna@example.com")
    with transaction.atomic():
        finish()
        transaction.set_rollback(True)
    assert (CatchUp.objects.get().until, LedgerEntry.objects.count()) == (None, 0)
    finish()
    assert LedgerEntry.objects.count() == 1
