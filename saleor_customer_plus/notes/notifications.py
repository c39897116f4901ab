"""Telling members of staff that a note mentions them."""

from __future__ import annotations

from ..core import notifications, owed
from ..core.models import NoticeKind
from ..saleor_adapter import staff
from .models import Note, NoteMention

EVENT = "customer_plus.note_mention"


def mentioned(note_id: int) -> None:
    """Tell each member of staff whom the note mentions and who was not notified yet, by Saleor's `notify`."""
    note = Note.objects.filter(pk=note_id).first()
    if note is None:  # deleted meanwhile
        return
    mentions = dict(NoteMention.objects.filter(note=note).values_list("pk", "user_id"))
    user_ids = [mentions[key] for key in owed.claim(NoticeKind.MENTION, list(mentions))]
    for user in staff.find(user_ids).values():
        payload = {
            "note_id": note.pk,
            "record_id": note.record_id,
            "text": note.text,
            "author_type": note.author_type,
            "author_id": note.author_id,
            "recipient_id": user.pk,
            "recipient_email": user.email,
        }
        notifications.notify(EVENT, payload, about=f"note {note_id}")


def left_behind() -> list[int]:
    """Notes with a mention that nobody was notified of, because the task was lost."""
    ids = owed.left_behind(NoticeKind.MENTION)
    mentions = dict(NoteMention.objects.filter(pk__in=ids).values_list("pk", "note_id"))
    owed.settle(NoticeKind.MENTION, [id for id in ids if id not in mentions])  # taken back meanwhile
    return sorted(set(mentions.values()))
