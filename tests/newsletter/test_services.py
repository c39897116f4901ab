"""Forgetting sign-ups that nobody confirmed, and the proof of those that somebody did."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityType, ActorType
from saleor_customer_plus.activity.services import Actor, Entry, append
from saleor_customer_plus.addresses.models import CustomerAddress
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.models import ConsentEvent, CurrentConsent
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.fields.models import FieldValue
from saleor_customer_plus.groups.models import GroupMembership, VoucherUse
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.merging.models import Merge
from saleor_customer_plus.newsletter import forgetting, proof
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.newsletter.proof_page import as_page
from saleor_customer_plus.newsletter.tokens import without_signatures
from saleor_customer_plus.records.emails import OtherEmail, give
from saleor_customer_plus.records.models import CustomerRecord, FormerRecord, Source
from saleor_customer_plus.tags.models import TagAssignment
from tests.client import Api
from tests.factories import (
    make_consent,
    make_field,
    make_group,
    make_lead,
    make_ledger_entry,
    make_note,
    make_record,
    make_tag,
)
from tests.newsletter.forms import PAGES, last_link, post

pytestmark = pytest.mark.django_db

SignUp = Callable[..., list[dict[str, Any]]]
SCRIPT = "<script>alert(1)</script>"


def age(days: int) -> None:
    NewsletterSignup.objects.update(received_at=timezone.now() - timedelta(days=days))


def state_of(email: str) -> tuple[str, str]:
    """What is known of the newsletter, and what the latest event says."""
    current = CurrentConsent.objects.get(record__email=email, purpose="NEWSLETTER")
    return current.state, ConsentEvent.objects.filter(record__email=email).latest("id").state


NOTE = """mutation ($id: ID!) { customerNoteCreate(recordId: $id, input: {text: "Called."}) { errors { code } } }"""


def test_a_record_that_only_a_sign_up_made_is_forgotten_with_it(signed_up: SignUp, api: Api) -> None:
    signed_up("stranger@example.com")
    signed_up("noted@example.com")
    noted = CustomerRecord.objects.get(email="noted@example.com")
    assert api(NOTE, id=to_global_id("CustomerRecord", noted.pk)) == {"customerNoteCreate": {"errors": []}}
    signed_up("confirmed@example.com")
    post(last_link())
    age(13)
    tasks.forget_signups.delay()
    assert (CustomerRecord.objects.count(), NewsletterSignup.objects.count()) == (3, 3)
    age(15)

    tasks.forget_signups.delay()
    tasks.forget_signups.delay()

    assert set(CustomerRecord.objects.values_list("email", flat=True)) == {"noted@example.com", "confirmed@example.com"}
    assert NewsletterSignup.objects.get().email == "confirmed@example.com"
    assert not Mail.objects.filter(recipient="stranger@example.com").exists()
    assert state_of("noted@example.com") == ("NOT_SUBSCRIBED", "NOT_SUBSCRIBED")
    assert state_of("confirmed@example.com") == ("SUBSCRIBED", "SUBSCRIBED")


def test_what_held_before_holds_again(signed_up: SignUp) -> None:
    make_consent(make_record("withdrew@example.com"), purpose="NEWSLETTER", state="UNSUBSCRIBED")
    imported = {"state": "SUBSCRIBED", "source": "IMPORT", "opt_in_level": "UNKNOWN"}
    make_consent(make_record("imported@example.com"), purpose="NEWSLETTER", **imported)
    for email in ("withdrew@example.com", "imported@example.com"):
        signed_up(email)
    age(15)

    forgetting.forget_old()

    assert state_of("withdrew@example.com") == ("UNSUBSCRIBED", "UNSUBSCRIBED")
    event = ConsentEvent.objects.filter(record__email="withdrew@example.com").latest("id")
    assert (event.evidence["way"], event.actor_type) == ("NOT_CONFIRMED", "SYNC")
    assert ConsentEvent.objects.filter(record__email="imported@example.com").latest("id").state == "SUBSCRIBED"
    assert not NewsletterSignup.objects.exists()


def test_who_was_asked_again_since_is_not_forgotten(signed_up: SignUp) -> None:
    signed_up("anna@example.com")
    age(15)
    Mail.objects.update(created_at=timezone.now() - timedelta(days=1))
    signed_up("anna@example.com")
    assert len(mail.outbox) == 2

    assert forgetting.forget_old() == 1

    assert CustomerRecord.objects.count() == NewsletterSignup.objects.count() == 1
    assert CurrentConsent.objects.filter(purpose="NEWSLETTER", state="PENDING").count() <= 1
    assert post(last_link()).status_code == 200
    assert CustomerRecord.objects.get().accepts_newsletter is True


def test_a_sign_up_that_is_asked_again_for_less_is_forgotten_with_its_record(
    signed_up: SignUp, configure: Callable[..., None]
) -> None:
    configure(newsletter=True, newsletter_purposes="newsletter,promotional")
    signed_up(purposes=["NEWSLETTER", "PROMOTIONAL"])
    age(15)
    Mail.objects.update(created_at=timezone.now() - timedelta(days=1))
    signed_up(purposes=["NEWSLETTER"])
    assert forgetting.forget_old() == 1
    assert ConsentEvent.objects.latest("id").state == "NOT_SUBSCRIBED"  # of the offers
    age(15)

    assert forgetting.forget_old() == 1

    assert not CustomerRecord.objects.exists()


def test_a_bounce_and_what_other_tools_asked_hold_after_it_too(signed_up: SignUp) -> None:
    make_consent(make_record("bounced@example.com"), purpose="NEWSLETTER", state="INVALID")
    asked = make_record("asked@example.com")
    make_consent(asked, purpose="PROMOTIONAL", state="PENDING", source="NEWSLETTER")
    for email in ("bounced@example.com", "asked@example.com"):
        signed_up(email)
    age(15)

    forgetting.forget_old()

    assert state_of("bounced@example.com") == ("INVALID", "INVALID")
    assert not ConsentEvent.objects.filter(record=asked, purpose="PROMOTIONAL").exclude(state="PENDING").exists()


# What makes a row of each table that refers to records, but for those that follow from others.
OTHER_ROWS: dict[str, Callable[[CustomerRecord], Any]] = {
    "CustomerAddress": lambda record: CustomerAddress.objects.create(record=record),
    "CustomerEmail": lambda record: give([OtherEmail(record.pk, "other@example.com", Source.STAFF, timezone.now())]),
    "FieldValue": lambda record: FieldValue.objects.create(record=record, definition=make_field(), value="x"),
    "FormerRecord": lambda record: FormerRecord.objects.create(former_id=record.pk + 1, record=record),
    "GroupMembership": lambda record: GroupMembership.objects.create(record=record, group=make_group()),
    "Lead": make_lead,
    "LedgerEntry": lambda record: make_ledger_entry(record, counts=False),
    "Merge": lambda record: Merge.objects.create(record=record, actor_type="STAFF", kept_id=record.pk, merged_ids=[1]),
    "Note": make_note,
    "TagAssignment": lambda record: TagAssignment.objects.create(record=record, tag=make_tag()),
    "VoucherUse": lambda record: VoucherUse.objects.create(record=record, checkout_id=uuid4(), voucher_code="X"),
    # Of the tables of a sign-up, what is of something else.
    "ActivityEntry": lambda record: append([Entry(record.pk, ActivityType.DETAILS_EDITED)]),
    "ConsentEvent": lambda record: make_consent(record, purpose="SYSTEM", state="UNSUBSCRIBED"),
    "Mail": lambda record: Mail.objects.create(
        record=record, kind="REPLY", state="RECEIVED", message_id="<1@x>", actor_type="CUSTOMER"
    ),
    "NewsletterSignup": lambda record: NewsletterSignup.objects.create(
        record=record, email=record.email, purposes=["NEWSLETTER"], state="SUBSCRIBED"
    ),
}
FOLLOWING = {
    *("CurrentConsent", "CustomerAcquisition", "CustomerFigures", "CustomerInsight", "DuplicateKey", "DuplicatePair"),
    *("LedgerLine", "PreferenceLink", "SegmentMembership"),
}


def test_whoever_anything_else_is_known_of_is_not_forgotten(signed_up: SignUp) -> None:
    assert set(OTHER_ROWS) | FOLLOWING == {model.__name__ for model in forgetting._tables_of_records()}
    for number, touch in enumerate(OTHER_ROWS.values()):
        signed_up(f"{number}@example.com")
        touch(CustomerRecord.objects.get(email=f"{number}@example.com"))
    signed_up("nobody@example.com")
    age(15)
    OTHER_ROWS["NewsletterSignup"](CustomerRecord.objects.get(email="0@example.com"))

    assert forgetting.forget_old() == len(OTHER_ROWS) + 1

    assert set(CustomerRecord.objects.values_list("email", flat=True)) == {
        f"{number}@example.com" for number in range(len(OTHER_ROWS))
    }


def test_nothing_is_forgotten_while_the_plugin_is_inactive(signed_up: SignUp, configure: Callable[..., None]) -> None:
    signed_up()
    age(15)
    configure(newsletter=True, active=False)

    assert (forgetting.forget_old(), CustomerRecord.objects.count()) == (0, 1)


def test_sign_ups_wait_while_no_mail_can_be_sent(signed_up: SignUp, settings: Any) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, ""

    assert signed_up() == []  # the same answer as ever

    assert (NewsletterSignup.objects.get().state, CustomerRecord.objects.count()) == ("RECEIVED", 0)
    settings.EMAIL_BACKEND = backend
    age(1)
    tasks.take_signups.delay()
    assert (NewsletterSignup.objects.get().state, len(mail.outbox)) == ("PENDING", 1)


def test_a_sign_up_that_waited_for_too_long_is_not_mailed_but_forgotten(signed_up: SignUp, settings: Any) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, ""
    signed_up()
    settings.EMAIL_BACKEND = backend
    age(15)

    tasks.take_signups.delay()
    tasks.take_signup.delay(NewsletterSignup.objects.get().pk)

    assert (mail.outbox, CustomerRecord.objects.count(), NewsletterSignup.objects.count()) == ([], 0, 1)
    assert forgetting.forget_old() == 1
    assert not NewsletterSignup.objects.exists()


def test_an_erasure_leaves_nothing(signed_up: SignUp) -> None:
    signed_up()
    post(last_link())
    record = CustomerRecord.objects.get()
    links.token_of(record)

    delete_records([record.pk], actor=Actor(ActorType.STAFF, "1"))

    for model in (NewsletterSignup, links.PreferenceLink, Mail, ConsentEvent):
        assert not model.objects.exists()


def test_the_proof_has_each_decision_and_the_mail_that_was_sent(signed_up: SignUp) -> None:
    signed_up("anna@example.com", firstName=SCRIPT, page="https://shop.example/footer")
    post(last_link())
    record = CustomerRecord.objects.get()
    post(f"{PAGES}preferences/{links.token_of(record)}", {"unsubscribe": "all"})

    found = proof.proof_of(record.pk)

    assert found is not None
    assert json.loads(proof.as_json(found)) == found
    assert [(event["purpose"], event["state"], event["opt_in_level"]) for event in found["decisions"][:2]] == [
        ("NEWSLETTER", "PENDING", "UNKNOWN"),
        ("NEWSLETTER", "SUBSCRIBED", "CONFIRMED_OPT_IN"),
    ]
    assert {event["state"] for event in found["decisions"][2:]} == {"UNSUBSCRIBED"}
    assert found["shop"] == "Sofas & Co"
    granted = found["decisions"][1]
    assert granted["wording"] == (
        "Yes, Sofas & Co may send me the following by e-mail: Newsletter. I can unsubscribe at any time."
    )
    (signup,) = found["sign_ups"]
    (sent,) = signup["mails"]
    assert (signup["page"], signup["state"], signup["ip_address"]) == ("https://shop.example/footer", "CONFIRMED", "")
    assert (sent["text"], sent["state"]) == (without_signatures(mail.outbox[0].body), "SENT")
    assert granted["evidence"]["mail"] == sent["message_id"]
    page = as_page(found).decode()
    assert sent["message_id"].strip("<>") in page
    assert SCRIPT not in page
    assert proof.proof_of(record.pk + 1) is None
    # Words, in the reader's language: the values are for programs.
    values = ("UNSUBSCRIBED", "CONFIRMED_OPT_IN", "PENDING", "NEWSLETTER", "CUSTOMER", "PREFERENCES", "SENT", "EMAIL")
    values += ("PAGE", "signup", "received_at", "way", "confirmed_at", "mail_sent_at", "message")  # of the evidence
    for language in ("en", "de", "es", "fr", "it"):
        shown = as_page(found, language).decode()
        assert f'lang="{language}"' in shown
        assert not [value for value in values if re.search(rf"\b{value}\b", shown)]
        assert not re.search(r"\d{4}-\d\d-\d\dT\d\d", shown), "times are written as the language writes them"
        assert html.escape(granted["wording"]) in shown
    german = as_page(found, "de").decode()
    assert "Nachweis der Einwilligung" in german
    for words in ("Bestätigtes Opt-in", "Aktueller Stand", "Schaltfläche auf der Seite des Plugins"):
        assert words in german
    assert as_page(found, "xx") == as_page(found, "en")
