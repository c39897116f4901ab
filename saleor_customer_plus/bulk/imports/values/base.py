"""What the readers of cells share: what cannot be read, what is as good as blank, and what records may hold."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from ....records.validation import clean

# Distinct values of a column that are remembered: first names, cities and prefixes come again and again.
REMEMBERED = 50_000

# What programs write where there is nothing to tell, in cells that are no text: `-`, a null, a date of zeros.
_NOTHING = re.compile(r"[-\u2013\u2014]+|n/?a|null|\\n|0000-00-00([ t]00:00:00)?", re.IGNORECASE)


def is_nothing(cell: str) -> bool:
    """Whether a cell of a date, a number or a code is as good as blank."""
    return _NOTHING.fullmatch(cell) is not None


class Unreadable(Exception):
    """What is wrong with a cell."""


def plain(text: str) -> str:
    """A text without case, accents and punctuation, to look it up.

    >>> plain("  E-Mail_Adresse "), plain("Prénom")
    ('e mail adresse', 'prenom')
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char if char.isalnum() else " " for char in folded if not unicodedata.combining(char))
    return " ".join(kept.split())


def stored(name: str, value: Any, region: str = "") -> Any:
    """The value as a record of ours stores it in this field."""
    cleaned = clean({name: value}, region=region)
    if cleaned.errors:
        raise Unreadable(cleaned.errors[0].message)
    return cleaned.values[name]


def text_of(name: str, longest: int, cell: str) -> Any:
    # Plain text is stored as it is; whatever has an invisible or odd character goes through the whole validation.
    if len(cell) <= longest and cell.isprintable():
        return cell
    try:
        return stored(name, cell)
    except Unreadable:
        if len(cell) <= longest and "\n" in cell:
            raise Unreadable("This has a line break. Is a quotation mark missing?") from None
        raise
