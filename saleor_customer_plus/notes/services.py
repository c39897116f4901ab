"""The one writer of notes, their versions and mentions. Call each in a transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import timezone

from ..activity.models import ActivityType, CauseType
from ..activity.services import Actor, Cause, Entry, append
from ..core import owed, sql
from ..core.models import NoticeKind
from ..errors import CustomerPlusError, ErrorCode, Problems
from ..records.locks import hold_records
from ..saleor_adapter import staff
from .attachments import remove_after_commit
from .models import Attachment, Note, NoteMention, NoteVersion

MAX_TEXT_LENGTH = 10_000
MAX_MENTIONS = 50


def create(record_id: int, text: str, *, actor: Actor, mentions: Collection[int] = (), is_pinned: bool = False) -> Note:
    """Write a note on a record. `mentions` are members of staff."""
    problems = Problems()
    with problems.noted():
        text = checked(text)
    with problems.noted():
        check_mentions(mentions)
    with problems.noted():
        if not hold_records([record_id]):  # so that it is not deleted before this is committed
            raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="record_id")
    problems.raise_any()
    now = timezone.now()
    note = Note.objects.create(
        record_id=record_id,
        text=text,
        author_type=actor.type,
        author_id=actor.id,
        is_pinned=is_pinned,
        created_at=now,
        modified_at=now,
    )
    _mention(note, mentions)
    _log(note, ActivityType.NOTE_ADDED, actor, after={"note_id": note.pk})
    return note


def mentioned(note: Note) -> set[int]:
    """The ids of the members of staff whom a note mentions."""
    return set(note.mentions.values_list("user_id", flat=True))


def edit(
    note_id: int, *, actor: Actor, text: str | None = None, mentions: Collection[int] | None = None
) -> tuple[Note, set[int]]:
    """Change the text or who is mentioned. Return the note, and whom it mentions now and did not before.

    The text that it had is kept as a version; the log tells how long the two were and not what they said, so that a
    note that is deleted is gone.
    """
    problems = Problems()
    with problems.noted():
        text = None if text is None else checked(text)
    with problems.noted():
        note = existing(note_id)
        known = mentioned(note)
        if mentions is not None:
            check_mentions(mentions, new=set(mentions) - known)
    problems.raise_any()
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    added: set[int] = set()
    if text is not None and text != note.text:
        NoteVersion.objects.create(note=note, text=note.text, editor_type=actor.type, editor_id=actor.id)
        before["characters"], after["characters"] = len(note.text), len(text)
        note.text = text
    if mentions is not None:
        added, gone = set(mentions) - known, known - set(mentions)
        if added or gone:
            note.mentions.filter(user_id__in=gone).delete()
            _mention(note, added)
            before["mentions"], after["mentions"] = sorted(known), sorted(mentions)
    if after:
        note.modified_at = timezone.now()
        note.save(update_fields=["text", "modified_at"])
        _log(note, ActivityType.NOTE_EDITED, actor, before=before, after={"note_id": note.pk, **after})
    return note, added


def pin(note_id: int, *, actor: Actor, is_pinned: bool) -> Note:
    """Put a note before the others of its record, or back among them."""
    note = existing(note_id)
    if note.is_pinned != is_pinned:
        note.is_pinned = is_pinned
        note.save(update_fields=["is_pinned"])
        _log(
            note,
            ActivityType.NOTE_EDITED,
            actor,
            before={"is_pinned": not is_pinned},
            after={"note_id": note.pk, "is_pinned": is_pinned},
        )
    return note


def delete(note_id: int, *, actor: Actor) -> Note:
    """Delete a note with its versions and its files. Return it as it was."""
    note = existing(note_id)
    files = list(Attachment.objects.filter(note=note).values_list("file", flat=True))
    _log(note, ActivityType.NOTE_DELETED, actor, before={"note_id": note.pk, "files": len(files)})
    note.delete()
    note.pk = note_id
    remove_after_commit(files)
    return note


def existing(note_id: int, *, field: str = "id") -> Note:
    """The note, held with its record against being edited or deleted meanwhile. Raise if there is none."""
    hold_records(list(Note.objects.filter(pk=note_id).values_list("record_id", flat=True)))
    note = Note.objects.select_for_update().filter(pk=note_id).first()
    if note is None:
        raise CustomerPlusError("No note has this id.", code=ErrorCode.NOT_FOUND, field=field)
    return note


def checked(text: str) -> str:
    """The text as it is kept: lines end as they do everywhere but on Windows, and nothing blank is around it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise CustomerPlusError("A note needs a text.", code=ErrorCode.REQUIRED, field="text")
    if len(text) > MAX_TEXT_LENGTH:
        raise CustomerPlusError(f"A note may have at most {MAX_TEXT_LENGTH} characters.", field="text")
    if not sql.can_hold(text):
        raise CustomerPlusError("The text has a character that is not allowed.", field="text")
    return text


def check_mentions(mentions: Collection[int], *, new: Collection[int] | None = None) -> None:
    """Raise unless those that are new are staff. Who was mentioned and left since stays mentioned."""
    if len(set(mentions)) > MAX_MENTIONS:
        raise CustomerPlusError(
            f"A note may mention at most {MAX_MENTIONS} members of staff.",
            code=ErrorCode.LIMIT_REACHED,
            field="mentions",
        )
    staff.check(mentions if new is None else new, field="mentions")


def _mention(note: Note, user_ids: Collection[int]) -> None:
    made = NoteMention.objects.bulk_create(NoteMention(note=note, user_id=user_id) for user_id in sorted(set(user_ids)))
    owed.owe(NoticeKind.MENTION, [mention.pk for mention in made])


def _log(
    note: Note,
    type: ActivityType,
    actor: Actor,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    of_entry = {**actor.of_entry, **Cause(CauseType.NOTE, str(note.pk)).of_entry}
    append([Entry(note.record_id, type, before=before or {}, after=after or {}, **of_entry)])
