"""The rows of a text file from any byte on, each with the byte where it ends, where the next chunk may begin."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from . import encodings
from .limits import MAX_LINE_CELLS, refuse

if TYPE_CHECKING:
    from .layout import Layout  # which reads rows to find out how they are cut

Row = list[str]


def rows_of(path: Path, layout: Layout, *, start: int | None = None) -> Iterator[tuple[Row, int]]:
    """The rows from a byte on, with the byte after each. Raises `CustomerPlusError` where the file is no table."""
    position = layout.start if start is None else start
    # A header that comes again, where lists were put together, is as good as a blank line.
    header = list(layout.headers) if layout.has_header else None
    marked = [f"\ufeff{header[0]}", *header[1:]] if header else None

    def lines() -> Iterator[str]:
        nonlocal position
        with path.open("rb") as file:
            file.seek(position)
            for raw in _raw_lines(file):
                position += len(raw)
                yield _decoded(raw, layout.encoding)

    escaped = _doubled(lines(), layout.quote) if layout.is_escaped else lines()
    reader = csv.reader(escaped, **layout.dialect)
    try:
        for row in reader:
            yield ([] if row and row in (header, marked) else row), position
    except csv.Error as error:
        raise refuse(_message(error)) from None


def _doubled(lines: Iterator[str], quote: str) -> Iterator[str]:
    """Lines with quotes doubled that a backslash escapes, as MySQL writes them."""
    escape = re.compile(rf"\\([\\{re.escape(quote)}]|\r?\n)")
    for line in lines:
        if "\\" in line:
            line = escape.sub(lambda found: quote * 2 if found[1] == quote else found[1], line)
        yield line


def lines_of(path: Path, encoding: str, start: int) -> Iterator[str]:
    """The lines from a byte on, as text."""
    with path.open("rb") as file:
        file.seek(start)
        for raw in _raw_lines(file):
            yield _decoded(raw, encoding)


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    while raw := file.readline(MAX_LINE_CELLS):
        if len(raw) == MAX_LINE_CELLS and not raw.endswith(b"\n"):
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


def _message(error: csv.Error) -> str:
    if "field larger" in str(error):
        return "A cell of the file has more than 100,000 characters. Is a quotation mark missing?"
    return "The file cannot be cut into rows. Save it again as CSV."
