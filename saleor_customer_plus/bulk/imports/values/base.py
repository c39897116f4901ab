"""What the readers of cells share: what cannot be read, what is as good as blank, and what records may hold.

A reader takes the text of a cell and has three ways to answer:

- it returns the value;
- it returns `Doubtful(value, message)`: the value is stored, and the message is a warning about the cell;
- it raises `Unreadable(message)`: the cell is left out, and the message is a warning about it.

No reader refuses the row: `row_reader` does, for a cell of the e-mail address, or for any warning if the import is
strict. Messages say what is wrong and what to do. They are shown beside the row, the header and the cell, so they
repeat none of these.
"""

from __future__ import annotations

import unicodedata
from typing import Any, NamedTuple

from ....records.validation import clean

# Distinct values of a column that are remembered: first names, cities and prefixes come again and again.
REMEMBERED = 50_000


class Unreadable(Exception):
    """What is wrong with a cell that is left out."""


class Doubtful(NamedTuple):
    """A value that is stored although something is wrong with its cell, and what that is."""

    value: Any
    message: str


def storable(text: str) -> str:
    """The text as PostgreSQL can store it: without NUL, and without halves of characters."""
    text = text.replace("\x00", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def words_of(text: str) -> frozenset[str]:
    """The words of a list that is written down in the code."""
    return frozenset(text.split())


# Latin letters that are not a letter with an accent for Unicode.
_LETTERS = str.maketrans({"\u0131": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})


def plain(text: str) -> str:
    """A text without case, accents and punctuation, to look it up.

    >>> plain("  E-Mail_Adresse "), plain("Prénom")
    ('e mail adresse', 'prenom')
    """
    folded = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
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
