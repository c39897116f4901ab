"""The customers' inbox: where the mail of the sandbox goes instead of to anybody, and a page to look at it and answer.

It is a mail backend of Django that keeps the messages of this process. Only the demo uses it.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend

from saleor_customer_plus.sync import incoming_mail

PATH = "/inbox"
_MESSAGES: list[DjangoMessage] = []
_MOST = 100_000  # bytes of an answer


class Backend(BaseEmailBackend):
    """Keeps what is sent."""

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        _MESSAGES.extend(email_messages)
        return len(email_messages)


def switch_on() -> None:
    """Let Saleor send into this inbox, whatever its settings say."""
    settings.EMAIL_BACKEND = f"{__name__}.Backend"
    settings.DEFAULT_FROM_EMAIL = "Sofa shop <shop@sofa.example>"


def answer(message_id: str, sender: str, subject: str, text: str) -> str:
    """Let a customer answer a message, as their mail program would. Return what became of it."""
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = sender, "shop@sofa.example", f"Re: {subject}"
    reply["In-Reply-To"] = reply["References"] = message_id
    reply.set_content(text)
    return incoming_mail.take(reply.as_bytes()).outcome.value


def mounted(application: Any) -> Any:
    """The WSGI application with the inbox at `/inbox`."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH:
            return application(environ, start_response)  # type: ignore[no-any-return]
        told = ""
        if environ["REQUEST_METHOD"] == "POST":
            length = min(int(environ.get("CONTENT_LENGTH") or 0), _MOST)
            form = parse_qs(environ["wsgi.input"].read(length).decode())
            told = _answered(int(form["number"][0]), form.get("text", [""])[0])
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")])
        return [_page(told).encode()]

    return serve


def _answered(number: int, text: str) -> str:
    message = _MESSAGES[number]
    return answer(message.extra_headers["Message-ID"], message.to[0], str(message.subject), text)


def _page(told: str) -> str:
    listed = "".join(_shown(number, message) for number, message in reversed(list(enumerate(_MESSAGES))))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Inbox of the sandbox</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "article{border:1px solid #ccc;padding:1rem;margin:1rem 0}"
        "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}"
        "textarea{width:100%}</style><h1>Inbox of the sandbox</h1>"
        f"<p>Nothing leaves this machine. Messages to customers arrive here: {len(_MESSAGES)}.</p>"
        + (f'<p role="status">Your answer: {html.escape(told)}</p>' if told else "")
        + listed
    )


def _shown(number: int, message: DjangoMessage) -> str:
    headers = "".join(
        f"<div><small>{name}: {html.escape(str(value))}</small></div>"
        for name, value in (
            ("From", message.from_email),
            ("To", ", ".join(message.to)),
            *((name, value) for name, value in message.extra_headers.items() if name.startswith("List-")),
        )
    )
    files = ", ".join(html.escape(str(file[0])) for file in message.attachments if isinstance(file, tuple))
    return (
        f"<article><h2>{html.escape(str(message.subject))}</h2>{headers}<pre>{html.escape(str(message.body))}</pre>"
        + (f"<p><small>Files: {files}</small></p>" if files else "")
        + f'<form method="post"><input type="hidden" name="number" value="{number}">'
        '<label>Answer<textarea name="text" rows="3" required></textarea></label>'
        "<button>Send the answer</button></form></article>"
    )
