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
from typing import IO, NamedTuple

from .limits import MAX_BYTES, MAX_LISTS, MAX_PACKED_SIZE, MIB, UNPACKED_FREELY, refuse

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


class Member(NamedTuple):
    """A file that is to be read; of an archive with its name there."""

    path: Path
    kind: FileKind
    name: str = ""


@contextmanager
def unpacked(path: Path) -> Iterator[list[Member]]:
    """The file that is to be read, unpacked if need be, and its kind; all lists of an archive of several.

    What was unpacked is gone afterwards. Raises `CustomerPlusError` for what is no list, or is packed to harm.
    """
    kind = _kind(path)
    if kind is not None:
        yield [Member(path, kind)]
        return
    with tempfile.TemporaryDirectory(prefix="customer-plus-") as folder:
        try:
            inside = _unpack(path, Path(folder))
        except OSError as error:
            if error.errno is not None:
                raise  # of the disk, and no fault of the archive
            raise refuse("The archive is broken or incomplete. Pack it again.") from error
        except (EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
            raise refuse("The archive is broken or incomplete. Pack it again.") from error
        members = []
        for inner, name in inside:
            if (kind := _kind(inner)) is None:
                raise refuse("There is an archive in the archive. Pack the list itself.")
            members.append(Member(inner, kind, name))
        yield members


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
    if unpacked_bytes > MAX_BYTES or unpacked_bytes > max(UNPACKED_FREELY, MAX_PACKED_SIZE * packed_bytes):
        raise refuse("The file is far bigger inside than any list. Split it, or save it unpacked.")


def _unpack(path: Path, folder: Path) -> list[tuple[Path, str]]:
    """The lists of an archive, unpacked, each with its name."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    if is_gzip:
        with gzip.open(path, "rb") as packed:
            _copy(packed, folder / "inner", path.stat().st_size)  # type: ignore[arg-type]
        return [(folder / "inner", "")]
    with zipfile.ZipFile(path) as archive:
        inside = [info for info in archive.infolist() if _is_file(info)]
        # Beside lists, tools pack their terms, pictures and the like.
        lists = [info for info in inside if info.filename.lower().endswith(_OF_LISTS)] or inside
        if not lists or len(lists) > MAX_LISTS or (len(lists) > 1 and lists is inside):
            raise refuse(f"The archive must hold one file, or up to {MAX_LISTS} lists as CSV, XLSX or JSON lines.")
        if any(info.flag_bits & 1 for info in lists):
            raise refuse("The archive has a password. Pack it without one.")
        _check(sum(info.file_size for info in lists), sum(info.compress_size for info in lists))
        unpacked = []
        for number, info in enumerate(sorted(lists, key=lambda one: one.filename)):
            target = folder / f"inner-{number}"
            with archive.open(info) as packed:
                _copy(packed, target, info.compress_size)
            unpacked.append((target, info.filename.rpartition("/")[2]))
        return unpacked


_OF_LISTS = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".jsonl", ".ndjson", ".json")


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Not a folder, and none of what systems put into archives beside what was packed."""
    name = info.filename
    base = name.rpartition("/")[2]
    return not (info.is_dir() or name.startswith("__MACOSX/") or base.startswith("._") or base in _OF_SYSTEMS)


_OF_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")


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
