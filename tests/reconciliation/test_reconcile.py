"""The reconciliation, by its command and by its task."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.host import Order
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.reconciliation import actions
from saleor_customer_plus.reconciliation.models import Reconciliation, Walk
from saleor_customer_plus.records.models import CustomerRecord

from ..factories import change, make_account, make_order, make_record, make_transaction

pytestmark = pytest.mark.django_db


def reconcile(*arguments: str) -> Any:
    out = StringIO()
    call_command("customer_plus", "reconcile", "--no-progress", *arguments, stdout=out)
    return json.loads(out.getvalue())


def make_history() -> None:
    """Years of a shop on the day of the installation."""
    anna, bea = make_account("anna@example.com", first_name="Anna"), make_account("bea@example.com", is_confirmed=False)
    make_order(account=anna, total=10, created_at=timezone.now() - timedelta(days=400))
    make_order("Anna@Example.com", total=5)
    make_order(account=anna, total=8, currency="USD")
    refunded = make_order("guest@example.com", total=7, charge_status="none", status="returned")
    make_transaction(refunded, refunded=7)
    make_order("guest@example.com", total=100, status="draft")
    make_order("late@example.com", total=100, status="expired", charge_status="none")
    make_order(account=bea, total=4)


def state() -> Any:
    return (
        list(CustomerRecord.objects.order_by("email").values_list("email", "stage", "account_id", "order_count")),
        list(
            CustomerFigures.objects.order_by("record__email", "currency").values_list(
                "currency", "total_gross", "net_of_refunds"
            )
        ),
    )


def test_years_of_history_become_records_and_a_second_run_finds_nothing() -> None:
    make_history()
    first = reconcile()
    records, figures = state()
    assert [(email, stage, count) for email, stage, _, count in records] == [
        ("anna@example.com", "CUSTOMER", 3),
        ("bea@example.com", "CUSTOMER", 1),
        ("guest@example.com", "CUSTOMER", 1),
        ("late@example.com", "LEAD", 0),
    ]
    assert figures == [("EUR", 15, 15), ("USD", 8, 8), ("EUR", 4, 4), ("EUR", 7, 0)]
    assert first["drift"]["records_created"] == 4
    assert first["drift"]["ledger_added"] == 6
    anna = CustomerRecord.objects.get(email="anna@example.com")
    assert (
        anna.created_at
        == anna.customer_since
        == LedgerEntry.objects.filter(record=anna).earliest("placed_at").placed_at
    )
    log = ActivityEntry.objects.count()

    second = reconcile()
    assert second["total_drift"] == 0
    assert state() == (records, figures)
    assert ActivityEntry.objects.count() == log


def test_what_drifted_is_reported_and_corrected() -> None:
    make_history()
    reconcile()
    right = state()
    anna = CustomerRecord.objects.get(email="anna@example.com")
    CustomerFigures.objects.filter(record=anna, currency="EUR").update(total_gross=1)
    CustomerFigures.objects.create(
        record=anna, currency="SEK", order_count=1, total_gross=1, net_of_refunds=1, average_gross=1,
        first_order_at=timezone.now(), last_order_at=timezone.now(),
    )  # fmt: skip
    CustomerRecord.objects.filter(email="guest@example.com").update(order_count=77)
    LedgerEntry.objects.filter(email="bea@example.com").delete()
    gone = make_order("gone@example.com")
    reconcile("--since", (timezone.now() - timedelta(minutes=5)).isoformat())
    gone_id = gone.pk
    Order.objects.filter(pk=gone_id).delete()
    CustomerRecord.objects.filter(email="gone@example.com").update(account_id=987654)

    rehearsed = None
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("customer_plus", "reconcile", "--no-progress", "--dry-run", stdout=out)
    rehearsed = json.loads(out.getvalue())["drift"]
    assert LedgerEntry.objects.filter(order_id=gone_id).exists()

    drift = reconcile()["drift"]
    assert drift == {
        "records_created": 0,
        "ties_corrected": 1,
        "account_details_corrected": 0,
        "ledger_added": 0,
        "ledger_corrected": 0,
        "ledger_removed": 1,
        "figures_corrected": 3,
        "records_corrected": 2,
        "leads_converted": 0,
        "groups_mirrored": 0,
    }
    assert rehearsed["ledger_removed"] == 1
    assert rehearsed["ties_corrected"] == 1
    CustomerRecord.objects.filter(email="gone@example.com").delete()
    assert state() == right
    assert reconcile()["total_drift"] == 0


def test_a_dry_run_writes_nothing() -> None:
    make_history()
    with pytest.raises(SystemExit) as ended:
        reconcile("--dry-run")
    assert ended.value.code == 1
    assert (CustomerRecord.objects.count(), LedgerEntry.objects.count(), Reconciliation.objects.count()) == (0, 0, 0)


def test_since_looks_at_recent_changes_only() -> None:
    changed = make_order("first@example.com", total=2)
    old = make_order("old@example.com", updated_at=timezone.now() - timedelta(days=9))
    new = make_order("new@example.com", total=3)
    assert changed.number < old.number < new.number

    summary = reconcile("--since", (timezone.now() - timedelta(days=1)).date().isoformat())

    assert summary["seen"]["orders"] == 2
    assert state()[0] == [("first@example.com", "CUSTOMER", None, 1), ("new@example.com", "CUSTOMER", None, 1)]
    assert set(LedgerEntry.objects.values_list("order_id", flat=True)) == {changed.pk, new.pk}


@pytest.mark.parametrize("nonsense", ["yesterday", "2026-13-01", ""])
def test_a_since_that_is_no_time_is_refused(nonsense: str) -> None:
    with pytest.raises(CommandError, match=r"is not a time\. Write it like"):
        reconcile("--since", nonsense)


def test_it_goes_on_where_it_was(configure: Any) -> None:
    configure(reconcile_batch="100")
    for number in range(250):
        make_order(f"guest{number}@example.com")
    run = actions.start()
    while (done := actions.do_batch(run) or actions._advance(run)) and getattr(done, "walk", None) != Walk.ORDERS:
        pass
    assert LedgerEntry.objects.count() == 100

    summary = reconcile()
    assert summary["resumed"] is True
    assert LedgerEntry.objects.count() == 250
    assert Reconciliation.objects.count() == 1
    assert summary["seen"]["orders"] == 250
    assert reconcile()["total_drift"] == 0


def test_a_change_of_settings_starts_over(configure: Any) -> None:
    make_order("anna@example.com", charge_status="none", total=9)
    run = actions.start()
    while (done := actions.do_batch(run) or actions._advance(run)) and getattr(done, "walk", None) != Walk.LEDGER:
        pass
    configure(counts_when="placed")
    tasks.reconcile()
    assert state()[1] == [("EUR", 9, 9)]
    assert not Reconciliation.objects.filter(finished_at=None).exists()
    assert reconcile()["total_drift"] == 0


def test_nothing_is_reconciled_while_the_plugin_is_inactive(configure: Any) -> None:
    make_order("anna@example.com")
    actions.start()
    configure(active=False)
    tasks.reconcile_if_due()
    tasks.reconcile()
    actions.catch_up(seconds=9)
    assert CustomerRecord.objects.count() == 0
    with pytest.raises(CommandError, match="inactive"):
        reconcile()


def test_only_one_is_under_way() -> None:
    assert actions.start() == actions.start()


def test_the_tick_starts_when_it_is_due_and_not_before(configure: Any) -> None:
    make_order("anna@example.com")
    tasks.reconcile_if_due()
    assert CustomerRecord.objects.get().order_count == 1
    tasks.reconcile_if_due()
    assert Reconciliation.objects.count() == 1

    Reconciliation.objects.update(started_at=timezone.now() - timedelta(hours=24))
    tasks.reconcile_if_due()
    assert Reconciliation.objects.count() == 2

    Reconciliation.objects.update(started_at=timezone.now() - timedelta(hours=24))
    configure(active=False)
    tasks.reconcile_if_due()
    assert Reconciliation.objects.count() == 2


def test_the_tick_resumes_what_was_left() -> None:
    make_order("anna@example.com")
    actions.start()
    tasks.reconcile_if_due()
    assert CustomerRecord.objects.get().order_count == 1
    assert Reconciliation.objects.get().finished_at is not None


def hours_ago(hours: float) -> Any:
    return timezone.now() - timedelta(hours=hours)


def test_the_tick_looks_at_what_changed_of_late() -> None:
    Reconciliation.objects.create(started_at=hours_ago(3), finished_at=hours_ago(2))
    anna = make_account("anna@example.com", is_confirmed=False)
    make_order("anna@example.com", total=10)
    make_order("old@example.com", updated_at=hours_ago(1))
    tasks.reconcile_if_due()
    assert state() == ([("anna@example.com", "CUSTOMER", None, 1)], [("EUR", 10, 10)])

    change(anna, is_confirmed=True)  # by a password, of which Saleor tells nobody
    tasks.reconcile_if_due()
    assert state()[0] == [("anna@example.com", "CUSTOMER", anna.pk, 1)]
    assert Reconciliation.objects.count() == 1


def test_the_tick_looks_at_what_changed_while_a_reconciliation_passed_by() -> None:
    Reconciliation.objects.create(started_at=hours_ago(5), finished_at=hours_ago(0.1))
    make_order("anna@example.com", total=10, updated_at=hours_ago(4))
    make_order("old@example.com", updated_at=hours_ago(6))
    tasks.reconcile_if_due()
    assert state()[0] == [("anna@example.com", "CUSTOMER", None, 1)]


def test_looking_at_recent_changes_ends_in_time() -> None:
    make_account("anna@example.com")
    make_order("guest@example.com")
    actions.catch_up(seconds=0)
    assert [email for email, *_ in state()[0]] == ["anna@example.com"]  # one batch


def test_what_counts_is_recomputed_when_the_setting_changes(configure: Any) -> None:
    make_order("anna@example.com", charge_status="none", total=9)
    reconcile()
    assert state()[1] == []
    configure(counts_when="placed")
    reconcile()
    assert state()[1] == [("EUR", 9, 9)]
    configure(counts_when="paid")
    reconcile()
    assert state()[1] == []


def test_the_statements_of_a_batch_do_not_grow_with_it(configure: Any) -> None:
    def statements(people: int) -> int:
        for _ in range(people):
            account = make_account()
            make_order(account=account)
            make_order(account.email, status="canceled")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            reconcile()
        return len(captured)

    few, many = statements(2), statements(60)
    assert few == many


def test_an_account_that_changed_its_address_while_nobody_looked_takes_its_orders_along() -> None:
    account = make_account("old@example.com")
    make_order(account=account, total=10)
    make_order("new@example.com", total=1)
    reconcile()
    change(account, email="new@example.com")
    reconcile()
    records, _ = state()
    assert [(email, count) for email, _, _, count in records] == [("new@example.com", 2), ("old@example.com", 0)]
    assert reconcile()["total_drift"] == 0


def test_a_lead_that_nobody_ordered_for_is_left_alone() -> None:
    lead = make_record("lead@example.com", first_name="Lea")
    reconcile()
    lead.refresh_from_db()
    assert (lead.first_name, lead.stage, lead.sources) == ("Lea", "LEAD", [])
