"""What is left where a process died between a file and its row."""

from __future__ import annotations

import logging
import posixpath
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from .models import Attachment

logger = logging.getLogger(__name__)

# By then whoever stored the file has written its row, or has failed.
AGE = timedelta(days=1)
_BATCH = 1000


class Sweep(NamedTuple):
    """How many files without a row were removed, and which rows have no file."""

    removed: int
    broken: list[int]


def remove_orphans() -> Sweep:
    """Remove files that no attachment has, and tell of attachments whose file is gone. Safe at any time, and twice."""
    began = timezone.now()
    field: Any = Attachment._meta.get_field("file")
    stored = {posixpath.join(field.upload_to, name) for name in _names(field)}
    broken = [
        pk
        for pk, path in Attachment.objects.filter(created_at__lt=began - AGE).order_by("pk").values_list("pk", "file")
        if path not in stored and not field.storage.exists(path)
    ]
    if broken:
        logger.error("The files of %d attachments are not in the storage: %s", len(broken), broken[:100])
    paths = sorted(stored)
    removed = sum(_remove(field.storage, paths[at : at + _BATCH], began - AGE) for at in range(0, len(paths), _BATCH))
    return Sweep(removed, broken)


def _names(field: Any) -> list[str]:
    try:
        _folders, names = field.storage.listdir(field.upload_to)
    except FileNotFoundError:  # nothing was ever attached
        return []
    return list(names)


def _remove(storage: Any, paths: list[str], before: datetime) -> int:
    known = set(Attachment.objects.filter(file__in=paths).values_list("file", flat=True))
    removed = 0
    for path in paths:
        if path in known:
            continue
        try:
            if storage.get_modified_time(path) < before:
                storage.delete(path)
                removed += 1
        except Exception as error:  # somebody else removed it, or the storage is away: the next time will do
            logger.warning("Could not look at a file of a note: %s.", type(error).__name__)
    return removed
