"""No row that cannot be synced stops another: not in a reconciliation, not in a task, not in bulk work."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus import tasks
from saleor_customer_plus.core import publishing
from saleor_customer_plus.core.set_aside.models import RowKind, SetAsideRow
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs.models import BulkChunk
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter.host import Address, Channel, Order, TransactionItem, User
from saleor_customer_plus.sync import reactions
from saleor_customer_plus.sync import reconciliation as actions
from saleor_customer_plus.sync.walks import Walk

from ..drift import drift
from ..factories import change, make_account, make_address, make_order, make_record, make_transaction
from ..poison import cure, poison
from ..properties import examples, sampled

pytestmark = pytest.mark.django_db

HUGE = Decimal("99999999999999999.999")


def reconcile(*arguments: str) -> Any:
    out = StringIO()
    call_command("customer_plus", "reconcile", "--no-progress", *arguments, stdout=out)
    return json.loads(out.getvalue())


def aside() -> list[tuple[str, str]]:
    return list(SetAsideRow.objects.order_by("kind", "key").values_list("kind", "key"))


def known() -> set[str]:
    return set(CustomerRecord.objects.values_list("email", flat=True))


def test_sums_of_the_largest_amounts_that_saleor_has_are_stored(api: Any) -> None:
    orders = [make_order("rich@example.com", total=HUGE) for _ in range(3)]
    make_order("poor@example.com", total=-HUGE)
    make_order("poor@example.com", total=-HUGE)
    for _ in range(2):
        make_transaction(orders[0], refunded=HUGE)
    assert reconcile()["set_aside"] == {"count": 0, "rows": []}

    rich = CustomerFigures.objects.get(record__email="rich@example.com")
    assert (rich.total_gross, rich.net_of_refunds) == (3 * HUGE, 2 * HUGE)
    assert CustomerFigures.objects.get(record__email="poor@example.com").total_gross == -2 * HUGE
    assert drift() == {}
    asked = api(
        '{ customerRecords(first: 9, sortBy: {field: TOTAL_SPENT, direction: DESC, currency: "EUR"}) '
        "{ edges { node { email figures { totalSpent { amount } } } } } }"
    )
    assert [edge["node"]["email"] for edge in asked["customerRecords"]["edges"]] == [
        "rich@example.com",
        "poor@example.com",
    ]


@pytest.mark.parametrize("own", [False, True], ids=["another's", "its own"])
def test_no_address_is_in_the_way_of_a_swap(own: bool) -> None:
    """Saleor takes whatever passes its validation, and what bypasses it."""
    one, two = make_account("one@example.com"), make_account("two@example.com")
    reconcile()
    ids = list(CustomerRecord.objects.order_by("pk").values_list("pk", flat=True))
    for id, shape in itertools.product(
        ids if own else range(ids[-1] + 1, ids[-1] + 9), ("~{}~", "{}", "\n{}", "~", "-1")
    ):
        make_order(shape.format(id))
    reconcile()
    change(one, email="x@example.com")
    change(two, email="one@example.com")
    change(one, email="two@example.com")

    assert reconcile()["set_aside"]["count"] == 0
    assert list(CustomerRecord.objects.filter(pk__in=ids).order_by("pk").values_list("email", flat=True)) == [
        "two@example.com",
        "one@example.com",
    ]
    assert drift() == {}


def make_people(count: int = 12) -> list[Any]:
    """As many guests as accounts, each with an order."""
    accounts = [make_account(f"account{number}@example.com") for number in range(count // 2)]
    for number in range(count // 2):
        make_order(account=accounts[number], total=number + 1)
        make_order(f"guest{number}@example.com", total=100 + number)
    return accounts


class Poisoned(TestCase):
    """Rows of any kind may be bad, at once: all others are as if they were not there."""

    @settings(max_examples=examples(4))
    @given(
        bad_accounts=st.sets(st.integers(0, 5), max_size=3),
        bad_orders=st.sets(st.integers(0, 5), max_size=3),
        bad_figures=st.sets(st.integers(0, 5), max_size=3),
    )
    def test_everything_else_goes_on_and_the_rest_follows_once_it_is_mended(
        self, bad_accounts: set[int], bad_orders: set[int], bad_figures: set[int]
    ) -> None:
        accounts = make_people()
        poison(CustomerRecord, "account_id", [accounts[index].pk for index in bad_accounts])
        poison(LedgerEntry, "email", [f"guest{index}@example.com" for index in bad_orders], sqlstate="23514")
        poison(CustomerFigures, "total_gross", [f"{index + 1}.000" for index in bad_figures], sqlstate="P0001")

        summary = reconcile()

        orders = dict(Order.objects.values_list("user_email", "pk"))
        assert {(row["kind"], row["key"]) for row in summary["set_aside"]["rows"]} == {
            *(("ACCOUNT", str(accounts[index].pk)) for index in bad_accounts),
            *(("ORDER", str(orders[f"guest{index}@example.com"])) for index in bad_orders),
            *(("RECORD", str(record.pk)) for record in CustomerRecord.objects.filter(
                email__in=[f"account{index}@example.com" for index in bad_figures])),
        }  # fmt: skip
        figures = set(CustomerFigures.objects.values_list("record__email", "total_gross"))
        assert figures == {
            *((f"account{index}@example.com", index + 1) for index in set(range(6)) - bad_figures),
            *((f"guest{index}@example.com", 100 + index) for index in set(range(6)) - bad_orders),
        }
        assert actions.all_runs().get().state == "SUCCEEDED"

        for model in (CustomerRecord, LedgerEntry, CustomerFigures):
            cure(model)
        assert reconcile()["set_aside"]["count"] == 0
        assert drift() == {}
        assert known() == {f"{who}{index}@example.com" for who in ("account", "guest") for index in range(6)}


def test_an_entry_that_cannot_be_removed_is_set_aside() -> None:
    orders = [make_order(f"guest{number}@example.com") for number in range(5)]
    reconcile()
    poison(LedgerEntry, "order_id", [orders[2].pk], on_delete=True)
    Order.objects.all().delete()

    reconcile()

    left = LedgerEntry.objects.get()
    assert aside() == [("LEDGER_ENTRY", str(left.pk))]
    cure(LedgerEntry)
    reconcile()
    assert (LedgerEntry.objects.count(), aside()) == (0, [])


def test_one_bad_order_takes_no_other_of_its_task_along() -> None:
    orders = [make_order(f"guest{number}@example.com", total=number) for number in range(9)]
    poison(LedgerEntry, "email", ["guest4@example.com"])

    tasks.sync_orders([str(order.pk) for order in orders])

    assert known() == {f"guest{number}@example.com" for number in range(9) if number != 4}
    assert aside() == [("ORDER", str(orders[4].pk))]
    cure(LedgerEntry)
    tasks.sync_orders([str(orders[4].pk)])
    assert "guest4@example.com" in known()
    assert aside() == []


def test_a_person_whose_figures_cannot_be_stored_takes_no_other_of_a_task_along() -> None:
    orders = [make_order(f"guest{number}@example.com", total=number) for number in range(9)]
    poison(CustomerFigures, "total_gross", ["4.000"])
    tasks.sync_orders([str(order.pk) for order in orders])
    assert LedgerEntry.objects.count() == 9
    assert CustomerFigures.objects.count() == 8
    assert aside() == [("RECORD", str(CustomerRecord.objects.get(email="guest4@example.com").pk))]


def test_one_bad_account_takes_no_other_of_an_address_along() -> None:
    address = make_address(first_name="Anna")
    accounts = [make_account(default_billing_address=address) for _ in range(3)]
    poison(CustomerRecord, "account_id", [accounts[0].pk])
    tasks.sync_addresses([address.pk])
    assert set(CustomerRecord.objects.values_list("account_id", flat=True)) == {accounts[1].pk, accounts[2].pk}
    assert aside() == [("ACCOUNT", str(accounts[0].pk))]


def test_a_bad_order_that_waits_does_not_keep_staff_from_making_the_record(configure: Any) -> None:
    configure(include_guests=False)
    good, bad = make_order("anna@example.com", total=1), make_order("anna@example.com", total=2)
    reactions.orders_changed([str(good.pk), str(bad.pk)])
    poison(LedgerEntry, "total_gross", ["2.000"])
    record = make_record("anna@example.com")
    reactions.records_identified([record.pk], ["anna@example.com"])
    assert LedgerEntry.objects.get(record=record).order_id == good.pk
    assert aside() == [("ORDER", str(bad.pk))]


@pytest.mark.parametrize("walk", sampled(list(Walk), one_in=2))
def test_whatever_a_row_fails_with_the_walk_gets_past_it(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with what looks like a lost connection, each time."""
    make_people(8)
    reconcile()
    monkeypatch.setattr(jobs, "WAIT", 0)
    right = actions.walk_batch
    bad = list(actions.KEYS[walk].within(None).values_list(actions.KEYS[walk].field, flat=True))[1]

    def walk_batch(at: Walk, keys: list[int], *args: Any, **kwargs: Any) -> Any:
        if at == walk and bad in keys:
            raise OperationalError
        return right(at, keys, *args, **kwargs)

    monkeypatch.setattr(actions, "walk_batch", walk_batch)
    LedgerEntry.objects.update(total_gross=0)
    reconcile()

    run = actions.all_runs()[0]
    assert run.state == "SUCCEEDED"
    assert SetAsideRow.objects.get().error_class == "OperationalError"
    assert set(LedgerEntry.objects.values_list("total_gross", flat=True)) != {0}
    assert run.chunks.filter(is_done=False).count() == 0


def test_the_tick_tries_again_what_waited_long_enough() -> None:
    account = make_account("account@example.com")
    orders = [make_order(f"guest{number}@example.com", total=number) for number in (1, 2)]
    poison(CustomerRecord, "account_id", [account.pk])
    poison(LedgerEntry, "email", ["guest1@example.com"])
    poison(CustomerFigures, "total_gross", ["2.000"])
    reconcile()
    assert [kind for kind, _ in aside()] == ["ACCOUNT", "ORDER", "RECORD"]
    Order.objects.update(updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    User.objects.update(updated_at=datetime(2020, 1, 1, tzinfo=UTC))
    SetAsideRow.objects.create(kind=RowKind.ORDER, key="number 7")

    SetAsideRow.objects.update(retry_at=timezone.now())
    tasks.reconcile_if_due()
    assert set(SetAsideRow.objects.values_list("tries", flat=True)) == {2}
    assert len(aside()) == 3

    for model in (CustomerRecord, LedgerEntry, CustomerFigures):
        cure(model)
    tasks.reconcile_if_due()
    assert len(aside()) == 3, "not yet"
    SetAsideRow.objects.update(retry_at=timezone.now())
    tasks.reconcile_if_due()
    assert aside() == []
    assert LedgerEntry.objects.filter(order_id=orders[0].pk).exists()
    assert set(CustomerFigures.objects.values_list("total_gross", flat=True)) == {1, 2}
    assert CustomerRecord.objects.filter(account_id=account.pk).exists()


def test_recent_changes_are_looked_at_while_a_reconciliation_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    actions.start()
    make_order("anna@example.com")
    monkeypatch.setattr(publishing, "send_now", lambda *_: None)  # it dies for good
    tasks.reconcile_if_due()
    assert known() == {"anna@example.com"}
    assert actions.current() is not None


# What Saleor's tables can hold, and what becomes of it.


def test_our_columns_hold_whatever_saleors_can() -> None:
    def column(model: Any, name: str) -> Any:
        return model._meta.get_field(name)

    pairs = [
        *((Order, name, LedgerEntry, name) for name in ("status", "charge_status", "origin", "currency",
                                                          "language_code")),
        (Order, "user_email", LedgerEntry, "email"),
        (User, "email", LedgerEntry, "email"),
        (User, "email", CustomerRecord, "email"),
        (Order, "user_email", CustomerRecord, "email"),
        (Channel, "slug", LedgerEntry, "channel_slug"),
        *((Address, name, model, name) for name in ("first_name", "last_name", "company_name", "phone")
          for model in (LedgerEntry, CustomerRecord)),
        *((User, name, CustomerRecord, name) for name in ("first_name", "last_name", "language_code")),
        *((Address, "country", model, "country_code") for model in (LedgerEntry, CustomerRecord)),
        (Order, "currency", CustomerFigures, "currency"),
    ]  # fmt: skip
    for theirs, name, ours, as_ours in pairs:
        assert column(theirs, name).max_length <= column(ours, as_ours).max_length, (theirs, name)
    amounts = [
        (Order, "total_gross_amount", LedgerEntry, "total_gross", 0),
        (TransactionItem, "refunded_value", LedgerEntry, "total_refunded", 10),
        (Order, "total_gross_amount", CustomerFigures, "total_gross", 10),
        (Order, "total_gross_amount", CustomerFigures, "net_of_refunds", 10),
    ]
    for theirs, name, ours, as_ours, more in amounts:
        theirs_, ours_ = column(theirs, name), column(ours, as_ours)
        assert theirs_.max_digits - theirs_.decimal_places + more <= ours_.max_digits - ours_.decimal_places
        assert theirs_.decimal_places <= ours_.decimal_places


ODD = {
    "a currency of blanks": {"currency": "   "},
    "a currency of one letter": {"currency": "e"},
    "no currency": {"currency": ""},
    "a language nobody speaks": {"language_code": "x" * 35},
    "a status nobody knows": {"status": "y" * 32},
    "the largest number": {"number": 2**31 - 1},
    "a negative number": {"number": -(2**31)},
    "the longest address": {"email": "a" * 254},
    "an address of the largest letters": {"email": "\U0001f600" * 254},
    "letters that grow when made small": {"email": "İȺ" * 127},
    "an address of blanks": {"email": " \t\u3000 "},
    "a line in an address": {"email": "a\nb@example.com"},
    "a backslash": {"email": "\\x00\\u0000"},
    "the year 1": {"created_at": "0001-01-03 00:00:00+00"},
    "before Christ": {"created_at": "0044-03-15 12:00:00+00 BC"},
    "the year 10000": {"created_at": "10000-01-01 00:00:00+00"},
    "the end of all years": {"created_at": "294276-12-31 00:00:00+00"},
    "never": {"created_at": "infinity"},
    "always": {"created_at": "-infinity"},
    "changed in the year 10000": {"updated_at": "10000-01-01 00:00:00+00"},
    "changed never": {"updated_at": "-infinity"},
    "changed for ever": {"updated_at": "infinity"},
}
NAMES = {
    "the longest name": "n" * 256,
    "a name of the largest letters": "\U0001f600" * 256,
    "a name that grows when it is taken apart": "\ufdfa" * 256,
    "a name that grows into one word": "\u3300" * 256,
    "a name that grows when made small": "Ⱥ" * 256,
    "a name of marks": "e" + "\u0301" * 255,
}


def write(order: Any, values: dict[str, Any]) -> None:
    columns = {"email": "user_email"}
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(
                f"UPDATE {Order._meta.db_table} SET {columns.get(name, name)} = %s WHERE id = %s", [value, order.pk]
            )


@pytest.mark.parametrize("by_task", [True, False], ids=["task", "reconciliation"])
def test_nothing_that_an_order_can_be_stops_another(by_task: bool, api: Any) -> None:
    odd = {make_order(f"odd{number}@example.com").pk: what for number, what in enumerate(ODD)}
    for order in Order.objects.filter(pk__in=odd):
        write(order, ODD[odd[order.pk]])
    orders = [make_order(f"guest{number}@example.com") for number in range(3)]
    if by_task:
        tasks.sync_orders([*map(str, odd), *(str(order.pk) for order in orders)])
    summary = reconcile()
    assert {f"guest{number}@example.com" for number in range(3)} <= known()
    assert actions.all_runs().get().state == "SUCCEEDED"
    left_out = {odd[UUID(row["key"])] for row in summary["set_aside"]["rows"]}
    # What Python cannot read is left out, and everything else is stored.
    assert left_out == {
        "before Christ", "the year 10000", "the end of all years", "never", "always",
        "changed in the year 10000", "changed never", "changed for ever",
    } | (left_out & {"letters that grow when made small"})  # fmt: skip
    assert drift() == {}
    # And what was stored can be read.
    for record in api("{ customerRecords(first: 99) { edges { node { id } } } }")["customerRecords"]["edges"]:
        api(
            "query($id: ID!) { customerRecord(id: $id) { email orders(first: 9) { edges { node { number } } } } }",
            id=record["node"]["id"],
        )


def test_nothing_that_a_name_can_be_stops_another() -> None:
    for index, name in enumerate(NAMES.values()):
        address = make_address(first_name=name, last_name=name, company_name=name, phone="")
        account = make_account(f"odd{index}@example.com", default_billing_address=address, first_name=name)
        make_order(account=account, billing_address=address)
        make_order(f"guest{index}@example.com", billing_address=address)
        make_order(account=make_account(f"account{index}@example.com"))
    summary = reconcile()
    assert {f"account{index}@example.com" for index in range(len(NAMES))} <= known()
    assert summary["set_aside"]["count"] == 0
    assert actions.all_runs().get().state == "SUCCEEDED"


def test_nothing_that_an_account_can_be_stops_another() -> None:
    odd = []
    for column in ("date_joined", "updated_at"):
        for moment in ("10000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC", "infinity", "-infinity"):
            account = make_account()
            odd.append(str(account.pk))
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {User._meta.db_table} SET {column} = %s WHERE id = %s", [moment, account.pk])
    for number in range(3):
        make_order(account=make_account(f"account{number}@example.com"))
    reconcile()
    assert {f"account{number}@example.com" for number in range(3)} <= known()
    assert aside() == sorted((RowKind.ACCOUNT.value, key) for key in odd)
    assert drift() == {}


def test_the_largest_and_the_smallest_number_make_no_empty_ranges() -> None:
    for number in (-(2**31), 0, 2**31 - 1):
        make_order(f"guest{number}@example.com", number=number)
    reconcile()
    assert LedgerEntry.objects.count() == 3
    assert BulkChunk.objects.filter(phase=Walk.ORDERS).count() == 1
