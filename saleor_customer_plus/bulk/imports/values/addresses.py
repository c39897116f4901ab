"""E-mail addresses, and names written around or in the place of two."""

from __future__ import annotations

import re
import unicodedata

from .base import Unreadable, stored

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


def email_of(cell: str) -> str:
    email = cell.strip().lower()
    if len(email) <= 254 and email.isascii() and _PLAIN_EMAIL.fullmatch(email):
        return email
    try:
        return str(stored("email", email))
    except Unreadable:
        return _email_within(email)


def _email_within(cell: str) -> str:
    """The one address in a cell that has more than that."""
    email = _without_invisible_ends(cell)
    if named := _NAMED.match(email):
        email = named.group(1)
    email = email.strip(_AROUND).removeprefix("mailto:").partition("?")[0]
    if email.count("@") > 1:
        raise Unreadable("There are several e-mail addresses in this cell. Give each person a row.")
    if any(unicodedata.category(char) == "Cf" for char in email):
        raise Unreadable("This e-mail address has a character that nobody sees. Type it anew.")
    return str(stored("email", email))


def _without_invisible_ends(text: str) -> str:
    """Marks of the byte order, of the direction of writing and the like come along with what is copied."""
    return text.strip("".join(char for char in set(text) if char.isspace() or unicodedata.category(char) == "Cf"))


def name_around(cell: str) -> str:
    """The name in `Anna Rossi <anna@b.it>`, or blank."""
    return cell.partition("<")[0].strip(" \"'\t") if "<" in cell else ""


def split_name(name: str) -> tuple[str, str]:
    """First and last name of `Anna Maria Rossi` or `Rossi, Anna Maria`. One word is a first name."""
    last, comma, first = name.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    *firsts, last = name.replace(",", " ").split() or [""]
    return (" ".join(firsts), last) if firsts else (last, "")
