"""Further attacks on the public pages and operations of the newsletter. docs/newsletter.md names these tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from saleor_customer_plus.activity.services import SYNC
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.leads import contact_form
from saleor_customer_plus.consent import links
from saleor_customer_plus.consent.decisions import ConsentDecision
from saleor_customer_plus.consent.models import (
    ConsentChannel,
    ConsentEvent,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    CurrentConsent,
)
from saleor_customer_plus.consent.services import record_events
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.newsletter import proof as proofs
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.newsletter.proof_page import as_page
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import make_record
from tests.newsletter.forms import ONE_CLICK, PAGES, form_token, get, last_link, post, subscribe

pytestmark = pytest.mark.django_db

SignUp = Callable[..., list[dict[str, Any]]]

FILES = "/plugins/customer-plus/files/"
CONFIRM = "mutation ($token: String!) { customerNewsletterConfirm(token: $token) { errors { code } } }"
PREFERENCES = "query ($token: String!) { customerNewsletterPreferences(token: $token) { emailHint } }"
UPDATE = """mutation ($token: String!) {
    customerNewsletterPreferencesUpdate(token: $token, purposes: []) { errors { code } } }"""
PROOF = "query ($id: ID!) { customerConsentProof(recordId: $id) { url } }"
PERSONAL_DATA = "query ($id: ID!) { customerPersonalData(recordId: $id) { url } }"


@pytest.fixture
def anna() -> CustomerRecord:
    """Somebody who is subscribed."""
    return subscribed("anna@example.com")


def subscribed(email: str) -> CustomerRecord:
    record = make_record(email)
    decision = ConsentDecision(
        record.pk, ConsentChannel.EMAIL, ConsentPurpose.NEWSLETTER, ConsentState.SUBSCRIBED, ConsentSource.CHECKOUT
    )
    record_events([decision], actor=SYNC)
    return record


def page_of(record: CustomerRecord, purpose: ConsentPurpose | None = ConsentPurpose.NEWSLETTER) -> str:
    return f"{PAGES}preferences/{links.token_of(record, purpose)}"


def newsletter_of(record: CustomerRecord) -> str:
    return CurrentConsent.objects.get(record=record, channel="EMAIL", purpose="NEWSLETTER").state


# A token is worth something for one thing only.


def test_a_token_opens_what_it_was_made_for_and_nothing_else(signed_up: SignUp, anna: CustomerRecord, api: Api) -> None:
    """Everything that takes a token is given each kind of token there is."""
    signed_up("ben@example.com")
    anna_id = to_global_id("CustomerRecord", anna.pk)
    tokens = {
        "confirm": last_link().rpartition("/")[2],
        "preferences": links.token_of(anna),
        "form": form_token(),
        "contact form": contact_form.GUARD.new_token(1),
        "proof": api(PROOF, id=anna_id)["customerConsentProof"]["url"].rpartition("/")[2],
        "personal data": api(PERSONAL_DATA, id=anna_id)["customerPersonalData"]["url"].rpartition("/")[2],
    }
    stranger = Api()
    opens: dict[str, Callable[[str], bool]] = {
        "page of preferences": lambda token: get(f"{PAGES}preferences/{token}").status_code == 200,
        "file": lambda token: Client().get(f"{FILES}{token}").status_code == 200,
        "preferences": lambda token: "emailHint" in stranger.post(PREFERENCES, token=token).content.decode(),
        "choosing": lambda token: not stranger(UPDATE, token=token)["customerNewsletterPreferencesUpdate"]["errors"],
        "one click": lambda token: post(f"{PAGES}preferences/{token}", ONE_CLICK).status_code == 200,
        "sign-up": lambda token: not subscribe("carla@example.com", token=token),
        "page to confirm": lambda token: get(f"{PAGES}confirm/{token}").status_code == 200,
        "confirming": lambda token: not stranger(CONFIRM, token=token)["customerNewsletterConfirm"]["errors"],
        "confirming by the page": lambda token: post(f"{PAGES}confirm/{token}").status_code == 200,
    }
    opened = {way: [name for name, token in tokens.items() if opening(token)] for way, opening in opens.items()}
    assert opened == {
        "page of preferences": ["preferences"],
        "file": ["proof", "personal data"],
        "preferences": ["preferences"],
        "choosing": ["preferences"],
        "one click": ["preferences"],
        "sign-up": ["form"],
        "page to confirm": ["confirm"],
        "confirming": ["confirm"],
        "confirming by the page": ["confirm"],
    }


def test_a_link_of_one_person_changes_nothing_of_another(signed_up: SignUp, anna: CustomerRecord) -> None:
    ben = subscribed("ben@example.com")
    key, signature = links.token_of(anna, ConsentPurpose.NEWSLETTER).split(".")
    other_key, other_signature = links.token_of(ben, ConsentPurpose.NEWSLETTER).split(".")
    for token in (f"{key}.{other_signature}", f"{other_key}.{signature}", f"{key[:-1]}p.{signature}", f"{key}."):
        assert post(f"{PAGES}preferences/{token}", ONE_CLICK).status_code == 404
    assert post(page_of(ben), ONE_CLICK).status_code == 200
    assert (newsletter_of(anna), newsletter_of(ben)) == ("SUBSCRIBED", "UNSUBSCRIBED")


@pytest.mark.parametrize("kind", ["confirm", "preferences"])
@pytest.mark.parametrize(
    "token", ["x" * 100_000, "a\x00b", "%00", "\u202e.x", "%2e%2e/%2e%2e", "a.b.c.d.e", ".", "é😀"]
)
def test_what_is_no_token_breaks_nothing(kind: str, token: str) -> None:
    for operation, name in ((CONFIRM, "confirm"), (UPDATE, "preferences")):
        answer = Api().post(operation, token=token).json()
        assert "Internal" not in str(answer), name
    path = f"{PAGES}{kind}/{token}"
    assert {get(path).status_code, Client().head(path).status_code, post(path).status_code} <= {404, 414}


# One click, however a mail provider writes it.

BODY = "List-Unsubscribe=One-Click"
PARTS = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", BODY),
        ("application/x-www-form-urlencoded; charset=utf-8", BODY),
        ("application/x-www-form-urlencoded; charset=iso-8859-1", BODY),
        ("application/x-www-form-urlencoded; charset=utf-16", BODY),
        ("application/x-www-form-urlencoded; charset=nonsense", BODY),
        ("application/x-www-form-urlencoded", BODY + "\r\n"),
        ("APPLICATION/X-WWW-FORM-URLENCODED", BODY),
        ("multipart/form-data; boundary=x", PARTS),
        ('multipart/form-data; boundary="x"; charset=utf-8', PARTS),
        ("multipart/form-data", BODY),
        ("text/plain", BODY),
        ("text/plain;charset=UTF-8", BODY + "\n"),
        ("application/octet-stream", BODY),
        ("", BODY),
        ("application/json", BODY),
    ],
)
def test_one_click_works_whatever_the_content_type_is(anna: CustomerRecord, content_type: str, body: str) -> None:
    response = Client().generic("POST", page_of(anna), body.encode(), content_type=content_type)
    assert (response.status_code, newsletter_of(anna)) == (200, "UNSUBSCRIBED")
    assert ConsentEvent.objects.latest("id").evidence == {"way": "ONE_CLICK", "message": "NEWSLETTER"}


@pytest.mark.parametrize("content_type", ["text/plain", "", "application/json", "multipart/form-data; boundary=x", "x"])
@pytest.mark.parametrize(
    "body", ["", "x", "List-Unsubscribe", '{"List-Unsubscribe": "One-Click"}', "a=b&" + BODY + "x"]
)
def test_a_body_that_says_something_else_unsubscribes_nobody(
    anna: CustomerRecord, content_type: str, body: str
) -> None:
    response = Client().generic("POST", page_of(anna), body.encode(), content_type=content_type)
    assert response.status_code in (200, 400)
    assert newsletter_of(anna) == "SUBSCRIBED"


# The language of a page is one that there are texts in.


@pytest.mark.parametrize(
    "language", ["../../etc/passwd", "de\x00", "x" * 5000, "<script>", "zz", "de_AT", "tlh-Latn-x-y"]
)
def test_the_language_of_a_link_is_one_of_ours(anna: CustomerRecord, language: str) -> None:
    response = Client().get(page_of(anna), {"lang": language})
    assert response.status_code == 200
    assert any(f'<html lang="{known}"' in response.content.decode() for known in ("en", "de"))
    assert "script" not in response.content.decode().replace("description", "")


# Many spellings of one mailbox.


def test_letters_in_upper_case_and_blanks_are_no_other_address(signed_up: SignUp) -> None:
    for spelling in ("anna@example.com", "ANNA@example.com", " Anna@EXAMPLE.com ", "aNNa@Example.COM"):
        assert signed_up(spelling) == []
    assert (CustomerRecord.objects.count(), len(mail.outbox), NewsletterSignup.objects.count()) == (1, 1, 1)


# Staff cannot act in the name of a person.

MESSAGE = "query ($id: ID!) { customerMessage(id: $id) { body text } }"


def test_no_text_that_staff_see_has_a_link_that_confirms(signed_up: SignUp, api: Api) -> None:
    """A proof that the shop could have made itself proves nothing."""
    signed_up()
    link, record = last_link(), CustomerRecord.objects.get()
    signature = link.rpartition(".")[2]
    id = to_global_id("CustomerRecord", record.pk)
    seen = [
        json.dumps(proofs.proof_of(record.pk)),
        as_page(proofs.proof_of(record.pk) or {}).decode(),
        api.post(MESSAGE, id=to_global_id("CustomerMessage", Mail.objects.get().pk)).content.decode(),
    ]
    url = api(PERSONAL_DATA, id=id)["customerPersonalData"]["url"]
    seen.append(b"".join(Client().get(url).streaming_content).decode())  # type: ignore[attr-defined]
    for text in seen:
        assert "/newsletter/confirm/" in text
        assert signature not in text
    assert post(link).status_code == 200
