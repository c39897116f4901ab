"""A file of any kind as one text whose rows can be found by byte: read as it is, or rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple

from ....errors import CustomerPlusError
from ...cells import neutralise, restore
from ..headers.mapping import BLOCKS
from ..headers.placed import placed
from ..values.base import plain
from . import conversion, encodings, layout, limits, repairs, workbooks
from .csv_rows import rows_of
from .layout import Chosen, Layout
from .unpacking import FileKind, Member, unpacked

_SAMPLE_LINES = 200
# The header of the column that tells from which file of an archive a row is.
FILE = "File"


class Readable(NamedTuple):
    """A text and how it is cut into rows.

    `is_rewritten` if it is not the file itself, `is_table` if as a table of ours: its rows end at their last cell that
    is not blank. `is_exact` if no spreadsheet program ever had to be kept from running
    the texts, as in JSON. `sheets` of a workbook. `members` of an archive of several lists: the name and the headers of
    each; which one a row is from, its last cell tells.
    """

    path: Path
    layout: Layout
    is_rewritten: bool = True
    is_table: bool = False
    is_exact: bool = False
    sheets: dict[str, Any] = {}
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()


@contextmanager
def opened(path: Path, folder: Path, chosen: Chosen, *, sheet: str = "") -> Iterator[Readable]:
    """The list in a file, or the lists of an archive as one. `folder` is for what is rewritten.

    Raises `CustomerPlusError` for what is no list.
    """
    with unpacked(path) as members:
        if len(members) == 1:
            yield _read(members[0], folder / "rows.csv", chosen, sheet, is_packed=members[0].path != path)
            return
        yield _joined(members, folder, chosen, sheet)


def pasted(text: str, folder: Path) -> Readable:
    """The people in a text that somebody pasted."""
    target = folder / "rows.csv"
    conversion.write(target, conversion.rows_of_pasted(text))
    return Readable(target, layout.detect(target, _table(has_header=True)), is_table=True)


def _table(*, has_header: bool | None) -> Chosen:
    """How we write what is no plain CSV."""
    return Chosen("utf-8", ",", '"', has_header)


def _read(member: Member, target: Path, chosen: Chosen, sheet: str, *, is_packed: bool) -> Readable:
    path, kind, _ = member
    if kind is FileKind.XLSX:
        with workbooks.opened(path) as book:
            sheets = book.choose(sheet)
            conversion.write(target, book.rows_of(sheets.sheet))
        return Readable(
            target, layout.detect(target, _table(has_header=chosen.has_header)), is_table=True, sheets=sheets.to_json()
        )
    if sheet:
        raise CustomerPlusError("This file is no workbook: it has no sheets to choose from.", field="sheet")
    encoding = encodings.of(path, chosen.encoding)
    if _is_json_lines(path, encoding):
        conversion.write(target, conversion.rows_of_json_lines(path, encoding))
        return Readable(
            target, layout.detect(target, _table(has_header=chosen.has_header)), is_table=True, is_exact=True
        )
    sample = list(islice(encodings.lines_of(path, encoding), _SAMPLE_LINES))
    repair = repairs.needed(sample) if not (chosen.delimiter or chosen.quote) else None
    lines = encodings.lines_of(path, encoding)
    if repair is repairs.Repair.PEOPLE and chosen.has_header is None:
        conversion.write(target, repairs.people_of(lines))
        return Readable(target, layout.detect(target, _table(has_header=True)), is_table=True)
    if repair is repairs.Repair.WRAPPED:
        conversion.write(target, repairs.unwrapped_of(lines, sample))
        return Readable(target, layout.detect(target, _table(has_header=chosen.has_header)), is_table=True)
    rewritten = replace(chosen, encoding="utf-8")
    if repair is repairs.Repair.SMART_QUOTES:
        conversion.write_text(repairs.with_straight_quotes(lines), target)
        return Readable(target, layout.detect(target, rewritten))
    if is_packed or encodings.is_wide(encoding) or _has_old_lines(path):
        conversion.write_text(lines, target)
        return Readable(target, layout.detect(target, rewritten))
    return Readable(path, layout.detect(path, chosen), is_rewritten=False)


def _is_json_lines(path: Path, encoding: str) -> bool:
    with path.open(encoding=encoding, errors="replace") as file:
        for _ in range(10):
            line = file.readline(limits.MAX_LINE_CELLS)
            if line.strip():
                return conversion.is_json_lines(line)
    return False


def _has_old_lines(path: Path) -> bool:
    """Whether lines end in a carriage return alone, as on a Mac of old."""
    with path.open("rb") as file:
        head = file.read(limits.MIB)
    return b"\r" in head and b"\n" not in head


def _joined(members: Sequence[Member], folder: Path, chosen: Chosen, sheet: str) -> Readable:
    """The lists of an archive as one, with all of their columns, and one more for the name of the file."""
    read = []
    for number, member in enumerate(members):
        try:
            one = _read(member, folder / f"rows-{number}.csv", chosen, sheet, is_packed=True)
        except CustomerPlusError as error:
            raise limits.refuse(f"{member.name}: {error.message}") from None
        read.append((member.name, one))
    is_exact = all(one.is_exact for _, one in read)
    columns = _Columns()
    places = [columns.add(one.layout) for _, one in read]
    if len(columns.headers) >= limits.MAX_COLUMNS:
        raise limits.refuse(f"The files have more than {limits.MAX_COLUMNS:,} columns. Are they lists of people?")
    headers = [*(header if is_exact else neutralise(header) for header in columns.headers), FILE]

    def rows() -> Iterator[list[str]]:
        for (name, one), at in zip(read, places, strict=True):
            for row, _ in rows_of(one.path, one.layout):
                if any(map(str.strip, row)):
                    cells = [neutralise(cell) for cell in row] if one.is_exact and not is_exact else row
                    yield [*_placed(cells, at, len(columns.headers)), name]

    target = folder / "rows.csv"
    conversion.write(target, chain([headers], rows()))
    found = layout.detect(target, _table(has_header=True))
    # Under the names that the columns have together.
    named = tuple(
        (name, tuple(columns.headers[index] for index in at)) for (name, _), at in zip(read, places, strict=True)
    )
    return Readable(target, found, is_exact=is_exact, members=named)


def _placed(cells: list[str], at: Sequence[int], width: int) -> list[str]:
    """The cells of a row in the columns of all lists. Too many stay too many, so that the row's problem tells."""
    row = [""] * width
    for index, cell in zip(at, cells, strict=False):
        row[index] = cell
    return [*row, *cells[len(at) :]] if any(map(str.strip, cells[len(at) :])) else row


# Columns of one meaning in several lists are one. Not those of consents and times: what they mean, their list tells.
_JOINED = ("email", "phone", "number", "language_code", *BLOCKS)


class _Columns:
    """The columns of several lists: those of one name, or of one meaning, are one."""

    def __init__(self) -> None:
        self.headers: list[str] = []

    def add(self, one: Layout) -> list[int]:
        """Where each column of a list is among those of all."""
        if not one.has_header and len(one.headers) == len(self.headers):
            return list(range(len(self.headers)))  # the next part of a list that was split
        own = [restore(header) for header in one.headers]
        taken: set[int] = set()
        places = []
        for header in own:
            place = self._find(header, taken)
            if place is None:
                place = len(self.headers)
                self.headers.append(header)
            taken.add(place)
            places.append(place)
        return places

    def _find(self, header: str, taken: set[int]) -> int | None:
        free = [index for index in range(len(self.headers)) if index not in taken]
        same = [index for index in free if plain(self.headers[index]) == plain(header)]
        if not same and (meaning := placed(header)) is not None and meaning.keys[0] in _JOINED:
            same = [index for index in free if placed(self.headers[index]) == meaning]
        return same[0] if same else None
