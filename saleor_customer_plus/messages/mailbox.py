"""The shop's mailbox, by IMAP: what is unread is taken, and marked as read once it is kept.

Python's own `imaplib` does it: five commands of the protocol, and no library of those around is one that Saleor ships.
"""

from __future__ import annotations

import base64
import hashlib
import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from ..mail.reading import MAX_BYTES
from ..settings import MailboxAddress, mailbox_address_of

# Seconds that each step of a talk with the mail server may take.
TIMEOUT = 20
# Seconds that the whole talk may take beyond those for which it was opened: to end the message that it is at.
GRACE = 20
# Messages that one search looks at: `imaplib` takes no line of more than a megabyte.
_WINDOW = 20_000
# Messages that one search names: a server need not take a command of more than 8,000 letters (RFC 7162, 4).
_AT_ONCE = 500


# Why a certificate is refused, by the codes of OpenSSL. Its own words can name the host.
_CERTIFICATES = {
    9: "it is not valid yet",
    10: "it has expired",
    18: "it is self-signed, and not among those that this machine trusts",
    19: "its issuer is not among those that this machine trusts",
    20: "its issuer is not among those that this machine trusts",
    21: "its issuer is not among those that this machine trusts, or its chain is incomplete",
    62: "it is of another name than the one in the setting",
    64: "it is of another address than the one in the setting",
}


class MailboxError(Exception):
    """The mailbox cannot be read. Its text names no address and no password."""


class Refused(MailboxError):
    """The mail server answered that it does not do what it was asked. The connection is as good as before."""


class Mailbox:
    """An open mailbox. `identity` tells it from others, and from itself before the server numbered it anew."""

    def __init__(self, link: imaplib.IMAP4, number: int, identity: str) -> None:
        self._link, self._number, self.identity = link, number, identity

    def unread(self) -> Iterator[str]:
        """The UIDs of the unread messages, mostly the oldest first."""
        for first in range(1, self._number + 1, _WINDOW):
            last = min(first + _WINDOW - 1, self._number)
            for uid in (self._ask("SEARCH", f"{first}:{last}", "UNSEEN")[0] or b"").split():
                yield uid.decode()

    def those(self, uids: Collection[str], flag: str) -> set[str]:
        """Those of some messages that are still there and have a flag, or lack it: `UNSEEN`, `FLAGGED`."""
        asked, found = sorted(uids), set[str]()
        for first in range(0, len(asked), _AT_ONCE):
            answer = self._ask("SEARCH", "UID", ",".join(asked[first : first + _AT_ONCE]), flag)
            found.update(uid.decode() for uid in (answer[0] or b"").split())
        return found.intersection(uids)  # a server may report others, too

    def mark_read(self, uid: str) -> None:
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen)")

    def set_aside(self, uid: str) -> None:
        """Mark a message that cannot be read, for a person to look at."""
        self._ask("STORE", uid, "+FLAGS.SILENT", "(\\Seen \\Flagged)")

    def message(self, uid: str) -> bytes:
        """A message; of one that is too big, a byte more than what is taken. Raise `Refused` if the server has none."""
        # Whatever size the server announces: no more than this is kept in memory.
        status, parts = self._link.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES + 1}>)")
        found = next((part[1] for part in parts if isinstance(part, tuple)), None) if status == "OK" else None
        if found is None:
            raise Refused("The mail server did not give a message.")
        return bytes(found)

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        status, answer = self._link.uid(command, *arguments)
        if status != "OK":
            raise Refused(f"The mail server refused {command}.")
        return answer


class _Timed:
    """A connection that ends at a given time, however often the server sends a byte before each single limit."""

    def __init__(self, link: socket.socket, until: float) -> None:
        self._link, self._until = link, until

    def secured(self, name: str) -> _Timed:
        """The same by TLS, which ends at the same time: for `STARTTLS`."""
        return _Timed(ssl.create_default_context().wrap_socket(self._link, server_hostname=name), self._until)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._link, name)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def recv_into(self, buffer: Any) -> int:
        self._limit()
        return self._link.recv_into(buffer)

    def recv(self, size: int) -> bytes:
        self._limit()
        return self._link.recv(size)

    def sendall(self, data: bytes) -> None:
        self._limit()
        self._link.sendall(data)

    def _limit(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("The talk with the mail server took too long.")
        self._link.settimeout(min(TIMEOUT, left))


class _Reader(io.RawIOBase):
    def __init__(self, link: _Timed) -> None:
        self._link = link

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._link.recv_into(buffer)


class _Upgrade:
    """What `imaplib` takes for an `SSLContext`, and asks for nothing else than this."""

    def wrap_socket(self, link: _Timed, server_hostname: str) -> _Timed:
        return link.secured(server_hostname)


class _Plain(imaplib.IMAP4):
    """A connection that begins in plain text. What the server offers to encrypt is encrypted before the password."""

    def __init__(self, address: MailboxAddress, until: float) -> None:
        self._until = until
        super().__init__(address.host, address.port, timeout=TIMEOUT)
        if "STARTTLS" in self.capabilities:
            self.starttls(_Upgrade())

    def _create_socket(self, timeout: float | None) -> Any:
        return _Timed(super()._create_socket(timeout), self._until)  # type: ignore[misc]


class _Secure(imaplib.IMAP4_SSL):
    def __init__(self, address: MailboxAddress, until: float) -> None:
        self._until = until
        super().__init__(address.host, address.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> Any:
        return _Timed(super()._create_socket(timeout), self._until)  # type: ignore[misc]


@contextmanager
def opened(url: str, *, seconds: float) -> Iterator[Mailbox]:
    """Open the mailbox of the setting for so long, and for `GRACE` more to end what is begun. Raises `MailboxError`."""
    address = mailbox_address_of(url)
    until = time.monotonic() + seconds + GRACE
    link: imaplib.IMAP4 | None = None
    try:
        link = _connected(address, until)
        try:
            link.login(address.user, address.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            raise MailboxError("The mail server refused the user or the password.") from None
        status, number = link.select(quoted_folder(address.folder))
        if status != "OK":
            raise MailboxError("The mail server has no such folder.")
        yield Mailbox(link, int(number[0] or 0), _identity(address, link))
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxError(f"The mailbox cannot be read: {type(error).__name__}.") from None
    finally:
        if link is not None:
            with suppress(Exception):
                link.logout()
            with suppress(Exception):  # where the server did not take leave
                link.shutdown()


def _connected(address: MailboxAddress, until: float) -> imaplib.IMAP4:
    try:
        return (_Secure if address.is_secure else _Plain)(address, until)
    except UnicodeError:
        raise MailboxError("The mail server's name cannot be one.") from None
    except ssl.SSLCertVerificationError as error:
        reason = _CERTIFICATES.get(error.verify_code, "it cannot be verified")
        raise MailboxError(f"The certificate of the mail server is refused: {reason}.") from None
    except ssl.SSLError:
        raise MailboxError(
            "The mail server does not speak TLS at this port. Use imaps:// with the port for TLS, mostly 993, or "
            "imap:// with the one for STARTTLS, mostly 143."
        ) from None


def _identity(address: MailboxAddress, link: imaplib.IMAP4) -> str:
    """What a UID belongs to: a folder of a user, and its UIDVALIDITY, with which all UIDs change (RFC 3501, 2.3.1.1).

    Hashed, because addresses and names of folders can be personal data. 27 letters at most.
    """
    whose = "\n".join([address.host.lower(), address.user, address.folder])
    _type, answer = link.response("UIDVALIDITY")
    validity = (answer[-1] or b"").decode() if answer else ""
    return f"{hashlib.sha256(whose.encode()).hexdigest()[:16]}:{validity if validity.isdecimal() else 0}"


def quoted_folder(name: str) -> str:
    """The name of a folder as IMAP writes it: in the modified UTF-7 of RFC 3501, and in quotation marks.

    >>> quoted_folder("INBOX"), quoted_folder("Entwürfe & Co")
    ('"INBOX"', '"Entw&APw-rfe &- Co"')
    """
    parts = [_encoded(part) for part in re.findall(r"[ -~]+|[^ -~]+", name)]
    return '"' + "".join(parts).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded(part: str) -> str:
    if part.isascii():
        return part.replace("&", "&-")
    encoded = base64.b64encode(part.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    return f"&{encoded}-"
