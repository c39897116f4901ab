"""Sending what is in the outbox, each message once.

A message is `QUEUED`. A worker claims it (`SENDING`), connects to the mail server, and only then hands it over: in one
short transaction it locks the record, looks once more whether the person's consent still holds, and writes down that it
begins (`handed_at`). After the server's answer the message is `SENT`, or `FAILED`, or `QUEUED` again for later.

A worker that dies before it began to hand over leaves a message that another worker sends after `CLAIM`. One that dies
between `handed_at` and the answer leaves it unknown whether the message arrived: a window as long as the server takes
to answer, mostly below a second. Such a message is `FAILED` as `UNCERTAIN` and never repeated: at most once. Whoever
sent it sees that, and decides.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .. import settings as plugin_settings
from ..core import mail_server
from ..errors import CustomerPlusError
from ..records.locks import hold_records
from ..saleor_adapter import host
from ..settings import CustomerPlusSettings, MailTransport
from . import attachments
from .composing import headers_of, message_of
from .models import Mail, MailFailure, MailPurpose, MailState
from .outbox import end, held, may_be_sent

logger = logging.getLogger(__name__)

EVENT = "customer_plus.mail"

# How long a worker may take from claiming a message to handing it over. Then it is taken for dead.
CLAIM = timedelta(minutes=10)
# After how long a message is tried again that the server could not take yet: for a day, then it is given up.
DELAYS = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 840)]
SHORTEST_DELAY = DELAYS[0]
# Few, because those that are claimed wait for one another.
_BATCH = 10


def send_due(*, seconds: float) -> bool:
    """Send what is due, for so long. Return whether nothing is left. Any number of workers may do so at once.

    A mail server that takes long holds a worker up for so long and one message more, each step of which has the limit
    of `core.mail_server`; one that does not answer, for that limit. Others are sent what the worker had claimed.
    """
    chosen, is_active = plugin_settings.load()
    if not is_active:
        return True
    _take_back_lost()
    until = time.monotonic() + seconds
    carrier = _Carrier(chosen)
    try:
        while claimed := _claim():
            for position, row in enumerate(claimed):
                if not carrier.send(row):  # the server is away: it is away for the others, too
                    _postpone(claimed[position + 1 :], SHORTEST_DELAY, attempts=-1)
                    return True
                if time.monotonic() >= until:
                    _postpone(claimed[position + 1 :], timedelta(0), attempts=-1)
                    return False
        return True
    finally:
        carrier.close()


def _claim() -> list[Mail]:
    """Take the next messages that are due. Nobody else gets them."""
    now = timezone.now()
    with transaction.atomic():
        due = Mail.objects.filter(state=MailState.QUEUED, due_at__lte=now).order_by("due_at", "pk")
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_BATCH])
        Mail.objects.filter(pk__in=ids).update(
            state=MailState.SENDING, claimed_at=now, handed_at=None, attempts=F("attempts") + 1
        )
    return list(Mail.objects.filter(pk__in=ids).order_by("due_at", "pk"))


def _take_back_lost() -> None:
    """See to what workers left that died: what they did not begin to hand over is sent, the rest is uncertain."""
    before = timezone.now() - CLAIM
    lost = Mail.objects.filter(state=MailState.SENDING, claimed_at__lt=before)
    with transaction.atomic():
        lost.filter(handed_at=None).update(state=MailState.QUEUED, due_at=timezone.now())
        uncertain = list(lost.filter(handed_at__lt=before).select_for_update(skip_locked=True).order_by("pk"))
        for row in uncertain:
            end(row, MailState.FAILED, MailFailure.UNCERTAIN)
    if uncertain:
        logger.error("Messages that may or may not have been sent: %s.", [row.pk for row in uncertain])


def _hand_over(row: Mail) -> bool:
    """Write down that the message is about to be handed over. Return whether it still may be."""
    with transaction.atomic():
        record_id = Mail.objects.filter(pk=row.pk).values_list("record_id", flat=True).first()
        if record_id is None:  # deleted with its record
            return False
        row.record_id = record_id  # another one, if its record was merged
        hold_records([record_id])  # a withdrawal is either seen here, or committed afterwards
        mine = Mail.objects.filter(
            pk=row.pk, record_id=record_id, state=MailState.SENDING, claimed_at=row.claimed_at, handed_at=None
        )
        if not mine.exists():  # somebody else took it for lost, or it was merged at this moment: it is tried again
            return False
        if not row.override_reason and not may_be_sent([row.record_id], MailPurpose(row.purpose)):
            end(row, MailState.FAILED, MailFailure.NO_CONSENT)
            return False
        return bool(mine.update(handed_at=timezone.now()))


class _Carrier:
    """Carries messages to the mail server over one connection, or to an app."""

    def __init__(self, settings: CustomerPlusSettings) -> None:
        self._settings = settings
        self._backend: Any = None

    def close(self) -> None:
        if self._backend is not None and (failure := mail_server.close_connection(self._backend)):
            logger.warning("The mail server did not say goodbye: %s", failure)

    def send(self, row: Mail) -> bool:
        """Send one message, or see to it that it is tried again. Return whether the server is there at all."""
        if self._settings.mail_transport is MailTransport.APP:
            return self._notify(row)
        try:
            if self._backend is None:
                self._backend = mail_server.connection()
            mail_server.open_connection(self._backend)
        except ImportError:
            _later(row, MailFailure.NO_BACKEND)
            return False
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("Could not reach the mail server for message %s: %s", row.pk, type(error).__name__)
            _later(row, MailFailure.UNREACHABLE, error)
            return False
        try:
            message = message_of(row, lambda: attachments.contents_of(row))
            message.message()  # headers that cannot be, addresses that cannot be written
        except CustomerPlusError as error:  # the storage of files is away
            logger.warning("Could not read the files of message %s: %s", row.pk, error.code)
            _later(row, MailFailure.INVALID)
            return True
        except Exception as error:  # it would be the same each time, and the others wait behind it
            logger.error("Message %s cannot be sent: %s", row.pk, type(error).__name__)
            with transaction.atomic():
                end(row, MailState.FAILED, MailFailure.INVALID)
            return True
        if not _hand_over(row):
            return True
        try:
            self._backend.send_messages([message])
        except Exception as error:
            return self._failed(row, error)
        _sent(row)
        return True

    def _failed(self, row: Mail, error: Exception) -> bool:
        code = mail_server.reply_of(error)
        logger.warning("Could not send message %s: %s %s", row.pk, type(error).__name__, code or "")
        if 400 <= code < 500:  # certainly not taken
            _later(row, MailFailure.REFUSED, error)
            return True
        with transaction.atomic():
            end(
                row,
                MailState.FAILED,
                MailFailure.REFUSED if code else MailFailure.UNCERTAIN,
                f"{code} {mail_server.words_of(error)}" if code else "",
            )
        return code != 0

    def _notify(self, row: Mail) -> bool:
        if not _hand_over(row):
            return True
        try:
            host.notify(EVENT, payload_of(row))
        except Exception as error:
            logger.error("Could not hand message %s to an app: %s", row.pk, type(error).__name__)
            with transaction.atomic():
                end(row, MailState.FAILED, MailFailure.UNCERTAIN)
        else:
            _sent(row)
        return True


def payload_of(row: Mail) -> dict[str, Any]:
    """What an app receives that sends the messages of the shop."""
    return {
        "message_id": row.pk,
        "record_id": row.record_id,
        "recipient_email": row.recipient,
        "sender": row.sender,
        "reply_to": row.reply_to,
        "subject": row.subject,
        "text": row.text,
        "html": row.html,
        "headers": headers_of(row),
        "language_code": row.language_code,
        "purpose": row.purpose,
    }


def _sent(row: Mail) -> None:
    now = timezone.now()
    Mail.objects.filter(pk=row.pk, state=MailState.SENDING).update(
        state=MailState.SENT, sent_at=now, due_at=None, failure="", failure_detail="", modified_at=now
    )


def _later(row: Mail, failure: MailFailure, error: Exception | None = None) -> None:
    """Try again after a while, or give up."""
    said = "" if error is None else f"{mail_server.reply_of(error) or ''} {mail_server.words_of(error)}".strip()
    if row.attempts > len(DELAYS):
        with transaction.atomic():
            end(row, MailState.FAILED, failure, said)
        return
    _postpone([row], DELAYS[row.attempts - 1], failure=failure.value, failure_detail=held(said))


def _postpone(rows: Sequence[Mail], delay: timedelta, *, attempts: int = 0, **changes: Any) -> None:
    """Let these be sent later, unless somebody else took them for lost, and may be sending them."""
    mine = Mail.objects.filter(pk__in=[row.pk for row in rows], state=MailState.SENDING)
    mine.filter(claimed_at__in={row.claimed_at for row in rows}).update(
        state=MailState.QUEUED,
        due_at=timezone.now() + delay,
        attempts=F("attempts") + attempts,
        handed_at=None,
        **changes,
    )
