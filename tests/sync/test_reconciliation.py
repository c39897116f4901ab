"""The reconciliation, by its command and by its task."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus import settings, tasks
from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.core import publishing
from saleor_customer_plus.core.set_aside.models import SetAsideRow
from saleor_customer_plus.jobs import engine as jobs
from saleor_customer_plus.jobs import lifecycle
from saleor_customer_plus.jobs.models import BulkJob
from saleor_customer_plus.ledger.models import CustomerFigures, LedgerEntry
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.saleor_adapter.host import Order
from saleor_customer_plus.sync import catch_up as catching_up
from saleor_customer_plus.sync import reconciliation as actions
from saleor_customer_plus.sync.models import CatchUp
from saleor_customer_plus.sync.walks import Walk

from ..drift import reconcile as reconcile_here
from ..factories import change, make_account, make_job, make_order, make_record, make_staff, make_transaction

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
        "links_corrected": 1,
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
    assert rehearsed["links_corrected"] == 1
    CustomerRecord.objects.filter(email="gone@example.com").delete()
    assert state() == right
    assert reconcile()["total_drift"] == 0


def test_a_dry_run_writes_nothing() -> None:
    make_history()
    with pytest.raises(SystemExit) as ended:
        reconcile("--dry-run")
    assert ended.value.code == 1
    assert (CustomerRecord.objects.count(), LedgerEntry.objects.count(), BulkJob.objects.count()) == (0, 0, 0)


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


def work_until(walk: Walk) -> None:
    """Start a reconciliation, and leave off after the first batch of a walk."""
    for run in jobs.run(actions.start().pk):
        if run.phase == walk and run.counters.get(walk.value):
            return


def test_it_goes_on_where_it_was(configure: Any) -> None:
    configure(reconcile_batch="100")
    for number in range(250):
        make_order(f"guest{number}@example.com")
    work_until(Walk.ORDERS)
    assert LedgerEntry.objects.count() == 100

    summary = reconcile()
    assert summary["resumed"] is True
    assert LedgerEntry.objects.count() == 250
    assert actions.all_runs().count() == 1
    assert summary["seen"]["orders"] == 250
    assert reconcile()["total_drift"] == 0


def test_a_change_of_settings_starts_over(configure: Any) -> None:
    make_order("anna@example.com", charge_status="none", total=9)
    work_until(Walk.LEDGER)
    configure(counts_when="placed")
    tasks.reconcile()
    assert state()[1] == [("EUR", 9, 9)]
    assert actions.current() is None
    assert reconcile()["total_drift"] == 0


def test_nothing_is_reconciled_while_the_plugin_is_inactive(configure: Any) -> None:
    make_order("anna@example.com")
    actions.start()
    configure(active=False)
    tasks.reconcile_if_due()
    tasks.reconcile()
    catching_up.catch_up(seconds=9)
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
    assert actions.all_runs().count() == 1

    BulkJob.objects.update(created_at=timezone.now() - timedelta(hours=24))
    tasks.reconcile_if_due()
    assert actions.all_runs().count() == 2

    BulkJob.objects.update(created_at=timezone.now() - timedelta(hours=24))
    configure(active=False)
    tasks.reconcile_if_due()
    assert actions.all_runs().count() == 2


def test_the_tick_resumes_what_was_left() -> None:
    make_order("anna@example.com")
    actions.start()
    tasks.reconcile_if_due()
    assert CustomerRecord.objects.get().order_count == 1
    assert actions.all_runs().get().state == "SUCCEEDED"


def hours_ago(hours: float) -> Any:
    return timezone.now() - timedelta(hours=hours)


def reconciled(began: float, ended: float) -> BulkJob:
    """A reconciliation that began and ended so many hours ago."""
    options = {"settings": actions._relevant(settings.load()[0])}
    job: BulkJob = make_job(
        "RECONCILIATION", state="SUCCEEDED", created_at=hours_ago(began), finished_at=hours_ago(ended), options=options
    )
    return job


def test_the_tick_looks_at_what_changed_of_late(monkeypatch: pytest.MonkeyPatch) -> None:
    run = reconciled(3, 2)
    anna = make_account("anna@example.com", is_confirmed=False)
    make_order("anna@example.com", total=10)
    make_order("old@example.com", updated_at=hours_ago(4))
    CatchUp.objects.create(id=1, seen_until=hours_ago(3))
    change(run, options={**run.options, "since": hours_ago(9).isoformat()})  # counts are another matter
    change(actions.create(), created_at=hours_ago(3))
    monkeypatch.setattr(publishing, "send_now", lambda *_: None)
    tasks.reconcile_if_due()
    assert state() == ([("anna@example.com", "CUSTOMER", None, 1)], [("EUR", 10, 10)])

    change(anna, is_confirmed=True)  # by a password, of which Saleor tells nobody
    tasks.reconcile_if_due()
    assert state()[0] == [("anna@example.com", "CUSTOMER", anna.pk, 1)]
    assert actions.all_runs().count() == 2


def test_the_tick_looks_at_what_changed_while_a_reconciliation_passed_by() -> None:
    reconciled(5, 0.1)
    make_order("anna@example.com", total=10, updated_at=hours_ago(4))
    tasks.reconcile_if_due()
    assert state()[0] == [("anna@example.com", "CUSTOMER", None, 1)]


def test_another_setting_makes_it_due_though_the_task_was_lost(configure: Any) -> None:
    tasks.reconcile_if_due()
    assert not actions.is_due()
    configure(counts_when="placed")
    assert actions.is_due()
    tasks.reconcile_if_due()
    assert not actions.is_due()
    assert actions.all_runs().count() == 2
    configure(counts_when="placed", reconcile_batch="500")
    assert not actions.is_due(), "of no consequence for the records"


def test_one_that_began_under_other_settings_is_given_up(configure: Any) -> None:
    run = actions.start()
    assert not actions.is_due()
    configure(include_guests=False)
    assert actions.is_due()
    tasks.reconcile_if_due()
    run.refresh_from_db()
    assert run.state == "CANCELED"
    assert not actions.is_due()


def test_one_that_does_not_move_any_more_is_given_up() -> None:
    make_order("anna@example.com")
    run = actions.start()
    change(run, created_at=hours_ago(30), worked_at=hours_ago(5.9))
    assert not actions.is_due()
    change(run, worked_at=hours_ago(6.1))
    assert actions.is_due()
    tasks.reconcile_if_due()
    assert actions.current() is None
    assert CustomerRecord.objects.count() == 1
    assert jobs.do_chunk(run.pk) is False


def test_one_that_failed_goes_on_with_the_next_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong for every row alike ends the job, for staff to see, and sets nothing aside."""
    make_order("anna@example.com")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "walk_batch", Mock(side_effect=ProgrammingError))
        run = actions.start()
        tasks.run_job(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error_code, SetAsideRow.objects.count()) == ("FAILED", "INTERNAL", 0)
    assert run.chunks.get().failures == 1

    tasks.reconcile_if_due()
    run.refresh_from_db()
    assert (run.state, CustomerRecord.objects.count()) == ("SUCCEEDED", 1)
    assert [(event.type, event.actor) for event in run.events.order_by("id")] == [
        ("CREATED", actions.SYNC),
        ("RETRIED", actions.SYNC),
    ]


def test_the_command_says_that_it_failed_and_goes_on_with_one_that_did(monkeypatch: pytest.MonkeyPatch) -> None:
    make_order("anna@example.com")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "walk_batch", Mock(side_effect=ProgrammingError))
        with pytest.raises(SystemExit) as ended:
            reconcile()
    assert ended.value.code == 1
    summary = reconcile()
    assert (summary["resumed"], summary["state"], summary["seen"]["orders"]) == (True, "SUCCEEDED", 1)
    assert actions.all_runs().get().pk == summary["job"]


def test_one_that_staff_canceled_is_not_begun_again_before_it_is_due() -> None:
    make_order("anna@example.com")
    run = actions.start()
    lifecycle.cancel(run.pk, actor=Actor(ActorType.STAFF, "1"))
    tasks.reconcile_if_due()
    assert (actions.all_runs().get().state, run.chunks.count()) == ("CANCELED", 0)


def test_it_is_done_in_the_name_of_whoever_starts_it() -> None:
    staff = make_staff()
    reconcile("--user", staff.email)
    assert actions.all_runs().get().actor == Actor(ActorType.STAFF, str(staff.pk))
    tasks.reconcile()
    assert actions.all_runs()[0].actor == actions.SYNC


def test_what_it_counted_and_how_many_rows_are_aside_is_kept_with_the_job() -> None:
    make_order("anna@example.com")
    SetAsideRow.objects.create(kind="ORDER", key="1", retry_at=hours_ago(-9))
    job = reconcile_here()
    assert job.counters == {
        "read": 3, "orders": 1, "ledger": 1, "records": 1, "ledger_added": 1, "records_created": 1,
        "figures_corrected": 1, "records_corrected": 1,
    }  # fmt: skip
    assert job.report == {"set_aside": 1}
    job = reconcile_here()
    assert job.counters == {"read": 3, "orders": 1, "ledger": 1, "records": 1}


def test_staff_are_notified_of_what_they_started_and_of_a_failure_once(
    monkeypatch: pytest.MonkeyPatch, on_commit: Any
) -> None:
    told: list[tuple[int, str]] = []

    def notify(_event: str, payload: Any) -> None:
        told.append((payload["job_id"], payload["state"]))

    monkeypatch.setattr(host, "notify", notify)
    make_order("anna@example.com")
    with on_commit():
        tasks.reconcile()
    assert told == []
    with on_commit():
        job = actions.start(actor=Actor(ActorType.STAFF, "1"))
        tasks.run_job(job.pk)
    assert told == [(job.pk, "SUCCEEDED")]

    monkeypatch.setattr(actions, "walk_batch", Mock(side_effect=ProgrammingError))
    job = actions.start()
    for _ in range(3):
        with on_commit():
            tasks.reconcile_if_due() if told[1:] else tasks.run_job(job.pk)
    assert told[1:] == [(job.pk, "FAILED")]


def test_looking_at_recent_changes_ends_in_time() -> None:
    make_account("anna@example.com")
    make_order("guest@example.com")
    catching_up.catch_up(seconds=0)
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

    of_new_records_alone = statements(2)
    few, many = statements(2), statements(60)
    assert few == many
    assert few == of_new_records_alone + 1  # those that are known are read, beside those that are new


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
