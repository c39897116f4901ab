"""Private files: removed once their row is gone for good, and searched for where a process died in between.

A file cannot be part of a transaction. So it is stored before its row is committed, and removed after the commit that
takes the row away. A process that dies in between leaves an orphan: a file that no row names, and that would stay
forever, with somebody's data in it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.core.files.storage import Storage
from django.db import transaction
from django.utils import timezone

logger = logging.getLogger(__name__)

# By then whoever stored a file has committed its row, or has failed.
AGE = timedelta(days=1)
_BATCH = 1000


def remove(storage: Storage, names: Iterable[str]) -> None:
    """Remove files. One that cannot be removed now is an orphan, which the next search finds."""
    for name in names:
        try:
            storage.delete(name)
        except Exception as error:
            logger.warning("Could not remove a private file: %s. It is tried again.", type(error).__name__)


def remove_after_commit(storage: Storage, names: Collection[str]) -> None:
    """Remove files once the transaction that no longer needs them is committed."""
    if names:
        transaction.on_commit(partial(remove, storage, names), robust=True)


def stored(storage: Storage, folder: str) -> list[str]:
    """The names of all files in a folder, each with the folder."""
    try:
        _folders, names = storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored there
        return []
    return sorted(f"{folder}/{name}" for name in names)


def remove_orphans(storage: Storage, names: Sequence[str], known: Callable[[Sequence[str]], Collection[str]]) -> int:
    """Remove those of these files that are old and that no row names. Return how many.

    `known` returns those of some names that rows have.
    """
    before = timezone.now() - AGE
    removed = 0
    for start in range(0, len(names), _BATCH):
        batch = names[start : start + _BATCH]
        kept = set(known(batch))
        # To ask a storage in the cloud of a file takes a request: only of the few that no row names.
        removed += sum(_remove_if_old(storage, name, before) for name in batch if name not in kept)
    return removed


def _remove_if_old(storage: Storage, name: str, before: datetime) -> bool:
    try:
        if storage.get_modified_time(name) >= before:
            return False
        storage.delete(name)
    except Exception as error:  # somebody else removed it, or the storage is away: the next time will do
        logger.warning("Could not look at a private file: %s.", type(error).__name__)
        return False
    return True
