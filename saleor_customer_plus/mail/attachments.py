"""The one writer of the files of e-mails.

A file cannot be part of a transaction. So it is stored before its row is written, and removed again if the row does not
come to be; and it is removed after the commit of whatever deleted its last row. Where a process dies in between,
`remove_orphans` finds what is left.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from django.core.files.storage import Storage

from ..core import private_files
from ..errors import CustomerPlusError, ErrorCode
from ..notes.contents import recognise, safe_name
from ..settings import CustomerPlusSettings
from .models import Mail, MailAttachment, mail_storage

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

MEGABYTE = 1024 * 1024
MAX_FILES = 10
# Of one message together: most mail servers take 25 MB, of which a third is lost to the encoding.
MAX_MEGABYTES = 15


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is in the storage, and has no row yet."""

    path: str
    name: str
    content_type: str
    size: int


class Staging:
    """Files on their way into the storage. What was not kept in the end is removed from it."""

    def __init__(self) -> None:
        self._paths: list[str] = []

    def store(self, uploads: Sequence[UploadedFile], settings: CustomerPlusSettings) -> list[StoredFile]:
        """Check all files, then store them. Raise for too many, too big ones, and types that are not taken."""
        most = min(settings.attachment_megabytes, MAX_MEGABYTES)
        if len(uploads) > MAX_FILES:
            raise _limit(f"Attach at most {MAX_FILES} files to a message.")
        if sum(upload.size or 0 for upload in uploads) > most * MEGABYTE:
            raise _limit(f"The files of a message may have at most {most} MB together.")
        kinds = [(upload, recognise(upload.file, upload.name or "")) for upload in uploads]  # type: ignore[arg-type]
        if any(kind is None for _upload, kind in kinds):
            raise CustomerPlusError(
                "Files of this type are not taken: attach a PDF, a picture, an office document without macros, plain "
                "text, sound, film or an archive.",
                code=ErrorCode.UNSUPPORTED_FILE,
                field="attachments",
            )
        return [
            self.put(upload, safe_name(upload.name or "", kind), kind.content_type, upload.size or 0)
            for upload, kind in kinds
            if kind is not None
        ]

    def take(self, content: bytes, name: str) -> StoredFile | None:
        """Store a file of a received message, if its type is taken."""
        file = io.BytesIO(content)
        kind = recognise(file, name)
        return None if kind is None else self.put(file, safe_name(name, kind), kind.content_type, len(content))

    def put(self, content: IO[bytes] | UploadedFile, name: str, content_type: str, size: int) -> StoredFile:
        content.seek(0)
        field: Any = MailAttachment._meta.get_field("file")
        path = field.generate_filename(MailAttachment(), secrets.token_urlsafe(32))
        private_files.store(field.storage, path, content, field="attachments")
        self._paths.append(path)
        return StoredFile(path, name, content_type, size)

    def keep(self) -> None:
        """The rows were committed."""
        self._paths.clear()

    def discard(self) -> None:
        private_files.remove(_storage(), self._paths)


def _limit(message: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.LIMIT_REACHED, field="attachments")


@contextmanager
def staging() -> Iterator[Staging]:
    """Remove what was stored, unless it was said to be kept. To be put around the transaction, not into it."""
    stage = Staging()
    try:
        yield stage
    finally:
        stage.discard()


def attach(files: Sequence[tuple[Mail, Sequence[StoredFile]]]) -> None:
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


def _storage() -> Storage:
    return mail_storage()
