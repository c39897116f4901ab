"""The pages to confirm, to unsubscribe and to choose, and attacks on them. docs/newsletter.md names these tests."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import SYNC, Actor
from saleor_customer_plus.api.core.base import to_global_id
from saleor_customer_plus.api.newsletter import subscribing
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
from saleor_customer_plus.deletion.services import delete_records
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.newsletter.rendering import engine
from saleor_customer_plus.records.models import CustomerRecord
from tests.client import Api
from tests.factories import change, make_consent, make_record
from tests.newsletter.forms import ONE_CLICK, PAGES, get, last_link, post

pytestmark = pytest.mark.django_db

SignUp = Callable[..., list[dict[str, Any]]]
SCRIPT = "<script>alert(1)</script>"

PREFERENCES = """query ($token: String!) { customerNewsletterPreferences(token: $token, languageCode: "de") {
    emailHint messagePurpose choices { purpose label isSubscribed isPending isAvailable } } }"""
UPDATE = """mutation ($token: String!, $purposes: [CustomerConsentPurpose!]!) {
    customerNewsletterPreferencesUpdate(token: $token, purposes: $purposes) {
        mustConfirm preferences { choices { purpose isSubscribed isPending } } errors { field code } } }"""


def text_of(response: Any) -> str:
    """What a page says, without its style and its tags."""
    content = re.sub(r"(?s)<style>.*?</style>", "", response.content.decode())
    return " ".join(re.sub(r"<[^>]+>", " ", content).split())


def states(record: CustomerRecord) -> dict[str, str]:
    return dict(CurrentConsent.objects.filter(record=record, channel="EMAIL").values_list("purpose", "state"))


@pytest.fixture
def anna() -> CustomerRecord:
    """Somebody who wants offers and the newsletter."""
    record = make_record("anna@example.com", first_name="Anna", last_name=SCRIPT)
    for purpose in (ConsentPurpose.NEWSLETTER, ConsentPurpose.PROMOTIONAL):
        record_events(
            [
                ConsentDecision(
                    record.pk, ConsentChannel.EMAIL, purpose, ConsentState.SUBSCRIBED, ConsentSource.CHECKOUT
                )
            ],
            actor=SYNC,
        )
    return record


def page_of(record: CustomerRecord, purpose: ConsentPurpose | None = None) -> str:
    return f"{PAGES}preferences/{links.token_of(record, purpose)}"


# Confirming.


def test_only_a_post_confirms_and_only_once(signed_up: SignUp) -> None:
    """A mail scanner opens every link, some of them with HEAD, and all of them more than once."""
    signed_up()
    link = last_link()
    for _ in range(2):
        assert get(link).status_code == Client().head(link).status_code == 200
    assert "Press the button" in text_of(get(link))
    for method in ("put", "delete", "patch", "options"):
        assert getattr(Client(), method)(link).status_code == 405
    assert NewsletterSignup.objects.get().state == "PENDING"

    assert "You are subscribed to: Newsletter" in text_of(post(link))

    record = CustomerRecord.objects.get()
    assert (record.accepts_newsletter, record.stage) == (True, "LEAD")
    event = ConsentEvent.objects.latest("id")
    assert (event.state, event.opt_in_level, event.actor_type) == ("SUBSCRIBED", "CONFIRMED_OPT_IN", "CUSTOMER")
    assert event.evidence["mail"] == mail.outbox[0].extra_headers["Message-ID"]
    assert event.evidence["way"] == "PAGE"
    # A replay says so, and does nothing: also after the person changed their mind.
    assert "You confirmed this before" in text_of(post(link))
    post(page_of(record), {"unsubscribe": "all"})
    assert "You confirmed this before" in text_of(post(link))
    record.refresh_from_db()
    assert (record.accepts_newsletter, states(record)["NEWSLETTER"]) == (False, "UNSUBSCRIBED")


def test_the_order_of_the_purposes_does_not_matter(signed_up: SignUp, configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_purposes="newsletter,promotional")
    signed_up(purposes=["PROMOTIONAL", "NEWSLETTER"])

    assert NewsletterSignup.objects.get().wording in text_of(get(last_link()))


def test_a_withdrawal_since_makes_the_link_void(signed_up: SignUp) -> None:
    signed_up()
    record, link = CustomerRecord.objects.get(), last_link()
    post(page_of(record, ConsentPurpose.NEWSLETTER), ONE_CLICK)

    assert [get(link).status_code, post(link).status_code] == [404, 404]
    assert states(record) == {"NEWSLETTER": "UNSUBSCRIBED"}


def test_forged_links_of_other_sign_ups_and_outdated_ones(signed_up: SignUp) -> None:
    signed_up()
    anna = last_link()
    signed_up("ben@example.com")
    ben = last_link()
    key, issued, signature = anna.rpartition("/")[2].split(".")
    other_key, _, other_signature = ben.rpartition("/")[2].split(".")
    later = issued[:-1] + ("0" if issued[-1] != "0" else "1")

    for token in (
        "",
        "x",
        "..",
        key,
        f"{key}.{issued}",
        f"{key}.{issued}.{other_signature}",
        f"{other_key}.{issued}.{signature}",
        f"{key}.{later}.{signature}",
        f"{key}.{issued}.{signature}x",
        "é" * 50,
        "x" * 5000,
        "%00.%00.%00",
        links.token_of(CustomerRecord.objects.first()),  # type: ignore[arg-type]
    ):
        assert [get(f"{PAGES}confirm/{token}").status_code, post(f"{PAGES}confirm/{token}").status_code] == [404, 404]
    # The address and the purposes are signed, too.
    NewsletterSignup.objects.filter(email="ben@example.com").update(email="mallory@example.com")
    assert post(ben).status_code == 404
    NewsletterSignup.objects.filter(email="anna@example.com").update(purposes=["PROMOTIONAL"])
    assert post(anna).status_code == 404
    assert set(ConsentEvent.objects.values_list("state", flat=True)) == {"PENDING"}


def test_a_link_lasts_for_the_days_of_the_settings(signed_up: SignUp, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_up()
    link, now = last_link(), time.time()

    monkeypatch.setattr("time.time", lambda: now + 14 * 86_400 + 5)
    assert post(link).status_code == 404
    monkeypatch.setattr("time.time", lambda: now + 14 * 86_400 - 60)
    assert post(link).status_code == 200


def test_a_link_is_void_once_the_person_is_deleted_or_has_another_address(signed_up: SignUp) -> None:
    signed_up()
    anna = last_link()
    signed_up("ben@example.com")
    ben = last_link()
    delete_records([CustomerRecord.objects.get(email="anna@example.com").pk], actor=Actor(ActorType.STAFF, "1"))
    record = CustomerRecord.objects.get()
    change(record, email="new@example.com")

    assert [post(link).status_code for link in (anna, ben)] == [404, 404]
    record.refresh_from_db()
    assert (record.accepts_newsletter, NewsletterSignup.objects.count()) == (False, 1)


def test_links_that_are_none_are_counted_and_look_alike(signed_up: SignUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "WRONG_LINKS_PER_HOUR", 4)
    paths = [f"{PAGES}{kind}/x.y.z" for kind in ("confirm", "preferences")]
    pages = [ask(path) for path in paths for ask in (get, post)]

    assert len({page.content for page in pages}) == 1
    assert {page.status_code for page in pages} == {404}
    assert [get(paths[0]).status_code, post(paths[1]).status_code] == [429, 429]
    assert get(paths[0])["Retry-After"] == "3600"
    errors = Api().errors(PREFERENCES, token="x")
    assert errors[0]["extensions"]["code"] == "RATE_LIMITED"
    # A link that is one works all the same, so that nobody can lock others out.
    signed_up()
    assert post(last_link()).status_code == 200


def test_nothing_answers_while_the_plugin_is_inactive(signed_up: SignUp, configure: Callable[..., None]) -> None:
    signed_up()
    link = last_link()
    configure(newsletter=True, active=False)

    assert [get(link).status_code, post(link).status_code] == [404, 404]
    assert NewsletterSignup.objects.get().state == "PENDING"


# Unsubscribing and choosing.


def test_one_click_unsubscribes_from_what_the_message_was_about(anna: CustomerRecord) -> None:
    """RFC 8058: a POST by the server of the mail provider, without cookies; by either encoding of forms."""
    path = page_of(anna, ConsentPurpose.PROMOTIONAL)
    assert [get(path).status_code, Client().head(path).status_code] == [200, 200]
    assert states(anna) == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED"}

    encoded = "application/x-www-form-urlencoded"
    response = Client().post(path, "List-Unsubscribe=One-Click", content_type=encoded)

    assert (response.status_code, response.cookies) == (200, {})
    assert states(anna) == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED"}
    event = ConsentEvent.objects.latest("id")
    assert (event.source, event.actor_type, event.evidence) == (
        "PREFERENCES",
        "CUSTOMER",
        {"way": "ONE_CLICK", "message": "PROMOTIONAL"},
    )
    entry = ActivityEntry.objects.latest("id")
    assert (entry.type, entry.record, entry.actor_type) == ("CONSENT_CHANGED", anna, "CUSTOMER")
    count = ConsentEvent.objects.count()
    assert post(page_of(anna, ConsentPurpose.PROMOTIONAL), ONE_CLICK).status_code == 200  # again is no more
    assert ConsentEvent.objects.count() == count
    assert post(page_of(anna, ConsentPurpose.NEWSLETTER), ONE_CLICK).status_code == 200
    assert states(anna) == {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED"}


def test_it_works_while_signing_up_is_off(anna: CustomerRecord, configure: Callable[..., None]) -> None:
    configure()

    assert post(page_of(anna, ConsentPurpose.NEWSLETTER), ONE_CLICK).status_code == 200
    assert states(anna)["NEWSLETTER"] == "UNSUBSCRIBED"
    assert "Offers and promotions" in text_of(get(page_of(anna)))


def test_a_post_that_says_nothing_changes_nothing(anna: CustomerRecord) -> None:
    for form in ({"x": "y"}, {"List-Unsubscribe": "Yes"}, {"purposes": "PROMOTIONAL"}, {"unsubscribe": "some"}):
        assert post(page_of(anna, ConsentPurpose.PROMOTIONAL), form).status_code == 200
    assert Client().post(page_of(anna), "x" * 20_000, content_type="text/plain").status_code == 413
    assert Client().post(page_of(anna), b"\xff", content_type="multipart/form-data").status_code == 400
    many = "&".join(f"a{number}=" for number in range(2000))
    encoded = "application/x-www-form-urlencoded"
    assert Client().post(page_of(anna), many, content_type=encoded).status_code == 400
    assert states(anna) == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED"}


def test_the_page_shows_what_may_be_written_and_saves_what_is_chosen(
    anna: CustomerRecord, on_commit: Callable[[], Any]
) -> None:
    page = get(page_of(anna), **{"Accept-Language": "nl;q=0.9, de-CH;q=0.8, fr;q=0.1"})
    assert 'lang="de"' in page.content.decode()
    assert "Worüber dürfen wir Ihnen schreiben?" in text_of(page)
    assert re.findall(r'value="([A-Z]+)"( checked)?', page.content.decode()) == [
        ("PROMOTIONAL", " checked"),
        ("NEWSLETTER", " checked"),
    ]
    assert "a•••@example.com" in text_of(page)
    assert "anna@" not in page.content.decode()

    with on_commit():
        saved = post(page_of(anna), {"choose": "1", "purposes": ["PROMOTIONAL"]})

    assert "Saved." in text_of(saved)
    assert states(anna) == {"NEWSLETTER": "UNSUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED"}
    assert mail.outbox == []
    # Whoever has the link may be somebody that the message was passed on to: a grant takes a confirmation.
    with on_commit():
        saved = post(page_of(anna), {"choose": "1", "purposes": ["PROMOTIONAL", "NEWSLETTER", "SYSTEM", "X"]})
    assert "Please confirm what is new" in text_of(saved)
    assert states(anna) == {"NEWSLETTER": "PENDING", "PROMOTIONAL": "SUBSCRIBED"}
    assert "Waits until you confirm it" in text_of(get(page_of(anna)))
    assert post(last_link()).status_code == 200
    assert states(anna)["NEWSLETTER"] == "SUBSCRIBED"

    assert "unsubscribed from everything" in text_of(post(page_of(anna), {"unsubscribe": "all"}))
    assert set(states(anna).values()) == {"UNSUBSCRIBED"}
    assert len(states(anna)) == 3  # nobody may write about what was never asked either


def test_the_proof_is_of_what_the_page_of_preferences_showed(
    anna: CustomerRecord, configure: Callable[..., None], on_commit: Callable[[], Any]
) -> None:
    """Not of the text of the form, and not of what was ticked already."""
    configure(newsletter=True, newsletter_purposes="newsletter,system")
    with on_commit():
        page = post(page_of(anna), {"choose": "1", "purposes": ["NEWSLETTER", "SYSTEM"]}, **{"Accept-Language": "de"})
    with on_commit():
        Api()(UPDATE, token=links.token_of(make_record("ben@example.com")), purposes=["SYSTEM"])

    shown, by_shop = NewsletterSignup.objects.order_by("id")
    assert (shown.purposes, by_shop.wording) == (["SYSTEM"], "Updates about the shop and its services")
    question, label = shown.wording.split("? ")
    assert question in text_of(page)
    assert label in text_of(page)
    assert ConsentEvent.objects.get(record=anna, state="PENDING").wording == shown.wording


def test_the_same_by_the_api(anna: CustomerRecord) -> None:
    token = links.token_of(anna, ConsentPurpose.NEWSLETTER)

    found = Api()(PREFERENCES, token=token)["customerNewsletterPreferences"]
    changed = Api()(UPDATE, token=token, purposes=["NEWSLETTER"])["customerNewsletterPreferencesUpdate"]
    wrong = Api()(UPDATE, token=token + "x", purposes=[])["customerNewsletterPreferencesUpdate"]

    assert (found["emailHint"], found["messagePurpose"]) == ("a•••@example.com", "NEWSLETTER")
    assert found["choices"][0] == {
        "purpose": "PROMOTIONAL",
        "label": "Angebote und Aktionen",
        "isSubscribed": True,
        "isPending": False,
        "isAvailable": False,
    }
    assert (changed["errors"], changed["mustConfirm"]) == ([], False)
    assert states(anna) == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "UNSUBSCRIBED"}
    assert wrong == {"mustConfirm": None, "preferences": None, "errors": [{"field": "token", "code": "NOT_FOUND"}]}


def test_one_link_cannot_fill_the_history(anna: CustomerRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "CHANGES_PER_HOUR", 2)

    answers = [post(page_of(anna), {"unsubscribe": "all"}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_a_revoked_link_and_one_of_a_former_address(anna: CustomerRecord, api: Api) -> None:
    revoke = "mutation ($id: ID!) { customerPreferenceLinksRevoke(recordId: $id) { revoked errors { code } } }"
    record_id = to_global_id("CustomerRecord", anna.pk)
    path = page_of(anna)
    assert api(revoke, id=record_id)["customerPreferenceLinksRevoke"] == {"revoked": 1, "errors": []}

    assert get(path).status_code == post(path, {"unsubscribe": "all"}).status_code == 404
    path = page_of(anna)
    change(anna, email="new@example.com")
    assert post(path, {"unsubscribe": "all"}).status_code == 404
    assert states(anna) == {"NEWSLETTER": "SUBSCRIBED", "PROMOTIONAL": "SUBSCRIBED"}


# The shop's own page.


def test_links_lead_to_the_shop_s_page_and_nowhere_else(
    signed_up: SignUp, anna: CustomerRecord, configure: Callable[..., None]
) -> None:
    configure(newsletter=True, newsletter_page="https://shop.example.com/newsletter")
    signed_up("ben@example.com")
    link = last_link()

    response = get(f"{link}?next=https://evil.example&action=x", Host="localhost")

    target = urlsplit(response["Location"])
    assert (response.status_code, target.scheme, target.netloc, target.path) == (
        302,
        "https",
        "shop.example.com",
        "/newsletter",
    )
    assert parse_qs(target.query) == {"action": ["confirm"], "token": [link.rpartition("/")[2]]}
    assert response["Referrer-Policy"] == "no-referrer"
    assert get(page_of(anna))["Location"].startswith("https://shop.example.com/newsletter?action=preferences&token=")
    # A link that is none is sent nowhere; a POST is answered here, as mail programs follow no redirect.
    assert get(f"{PAGES}confirm/https://evil.example").status_code == 404
    assert post(page_of(anna, ConsentPurpose.NEWSLETTER), ONE_CLICK).status_code == 200
    assert states(anna)["NEWSLETTER"] == "UNSUBSCRIBED"


# What browsers may do with it.


def test_a_page_can_run_load_and_frame_nothing(signed_up: SignUp, configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_shop=SCRIPT, newsletter_purposes="newsletter")
    signed_up(firstName=SCRIPT, languageCode="de")
    record = CustomerRecord.objects.get()
    pages = [get(last_link()), get(page_of(record)), get(f"{PAGES}confirm/{SCRIPT}"), post(last_link())]

    for page in pages:
        content = page.content.decode()
        assert page["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert page["Content-Security-Policy"].endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
        assert "unsafe" not in page["Content-Security-Policy"]
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert (page["X-Content-Type-Options"], page["X-Robots-Tag"]) == ("nosniff", "noindex, nofollow")
        assert not any(tag in content for tag in ("<script", "<img", "<link", "http://", "https://", " style="))
    assert "&lt;script&gt;" in pages[0].content.decode()


def test_no_template_turns_escaping_off() -> None:
    (folder,) = engine().dirs
    for path in Path(folder).glob("*.html"):
        assert not re.search(r"\|\s*safe|autoescape|mark_safe", path.read_text()), path.name


def test_old_links_live_longer_than_anybody_s_patience(anna: CustomerRecord) -> None:
    path = page_of(anna, ConsentPurpose.NEWSLETTER)
    make_consent(make_record("ben@example.com"))  # of somebody else: not concerned
    links.PreferenceLink.objects.update(created_at=timezone.now() - timedelta(days=3650))

    assert post(path, ONE_CLICK).status_code == 200
    assert states(anna)["NEWSLETTER"] == "UNSUBSCRIBED"
