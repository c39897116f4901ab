"""The address of the mailbox of replies, as the setting has it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """Where a mailbox is, and how to open it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    is_secure: bool


def mailbox_address_of(url: str) -> MailboxAddress:
    """Read the address of a mailbox. Raise `ValueError` that says what to enter, and repeats nothing of it."""
    wrong = ValueError(
        "Enter an address such as imaps://user:password@mail.example.com/INBOX, with plain letters, digits and signs. "
        "Only the folder may have others."
    )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    user, password, folder = (unquote(part or "") for part in (parts.username, parts.password, parts.path.strip("/")))
    # IMAP's commands are lines of ASCII; for folders it has an encoding.
    is_plain = url.isprintable() and folder.isprintable() and "\ufffd" not in folder
    is_plain = is_plain and all(part.isascii() and part.isprintable() for part in (parts.netloc, user, password))
    is_one = parts.scheme in ("imap", "imaps") and parts.hostname and user and password and port != 0
    if not is_one or not is_plain or " " in url:
        raise wrong
    is_secure = parts.scheme == "imaps"
    default = 993 if is_secure else 143
    return MailboxAddress(str(parts.hostname), port or default, user, password, folder or "INBOX", is_secure)
