"""The rows of one sheet of an Excel workbook, as a person reads them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, Any

from ....errors import CustomerPlusError, ErrorCode
from ..values.emails import has_address
from .limits import MAX_COLUMNS, MAX_GAP, MAX_PART_SIZE, MAX_SHARED_STRINGS, refuse

# What the format allows. A broken file may say that its row is the billionth.
_MAX_ROWS = 1_048_576
# A sheet with nothing in so many rows counts as empty.
_LOOKED_AT = 1000
_MAX_NAMED = 20


@dataclass(frozen=True, slots=True)
class Sheets:
    """Which sheet is read, and which others that are shown have rows too."""

    sheet: str
    other_sheets: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "other_sheets": list(self.other_sheets)}


@contextmanager
def opened(path: Path) -> Iterator[Workbook]:
    """The workbook in a file. Raises `CustomerPlusError`, also while it is read, if it is broken."""
    with path.open("rb") as file:  # by its path it would want a certain ending
        with _reading():
            book = Workbook(_load(file))
        yield book


# What the library raises of a broken file is anything.
_BROKEN = (
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        if getattr(error, "errno", None) is not None:
            raise  # of the disk, and no fault of the workbook
        raise refuse("The workbook cannot be read. Save it again as XLSX, or as CSV.") from None


class Workbook:
    """A workbook that is open."""

    def __init__(self, book: Any) -> None:
        self._sheets: list[Any] = book.worksheets
        for sheet in self._sheets:
            sheet.reset_dimensions()  # what a file says of its own size is often wrong

    def choose(self, name: str) -> Sheets:
        """The sheet of this name; without one, the first that is shown and has addresses, or at least rows."""
        shown = [one for one in self._sheets if one.sheet_state == "visible"]
        if not name and not shown:
            raise refuse("The workbook has no sheet.")
        with _reading():
            filled = {one.title: has_addresses for one in shown if (has_addresses := _has_addresses(one)) is not None}
        chosen = self._named(name) if name else max(filled, key=lambda one: filled[one], default=shown[0].title)
        return Sheets(chosen, tuple(title for title in filled if title != chosen))

    def _named(self, name: str) -> str:
        titles = [str(one.title) for one in self._sheets]
        # Excel has no two that differ in their case alone.
        for title in titles:
            if title.strip().casefold() == name.strip().casefold():
                return title
        listed = ", ".join(titles[:_MAX_NAMED]) + (" and others" if len(titles) > _MAX_NAMED else "")
        raise CustomerPlusError(
            f"The workbook has no sheet of this name. Its sheets are: {listed}.",
            code=ErrorCode.NOT_FOUND,
            field="sheet",
        )

    def rows_of(self, title: str) -> Iterator[list[str]]:
        """The cells of a sheet. Formulas count as what they came to."""
        sheet = next(one for one in self._sheets if one.title == title)
        with _reading():
            for row in islice(sheet.iter_rows(values_only=True), _MAX_ROWS):
                yield _cells(row)


_TOO_BIG = "The workbook is too big inside to be read. Save the list as CSV."


class _Archive(zipfile.ZipFile):
    """The parts of a workbook. Raises `CustomerPlusError` for one that would take too much memory to read."""

    def open(self, name: Any, *args: Any, **options: Any) -> IO[bytes]:
        part = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        opened = super().open(part, *args, **options)
        if part.file_size <= MAX_PART_SIZE:
            return opened
        if part.filename.startswith("xl/worksheets/"):
            return _Watched(opened, b"row")  # type: ignore[return-value]
        if part.filename.lower() == "xl/sharedstrings.xml" and part.file_size <= MAX_SHARED_STRINGS:
            return _Watched(opened, b"si")  # type: ignore[return-value]
        opened.close()
        raise refuse(_TOO_BIG)


class _Watched(io.RawIOBase):
    """A part that is read piece by piece, as long as elements of one kind end often enough."""

    def __init__(self, part: IO[bytes], element: bytes) -> None:
        self._part = part
        self._end = re.compile(rb"</(?:[\w.-]+:)?" + element + rb"\s*>")
        self._tail = b""
        self._open = 0  # bytes since the last end

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece = self._part.read(size if 0 <= size <= MAX_GAP else MAX_GAP)
        seen = self._tail + piece
        ends = [found.end() for found in self._end.finditer(seen)]
        self._open = len(seen) - ends[-1] if ends else self._open + len(piece)
        self._tail = seen[-64:]
        if self._open > MAX_GAP:
            raise refuse(_TOO_BIG)
        return piece

    def close(self) -> None:
        self._part.close()
        super().close()


def _load(file: IO[bytes]) -> Any:
    # They take a while, and few files need them.
    from openpyxl.cell.text import Text
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
    from openpyxl.xml.functions import iterparse

    class Reader(ExcelReader):  # type: ignore[misc]
        """Leaves texts as they are in the file: the library would take `x005F_` out of all that are shared."""

        def read_strings(self) -> None:
            part = self.package.find(SHARED_STRINGS)
            if part is None:
                return
            with self.archive.open(part.PartName[1:]) as source:
                root = None
                for event, node in iterparse(source, events=("start", "end")):
                    if root is None:
                        root = node
                    if event == "end" and node.tag == f"{{{SHEET_MAIN_NS}}}si":
                        self.shared_strings.append(Text.from_tree(node).content)
                        root.clear()  # of a million texts, the elements alone would take more memory than they do

    reader = Reader(file, read_only=True, data_only=True, keep_links=False)
    reader.archive = _Archive(file)
    reader.read()
    return reader.wb


def _has_addresses(sheet: Any) -> bool | None:
    """Whether a cell looks like an e-mail address; None if there is nothing in any cell."""
    found = None
    for row in islice(sheet.iter_rows(values_only=True), _LOOKED_AT):
        for cell in row:
            if isinstance(cell, str) and has_address(cell):
                return True
            if cell is not None:
                found = False
    return found


def _cells(row: Sequence[Any]) -> list[str]:
    if len(row) > MAX_COLUMNS and any(cell is not None for cell in row[MAX_COLUMNS:]):
        raise refuse(f"The sheet has more than {MAX_COLUMNS:,} columns. Is it a list of people?")
    cells = [_cell(value) for value in row[:MAX_COLUMNS]]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return unescaped(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """A text as it is shown: `_x0041_` stands for the character of that number, `_x005F_x0041_` for `_x0041_`."""
    if "_x" not in text:
        return text
    text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    # Two halves of one character make it; one half is none.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
