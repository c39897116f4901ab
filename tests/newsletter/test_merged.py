"""Links in mails of a person whose record was merged into another one, and parted from it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentEvent, ConsentPurpose, CurrentConsent
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.merging.preview import Request
from saleor_customer_plus.merging.services import merge
from saleor_customer_plus.merging.undo import undo
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.records.models import CustomerRecord
from tests.factories import make_record, make_staff
from tests.newsletter.forms import ONE_CLICK, PAGES, last_link, link_in, post

pytestmark = pytest.mark.django_db

SignUp = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def staff() -> Any:
    return make_staff(permissions=("manage_users", "manage_staff"))


@pytest.fixture
def ben() -> CustomerRecord:
    """The record that is kept."""
    return make_record("ben@example.com")


def merged(staff: Any, *records: CustomerRecord) -> Merge:
    ids = [record.pk for record in records]
    return merge(Request(ids, winner_id=ids[0]), actor=Actor(ActorType.STAFF, str(staff.pk)), requestor=staff)


def parted(staff: Any, done: Merge) -> list[str]:
    return [one.code.value for one in undo(done.pk, actor=Actor(ActorType.STAFF, str(staff.pk)), requestor=staff)[1]]


def states() -> dict[str, str]:
    found = CurrentConsent.objects.filter(channel="EMAIL", purpose="NEWSLETTER")
    return dict(found.values_list("record__email", "state"))


def preferences(record: CustomerRecord) -> str:
    return f"{PAGES}preferences/{links.token_of(record, ConsentPurpose.NEWSLETTER)}"


def test_a_link_confirms_for_the_record_that_has_the_person_now(signed_up: SignUp, staff: Any, ben: Any) -> None:
    signed_up("anna@example.com")
    merged(staff, ben, CustomerRecord.objects.get(email="anna@example.com"))

    assert post(last_link()).status_code == 200

    assert states() == {"ben@example.com": "SUBSCRIBED"}


def test_a_withdrawal_before_the_sign_up_voids_no_link_because_of_a_merge(
    signed_up: SignUp, staff: Any, ben: Any
) -> None:
    post(preferences(ben), ONE_CLICK)
    signed_up("anna@example.com")
    link = last_link()
    merged(staff, ben, CustomerRecord.objects.get(email="anna@example.com"))
    assert states() == {"ben@example.com": "UNSUBSCRIBED"}  # the most restrictive decision holds

    assert post(link).status_code == 200  # until the person decides anew

    assert states() == {"ben@example.com": "SUBSCRIBED"}


def test_a_withdrawal_since_the_sign_up_voids_the_link_of_the_other(signed_up: SignUp, staff: Any, ben: Any) -> None:
    signed_up("anna@example.com")
    link = last_link()
    post(preferences(ben), ONE_CLICK)
    merged(staff, ben, CustomerRecord.objects.get(email="anna@example.com"))

    assert post(link).status_code == 404
    assert states() == {"ben@example.com": "UNSUBSCRIBED"}


def test_what_was_confirmed_meanwhile_is_of_whoever_signed_up(signed_up: SignUp, staff: Any, ben: Any) -> None:
    signed_up("anna@example.com")
    anna = CustomerRecord.objects.get(email="anna@example.com")
    done = merged(staff, ben, anna)
    post(last_link())

    assert parted(staff, done) == []

    assert states() == {"anna@example.com": "SUBSCRIBED"}
    assert dict(CustomerRecord.objects.values_list("email", "accepts_newsletter")) == {
        "anna@example.com": True,
        "ben@example.com": False,
    }
    assert NewsletterSignup.objects.get().record_id == anna.pk
    assert set(ConsentEvent.objects.values_list("record", flat=True)) == {anna.pk}


def test_a_sign_up_since_the_merge_goes_by_its_address(signed_up: SignUp, staff: Any, ben: Any) -> None:
    anna = make_record("anna@example.com")
    done = merged(staff, ben, anna)
    signed_up("anna@example.com")
    signed_up("ben@example.com")
    links_of = {message.to[0]: link_in(message) for message in mail.outbox}
    parted(staff, done)

    assert post(links_of["anna@example.com"]).status_code == 200

    assert states() == {"anna@example.com": "SUBSCRIBED"}
    assert post(links_of["ben@example.com"]).status_code == 200
    assert states() == {"anna@example.com": "SUBSCRIBED", "ben@example.com": "SUBSCRIBED"}


def test_who_unsubscribes_meanwhile_is_unsubscribed_in_both(signed_up: SignUp, staff: Any, ben: Any) -> None:
    signed_up("anna@example.com")
    post(last_link())
    anna = CustomerRecord.objects.get(email="anna@example.com")
    link = preferences(anna)
    done = merged(staff, ben, anna)

    assert post(link, ONE_CLICK).status_code == 200
    assert states() == {"ben@example.com": "UNSUBSCRIBED"}
    assert parted(staff, done) == ["WITHDRAWN_SINCE"]

    assert states() == {"anna@example.com": "UNSUBSCRIBED", "ben@example.com": "UNSUBSCRIBED"}
    assert post(link, {"unsubscribe": "all"}).status_code == 200  # it is anna's again
    assert post(last_link()).status_code == 200  # confirmed before
