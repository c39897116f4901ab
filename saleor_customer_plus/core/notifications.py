"""Telling staff: Saleor's plugins and apps by its `notify`, and by e-mail who is named in the settings.

What goes wrong is logged, without anything of a person, and stops nobody's work.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Mapping
from typing import Any

from django.core.cache import cache
from django.core.mail import EmailMessage

from .. import settings
from ..saleor_adapter import host
from . import mail_server, rate_limits

logger = logging.getLogger(__name__)

# Seconds in which nobody is sent the same message again, should a task be delivered twice.
_REMEMBERED = 24 * 3600

_NO_BACKEND = (
    f"{mail_server.NO_BACKEND} The addresses of `notify_email` are not notified until it is set. This is logged once."
)


class MailDelayed(Exception):
    """The mail server cannot be reached, or asks to come later. Try again for those who were not sent it yet."""


def notify(event: str, payload: Mapping[str, Any], *, about: str) -> None:
    """Send an event through Saleor. `about` names its subject in the log, by an id."""
    try:
        host.notify(event, dict(payload))
    except Exception as error:
        logger.error("Could not notify of %s: %s", about, type(error).__name__)


def mail(message_to: Callable[[list[str]], EmailMessage], *, about: str) -> None:
    """Send a message to each of those whom the settings name, once for one `about`, such as `lead 7`.

    Raises `MailDelayed` if it is worth trying again: then only those are sent it who did not get it. What may have
    arrived is never sent again, and neither is what the server refuses for good.
    """
    chosen, _is_active = settings.load()
    if not chosen.notify_addresses:
        return
    try:
        connection = mail_server.connection()
        mail_server.open_connection(connection)
    except ImportError:
        _Said.once(_NO_BACKEND)
        return
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("Could not reach the mail server to report %s: %s", about, type(error).__name__)
        raise MailDelayed from error
    except Exception as error:
        logger.error("Could not mail of %s: %s", about, type(error).__name__)
        return
    try:
        outcomes = [_send(connection, message_to, address, about) for address in chosen.notify_addresses]
    finally:
        _close(connection)
    if not all(outcomes):
        raise MailDelayed


class _Said:
    """What this process has logged already, and does not log at each event."""

    messages: set[str] = set()

    @classmethod
    def once(cls, message: str) -> None:
        if message not in cls.messages:
            cls.messages.add(message)
            logger.error(message)


def _close(connection: Any) -> None:
    if failure := mail_server.close_connection(connection):
        logger.warning("The mail server did not say goodbye: %s", failure)


def _send(connection: Any, message_to: Callable[[list[str]], EmailMessage], address: str, about: str) -> bool:
    """Send the message to one of them. Return whether that is settled, for better or worse."""
    key = rate_limits.cache_key("mail", about, address)
    if not _remember(key):
        return True
    try:
        connection.send_messages([message_to([address])])
    except Exception as error:
        # Only what the server says is refused for now has certainly not arrived.
        is_delayed = 400 <= mail_server.reply_of(error) < 500
        if is_delayed:
            _forget(key)
        log = logger.warning if is_delayed else logger.error
        log("Could not mail of %s: %s %s", about, type(error).__name__, mail_server.reply_of(error) or "")
        return not is_delayed
    return True


def _remember(key: str) -> bool:
    """Note that somebody is sent a message. Return whether that is new; without a cache it always is."""
    try:
        return bool(cache.add(key, 1, timeout=_REMEMBERED))
    except Exception as error:
        logger.warning("Could not look who was mailed: %s", type(error).__name__)
        return True


def _forget(key: str) -> None:
    try:
        cache.delete(key)
    except Exception as error:
        logger.warning("Could not forget who was mailed: %s", type(error).__name__)
