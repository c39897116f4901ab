"""Writing leads: set-wise, logged, with the rules of their states."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType, CauseType
from saleor_customer_plus.activity.services import Actor, Cause
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.leads import services as actions
from saleor_customer_plus.leads.models import Lead, LeadOrigin, LeadState
from saleor_customer_plus.leads.services import NewLead
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.sync import reactions
from tests.factories import (
    change,
    make_account,
    make_address,
    make_lead,
    make_ledger_entry,
    make_order,
    make_record,
    make_staff,
)

pytestmark = pytest.mark.django_db

STAFF = Actor(ActorType.STAFF, "7")
JOB = Cause(CauseType.JOB, "12")
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def log() -> list[tuple[str, Any, Any]]:
    return list(ActivityEntry.objects.order_by("id").values_list("type", "before", "after"))


def statements(do: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)


# Making them.


def test_leads_are_made_and_logged() -> None:
    anna, owner = make_record(), make_staff()

    (lead,) = actions.create(
        [NewLead(anna.pk, LeadOrigin.PHONE, "Sofa", "In green?", owner_id=owner.pk)], actor=STAFF, cause=JOB
    )

    lead.refresh_from_db()
    assert (lead.record, lead.origin, lead.subject, lead.message) == (anna, "PHONE", "Sofa", "In green?")
    assert (lead.state, lead.owner_id, lead.created_at) == ("NEW", owner.pk, lead.opened_at)
    entry = ActivityEntry.objects.get()
    assert (entry.type, entry.record_id, entry.actor_id) == (ActivityType.LEAD_ADDED, anna.pk, "7")
    assert entry.after == {"lead_id": lead.pk, "subject": "Sofa", "origin": "PHONE"}
    assert (entry.cause_type, entry.cause_id) == ("JOB", "12")


def test_making_many_takes_as_many_statements_as_one() -> None:
    def make(number: int) -> Callable[[], Any]:
        owner = make_staff()
        rows = [NewLead(make_record().pk, LeadOrigin.IMPORT, owner_id=owner.pk) for _ in range(number)]
        return lambda: actions.create(rows, actor=STAFF)

    assert statements(make(1)) == statements(make(40)) == 4


def test_one_that_waited_is_converted_by_an_order_that_came_meanwhile() -> None:
    anna = make_record()
    entry = make_ledger_entry(anna, placed_at=NOON + timedelta(minutes=1))

    (lead,) = actions.create([NewLead(anna.pk, LeadOrigin.CONTACT_FORM, opened_at=NOON)], actor=STAFF)

    lead.refresh_from_db()
    assert (lead.state, lead.converted_order_id, lead.created_at) == ("CONVERTED", entry.order_id, NOON)


@pytest.mark.parametrize("make", [make_account, lambda: make_staff(is_active=False)], ids=["customer", "who left"])
def test_only_staff_may_follow_up(make: Callable[[], Any]) -> None:
    with pytest.raises(CustomerPlusError) as raised:
        actions.create([NewLead(make_record().pk, LeadOrigin.STAFF, owner_id=make().pk)], actor=STAFF)

    assert (raised.value.code, raised.value.field) == (ErrorCode.NOT_FOUND, "owner_id")
    assert not Lead.objects.exists()


def test_leads_are_only_made_if_every_record_exists() -> None:
    rows = [NewLead(make_record().pk, LeadOrigin.STAFF), NewLead(2**40, LeadOrigin.STAFF)]

    with pytest.raises(CustomerPlusError) as raised:
        actions.create(rows, actor=STAFF)

    assert (raised.value.code, raised.value.field) == (ErrorCode.NOT_FOUND, "record_id")
    assert not Lead.objects.exists()


# Changing them.


def test_a_lead_of_an_owner_who_left_can_be_edited() -> None:
    """A client sends the owner back unchanged: only a new one has to be a member of staff."""
    lead = make_lead(owner=make_staff(is_active=False))

    actions.update(lead.pk, {"subject": "Chair", "owner_id": lead.owner_id}, actor=STAFF)

    assert Lead.objects.get().subject == "Chair"


def test_changes_are_logged_with_what_was_before() -> None:
    lead = make_lead(subject="Sofa")
    due = NOON + timedelta(days=1)

    actions.update(lead.pk, {"subject": "Chair", "message": "", "next_contact_at": due}, actor=STAFF)

    lead.refresh_from_db()
    assert (lead.subject, lead.next_contact_at) == ("Chair", due)
    assert log() == [
        (
            "LEAD_CHANGED",
            {"subject": "Sofa", "next_contact_at": None},
            {"lead_id": lead.pk, "subject": "Chair", "next_contact_at": due.isoformat()},
        )
    ]
    entry = ActivityEntry.objects.get()
    assert (entry.cause_type, entry.cause_id) == ("LEAD", str(lead.pk))


def test_the_log_does_not_repeat_what_the_person_wrote() -> None:
    """Or it would still be there once the lead is deleted."""
    lead = make_lead(subject="Sofa", message="I am ill.")

    actions.update(lead.pk, {"message": "Wants a sofa."}, actor=STAFF)

    assert log() == [("LEAD_CHANGED", {"characters": 9}, {"lead_id": lead.pk, "characters": 13})]


def test_what_changes_nothing_is_not_logged() -> None:
    lead = make_lead(subject="Sofa")
    modified = lead.modified_at

    actions.update(lead.pk, {"subject": "Sofa", "state": LeadState.NEW}, actor=STAFF)

    lead.refresh_from_db()
    assert lead.modified_at == modified
    assert log() == []


@pytest.mark.parametrize(
    ("before", "changes", "field", "code"),
    [
        ("NEW", {"state": LeadState.LOST}, "lost_reason", ErrorCode.REQUIRED),
        ("NEW", {"state": LeadState.LOST, "lost_reason": ""}, "lost_reason", ErrorCode.REQUIRED),
        ("LOST", {"lost_reason": ""}, "lost_reason", ErrorCode.REQUIRED),
        ("NEW", {"state": LeadState.CONVERTED}, "state", ErrorCode.INVALID),
        ("LOST", {"state": LeadState.CONVERTED}, "state", ErrorCode.INVALID),
        ("CONVERTED", {"state": LeadState.NEW}, "state", ErrorCode.INVALID),
        ("CONVERTED", {"state": LeadState.LOST, "lost_reason": "No"}, "state", ErrorCode.INVALID),
        ("NEW", {"lost_reason": "No"}, "lost_reason", ErrorCode.INVALID),
        ("LOST", {"state": LeadState.NEW, "lost_reason": "No"}, "lost_reason", ErrorCode.INVALID),
    ],
)
def test_states_that_cannot_be(before: str, changes: dict[str, Any], field: str, code: ErrorCode) -> None:
    fields = {"LOST": {"lost_reason": "Too dear"}, "CONVERTED": {"converted_at": NOON}}.get(before, {})
    lead = make_lead(state=before, **fields)

    with pytest.raises(CustomerPlusError) as raised:
        actions.update(lead.pk, changes, actor=STAFF)

    assert (raised.value.field, raised.value.code) == (field, code)
    assert Lead.objects.get().state == before
    assert log() == []


def test_what_is_lost_can_be_opened_again_and_is_converted_by_later_orders_only() -> None:
    anna = make_record("anna@example.com")
    lead = make_lead(anna, opened_at=NOON)
    actions.update(lead.pk, {"state": LeadState.LOST, "lost_reason": "Too dear"}, actor=STAFF)
    reactions.orders_changed([str(make_order("anna@example.com", created_at=NOON + timedelta(hours=1)).pk)])
    assert Lead.objects.get().state == "LOST"

    actions.update(lead.pk, {"state": LeadState.CONTACTED}, actor=STAFF)
    reactions.orders_changed([])

    assert (Lead.objects.get().state, Lead.objects.get().lost_reason) == ("CONTACTED", "")
    assert log()[-1][1:] == (
        {"state": "LOST", "lost_reason": "Too dear"},
        {"lead_id": lead.pk, "state": "CONTACTED", "lost_reason": ""},
    )
    order = make_order("anna@example.com")
    reactions.orders_changed([str(order.pk)])
    assert Lead.objects.get().converted_order_id == order.pk


def test_one_that_is_not_there() -> None:
    with pytest.raises(CustomerPlusError) as raised:
        actions.update(1, {"subject": "x"}, actor=STAFF)

    assert raised.value.code == ErrorCode.NOT_FOUND


# Assigning and deleting many.


def test_open_leads_are_assigned_and_closed_ones_are_not() -> None:
    anna, before, after = make_record(), make_staff(), make_staff()
    mine, free = make_lead(anna, owner=before), make_lead(anna)
    make_lead(anna, owner=after)
    lost = make_lead(anna, state="LOST", lost_reason="x")
    make_lead()

    assigned = actions.assign(Q(record_id__in=[anna.pk]), after.pk, actor=STAFF, cause=JOB)

    assert assigned == [(mine.pk, anna.pk, before.pk), (free.pk, anna.pk, None)]
    assert list(anna.leads.order_by("pk").values_list("owner_id", flat=True)) == [after.pk] * 3 + [None]
    assert [entry[1:] for entry in log()] == [
        ({"owner_id": before.pk}, {"lead_id": mine.pk, "owner_id": after.pk}),
        ({"owner_id": None}, {"lead_id": free.pk, "owner_id": after.pk}),
    ]
    assert set(ActivityEntry.objects.values_list("cause_type", "cause_id")) == {("JOB", "12")}
    assert actions.assign(Q(pk=lost.pk), after.pk, actor=STAFF) == []


def test_an_assignment_can_be_undone() -> None:
    owner = make_staff()
    mine, free = make_lead(owner=owner), make_lead()
    assigned = actions.assign(Q(pk__in=[mine.pk, free.pk]), make_staff().pk, actor=STAFF)

    actions.assign_each({row.lead_id: row.owner_before for row in assigned}, actor=STAFF, cause=JOB)

    assert list(Lead.objects.order_by("pk").values_list("owner_id", flat=True)) == [owner.pk, None]


def test_assigning_many_takes_as_many_statements_as_one() -> None:
    owner = make_staff()

    def assign(number: int) -> Callable[[], Any]:
        ids = [make_lead().pk for _ in range(number)]
        return lambda: actions.assign(Q(pk__in=ids), owner.pk, actor=STAFF)

    assert statements(assign(1)) == statements(assign(40)) == 6


def test_deleted_ones_stay_in_the_log() -> None:
    anna = make_record()
    first, second = make_lead(anna, subject="Sofa"), make_lead(anna, subject="Chair")
    make_lead(anna)

    assert statements(lambda: actions.delete([first.pk, second.pk, 0], actor=STAFF)) == 3

    assert Lead.objects.count() == 1
    assert log() == [
        ("LEAD_DELETED", {"lead_id": lead.pk, "subject": lead.subject, "origin": "STAFF", "state": "NEW"}, {})
        for lead in (first, second)
    ]
    assert actions.delete([first.pk], actor=STAFF) == 0


# Whose they are.


def enquire(*people: dict[str, str]) -> dict[str, int]:
    return reactions.records_of_enquirers(people, source=Source.CONTACT_FORM, actor=STAFF)


def test_an_unknown_e_mail_makes_a_record_and_a_known_one_does_not() -> None:
    known = make_record("anna@example.com", first_name="Anna", sources=[Source.ORDER])

    ids = enquire(
        {"email": "anna@example.com", "first_name": "Mallory"}, {"email": "berta@example.com", "first_name": "Berta"}
    )

    known.refresh_from_db()
    assert ids["anna@example.com"] == known.pk
    assert (known.first_name, known.sources) == ("Anna", ["ORDER", "CONTACT_FORM"])
    new = CustomerRecord.objects.get(pk=ids["berta@example.com"])
    assert (new.first_name, new.stage, new.sources) == ("Berta", Stage.LEAD, ["CONTACT_FORM"])
    assert new.locked_fields == []
    assert log() == [("RECORD_CREATED", {}, {"source": "CONTACT_FORM"})]


def test_a_source_is_noted_once() -> None:
    make_record("anna@example.com", sources=[Source.CONTACT_FORM])

    enquire({"email": "anna@example.com"})

    assert CustomerRecord.objects.get().sources == ["CONTACT_FORM"]


def test_what_waited_for_somebody_new_is_attached(configure: Callable[..., None]) -> None:
    configure(include_guests=False)
    order = make_order("anna@example.com")
    reactions.orders_changed([str(order.pk)])
    account = make_account("berta@example.com")
    assert not CustomerRecord.objects.exists()

    ids = enquire({"email": "anna@example.com"}, {"email": "berta@example.com"})

    anna, berta = (CustomerRecord.objects.get(pk=ids[email]) for email in ("anna@example.com", "berta@example.com"))
    assert (anna.order_count, anna.stage) == (1, Stage.CUSTOMER)
    assert (berta.account_id, berta.stage) == (account.pk, Stage.CUSTOMER)


def test_of_a_name_that_an_order_brings_later_the_order_s_is_taken() -> None:
    enquire({"email": "anna@example.com", "first_name": "Ann"})
    order = make_order("anna@example.com", billing_address=make_address(first_name="Anna"))
    change(order, created_at=order.created_at + timedelta(minutes=1))
    reactions.orders_changed([str(order.pk)])

    assert CustomerRecord.objects.get().first_name == "Anna"
