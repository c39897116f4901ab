"""The one writer of attachments and their files.

A file cannot be part of a transaction. So it is stored before its row is written, and removed again if the row does not
come to be; and it is removed after the commit of whatever deleted its row. Where a process dies in between, `orphans`
finds what is left (see `files`).
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.files.storage import Storage
from django.db.models import Sum

from ..activity.models import ActivityType, CauseType
from ..activity.services import Actor, Cause, Entry, append
from ..core import private_files
from ..errors import CustomerPlusError, ErrorCode
from ..records.locks import hold_records
from ..settings import CustomerPlusSettings
from .contents import recognise, safe_name
from .models import Attachment, Note

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MEGABYTE = 1024 * 1024
# More at once are a folder: that is one archive.
MAX_FILES = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is in the storage, and has no row yet."""

    path: str
    name: str
    content_type: str
    size: int


class Staging:
    """Files on their way into the storage. What was not kept in the end is removed from it."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    def store(self, uploads: Sequence[UploadedFile], settings: CustomerPlusSettings) -> list[Stored]:
        """Check all files, then store them. Raise for one that is too big, or not of a kind that is taken."""
        if len(uploads) > MAX_FILES:
            raise CustomerPlusError(
                f"Attach at most {MAX_FILES} files at once.", code=ErrorCode.LIMIT_REACHED, field="attachments"
            )
        return [
            self._put(upload, *known) for upload, known in [(upload, _check(upload, settings)) for upload in uploads]
        ]

    def _put(self, upload: UploadedFile, name: str, content_type: str) -> Stored:
        upload.seek(0)
        file = Attachment._meta.get_field("file")
        path = file.generate_filename(Attachment(), secrets.token_urlsafe(32))
        private_files.store(file.storage, path, upload, field="attachments")
        self._paths.append(path)
        return Stored(path, name, content_type, upload.size or 0)

    def keep(self) -> None:
        """The rows were committed."""
        self._paths.clear()

    def discard(self) -> None:
        private_files.remove(_storage(), self._paths)


@contextmanager
def staging() -> Iterator[Staging]:
    """Remove what was stored, unless it was said to be kept. To be put around the transaction, not into it."""
    stage = Staging()
    try:
        yield stage
    finally:
        stage.discard()


def _check(upload: UploadedFile, settings: CustomerPlusSettings) -> tuple[str, str]:
    """The name and the type that the file may have."""
    if (upload.size or 0) > settings.attachment_megabytes * MEGABYTE:
        raise CustomerPlusError(
            f"A file may have at most {settings.attachment_megabytes} MB.",
            code=ErrorCode.LIMIT_REACHED,
            field="attachments",
        )
    kind = recognise(upload.file, upload.name or "")  # type: ignore[arg-type]
    if kind is None:
        raise CustomerPlusError(
            "Files of this type are not taken: attach a PDF, a picture, an office document without macros, plain text, "
            "sound, film or an archive.",
            code=ErrorCode.UNSUPPORTED_FILE,
            field="attachments",
        )
    return safe_name(upload.name or "", kind), kind.content_type


def attach(note: Note, stored: Sequence[Stored], settings: CustomerPlusSettings, *, actor: Actor) -> list[Attachment]:
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
