"""What is no plain CSV rewritten as one: JSON lines, wide encodings, text that somebody pasted.

The rewritten file is UTF-8 with commas, so that its rows can be found by byte like those of any other.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ....errors import CustomerPlusError
from ..values.base import storable
from . import encodings
from .limits import MAX_COLUMNS, MAX_LINE_CELLS, refuse

# Lists within lists of a JSON object: a customer of a shop's API, whose orders have lines with properties, has six.
_DEEPEST = 20


def write(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """Write rows as UTF-8 with commas. A line break within a cell stays."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([storable(cell) for cell in row] for row in rows)


def write_text(lines: Iterable[str], target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as out:
        out.writelines(lines)


def is_json_lines(first: str) -> bool:
    return first.lstrip("\ufeff \t").startswith("{")


def rows_of_json_lines(path: Path, encoding: str) -> Iterator[list[str]]:
    """The header, then a row for each object: one column for each name that any of the first thousand objects has."""
    names: dict[str, None] = {}
    for number, item in enumerate(_objects(path, encoding)):
        names.update(dict.fromkeys(item))
        if len(names) > MAX_COLUMNS:
            raise refuse(f"The objects have more than {MAX_COLUMNS:,} names. Is it a list of people?")
        if number == 1000:
            break
    yield list(names)
    for item in _objects(path, encoding):
        # Names that come later are cells too many, which the row's problem tells.
        later = [value for name, value in item.items() if name not in names]
        yield list(map(_plain, [*map(item.get, names), *later]))


def _objects(path: Path, encoding: str) -> Iterator[Mapping[str, Any]]:
    number = 0
    with path.open(encoding=encoding, errors=encodings.errors_of(encoding)) as file:
        while line := file.readline(MAX_LINE_CELLS):
            number += 1
            if not line.strip():
                continue
            try:
                item = json.loads(line)
            except RecursionError:
                raise _too_deep() from None
            except ValueError:
                raise refuse(f"Line {number:,} of the file is not JSON. Each line must be one object.") from None
            if not isinstance(item, dict):
                raise refuse(f"Line {number:,} of the file is not an object. Each line must be one object.")
            yield item


def _plain(value: Any, depth: int = 0) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, (list, dict)):
        return str(value)
    # How deep Python itself would go differs from one version to the next.
    if depth == _DEEPEST:
        raise _too_deep()
    if isinstance(value, list):
        return ", ".join(_plain(one, depth + 1) for one in value)
    return "; ".join(f"{name}: {_plain(one, depth + 1)}" for name, one in value.items())


def _too_deep() -> CustomerPlusError:
    return refuse("An object of the file has too many lists within lists. Is it a list of people?")


# Cut at whatever people put between addresses. From the beginning of a word only, as in `values.addresses`.
_ADDRESS = re.compile(r"(?<![^\s,;<>\"()])[^\s,;<>\"()]+@[^\s,;<>\"()]+")


def rows_of_pasted(text: str) -> Iterator[list[str]]:
    """The header, then name and address of each person in a text: `a@b.it, Anna <anna@b.it>; c@d.it`.

    Commas, semicolons, blanks and lines part people; a tab parts cells of one, as copied from a sheet. What is around
    an address, up to the last part, is the name.
    A part without an address is a row of its own, so that it is refused and reported.
    """
    yield ["name", "email"]
    for line in re.split(r"[\n\r]+", text):
        yield from people_in(line)


# As mail programs write names and lines of addresses.
_IN_SINGLE = re.compile(r"'([^'<>;|]*)'(?=\s*<)")
_FIELD = re.compile(r"^\s*(?:to|cc|bcc|from|an|von|a|da|de|para|\u00e0)\s*:\s*", re.IGNORECASE)


def people_in(line: str) -> Iterator[list[str]]:
    """Name and address of each person in a line, which semicolons and bars part, too."""
    line = _IN_SINGLE.sub(r'"\1"', _FIELD.sub("", line, count=1))
    for part in re.split(r"[;|]+", line):
        yield from _people(part.strip(" ,"))


# As in the address line of a mail: "Rossi, Anna" <anna@b.it>, Bo <bo@b.it>, c@d.it
_NAMED = re.compile(
    r"""(?:"(?P<quoted>[^"]*)"\s*|(?P<name>[^<>",]*))<\s*(?P<address>[^<>\s]+)\s*>|(?P<other>[^<>,]+)"""
)


def _named(part: str) -> Iterator[list[str]]:
    for match in _NAMED.finditer(part):
        if match["address"] is None:
            yield from _people(match["other"].strip())
            continue
        name = match["quoted"] or match["name"] or ""
        # Whoever comes before without a comma between.
        yield from (["", before.group()] for before in _ADDRESS.finditer(name))
        yield [" ".join(_ADDRESS.sub("", name).split()), match["address"]]


def _people(part: str) -> Iterator[list[str]]:
    if not part:
        return
    if "<" in part:
        yield from _named(part)
        return
    for piece in part.split(","):
        addresses = list(_ADDRESS.finditer(piece))
        if len(addresses) == 1:
            (match,) = addresses
            name = f"{piece[: match.start()]} {piece[match.end() :]}".strip(" <>()[]{}\"'\t-")
            yield [" ".join(name.split()), match.group()]
        elif addresses:
            yield from (["", match.group()] for match in addresses)
        elif piece.strip():
            yield ["", piece.strip()]
