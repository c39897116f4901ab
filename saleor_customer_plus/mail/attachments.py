"""The one writer of the files of e-mails.

A file is stored before its row is written (see `core.staged_files`), and removed after the commit of whatever deleted
its last row. Where a process dies in between, `remove_orphans` finds what is left.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from ..core import private_files, staged_files
from ..core.staged_files import MEGABYTE, StagedFile
from ..errors import CustomerPlusError, ErrorCode
from ..notes.contents import named_kind, recognise, safe_name
from ..settings import CustomerPlusSettings
from .models import Mail, MailAttachment

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MAX_FILES = 10
# Of one message together: most mail servers take 25 MB, of which a third is lost to the encoding.
MAX_MEGABYTES = 15


class Staging(staged_files.Staging):
    """The files of a message on their way into the storage."""

    model = MailAttachment

    def store(self, uploads: Sequence[UploadedFile], settings: CustomerPlusSettings) -> list[StagedFile]:
        """Check all files, then store them. Raise for too many, too big ones, and types that are not taken."""
        most = min(settings.attachment_megabytes, MAX_MEGABYTES)
        if len(uploads) > MAX_FILES:
            raise _limit(f"Attach at most {MAX_FILES} files to a message.")
        if sum(upload.size or 0 for upload in uploads) > most * MEGABYTE:
            raise _limit(f"The files of a message may have at most {most} MB together.")
        kinds = [named_kind(upload) for upload in uploads]
        return [self.put(upload, *kind, upload.size or 0) for upload, kind in zip(uploads, kinds, strict=True)]

    def take(self, content: bytes, name: str) -> StagedFile | None:
        """Store a file of a received message, if its type is taken."""
        file = io.BytesIO(content)
        kind = recognise(file, name)
        return None if kind is None else self.put(file, safe_name(name, kind), kind.content_type, len(content))


def _limit(message: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.LIMIT_REACHED, field="attachments")


def attach(files: Sequence[tuple[Mail, Sequence[StagedFile]]]) -> None:
    """Write the rows of stored files. One statement."""
    MailAttachment.objects.bulk_create(
        MailAttachment(mail=mail, file=file.path, name=file.name, content_type=file.content_type, size=file.size)
        for mail, stored in files
        for file in stored
    )


def contents_of(mail: Mail) -> list[tuple[str, bytes, str]]:
    """Name, content and type of each file of a message. Raises `CustomerPlusError` if the storage is away."""
    contents = []
    for row in MailAttachment.objects.filter(mail=mail).order_by("pk"):
        with private_files.naming_failures(field="attachments"), row.file.open("rb") as file:
            contents.append((row.name, file.read(), row.content_type))
    return contents


def paths_of(record_ids: Collection[int]) -> list[str]:
    """The files of the messages of these records that no message of another record has."""
    paths = set(MailAttachment.objects.filter(mail__record__in=record_ids).values_list("file", flat=True))
    others = MailAttachment.objects.filter(file__in=paths).exclude(mail__record__in=record_ids)
    return sorted(paths - set(others.values_list("file", flat=True)))


def remove_orphans() -> int:
    """Remove files that no message has. Safe at any time, and twice. Return how many."""
    field: Any = MailAttachment._meta.get_field("file")
    stored = private_files.stored(field.storage, field.upload_to)
    return private_files.remove_orphans(field.storage, stored, _known)


def _known(paths: Sequence[str]) -> set[str]:
    return set(MailAttachment.objects.filter(file__in=paths).values_list("file", flat=True))
