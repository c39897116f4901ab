"""Telling members of staff that a note mentions them."""

from __future__ import annotations

from collections.abc import Collection

from .. import notices, staff
from .models import Note

EVENT = "customer_plus.note_mention"


def mentioned(note_id: int, user_ids: Collection[int]) -> None:
    """Tell each of these members of staff, by Saleor's `notify`."""
    note = Note.objects.filter(pk=note_id).first()
    if note is None:  # deleted meanwhile
        return
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
        notices.notify(EVENT, payload, about=f"note {note_id}")
