"""The one writer of attachments and their files.

A file is stored before its row is written (see `core.staged_files`), and removed after the commit of whatever deleted
its row. Where a process dies in between, `orphans` finds what is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from django.core.files.storage import Storage
from django.db.models import Sum

from ..activity.models import ActivityType, CauseType
from ..activity.services import Actor, Cause, Entry, append
from ..core import private_files, staged_files
from ..core.staged_files import MEGABYTE, StagedFile
from ..errors import CustomerPlusError, ErrorCode
from ..records.locks import hold_records
from ..settings import CustomerPlusSettings
from .contents import named_kind
from .models import Attachment, Note

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# More at once are a folder: that is one archive.
MAX_FILES = 20


class Staging(staged_files.Staging):
    """The files of a note on their way into the storage."""

    model = Attachment

    def store(self, uploads: Sequence[UploadedFile], settings: CustomerPlusSettings) -> list[StagedFile]:
        """Check all files, then store them. Raise for one that is too big, or not of a kind that is taken."""
        if len(uploads) > MAX_FILES:
            raise CustomerPlusError(
                f"Attach at most {MAX_FILES} files at once.", code=ErrorCode.LIMIT_REACHED, field="attachments"
            )
        kinds = [_check(upload, settings) for upload in uploads]
        return [self.put(upload, *kind, upload.size or 0) for upload, kind in zip(uploads, kinds, strict=True)]


def _check(upload: UploadedFile, settings: CustomerPlusSettings) -> tuple[str, str]:
    """The name and the type that the file may have."""
    if (upload.size or 0) > settings.attachment_megabytes * MEGABYTE:
        raise CustomerPlusError(
            f"A file may have at most {settings.attachment_megabytes} MB.",
            code=ErrorCode.LIMIT_REACHED,
            field="attachments",
        )
    return named_kind(upload)


def attach(
    note: Note, stored: Sequence[StagedFile], settings: CustomerPlusSettings, *, actor: Actor
) -> list[Attachment]:
    """Write the rows of stored files. Raise if the files of the record become more than the settings allow."""
    if not stored:
        return []
    # One after the other, so that two together do not exceed what each alone would not.
    hold_records([note.record_id])
    of_record = Attachment.objects.filter(note__record_id=note.record_id)
    used = of_record.aggregate(total=Sum("size"))["total"] or 0
    if used + sum(file.size for file in stored) > settings.attachments_megabytes * MEGABYTE:
        raise CustomerPlusError(
            f"The files of a record may have at most {settings.attachments_megabytes} MB together.",
            code=ErrorCode.LIMIT_REACHED,
            field="attachments",
        )
    rows = Attachment.objects.bulk_create(
        Attachment(note=note, file=file.path, name=file.name, content_type=file.content_type, size=file.size)
        for file in stored
    )
    _log(note, rows, ActivityType.FILE_ATTACHED, actor)
    return rows


def remove(attachment_id: int, *, actor: Actor) -> Attachment:
    """Remove a file from its note. Return it as it was, with the note."""
    hold_records(list(Note.objects.filter(attachments=attachment_id).values_list("record_id", flat=True)))
    row = Attachment.objects.select_for_update(of=("self",)).select_related("note").filter(pk=attachment_id).first()
    if row is None:
        raise CustomerPlusError("No file has this id.", code=ErrorCode.NOT_FOUND, field="id")
    _log(row.note, [row], ActivityType.FILE_REMOVED, actor)
    remove_after_commit([row.file.name or ""])
    row.delete()
    row.pk = attachment_id
    return row


def remove_after_commit(paths: Collection[str]) -> None:
    private_files.remove_after_commit(_storage(), paths)


def _storage() -> Storage:
    storage: Storage = Attachment._meta.get_field("file").storage
    return storage


def _log(note: Note, rows: Iterable[Attachment], type: ActivityType, actor: Actor) -> None:
    cause = Cause(CauseType.NOTE, str(note.pk))
    is_new = type == ActivityType.FILE_ATTACHED
    append(
        Entry(
            note.record_id,
            type,
            before={} if is_new else details,
            after=details if is_new else {},
            **actor.of_entry,
            **cause.of_entry,
        )
        for details in ({"attachment_id": row.pk, "name": row.name, "size": row.size} for row in rows)
    )
