"""The connection to the shop's mail server, through Django's mail backend, with a limit of time for each step."""

from __future__ import annotations

import smtplib
from typing import Any

from django.core.mail import get_connection

# Seconds that each step of a talk with the mail server may take. Saleor sets no limit.
TIMEOUT = 10

NO_BACKEND = "Saleor cannot send mail: EMAIL_URL is unset, or of an unknown scheme."


def connection() -> Any:
    """A connection that is not open yet. Raises `ImportError` where Saleor has no mail backend."""
    backend = get_connection()
    if getattr(backend, "timeout", 0) is None:  # a backend that can wait, and would wait for ever
        backend.timeout = TIMEOUT
    return backend


def open_connection(backend: Any) -> None:
    """Connect and greet, or make sure that the server is still there: what fails here has sent nothing yet."""
    link = getattr(backend, "connection", None)
    if isinstance(link, smtplib.SMTP):
        try:
            if link.noop()[0] == 250:
                return
        except (OSError, smtplib.SMTPException):
            pass
        close_connection(backend)
        backend.connection = None
    getattr(backend, "open", bool)()
    if isinstance(link := getattr(backend, "connection", None), smtplib.SMTP):
        link.ehlo_or_helo_if_needed()


def close_connection(backend: Any) -> str:
    """Say goodbye. Return the name of what went wrong, if anything did: it concerns no message."""
    try:
        getattr(backend, "close", bool)()
    except Exception as error:
        return type(error).__name__
    return ""


def reply_of(error: Exception) -> int:
    """The mail server's reply code; 0 if it gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _text in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def words_of(error: Exception) -> str:
    """What the mail server said of it, for the row of the message. It may name the person: never log it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said: Any = next((text for _code, text in error.recipients.values()), b"")
    else:
        said = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else b""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
