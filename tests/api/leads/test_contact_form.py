"""The contact form: what becomes of an enquiry, and of an attack. docs/contact-form.md names these tests."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from saleor_customer_plus import tasks
from saleor_customer_plus.activity.models import ActivityEntry
from saleor_customer_plus.api.core import public_forms
from saleor_customer_plus.api.leads import contact_form
from saleor_customer_plus.core import form_guard
from saleor_customer_plus.leads.models import Lead, LeadSubmission
from saleor_customer_plus.records.models import CustomerRecord, Stage
from saleor_customer_plus.saleor_adapter import host
from tests.client import OUR_PATH, Api
from tests.factories import make_account, make_order, make_record, make_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_hour")]

SUBMIT = """mutation ($input: CustomerLeadSubmitInput!, $secret: String, $clientAddress: String) {
    customerLeadSubmit(input: $input, secret: $secret, clientAddress: $clientAddress) {
        errors { field message code id } } }"""
TOKEN = "{ customerLeadFormToken { token validFrom validUntil } }"

# What differs from one time to the next in the text of a statement: values, and the names that Django makes up.
NAMED_ANEW = re.compile(r'(?s)VALUES.*|"_django_curs\w*"|"?s\d+_x\d+"?')
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def _form(configure: Callable[..., None]) -> None:
    configure(contact_form=True)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What Saleor was told to tell."""
    calls: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(host, "notify", lambda event, payload: calls.append((event, payload)))
    return calls


@pytest.fixture
def anybody() -> Api:
    return Api()


def token(*, seconds: float = 10) -> str:
    """The token of a form that was shown so long ago."""
    return contact_form.GUARD.new_token(time.time() - seconds)


def submit(api: Api, *, secret: str | None = None, address: str | None = None, **input: Any) -> list[dict[str, Any]]:
    """Send the form, and return the errors."""
    given = {"email": "anna@example.com", "message": "Do you have it in green?", "token": token()} | input
    answer = api(SUBMIT, input=given, secret=secret, clientAddress=address)
    return answer["customerLeadSubmit"]["errors"]


def told_of(errors: list[dict[str, Any]]) -> list[tuple[str | None, str]]:
    return [(error["field"], error["code"]) for error in errors]


@pytest.fixture
def sent(anybody: Api, on_commit: Callable[[], Any]) -> Callable[..., list[dict[str, Any]]]:
    """Send the form and let the tasks run, as the commit would."""

    def send(**given: Any) -> list[dict[str, Any]]:
        with on_commit():
            return submit(anybody, **given)

    return send


Sent = Callable[..., list[dict[str, Any]]]


# What becomes of an enquiry.


def test_an_enquiry_of_somebody_unknown_makes_a_record_and_a_lead(sent: Sent) -> None:
    errors = sent(
        email=" Anna@Example.com ",
        firstName="Anna",
        lastName="Rossi",
        subject="Sofa",
        message="Line one\r\n\r\nLine two\n",
        page="https://shop.example/sofa?x=1",
        campaign="spring",
    )

    assert errors == []
    record, lead = CustomerRecord.objects.get(), Lead.objects.get()
    assert (record.email, record.first_name, record.last_name) == ("anna@example.com", "Anna", "Rossi")
    assert (record.stage, record.sources, record.locked_fields) == (Stage.LEAD, ["CONTACT_FORM"], [])
    assert (lead.record, lead.origin, lead.state) == (record, "CONTACT_FORM", "NEW")
    assert (lead.subject, lead.message) == ("Sofa", "Line one\n\nLine two")
    assert (lead.page, lead.campaign) == ("https://shop.example/sofa?x=1", "spring")
    assert not LeadSubmission.objects.exists()
    assert list(ActivityEntry.objects.order_by("id").values_list("type", "actor_type", "actor_id")) == [
        ("RECORD_CREATED", "CUSTOMER", ""),
        ("LEAD_ADDED", "CUSTOMER", ""),
    ]


def test_an_enquiry_of_somebody_known_hangs_on_the_record(sent: Sent) -> None:
    anna = make_record("anna@example.com", first_name="Anna", stage=Stage.CUSTOMER)

    assert sent(firstName="Mallory") == []

    anna.refresh_from_db()
    assert (anna.first_name, anna.stage) == ("Anna", Stage.CUSTOMER)
    assert Lead.objects.get().record == anna


def test_an_order_that_comes_before_the_task_converts_it(anybody: Api, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks() as waiting:
        submit(anybody)
    order = make_order("anna@example.com")
    tasks.sync_orders.delay([str(order.pk)])

    for callback in waiting:
        callback()

    lead = Lead.objects.get()
    assert (lead.state, lead.converted_order_id) == ("CONVERTED", order.pk)


def test_staff_is_told_by_saleor(sent: Sent, told: list[Any]) -> None:
    sent(subject="Sofa", page="/sofa")

    lead = Lead.objects.get()
    assert told == [
        (
            "customer_plus.lead_created",
            {
                "lead_id": lead.pk,
                "record_id": lead.record_id,
                "email": "anna@example.com",
                "first_name": "",
                "last_name": "",
                "subject": "Sofa",
                "message": "Do you have it in green?",
                "origin": "CONTACT_FORM",
                "page": "/sofa",
                "campaign": "",
                "created_at": lead.created_at.isoformat(),
            },
        )
    ]
    assert mail.outbox == []


def test_staff_is_told_by_e_mail_where_that_is_wanted(sent: Sent, configure: Callable[..., None]) -> None:
    configure(contact_form=True, notify_email="one@shop.example, two@shop.example")

    sent(subject="Sofa", firstName="Anna", page="/sofa")

    assert [message.to for message in mail.outbox] == [["one@shop.example"], ["two@shop.example"]]
    message = mail.outbox[0]
    assert message.reply_to == ["anna@example.com"]
    assert message.subject == "New enquiry: Sofa"
    assert message.body == "From: anna@example.com\nName: Anna\nPage: /sofa\n\nDo you have it in green?\n"
    assert message.content_subtype == "plain"


def test_a_mail_server_that_is_down_loses_no_enquiry(
    sent: Sent, configure: Callable[..., None], settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    configure(contact_form=True, notify_email="one@shop.example")
    settings.EMAIL_BACKEND = "tests.api.leads.test_contact_form.NoMail"

    assert sent() == []

    assert Lead.objects.count() == 1
    assert "Could not mail of lead" in caplog.text
    assert "anna" not in caplog.text


class NoMail:
    """A mail server that refuses, and tells whom."""

    def __init__(self, **_options: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        raise OSError("no route for anna@example.com")


def test_a_task_that_runs_twice_makes_one_lead(
    anybody: Api, told: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks():
        submit(anybody)
    id = LeadSubmission.objects.get().pk

    tasks.take_submission.delay(id)
    tasks.take_submission.delay(id)

    assert (Lead.objects.count(), len(told)) == (1, 1)


def test_what_a_broker_lost_is_taken_up_later(anybody: Api, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks():
        submit(anybody)
        submit(anybody, message="Just now")
    first = LeadSubmission.objects.order_by("id").first()
    assert first is not None
    LeadSubmission.objects.filter(pk=first.pk).update(received_at="2024-05-01T12:00:00Z")

    tasks.take_submissions.delay()

    assert list(Lead.objects.values_list("message", flat=True)) == ["Do you have it in green?"]
    assert [row.message for row in LeadSubmission.objects.all()] == ["Just now"]


def test_nothing_happens_while_the_plugin_is_inactive(
    anybody: Api, configure: Callable[..., None], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks():
        submit(anybody)
    configure(contact_form=True, active=False)

    tasks.take_submission.delay(LeadSubmission.objects.get().pk)

    assert (LeadSubmission.objects.count(), Lead.objects.count()) == (1, 0)


def test_what_travels_through_the_broker_is_a_number(
    anybody: Api, monkeypatch: pytest.MonkeyPatch, on_commit: Callable[[], Any]
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(tasks.take_submission, "apply_async", lambda **options: calls.append(options["args"]))

    with on_commit():
        submit(anybody)

    assert calls == [(LeadSubmission.objects.get().pk,)]


# Off, and the secret.


def test_off_unless_it_is_turned_on(anybody: Api, configure: Callable[..., None]) -> None:
    configure()

    assert told_of(submit(anybody)) == [(None, "DISABLED")]
    (error,) = anybody.errors(TOKEN)
    assert error["extensions"]["code"] == "DISABLED"
    assert not LeadSubmission.objects.exists()


@pytest.mark.parametrize("secret", [None, "", "wrong", "s3cret ", "S3CRET"])
def test_with_a_secret_only_who_knows_it_may_send(
    anybody: Api, configure: Callable[..., None], secret: str | None
) -> None:
    configure(contact_form=True, contact_form_secret="s3cret")

    assert told_of(submit(anybody, secret=secret)) == [("secret", "INVALID")]
    assert submit(anybody, secret="s3cret") == []
    assert LeadSubmission.objects.count() == 1


def test_half_a_character_is_no_secret(anybody: Api, configure: Callable[..., None]) -> None:
    """Saleor 3.23 does not read such a request at all; before, it came to us."""
    configure(contact_form=True, contact_form_secret="s3cret")

    given = {"email": "a@example.com", "message": "x", "token": token()}
    answer = anybody.post(SUBMIT, input=given, secret="s3cret\ud800").json()

    assert "Internal" not in str(answer)
    assert not LeadSubmission.objects.exists()


def test_the_secret_is_compared_in_constant_time(
    anybody: Api, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(contact_form=True, contact_form_secret="s3cret")
    compared: list[tuple[bytes, bytes]] = []
    monkeypatch.setattr(public_forms, "constant_time_compare", lambda *both: bool(compared.append(both)))

    submit(anybody, secret="wrong")

    assert compared == [(b"wrong", b"s3cret")]


# The token, and the field that people do not see.


def test_a_form_takes_its_time(anybody: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = anybody(TOKEN)["customerLeadFormToken"]
    now = time.time()
    assert told_of(submit(anybody, token=answer["token"])) == [("token", "INVALID")]

    monkeypatch.setattr("time.time", lambda: now + 4)

    assert submit(anybody, token=answer["token"]) == []


def test_a_form_that_was_open_for_more_than_a_day(anybody: Api) -> None:
    assert told_of(submit(anybody, token=token(seconds=24 * 3600 + 5))) == [("token", "INVALID")]
    assert submit(anybody, token=token(seconds=24 * 3600 - 60)) == []


def test_a_form_is_sent_once(anybody: Api) -> None:
    mine = token()
    assert submit(anybody, token=mine) == []

    assert told_of(submit(anybody, token=mine, message="Again")) == [("token", "INVALID")]
    assert LeadSubmission.objects.count() == 1


def test_a_form_that_was_refused_can_be_mended_and_sent(anybody: Api) -> None:
    mine = token()
    assert told_of(submit(anybody, token=mine, email="anna")) == [("email", "INVALID")]

    assert submit(anybody, token=mine) == []


@pytest.mark.parametrize("forged", ["", "x", "WyJ4IiwxXQ:1uabcd:0000000000000000000000000000000000000000000"])
def test_a_forged_token(anybody: Api, forged: str) -> None:
    assert told_of(submit(anybody, token=forged)) == [("token", "INVALID")]


def test_a_token_with_another_time_in_it(anybody: Api) -> None:
    young, old = token(seconds=0).split(":"), token(seconds=60).split(":")

    assert told_of(submit(anybody, token=":".join([old[0], *young[1:]]))) == [("token", "INVALID")]


def test_what_fills_in_the_hidden_field_is_answered_and_dropped(anybody: Api) -> None:
    assert submit(anybody, website="https://spam.example") == submit(anybody) == []
    assert LeadSubmission.objects.count() == 1


# Flooding.


def test_a_flood_from_one_address(anybody: Api, configure: Callable[..., None]) -> None:
    configure(contact_form=True, contact_form_per_hour="5")

    answers = [told_of(submit(anybody, email=f"person{number}@example.com")) for number in range(8)]

    assert answers == [[]] * 5 + [[(None, "RATE_LIMITED")]] * 3
    assert LeadSubmission.objects.count() == 5


def test_a_flood_for_one_e_mail(anybody: Api, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    configure(contact_form=True, contact_form_per_hour="8")
    addresses = iter(f"203.0.113.{number}" for number in range(99))
    monkeypatch.setattr(public_forms, "address_of", lambda _request: next(addresses))

    answers = [told_of(submit(anybody, email=email)) for email in ("a@example.com", "A@example.com ", "a@EXAMPLE.com")]

    assert answers == [[], [], [(None, "RATE_LIMITED")]]
    assert submit(anybody, email="b@example.com") == []


def test_the_limit_is_lifted_in_the_next_hour(
    anybody: Api, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(contact_form=True, contact_form_per_hour="4")
    for number in range(4):
        submit(anybody, email=f"person{number}@example.com")
    assert told_of(submit(anybody, email="last@example.com")) == [(None, "RATE_LIMITED")]
    later = time.time() + 3600
    monkeypatch.setattr("time.time", lambda: later)

    assert submit(anybody, email="last@example.com", token=token()) == []


def test_wrong_forms_count_too(anybody: Api, configure: Callable[..., None]) -> None:
    """Else whoever guesses tokens or addresses could guess for ever."""
    configure(contact_form=True, contact_form_per_hour="2")

    answers = [told_of(submit(anybody, token="x")) for _ in range(3)]

    assert answers == [[("token", "INVALID")]] * 2 + [[(None, "RATE_LIMITED")]]


def post_from(address: str, *, forwarded: str = "", **input: Any) -> list[tuple[str | None, str]]:
    given = {"email": "anna@example.com", "message": "Hi", "token": token()} | input
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    response = Client(headers=headers, REMOTE_ADDR=address).post(
        OUR_PATH, {"query": SUBMIT, "variables": {"input": given}}, content_type="application/json"
    )
    return told_of(response.json()["data"]["customerLeadSubmit"]["errors"])


@pytest.mark.parametrize(
    ("address", "forwarded"),
    [
        (lambda number: "203.0.113.7", lambda number: f"198.51.100.{number}"),
        (lambda number: f"2001:db8:1:2::{number:x}", lambda number: ""),
    ],
    ids=["a header that anybody can write", "a household's IPv6 addresses"],
)
def test_an_address_cannot_be_changed_at_will(
    configure: Callable[..., None], address: Callable[[int], str], forwarded: Callable[[int], str]
) -> None:
    configure(contact_form=True, contact_form_per_hour="1")

    answers = [
        post_from(address(number), forwarded=forwarded(number), email=f"p{number}@example.com")
        for number in range(1, 4)
    ]

    assert answers == [[], [(None, "RATE_LIMITED")], [(None, "RATE_LIMITED")]]


def test_behind_a_proxy_of_the_shop_s_own(configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    configure(contact_form=True, contact_form_per_hour="1")
    monkeypatch.setattr(public_forms, "PROXIES", 1)

    def post(forwarded: str, number: int) -> list[tuple[str | None, str]]:
        return post_from("10.0.0.1", forwarded=forwarded, email=f"p{number}@example.com")

    assert post("203.0.113.1", 1) == []
    assert post("203.0.113.2", 2) == []
    # Whatever the visitor wrote stands before what the proxy wrote.
    assert post("198.51.100.9, 203.0.113.2", 3) == [(None, "RATE_LIMITED")]
    assert post("203.0.113.2:52100", 3) == [(None, "RATE_LIMITED")]  # the proxy wrote the port along
    assert post("2001:db8::1", 6) == []
    assert post("[2001:db8::2]:52100", 7) == [(None, "RATE_LIMITED")]
    assert post("", 4) == []  # straight from a machine behind the proxy
    assert post("", 5) == [(None, "RATE_LIMITED")]


def test_the_shop_s_server_tells_whom_it_sends_for(anybody: Api, configure: Callable[..., None]) -> None:
    configure(contact_form=True, contact_form_per_hour="1")
    assert submit(anybody, address="203.0.113.1") == []
    assert told_of(submit(anybody, address="203.0.113.2", email="b@example.com")) == [(None, "RATE_LIMITED")]
    configure(contact_form=True, contact_form_per_hour="1", contact_form_secret="s3cret")

    answers = [
        told_of(submit(anybody, secret="s3cret", address=address, email=f"p{number}@example.com"))
        for number, address in enumerate(["203.0.113.1", "203.0.113.2", "203.0.113.2", "nonsense", "rubbish"])
    ]

    assert answers == [[], [], [(None, "RATE_LIMITED")], [], [(None, "RATE_LIMITED")]]


def test_the_cache_holds_no_address_and_no_e_mail(anybody: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []
    add = form_guard.cache.add
    monkeypatch.setattr(
        form_guard.cache, "add", lambda key, *args, **options: keys.append(key) or add(key, *args, **options)
    )

    submit(anybody)

    assert len(keys) == 3
    assert not any("anna" in key or "127.0.0.1" in key for key in keys)


# What is sent.


@pytest.mark.parametrize("field", ["email", "subject", "firstName", "lastName", "page", "campaign"])
@pytest.mark.parametrize("injected", ["x\nBcc: all@example.com", "x\r\nBcc: all@example.com", "x\u2028Bcc: y"])
def test_a_header_cannot_be_injected(anybody: Api, field: str, injected: str) -> None:
    value = {"email": f"anna@example.com{injected}", "page": f"/{injected}"}.get(field, injected)

    answer = submit(anybody, **{field: value})

    if field in ("firstName", "lastName") and "\u2028" in injected:
        assert answer == []  # no header is made of a name
    else:
        assert told_of(answer) == [(field, "INVALID")]
        assert not LeadSubmission.objects.exists()


def test_what_reaches_the_mail_has_no_headers_of_its_own(sent: Sent, configure: Callable[..., None]) -> None:
    configure(contact_form=True, notify_email="one@shop.example")

    sent(message="Hi\nBcc: all@example.com\n\n--boundary\nContent-Type: text/html", subject="=?utf-8?q?=0ABcc:_x?=")

    (message,) = mail.outbox
    headers = message.message()
    assert headers["Bcc"] is None
    assert headers["To"] == "one@shop.example"
    assert headers.get_content_type() == "text/plain"
    assert not headers.is_multipart()
    assert len(headers.get_all("Subject")) == 1


def test_a_script_in_every_field_stays_text(sent: Sent, api: Api, configure: Callable[..., None]) -> None:
    configure(contact_form=True, notify_email="one@shop.example")
    texts = dict.fromkeys(("firstName", "lastName", "subject", "message", "campaign"), SCRIPT)

    assert sent(**texts, page=f"/{SCRIPT}") == []

    query = """{ customerLeads(first: 1) { edges { node {
        subject message campaign page record { firstName lastName } } } } }"""
    response = api.post(query)
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.json()["data"]["customerLeads"]["edges"][0]["node"] == {
        "subject": SCRIPT,
        "message": SCRIPT,
        "campaign": SCRIPT,
        "page": f"/{SCRIPT}",
        "record": {"firstName": SCRIPT, "lastName": SCRIPT},
    }
    assert mail.outbox[0].message().get_content_type() == "text/plain"


@pytest.mark.parametrize("page", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_a_page_that_would_run_when_clicked(anybody: Api, page: str) -> None:
    assert told_of(submit(anybody, page=page)) == [("page", "INVALID")]


@pytest.mark.parametrize(
    ("field", "longest"),
    [("message", 10_000), ("subject", 255), ("page", 2048), ("campaign", 255), ("firstName", 256), ("lastName", 256)],
)
def test_texts_have_their_limits(anybody: Api, field: str, longest: int) -> None:
    start = "/" if field == "page" else ""

    assert told_of(submit(anybody, **{field: start + "x" * (longest + 1 - len(start))})) == [(field, "INVALID")]
    assert submit(anybody, **{field: start + "ü" * (longest - len(start))}) == []


@pytest.mark.parametrize("field", ["message", "subject", "email", "firstName", "page", "campaign", "token", "website"])
def test_a_megabyte_of_text(anybody: Api, field: str) -> None:
    answer = submit(anybody, **{field: "x" * 1_000_000})

    assert told_of(answer) in ([(field, "INVALID")], [])
    assert (answer == []) is (field == "website")
    assert all(len(error["message"]) < 200 for error in answer)
    assert not LeadSubmission.objects.exists()


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31mb"])
@pytest.mark.parametrize("field", ["message", "subject", "firstName", "email", "page", "campaign"])
def test_characters_that_are_no_text(anybody: Api, field: str, text: str) -> None:
    assert told_of(submit(anybody, **{field: f"/{text}"})) == [(field, "INVALID")]


def test_half_a_character(anybody: Api) -> None:
    """JSON can spell it, no database can hold it."""
    body = (
        '{"query": "mutation ($input: CustomerLeadSubmitInput!) { customerLeadSubmit(input: $input) '
        '{ errors { field code } } }", "variables": {"input": {"email": "a@example.com", "message": "x\\ud800", '
        f'"token": "{token()}"}}}}}}'
    )
    answer = Client().post(OUR_PATH, body, content_type="application/json").json()

    assert "Internal" not in str(answer)
    assert not LeadSubmission.objects.exists()


def test_blank_ones_are_refused_all_at_once(anybody: Api) -> None:
    assert told_of(submit(anybody, email=" ", message=" \n", subject="a\nb")) == [
        ("email", "REQUIRED"),
        ("subject", "INVALID"),
        ("message", "REQUIRED"),
    ]


def test_what_was_typed_is_not_repeated(anybody: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="saleor_customer_plus")

    answer = submit(anybody, email="secret at example", subject="secret\n", message="secret\x00", page="secret:x")

    assert len(answer) == 3
    assert "secret" not in str(answer)
    assert "secret" not in caplog.text


# Probing.


def test_the_answer_does_not_tell_who_is_known(anybody: Api) -> None:
    """The same words, status, headers and statements for whoever is unknown, known, inactive, or has an account."""
    make_record("known@example.com")
    make_record("inactive@example.com", is_active=False)
    make_account("account@example.com")
    submit(anybody, email="first@example.com")  # fills caches

    def ask(email: str) -> tuple[bytes, int, dict[str, str], list[str]]:
        given = {"email": email, "message": "Hi", "token": token()}
        with CaptureQueriesContext(connection) as captured:
            response = anybody.post(SUBMIT, input=given)
        statements = [NAMED_ANEW.sub("", query["sql"]) for query in captured]
        return response.content, response.status_code, dict(response.headers), statements

    unknown, *others = [ask(f"{who}@example.com") for who in ("unknown", "known", "inactive", "account")]

    assert others == [unknown] * 3
    assert sum("INSERT" in statement for statement in unknown[3]) == 1
    assert not any("customerrecord" in statement or "account_user" in statement for statement in unknown[3])


def test_a_stranger_gets_nothing_but_errors(anybody: Api) -> None:
    (error,) = anybody.errors(SUBMIT.replace("errors {", "lead { id } errors {"), input={})

    assert "Cannot query field" in error["message"]


@pytest.fixture
def customer() -> Iterator[Api]:
    return Api(make_token(make_account("berta@example.com")))


def test_who_is_signed_in_is_a_stranger_here(customer: Api, on_commit: Callable[[], Any]) -> None:
    with on_commit():
        assert submit(customer, email="anna@example.com") == []

    lead = Lead.objects.get()
    assert lead.record.email == "anna@example.com"
    assert set(ActivityEntry.objects.filter(record=lead.record).values_list("actor_id", flat=True)) == {""}
