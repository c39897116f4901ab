"""Mail to staff, by whatever mail server there is: none, one that hangs, one that refuses."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage

from saleor_customer_plus import tasks
from saleor_customer_plus.core import mail_server, notifications
from saleor_customer_plus.core.notifications import MailDelayed
from saleor_customer_plus.leads import notifications as lead_notices
from saleor_customer_plus.leads.models import Lead

from ..factories import make_record

pytestmark = pytest.mark.django_db

SMTP = "django.core.mail.backends.smtp.EmailBackend"
TWO = "one@shop.example,two@shop.example"


class Server:
    """A mail server that answers each command as it was told, and remembers what it took."""

    def __init__(self, replies: dict[str, str], *, silent_at: str = "") -> None:
        self.replies, self.silent_at = replies, silent_at
        self.recipients: list[str] = []
        self.messages: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):  # closed before
            self._socket.shutdown(socket.SHUT_RDWR)  # a thread that waits in accept() would keep it open
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                link, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(link,), daemon=True).start()

    def _talk(self, link: socket.socket) -> None:
        with link, link.makefile("rwb") as talk:

            def say(text: str) -> None:
                talk.write(f"{text}\r\n".encode())
                talk.flush()

            if self.silent_at == "CONNECT":
                time.sleep(5)
                return
            say("220 hello")
            while line := talk.readline().decode().strip():
                # Python 3.13.0 writes "rcpt to:", others "RCPT TO:"; SMTP ignores the case of a command.
                command, colon, argument = line.partition(":")
                line, verb = command.upper() + colon + argument, line[:4].upper()
                if verb == self.silent_at:
                    time.sleep(5)
                    return
                reply = next((text for start, text in self.replies.items() if line.startswith(start)), None)
                if reply is not None:
                    say(reply)
                elif verb == "DATA":
                    say("354 go on")
                    text = ""
                    while (part := talk.readline().decode()) != ".\r\n":
                        text += part
                    self.messages.append(text)
                    say("250 taken")
                else:
                    if verb == "RCPT":
                        self.recipients.append(line)
                    say("221 bye" if verb == "QUIT" else "250 fine")


@pytest.fixture
def server(settings: Any, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts a mail server with some replies, and lets Saleor use it."""
    started: list[Server] = []
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = SMTP, "127.0.0.1", None
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    monkeypatch.setattr(mail_server, "TIMEOUT", 0.3)
    cache.clear()
    configure(notify_email=TWO)

    def start(replies: dict[str, str] | None = None, **options: Any) -> Server:
        started.append(Server(replies or {}, **options))
        settings.EMAIL_PORT = started[-1].port
        return started[-1]

    yield start
    for one in started:
        one.close()


def send(about: str = "lead 7", sender: str | None = None) -> None:
    notifications.mail(lambda to: EmailMessage("News", "Text", sender, to), about=about)


def test_each_is_sent_one_message_and_no_second_one_for_the_same_event(server: Any) -> None:
    one = server()
    send()
    send()
    assert one.recipients == ["RCPT TO:<one@shop.example>", "RCPT TO:<two@shop.example>"]
    assert ["one@" in text for text in one.messages] == [True, False]  # nobody learns of the others
    send("lead 8")
    assert len(one.messages) == 4


@pytest.mark.parametrize("silent_at", ["CONNECT", "EHLO"])
def test_a_server_that_hangs_delays_the_mail_and_nothing_else(server: Any, silent_at: str) -> None:
    server(silent_at=silent_at)
    with pytest.raises(MailDelayed):
        send()
    one = server()
    send()
    assert len(one.messages) == 2


def test_what_may_have_arrived_is_not_sent_again(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    server(silent_at="DATA")
    send()
    one = server()
    send()
    assert one.messages == []
    assert caplog.text.count("Could not mail of lead 7") == 2


def test_a_server_that_is_away_delays_the_mail(server: Any, settings: Any) -> None:
    server().close()
    with pytest.raises(MailDelayed):
        send()
    one = server()
    send()
    assert len(one.messages) == 2


def test_one_recipient_who_is_refused_keeps_no_other_from_it(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    one = server({"RCPT TO:<one@": "550 nobody of this name"})
    send()
    send()
    assert one.recipients == ["RCPT TO:<two@shop.example>"]
    assert "SMTPRecipientsRefused 550" in caplog.text
    assert "@" not in caplog.text


def test_one_recipient_who_is_to_be_tried_later_is_and_the_other_has_it_once(server: Any) -> None:
    first = server({"RCPT TO:<one@": "451 greylisted"})
    with pytest.raises(MailDelayed):
        send()
    second = server()
    send()
    assert first.recipients == ["RCPT TO:<two@shop.example>"]
    assert second.recipients == ["RCPT TO:<one@shop.example>"]


def test_a_sender_who_is_refused_is_said_and_not_tried_again(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    server({"MAIL FROM": "553 not yours"})
    send()
    assert "SMTPSenderRefused 553" in caplog.text


@pytest.mark.parametrize("sender", ["Shop <shop@example.com>\nBcc: all@example.com", "", "@", "no address"])
def test_a_sender_who_is_none_stops_nobody(server: Any, sender: str) -> None:
    one = server()
    send(sender=sender)
    assert "all@example.com" not in "".join(one.recipients + one.messages)


@pytest.mark.parametrize("backend", ["", "no.such.Backend"])
def test_without_a_backend_that_is_said_once(
    backend: str, configure: Any, settings: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications._Said, "messages", set())
    configure(notify_email=TWO)
    settings.EMAIL_BACKEND = backend
    for number in range(3):
        send(f"lead {number}")
    assert caplog.text.count("EMAIL_URL is unset") == 1
    assert "@" not in caplog.text


def test_a_cache_that_is_away_keeps_no_mail_back(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "add", away)
    one = server()
    send()
    assert len(one.messages) == 2


def test_the_task_of_an_enquiry_tries_again_and_others_are_told_once(
    configure: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    configure(notify_email="one@shop.example")
    lead = Lead.objects.create(record=make_record(), subject="Sofa", message="Green?", origin="FORM")
    lead_notices.owe(lead.pk)
    told: list[str] = []
    monkeypatch.setattr(notifications, "notify", lambda event, *_args, **_more: told.append(event))
    connect, tries = mail_server.connection, []

    def connection() -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionRefusedError
        return connect()

    monkeypatch.setattr(mail_server, "connection", connection)
    tasks.notify_lead_created(lead.pk)
    assert (len(tries), len(mail.outbox), told) == (3, 1, ["customer_plus.lead_created"])
    tasks.notify_lead_created(lead.pk)  # delivered twice
    assert len(mail.outbox) == 1
