"""Nobody who withdrew by an address is subscribed because that address went to another record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    SuppressedAddress,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.customers import emails
from saleor_customer_plus.customers.editing import edit_records
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.emails import owners
from saleor_customer_plus.records.models import CustomerRecord
from saleor_customer_plus.sync import reactions
from tests.bulk.imports.test_import_job import load

from ..factories import change, make_account, make_record
from ..properties import examples

pytestmark = pytest.mark.django_db
STAFF = Actor(ActorType.STAFF, "1")


def say(record_id: int, state: ConsentState, source: ConsentSource = ConsentSource.PREFERENCES) -> None:
    decision = ConsentDecision(record_id, ConsentChannel.EMAIL, ConsentPurpose.NEWSLETTER, state, source)
    record_events([decision], actor=STAFF)


def is_subscribed(record: CustomerRecord) -> bool:
    return CustomerRecord.objects.values_list("accepts_newsletter", flat=True).get(pk=record.pk)


def rename(record: CustomerRecord, email: str) -> None:
    edit_records({record.pk: {"email": email}}, by=Writer(STAFF))


@pytest.fixture
def withdrew() -> CustomerRecord:
    record = make_record("a@example.com", others=["moves@example.com"])
    say(record.pk, ConsentState.UNSUBSCRIBED)
    return record


@pytest.fixture
def subscribed() -> CustomerRecord:
    record = make_record("b@example.com")
    say(record.pk, ConsentState.SUBSCRIBED)
    return record


def _add(record: CustomerRecord, email: str) -> None:
    emails.add_email(record, email, actor=STAFF)


@pytest.mark.parametrize("give", [_add, rename])
def test_a_withdrawal_goes_along_with_the_address(
    withdrew: CustomerRecord, subscribed: CustomerRecord, give: Callable[[CustomerRecord, str], None]
) -> None:
    emails.remove_email(withdrew, "moves@example.com", actor=STAFF)
    give(subscribed, "moves@example.com")
    assert not is_subscribed(subscribed)
    event = ConsentEvent.objects.filter(record=subscribed).latest("id")
    assert (event.state, event.source, event.actor_id) == ("UNSUBSCRIBED", "STAFF", "1")
    assert event.evidence == {"reason": "The record got an address of which this was withdrawn."}
    # Whose consents these are is not known, so the first record keeps its own.
    assert CustomerRecord.objects.filter(pk=withdrew.pk, accepts_newsletter=False).exists()


def test_a_withdrawal_goes_along_with_a_primary_address_that_is_replaced(subscribed: CustomerRecord) -> None:
    record = make_record("moves@example.com")
    say(record.pk, ConsentState.UNSUBSCRIBED)
    rename(record, "new@example.com")
    _add(subscribed, "moves@example.com")
    assert not is_subscribed(subscribed)


def test_no_import_subscribes_an_address_that_left_a_record_which_withdrew(withdrew: CustomerRecord) -> None:
    emails.remove_email(withdrew, "moves@example.com", actor=STAFF)
    load(
        "email,accepts newsletter\nmoves@example.com,yes\n", subscribe="MARKED", lawful_basis="CONSENT", wording="News"
    )
    assert not CustomerRecord.objects.get(email="moves@example.com").accepts_newsletter


def test_an_import_that_gives_a_record_the_address_withdraws(
    withdrew: CustomerRecord, subscribed: CustomerRecord
) -> None:
    emails.remove_email(withdrew, "moves@example.com", actor=STAFF)
    load("email,other emails\nb@example.com,moves@example.com\n")
    assert not is_subscribed(subscribed)


def test_an_address_that_an_account_gives_up_takes_the_withdrawal_along(
    configure: Any, subscribed: CustomerRecord
) -> None:
    account = make_account("moves@example.com")
    reactions.account_changed(account.pk)
    say(CustomerRecord.objects.get(account=account).pk, ConsentState.UNSUBSCRIBED)
    change(account, email="new@example.com")
    reactions.account_changed(account.pk)
    _add(subscribed, "moves@example.com")
    assert not is_subscribed(subscribed)


def test_whoever_signed_up_since_is_subscribed_wherever_the_address_goes(
    withdrew: CustomerRecord, subscribed: CustomerRecord
) -> None:
    emails.remove_email(withdrew, "moves@example.com", actor=STAFF)
    again = make_record("moves@example.com")
    say(again.pk, ConsentState.SUBSCRIBED)
    rename(again, "other@example.com")
    _add(subscribed, "moves@example.com")
    assert is_subscribed(subscribed)
    assert not SuppressedAddress.objects.exists()


def test_what_was_not_withdrawn_stays(withdrew: CustomerRecord) -> None:
    record = make_record("b@example.com")
    offers = ConsentDecision(
        record.pk, ConsentChannel.EMAIL, ConsentPurpose.PROMOTIONAL, ConsentState.SUBSCRIBED, ConsentSource.CUSTOMER
    )
    record_events([offers], actor=STAFF)
    emails.remove_email(withdrew, "moves@example.com", actor=STAFF)
    _add(record, "moves@example.com")
    assert CustomerRecord.objects.get(pk=record.pk).accepts_promotional_mail
    assert ConsentEvent.objects.filter(record=record).count() == 1


_NAMES = ["a", "b", "c", "x", "y", "z"]
names = st.sampled_from(_NAMES)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(0, 2), names),
        st.tuples(st.just("rename"), st.integers(0, 2), names),
        st.tuples(st.just("remove"), st.integers(0, 2), names),
        st.tuples(st.sampled_from(["withdraw", "grant", "claim"]), st.integers(0, 2), st.just("")),
    ),
    max_size=14,
)


class Moves(TestCase):  # type: ignore[misc]
    """Hypothesis runs many examples in one test; this base gives each a transaction of its own."""

    @settings(max_examples=examples(60), deadline=None)
    @given(steps)
    def test_no_sequence_of_moves_subscribes_an_address_whose_last_word_was_no(
        self, steps: list[tuple[str, int, str]]
    ) -> None:
        records = [make_record(f"{name}@example.com") for name in "abc"]
        refusing: set[str] = set()  # whose last word was no
        for what, number, name in steps:
            record = CustomerRecord.objects.get(pk=records[number].pk)
            own, email = {record.email, *record.other_emails}, f"{name}@example.com"
            is_free = not owners([email])
            if what == "give" and is_free:
                _add(record, email)
            elif what == "rename" and (is_free or email in own):
                rename(record, email)
            elif what == "remove" and email in record.other_emails:
                emails.remove_email(record, email, actor=STAFF)
            elif what == "withdraw":
                say(record.pk, ConsentState.UNSUBSCRIBED)
                refusing |= own
            elif what == "grant":
                say(record.pk, ConsentState.SUBSCRIBED)
                refusing -= own
            elif what == "claim":
                say(record.pk, ConsentState.SUBSCRIBED, ConsentSource.IMPORT)
            for one in CustomerRecord.objects.filter(accepts_newsletter=True):
                assert refusing.isdisjoint({one.email, *one.other_emails}), (what, number, name)
