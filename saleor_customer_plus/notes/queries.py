"""Reading notes, and what belongs to them, for any number of them in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import BigIntegerField, BooleanField, DateTimeField

from ..core.paging import Key, Ordering, Page, Segment, Window, count_of_each, page_of_each
from ..saleor_adapter import staff
from .models import Attachment, Note, NoteMention, NoteVersion

_PINNED_FIRST = (Key("is_pinned", BooleanField()), Key("created_at", DateTimeField()), Key("id", BigIntegerField()))


def find(note_id: int) -> Note | None:
    return Note.objects.filter(pk=note_id).first()


def find_attachment(attachment_id: int, path: str) -> Attachment | None:
    """An attachment, if its file is still the one at this path."""
    return Attachment.objects.filter(pk=attachment_id, file=path).first()


def pages_of_notes(record_ids: Collection[int], window: Window) -> dict[int, Page[Note]]:
    """One page of each record's notes: the pinned ones first, then the newest."""
    ordering = Ordering("NOTES", [Segment(Note.objects.all(), _PINNED_FIRST, descending=True)])
    return page_of_each(record_ids, ordering, window, parent="record")


def count_notes(record_ids: Collection[int]) -> dict[int, int]:
    """How many notes each record has."""
    return count_of_each(Note.objects.all(), record_ids, parent="record")


def versions_of(note_ids: Collection[int]) -> Mapping[int, list[NoteVersion]]:
    """The texts that notes had before, the last one first."""
    versions: dict[int, list[NoteVersion]] = {note_id: [] for note_id in note_ids}
    for version in NoteVersion.objects.filter(note_id__in=note_ids).order_by("-id"):
        versions[version.note_id].append(version)
    return versions


def attachments_of(note_ids: Collection[int]) -> Mapping[int, list[Attachment]]:
    """The files of notes, in the order in which they were attached."""
    attachments: dict[int, list[Attachment]] = {note_id: [] for note_id in note_ids}
    for attachment in Attachment.objects.filter(note_id__in=note_ids).order_by("id"):
        attachments[attachment.note_id].append(attachment)
    return attachments


def mentioned_in(note_ids: Collection[int]) -> Mapping[int, list[Any]]:
    """The members of staff that notes mention, without those who have left. Two statements."""
    pairs = list(NoteMention.objects.filter(note_id__in=note_ids).order_by("id").values_list("note_id", "user_id"))
    members = staff.find({user_id for _, user_id in pairs})
    mentioned: dict[int, list[Any]] = defaultdict(list, {note_id: [] for note_id in note_ids})
    for note_id, user_id in pairs:
        if user_id in members:
            mentioned[note_id].append(members[user_id])
    return mentioned
