"""What a message means that the shop received: an answer of somebody, a bounce, or a letter of a stranger."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from email.utils import parseaddr
from enum import StrEnum

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from .. import settings as plugin_settings
from ..mail import inbox, outbox, reading
from ..mail.attachments import Staging
from ..mail.composing import sender_of
from ..mail.inbox import CUSTOMER
from ..mail.models import Mail, MailKind
from ..mail.reading import Received, Unreadable
from ..messages import mailbox
from ..messages.waiting import Waiting, forget_others
from ..records import emails
from ..records.email import normalize_email
from ..records.models import Source
from ..settings import CustomerPlusSettings, mailbox_address_of
from .reactions import records_of_enquirers

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    """What became of a message that was received."""

    RECEIVED = "RECEIVED"
    KNOWN = "KNOWN"
    BOUNCE = "BOUNCE"
    UNKNOWN_SENDER = "UNKNOWN_SENDER"
    IGNORED = "IGNORED"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message, and the row of it, or of the message that it reports as undelivered."""

    outcome: Outcome
    mail: Mail | None = None


def take(raw: bytes) -> Taken:
    """Take a message in. The same one twice is taken once. Raise `Unreadable` for what is no message."""
    chosen, _is_active = plugin_settings.load()
    received = reading.read(raw, chosen)
    if received.bounce is not None:
        return _bounced(received)
    if not received.sender or received.sender in _own_addresses(chosen):
        return Taken(Outcome.IGNORED)  # from nobody, or a copy of what the shop sent itself
    with Staging.begin() as stage:
        files, dropped = inbox.stored_files(received, stage) if _is_wanted(received, chosen) else ([], 0)
        with transaction.atomic():
            record_id = _record_of(received)
            if record_id is None and _is_welcome(received, chosen):
                people = [{"email": received.sender}]
                ids = records_of_enquirers(people, source=Source.EMAIL, actor=CUSTOMER)
                record_id = ids[received.sender]
            if record_id is None:
                return Taken(Outcome.UNKNOWN_SENDER)
            mail, is_new = inbox.keep(record_id, received, files, dropped)
        if is_new:
            stage.keep()
    if mail is None:
        return Taken(Outcome.UNKNOWN_SENDER)
    return Taken(Outcome.RECEIVED if is_new else Outcome.KNOWN, mail)


def _own_addresses(settings: CustomerPlusSettings) -> set[str]:
    """Those by which the shop itself writes: staff answer from the mailbox with their own mail programs, too."""
    mailbox_user = mailbox_address_of(settings.mailbox_secret).user if settings.mailbox_secret else ""
    own = (sender_of(settings), settings.mail_reply_to, mailbox_user)
    return {normalize_email(parseaddr(one)[1]) for one in own} - {""}


def _bounced(received: Received) -> Taken:
    bounce = received.bounce
    assert bounce is not None
    with transaction.atomic():
        rows = outbox.mark_bounced(bounce.message_ids, bounce.said) if bounce.is_final else []
    known = rows or list(Mail.objects.filter(message_id__in=bounce.message_ids).exclude(recipient="")[:1])
    return Taken(Outcome.BOUNCE, next(iter(known), None))


def _is_wanted(received: Received, settings: CustomerPlusSettings) -> bool:
    """Whether its files are worth storing: nobody fills the storage of a shop that does not know them."""
    if Mail.objects.filter(message_id=received.message_id).exists():
        return False
    return _record_of(received) is not None or _is_welcome(received, settings)


def _record_of(received: Received) -> int | None:
    """Whose message it is: of whom it answers, else of who has the sender's address."""
    if received.references:
        sent = Mail.objects.filter(message_id__in=received.references).exclude(kind=MailKind.TEST)
        by_id = dict(sent.values_list("message_id", "record_id"))
        for reference in received.references:
            if reference in by_id:
                return by_id[reference]
    return emails.owners([received.sender]).get(received.sender)


def _is_welcome(received: Received, settings: CustomerPlusSettings) -> bool:
    """Whether a record is made for a stranger: only for a person who wrote to the shop, and has a usable address."""
    if not settings.messages_of_strangers or received.is_automatic or received.is_unwanted:
        return False
    try:
        validate_email(received.sender)
    except ValidationError:
        return False
    return True


def read_mailbox(*, seconds: float) -> dict[Outcome, int]:
    """Read the mailbox of the settings for so long. Return what became of how many messages.

    A message is marked as read once it is kept, and taken once however often it is tried. None stops the others: one
    that is no message is marked and flagged, and one that cannot be fetched or kept is tried again, less and less
    often, until it is given up (see `messages.waiting`). Raises `MailboxError`, also where the server stalls at a
    message: the next run goes on with those after it.
    """
    chosen, is_active = plugin_settings.load()
    counted = dict.fromkeys(Outcome, 0)
    if not is_active:
        return counted
    if not chosen.mailbox_secret:
        forget_others(None)
        return counted
    until = time.monotonic() + seconds
    with mailbox.opened(chosen.mailbox_secret, seconds=seconds) as box:
        waiting = Waiting(box)
        for uid in waiting.due():
            outcome = _settled(box, waiting, uid)
            if outcome is not None:
                counted[outcome] += 1
            if time.monotonic() >= until:
                break
    return counted


def _settled(box: mailbox.Mailbox, waiting: Waiting, uid: str) -> Outcome | None:
    """Take a message of the mailbox, and mark it. None, if it is to be tried again."""
    waiting.begin(uid)
    try:
        result = _taken(box.message(uid))
        if isinstance(result, Unreadable):
            logger.warning("A message of the mailbox was set aside (%s): UID %s.", result.code, uid)
            box.set_aside(uid)
            result = Outcome.IGNORED
        elif isinstance(result, Outcome):
            box.mark_read(uid)
    except mailbox.Refused as error:
        result = error
    if isinstance(result, Exception):
        waiting.failed(uid, result)
        return None
    waiting.forget(uid)
    return result


def _taken(raw: bytes) -> Outcome | Exception:
    """What became of a message, or why it could not be kept. What the connection raises is not caught with it."""
    try:
        return take(raw).outcome
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        return error
