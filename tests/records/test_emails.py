"""Whose an address is: one record's, primary or not, whoever asks and however it got there."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from saleor_customer_plus.consent.links import has_address
from saleor_customer_plus.consent.models import ConsentPurpose
from saleor_customer_plus.consent.suppressions import suppress, suppressed_records
from saleor_customer_plus.customers.queries import RecordList, find
from saleor_customer_plus.records import emails
from saleor_customer_plus.records.emails import OtherEmail
from saleor_customer_plus.records.models import CustomerEmail, CustomerRecord, Source

from ..factories import make_job, make_record

pytestmark = pytest.mark.django_db


def test_a_record_is_found_by_any_of_its_addresses() -> None:
    anna = make_record("anna@example.com", others=["a.rossi@example.org", "anna@work.example"], first_name="Anna")
    make_record("ben@example.com")
    assert emails.owners(["anna@work.example", "anna@example.com", "nobody@example.com"]) == {
        "anna@example.com": anna.pk,
        "anna@work.example": anna.pk,
    }
    assert find(email=" A.Rossi@example.org ") == anna
    for words in ("a.rossi@example.org", "anna rossi", "ross", "work"):
        assert list(RecordList(search=words).matching) == [anna]
    assert anna.other_emails == ["a.rossi@example.org", "anna@work.example"]


@pytest.mark.parametrize("how", ["new record", "renamed record", "other address", "same table"])
def test_no_address_is_of_two_records(how: str) -> None:
    anna = make_record("anna@example.com", others=["anna@work.example"])
    ben = make_record("ben@example.com", others=["ben@work.example"])
    now = timezone.now()
    attempts = {
        "new record": lambda: make_record("anna@work.example"),
        "renamed record": lambda: CustomerRecord.objects.filter(pk=ben.pk).update(email="anna@work.example"),
        "other address": lambda: emails.give([OtherEmail(ben.pk, "anna@example.com", Source.STAFF, now)]),
        "same table": lambda: emails.give([OtherEmail(ben.pk, "anna@work.example", Source.STAFF, now)]),
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        attempts[how]()
    assert emails.owners(["anna@work.example", "anna@example.com"]) == {
        "anna@work.example": anna.pk,
        "anna@example.com": anna.pk,
    }


def test_addresses_move_from_one_record_to_another_and_back() -> None:
    winner = make_record("anna@example.com", others=["anna@work.example"])
    loser = make_record("a.rossi@example.org", others=["rossi@example.net"])
    loser_id = loser.pk
    now = timezone.now()
    taken = emails.take(["rossi@example.net"])
    loser.delete()
    moved = ["a.rossi@example.org", "rossi@example.net"]
    emails.give([OtherEmail(winner.pk, email, Source.STAFF, now) for email in moved])
    assert emails.owners(moved) == dict.fromkeys(moved, winner.pk)
    emails.take(moved)
    again = make_record("a.rossi@example.org", pk=loser_id)
    emails.give(taken)
    again.refresh_from_db()
    winner.refresh_from_db()
    assert (again.other_emails, winner.other_emails) == (["rossi@example.net"], ["anna@work.example"])


def test_another_address_becomes_the_primary_one_and_the_former_stays() -> None:
    anna = make_record("anna@example.com", others=["anna@work.example", "z@example.com"])
    emails.make_primary({anna.pk: "z@example.com"}, source=Source.STAFF)
    anna.refresh_from_db()
    assert (anna.email, anna.other_emails) == ("z@example.com", ["anna@example.com", "anna@work.example"])
    assert [other.email for other in emails.others_of([anna.pk])[anna.pk]] == anna.other_emails


def test_all_addresses_of_a_deleted_record_are_free() -> None:
    anna = make_record("anna@example.com", others=["anna@work.example"])
    anna.delete()
    assert not CustomerEmail.objects.exists()
    assert make_record("anna@work.example")


def test_a_suppressed_address_bars_the_record_that_gets_it() -> None:
    suppress({"anna@work.example": [ConsentPurpose.PROMOTIONAL]}, job_id=make_job("IMPORT").pk)
    anna, ben = make_record(others=["anna@work.example"]), make_record(others=["ben@work.example"])
    assert suppressed_records([anna.pk, ben.pk]) == {(anna.pk, ConsentPurpose.PROMOTIONAL.value)}


def test_a_link_in_a_message_works_as_long_as_its_address_is_the_persons() -> None:
    anna = make_record("anna@example.com", others=["anna@work.example"])
    assert has_address(anna, "anna@example.com")
    assert has_address(anna, "anna@work.example")
    assert not has_address(anna, "ben@example.com")
