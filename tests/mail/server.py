"""A real mail server, for tests that send."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest

SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Mailbox:
    """What the server took, and how it answers: `replies` may hold an answer for RCPT or DATA, for some time."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.replies: dict[str, list[str]] = {"RCPT": [], "DATA": []}
        self.on_data: Callable[[], Any] = lambda: None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if self.replies["RCPT"]:
            return self.replies["RCPT"].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.on_data()
        if self.replies["DATA"]:
            return self.replies["DATA"].pop(0)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 taken"


@contextmanager
def mail_server(settings: Any) -> Iterator[Mailbox]:
    """Start one on a free port, and let Saleor use it."""
    controller = pytest.importorskip("aiosmtpd.controller", reason="the environment of a real Saleor has none")
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = controller.Controller(box, hostname="127.0.0.1", port=port)
    running.start()
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = SMTP, "127.0.0.1", None
    settings.EMAIL_PORT = port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield box
    finally:
        running.stop()
