"""Undoing imports."""

from __future__ import annotations

from typing import Any

import pytest

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.bulk import undo
from saleor_customer_plus.bulk.import_options import Subscribe
from saleor_customer_plus.bulk.models import BulkJob, JobState
from saleor_customer_plus.consent.models import ConsentEvent
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.records.editing import Writer, edit_records
from saleor_customer_plus.records.models import CustomerRecord

from ..factories import make_order, make_record
from .test_imports import STAFF, load, record, run

pytestmark = pytest.mark.django_db


def undone(job: BulkJob) -> BulkJob:
    undoing = run(undo.create(job.pk, actor=STAFF))
    assert undoing.state == JobState.SUCCEEDED, undoing.error_message
    return undoing


def kept(job: BulkJob) -> list[tuple[int | None, str]]:
    return [(one.record_id, one.reasons[0]["code"]) for one in job.problems.order_by("place", "id")]


def state(one: CustomerRecord) -> dict[str, Any]:
    names = ("first_name", "company_name", "number", "attributes", "is_active", "accepts_marketing")
    tags = sorted(one.tag_assignments.values_list("tag__name", flat=True))
    return {"tags": tags, **{name: getattr(one, name) for name in names}}


def test_who_was_made_goes_again_and_who_was_changed_is_as_before() -> None:
    known = make_record("known@example.com", first_name="Ann", attributes={"shoe": "38"})
    before = state(known)
    job = load(
        "email,first name,company,customer number,tags,accepts marketing,attribute:shoe,active,enquiry\n"
        "known@example.com,Anna,ACME,K1,vip,yes,40,no,Hello?\n"
        "new@example.com,New,,,vip,yes,,,Hello!\n",
        subscribe=Subscribe.MARKED,
        lawful_basis="CONSENT",
        wording="News",
        makes_leads=True,
    )
    known.refresh_from_db()
    assert state(known) != before
    undoing = undone(job)
    known.refresh_from_db()
    assert state(known) == before
    assert not CustomerRecord.objects.filter(email="new@example.com").exists()
    assert Lead.objects.count() == 0
    assert undoing.report == {"deleted": 1, "changed": 1, "kept": 0}
    # What was consented is a matter of record: the grant stays in the history, and no longer holds.
    assert ConsentEvent.objects.filter(record=known).count() == 2


def test_what_somebody_touched_since_is_kept_and_told() -> None:
    known = make_record("known@example.com", first_name="Ann")
    job = load("email,first name,company\nknown@example.com,Anna,ACME\nnew@example.com,New,\nother@example.com,,\n")
    new = record("new@example.com")
    edit_records({known.pk: {"first_name": "Annika"}, new.pk: {"last_name": "Rossi"}}, by=Writer(STAFF))
    undoing = undone(job)
    known.refresh_from_db()
    assert (known.first_name, known.company_name) == ("Annika", "")
    assert CustomerRecord.objects.filter(pk=new.pk).exists()
    assert not CustomerRecord.objects.filter(email="other@example.com").exists()
    assert sorted(kept(undoing)) == sorted([(known.pk, "STALE"), (new.pk, "STALE")])
    assert undoing.report["deleted"] == 1


def test_who_bought_since_stays() -> None:
    job = load("email\nbuyer@example.com\n")
    order = make_order("buyer@example.com")
    tasks.sync_orders([str(order.pk)])
    assert undone(job).report == {"deleted": 0, "changed": 0, "kept": 1}
    assert record("buyer@example.com").order_count == 1


def test_what_an_undoing_does_is_logged() -> None:
    known = make_record("known@example.com", first_name="Ann")
    undoing = undone(load("email,first name\nknown@example.com,Anna\n"))
    entry = ActivityEntry.objects.filter(record=known).latest("pk")
    assert (entry.type, entry.after) == ("DETAILS_EDITED", {"first_name": "Ann"})
    assert (entry.cause_type, entry.cause_id) == ("JOB", str(undoing.pk))
