"""Texts that are nearly CSV, and what is made of them: people in lines, lines wholly in quotes, quotes of typographers.

By its first lines a text is known as one of these. It is rewritten while it is read, however long it is.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import repeat

from ..headers.placed import placed
from ..values.emails import has_address
from . import conversion
from .limits import refuse

DELIMITERS = (",", ";", "\t", "|")


class Repair(Enum):
    """What is wrong with a text."""

    PEOPLE = "addresses, or names with addresses, one after the other in lines"
    WRAPPED = "each line is one cell in quotes, which holds the whole row"
    SMART_QUOTES = "cells are in quotes of typographers"


# A line that is longer is no row of a list.
_LONGEST = 100_000


def needed(lines: Sequence[str]) -> Repair | None:
    """What is to be repaired in a text that begins with these lines."""
    filled = [line.strip("\ufeff \t\r\n") for line in lines if line.strip("\ufeff \t\r\n")]
    if not filled or max(map(len, filled)) > _LONGEST:
        return None
    if _is_in_smart_quotes(filled):
        return Repair.SMART_QUOTES
    if _is_people(filled):
        return Repair.PEOPLE
    return Repair.WRAPPED if _wrapping(filled) else None


# People in lines.

_ADDRESS = re.compile(r"(?<![^\s,;|<>\"()])[^\s,;|<>\"()]+@[^\s,;|<>\"()]+")
# Of a hundred pieces so many may have no address: they are refused, and reported.
_WITHOUT_ADDRESS = 0.2


def _is_people(lines: Sequence[str]) -> bool:
    """Whether lines hold several people each: no line is a row of other cells, and some have two addresses."""
    if any(map(_has_other_addresses, DELIMITERS, repeat(lines[0]))):
        return False
    pieces = without = several = in_brackets = 0
    for number, line in enumerate(lines):
        people = list(conversion.people_in(line))
        addresses = _ADDRESS.findall(line)
        if not addresses and number == 0 and _is_label(line):
            continue
        if "<" not in line and any(len(_ADDRESS.findall(piece)) > 1 for piece in re.split(r"[,;|]", line)):
            # Several between two commas: nothing else may be there.
            rest = _ADDRESS.sub("", line)
            if any(map(str.isalnum, rest)):
                return False
        pieces += len(people)
        without += sum(not has_address(address) for _, address in people)
        several += len(addresses) > 1
        in_brackets += line.count("<") > 1
    # Where lines are as in mail programs, a person without an address is reported.
    return several > 0 and (in_brackets * 2 > len(lines) or without <= pieces * _WITHOUT_ADDRESS)


def _has_other_addresses(delimiter: str, header: str) -> bool:
    """Whether a header names a column of a person's other addresses: those in a row are not several people."""
    found = [placed(cell.strip(' "')) for cell in header.split(delimiter)]
    return len(found) > 1 and any(one is not None and "other_emails" in one.keys for one in found)


def _is_label(line: str) -> bool:
    """Whether a line is one header, or a title."""
    return not any(delimiter in line for delimiter in DELIMITERS)


def people_of(lines: Iterable[str]) -> Iterator[list[str]]:
    """A header, and a row for each person."""
    yield ["name", "email"]
    is_first = True
    for line in lines:
        text = line.strip("\ufeff \t\r\n")
        if not text:
            continue
        if is_first and not _ADDRESS.search(text) and _is_label(text):
            is_first = False
            continue
        is_first = False
        yield from conversion.people_in(text)


# Lines wholly in quotes.


def _wrapping(lines: Sequence[str]) -> tuple[str, str] | None:
    """The delimiter around and the one within the quotes, if most lines are one cell that holds a row."""
    if sum(line.startswith('"') for line in lines) * 2 < len(lines):
        return None
    # `"a,b";;` as a spreadsheet saves one cell of three.
    tail = re.search(r'"([,;\t|])\1*$', lines[-1])
    for outer in (tail[1],) if tail else DELIMITERS:
        rows = _parsed(lines, outer)
        whole = [row[0] for row in rows if row and not any(cell.strip() for cell in row[1:])]
        if len(whole) * 2 < len(rows):
            continue
        for inner in DELIMITERS:
            widths = Counter(len(cells) for cell in whole if len(cells := _one(cell, inner)) > 1)
            if not widths:
                continue
            width, count = widths.most_common(1)[0]
            if count * 10 < len(whole) * 9:
                continue
            first = _unwrapped(rows[0], outer, inner)
            if len(first) == width and _shows_addresses(first, [_one(cell, inner) for cell in whole]):
                return outer, inner
    return None


def _shows_addresses(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a cell of the first row is a header of addresses, or some column has nothing but these."""
    if any((found := placed(cell)) is not None and found.keys[0] == "email" for cell in first):
        return True
    return any(all(at < len(row) and _ADDRESS.fullmatch(row[at].strip()) for row in rows) for at in range(len(first)))


def _parsed(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _one(cell: str, delimiter: str) -> list[str]:
    rows = _parsed(cell.splitlines(keepends=True), delimiter)
    return rows[0] if len(rows) == 1 else []


def _unwrapped(row: list[str], outer: str, inner: str) -> list[str]:
    """The row within a cell; a row that was not wrapped as it is."""
    if row and not any(cell.strip() for cell in row[1:]):
        return _one(row[0], inner) or row
    return row if outer == inner else _one(outer.join(row), inner) or row


def unwrapped_of(lines: Iterator[str], sample: Sequence[str]) -> Iterator[list[str]]:
    """The rows within the quotes. `sample` are the first lines, by which this was found."""
    wrapping = _wrapping([line.strip("\ufeff \t\r\n") for line in sample if line.strip("\ufeff \t\r\n")])
    outer, inner = wrapping or (",", ",")
    try:
        for row in csv.reader(lines, delimiter=outer):
            yield _unwrapped(row, outer, inner)
    except csv.Error:
        raise refuse("The file cannot be cut into rows. Save it again as CSV.") from None


# Quotes of typographers.

_OPEN, _CLOSE = "\u201c\u201d\u201e\u201f\u00ab\u2018\u201a", "\u201d\u201c\u00bb\u2019\u2018"
_PAIR = re.compile(rf"(?:^|[,;\t|])\s*[{_OPEN}][^{_OPEN}{_CLOSE}]*[{_CLOSE}](?=\s*(?:[,;\t|]|$))")
_OPENING = re.compile(rf"(^|[,;\t|])(\s*)[{_OPEN}]")
_CLOSING = re.compile(rf"[{_CLOSE}](\s*)(?=[,;\t|]|[\r\n]*$)")


def _is_in_smart_quotes(lines: Sequence[str]) -> bool:
    return sum(_PAIR.search(line) is not None for line in lines) * 2 > len(lines)


def with_straight_quotes(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        doubled = line.replace('"', '""') if _PAIR.search(line.strip("\r\n")) else line
        yield _CLOSING.sub(r'"\1', _OPENING.sub(r'\1\2"', doubled))
