"""Figures beside what was wanted of them, as a table of Markdown: on the terminal and in docs/benchmarks.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `ratio` is what the threshold is about, where there is one."""

    what: str
    measured: str
    ratio: str = ""
    wanted: str = ""
    is_met: bool | None = None


def table(figures: Sequence[Figure]) -> str:
    """The figures as a table that can be read as it is."""
    rows = [("", "measured", "ratio", "wanted", "")]
    rows += [
        (f.what, f.measured, f.ratio, f.wanted, "" if f.is_met is None else "yes" if f.is_met else "**no**")
        for f in figures
    ]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def keep(key: str, text: str) -> None:
    """Put the text between the marks of its key in docs/benchmarks.md, in the place of the last one."""
    begin, end = f"<!-- begin {key} -->", f"<!-- end {key} -->"
    document = DOCUMENT.read_text()
    if begin not in document:
        document = f"{document.rstrip()}\n\n{begin}\n{end}\n"
    before, _, rest = document.partition(begin)
    _, _, after = rest.partition(end)
    DOCUMENT.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")
