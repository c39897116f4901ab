"""What customers send to the shop: whose it is, what of it is kept, and what is never done."""

from __future__ import annotations

import imaplib
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError

from saleor_customer_plus.activity.models import ActivityEntry, ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.customers.filters import RecordFilter, SourceFilter
from saleor_customer_plus.customers.queries import RecordList
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.mail import reading
from saleor_customer_plus.mail.html_text import text_of_html
from saleor_customer_plus.mail.models import Mail, MailAttachment
from saleor_customer_plus.mail.senders import sender_of
from saleor_customer_plus.messages import mailbox, services
from saleor_customer_plus.messages.services import Draft
from saleor_customer_plus.records.models import CustomerRecord, Source, Stage
from saleor_customer_plus.settings import load, mailbox_address_of, parse
from saleor_customer_plus.sync import incoming_mail
from saleor_customer_plus.sync.incoming_mail import Outcome, take
from tests.factories import make_record
from tests.messages.imap_server import Inbox, imap_server
from tests.notes.samples import PDF

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("storage")]


@pytest.fixture(autouse=True)
def _shop(configure: Callable[..., None]) -> None:
    configure(mail_sender="Sofa <shop@shop.example>")


def letter(text: str = "Yes, in green.", *, sender: str = "Anna <ANNA@example.com>", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "shop@shop.example", "Re: Sofa"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def sent_to(record: Any, on_commit: Callable[[], Any]) -> Mail:
    with on_commit():
        (row,) = services.send(
            [record.pk], Draft("Sofa", "Which colour?"), load()[0], actor=Actor(ActorType.STAFF, "1")
        )
    row.refresh_from_db()
    return row


def test_an_answer_is_of_whom_it_answers_else_of_who_has_the_address(on_commit: Callable[[], Any]) -> None:
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    asked = sent_to(ben, on_commit)
    by_thread = take(letter(Message_ID="<1@example.com>", In_Reply_To=asked.message_id).as_bytes())
    by_address = take(letter(Message_ID="<2@example.com>", References="<unknown@example.com>").as_bytes())
    assert [(one.outcome, one.mail.record_id) for one in (by_thread, by_address) if one.mail] == [
        (Outcome.RECEIVED, ben.pk),
        (Outcome.RECEIVED, anna.pk),
    ]
    kept = Mail.objects.get(message_id="<2@example.com>")
    assert (kept.kind, kept.state, kept.subject, kept.body) == ("REPLY", "RECEIVED", "Re: Sofa", "Yes, in green.")
    assert kept.sender == "Anna <anna@example.com>"
    logged = ActivityEntry.objects.get(record=anna, type="MESSAGE_RECEIVED")
    assert (logged.actor_type, logged.after) == ("CUSTOMER", {"message_id": kept.pk, "kind": "REPLY", "files": 0})


def test_the_same_message_is_kept_once_also_without_a_message_id() -> None:
    make_record("anna@example.com")
    for raw in (letter(Message_ID="<1@example.com>").as_bytes(), letter().as_bytes()):
        assert [take(raw).outcome for _ in range(2)] == [Outcome.RECEIVED, Outcome.KNOWN]
    assert Mail.objects.count() == 2


def test_a_stranger_makes_no_record_unless_the_setting_says_so(configure: Callable[..., None]) -> None:
    raw = letter(sender="Carla <carla@example.com>").as_bytes()
    assert take(raw).outcome is Outcome.UNKNOWN_SENDER
    assert not CustomerRecord.objects.exists()
    assert not Mail.objects.exists()
    configure(mail_sender="shop@shop.example", messages_of_strangers=True)
    assert take(letter(sender="not an address").as_bytes()).outcome is Outcome.IGNORED
    assert (
        take(letter(sender="x@y.example", Auto_Submitted="auto-replied").as_bytes()).outcome is Outcome.UNKNOWN_SENDER
    )
    assert take(raw).outcome is Outcome.RECEIVED
    assert CustomerRecord.objects.get().email == "carla@example.com"


def test_a_stranger_s_record_is_found_by_its_source_and_a_known_person_keeps_theirs(
    configure: Callable[..., None],
) -> None:
    configure(mail_sender="shop@shop.example", messages_of_strangers=True)
    make_record("anna@example.com", sources=["ORDER"])
    for number, sender in enumerate(["Anna <anna@example.com>", "Carla <carla@example.com>"]):
        assert take(letter(sender=sender, Message_ID=f"<{number}@example.com>").as_bytes()).outcome is Outcome.RECEIVED
    carla = CustomerRecord.objects.get(email="carla@example.com")
    assert (carla.stage, carla.sources) == (Stage.LEAD, [Source.EMAIL])
    assert CustomerRecord.objects.get(email="anna@example.com").sources == [Source.ORDER]
    wanted = RecordFilter(sources=SourceFilter(any=[Source.EMAIL]))
    assert list(RecordList(filter=wanted).matching) == [carla]


@pytest.mark.parametrize(
    "headers",
    [
        {"List-Unsubscribe": "<https://other.example/u>"},
        {"List-Id": "News <news.other.example>"},
        {"X-Spam-Flag": "YES"},
        {"X-Spam-Status": "Yes, score=9.1"},
    ],
)
def test_mass_mail_and_spam_make_no_records_but_are_kept_of_somebody_known(
    configure: Callable[..., None], headers: dict[str, str]
) -> None:
    """A mailbox gets the newsletters of other shops, too: nobody of them is a lead."""
    configure(mail_sender="shop@shop.example", messages_of_strangers=True)
    message = letter(sender="news@other.example", Message_ID="<1@other.example>")
    for name, value in headers.items():
        message[name] = value
    assert take(message.as_bytes()).outcome is Outcome.UNKNOWN_SENDER
    assert not CustomerRecord.objects.exists()
    make_record("news@other.example")
    taken = take(message.as_bytes())
    assert (taken.outcome, taken.mail.kind if taken.mail else "") == (Outcome.RECEIVED, "REPLY")


def test_what_the_shop_writes_itself_is_nobody_s_answer(configure: Callable[..., None]) -> None:
    """Staff answer from the shop's mailbox with a mail program, and copies of it come back."""
    configure(
        mail_sender="Sofa <shop@shop.example>",
        mail_reply_to="Desk <Desk@shop.example>",
        mailbox_secret="imaps://box%40shop.example:p@mail.shop.example",
        messages_of_strangers=True,
    )
    make_record("anna@example.com")
    for sender in ("shop@shop.example", "Desk@Shop.example", "Box <BOX@shop.example>"):
        assert take(letter(sender=sender, Message_ID=f"<{len(sender)}@x>").as_bytes()).outcome is Outcome.IGNORED
    assert (CustomerRecord.objects.count(), Mail.objects.count()) == (1, 0)


def test_html_is_text_without_scripts_and_pictures() -> None:
    make_record("anna@example.com")
    message = letter(Message_ID="<1@example.com>")
    message.clear_content()
    message.set_content(
        "<html><head><style>p{}</style><title>t</title></head><body><p>Hello &amp; <b>thanks</b></p>"
        "<script>alert(1)</script><img src='https://evil.example/pixel.gif'><div>1 &lt; 2</div><p onclick=x>bye",
        subtype="html",
    )
    assert take(message.as_bytes()).mail.body == "Hello & thanks\n\n1 < 2\n\nbye"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        ("<div>" * 150_000 + "end", "end"),
        ("<" * 500_000, "<" * 500_000),
        ("<a" + "b" * 500_000, "<a" + "b" * 500_000),
        ("<!-- " * 100_000, ""),
        ("<script>" * 100_000 + "x", ""),
        ("&#" + "9" * 500_000 + ";", "\ufffd"),
        ("&lt;script&gt;", "<script>"),
        ("<p>a</p><!-- b --><style>c</STYLE ><br/>d", "a\n\nd"),
        ("<tr><td>Size</td><td>M</td></tr>", "Size M"),
        ("a<svg/>b<math />c<svg>d</svg>e", "abce"),
    ],
    ids=["nested", "open", "name", "comments", "scripts", "reference", "escaped", "mixed", "cells", "drawings"],
)
def test_html_that_is_made_to_take_long_does_not(hostile: str, left: str) -> None:
    began = time.process_time()
    assert text_of_html(hostile) == left
    assert time.process_time() - began < 2


def test_files_are_kept_private_and_those_that_run_or_are_too_big_are_not(configure: Callable[..., None]) -> None:
    configure(mail_sender="shop@shop.example", attachment_megabytes=1)
    make_record("anna@example.com")
    message = letter(Message_ID="<1@example.com>")
    message.add_attachment(PDF, maintype="application", subtype="octet-stream", filename="../../étude.pdf")
    message.add_attachment(b"#!/bin/sh\n", maintype="image", subtype="png", filename="x.png")
    message.add_attachment(b"x" * 1_100_000, maintype="text", subtype="plain", filename="big.txt")
    kept = take(message.as_bytes()).mail
    assert kept is not None
    file = MailAttachment.objects.get()
    assert (file.name, file.content_type, file.size) == ("étude.pdf", "application/pdf", len(PDF))
    assert kept.dropped_files == 2
    assert file.file.name.startswith("customer-plus/mail/")


def test_an_automatic_reply_is_told_apart(on_commit: Callable[[], Any]) -> None:
    make_record("anna@example.com")
    taken = take(letter(Message_ID="<1@example.com>", Auto_Submitted="auto-replied").as_bytes())
    assert (taken.outcome, taken.mail and taken.mail.kind) == (Outcome.RECEIVED, "AUTO_REPLY")


BOUNCE = """From: MAILER-DAEMON@mx.example
To: shop@shop.example
Subject: Undelivered
Return-Path: <>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@example.com
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 unknown user

--b
Content-Type: message/rfc822

Message-ID: {id}
Subject: Sofa

Which colour?
--b--
"""


def test_a_bounce_marks_the_message_and_is_no_answer(on_commit: Callable[[], Any]) -> None:
    row = sent_to(make_record("anna@example.com"), on_commit)
    assert row.state == "SENT"
    assert len(django_mail.outbox) == 1
    assert take(BOUNCE.format(action="delayed", id=row.message_id).encode()).outcome is Outcome.BOUNCE
    row.refresh_from_db()
    assert row.state == "SENT"
    for _ in range(2):
        taken = take(BOUNCE.format(action="failed", id=row.message_id).encode())
        assert (taken.outcome, taken.mail) == (Outcome.BOUNCE, row)
    row.refresh_from_db()
    assert (row.state, row.failure, row.failure_detail) == ("BOUNCED", "BOUNCED", "5.1.1 smtp; 550 unknown user")
    assert Mail.objects.count() == 1
    assert take(BOUNCE.format(action="failed", id="<guessed@example.com>").encode()).mail is None


def test_a_bounce_is_of_the_message_that_was_returned_and_of_no_other(on_commit: Callable[[], Any]) -> None:
    """Not of those that it answers, nor of any that whoever made it up cannot know."""
    anna, ben = make_record("anna@example.com"), make_record("ben@example.com")
    before, returned, guessed = (sent_to(one, on_commit) for one in (anna, anna, ben))
    thread = f"References: {before.message_id} {returned.message_id}\nSubject"
    raw = BOUNCE.format(action="failed", id=returned.message_id).replace("Subject", thread, 1)
    assert take(raw.encode()).mail == returned
    assert set(re.findall("[0-9a-f]{32}", guessed.message_id)).isdisjoint(str(one.pk) for one in (anna, ben))
    for made_up in (f"<{guessed.pk}@shop.example>", f"<{'0' * 32}@shop.example>", "<%@shop.example>", "<>"):
        assert take(BOUNCE.format(action="failed", id=made_up).encode()).mail is None
    states = dict(Mail.objects.values_list("pk", "state"))
    assert states == {before.pk: "SENT", returned.pk: "BOUNCED", guessed.pk: "SENT"}


def test_nothing_is_answered_by_itself_so_that_no_two_machines_write_to_each_other(
    on_commit: Callable[[], Any], configure: Callable[..., None]
) -> None:
    configure(mail_sender="shop@shop.example", messages_of_strangers=True)
    make_record("anna@example.com")
    with on_commit():
        for number, sender in enumerate(["anna@example.com", "carla@example.com"]):
            take(letter(sender=sender, Message_ID=f"<a{number}@example.com>").as_bytes())
            take(letter(sender=sender, Message_ID=f"<b{number}@x>", Auto_Submitted="auto-replied").as_bytes())
    assert Mail.objects.filter(state="RECEIVED").count() == 4
    assert Mail.objects.exclude(state="RECEIVED").count() == 0
    assert django_mail.outbox == []


def test_a_copy_of_what_the_shop_sent_is_ignored() -> None:
    assert take(letter(sender="Sofa <shop@shop.example>").as_bytes()).outcome is Outcome.IGNORED


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 100,
        b"no headers at all",
        b"From: a@b.example\n" + b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 3000,
        b"From: " + b"<" * 100_000 + b"@\n\nx",
        b"Subject: =?utf-8?B?////?= =?nonsense?Q?x?=\nFrom: anna@example.com\nDate: never\n\n\x00\xff\xd8",
        b"From: anna@example.com\nContent-Type: text/plain; charset=no-such\n\nhi",
        b"From: anna@example.com\nIn-Reply-To: <a\x00b@example.com>\nReferences: <\x00@a> <\xff@b>\n\nhi",
        BOUNCE.format(action="failed", id="<a\0b@example.com>").encode(),
        b"From: anna@example.com\nContent-Type: text/plain; charset=utf-7\n\n+2AA-",
        b"From: anna@example.com\nDate: Mon, 99 Xxx 99999999999 99:99:99 +99999999\n\nhi",
    ],
    ids=[
        *("blank", "zeros", "no headers", "nested", "angle brackets", "broken encodings", "unknown charset"),
        *("zero in an id", "zero in the id of a bounce", "half a surrogate pair", "no date"),
    ],
)
def test_whatever_comes_breaks_nothing(raw: bytes) -> None:
    make_record("anna@example.com")
    outcome: object = None
    try:
        outcome = take(raw).outcome
    except CustomerPlusError as error:
        outcome = error.field
    assert outcome in ("message", Outcome.RECEIVED, Outcome.IGNORED, Outcome.UNKNOWN_SENDER, Outcome.BOUNCE)


@pytest.mark.parametrize(
    "hostile",
    [
        b"Content-Type: text/plain" + b";" * 2_000_000 + b"\n\nx",
        b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (one, one) for one in range(300))
        + b"\n" * 3_000_000,
        b"Content-Type: text/plain; charset=punycode\n\na-" + b"9" * 300_000,
    ],
    ids=["parameters", "lines", "charset"],
)
def test_a_message_that_is_made_to_take_long_does_not(hostile: bytes) -> None:
    began = time.process_time()
    with suppress(CustomerPlusError):
        take(b"From: a@b.example\n" + hostile)
    assert time.process_time() - began < 3


@pytest.mark.parametrize("charset", ["no-such", "undefined", "idna", "punycode", "zlib"])
def test_a_charset_that_is_none_of_text_costs_nobody_the_text(charset: str) -> None:
    make_record("anna@example.com")
    raw = f"From: anna@example.com\nContent-Type: text/plain; charset={charset}\n\nYes, in green."
    assert take(raw.encode()).mail.body == "Yes, in green."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nRead.\n--b--",
        "Return-Path: <>\n\nOut of office.",
        "X-Autoreply: yes\n\nOut of office.",
        "Precedence: bulk\n\nOut of office.",
    ],
)
def test_what_a_machine_writes_is_no_reply(headers: str) -> None:
    make_record("anna@example.com")
    taken = take(f"From: anna@example.com\n{headers}".encode())
    assert (taken.mail and taken.mail.kind) == "AUTO_REPLY"


def test_a_giant_is_refused_unread_and_a_long_text_is_cut() -> None:
    with pytest.raises(CustomerPlusError) as caught:
        reading.read(b"x" * (reading.MAX_BYTES + 1), load()[0])
    assert caught.value.code.value == "LIMIT_REACHED"
    received = reading.read(letter("word " * 100_000).as_bytes(), load()[0])
    assert len(received.text) == reading.MAX_TEXT


def test_the_mailbox_is_read_once_and_one_bad_message_stops_no_other(configure: Callable[..., None]) -> None:
    make_record("anna@example.com")
    messages = {"1": letter(Message_ID="<1@example.com>").as_bytes(), "2": b"nonsense",
                "3": letter(Message_ID="<3@example.com>").as_bytes()}  # fmt: skip
    with imap_server(Inbox(messages)) as server:
        configure(mail_sender="shop@shop.example", mailbox_secret=server.url)
        counted = incoming_mail.read_mailbox(seconds=5)
        assert (counted[Outcome.RECEIVED], counted[Outcome.IGNORED]) == (2, 1)
        assert server.flags == {"1": "\\Seen", "2": "\\Seen \\Flagged", "3": "\\Seen"}
        assert sum(incoming_mail.read_mailbox(seconds=5).values()) == 0


def test_a_giant_of_the_mailbox_is_not_fetched_whole(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (reading, mailbox):
        monkeypatch.setattr(module, "MAX_BYTES", 1000)
    fetched, read = list[int](), imaplib.IMAP4.read

    def watched(link: imaplib.IMAP4, size: int) -> bytes:
        fetched.append(size)
        return read(link, size)

    monkeypatch.setattr("imaplib.IMAP4.read", watched)
    with imap_server(Inbox({"1": letter("x" * 5000).as_bytes()})) as server:
        configure(mail_sender="shop@shop.example", mailbox_secret=server.url)
        assert incoming_mail.read_mailbox(seconds=5)[Outcome.IGNORED] == 1
        assert (server.flags, fetched) == ({"1": "\\Seen \\Flagged"}, [1001])


def test_a_mailbox_of_many_messages_is_searched_part_by_part(configure: Callable[..., None]) -> None:
    make_record("anna@example.com")
    with imap_server(Inbox({"7": letter().as_bytes()}, read=100_000)) as server:
        configure(mail_sender="shop@shop.example", mailbox_secret=server.url)
        assert incoming_mail.read_mailbox(seconds=5)[Outcome.RECEIVED] == 1
        searched = [command for command in server.commands if "SEARCH" in command]
        assert (len(searched), searched[-1]) == (6, "UID SEARCH 100001:100001 UNSEEN")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("p%40ss", "wrong", "refused the user or the password"),
        ("@127", "@127", "no such folder"),
        ("127.0.0.1", "x" * 64 + ".example", "name cannot be one"),
        ("127.0.0.1", "127.0.0.1:1", "cannot be read: ConnectionRefusedError"),
    ],
)
def test_a_mailbox_that_cannot_be_opened_is_told_without_its_password(
    configure: Callable[..., None], old: str, new: str, told: str
) -> None:
    with imap_server(Inbox({})) as server:
        url = server.url.replace(old, new) + ("/Other" if old == new else "")
        if new.endswith(":1"):
            url = url.rpartition(":")[0]
        configure(mail_sender="shop@shop.example", mailbox_secret=url)
        with pytest.raises(mailbox.MailboxError, match=told) as caught:
            incoming_mail.read_mailbox(seconds=5)
        assert "ss" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize("greeting", [b"", b"* OK ready\r\n"])
def test_a_mail_server_that_says_nothing_or_no_more_is_not_waited_for(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    monkeypatch.setattr(mailbox, "TIMEOUT", 0.2)

    def greet() -> None:
        link, _address = silent.accept()
        link.sendall(greeting)
        links.append(link)

    links: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        threading.Thread(target=greet, daemon=True).start()
        url = f"imap://shop:pass@127.0.0.1:{silent.getsockname()[1]}"
        configure(mail_sender="shop@shop.example", mailbox_secret=url)
        began = time.monotonic()
        with pytest.raises(mailbox.MailboxError, match="TimeoutError"):
            incoming_mail.read_mailbox(seconds=5)
        assert time.monotonic() - began < 2
    links[0].close()


def test_a_mail_server_that_sends_a_byte_at_a_time_does_not_hold_the_worker(
    configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "TIMEOUT", 1)
    monkeypatch.setattr(mailbox, "GRACE", 0.5)
    make_record("anna@example.com")
    with imap_server(Inbox({"1": letter("x" * 2000).as_bytes()})) as server:
        server.pause = 0.05  # two minutes for the message, and never as long as a single limit
        configure(mail_sender="shop@shop.example", mailbox_secret=server.url)
        began = time.monotonic()
        with pytest.raises(mailbox.MailboxError, match="cannot be read"):
            incoming_mail.read_mailbox(seconds=0.5)
        assert time.monotonic() - began < 20
    assert not Mail.objects.exists()
    assert server.flags["1"] == ""


@pytest.mark.parametrize(
    ("path", "name", "sent"),
    [
        ("/Entwürfe & Co", "Entwürfe & Co", "Entw&APw-rfe &- Co"),
        ("/Entw%C3%BCrfe", "Entwürfe", "Entw&APw-rfe"),
        ("/~peter/mail/台北/日本語", "~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),  # RFC 3501's own
        ("/A%22B%5CC", 'A"B\\C', 'A\\"B\\\\C'),
        ("/💌", "💌", "&2D3cjA-"),
    ],
)
def test_a_folder_is_written_as_people_read_it(configure: Callable[..., None], path: str, name: str, sent: str) -> None:
    make_record("anna@example.com")
    with imap_server(Inbox({"1": letter().as_bytes()})) as server:
        server.folder = sent
        url = server.url + path.replace(" ", "%20")
        assert mailbox_address_of(url).folder == name
        parse([{"name": "mailbox_secret", "value": url}])
        configure(mail_sender="shop@shop.example", mailbox_secret=url)
        assert incoming_mail.read_mailbox(seconds=5)[Outcome.RECEIVED] == 1


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        ("Müller, Hans <hans@example.com>", "Müller, Hans", "hans@example.com"),
        ("=?utf-8?q?M=C3=BCller?=, Hans <hans@example.com>", "Müller, Hans", "hans@example.com"),
        ('"Müller, Hans" <HANS@example.com>', "Müller, Hans", "hans@example.com"),
        ("Hans Müller (Chef) <hans@example.com>", "Hans Müller", "hans@example.com"),
        ("hans@example.com <hans@example.com>", "hans@example.com", "hans@example.com"),
        ("hans@example.com (Hans)", "Hans", "hans@example.com"),
        ("hans@example.com", "", "hans@example.com"),
        # Whoever writes another address into the name is still whom the angle brackets say.
        ('"Boss <boss@example.com>" <eve@example.com>', "Boss <boss@example.com>", "eve@example.com"),
        ("a@example.com, b@example.com", "", ""),
        ("a@example.com, Hans <hans@example.com>", "", ""),
        ("Hans <hans@example.com>, a@example.com", "", ""),
        ("undisclosed-recipients: ;", "", ""),
        ("", "", ""),
    ],
)
def test_the_sender_is_whom_people_would_read(header: str, name: str, address: str) -> None:
    read = reading.read(f"From: {header}\nSubject: Grüße\n\nhi".encode(), load()[0])

    assert (read.sender_name, read.sender, read.subject) == (name, address, "Grüße")


@pytest.mark.parametrize("piece", ["<", '"', "(", "((", "a@", "a", "(\\", ",", "<a@", '"\\'])
def test_a_sender_that_is_made_to_take_long_does_not(piece: str) -> None:
    began = time.process_time()
    sender_of(piece * 20_000 + "@")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "url",
    [
        "imaps://a:b%0D%0AX@mail.example.com",
        "imaps://a:p\xe4ss@mail.example.com",
        "imaps://a:p%C3%A4ss@mail.example.com",
        "imaps://a:b@mail.example.com/%0D%0AX",
        "imaps://a:b@mail.example.com/%FF",
        "imaps://a:b@mail.example.com:99999",
        "imaps://a@mail.example.com",
        "https://a:b@mail.example.com",
    ],
)
def test_an_address_that_no_command_can_carry_is_no_setting(url: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse([{"name": "mailbox_secret", "value": url}])
    assert "imaps://user:password@mail.example.com/INBOX" in str(caught.value)


def test_the_password_of_the_mailbox_is_in_no_traceback() -> None:
    assert "secret" not in repr(mailbox_address_of("imaps://shop:secret@mail.example.com"))
