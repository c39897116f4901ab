"""Phone numbers, and other long numbers that spreadsheets cut."""

from __future__ import annotations

import re
from functools import lru_cache

from .base import REMEMBERED, Unreadable, stored

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# How many of the first characters tell whether a number in E.164 stays as it is: country, area, prefixes to be cut.
_PREFIX = 7


@lru_cache(REMEMBERED)
def _stays(prefix: str, rest: int) -> bool:
    """Whether numbers in E.164 with this prefix and this many more digits are possible, and stored as they are."""
    text = prefix + "2" * rest
    try:
        return bool(stored("phone", text) == text)
    except Unreadable:
        return False


# As a spreadsheet shows a long number in a narrow column: `4.915E+12`, `4,91512E+12`.
_SHORTENED = re.compile(r"\d([.,]\d+)?E\+\d{1,2}", re.IGNORECASE)


def check_whole(cell: str) -> None:
    """Raise an error for a number of which a spreadsheet has kept its first digits alone."""
    if _SHORTENED.fullmatch(cell):
        raise Unreadable("A spreadsheet has cut this number. Show its column as text, and save the list again.")


def phone_of(cell: str, region: str) -> str:
    if _E164.fullmatch(cell) and _stays(cell[:_PREFIX], len(cell) - _PREFIX):
        return cell
    return _phone_of(cell, region)


@lru_cache(REMEMBERED)
def _phone_of(cell: str, region: str) -> str:
    text = cell.strip()
    check_whole(text)
    if text.startswith("00") and len(text) > 6:
        text = f"+{text[2:]}"  # the international prefix nearly everywhere
    return str(stored("phone", text, region))


def phones_of(cell: str, region: str) -> list[str]:
    parts = [part.strip() for part in re.split(r"[,;|\n]", cell)]
    return list(dict.fromkeys(phone_of(part, region) for part in parts if part))
