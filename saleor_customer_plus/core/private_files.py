"""Private files: removed once their row is gone for good, and searched for where a process died in between.

A file cannot be part of a transaction. So it is stored before its row is committed, and removed after the commit that
takes the row away. A process that dies in between leaves an orphan: a file that no row names, and that would stay
forever, with somebody's data in it.
"""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import Storage
from django.db import DatabaseError, transaction
from django.utils import timezone

from ..errors import CustomerPlusError, ErrorCode

logger = logging.getLogger(__name__)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
# What storages in the cloud call it.
_DENIED_NAMES = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "Forbidden"}
_FULL_NAMES = {"QuotaExceeded", "ServiceQuotaExceeded", "XMinioStorageFull"}
# The packages by which Saleor reaches storages elsewhere.
_PACKAGES = {"azure", "boto3", "botocore", "google", "s3transfer", "storages", "urllib3"}

_MESSAGES = {
    ErrorCode.STORAGE_FULL: "The disk or the storage for private files is full ({name}). Make room, and try again.",
    ErrorCode.STORAGE_DENIED: "Saleor may not read or write the storage for private files, or the folder for temporary "
    "ones ({name}). Give it the permission, and try again.",
    ErrorCode.STORAGE_UNAVAILABLE: "The storage for private files cannot be reached, or failed ({name}). See to the "
    "disk or the storage, and try again.",
    ErrorCode.NOT_FOUND: "The file is not in the storage for private files ({name}). Let web processes and workers "
    "share Saleor's private storage.",
}


def failure_of(error: BaseException, *, field: str | None = None) -> CustomerPlusError | None:
    """The message for an error of a disk or a storage: its name, and what to do. None for others."""
    if isinstance(error, OSError) and (error.errno is not None or isinstance(error, TimeoutError | ConnectionError)):
        return _failure(error, field)
    return _failure(error, field) if type(error).__module__.partition(".")[0] in _PACKAGES else None


def _failure(error: BaseException, field: str | None) -> CustomerPlusError:
    number, name = getattr(error, "errno", None), _name_of(error)
    if number in _FULL or name in _FULL_NAMES:
        code = ErrorCode.STORAGE_FULL
    elif number in _DENIED or name in _DENIED_NAMES:
        code = ErrorCode.STORAGE_DENIED
    elif isinstance(error, FileNotFoundError):
        code = ErrorCode.NOT_FOUND
    else:
        code = ErrorCode.STORAGE_UNAVAILABLE
    return CustomerPlusError(_MESSAGES[code].format(name=name), code=code, field=field)


def _name_of(error: BaseException) -> str:
    """What the error is called: by the system, by the storage, or by Python. Never its text, which may name a file."""
    if name := errno.errorcode.get(getattr(error, "errno", None) or 0):
        return name
    response = getattr(error, "response", None)
    said = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return said if isinstance(said, str) and re.fullmatch(r"\w{1,40}", said) else type(error).__name__


@contextmanager
def naming_failures(*, field: str | None = None) -> Iterator[None]:
    """Around the use of a storage: raise whatever goes wrong as a `CustomerPlusError` that names it."""
    try:
        yield
    except (CustomerPlusError, DatabaseError):
        raise
    except Exception as error:
        logger.error("A private file could not be read or written: %s", _name_of(error))
        raise _failure(error, field) from error


def store(storage: Storage, name: str, content: IO[bytes] | File[Any], *, field: str | None = None) -> None:
    """Store a complete file under exactly this name, in the place of what an earlier attempt may have left there.

    Raises `CustomerPlusError`; then nothing is left under the name, as far as the storage still obeys.
    """
    with naming_failures(field=field):
        if storage.exists(name):
            storage.delete(name)
        try:
            saved = storage.save(name, content if isinstance(content, File) else File(content))
        except BaseException:
            remove(storage, [name])
            raise
        if saved != name:
            remove(storage, [saved])
            raise RuntimeError("The storage gave the file another name.")


def delete(storage: Storage, name: str, *, field: str | None = None) -> None:
    """Remove a file, or raise `CustomerPlusError`. It is no mistake if it is gone already."""
    with naming_failures(field=field):
        storage.delete(name)


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
