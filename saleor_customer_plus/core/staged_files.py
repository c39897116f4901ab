"""Private files on their way into the storage, before the rows that name them are committed.

A file cannot be part of a transaction. So it is stored before its row is written, and removed again if the row does not
come to be. Where a process dies in between, the feature's periodic look for orphans finds what is left (see
`private_files`).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, ClassVar, Self

from . import private_files

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import Model

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that is in the storage, and has no row yet. The size is in bytes."""

    path: str
    name: str
    content_type: str
    size: int


class Staging:
    """Stores files under names that nobody can guess. What was not kept in the end is removed again."""

    # The model of the rows, whose field `file` names the storage.
    model: ClassVar[type[Model]]

    def __init__(self) -> None:
        self._paths: list[str] = []

    def put(self, content: IO[bytes] | UploadedFile, name: str, content_type: str, size: int) -> StagedFile:
        """Store one file. Raises `CustomerPlusError` if the storage is full or cannot be reached."""
        content.seek(0)
        field = self._field()
        path = field.generate_filename(self.model(), secrets.token_urlsafe(32))
        private_files.store(field.storage, path, content, field="attachments")
        self._paths.append(path)
        return StagedFile(path, name, content_type, size)

    def keep(self) -> None:
        """The rows were committed."""
        self._paths.clear()

    def discard(self) -> None:
        private_files.remove(self._field().storage, self._paths)

    @classmethod
    def _field(cls) -> Any:
        return cls.model._meta.get_field("file")

    @classmethod
    @contextmanager
    def begin(cls) -> Iterator[Self]:
        """Remove what was stored, unless it was said to be kept. To be put around the transaction, not into it."""
        stage = cls()
        try:
            yield stage
        finally:
            stage.discard()
