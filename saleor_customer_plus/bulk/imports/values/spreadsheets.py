"""What spreadsheets make of texts and numbers: an apostrophe before a text, a decimal behind a number."""

from __future__ import annotations

import re

from .nothing import KEPT, Holds

_FORMULA = ("=", "+", "-", "@")
_NUMBER = re.compile(r"[\d\s.,()/+-]*\d[\d\s.,()/+-]*")


def without_apostrophe(cell: str, holds: Holds) -> str:
    """The cell without the apostrophe that tells a spreadsheet that it is text. 't Hooft keeps his.

    >>> without_apostrophe("'007", Holds.TEXT), without_apostrophe("'t Hooft", Holds.NAME)
    ('007', "'t Hooft")
    """
    if not cell.startswith("'"):
        return cell
    text = cell[1:]
    if holds in KEPT and not (text.startswith(_FORMULA) or _NUMBER.fullmatch(text)):
        return cell
    return text.strip()


# As a spreadsheet shows whole numbers that it takes for decimal ones, with or without separators of thousands.
_DECIMAL = re.compile(r"(\+?[1-9]\d*)[.,]0{1,2}")
_GROUPED = re.compile(
    r"(\+?[1-9]\d{0,2}(?P<group>[,.' \u00a0\u202f\u2019])\d{3}(?:(?P=group)\d{3})*)(?!(?P=group))[.,]0{1,2}"
)
_MILLIONS = re.compile(r"\+?[1-9]\d{0,2}(?:,\d{3}){2,}")
# In short: `3.93331234567E+11`. Whole only if all digits are there.
_SHORT = re.compile(r"(\d)[.,](\d+)E\+?(\d{1,2})", re.IGNORECASE)


def whole_number(cell: str) -> str:
    """The number that a spreadsheet made another one of, where that is certain. Other cells stay as they are.

    >>> whole_number("1,001.0"), whole_number("3.93331234567E+11"), whole_number("3.93E+11")
    ('1001', '393331234567', '3.93E+11')
    """
    if decimal := _DECIMAL.fullmatch(cell):
        return decimal[1]
    if grouped := _GROUPED.fullmatch(cell):
        return "".join(char for char in grouped[1] if char.isdigit() or char == "+")
    if _MILLIONS.fullmatch(cell):
        return cell.replace(",", "")
    if (short := _SHORT.fullmatch(cell)) and len(short[2]) == int(short[3]):
        return short[1] + short[2]
    return cell
