"""What kind of file it is by its first bytes, and what is in a packed one."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO

from .limits import MIB, MOST_BYTES, MOST_PACKED, UNPACKED_FREELY, refuse

_READ = MIB


class FileKind(StrEnum):
    TEXT = "text"
    XLSX = "xlsx"


_REFUSED = {
    b"\xd0\xcf\x11\xe0": "This is a file of an old Excel, or one with a password. Save it as XLSX or CSV.",
    b"%PDF": "This is a PDF. Export the list as CSV or XLSX.",
    b"\x89PNG": "This is a picture. Export the list as CSV or XLSX.",
    b"\xff\xd8\xff": "This is a picture. Export the list as CSV or XLSX.",
    b"Rar!": "This archive cannot be opened. Use ZIP or GZIP.",
    b"7z\xbc\xaf": "This archive cannot be opened. Use ZIP or GZIP.",
    b"BZh": "This archive cannot be opened. Use ZIP or GZIP.",
    b"\xfd7zXZ": "This archive cannot be opened. Use ZIP or GZIP.",
    b"\x28\xb5\x2f\xfd": "This archive cannot be opened. Use ZIP or GZIP.",
    b"SQLite format": "This is a database. Export the list as CSV or XLSX.",
}


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[Path, FileKind]]:
    """The file that is to be read, unpacked if need be, and its kind. What was unpacked is gone afterwards.

    Raises `CustomerPlusError` for what is no list, or is packed to harm.
    """
    kind = _kind(path)
    if kind is not None:
        yield path, kind
        return
    with tempfile.TemporaryDirectory(prefix="customer-plus-") as folder:
        inner = Path(folder, "inner")
        try:
            _unpack(path, inner)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError, OSError) as error:
            raise refuse("The archive is broken or incomplete. Pack it again.") from error
        kind = _kind(inner)
        if kind is None:
            raise refuse("There is an archive in the archive. Pack the list itself.")
        yield inner, kind


def _kind(path: Path) -> FileKind | None:
    """The kind of the file; none for an archive."""
    with path.open("rb") as file:
        head = file.read(16)
    for magic, message in _REFUSED.items():
        if head.startswith(magic):
            raise refuse(message)
    if head.startswith(b"\x1f\x8b"):
        return None
    if not head.startswith(b"PK"):
        return FileKind.TEXT
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise refuse("The archive is broken or incomplete. Pack it again.") from error
    if "[Content_Types].xml" not in names:
        if "content.xml" in names and "mimetype" in names:
            raise refuse("This is an OpenDocument file. Save it as XLSX or CSV.")
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise refuse("This workbook has macros. Save it as XLSX, without them.")
    if not any(name.startswith("xl/") for name in names):
        raise refuse("This is a document and no list. Export the list as CSV or XLSX.")
    _check_sizes(path)
    return FileKind.XLSX


def _check_sizes(path: Path) -> None:
    """Refuse a workbook whose parts are far bigger than the file. `zipfile` reads no more than these sizes say."""
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    _check(size, path.stat().st_size)


def _check(unpacked_bytes: int, packed_bytes: int) -> None:
    if unpacked_bytes > MOST_BYTES or unpacked_bytes > max(UNPACKED_FREELY, MOST_PACKED * packed_bytes):
        raise refuse("The file is far bigger inside than any list. Split it, or save it unpacked.")


def _unpack(path: Path, target: Path) -> None:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    if is_gzip:
        with gzip.open(path, "rb") as packed:
            _copy(packed, target, path.stat().st_size)  # type: ignore[arg-type]
        return
    with zipfile.ZipFile(path) as archive:
        inside = [info for info in archive.infolist() if _is_list(info)]
        if len(inside) != 1:
            raise refuse("The archive must hold one file. Pack or load each list by itself.")
        if inside[0].flag_bits & 1:
            raise refuse("The archive has a password. Pack it without one.")
        with archive.open(inside[0]) as packed:
            _copy(packed, target, inside[0].compress_size)


def _is_list(info: zipfile.ZipInfo) -> bool:
    """Not a folder, and none of what systems put into archives beside what was packed."""
    name = info.filename
    return not (info.is_dir() or name.startswith("__MACOSX/") or Path(name).name in (".DS_Store", "Thumbs.db"))


def _copy(packed: IO[bytes], target: Path, packed_bytes: int) -> None:
    copied = 0
    with target.open("wb") as file:
        while part := packed.read(_READ):
            copied += len(part)
            _check(copied, packed_bytes)
            file.write(part)


def copy_to(source: IO[bytes], target: Path) -> None:
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, _READ)
