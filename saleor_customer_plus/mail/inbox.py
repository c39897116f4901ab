"""Keeping a message that somebody sent to the shop: the one writer of what was received."""

from __future__ import annotations

from ..activity.models import ActivityType, ActorType
from ..activity.services import Actor, Entry, append
from ..core.staged_files import StagedFile
from ..records.locks import hold_records
from . import attachments
from .attachments import Staging
from .models import Mail, MailKind, MailState
from .reading import Received

CUSTOMER = Actor(ActorType.CUSTOMER)


def stored_files(received: Received, stage: Staging) -> tuple[list[StagedFile], int]:
    """Store its files. Return them, and how many are of a type that is not taken."""
    stored = [stage.take(content, name) for name, content in received.files]
    taken = [one for one in stored if one is not None]
    return taken, received.dropped_files + len(stored) - len(taken)


def keep(record_id: int, received: Received, files: list[StagedFile], dropped: int) -> tuple[Mail | None, bool]:
    """Keep a message with a record, and log it. Return it, and whether it is new: the same one is kept once.

    In a transaction. None, if the record is gone.
    """
    if not hold_records([record_id]):
        return None, False
    sender = f"{received.sender_name} <{received.sender}>" if received.sender_name else received.sender
    row, is_new = Mail.objects.get_or_create(
        message_id=received.message_id,
        defaults={
            "record_id": record_id,
            "kind": MailKind.AUTO_REPLY if received.is_automatic else MailKind.REPLY,
            "in_reply_to": next(iter(received.references), "")[:255],
            "sender": sender[:512],
            "subject": received.subject,
            "body": received.text,
            "is_automatic": received.is_automatic,
            "dropped_files": dropped,
            "state": MailState.RECEIVED,
            "actor_type": CUSTOMER.type,
            "created_at": received.sent_at,
        },
    )
    if is_new:
        attachments.attach([(row, files)])
        after = {"message_id": row.pk, "kind": row.kind, "files": len(files)}
        append([Entry(record_id, ActivityType.MESSAGE_RECEIVED, after=after, **CUSTOMER.of_entry)])
    return row, is_new
