"""Any sequence of what people, staff and Saleor do, with the tasks late, lost or twice: the invariants hold.

The oracle is Saleor's own tables. Whom an order belongs to follows from what they say in the end, whatever was looked
at when; only what Saleor itself forgets (whose an order was, once the account is gone) is followed here step by step.
The sums are taken from `order_order`.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from saleor_customer_plus import settings as plugin_settings
from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.emails import add_emails, remove_email
from saleor_customer_plus.deletion import services as deletion
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry, LedgerLine
from saleor_customer_plus.ledger.refresh import refresh_records
from saleor_customer_plus.records import emails
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerEmail, CustomerRecord
from saleor_customer_plus.saleor_adapter.host import Order, OrderLine, User
from saleor_customer_plus.sync import reactions

from ..drift import drift, reconcile
from ..factories import change, make_account, make_line, make_order, make_transaction, make_variant
from ..properties import examples

EMAILS = ["a@example.com", "b@example.com", "c@example.com", "A@Example.com"]
NEVER_COUNT = {"draft", "unconfirmed", "canceled", "expired"}

_clock = itertools.count(1)


def all_emails(record: CustomerRecord) -> set[str]:
    return {record.email, *record.other_emails}


def _later() -> Any:
    return timezone.now() + timedelta(seconds=next(_clock))


class Shop(RuleBasedStateMachine):
    """A shop in which hooks schedule tasks, and `deliver` runs any of them, in any order, any number of times."""

    def __init__(self) -> None:
        super().__init__()
        # Each example is a transaction of its own that is rolled back.
        self.example = transaction.atomic()
        self.example.__enter__()
        self.variant = make_variant()
        # The tasks of accounts and those of orders wait apart: neither says anything of when the other is run.
        self.accounts: list[int] = []
        self.orders: list[str] = []
        self.was_a_customer: set[int] = set()
        # Of orders that an account proved which is gone, or that followed a record to another address: the address that
        # the order had then, and whose it is.
        self.settled: dict[Any, tuple[str, str]] = {}
        # Of those who were deleted: their addresses, until something new makes them known again; the orders that went.
        self.forgotten: set[str] = set()
        self.released: set[Any] = set()

    def pick(self, model: Any, index: int) -> Any:
        rows = list(model.objects.order_by("pk" if model is User else "number"))
        return rows[index % len(rows)]

    # What happens in Saleor. Each fires the hook that Saleor fires, or none where Saleor fires none.

    @rule(email=st.sampled_from(EMAILS), confirmed=st.booleans())
    def register(self, email: str, confirmed: bool) -> None:
        if not User.objects.filter(email=email).exists():
            account = make_account(email, is_confirmed=confirmed)
            self.accounts.append(account.pk)
            self.heard_of(email)

    @precondition(lambda self: User.objects.exists())
    @rule(index=st.integers(0, 9), tells=st.booleans())
    def confirm(self, index: int, tells: bool) -> None:
        account = self.pick(User, index)
        change(account, is_confirmed=True)
        Order.objects.filter(user=None, user_email=account.email).exclude(status="draft").update(user=account)
        if tells:  # setPassword does the same without a hook
            self.accounts.append(account.pk)

    @precondition(lambda self: User.objects.exists())
    @rule(index=st.integers(0, 9))
    def unconfirm(self, index: int) -> None:
        account = self.pick(User, index)
        self.end_proof(account)
        change(account, is_confirmed=False)
        self.accounts.append(account.pk)

    @precondition(lambda self: User.objects.exists())
    @rule(index=st.integers(0, 9), email=st.sampled_from(EMAILS))
    def change_email(self, index: int, email: str) -> None:
        account = self.pick(User, index)
        if not User.objects.filter(email=email).exists():
            change(account, email=email, updated_at=_later())
            self.accounts.append(account.pk)
            self.heard_of(email)

    @precondition(lambda self: User.objects.count() > 1)
    @rule()
    def swap_emails(self) -> None:
        one, two = User.objects.order_by("pk")[:2]
        first, second = one.email, two.email
        change(one, email="t@example.com")
        change(two, email=first)
        change(one, email=second)
        self.accounts += [one.pk, two.pk]
        self.heard_of(first, second)

    @precondition(lambda self: User.objects.exists())
    @rule(index=st.integers(0, 9))
    def delete_account(self, index: int) -> None:
        account = self.pick(User, index)
        self.end_proof(account)
        account_id = account.pk
        account.delete()
        self.accounts.append(account_id)

    def end_proof(self, account: Any) -> None:
        """What an account proved counts once it was seen: of an account that is gone Saleor keeps nothing."""
        reactions.account_changed(account.pk)
        orders = Order.objects.filter(user=account).exclude(pk__in=self.released)
        reactions.orders_changed([str(order.pk) for order in orders])
        if account.is_confirmed:
            self.settled |= {order.pk: (order.user_email, account.email.lower()) for order in orders}

    @rule(email=st.sampled_from(["", *EMAILS]), index=st.integers(0, 9), guest=st.booleans(), paid=st.booleans(),
          currency=st.sampled_from(["EUR", "USD"]), total=st.integers(0, 50))  # fmt: skip
    def order(self, email: str, index: int, guest: bool, paid: bool, currency: str, total: int) -> None:
        account = None if guest or not User.objects.exists() else self.pick(User, index)
        order = make_order(
            email, account=account, total=total, currency=currency, charge_status="full" if paid else "none"
        )
        if total:
            make_line(order, self.variant, quantity=total)
        self.orders.append(str(order.pk))
        self.heard_of(order.user_email, account.email if account else "")

    @precondition(lambda self: Order.objects.exists())
    @rule(
        index=st.integers(0, 9), status=st.sampled_from(["unfulfilled", "canceled", "fulfilled", "expired", "returned"])
    )
    def change_order(self, index: int, status: str) -> None:
        order = self.pick(Order, index)
        change(order, status=status, updated_at=_later())
        self.orders.append(str(order.pk))

    @precondition(lambda self: Order.objects.exists())
    @rule(index=st.integers(0, 9), email=st.sampled_from(EMAILS))
    def correct_order_email(self, index: int, email: str) -> None:
        order = self.pick(Order, index)
        change(order, user_email=email, updated_at=_later())
        self.orders.append(str(order.pk))
        if order.pk in self.settled:  # there and back unseen would be no edit at all
            reactions.orders_changed([str(order.pk)])
        if order.pk not in self.released:
            self.heard_of(email)

    @precondition(lambda self: Order.objects.exists())
    @rule(index=st.integers(0, 9))
    def refund(self, index: int) -> None:
        order = self.pick(Order, index)
        if order.charge_status == "full" and order.total_gross_amount:
            make_transaction(order, refunded=order.total_charged_amount)
            change(order, total_charged_amount=0, charge_status="none", updated_at=_later())
            self.orders.append(str(order.pk))

    # What staff does with us.

    @precondition(lambda self: CustomerRecord.objects.exists())
    @rule(index=st.integers(0, 9))
    def delete_record(self, index: int) -> None:
        records = list(CustomerRecord.objects.order_by("pk"))
        record = records[index % len(records)]
        deletion.delete_records([record.pk], actor=SYNC)
        # Who is known, and has got the address of the deleted person by now, is not them: they come by it rightly.
        stays = User.objects.filter(pk__in=CustomerRecord.objects.filter(account__isnull=False).values("account"))
        self.forgotten |= all_emails(record) - {email.lower() for email in stays.values_list("email", flat=True)}
        self.released = set(LedgerEntry.objects.filter(is_released=True).values_list("order_id", flat=True))
        self.was_a_customer.discard(record.pk)

    @precondition(lambda self: CustomerRecord.objects.filter(account=None).exists())
    @rule(index=st.integers(0, 9), email=st.sampled_from(EMAILS))
    def edit_address(self, index: int, email: str) -> None:
        records = list(CustomerRecord.objects.filter(account=None).order_by("pk"))
        record, email = records[index % len(records)], email.lower()
        if emails.owners([email]):
            return
        accounts = {account.pk: account for account in User.objects.all()}
        follow = [order for order in Order.objects.all() if self.owner(order, accounts) == record.email]
        edition = edit_records({record.pk: {"email": email}}, by=Writer(SYNC))
        if edition.refusals:  # an order that we had not heard of has made a record for the address
            assert emails.owners([email])
            return
        reactions.records_identified([record.pk, *edition.touched], [email])
        self.settled |= {order.pk: (order.user_email, email) for order in follow if order.pk not in self.released}
        self.heard_of(email)

    @precondition(lambda self: CustomerRecord.objects.exists())
    @rule(index=st.integers(0, 9), email=st.sampled_from(EMAILS))
    def add_email(self, index: int, email: str) -> None:
        records = list(CustomerRecord.objects.order_by("pk"))
        record, email = records[index % len(records)], email.lower()
        if not add_emails({record.pk: [email]}, by=Writer(SYNC)):
            self.heard_of(email)

    @precondition(lambda self: CustomerEmail.objects.exists())
    @rule(index=st.integers(0, 9), promote=st.booleans())
    def remove_or_promote_email(self, index: int, promote: bool) -> None:
        others = list(CustomerEmail.objects.select_related("record").order_by("email"))
        other = others[index % len(others)]
        if not promote:
            remove_email(other.record, other.email, actor=SYNC)
            # Whoever has it in Saleor is known under it: staff said that they are somebody else.
            self.heard_of(other.email)
        elif other.record.account_id is None:  # of an account, Saleor changes the address
            edition = edit_records({other.record_id: {"email": other.email}}, by=Writer(SYNC))
            assert not edition.refusals
            reactions.records_identified([other.record_id, *edition.touched], [other.email])

    def heard_of(self, *addresses: str) -> None:
        """Something new happened to somebody with this address: to be known again is right."""
        self.forgotten -= {email.strip().lower() for email in addresses}

    # What becomes of the tasks.

    @precondition(lambda self: self.accounts)
    @rule(index=st.integers(0, 99), keep=st.booleans())
    def deliver_account(self, index: int, keep: bool) -> None:
        at = index % len(self.accounts)
        reactions.account_changed(self.accounts[at] if keep else self.accounts.pop(at))

    @precondition(lambda self: self.orders)
    @rule(index=st.integers(0, 99), keep=st.booleans())
    def deliver_order(self, index: int, keep: bool) -> None:
        at = index % len(self.orders)
        reactions.orders_changed([self.orders[at] if keep else self.orders.pop(at)])

    @precondition(lambda self: self.accounts or self.orders)
    @rule(index=st.integers(0, 99), of_order=st.booleans())
    def lose(self, index: int, of_order: bool) -> None:
        tasks: list[Any] = self.orders if of_order else self.accounts
        if tasks:
            tasks.pop(index % len(tasks))

    @rule()
    def reconcile(self) -> None:
        self.settle()

    @precondition(lambda self: OrderLine.objects.exists())
    @rule(index=st.integers(0, 9), quantity=st.integers(1, 9))
    def change_line(self, index: int, quantity: int) -> None:
        lines = list(OrderLine.objects.order_by("order__number"))
        change(lines[index % len(lines)], quantity=quantity)  # not the order, and no hook

    def settle(self) -> None:
        reconcile()
        self.check_against_saleor()
        assert drift() == {}, "a second run has something to do"

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    # What must hold at any time.

    @invariant()
    def figures_are_those_of_the_ledger(self) -> None:
        chosen, _ = plugin_settings.load()
        ids = list(CustomerRecord.objects.values_list("pk", flat=True))
        assert refresh_records(ids, chosen).figures_corrected == 0

    @invariant()
    def a_customer_stays_one(self) -> None:
        customers = set(CustomerRecord.objects.filter(stage="CUSTOMER").values_list("pk", flat=True))
        assert self.was_a_customer <= customers
        self.was_a_customer = customers

    @invariant()
    def addresses_are_normal(self) -> None:
        records = list(CustomerRecord.objects.all())
        known = [email for record in records for email in (record.email, *record.other_emails)]
        assert all(email == email.strip().lower() and "~" not in email for email in known)
        assert len(set(known)) == len(known), "an address of two records"
        said = [(record.pk, email) for record in records for email in record.other_emails]
        assert sorted(said) == sorted(CustomerEmail.objects.values_list("record", "email"))

    def owner(self, order: Any, accounts: dict[int, Any]) -> str:
        """The address of whom an order belongs to; blank where it is nobody's."""
        account = accounts.get(order.user_id)
        if account is not None and account.is_confirmed:
            return str(account.email.lower())
        typed, settled = self.settled.get(order.pk, ("", ""))
        if settled and order.user_email.lower() == typed.lower():
            return settled
        return str(order.user_email or (account.email if account else "")).lower()

    # What must hold once everything is settled.

    def check_against_saleor(self) -> None:
        accounts = {account.pk: account for account in User.objects.all()}
        for record in CustomerRecord.objects.exclude(account_id=None):
            account = accounts[record.account_id]
            assert account.is_confirmed, "linked to an account that is not confirmed"
            assert account.email.lower() == record.email
        orders = {order.pk: order for order in Order.objects.exclude(status="draft")}
        ledger = {entry.order_id: entry for entry in LedgerEntry.objects.select_related("record")}
        assert orders.keys() == ledger.keys(), "an order is missing or too many"
        expected: dict[tuple[int, str], list[Decimal]] = defaultdict(list)
        bought: set[tuple[Any, int | None, int]] = set()
        for id, order in orders.items():
            entry = ledger[id]
            assert entry.is_released == (id in self.released)
            if entry.is_released:
                assert (entry.record, entry.email, entry.account_id, entry.counts) == (None, "", None, False)
                continue
            owner = self.owner(order, accounts)
            assert owner in all_emails(entry.record) if entry.record else not owner
            refunded = sum((t.refunded_value for t in order.payment_transactions.all()), Decimal(0))
            paid = order.charge_status == "full" or order.total_charged_amount + refunded >= order.total_gross_amount
            if entry.record_id is not None and paid and order.status not in NEVER_COUNT:
                expected[entry.record_id, order.currency].append(order.total_gross_amount)
                bought |= {(line.pk, entry.record_id, line.quantity) for line in order.lines.all()}
        assert set(LedgerLine.objects.values_list("line_id", "record_id", "quantity")) == bought
        known = set().union(*map(all_emails, CustomerRecord.objects.all()))
        assert not known & self.forgotten, "somebody who was deleted came back"
        for record in CustomerRecord.objects.filter(account=None):
            own = all_emails(record)
            confirmed = [one for one in accounts.values() if one.is_confirmed and one.email.lower() in own]
            assert not confirmed, "not linked to the account that proved the address"
        figures = {
            (row.record_id, row.currency): (row.order_count, row.total_gross) for row in CustomerFigures.objects.all()
        }
        assert figures == {key: (len(totals), sum(totals)) for key, totals in expected.items()}
        assert sum(count for count, _ in figures.values()) == sum(
            CustomerRecord.objects.values_list("order_count", flat=True)
        )


@pytest.mark.django_db
def test_any_interleaving() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=examples(8),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
