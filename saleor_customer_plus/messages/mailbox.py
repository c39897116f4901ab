"""The shop's mailbox, by IMAP: what is unread is taken, and marked as read once it is kept.

Python's own `imaplib` does it: five commands of the protocol, and no library of those around is one that Saleor ships.
"""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from ..mail.inbox import MAX_BYTES

# Seconds that each step of a talk with the mail server may take.
TIMEOUT = 20
_BATCH = 50


class MailboxError(Exception):
    """The mailbox cannot be read. Its text names no address and no password."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a mailbox is: `imaps://user:password@mail.example.com:993/INBOX`."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_secure: bool


def address_of(url: str) -> Address:
    """Read the setting. Raise `ValueError` for what is no address of a mailbox."""
    parts = urlsplit(url)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username or not parts.password:
        raise ValueError("no address of a mailbox")
    is_secure = parts.scheme == "imaps"
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if any(char in folder for char in '"\\\r\n'):
        raise ValueError("no name of a folder")
    port = parts.port or (993 if is_secure else 143)
    return Address(parts.hostname, port, unquote(parts.username), unquote(parts.password), folder, is_secure)


class Mailbox:
    """An open mailbox."""

    def __init__(self, link: imaplib.IMAP4) -> None:
        self._link = link

    def unread(self) -> Iterator[tuple[str, bytes | None]]:
        """The unread messages, the oldest first, some at a time: the UID, and the message, or None if it is too big."""
        _status, found = self._ask("SEARCH", "UNSEEN")
        uids = (found[0] or b"").split() if found else []
        for uid in uids[:_BATCH]:
            number = uid.decode()
            yield number, self._message(number)

    def mark_read(self, uid: str) -> None:
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")

    def set_aside(self, uid: str) -> None:
        """Mark a message that cannot be read, for a person to look at."""
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen \\Flagged)")

    def _message(self, uid: str) -> bytes | None:
        _status, sizes = self._ask("FETCH", uid, "(RFC822.SIZE)")
        digits = (sizes[0] or b"") if sizes and isinstance(sizes[0], bytes) else b""
        size = digits.upper().partition(b"RFC822.SIZE ")[2].split(b")")[0].split(b" ")[0]
        if size.isdigit() and int(size) > MAX_BYTES:
            return None
        _status, parts = self._ask("FETCH", uid, "(BODY.PEEK[])")
        return next((part[1] for part in parts if isinstance(part, tuple)), None)

    def _ask(self, command: str, *arguments: str) -> tuple[str, list]:  # type: ignore[type-arg]
        status, answer = self._link.uid(command, *arguments)
        if status != "OK":
            raise MailboxError(f"The mail server refused {command}.")
        return status, answer


@contextmanager
def opened(url: str) -> Iterator[Mailbox]:
    """Open the mailbox of the setting. Raises `MailboxError`."""
    address = address_of(url)
    link: imaplib.IMAP4 | None = None
    try:
        if address.is_secure:
            context = ssl.create_default_context()
            link = imaplib.IMAP4_SSL(address.host, address.port, ssl_context=context, timeout=TIMEOUT)
        else:
            link = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)
        link.login(address.user, address.password)
        status, _answer = link.select(f'"{address.folder}"')
        if status != "OK":
            raise MailboxError("The mail server has no such folder.")
        yield Mailbox(link)
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"The mailbox cannot be read: {type(error).__name__}.") from None
    finally:
        if link is not None:
            with suppress(Exception):
                link.logout()
