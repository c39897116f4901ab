"""The shop's mailbox, by IMAP: what is unread is taken, and marked as read once it is kept.

Python's own `imaplib` does it: five commands of the protocol, and no library of those around is one that Saleor ships.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..mail.inbox import MAX_BYTES
from ..settings import MailboxAddress, mailbox_address_of

# Seconds that each step of a talk with the mail server may take.
TIMEOUT = 20
# Messages that one search looks at: `imaplib` takes no line of more than a megabyte.
_WINDOW = 20_000


class MailboxError(Exception):
    """The mailbox cannot be read. Its text names no address and no password."""


class Mailbox:
    """An open mailbox."""

    def __init__(self, link: imaplib.IMAP4, number: int) -> None:
        self._link, self._number = link, number

    def unread(self) -> Iterator[tuple[str, bytes | None]]:
        """The unread messages, mostly the oldest first: the UID, and the message, or None if the server gives none.

        Of a message that is too big, a byte more than what is taken.
        """
        for first in range(1, self._number + 1, _WINDOW):
            last = min(first + _WINDOW - 1, self._number)
            for uid in (self._ask("SEARCH", f"{first}:{last}", "UNSEEN")[0] or b"").split():
                yield uid.decode(), self._message(uid.decode())

    def mark_read(self, uid: str) -> None:
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")

    def set_aside(self, uid: str) -> None:
        """Mark a message that cannot be read, for a person to look at."""
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen \\Flagged)")

    def _message(self, uid: str) -> bytes | None:
        # Whatever size the server tells: no more than this is kept in memory.
        status, parts = self._link.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
        return next((part[1] for part in parts if isinstance(part, tuple)), None) if status == "OK" else None

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self._link.uid(command, *arguments)
        if status != "OK":
            raise MailboxError(f"The mail server refused {command}.")
        return answer


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Open the mailbox of the setting. Raises `MailboxError`."""
    address = mailbox_address_of(url)
    link: imaplib.IMAP4 | None = None
    try:
        link = _connected(address)
        try:
            link.login(address.user, address.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise MailboxError("The mail server refused the user or the password.") from None
        status, number = link.select(f'"{address.folder}"')
        if status != "OK":
            raise MailboxError("The mail server has no such folder.")
        yield Mailbox(link, int(number[0] or 0))
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"The mailbox cannot be read: {type(error).__name__}.") from None
    finally:
        if link is not None:
            with suppress(Exception):
                link.logout()


def _connected(address: MailboxAddress) -> imaplib.IMAP4:
    try:
        if address.is_secure:
            context = ssl.create_default_context()
            return imaplib.IMAP4_SSL(address.host, address.port, ssl_context=context, timeout=TIMEOUT)
        return imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)
    except UnicodeError:
        raise MailboxError("The mail server's name cannot be one.") from None
