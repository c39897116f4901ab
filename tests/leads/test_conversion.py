"""The first order that counts converts a person's open leads, once, in whatever order things become known."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType
from saleor_customer_plus.leads.conversion import convert_leads
from saleor_customer_plus.leads.models import Lead, LeadState
from saleor_customer_plus.records.models import CustomerRecord, Stage
from saleor_customer_plus.saleor_adapter.host import OrderChargeStatus, OrderStatus
from saleor_customer_plus.sync import reactions
from tests.drift import drift, reconcile
from tests.factories import change, make_account, make_lead, make_ledger_entry, make_order, make_record

from ..properties import examples

pytestmark = pytest.mark.django_db

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def look_at(*orders: Any) -> None:
    reactions.orders_changed([str(order.pk) for order in orders])


def told(lead: Lead) -> tuple[str, Any, Any]:
    lead.refresh_from_db()
    return lead.state, lead.converted_order_id, lead.converted_at


def test_the_first_order_converts_the_open_leads_and_the_stage() -> None:
    anna = make_record("anna@example.com")
    leads = [
        make_lead(anna, opened_at=NOON, state=state)
        for state in (LeadState.NEW, LeadState.CONTACTED, LeadState.QUALIFIED)
    ]
    lost = make_lead(anna, opened_at=NOON, state=LeadState.LOST, lost_reason="Too dear")
    order = make_order("Anna@example.com", created_at=NOON + HOUR)

    look_at(order)

    assert [told(lead) for lead in leads] == [("CONVERTED", order.pk, NOON + HOUR)] * 3
    assert told(lost) == ("LOST", None, None)
    assert CustomerRecord.objects.get().stage == Stage.CUSTOMER


def test_it_is_logged() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON, state=LeadState.QUALIFIED)
    order = make_order("anna@example.com", created_at=NOON + HOUR)

    look_at(order)

    entry = ActivityEntry.objects.get(type=ActivityType.LEAD_CONVERTED)
    assert (entry.record_id, entry.at, entry.actor_type) == (lead.record_id, NOON + HOUR, "SYNC")
    assert (entry.cause_type, entry.cause_id) == ("ORDER", str(order.pk))
    assert entry.before == {"state": "QUALIFIED"}
    assert entry.after == {"lead_id": lead.pk, "state": "CONVERTED"}


def test_only_once() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    first = make_order("anna@example.com", created_at=NOON + HOUR)
    second = make_order("anna@example.com", created_at=NOON + 2 * HOUR)

    for orders in ([first], [first], [second], [first, second]):
        look_at(*orders)

    assert told(lead) == ("CONVERTED", first.pk, NOON + HOUR)
    assert ActivityEntry.objects.filter(type=ActivityType.LEAD_CONVERTED).count() == 1
    assert not ActivityEntry.objects.filter(type=ActivityType.LEAD_CHANGED).exists()


def test_an_order_that_becomes_known_late_is_still_the_first() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    first = make_order("anna@example.com", created_at=NOON + HOUR)
    second = make_order("anna@example.com", created_at=NOON + 2 * HOUR)

    look_at(second)
    look_at(first)

    assert told(lead) == ("CONVERTED", first.pk, NOON + HOUR)
    assert ActivityEntry.objects.filter(type=ActivityType.LEAD_CONVERTED).count() == 1
    entry = ActivityEntry.objects.get(type=ActivityType.LEAD_CHANGED)
    assert entry.before == {"converted_order_id": str(second.pk)}
    assert entry.after == {"lead_id": lead.pk, "converted_order_id": str(first.pk)}


def test_not_by_an_order_from_before_the_lead() -> None:
    anna = make_record("anna@example.com")
    look_at(make_order("anna@example.com", created_at=NOON - HOUR))
    lead = make_lead(anna, opened_at=NOON)

    look_at(make_order("anna@example.com", created_at=NOON - 2 * HOUR))

    assert told(lead) == ("NEW", None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": OrderStatus.CANCELED},
        {"status": OrderStatus.UNCONFIRMED},
        {"status": OrderStatus.EXPIRED},
        {"status": OrderStatus.DRAFT},
        {"charge_status": OrderChargeStatus.NONE},
        {"charge_status": OrderChargeStatus.PARTIAL},
    ],
)
def test_not_by_an_order_that_does_not_count(fields: dict[str, Any]) -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)

    look_at(make_order("anna@example.com", created_at=NOON + HOUR, **fields))

    assert told(lead) == ("NEW", None, None)


def test_an_order_converts_once_it_is_paid() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    order = make_order("anna@example.com", created_at=NOON + HOUR, charge_status=OrderChargeStatus.NONE)
    look_at(order)
    change(order, charge_status=OrderChargeStatus.FULL)

    look_at(order)

    assert told(lead) == ("CONVERTED", order.pk, NOON + HOUR)


def test_what_is_converted_stays_so_when_the_order_is_canceled() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    order = make_order("anna@example.com", created_at=NOON + HOUR)
    look_at(order)
    change(order, status=OrderStatus.CANCELED)

    look_at(order, make_order("anna@example.com", created_at=NOON + 2 * HOUR))

    assert told(lead) == ("CONVERTED", order.pk, NOON + HOUR)


def test_not_by_somebody_else_s_order() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)

    look_at(make_order("berta@example.com", created_at=NOON + HOUR))

    assert told(lead) == ("NEW", None, None)


def test_an_order_of_the_dashboard_counts_once_it_is_no_draft() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    order = make_order("anna@example.com", created_at=NOON + HOUR, status=OrderStatus.DRAFT, origin="draft")
    look_at(order)
    assert told(lead) == ("NEW", None, None)
    change(order, status=OrderStatus.UNFULFILLED)

    look_at(order)

    assert told(lead) == ("CONVERTED", order.pk, NOON + HOUR)


def test_a_guest_s_orders_that_come_with_the_account() -> None:
    account = make_account("anna@example.com", is_confirmed=False)
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    order = make_order("other@example.com", account=account, created_at=NOON + HOUR)
    look_at(order)
    assert told(lead) == ("NEW", None, None)
    change(account, is_confirmed=True)

    reactions.account_changed(account.pk)

    assert told(lead) == ("CONVERTED", order.pk, NOON + HOUR)


def test_a_reconciliation_does_it_too_and_counts_it() -> None:
    lead = make_lead(make_record("anna@example.com"), opened_at=NOON)
    order = make_order("anna@example.com", created_at=NOON + HOUR)

    assert drift()["leads_converted"] == 1
    reconcile()

    assert told(lead) == ("CONVERTED", order.pk, NOON + HOUR)
    assert drift() == {}


def test_one_statement_for_any_number_of_records() -> None:
    def number(people: int) -> int:
        records = [make_record() for _ in range(people)]
        for record in records:
            make_lead(record, opened_at=NOON)
            make_ledger_entry(record, placed_at=NOON + HOUR)
        with CaptureQueriesContext(connection) as captured:
            assert convert_leads([record.pk for record in records]) == people
        return len(captured)

    assert number(1) == number(30) == 1
    with CaptureQueriesContext(connection) as captured:
        assert convert_leads([]) == 0
    assert not captured.captured_queries


class TestAnyOrder(TestCase):
    @settings(max_examples=examples(10))
    @given(data=st.data())
    def test_what_comes_out_is_the_same(self, data: st.DataObject) -> None:
        """Orders before and after the lead, looked at in any order, some twice, some together."""
        anna = make_record("anna@example.com")
        lead = make_lead(anna, opened_at=NOON)
        hours = data.draw(st.lists(st.integers(-2, 4), min_size=1, max_size=5))
        orders = [make_order("anna@example.com", created_at=NOON + hour * HOUR) for hour in hours]
        looks = data.draw(st.lists(st.lists(st.sampled_from(orders), min_size=1, max_size=3), max_size=6))

        for batch in itertools.chain(looks, [orders]):
            with transaction.atomic():
                look_at(*batch)

        later = [(order.created_at, order.pk) for order in orders if order.created_at >= NOON]
        expected = ("CONVERTED", *min(later)[::-1]) if later else ("NEW", None, None)
        assert told(lead) == expected
        assert ActivityEntry.objects.filter(type=ActivityType.LEAD_CONVERTED).count() == len(later[:1])
