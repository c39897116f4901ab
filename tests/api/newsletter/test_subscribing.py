"""Signing up for the newsletter: what becomes of it, and of an attack. docs/newsletter.md names these tests."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core import public_forms
from saleor_customer_plus.api.leads import contact_form
from saleor_customer_plus.consent.models import ConsentEvent, ConsentPurpose
from saleor_customer_plus.consent.suppressions import suppress
from saleor_customer_plus.newsletter import forgetting, services
from saleor_customer_plus.newsletter.models import NewsletterSignup
from saleor_customer_plus.records.models import CustomerRecord, Stage
from saleor_customer_plus.saleor_adapter import host
from tests.client import OUR_PATH, Api
from tests.factories import make_account, make_consent, make_record
from tests.newsletter.forms import (
    SUBSCRIBE,
    form_token,
    get,
    last_link,
    link_in,
    post,
    subscribe,
    told_of,
)

pytestmark = pytest.mark.django_db

FORM = """query ($language: String) { customerNewsletterForm(languageCode: $language) {
    token validFrom validUntil languageCode wording wordingVersion purposes } }"""
CONFIRM = """mutation ($token: String!) { customerNewsletterConfirm(token: $token) {
    purposes errors { field message code } } }"""
NAMED_ANEW = re.compile(r'(?s)VALUES.*|"_django_curs\w*"|"?s\d+_x\d+"?')
SCRIPT = "<script>alert(1)</script>"

SignUp = Callable[..., list[dict[str, Any]]]


def token_of(path: str) -> str:
    return path.rpartition("/")[2]


# What becomes of a sign-up.


def test_a_sign_up_makes_a_lead_that_nobody_may_write_to_yet(signed_up: SignUp) -> None:
    errors = signed_up(
        " Anna@Example.com ",
        firstName="Anna",
        lastName="Rossi",
        page="https://shop.example/footer",
        languageCode="de-at",
        token=form_token(language="de"),
    )

    assert errors == []
    record, event, signup = CustomerRecord.objects.get(), ConsentEvent.objects.get(), NewsletterSignup.objects.get()
    assert (record.email, record.first_name, record.last_name) == ("anna@example.com", "Anna", "Rossi")
    assert (record.stage, record.sources, record.language_code) == (Stage.LEAD, ["NEWSLETTER"], "de-at")
    assert record.accepts_newsletter is False
    assert (event.channel, event.purpose, event.state, event.source) == ("EMAIL", "NEWSLETTER", "PENDING", "NEWSLETTER")
    assert event.wording.startswith("Ja, Sofas & Co darf mir")
    assert event.evidence == {
        "signup": signup.key,
        "form": "https://shop.example/footer",
        "received_at": signup.received_at.isoformat(),
    }
    assert (signup.state, signup.record, signup.ip_address, signup.purposes) == (
        "PENDING",
        record,
        None,
        ["NEWSLETTER"],
    )
    assert list(ActivityEntry.objects.order_by("id").values_list("type", "actor_type", "actor_id")) == [
        ("RECORD_CREATED", "CUSTOMER", ""),
        ("CONSENT_CHANGED", "CUSTOMER", ""),
        ("MESSAGE_SENT", "CUSTOMER", ""),
    ]


def test_the_mail_speaks_the_person_s_language_and_sells_nothing(signed_up: SignUp) -> None:
    languages = {
        "en": "Please confirm your sign-up",
        "de": "Bitte bestätigen Sie Ihre Anmeldung",
        "es": "Por favor, confirme su suscripción",
        "fr-ca": "Veuillez confirmer votre inscription",
        "it": "Ti preghiamo di confermare l'iscrizione",
        "pl": "Please confirm your sign-up",
    }

    for language in languages:
        signed_up(f"{language}@example.com", languageCode=language)

    assert [message.subject for message in mail.outbox] == list(languages.values())
    for message in mail.outbox:
        assert "Sofas & Co" in message.body
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"
        assert "List-Unsubscribe" not in message.extra_headers  # nobody is on a list yet
        (page, kind) = message.alternatives[0]
        assert kind == "text/html"
        assert re.findall(r'href="([^"]+)"', page) == [host.absolute_url(link_in(message))]
        assert "<img" not in page


def test_the_shop_words_it_itself(signed_up: SignUp, configure: Callable[..., None]) -> None:
    own = {
        "pt": {
            "wording": "Quero receber as novidades de {{ shop }}.",
            "wording_version": "7",
            "confirm_subject": "Confirme, por favor",
            "confirm_body": "# Olá\n\n[Sim]({{ link }})",
        }
    }
    configure(newsletter=True, newsletter_shop="Sofás", newsletter_texts=json.dumps(own))
    form = Api()(FORM, language="pt-BR")["customerNewsletterForm"]
    assert (form["languageCode"], form["wordingVersion"]) == ("pt", "7")

    assert signed_up(languageCode="pt-br", token=form_token(language="pt")) == []

    event = ConsentEvent.objects.get()
    assert (event.wording, event.wording_version) == ("Quero receber as novidades de Sofás.", "7")
    assert mail.outbox[0].subject == "Confirme, por favor"
    assert mail.outbox[0].body.startswith("# Olá\n\n[Sim]:\n" + host.absolute_url("/plugins/"))


def test_the_proof_is_of_the_text_that_the_form_showed(configure: Callable[..., None]) -> None:
    shown = form_token()
    configure(newsletter=True, newsletter_shop="Another name")

    assert told_of(subscribe(token=shown)) == [("token", "INVALID")]
    assert subscribe() == []


def test_somebody_known_keeps_the_name_and_is_asked_too(signed_up: SignUp) -> None:
    anna = make_record("anna@example.com", first_name="Anna", stage=Stage.CUSTOMER, language_code="fr")

    assert signed_up(firstName="Mallory") == []

    anna.refresh_from_db()
    assert (anna.first_name, anna.stage, anna.sources) == ("Anna", Stage.CUSTOMER, ["NEWSLETTER"])
    assert (anna.accepts_newsletter, len(mail.outbox)) == (False, 1)


@pytest.mark.parametrize("mode", ["confirmed", "single"])
def test_somebody_subscribed_is_told_so_with_a_link_to_end_it(
    signed_up: SignUp, configure: Callable[..., None], mode: str
) -> None:
    configure(newsletter=True, newsletter_opt_in=mode)
    anna = make_record("anna@example.com")
    make_consent(anna, purpose="NEWSLETTER", opt_in_level="CONFIRMED_OPT_IN")

    signed_up()

    assert mail.outbox[0].subject == "You are subscribed already"
    assert "/newsletter/preferences/" in mail.outbox[0].body
    assert "/newsletter/confirm/" not in mail.outbox[0].body
    assert (ConsentEvent.objects.count(), NewsletterSignup.objects.get().state) == (1, "KNOWN")


def test_an_import_s_word_is_replaced_by_a_better_proof(signed_up: SignUp) -> None:
    anna = make_record("anna@example.com")
    make_consent(anna, purpose="NEWSLETTER", source="IMPORT", opt_in_level="UNKNOWN")

    signed_up()
    post(last_link())

    newest = ConsentEvent.objects.latest("id")
    assert (newest.state, newest.opt_in_level, newest.source) == ("SUBSCRIBED", "CONFIRMED_OPT_IN", "NEWSLETTER")


def test_a_single_opt_in_counts_at_once_and_sends_nothing(signed_up: SignUp, configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_opt_in="single")

    signed_up()

    event = ConsentEvent.objects.get()
    assert (event.state, event.opt_in_level) == ("SUBSCRIBED", "SINGLE_OPT_IN")
    assert (CustomerRecord.objects.get().accepts_newsletter, mail.outbox) == (True, [])


@pytest.mark.parametrize("state", ["UNSUBSCRIBED", "INVALID"])
def test_who_withdrew_has_to_confirm_even_a_single_opt_in(
    signed_up: SignUp, configure: Callable[..., None], state: str
) -> None:
    configure(newsletter=True, newsletter_opt_in="single")
    anna = make_record("anna@example.com")
    make_consent(anna, purpose="NEWSLETTER", state=state)

    signed_up()

    anna.refresh_from_db()
    assert (anna.accepts_newsletter, len(mail.outbox)) == (False, 1)
    assert post(last_link()).status_code == 200
    anna.refresh_from_db()
    assert anna.accepts_newsletter is True


def test_who_is_on_a_suppression_list_has_to_confirm_too(signed_up: SignUp, configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_opt_in="single")
    suppress({"anna@example.com": [ConsentPurpose.NEWSLETTER]}, job_id=1)

    signed_up()

    assert CustomerRecord.objects.get().accepts_newsletter is False
    post(last_link())
    assert CustomerRecord.objects.get().accepts_newsletter is True


def test_several_purposes_are_confirmed_by_one_mail(signed_up: SignUp, configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_purposes="newsletter, promotional")
    assert told_of(subscribe(purposes=["SYSTEM"])) == [("purposes", "INVALID")]

    signed_up("ben@example.com", purposes=["NEWSLETTER"])
    page = get(last_link()).content.decode()
    assert "Newsletter" in page
    assert "Offers and promotions" not in page  # which the text of the form has, and Ben did not choose
    signed_up(purposes=["PROMOTIONAL", "NEWSLETTER"])
    answer = Api()(CONFIRM, token=token_of(last_link()))["customerNewsletterConfirm"]

    assert answer == {"purposes": ["PROMOTIONAL", "NEWSLETTER"], "errors": []}
    record = CustomerRecord.objects.get(email="anna@example.com")
    assert (record.accepts_newsletter, record.accepts_promotional_mail) == (True, True)
    assert ConsentEvent.objects.latest("id").evidence["way"] == "SHOP"


def test_a_task_that_runs_twice_sends_one_mail_and_a_lost_one_is_made_up_for(
    on_commit: Callable[[], Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks():
        subscribe()
    signup = NewsletterSignup.objects.get()
    NewsletterSignup.objects.update(received_at=timezone.now() - timedelta(minutes=5))
    assert services.left_behind() == [signup.pk]

    tasks.take_signups.delay()
    tasks.take_signup.delay(signup.pk)

    assert (len(mail.outbox), services.left_behind()) == (1, [])


def test_what_travels_through_the_broker_is_a_number(
    monkeypatch: pytest.MonkeyPatch, on_commit: Callable[[], Any]
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(tasks.take_signup, "apply_async", lambda **options: calls.append(options["args"]))

    with on_commit():
        subscribe()

    assert calls == [(NewsletterSignup.objects.get().pk,)]


# Off, the secret, the token of the form, the hidden field.


def test_off_unless_it_is_turned_on(configure: Callable[..., None]) -> None:
    shown = form_token()
    configure()

    assert told_of(subscribe(token=shown)) == [(None, "DISABLED")]
    (error,) = Api().errors(FORM)
    assert error["extensions"]["code"] == "DISABLED"
    assert not NewsletterSignup.objects.exists()


def test_only_who_knows_the_secret_may_send_and_say_what_was_shown(configure: Callable[..., None]) -> None:
    assert told_of(subscribe(wording="I agree to everything.", wordingVersion="1")) == [
        ("wording", "OUT_OF_SCOPE"),
        ("wordingVersion", "OUT_OF_SCOPE"),
    ]
    configure(newsletter=True, newsletter_secret="s3cret")

    assert [told_of(subscribe(secret=secret)) for secret in (None, "", "S3CRET")] == [[("secret", "INVALID")]] * 3
    assert subscribe(secret="s3cret", wording="Yes to the news.", wordingVersion="7") == []
    signup = NewsletterSignup.objects.get()
    assert (signup.wording, signup.wording_version) == ("Yes to the news.", "7")


def test_a_form_takes_its_time_is_sent_once_and_does_not_last() -> None:
    mine = form_token()
    assert subscribe(token=mine) == []

    for bad in (mine, form_token(seconds=0), form_token(seconds=24 * 3600 + 5), "", "x", "a:b:c"):
        assert told_of(subscribe(token=bad or " ")) == [("token", "INVALID")]
    assert NewsletterSignup.objects.count() == 1


def test_a_token_of_the_contact_form_is_none_of_this_one() -> None:
    assert told_of(subscribe(token=contact_form.GUARD.new_token(time.time() - 10))) == [("token", "INVALID")]


def test_what_fills_in_the_hidden_field_is_answered_and_dropped() -> None:
    assert subscribe(website="https://spam.example") == subscribe() == []
    assert NewsletterSignup.objects.count() == 1


# Floods and bombs.


def test_a_flood_from_one_network_address(configure: Callable[..., None]) -> None:
    configure(newsletter=True, newsletter_per_hour="3")

    answers = [told_of(subscribe(f"person{number}@example.com")) for number in range(5)]

    assert answers == [[]] * 3 + [[(None, "RATE_LIMITED")]] * 2


def test_a_flood_from_everywhere_stops_at_the_limit_of_all(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(newsletter=True, newsletter_total_per_hour="3")
    addresses = iter(f"203.0.113.{number}" for number in range(99))
    monkeypatch.setattr(public_forms, "address_of", lambda _request: next(addresses))

    answers = [told_of(subscribe(f"person{number}@example.com")) for number in range(4)]

    assert answers == [[]] * 3 + [[(None, "RATE_LIMITED")]]


def test_the_form_is_no_bomb(
    signed_up: SignUp, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever types somebody's address again and again, from wherever, sends one mail, and a few in two weeks."""
    configure(newsletter=True, newsletter_per_hour="1000", newsletter_resend_minutes="15")
    addresses = iter(f"203.0.113.{number}" for number in range(250))
    monkeypatch.setattr(public_forms, "address_of", lambda _request: next(addresses))

    for _ in range(4):
        assert signed_up() == []  # the same answer: nobody is told

    assert (len(mail.outbox), NewsletterSignup.objects.count()) == (1, 1)
    for _ in range(services.MAX_MAILS + 2):
        _age_mails(minutes=16)
        assert signed_up("ANNA@example.com") == []
    assert len(mail.outbox) == services.MAX_MAILS


@pytest.mark.parametrize("variant", ["anna+{}@example.com", "an.na+{}@gmail.com"])
def test_many_addresses_of_one_mailbox_are_no_bomb_either(
    signed_up: SignUp, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch, variant: str
) -> None:
    configure(newsletter=True, newsletter_per_hour="32")
    addresses = iter(f"203.0.113.{number}" for number in range(250))
    monkeypatch.setattr(public_forms, "address_of", lambda _request: next(addresses))

    answers = [told_of(signed_up(variant.format(number))) for number in range(10)]

    assert answers == [[]] * 8 + [[(None, "RATE_LIMITED")]] * 2  # in an hour, whoever it is
    assert (len(mail.outbox), CustomerRecord.objects.count()) == (services.MAX_MAILS, services.MAX_MAILS)
    assert not NewsletterSignup.objects.exclude(state="PENDING").exists()
    signed_up("ben+1@example.com")
    assert mail.outbox[-1].to == ["ben+1@example.com"]


def _age_mails(*, minutes: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE saleor_customer_plus_mail SET created_at = created_at - make_interval(mins => %s)", [minutes]
        )


# What is sent.


@pytest.mark.parametrize("field", ["email", "firstName", "lastName", "page", "languageCode"])
def test_a_header_cannot_be_injected(field: str) -> None:
    injected = "x\r\nBcc: all@example.com"
    value = {"email": f"anna@example.com{injected}", "page": f"/{injected}"}.get(field, injected)

    assert told_of(subscribe(**{field: value})) == [(field, "INVALID")]
    assert not NewsletterSignup.objects.exists()


def test_nothing_that_a_stranger_typed_is_in_the_mail(signed_up: SignUp) -> None:
    """Else the form would send anybody's advertisement, or a link to a trap, in the shop's name."""
    assert signed_up(firstName="Win-a-car", lastName=SCRIPT, page="https://evil.example/win") == []

    sent = mail.outbox[0].message().as_string()
    assert not any(word in sent for word in ("Win-a-car", "evil.example", "script"))


@pytest.mark.parametrize("page", ["javascript:alert(1)", "data:text/html,x"])
def test_a_page_that_would_run_when_clicked(page: str) -> None:
    assert told_of(subscribe(page=page)) == [("page", "INVALID")]


def test_half_a_character_a_null_and_a_megabyte() -> None:
    for text in ("x\x00", "x" * 100_000):
        given = dict.fromkeys(("firstName", "lastName", "page"), f"/{text}")
        answer = subscribe(f"{text}@example.com", **given)
        assert told_of(answer) == [(name, "INVALID") for name in ("email", "firstName", "lastName", "page")]
        assert all(len(error["message"]) < 200 for error in answer)
    body = '{"query": "mutation ($t: String!) { customerNewsletterConfirm(token: $t) { errors { code } } }", '
    response = Client().post(OUR_PATH, body + '"variables": {"t": "x\\ud800"}}', content_type="application/json")
    assert "Internal" not in str(response.json())
    assert not NewsletterSignup.objects.exists()


def test_what_was_typed_is_not_repeated(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="saleor_customer_plus")

    answer = subscribe("secret at example", firstName="secret\x00", page="secret:x")

    assert len(answer) == 3
    assert "secret" not in str(answer)
    assert "secret" not in caplog.text


# Probing.


def test_the_answer_does_not_tell_who_is_known() -> None:
    """The same words, status, headers and statements for whoever is unknown, known, subscribed, or withdrew."""
    for name, state in (("subscribed", "SUBSCRIBED"), ("withdrew", "UNSUBSCRIBED")):
        make_consent(make_record(f"{name}@example.com"), purpose="NEWSLETTER", state=state)
    make_account("account@example.com")
    subscribe("first@example.com")  # fills caches

    def ask(email: str) -> tuple[bytes, int, dict[str, str], list[str]]:
        given = {"email": email, "token": form_token()}
        with CaptureQueriesContext(connection) as captured:
            response = Api().post(SUBSCRIBE, input=given)
        statements = [NAMED_ANEW.sub("", query["sql"]) for query in captured]
        return response.content, response.status_code, dict(response.headers), statements

    unknown, *others = [ask(f"{who}@example.com") for who in ("unknown", "subscribed", "withdrew", "account")]

    assert others == [unknown] * 3
    assert sum("INSERT" in statement for statement in unknown[3]) == 1
    assert not any(name in statement for statement in unknown[3] for name in ("customerrecord", "account_user"))


# IP addresses.


def test_ip_addresses_are_kept_only_where_the_shop_wants_them(
    signed_up: SignUp, configure: Callable[..., None]
) -> None:
    signed_up()
    post(last_link())
    assert NewsletterSignup.objects.filter(ip_address=None, confirmed_ip_address=None).count() == 1
    configure(newsletter=True, newsletter_keep_ip=True)

    signed_up("ben@example.com")
    post(last_link())

    signup = NewsletterSignup.objects.get(email="ben@example.com")
    assert (signup.ip_address, signup.confirmed_ip_address) == ("127.0.0.1", "127.0.0.1")
    assert "127.0.0.1" not in str(list(ConsentEvent.objects.values_list("evidence", flat=True)))
    NewsletterSignup.objects.update(received_at="2024-05-01T12:00:00Z")
    forgetting.forget_old()
    signup.refresh_from_db()
    assert (signup.ip_address, signup.confirmed_ip_address, signup.state) == (None, None, "CONFIRMED")
