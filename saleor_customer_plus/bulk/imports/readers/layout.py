"""How a text is cut into rows and cells: its encoding, delimiter and quotes, and whether its first row is a header."""

from __future__ import annotations

import csv
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ..headers.own_exports import is_own_export
from ..headers.placed import placed
from ..headers.synonyms import exported_names
from ..values.base import plain
from ..values.emails import has_address
from . import encodings
from .csv_rows import lines_of, rows_of
from .limits import MAX_COLUMNS, MIB, refuse

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 200
# Above a header there may be titles: of the list, of the day, of groups of columns.
_MAX_TITLES = 20
# A line that has nothing else is blank, whatever the delimiter is.
_BLANKS = string.whitespace + "".join(DELIMITERS) + "\"'\ufeff"
_SEP = re.compile(r"^\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose in the place of what is detected. None and blank leave it to the detection."""

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    has_header: bool | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a text file. `start` is the byte where its rows of data begin, `first_row` the first one's number."""

    encoding: str
    delimiter: str
    quote: str
    has_header: bool
    headers: tuple[str, ...]
    start: int
    first_row: int
    has_blanks: bool = False  # between a delimiter and the quote of the next cell
    is_escaped: bool = False  # quotes within cells by a backslash, not doubled

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "headers": list(self.headers)}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Layout:
        return cls(**{**value, "headers": tuple(value["headers"])})

    @property
    def dialect(self) -> dict[str, Any]:
        """The arguments of `csv.reader` and `csv.writer`."""
        quoting = csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": quoting,
            "skipinitialspace": self.has_blanks,
        }


def detect(path: Path, chosen: Chosen) -> Layout:
    """Find out how the file is to be read. Raise `CustomerPlusError` for one that is no table."""
    encoding, start = _encoding(path, chosen)
    first_row, delimiter = 1, chosen.delimiter
    sample = list(islice(lines_of(path, encoding, start), _SAMPLE_ROWS))
    if sample and (declared := _SEP.match(sample[0])):
        start += len(sample[0].encode(encoding))
        sample, first_row = sample[1:], 2
        delimiter = delimiter or declared.group(1)
    first = next((line for line in sample if line.strip(_BLANKS)), "")
    if not first:
        raise refuse("The file is empty.")
    _refuse_documents(first)
    quote = chosen.quote or _quote(sample, delimiter)
    # Our own exports double quotes, whatever texts are in them.
    is_escaped = not _is_own(first) and _is_escaped(path, encoding, start, quote)
    if is_escaped:
        sample = [line.replace(f"\\{quote}", quote * 2) for line in sample]
    delimiter = delimiter or _delimiter(sample, quote)
    blanks = re.compile(f"{re.escape(delimiter)} +{re.escape(quote)}")
    has_blanks = any(blanks.search(line) for line in sample)
    bare = Layout(encoding, delimiter, quote, False, (), start, first_row, has_blanks, is_escaped)
    rows = _first_rows(path, bare)
    index = next((number for number, (row, _) in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if index is None:
        raise refuse("The file is empty.")
    if chosen.has_header is not False:
        index = _header_below_titles([row for row, _ in rows[:_MAX_TITLES]], index)
    head, end = rows[index]
    has_header = is_header(head) if chosen.has_header is None else chosen.has_header
    if has_header:
        return replace(bare, has_header=True, headers=tuple(head), start=end, first_row=first_row + index + 1)
    width = max(len(row) for row, _ in rows)
    return replace(bare, headers=tuple(f"Column {number + 1}" for number in range(width)))


def _encoding(path: Path, chosen: Chosen) -> tuple[str, int]:
    """The encoding, and the byte where the text begins: after the mark, where there is one."""
    encoding = encodings.of(path, chosen.encoding)
    start = 3 if encoding == "utf-8-sig" else 0
    return "utf-8" if encoding == "utf-8-sig" else encoding, start


def _first_rows(path: Path, bare: Layout) -> list[tuple[list[str], int]]:
    """The first rows, each with the byte where it ends."""
    rows = []
    for row, end in islice(rows_of(path, bare), _SAMPLE_ROWS):
        if len(row) > MAX_COLUMNS:
            raise refuse(f"The file has more than {MAX_COLUMNS:,} columns. Is it a list of people?")
        rows.append((row, end))
    return rows


# What is saved under the name of a list and is none, by how its text begins.
_DOCUMENTS = (
    (re.compile(r"<(!doctype|html|head|body|meta|table)\b", re.IGNORECASE), "This is a web page"),
    (re.compile(r"<\?xml\b|<workbook\b", re.IGNORECASE), "This is XML"),
    (re.compile(r"begin:vcard\b", re.IGNORECASE), "These are cards of an address book"),
    (re.compile(r"\[\s*(\{|$)"), "This is JSON in one piece"),
)


def _refuse_documents(first: str) -> None:
    for begins, description in _DOCUMENTS:
        if begins.match(first.lstrip("\ufeff \t")):
            raise refuse(f"{description}. Save the list as CSV, XLSX or JSON lines: one object in each line.")


def _delimiter(lines: Sequence[str], quote: str) -> str:
    """The delimiter that cuts most rows into the same number of cells, and into more than one.

    Cells in quotes are read as such: a list with `;` may have a comma in every address.
    """
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter, quotechar=quote) if row]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        known = sum(placed(cell) is not None for cell in rows[0] if cell.strip())
        score = (count / len(rows) + known, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best


# A cell in single quotes, with what parts it from others.
_SINGLE = re.compile(r"(?:^|[,;\t|])\s*'[^']*'(?=\s*(?:[,;\t|]|$))")
_DOUBLE = re.compile(r'(?:^|[,;\t|])\s*"[^"]*"(?=\s*(?:[,;\t|]|$))')


def _quote(lines: Sequence[str], delimiter: str) -> str:
    """The single quote, if cells are in these and none in double ones; the double quote in all other cases."""
    filled = [line.strip() for line in lines if line.strip()]
    single = sum(_SINGLE.search(line) is not None for line in filled)
    if not single or any(map(_DOUBLE.search, filled)):
        return '"'
    if all(line.startswith("'") and line.endswith("'") for line in filled):
        return "'"
    widths = {quote: _consistency(filled, delimiter or _delimiter(filled, quote), quote) for quote in ('"', "'")}
    is_usual = single * 2 >= len(filled)
    return "'" if widths["'"] > widths['"'] or (is_usual and widths["'"] == widths['"']) else '"'


def _consistency(lines: Sequence[str], delimiter: str, quote: str) -> int:
    """How many rows have the most frequent number of cells."""
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter, quotechar=quote) if row)
    except csv.Error:
        return 0
    return widths.most_common(1)[0][1] if widths else 0


def _is_own(line: str) -> bool:
    try:
        return any(is_own_export(row) for delimiter in DELIMITERS for row in csv.reader([line], delimiter=delimiter))
    except csv.Error:  # a bare carriage return, or an endless cell
        return False


def _is_escaped(path: Path, encoding: str, start: int, quote: str) -> bool:
    """Whether quotes within cells have a backslash before them, as in MySQL's exports.

    The whole file is looked at: the first such quote may be in its last row. In an ordinary file a backslash comes
    before a quote only at the end of a cell, or before a doubled one.
    """
    mark = f"\\{quote}".encode()
    if not _contains(path, mark):
        return False
    ends = r"[\s,;|]|$"
    escaped = re.compile(rf"(?<!\\)(?:\\\\)*\\{quote}(?!{quote}|{ends})|(?<!\\)\\{quote}{quote}(?={ends})")
    doubled = re.compile(rf"(?<!\\)\\{quote}{quote}(?!{quote}|{ends})")
    for_it = against = 0
    has_quotes = False
    for line in lines_of(path, encoding, start):
        if not has_quotes:
            has_quotes = quote in line.replace(f"\\{quote}", "")
        if "\\" in line:
            for_it += len(escaped.findall(line))
            against += len(doubled.findall(line))
    return has_quotes and for_it > against


def _contains(path: Path, mark: bytes) -> bool:
    tail = b""
    with path.open("rb") as file:
        while part := file.read(MIB):
            if mark in tail + part:
                return True
            tail = part[-len(mark) :]
    return False


def _header_below_titles(rows: Sequence[Sequence[str]], first: int) -> int:
    """The first row that names a column of addresses, if only titles come before it; else the one that is given."""
    for index, row in enumerate(rows[first:], start=first):
        if any(has_address(cell) for cell in row):
            if not _is_title(row, rows[index + 1 :]):
                break
        elif any("email" in _meanings(cell) for cell in row):
            return index
    return first


def _meanings(cell: str) -> tuple[str, ...]:
    found = placed(cell)
    return found.keys if found else ()


def _is_title(row: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row with an address is a title, such as `Export for shop@example.com`: a text in one cell.

    The rows below have more cells, or the address is but a word of the text.
    """
    filled = [cell.strip() for cell in row if cell.strip()]
    if len(filled) != 1:
        return False
    words = filled[0].split()
    if len(words) > 2 and "<" not in filled[0]:
        return True
    header = next((one for one in below if any("email" in _meanings(cell) for cell in one)), ())
    return sum(bool(cell.strip()) for cell in header) > 1


def is_header(cells: Sequence[str]) -> bool:
    """Whether a first row names columns: no cell is an address, and some are known, or all look like names."""
    stripped = [cell.strip() for cell in cells]
    if any(has_address(cell) for cell in stripped):
        return False
    known = sum(placed(cell) is not None or plain(cell) in exported_names() for cell in stripped if cell)
    if known:
        return True
    filled = [cell for cell in stripped if cell]
    return bool(filled) and all(re.search(r"[^\W\d]", cell) and not re.search(r"\d{3}", cell) for cell in filled)
