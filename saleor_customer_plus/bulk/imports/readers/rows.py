"""The rows of a text file from any byte on, each with the byte where it ends, where the next chunk may begin."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from . import encodings
from .limits import MOST_IN_LINE, refuse

if TYPE_CHECKING:
    from .layout import Layout  # which reads rows to find out how they are cut

Row = list[str]


def rows_of(path: Path, layout: Layout, *, start: int | None = None) -> Iterator[tuple[Row, int]]:
    """The rows from a byte on, with the byte after each. Raises `CustomerPlusError` where the file is no table."""
    position = layout.start if start is None else start

    def lines() -> Iterator[str]:
        nonlocal position
        with path.open("rb") as file:
            file.seek(position)
            for raw in _raw_lines(file):
                position += len(raw)
                yield _decoded(raw, layout.encoding)

    reader = csv.reader(lines(), **layout.dialect)
    try:
        for row in reader:
            yield row, position
    except csv.Error as error:
        raise refuse(_told(error)) from None


def lines_of(path: Path, encoding: str, start: int) -> Iterator[str]:
    """The lines from a byte on, as text."""
    with path.open("rb") as file:
        file.seek(start)
        for raw in _raw_lines(file):
            yield _decoded(raw, encoding)


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    while raw := file.readline(MOST_IN_LINE):
        if len(raw) == MOST_IN_LINE and not raw.endswith(b"\n"):
            raise refuse("The file has a line of several megabytes. Is it a list of people?")
        if raw.find(b"\r", 0, -2) >= 0:
            # Lines of several files in one: some end in a carriage return alone, which `csv` takes for a mistake.
            yield from raw.splitlines(keepends=True)
        else:
            yield raw


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        # Bytes that mean nothing in this encoding; the row tells, where its cell is used.
        return raw.decode(encoding, errors=encodings.errors_of(encoding))


def _told(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "A cell of the file has more than 100,000 characters. Is a quotation mark missing?"
    return "The file cannot be cut into rows. Save it again as CSV."
