"""Undoing imports."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.bulk import undo, updates
from saleor_customer_plus.bulk.imports.options import Subscribe
from saleor_customer_plus.bulk.updates import changes
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
)
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.customers.emails import add_emails, remove_email
from saleor_customer_plus.jobs.models import BulkJob, JobState
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions

from ...factories import make_order, make_record
from .test_import_job import STAFF, load, record, run

pytestmark = pytest.mark.django_db


def undone(job: BulkJob) -> BulkJob:
    undoing = run(undo.create(job.pk, actor=STAFF))
    assert undoing.state == JobState.SUCCEEDED, undoing.error_message
    return undoing


def kept(job: BulkJob) -> list[tuple[int | None, str]]:
    return [(one.record_id, one.reasons[0]["code"]) for one in job.problems.order_by("place", "id")]


def state(one: CustomerRecord) -> dict[str, Any]:
    names = ("first_name", "company_name", "number", "attributes", "is_active", "accepts_promotional_mail", "sources")
    tags = sorted(one.tag_assignments.values_list("tag__name", flat=True))
    return {"tags": tags, **{name: getattr(one, name) for name in names}}


def test_a_number_that_somebody_has_by_now_is_told_with_their_id() -> None:
    make_record("known@example.com", number="1")
    job = load("email,customer number\nknown@example.com,2\n")
    other = make_record("other@example.com", number="1")

    (problem,) = undone(job).problems.all()

    assert record("known@example.com").number == "2"
    assert problem.reasons == [
        {
            "field": "number",
            "code": "UNIQUE",
            "message": "Another record has this number.",
            "id": to_global_id("CustomerRecord", other.pk),
        }
    ]


def test_a_list_gives_a_record_no_more_than_fifty_addresses() -> None:
    anna = make_record("anna@example.com", others=[f"{number}@example.com" for number in range(48)])

    job = load("email,other email addresses\nanna@example.com,a@example.org;b@example.org\n")

    anna.refresh_from_db()
    assert len(anna.other_emails) == 49
    assert anna.other_emails[-1] == "a@example.org"
    (problem,) = job.problems.all()
    assert [(one["field"], one["code"]) for one in problem.reasons] == [("other_emails", "INVALID")]


def test_a_list_gives_addresses_and_its_undo_takes_them_away() -> None:
    anna, ben = make_record("anna@example.com", others=["a@example.org"]), make_record("ben@example.com")
    order = make_order("new@work.example")
    job = load(
        "email,other email addresses,first name\n"
        'A@example.org,"anna@work.example, ben@example.com",Anna\n'
        "new@example.com,new@work.example,New\n"
        "anna@example.com,,Later\n"
    )
    # The first row is of the same record as the last, which counts.
    assert record("anna@example.com").first_name == "Later"
    assert job.counters["created"] == 1
    job = load("email,other email addresses\na@example.org,anna@work.example;ben@example.com\n")
    assert record("anna@example.com").other_emails == ["a@example.org", "anna@work.example"]
    (problem,) = job.problems.all()
    assert [(one["field"], one["code"], one["id"]) for one in problem.reasons] == [
        ("other_emails", "UNIQUE", to_global_id("CustomerRecord", ben.pk))
    ]
    reactions.orders_changed([str(order.pk)])
    new = record("new@example.com")
    assert (new.other_emails, new.order_count) == (["new@work.example"], 1)
    again = load("email,other email addresses\nanna@work.example,a@example.org\n")
    assert again.counters["unchanged"] == 1

    undone(job)
    anna.refresh_from_db()
    assert anna.other_emails == ["a@example.org"]


def test_an_address_that_somebody_decided_about_since_is_kept() -> None:
    primary, anew = make_record("primary@example.com"), make_record("anew@example.com")
    job = load("email,other_emails\nprimary@example.com,p@example.org\nanew@example.com,a@example.org\n")
    edit_records({primary.pk: {"email": "p@example.org"}}, by=Writer(STAFF))
    anew.refresh_from_db()
    remove_email(anew, "a@example.org", actor=STAFF)
    add_emails({anew.pk: ["a@example.org"]}, by=Writer(STAFF))

    undoing = undone(job)

    primary.refresh_from_db()
    anew.refresh_from_db()
    assert (primary.email, anew.other_emails) == ("p@example.org", ["a@example.org"])
    assert sorted(kept(undoing)) == [(primary.pk, "STALE"), (anew.pk, "STALE")]


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
        make_leads=True,
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


def test_sources_are_as_before_once_nothing_of_an_import_is_left() -> None:
    for name in ("named", "tagged", "held", "same", "imported"):
        make_record(f"{name}@example.com", sources=["IMPORT"] if name == "imported" else ["ORDER"])
    rows = "named@example.com,Nan,\ntagged@example.com,,vip\nheld@example.com,Hal,vip\nsame@example.com,,\n"
    first = load(f"email,first name,tags\n{rows}imported@example.com,Ida,\n")
    assert sources() == {"named": "OI", "tagged": "OI", "held": "OI", "same": "O", "imported": "I"}

    # The same file again changes nothing.
    assert load(f"email,first name,tags\n{rows}imported@example.com,Ida,\n").counters == {"read": 5, "unchanged": 5}
    assert sources()["same"] == "O"

    edit_records({record("held@example.com").pk: {"first_name": "Harry"}}, by=Writer(STAFF))
    second = load("email,company\nnamed@example.com,ACME\n")
    undone(first)
    # Of one the name was kept, and one was imported twice.
    assert sources() == {"named": "OI", "tagged": "O", "held": "OI", "same": "O", "imported": "I"}
    assert record("tagged@example.com").modified_at > record("same@example.com").modified_at

    undone(second)
    assert sources()["imported"] == "I"


def test_imports_that_are_undone_in_turn_leave_no_source() -> None:
    make_record("known@example.com", sources=["ORDER"])
    first = load("email,first name\nknown@example.com,Anna\n")
    second = load("email,company\nknown@example.com,ACME\n")

    undone(second)
    assert sources() == {"known": "OI"}
    undone(first)
    assert sources() == {"known": "O"}


def sources() -> dict[str, str]:
    """The initials of everybody's sources."""
    found = CustomerRecord.objects.values_list("email", "sources")
    return {email.partition("@")[0]: "".join(source[0] for source in named) for email, named in found}


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


def test_imports_that_are_undone_in_turn_leave_everything_as_it_was() -> None:
    known = make_record("known@example.com", first_name="Ann", company_name="Old", sources=["ORDER"])
    before = state(known)
    first = load("email,first name,company,tags\nknown@example.com,Anna,ACME,vip\nnew@example.com,New,,vip\n")
    second = load("email,first name,tags,active\nknown@example.com,Hanna,gold,no\nnew@example.com,Newer,gold,no\n")

    assert undone(second).report == {"deleted": 0, "changed": 2, "kept": 0}
    assert state(record("new@example.com")) | {"tags": ["vip"], "first_name": "New"} == state(record("new@example.com"))
    assert undone(first).report == {"deleted": 1, "changed": 1, "kept": 0}

    known.refresh_from_db()
    assert state(known) == before
    assert not CustomerRecord.objects.filter(email="new@example.com").exists()


def test_consents_that_are_undone_in_turn_hold_no_more() -> None:
    known = make_record("known@example.com")
    options = {"subscribe": Subscribe.ALL, "lawful_basis": "CONSENT", "wording": "News"}
    first = load("email\nknown@example.com\n", **options)
    no = ConsentDecision(
        0, ConsentChannel.EMAIL, ConsentPurpose.PROMOTIONAL, ConsentState.UNSUBSCRIBED, ConsentSource.STAFF
    )
    arguments = {"consents": [changes.options_of(no, timezone.now())]}
    second = run(updates.create("consent", arguments, of=[known.pk], actor=STAFF))
    assert not record("known@example.com").accepts_promotional_mail

    undone(second)
    assert record("known@example.com").accepts_promotional_mail
    assert kept(undone(first)) == []
    assert not record("known@example.com").accepts_promotional_mail


def test_what_somebody_touched_between_two_imports_is_kept_by_both() -> None:
    known = make_record("known@example.com", first_name="Ann", company_name="Old")
    first = load("email,first name,company\nknown@example.com,Anna,ACME\n")
    second = load("email,first name\nknown@example.com,Hanna\n")
    edit_records({known.pk: {"first_name": "Annika"}}, by=Writer(STAFF))

    assert kept(undone(second)) == [(known.pk, "STALE")]
    assert kept(undone(first)) == [(known.pk, "STALE")]

    known.refresh_from_db()
    assert (known.first_name, known.company_name) == ("Annika", "Old")


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


def test_an_address_that_a_list_replaced_comes_back_whole() -> None:
    old = {"street_address_1": "Torstraße 1", "postal_code": "10119", "city": "Berlin", "country_code": "DE"}
    known = make_record("known@example.com", **old)
    job = load("email,city,country_code\nknown@example.com,Paris,FR\n")
    known.refresh_from_db()
    assert (known.street_address_1, known.postal_code, known.city) == ("", "", "Paris")

    undone(job)

    known.refresh_from_db()
    assert {name: getattr(known, name) for name in old} == old


def test_of_an_address_that_was_edited_since_nothing_comes_back() -> None:
    known = make_record("known@example.com", street_address_1="Torstraße 1", city="Berlin", first_name="Ann")
    job = load("email,first name,city,postal_code\nknown@example.com,Anna,Paris,75001\n")
    edit_records({known.pk: {"street_address_1": "Rue 1"}}, by=Writer(STAFF))

    undone(job)

    known.refresh_from_db()
    assert (known.street_address_1, known.postal_code, known.city) == ("Rue 1", "75001", "Paris")
    assert known.first_name == "Ann"
