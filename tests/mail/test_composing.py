"""What an e-mail consists of, whoever writes it and whatever placeholders stand for."""

from __future__ import annotations

import email
import io
import time
from dataclasses import replace
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from saleor_customer_plus.errors import CustomerPlusError, SeveralErrors
from saleor_customer_plus.mail import composing
from saleor_customer_plus.mail.composing import compose, to_html
from saleor_customer_plus.mail.models import Mail
from saleor_customer_plus.notes.contents import recognise, safe_name
from saleor_customer_plus.settings import DEFAULTS, parse
from tests.notes.samples import PDF

ANNA = {"first_name": "Anna", "shop_name": "Sofa & Co"}


def errors_of(**arguments: Any) -> list[tuple[str | None, str]]:
    with pytest.raises((CustomerPlusError, SeveralErrors)) as caught:
        compose(**{"subject": "Hello", "body": "Text", "values": ANNA, "settings": DEFAULTS, **arguments})
    error = caught.value
    return [(one.field, one.code.value) for one in (error.errors if isinstance(error, SeveralErrors) else [error])]


def test_the_text_is_what_was_written_and_the_html_is_made_of_it() -> None:
    chosen = replace(DEFAULTS, mail_signature="*Sara*", mail_footer="Sofa & Co, Berlin")
    made = compose(
        "Your order, {{ first_name }}", "Hello **{{first_name}}**\n\n- one\n- two", ANNA, chosen, language="de"
    )
    assert made.subject == "Your order, Anna"
    assert made.text == "Hello **Anna**\n\n- one\n- two\n\n-- \n*Sara*\n\nSofa & Co, Berlin\n"
    assert "<p>Hello <strong>Anna</strong></p>" in made.html
    assert "<li>two</li>" in made.html
    assert "<em>Sara</em>" in made.html
    assert "Sofa &amp; Co, Berlin" in made.html
    assert '<html lang="de" dir="ltr">' in made.html


def test_a_way_to_unsubscribe_is_in_both_parts_in_the_language_of_the_person() -> None:
    url = "https://shop.example/u/1?a=1&b=2"
    made = compose("Hello", "Text", {}, DEFAULTS, language="de", unsubscribe_url=url)
    assert f"Abmelden: {url}" in made.text
    assert '<a href="https://shop.example/u/1?a=1&amp;b=2">Abmelden</a>' in made.html


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "[win](https://evil.example)",
        "**Anna**",
        "`x` & <img src=https://evil.example/p.gif>",
        "Anna\r\nBcc: all@example.com",
        "{{ shop_name }}",
    ],
)
def test_what_a_placeholder_stands_for_is_nothing_but_text(name: str) -> None:
    made = compose("Hi {{ first_name }}", "Dear {{ first_name }},\n\nhello", {**ANNA, "first_name": name}, DEFAULTS)
    body = made.html.partition("<body")[2]
    for tag in ("<script", "<a ", "<img", "<strong", "<code", "Sofa"):
        assert tag not in body
    assert "\n" not in made.subject
    assert " ".join(name.split()) in made.text


@pytest.mark.parametrize(
    "written",
    [
        "<img src='https://evil.example/pixel.gif'>",
        "![x](https://evil.example/pixel.gif)",
        "<a href='javascript:alert(1)' onclick='x()'>x</a>",
        "[x](javascript:alert(1))",
        "[x]({{ first_name }})",
        "<iframe src=x></iframe><svg onload=alert(1)>",
        "<style>body{background:url(https://evil.example)}</style>",
    ],
)
def test_what_is_written_becomes_no_script_and_no_picture(written: str) -> None:
    made = to_html(written, {"first_name": "javascript:alert(1)"})
    for bad in ("javascript", "evil.example", "onclick", "onload", "<img", "<iframe", "<svg", "<style"):
        assert bad not in made.replace("alert(1)", "")


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert errors_of(subject="Hello\nBcc: all@example.com", body="") == [("subject", "INVALID"), ("body", "REQUIRED")]
    assert errors_of(subject=" ", body="x" * 20_001) == [("subject", "REQUIRED"), ("body", "LIMIT_REACHED")]
    assert errors_of(subject="{{ nme }}", body="{{ a }} {{ b }} {{ a }}") == [
        ("subject", "INVALID"),
        ("body", "INVALID"),
        ("body", "INVALID"),
    ]
    assert errors_of(body="{{ first_name }}" * 1000, values={"first_name": "x" * 200}) == [("body", "LIMIT_REACHED")]


@pytest.mark.parametrize("body", ["1. " * 5000, "[" * 10_000, "![" * 5000, "[a](" * 4000])
def test_markdown_that_is_made_to_take_long_is_refused(body: str) -> None:
    began = time.process_time()
    assert errors_of(body=body) in ([("body", "INVALID")], [("body", "LIMIT_REACHED")])
    assert time.process_time() - began < 2


def test_a_placeholder_without_an_end_takes_no_time() -> None:
    began = time.process_time()
    assert compose("Hello", "{{" + " " * 10_000 + "x", ANNA, DEFAULTS).body.endswith("x")
    assert time.process_time() - began < 2


def test_an_unknown_placeholder_is_named_with_those_that_there_are() -> None:
    with pytest.raises(CustomerPlusError, match=r'no placeholder "nme"\. Known are: first_name, shop_name\.'):
        compose("Hello", "{{ nme }}", ANNA, DEFAULTS)


@pytest.mark.parametrize(
    "address",
    [
        *("a@b.example\nBcc: c@d.example", "nobody", "a@b.example, c@d.example", "x" * 300, "\ud800 <a@b.example>"),
        *("\u202eX <a@b.example>", "X\x00 <a@b.example>", "X\u2028 <a@b.example>", "X\x85 <a@b.example>"),
    ],
)
def test_an_address_in_a_header_is_one_address_by_the_rule_of_the_settings(address: str) -> None:
    """Also without letters that nobody sees: some write a name backwards."""
    with pytest.raises(CustomerPlusError) as caught:
        composing.checked_address(address, field="reply_to")
    assert caught.value.field == "reply_to"
    with pytest.raises(ValidationError):
        parse([{"name": "mail_reply_to", "value": address}])


def test_the_headers_say_how_to_answer_and_how_to_unsubscribe() -> None:
    mail = Mail(
        message_id="<1@shop.example>",
        in_reply_to="<0@example.com>",
        language_code="it",
        unsubscribe_url="https://shop.example/u/1",
        is_automatic=True,
    )
    assert composing.headers_of(mail) == {
        "Message-ID": "<1@shop.example>",
        "In-Reply-To": "<0@example.com>",
        "References": "<0@example.com>",
        "Content-Language": "it",
        "List-Unsubscribe": "<https://shop.example/u/1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }


def test_a_message_id_is_of_the_sender_s_domain_and_never_the_same() -> None:
    ids = {composing.new_message_id("Shop <shop@münchen.example>") for _ in range(20)}
    assert len(ids) == 20
    assert all(one.endswith("@xn--mnchen-3ya.example>") for one in ids)


@pytest.mark.parametrize(
    "hostile",
    [
        *(
            "x\r\nBcc: all@example.com",
            "x\nBcc: all@example.com",
            "x\rBcc: all@example.com",
            "x\u2028Bcc: all@example.com",
        ),
        *(
            "x\x85Bcc: y",
            "x\x00y",
            'x"; filename="y.exe',
            "=?utf-8?q?x=0D=0ABcc:_all=40example.com?=",
            "\u202excod.exe",
        ),
    ],
)
def test_no_name_and_no_file_brings_a_header_in(hostile: str) -> None:
    """What a customer is called, in subject and text, and how a file is."""
    composed = compose("Hello {{ first_name }}", "{{ first_name }}", ANNA | {"first_name": hostile}, DEFAULTS)
    kind = recognise(io.BytesIO(PDF), "x.pdf")
    assert kind is not None
    row = Mail(
        message_id="<1@shop.example>",
        sender="Shop <shop@shop.example>",
        recipient="anna@example.com",
        reply_to="desk@shop.example",
        subject=composed.subject,
        text=composed.text,
        html=composed.html,
    )
    message = composing.message_of(row, lambda: [(safe_name(f"{hostile}.pdf", kind), PDF, "application/pdf")])
    read = email.message_from_bytes(message.message().as_bytes())
    assert message.recipients() == ["anna@example.com"]
    assert {name.lower() for name in read.keys()} == {  # noqa: SIM118 - a message is no mapping
        *("subject", "from", "to", "reply-to", "date", "message-id", "mime-version", "content-type")
    }
    for part in read.walk():
        if part is not read:
            names = {name.lower() for name in part.keys()}  # noqa: SIM118
            assert names <= {"content-type", "content-transfer-encoding", "content-disposition", "mime-version"}
    (file,) = [part for part in read.walk() if part.get_content_disposition() == "attachment"]
    assert (file.get_content_type(), (file.get_filename() or "")[-4:]) == ("application/pdf", ".pdf")
