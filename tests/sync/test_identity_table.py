"""Each row of the table in docs/identity.md, from Saleor's tables to ours, by the reactions that the hooks schedule."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.emails import add_emails
from saleor_customer_plus.customers.queries import find
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.saleor_adapter.host import Order
from saleor_customer_plus.sync import reactions

from ..drift import drift, reconcile
from ..factories import change, make_account, make_order, make_record, make_staff

pytestmark = pytest.mark.django_db


def order_changed(*orders: Any) -> None:
    reactions.orders_changed([str(order.pk) for order in orders])


def record_of(email: str) -> CustomerRecord:
    return CustomerRecord.objects.get(email=email)


def emails() -> list[str]:
    return list(CustomerRecord.objects.order_by("email").values_list("email", flat=True))


def spent(email: str) -> dict[str, Decimal]:
    figures = CustomerFigures.objects.filter(record__email=email)
    return {row.currency: row.total_gross for row in figures}


def happened(record: CustomerRecord) -> list[str]:
    return list(ActivityEntry.objects.filter(record=record).order_by("id").values_list("type", flat=True))


def test_a_guest_who_buys_is_one_record() -> None:
    order_changed(make_order("anna@example.com", total=10), make_order("anna@example.com", total=5))

    record = record_of("anna@example.com")
    assert (record.stage, record.sources, record.account_id) == (Stage.CUSTOMER, [Source.ORDER], None)
    assert (record.order_count, spent("anna@example.com")) == (2, {"EUR": 15})


def test_upper_case_and_blanks_are_the_same_person() -> None:
    order_changed(make_order("Anna@Example.COM", total=10), make_order("\t anna@example.com\u00a0", total=5))
    account = make_account("ANNA@example.com")
    reactions.account_changed(account.pk)

    assert emails() == ["anna@example.com"]
    assert record_of("anna@example.com").account_id == account.pk
    assert spent("anna@example.com") == {"EUR": 15}


@pytest.mark.parametrize(
    "address",
    [
        "İSTANBUL@EXAMPLE.COM",
        "STRAẞE@EXAMPLE.COM",
        "\u212aELVIN@EXAMPLE.COM",
        "\uff21\uff2e\uff2e\uff21@EXAMPLE.COM",
        "ΟΔΟΣ@EXAMPLE.GR",
    ],
)
@pytest.mark.parametrize("is_account_first", [True, False])
def test_letters_that_databases_lower_differently_are_one_person(address: str, is_account_first: bool) -> None:
    account = make_account(address)
    order = make_order(f" {address}\u3000", total=10)
    if is_account_first:
        reactions.account_changed(account.pk)
    order_changed(order)
    reactions.account_changed(account.pk)

    (email,) = emails()
    assert record_of(email).account_id == account.pk
    assert spent(email) == {"EUR": 10}
    assert drift() == {}


def test_an_order_that_does_not_count_makes_a_lead_who_becomes_a_customer_for_good() -> None:
    order = make_order("anna@example.com", charge_status="none")
    order_changed(order)
    assert record_of("anna@example.com").stage == Stage.LEAD

    change(order, charge_status="full", total_charged_amount=10)
    order_changed(order)
    record = record_of("anna@example.com")
    assert (record.stage, record.order_count) == (Stage.CUSTOMER, 1)

    change(order, status="canceled")
    order_changed(order)
    record.refresh_from_db()
    assert (record.stage, record.order_count, spent("anna@example.com")) == (Stage.CUSTOMER, 0, {})
    assert happened(record).count(ActivityType.STAGE_CHANGED) == 1


def test_a_guest_who_registers_is_linked_when_the_address_is_confirmed() -> None:
    order_changed(make_order("anna@example.com", total=10))
    guest = record_of("anna@example.com")

    account = make_account("anna@example.com", is_confirmed=False)
    reactions.account_changed(account.pk)
    guest.refresh_from_db()
    assert guest.account_id is None

    change(account, is_confirmed=True)
    Order.objects.filter(user_email="anna@example.com").update(user=account)  # as Saleor does, without a hook
    reactions.account_changed(account.pk)
    guest.refresh_from_db()
    assert guest.account_id == account.pk
    assert guest.sources == [Source.ORDER, Source.ACCOUNT]
    assert LedgerEntry.objects.get().account_id == account.pk
    assert emails() == ["anna@example.com"]


def test_an_unconfirmed_account_is_a_lead_without_a_link_or_details() -> None:
    account = make_account("anna@example.com", is_confirmed=False, first_name="Mallory")
    reactions.account_changed(account.pk)

    record = record_of("anna@example.com")
    assert (record.stage, record.account_id, record.first_name) == (Stage.LEAD, None, "")


def test_an_unconfirmed_account_sees_nothing_of_the_orders_of_its_address() -> None:
    mallory = make_account("mallory@example.com", is_confirmed=False)
    order_changed(make_order("anna@example.com", account=mallory, total=10))

    reactions.account_changed(mallory.pk)
    assert record_of("anna@example.com").account_id is None
    assert spent("anna@example.com") == {"EUR": 10}
    assert spent("mallory@example.com") == {}


def test_an_account_that_is_no_longer_confirmed_is_unlinked_and_the_history_stays() -> None:
    account = make_account("anna@example.com")
    order_changed(make_order(account=account, total=10))
    reactions.account_changed(account.pk)

    change(account, is_confirmed=False)
    reactions.account_changed(account.pk)
    record = record_of("anna@example.com")
    assert (record.account_id, record.stage, spent("anna@example.com")) == (None, Stage.CUSTOMER, {"EUR": 10})
    assert happened(record)[-1] == ActivityType.ACCOUNT_UNLINKED


def test_a_new_address_before_any_order() -> None:
    account = make_account("old@example.com")
    reactions.account_changed(account.pk)
    before = record_of("old@example.com")

    change(account, email="new@example.com")
    reactions.account_changed(account.pk)
    assert emails() == ["new@example.com"]
    assert record_of("new@example.com").pk == before.pk


def test_a_new_address_after_orders_keeps_the_history() -> None:
    account = make_account("old@example.com")
    order_changed(make_order(account=account, total=10))
    reactions.account_changed(account.pk)
    before = record_of("old@example.com")

    change(account, email="new@example.com")
    reactions.account_changed(account.pk)
    order_changed(make_order(account=account, total=5))

    after = record_of("new@example.com")
    assert (after.pk, emails(), spent("new@example.com")) == (before.pk, ["new@example.com"], {"EUR": 15})
    entry = ActivityEntry.objects.get(type=ActivityType.EMAIL_CHANGED)
    assert (entry.before, entry.after) == ({"email": "old@example.com"}, {"email": "new@example.com"})


def test_an_order_that_comes_before_the_news_of_a_new_address_changes_nothing() -> None:
    account = make_account("old@example.com")
    reactions.account_changed(account.pk)
    record = record_of("old@example.com")

    change(account, email="new@example.com")
    order_changed(make_order(account=account, total=10))
    assert (emails(), spent("old@example.com")) == (["old@example.com"], {"EUR": 10})
    reactions.account_changed(account.pk)
    assert (record_of("new@example.com").pk, emails()) == (record.pk, ["new@example.com"])
    assert spent("new@example.com") == {"EUR": 10}


def test_whoever_has_the_old_address_next_gets_nothing_of_the_former_owner() -> None:
    account = make_account("old@example.com")
    order_changed(make_order(account=account, total=10))
    reactions.account_changed(account.pk)
    change(account, email="new@example.com")
    reactions.account_changed(account.pk)

    successor = make_account("old@example.com")
    reactions.account_changed(successor.pk)
    order_changed(make_order(account=successor, total=3))
    assert (spent("old@example.com"), spent("new@example.com")) == ({"EUR": 3}, {"EUR": 10})


@pytest.mark.parametrize("order_first", [True, False])
def test_a_guest_who_orders_with_the_former_address_of_an_account_is_somebody_else(order_first: bool) -> None:
    account = make_account("old@example.com")
    reactions.account_changed(account.pk)
    order_changed(make_order(account=account, total=10))
    change(account, email="new@example.com")
    of_guest = make_order("old@example.com", total=3)

    tasks = [lambda: order_changed(of_guest), lambda: reactions.account_changed(account.pk)]
    for task in tasks if order_first else reversed(tasks):
        task()

    assert (spent("new@example.com"), spent("old@example.com")) == ({"EUR": 10}, {"EUR": 3})
    assert record_of("old@example.com").account_id is None


def test_the_orders_of_a_deleted_account_do_not_go_to_whoever_has_the_former_address() -> None:
    account = make_account("old@example.com")
    order = make_order(account=account, total=10)
    order_changed(order)
    reactions.account_changed(account.pk)
    change(account, email="new@example.com")
    reactions.account_changed(account.pk)
    successor = make_account("old@example.com")
    reactions.account_changed(successor.pk)
    gone = account.pk
    account.delete()
    order_changed(order)
    reactions.account_changed(gone)

    assert (spent("new@example.com"), spent("old@example.com")) == ({"EUR": 10}, {})


def test_a_new_address_of_a_successor_takes_no_orders_of_the_former_owner_along() -> None:
    account = make_account("anna@example.com")
    order = make_order(account=account, total=10)
    order_changed(order)
    reactions.account_changed(account.pk)
    gone = account.pk
    account.delete()
    reactions.account_changed(gone)
    successor = make_account("anna@example.com")
    reactions.account_changed(successor.pk)
    order_changed(make_order(account=successor, total=4))
    change(successor, email="new@example.com")
    reactions.account_changed(successor.pk)

    assert (spent("new@example.com"), spent("anna@example.com")) == ({"EUR": 4}, {"EUR": 10})


@pytest.mark.parametrize("is_late", [True, False])
def test_a_guests_orders_follow_a_record_to_the_address_that_staff_give_it(is_late: bool) -> None:
    guest, order = make_record("old@example.com"), make_order("Old@example.com", total=10)
    if not is_late:
        order_changed(order)
    with transaction.atomic():
        edit_records({guest.pk: {"email": "new@example.com"}}, by=Writer(SYNC))
        reactions.records_identified([guest.pk], ["new@example.com"])
    order_changed(order, make_order("old@example.com", total=3))

    assert (spent("new@example.com"), spent("old@example.com")) == ({"EUR": 10}, {"EUR": 3})


def test_a_reconciliation_repairs_what_older_versions_left() -> None:
    account, gone = make_account("old@example.com"), make_account("gone@example.com")
    of_guest, of_gone = make_order("old@example.com", total=3), make_order(account=gone, total=7)
    order_changed(make_order(account=account, total=10), of_guest, of_gone)
    for one in (account, gone):
        reactions.account_changed(one.pk)
        change(one, email=f"new-{one.email}")
        reactions.account_changed(one.pk)
    gone_id = gone.pk
    gone.delete()
    reactions.account_changed(gone_id)
    # As it was: an order stayed with the record that it came to, and nothing told why.
    LedgerEntry.objects.update(identity=None, is_settled=False)
    LedgerEntry.objects.filter(order_id=of_guest.pk).update(record=record_of("new-old@example.com"))

    reconcile()

    assert spent("new-old@example.com") == {"EUR": 10}
    assert spent("old@example.com") == {"EUR": 3}
    assert spent("new-gone@example.com") == {"EUR": 7}
    assert drift() == {}


def test_a_new_address_that_has_a_record_already_takes_the_link_and_the_orders_over() -> None:
    guest_order = make_order("new@example.com", total=7)
    account = make_account("old@example.com")
    order_changed(make_order(account=account, total=10), guest_order)
    reactions.account_changed(account.pk)
    left = record_of("old@example.com")

    change(account, email="new@example.com")
    reactions.account_changed(account.pk)
    left.refresh_from_db()
    assert record_of("new@example.com").account_id == account.pk
    assert spent("new@example.com") == {"EUR": 17}
    assert (left.account_id, left.order_count, left.stage) == (None, 0, Stage.CUSTOMER)


def test_the_account_is_deleted_and_the_history_stays_with_the_present_address() -> None:
    account = make_account("old@example.com")
    order = make_order(account=account, total=10)
    order_changed(order)
    change(account, email="new@example.com")
    reactions.account_changed(account.pk)
    account_id = account.pk
    account.delete()

    reactions.account_changed(account_id)
    order.refresh_from_db()
    assert (order.user_id, order.user_email) == (None, "old@example.com")
    order_changed(order)
    record = record_of("new@example.com")
    assert (record.account_id, record.stage, spent("new@example.com")) == (None, Stage.CUSTOMER, {"EUR": 10})


def test_a_deleted_customer_who_comes_back_is_the_same_record() -> None:
    first = make_account("anna@example.com")
    reactions.account_changed(first.pk)
    record = record_of("anna@example.com")
    first_id = first.pk
    first.delete()
    reactions.account_changed(first_id)

    second = make_account("anna@example.com")
    reactions.account_changed(second.pk)
    again = record_of("anna@example.com")
    assert (again.pk, again.account_id, again.customer_since) == (record.pk, second.pk, record.customer_since)


def test_staff_is_a_customer_once_there_is_an_order() -> None:
    colleague = make_staff("colleague@example.com")
    reactions.account_changed(colleague.pk)
    assert emails() == []

    order_changed(make_order(account=colleague, total=10))
    record = record_of("colleague@example.com")
    assert (record.account_id, spent("colleague@example.com")) == (colleague.pk, {"EUR": 10})


def test_two_accounts_swap_their_addresses() -> None:
    anna, bea = make_account("anna@example.com"), make_account("bea@example.com")
    order_changed(make_order(account=anna, total=10), make_order(account=bea, total=3))
    for account in (anna, bea):
        reactions.account_changed(account.pk)
    annas, beas = record_of("anna@example.com").pk, record_of("bea@example.com").pk

    change(anna, email="t@example.com")
    change(bea, email="anna@example.com")
    change(anna, email="bea@example.com")
    # One late task is enough, and the others change nothing.
    for account in (anna, bea, anna):
        reactions.account_changed(account.pk)
        assert (record_of("anna@example.com").pk, record_of("bea@example.com").pk) == (beas, annas)
    assert (spent("bea@example.com"), spent("anna@example.com")) == ({"EUR": 10}, {"EUR": 3})
    assert emails() == ["anna@example.com", "bea@example.com"]


def test_staff_corrects_the_address_of_an_order() -> None:
    order = make_order("ann@example.com", total=10)
    order_changed(order)
    change(order, user_email="anna@example.com", updated_at=timezone.now() + timedelta(seconds=1))
    order_changed(order)

    assert (spent("anna@example.com"), spent("ann@example.com")) == ({"EUR": 10}, {})
    mistaken = record_of("ann@example.com")
    assert ActivityType.ORDER_REMOVED in happened(mistaken)


def test_two_accounts_whose_addresses_differ_in_case_only_are_one_person() -> None:
    first, second = make_account("anna@example.com"), make_account("Anna@example.com")
    for account in (first, second):
        reactions.account_changed(account.pk)
        order_changed(make_order(account=account, total=10))

    assert record_of("anna@example.com").account_id == first.pk
    assert (emails(), spent("anna@example.com")) == (["anna@example.com"], {"EUR": 20})


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_another_account_of_a_deleted_persons_address_makes_the_first_one_known_again(is_confirmed: bool) -> None:
    first = make_account("anna@example.com")
    reactions.account_changed(first.pk)
    delete_records([record_of("anna@example.com").pk], actor=SYNC)
    make_account("Anna@example.com", is_confirmed=is_confirmed)
    reconcile()

    assert record_of("anna@example.com").account_id is not None
    assert drift() == {}


def test_an_order_without_an_address_waits_for_somebody() -> None:
    order = make_order("", total=10)
    order_changed(order)
    assert (emails(), LedgerEntry.objects.get().record_id) == ([], None)

    change(order, user_email="anna@example.com")
    order_changed(order)
    assert spent("anna@example.com") == {"EUR": 10}


def test_orders_of_guests_wait_while_guests_are_not_included(configure: Any) -> None:
    configure(include_guests=False)
    order_changed(make_order("anna@example.com", total=10), make_order("bea@example.com", total=5))
    make_record("carla@example.com")
    order_changed(make_order("carla@example.com", total=2))
    assert (emails(), spent("carla@example.com")) == (["carla@example.com"], {"EUR": 2})
    assert LedgerEntry.objects.filter(record=None).count() == 2

    account = make_account("anna@example.com")
    reactions.account_changed(account.pk)
    assert spent("anna@example.com") == {"EUR": 10}
    assert emails() == ["anna@example.com", "carla@example.com"]


def test_nothing_happens_while_the_plugin_is_inactive(configure: Any) -> None:
    configure(active=False)
    order_changed(make_order("anna@example.com"))
    reactions.account_changed(make_account().pk)
    assert (emails(), LedgerEntry.objects.count()) == ([], 0)


def all_of(email: str) -> set[str]:
    record = CustomerRecord.objects.get(email=email)
    return {record.email, *record.other_emails}


def test_a_guests_order_with_any_address_is_the_records() -> None:
    before, after = make_order("anna@example.com", total=10), make_order("Anna@Work.example", total=5)
    order_changed(before)
    assert not add_emails({record_of("anna@example.com").pk: ["anna@work.example"]}, by=Writer(SYNC))
    order_changed(after)
    assert (emails(), spent("anna@example.com")) == (["anna@example.com"], {"EUR": 15})
    assert drift() == {}


def test_the_account_of_another_address_is_linked_and_gives_the_primary_address() -> None:
    anna = make_record("anna@example.com", others=["anna@work.example"])
    order_changed(make_order("anna@example.com", total=10))
    account = make_account("anna@work.example", is_confirmed=False)
    reactions.account_changed(account.pk)
    assert record_of("anna@example.com").account_id is None
    change(account, is_confirmed=True)
    reactions.account_changed(account.pk)
    anna.refresh_from_db()
    assert (anna.account_id, anna.email, anna.other_emails) == (account.pk, "anna@work.example", ["anna@example.com"])
    assert spent("anna@work.example") == {"EUR": 10}
    entry = ActivityEntry.objects.get(type=ActivityType.EMAIL_CHANGED)
    assert (entry.after, entry.cause_id) == ({"email": "anna@work.example"}, str(account.pk))
    assert drift() == {}


@pytest.mark.parametrize("order_first", [True, False])
def test_a_second_account_is_not_linked_and_neither_sees_the_others_orders(order_first: bool) -> None:
    first, second = make_account("anna@example.com"), make_account("anna@work.example")
    reactions.account_changed(first.pk)
    anna = record_of("anna@example.com")
    add_emails({anna.pk: ["anna@work.example"]}, by=Writer(SYNC))
    orders = [make_order(account=first, total=10), make_order(account=second, total=5)]
    tasks = [lambda: order_changed(*orders), lambda: reactions.account_changed(second.pk)]
    for task in tasks if order_first else reversed(tasks):
        task()
    anna.refresh_from_db()
    assert (emails(), anna.account_id, spent("anna@example.com")) == (["anna@example.com"], first.pk, {"EUR": 15})
    # What customers see and do goes by the link: the second account has none, and Saleor's own lists are untouched.
    assert find(account_id=second.pk) is None
    assert [set(Order.objects.filter(user=one)) for one in (first, second)] == [{orders[0]}, {orders[1]}]
    assert drift() == {}


def test_a_second_account_is_linked_once_the_first_is_gone() -> None:
    first, second = make_account("anna@example.com"), make_account("anna@work.example")
    reactions.account_changed(first.pk)
    anna = record_of("anna@example.com")
    add_emails({anna.pk: ["anna@work.example"]}, by=Writer(SYNC))
    orders = [make_order(account=first, total=10), make_order(account=second, total=5)]
    order_changed(*orders)
    first_id = first.pk
    first.delete()
    reactions.account_changed(first_id)
    anna.refresh_from_db()
    assert (anna.account_id, anna.email, spent(anna.email)) == (second.pk, "anna@work.example", {"EUR": 15})
    assert drift() == {}


def test_a_second_account_is_linked_once_the_first_is_another_records() -> None:
    first, second = make_account("anna@example.com"), make_account("anna@work.example")
    reactions.account_changed(first.pk)
    anna, ben = record_of("anna@example.com"), make_record("ben@example.com")
    add_emails({anna.pk: ["anna@work.example"]}, by=Writer(SYNC))
    order_changed(make_order(account=first, total=10), make_order(account=second, total=5))
    change(first, email="ben@example.com")
    reactions.account_changed(first.pk)
    anna.refresh_from_db()
    ben.refresh_from_db()
    assert (ben.account_id, spent(ben.email)) == (first.pk, {"EUR": 10})
    assert (anna.account_id, anna.email, spent(anna.email)) == (second.pk, "anna@work.example", {"EUR": 5})
    assert drift() == {}


def test_an_account_that_changes_to_another_address_of_its_record_swaps_the_two() -> None:
    account = make_account("anna@example.com")
    reactions.account_changed(account.pk)
    anna = record_of("anna@example.com")
    add_emails({anna.pk: ["anna@work.example"]}, by=Writer(SYNC))
    order_changed(make_order("anna@example.com", total=10), make_order(account=account, total=5))
    change(account, email="anna@work.example", updated_at=timezone.now())
    reactions.account_changed(account.pk)
    assert all_of("anna@work.example") == {"anna@work.example", "anna@example.com"}
    assert spent("anna@work.example") == {"EUR": 15}
    order_changed(make_order("anna@example.com", total=1))
    assert (emails(), spent("anna@work.example")) == (["anna@work.example"], {"EUR": 16})
    assert drift() == {}


def test_an_account_that_changes_to_another_address_of_somebody_else() -> None:
    account = make_account("anna@example.com")
    reactions.account_changed(account.pk)
    order_changed(make_order(account=account, total=10))
    ben = make_record("ben@example.com", others=["ben@work.example"])
    change(account, email="ben@work.example", updated_at=timezone.now())
    reactions.account_changed(account.pk)
    ben.refresh_from_db()
    assert (ben.account_id, ben.email, ben.other_emails) == (account.pk, "ben@work.example", ["ben@example.com"])
    assert (spent("ben@work.example"), spent("anna@example.com")) == ({"EUR": 10}, {})
    assert record_of("anna@example.com").account_id is None
    assert drift() == {}


def test_none_of_the_addresses_of_somebody_who_was_deleted_comes_back() -> None:
    anna = make_record("anna@example.com", others=["anna@work.example", "a@example.org"])
    orders = [make_order("anna@example.com"), make_order("anna@work.example")]  # the tasks of both are late
    account = make_account("a@example.org", is_confirmed=False)
    delete_records([anna.pk], actor=SYNC)
    order_changed(*orders)
    change(account, is_confirmed=True)
    reactions.account_changed(account.pk)
    reconcile()
    assert emails() == []
    order_changed(make_order("anna@work.example", total=3))
    assert (emails(), spent("anna@work.example")) == (["anna@work.example"], {"EUR": 3})


@pytest.mark.parametrize("swaps", [True, False])
def test_a_record_that_is_not_deleted_follows_its_account_to_the_address_of_somebody_who_was(swaps: bool) -> None:
    """Before we hear of it: two accounts swap, or one gets an address that differs from the other's in case only."""
    deleted, stays = make_account("anna@example.com"), make_account("ben@example.com")
    reactions.account_changed(deleted.pk)
    reactions.account_changed(stays.pk)
    ben = record_of("ben@example.com")
    order_changed(make_order(account=deleted, total=10), make_order(account=stays, total=5))
    if swaps:
        change(deleted, email="third@example.com")
    change(stays, email="anna@example.com" if swaps else "Anna@example.com")
    if swaps:
        change(deleted, email="ben@example.com")
    delete_records([record_of("anna@example.com").pk], actor=SYNC)
    reactions.account_changed(deleted.pk)
    reactions.account_changed(stays.pk)
    reconcile()
    ben.refresh_from_db()
    # Nothing of the one comes back, and nothing of the other is lost.
    assert (emails(), ben.email, ben.account_id) == (["anna@example.com"], "anna@example.com", stays.pk)
    assert spent("anna@example.com") == {"EUR": 5}
    assert drift() == {}
