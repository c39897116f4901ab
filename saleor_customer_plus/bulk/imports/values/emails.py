"""E-mail addresses, and names written around them."""

from __future__ import annotations

import re
import unicodedata

from ....records.email import normalize_email
from .base import Doubtful, Unreadable, stored

# Plain ones, by far the most, are known by their form. All others go through the whole validation.
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9](?:[a-z0-9_%+-]|\.(?!\.))*(?<!\.)@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
)
_NAMED = re.compile(r"^[^<>]*<([^<>]+)>\s*$")
# From the beginning of a word only: to try each of its letters would take a long word for minutes.
_ANY = re.compile(r"(?<![^@\s<>])[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
# What is around an address that was copied from a text, and belongs to none.
_AROUND = " \t\"'()[]<>,;."


def has_address(cell: str) -> bool:
    """Whether something in a cell looks like an e-mail address."""
    return _ANY.search(cell) is not None


def email_of(cell: str) -> str | Doubtful:
    """The address in a cell. Of several, the first; the others are reported."""
    email = normalize_email(cell)
    if len(email) <= 254 and email.isascii() and _PLAIN_EMAIL.fullmatch(email):
        return email
    try:
        return str(stored("email", email))
    except Unreadable:
        return _email_within(email)


_SEVERAL = re.compile(r"\s*(?::::|[;,|\n/]|\s)\s*")


def _email_within(cell: str) -> str | Doubtful:
    """The address in a cell that has more than that."""
    email = _without_invisible_ends(cell)
    if named := _NAMED.match(email):
        email = named.group(1)
    email = email.strip(_AROUND).removeprefix("mailto:").partition("?")[0]
    if email.count("@") > 1:
        return _first_of(email)
    if any(unicodedata.category(char) == "Cf" for char in email):
        raise Unreadable("This e-mail address has a character that nobody sees. Type it anew.")
    return str(stored("email", email))


def _first_of(cell: str) -> str | Doubtful:
    """The first address of several, of one person: each row is one."""
    found: dict[str, None] = {}
    for part in _SEVERAL.split(cell):
        try:
            found[str(stored("email", normalize_email(part.strip(_AROUND).removeprefix("mailto:"))))] = None
        except Unreadable:
            continue
    if not found:
        raise Unreadable("There is no e-mail address like this one.")
    first, *others = found
    if not others:
        return first
    return Doubtful(
        first,
        "There are several e-mail addresses in this cell. The first one is used. Add the others to the record, or give "
        "each person a row.",
    )


def emails_of(cell: str) -> tuple[str, ...] | Doubtful:
    """All addresses in a cell, each once. Raise `Unreadable` if none can be read; what is left out is reported."""
    found: dict[str, None] = {}
    wrong: list[Unreadable] = []
    for part in filter(None, _SEVERAL.split(_without_invisible_ends(cell))):
        try:
            found[str(stored("email", normalize_email(part.strip(_AROUND).removeprefix("mailto:"))))] = None
        except Unreadable as error:
            wrong.append(error)
    if wrong and not found:
        raise wrong[0]
    if wrong:
        return Doubtful(tuple(found), f"One of the e-mail addresses of this cell is left out. {wrong[0]}")
    return tuple(found)


def _without_invisible_ends(text: str) -> str:
    """Marks of the byte order, of the direction of writing and the like come along with what is copied."""
    return text.strip("".join(char for char in set(text) if char.isspace() or unicodedata.category(char) == "Cf"))


def name_around(cell: str) -> str:
    """The name in `Anna Rossi <anna@b.it>`, or blank."""
    return cell.partition("<")[0].strip(" \"'\t") if "<" in cell else ""
