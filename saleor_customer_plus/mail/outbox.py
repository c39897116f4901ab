"""E-mails to be sent: who may be sent one, and the row of each. `mail.sending` sends them.

outbox.queue([NewMail(...)], settings, actor=actor)   in the transaction of what it is about
sending.send_due(seconds=50)                          in a task
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ..activity.models import ActivityType
from ..activity.services import SYNC, Actor, Cause, Entry, append
from ..consent.models import ConsentChannel, ConsentState, CurrentConsent
from ..core import mail_server
from ..core.staged_files import StagedFile
from ..errors import CustomerPlusError, ErrorCode
from ..settings import CustomerPlusSettings, MailTransport
from . import attachments
from .composing import Composed, new_message_id, sender_of
from .models import Mail, MailFailure, MailKind, MailPurpose, MailState

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewMail:
    """One e-mail to be sent to one record, at this address."""

    record_id: int
    recipient: str
    composed: Composed
    kind: MailKind = MailKind.MESSAGE
    purpose: MailPurpose = MailPurpose.SERVICE
    override_reason: str = ""
    language: str = ""
    reply_to: str = ""
    in_reply_to: str = ""
    # What a person without an account opens to unsubscribe: https, and it takes the POST of RFC 8058.
    unsubscribe_url: str = ""
    is_automatic: bool = False
    files: Sequence[StagedFile] = ()


def check_ready(settings: CustomerPlusSettings) -> None:
    """Raise unless the shop can send mail at all."""
    if settings.mail_transport is MailTransport.APP:
        return
    try:
        mail_server.connection()
    except ImportError:
        raise CustomerPlusError(
            f"{mail_server.NO_BACKEND} Set it, or let an app send the messages of the shop.",
            code=ErrorCode.DISABLED,
        ) from None
    if not sender_of(settings):
        raise CustomerPlusError("Set the sender of messages in the plugin's settings.", code=ErrorCode.DISABLED)


def may_be_sent(record_ids: Collection[int], purpose: MailPurpose) -> set[int]:
    """Those of these records who may be sent something for this purpose. At most one statement."""
    if purpose is MailPurpose.SERVICE:
        return set(record_ids)
    granted = CurrentConsent.objects.filter(
        record_id__in=record_ids,
        channel=ConsentChannel.EMAIL,
        purpose=purpose.value,
        state=ConsentState.SUBSCRIBED,
    )
    return set(granted.values_list("record_id", flat=True))


def queue(
    new: Sequence[NewMail], settings: CustomerPlusSettings, *, actor: Actor, cause: Cause | None = None
) -> list[Mail]:
    """Let these be sent after the commit, and log it. In a transaction that holds the records.

    Whoever calls it publishes `send_mail`; should that be lost, the periodic task sends them. Raise if somebody may not
    be sent something for its purpose, unless a reason says why it is sent all the same.
    """
    check_ready(settings)
    for purpose in {one.purpose for one in new}:
        bound = {one.record_id for one in new if one.purpose is purpose and not one.override_reason}
        if bound - may_be_sent(bound, purpose):
            raise CustomerPlusError(
                "The person has not consented to be sent this. Give a reason to send it all the same.",
                code=ErrorCode.OUT_OF_SCOPE,
                field="purpose",
            )
    if settings.mail_transport is MailTransport.APP and any(one.files for one in new):
        raise CustomerPlusError(
            "An app sends the messages of this shop, and files cannot be passed to it. Send the message without.",
            code=ErrorCode.UNSUPPORTED,
            field="attachments",
        )
    sender, now = sender_of(settings), timezone.now()
    rows = Mail.objects.bulk_create(
        Mail(
            record_id=one.record_id,
            kind=one.kind,
            purpose=one.purpose,
            override_reason=one.override_reason,
            message_id=new_message_id(sender),
            in_reply_to=one.in_reply_to,
            sender=sender,
            recipient=one.recipient,
            reply_to=one.reply_to or settings.mail_reply_to,
            language_code=one.language,
            subject=one.composed.subject,
            body=one.composed.body,
            text=one.composed.text,
            html=one.composed.html,
            unsubscribe_url=one.unsubscribe_url,
            is_automatic=one.is_automatic,
            state=MailState.QUEUED,
            due_at=now,
            actor_type=actor.type,
            actor_id=actor.id,
            created_at=now,
            modified_at=now,
        )
        for one in new
    )
    attachments.attach([(row, one.files) for row, one in zip(rows, new, strict=True)])
    append(
        Entry(
            row.record_id,
            ActivityType.MESSAGE_SENT,
            after=logged(row) | ({"override_reason": row.override_reason} if row.override_reason else {}),
            **actor.of_entry,
            **(cause.of_entry if cause else {}),
        )
        for row in rows
    )
    return rows


def logged(row: Mail) -> dict[str, Any]:
    """What the log tells of a message: nothing that was written in it, so that one that is deleted is gone."""
    return {"message_id": row.pk, "kind": row.kind, "purpose": row.purpose}


def end(row: Mail, state: MailState, failure: MailFailure, said: str = "") -> None:
    """The message is not sent, or came back, for good. Log it."""
    now = timezone.now()
    mine = Mail.objects.filter(pk=row.pk).select_for_update()
    record_id = mine.values_list("record_id", flat=True).first()
    if record_id is None:  # deleted with its record
        return
    Mail.objects.filter(pk=row.pk).update(
        state=state, failure=failure, failure_detail=held(said), due_at=None, modified_at=now
    )
    if row.kind != MailKind.TEST:
        after = {**logged(row), "state": state, "failure": failure}
        append([Entry(record_id, ActivityType.MESSAGE_FAILED, after=after, **SYNC.of_entry)])


def held(said: str) -> str:
    return " ".join(said.replace("\x00", "").split())[:500]


def mark_bounced(message_ids: Iterable[str], said: str) -> list[Mail]:
    """Mark messages, by their Message-IDs, as returned by the recipient's mail server. Return which those are.

    Call it in a transaction. One that was marked already is not marked again.
    """
    wanted = Mail.objects.filter(message_id__in=list(message_ids), state__in=(MailState.SENT, MailState.SENDING))
    rows = list(wanted.select_for_update().order_by("pk"))
    for row in rows:
        end(row, MailState.BOUNCED, MailFailure.BOUNCED, said)
    return rows
