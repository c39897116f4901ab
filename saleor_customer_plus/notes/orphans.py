"""What is left where a process died between a file and its row."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.files.storage import Storage
from django.db.models import QuerySet
from django.utils import timezone

from ..core import private_files
from .models import Attachment

logger = logging.getLogger(__name__)


class Sweep(NamedTuple):
    """How many files without a row were removed, and which rows have no file."""

    removed: int
    broken: list[int]


def remove_orphans() -> Sweep:
    """Remove files that no attachment has, and tell of attachments whose file is gone. Safe at any time, and twice."""
    began = timezone.now()
    field: Any = Attachment._meta.get_field("file")
    stored = private_files.stored(field.storage, field.upload_to)
    broken = _without_file(
        field.storage, set(stored), Attachment.objects.filter(created_at__lt=began - private_files.AGE)
    )
    if broken:
        logger.error("The files of %d attachments are not in the storage: %s", len(broken), broken[:100])
    return Sweep(private_files.remove_orphans(field.storage, stored, _known), broken)


def _without_file(storage: Storage, stored: set[str], rows: QuerySet[Attachment]) -> list[int]:
    # Asked again one by one, because a file may have been stored after its folder was listed.
    named = rows.order_by("pk").values_list("pk", "file")
    return [pk for pk, path in named if path not in stored and not storage.exists(path)]


def _known(paths: Sequence[str]) -> set[str]:
    return set(Attachment.objects.filter(file__in=paths).values_list("file", flat=True))
