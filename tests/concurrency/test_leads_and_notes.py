"""Leads and notes, by many processes at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q, Sum

from saleor_customer_plus.activity.models import ActivityEntry, ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.core.staged_files import MEGABYTE, StagedFile
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.leads import services as leads
from saleor_customer_plus.leads import submissions
from saleor_customer_plus.leads.models import Lead, LeadOrigin, LeadSubmission
from saleor_customer_plus.leads.services import NewLead
from saleor_customer_plus.notes import attachments
from saleor_customer_plus.notes import services as notes
from saleor_customer_plus.notes.models import Attachment, Note
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.settings import CustomerPlusSettings
from saleor_customer_plus.sync import reactions

from ..factories import make_lead, make_note, make_order, make_record
from ..processes import at_once, while_open
from ..properties import sampled

STAFF = Actor(ActorType.STAFF, "1")


def sync(order: Any) -> None:
    reactions.orders_changed([str(order.pk)])


def submission(message: str = "Hi") -> LeadSubmission:
    return submissions.receive({"email": "anna@example.com", "message": message})


def test_orders_that_come_at_once_convert_a_lead_once() -> None:
    for _ in range(3):
        lead = make_lead(make_record())
        orders = [make_order(lead.record.email) for _ in range(4)]

        at_once(*[partial(sync, order) for order in orders])

        lead.refresh_from_db()
        first = min(orders, key=lambda order: (order.created_at, order.pk))
        assert (lead.state, lead.converted_order_id) == ("CONVERTED", first.pk)
        converted = ActivityEntry.objects.filter(record=lead.record, type=ActivityType.LEAD_CONVERTED)
        assert converted.count() == 1


def test_an_enquiry_and_an_order_that_cross_each_other_meet() -> None:
    """Whichever commits last sees the other."""
    for _ in range(5):
        CustomerRecord.objects.all().delete()
        waiting = submission()
        order = make_order("anna@example.com")

        at_once(partial(reactions.enquiry_received, waiting.pk), partial(sync, order))

        lead = Lead.objects.get()
        assert (lead.state, lead.converted_order_id) == ("CONVERTED", order.pk)


def test_an_order_waits_for_a_lead_that_is_being_made() -> None:
    anna = make_record("anna@example.com")

    while_open(
        partial(leads.create, [NewLead(anna.pk, LeadOrigin.PHONE)], actor=STAFF),
        lambda: sync(make_order("anna@example.com")),
    )

    assert Lead.objects.get().state == "CONVERTED"


def test_one_enquiry_by_four_workers_is_one_lead() -> None:
    waiting = submission()

    at_once(*[partial(reactions.enquiry_received, waiting.pk)] * 4)

    assert (Lead.objects.count(), CustomerRecord.objects.count(), LeadSubmission.objects.count()) == (1, 1, 0)


def test_enquiries_of_one_person_at_once_share_a_record() -> None:
    waiting = [submission(str(number)) for number in range(6)]

    at_once(*[partial(reactions.enquiry_received, one.pk) for one in waiting])

    assert CustomerRecord.objects.count() == 1
    assert Lead.objects.count() == 6


def test_files_attached_at_once_do_not_exceed_the_limit_together() -> None:
    chosen = CustomerPlusSettings(attachments_megabytes=3)
    anna = make_record()
    notes = [make_note(anna) for _ in range(6)]

    def attach(note: Note) -> None:
        file = StagedFile(f"x/{note.pk}", "a.pdf", "application/pdf", MEGABYTE)
        try:
            with transaction.atomic():
                attachments.attach(note, [file], chosen, actor=STAFF)
        except CustomerPlusError as error:
            if error.code != ErrorCode.LIMIT_REACHED:
                raise

    at_once(*[partial(attach, note) for note in notes])

    assert Attachment.objects.aggregate(total=Sum("size")) == {"total": 3 * MEGABYTE}


@pytest.mark.parametrize(
    "write",
    [
        lambda record_id: notes.create(record_id, "Calls on Mondays", actor=STAFF),
        lambda record_id: leads.create([NewLead(record_id, LeadOrigin.PHONE)], actor=STAFF),
    ],
    ids=["note", "lead"],
)
def test_nothing_is_written_on_a_record_that_is_just_being_deleted(write: Callable[[int], Any]) -> None:
    anna = make_record()

    def fail_to_write() -> None:
        with pytest.raises(CustomerPlusError) as refused, transaction.atomic():
            write(anna.pk)
        assert refused.value.code == ErrorCode.NOT_FOUND

    while_open(partial(delete_records, [anna.pk], actor=STAFF), fail_to_write)

    assert (CustomerRecord.objects.count(), Note.objects.count(), Lead.objects.count()) == (0, 0, 0)


def edit_note(anna: CustomerRecord) -> Callable[[], Any]:
    return partial(notes.edit, make_note(anna).pk, text="Another text", actor=STAFF)


def attach_file(anna: CustomerRecord) -> Callable[[], Any]:
    note, file = make_note(anna), StagedFile("x/a", "a.pdf", "application/pdf", MEGABYTE)
    return lambda: attachments.attach(notes.existing(note.pk), [file], CustomerPlusSettings(), actor=STAFF)


def remove_file(anna: CustomerRecord) -> Callable[[], Any]:
    row = Attachment.objects.create(note=make_note(anna), file="a", name="a.txt", content_type="text/plain", size=1)
    return partial(attachments.remove, row.pk, actor=STAFF)


def update_lead(anna: CustomerRecord) -> Callable[[], Any]:
    return partial(leads.update, make_lead(anna).pk, {"subject": "Another"}, actor=STAFF)


def assign_lead(anna: CustomerRecord) -> Callable[[], Any]:
    lead = make_lead(anna, owner_id=1)
    return partial(leads.assign, Q(pk=lead.pk), None, actor=STAFF)


def delete_lead(anna: CustomerRecord) -> Callable[[], Any]:
    return partial(leads.delete, [make_lead(anna).pk], actor=STAFF)


@pytest.mark.parametrize(
    "prepare", sampled([edit_note, attach_file, remove_file, update_lead, assign_lead, delete_lead], one_in=3)
)
def test_a_deletion_waits_for_who_is_at_work_on_the_record(prepare: Callable[[CustomerRecord], Any]) -> None:
    """And neither waits for the other in a circle, which PostgreSQL would end by failing one of them."""
    anna = make_record()

    while_open(prepare(anna), partial(delete_records, [anna.pk], actor=STAFF))

    assert CustomerRecord.objects.count() == 0
