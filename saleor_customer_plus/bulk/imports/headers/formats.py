"""Files of other shops and tools, recognised by their headers.

Headers are compared trimmed and without regard to case. A format is recognised by columns that it surely has; what
other shops counted (orders, money) is never ours, and is kept as a custom attribute when asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .contact_formats import CONTACT_FORMATS
from .format_definition import Format
from .mailing_list_formats import MAILING_LIST_FORMATS
from .shop_formats import SHOP_FORMATS

FORMATS: tuple[Format, ...] = (*SHOP_FORMATS, *MAILING_LIST_FORMATS, *CONTACT_FORMATS)

_BY_KEY = {one.key: one for one in FORMATS}


def plain_header(header: str) -> str:
    return " ".join(header.strip().casefold().split())


def format_of(key: str) -> Format:
    return _BY_KEY[key]


def recognise(headers: Iterable[str]) -> Format | None:
    """The format that a file surely has; of several, the one most of whose columns are there."""
    present = {plain_header(header) for header in headers}
    found = [one for one in FORMATS if any(all(_is_there(mark, present) for mark in kind) for kind in one.marks)]
    return max(found, key=lambda one: _present(one, present), default=None)


def _is_there(mark: str, present: set[str]) -> bool:
    return any(
        any(header.startswith(choice[:-1]) for header in present) if choice.endswith("*") else choice in present
        for choice in map(plain_header, mark.split("|"))
    )


def _present(one: Format, present: set[str]) -> int:
    return len({plain_header(header) for header in one.columns} & present)


def columns_of(one: Format, headers: Sequence[str]) -> dict[int, str]:
    """Our key, KEEP or DROP for each of the file's columns that the format knows, by position."""
    known = {plain_header(header): key for header, key in one.columns.items()}
    found = {}
    for index, header in enumerate(headers):
        key = known.get(plain_header(header))
        if key is None:
            key = next((key for pattern, key in one.patterns if re.fullmatch(pattern, header.strip(), re.I)), None)
        if key is not None:
            found[index] = key
    return found
