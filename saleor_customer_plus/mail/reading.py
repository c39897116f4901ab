"""Reading a message that somebody sent to the shop.

Nothing of it is trusted. It is read part by part, with limits for each; its HTML becomes text, so that no script runs
and no picture is loaded by which the sender would learn that it was read; files are looked at by what their bytes say,
as those of notes are.
"""

from __future__ import annotations

import codecs
import email
import email.errors
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from django.utils import timezone

from ..core.staged_files import MEGABYTE
from ..errors import CustomerPlusError, ErrorCode
from ..records.email import normalize_email
from ..settings import CustomerPlusSettings
from .attachments import MAX_FILES
from .html_text import MAX_HTML, text_of_html
from .senders import sender_of

MAX_BYTES = 25 * MEGABYTE
MAX_TEXT = 100_000
_MAX_PARTS = 200
# A file of 25 MB has about 350,000 lines. Python's parser looks at each of them once for every part that it is in.
_MAX_LINES = 500_000
_MAX_HEADER = 20_000

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,253}>")
_BY_MACHINE = ("auto_reply", "bulk", "junk", "list")
# What mail servers say of spam, and what only letters to many have.
_SPAM = ("X-Spam-Flag", "X-Spam-Status", "X-Spam")
_OF_LISTS = ("List-Unsubscribe", "List-Id", "List-Post")
# Charsets by which nobody writes, and whose decoders take quadratic time.
_NO_CHARSETS = {"idna", "punycode"}


class Unreadable(CustomerPlusError):
    """What is no message, or is too big. It will not be another one later."""


class _Policy(email.policy.Compat32):
    """Python's own, with an end to each header: its parser takes quadratic time for the parameters of one."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_MAX_HEADER]

    def header_fetch_parse(self, name: str, value: str) -> str:
        """What is not encoded, as it should be, is UTF-8 nearly always: RFC 6532 allows it."""
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a report of a mail server says: that some messages could not be delivered, or only that they are late."""

    message_ids: tuple[str, ...]
    is_final: bool
    said: str


@dataclass(frozen=True, slots=True)
class Received:
    """A message that was received, read."""

    message_id: str
    references: tuple[str, ...]
    sender_name: str
    sender: str  # normalised; blank if there is none
    subject: str
    text: str
    sent_at: datetime
    is_automatic: bool
    is_unwanted: bool  # sent to a list, or taken for spam by the mail server: nobody to get to know
    bounce: Bounce | None
    files: list[tuple[str, bytes]] = field(default_factory=list)
    dropped_files: int = 0


def read(raw: bytes, settings: CustomerPlusSettings) -> Received:
    """Read a message as RFC 5322 writes it. Raise `Unreadable` for what is none, or is too big."""
    if len(raw) > MAX_BYTES:
        raise Unreadable(
            f"A message may have at most {MAX_BYTES // MEGABYTE} MB.", code=ErrorCode.LIMIT_REACHED, field="message"
        )
    if max(raw.count(b"\n"), raw.count(b"\r")) > _MAX_LINES:
        raise Unreadable(
            f"A message may have at most {_MAX_LINES:,} lines.", code=ErrorCode.LIMIT_REACHED, field="message"
        )
    try:
        message = email.message_from_bytes(raw, policy=_Policy())
        if not message.keys():
            raise ValueError("no headers")
        return _read(message, raw, settings)
    except Exception:  # whatever Python's parser makes of what somebody made up
        raise Unreadable(
            "This e-mail cannot be read: send it as the mail server received it.", field="message"
        ) from None


def _read(message: Message, raw: bytes, settings: CustomerPlusSettings) -> Received:
    parts = list(_parts(message))
    name, address = _sender(message)
    files: list[tuple[str, bytes]] = []
    dropped = 0
    texts: dict[str, list[str]] = {"plain": [], "html": []}
    most = settings.attachment_megabytes * MEGABYTE
    for part in parts:
        if part.is_multipart():
            continue
        kind, file_name = part.get_content_type(), _header(part.get_filename() or "")
        if not file_name and part.get_content_disposition() != "attachment" and kind in ("text/plain", "text/html"):
            texts[kind.partition("/")[2]].append(_decoded(part))
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content or not file_name:
            continue  # a picture in the text, say
        if len(files) >= MAX_FILES or len(content) > most:
            dropped += 1
            continue
        files.append((file_name, content))
    text = "\n".join(texts["plain"]).strip() or "\n".join(map(text_of_html, texts["html"])).strip()
    return Received(
        message_id=_own_id(message, raw),
        references=_references(message),
        sender_name=name,
        sender=address,
        subject=_header(message.get("Subject", ""))[:255],
        text=_kept(text)[:MAX_TEXT],
        sent_at=_sent_at(message),
        is_automatic=_is_automatic(message),
        is_unwanted=_is_unwanted(message),
        bounce=_bounce(message, parts, address),
        files=files,
        dropped_files=dropped,
    )


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number == _MAX_PARTS:
            return
        yield part


def _header(value: object) -> str:
    """A header as it is read, in one line."""
    try:
        text = str(make_header(decode_header(str(value))))
    except (ValueError, LookupError, email.errors.MessageError):
        text = str(value)
    return " ".join(_kept(text).split())


def _kept(text: str) -> str:
    """The text without what no database can hold, nor anybody see."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


def _decoded(part: Message) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    content = content[: MAX_HTML * 2]
    charset = part.get_content_charset() or "utf-8"
    try:
        if codecs.lookup(charset).name not in _NO_CHARSETS:
            return content.decode(charset, "replace")
    except (LookupError, ValueError):  # there is no such charset, or it is not one of text
        pass
    return content.decode("utf-8", "replace")


def _sender(message: Message) -> tuple[str, str]:
    """Name and normalised address of who sent it, as the message says: anybody may write anything there."""
    name, address = sender_of(str(message.get("From", "")))
    address = normalize_email(_kept(address))
    name = _header(name).replace(" ,", ",")  # which Python puts behind what was encoded
    return name[:200], address if "@" in address and len(address) <= 254 else ""


def _own_id(message: Message, raw: bytes) -> str:
    """The Message-ID; of a message that has none, or an unusable one, what its bytes come to."""
    found = _ids_in(message.get("Message-ID", ""))
    return found[0] if found else f"<{hashlib.sha256(raw).hexdigest()}@received.invalid>"


def _references(message: Message) -> tuple[str, ...]:
    """What it answers: first In-Reply-To, then References, the last one first."""
    answered, thread = (_ids_in(message.get(name, "")) for name in ("In-Reply-To", "References"))
    return tuple(dict.fromkeys([*answered, *reversed(thread)]))[:50]


def _ids_in(header: object) -> list[str]:
    """The Message-IDs of a header, without what no database can look for."""
    return _MESSAGE_ID.findall(_kept(str(header)))


def _sent_at(message: Message) -> datetime:
    """When it was sent, as it says. Never in the future, nor before there was e-mail as we know it."""
    now = timezone.now()
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return now
    return at if now - timedelta(days=365) < at < now else now


def _is_automatic(message: Message) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    return (
        not submitted.startswith("no")
        or message.get_content_type() == "multipart/report"  # that it was read, say
        or _has_no_sender(message)
        or str(message.get("Precedence", "")).strip().lower() in _BY_MACHINE
        or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply"))
    )


def _is_unwanted(message: Message) -> bool:
    is_spam = any(str(message.get(name, "")).strip().lower().startswith("yes") for name in _SPAM)
    return is_spam or any(name in message for name in _OF_LISTS)


def _has_no_sender(message: Message) -> bool:
    """Whether nobody wants an answer: so a mail server delivers what a machine wrote."""
    return str(message.get("Return-Path", "")).strip() == "<>"


def _bounce(message: Message, parts: list[Message], sender: str) -> Bounce | None:
    """What a delivery status notification (RFC 3464) says, also one of a server that does not follow it."""
    is_report = (
        message.get_content_type() == "multipart/report"
        and str(message.get_param("report-type", "")).lower() == "delivery-status"
    )
    is_from_server = sender.partition("@")[0] in ("mailer-daemon", "postmaster")
    if not (is_report or (is_from_server and _is_automatic(message))):
        return None
    returned: list[str] = []
    said, actions = [], []
    for part in parts:
        kind = part.get_content_type()
        if kind in ("message/rfc822", "text/rfc822-headers"):
            found = re.search(r"(?im)^message-id:(.*(?:\n[ \t].*)*)", _headers_in(part)[:_MAX_HEADER])
            returned += _ids_in(found[1]) if found else []
        if part.get("Action"):
            actions.append(str(part["Action"]).strip().lower())
            said.append(" ".join(str(part.get(name, "")) for name in ("Status", "Diagnostic-Code")))
    is_final = "failed" in actions if actions else not is_report
    # One message was returned: not all of the conversation that it belongs to.
    about = returned[:1] or _references(message)[:1]
    return Bounce(tuple(about), is_final, _header("; ".join(filter(None, said)))[:500])


def _headers_in(part: Message) -> str:
    """The headers of a message that a report returns, whole or without the rest of it."""
    inner = part.get_payload()
    if not isinstance(inner, list):
        return part.as_string()
    headers = [one.items() for one in inner if isinstance(one, Message)]
    return "\n".join(f"{name}: {value}" for of_one in headers for name, value in of_one)
