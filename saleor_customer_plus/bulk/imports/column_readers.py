"""Reading the cells of one column: which of the readers in `values` it takes, and what its last cells came to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ...records.email import BLANKS
from ...records.validation import ATTRIBUTES_BYTES
from ..columns import ATTRIBUTE, COLUMNS, Kind, is_of_account
from .cell_text import CellText
from .headers.secrets import is_hash
from .values import address_books, choices, dates, emails, phones, places
from .values.base import Doubtful, Unreadable, stored, text_of
from .values.choices import Answer, most_against
from .values.nothing import is_nothing


class Column:
    """A column of a file, and what its last cells came to: most values come again and again."""

    __slots__ = ("_known", "_read", "_text", "index", "key")

    # How many values are remembered, and up to which length.
    _MOST, _LONGEST = 2000, 64

    def __init__(self, index: int, key: str, text: CellText, read: Callable[[str], Any]) -> None:
        self.index, self.key = index, key
        self._text, self._read = text.of, read
        self._known: dict[str, tuple[str, Any]] = {}

    def of(self, cells: Sequence[str]) -> tuple[str, Any]:
        """What the cell of a row says, blank for nothing, and its value: `Unreadable` if it has none."""
        try:
            raw = cells[self.index]
        except IndexError:
            return "", None
        known = self._known.get(raw)
        if known is not None:
            return known
        cell = self._text(self.key, raw)
        value: Any = None
        if cell:
            try:
                value = self._read(cell)
            except Unreadable as error:
                value = Unreadable(str(error))  # without its traceback, which keeps everything alive
        if len(raw) <= self._LONGEST and value.__class__ not in (dict, list):
            if len(self._known) == self._MOST:
                self._known.clear()
            self._known[raw] = cell, value
        return cell, value


def value_of(value: Any) -> Any:
    """What is stored of a value; None for a cell that is left out."""
    if isinstance(value, Doubtful):
        return value.value
    return None if isinstance(value, Unreadable) else value


def joined(one: Any, other: Any) -> Any:
    """What two cells of one column of ours come to: all tags, the earlier date, what is most against mail."""
    if isinstance(one, tuple):
        return (*one, *other)
    if isinstance(one, Answer):
        return most_against([one, other])
    return min(filter(None, (one, other)), default=None)


def reader_of(key: str, header: str, *, month_first: bool = False, region: str = "") -> Callable[[str], Any]:
    """What reads the cells of a column, except for those of the shop's own fields.

    `region` is the country of phone numbers without a prefix.
    """
    offset = dates.offset_in(header)  # the distance from UTC of times that name no zone
    if key.startswith(ATTRIBUTE) or is_of_account(key):
        return _attribute
    if key == "number":
        return number_of
    if key == "postal_code":
        return _postal_code
    if key == "suppressions":
        return partial(choices.suppression_of, is_of_bounces=_is_of_bounces(header))
    if key == "unsubscribed_at":
        return partial(_unsubscribed, month_first, offset)
    column = COLUMNS[key]
    by_kind: dict[Kind, Callable[[str], Any]] = {
        Kind.EMAIL: emails.email_of,
        Kind.EMAILS: emails.emails_of,
        Kind.COUNTRY: places.country_of,
        Kind.LANGUAGE: places.language_of,
        Kind.BOOLEAN: choices.flag_of,
        Kind.CONSENT: choices.answer_of,
        Kind.TIME: partial(dates.time_of, month_first=month_first, offset=offset),
        Kind.LIST: choices.names_of,
        Kind.BASIS: choices.basis_of,
        Kind.OBJECT: lambda cell: stored("social_profiles", choices.pairs_of(cell)),
        Kind.LONG_TEXT: partial(_long, column.longest or 0),
        Kind.ADDRESSES: partial(address_books.address_book_of, region=region),
    }
    if column.kind in by_kind:
        return by_kind[column.kind]
    # Those that validation does not know are lines of text like any other.
    checked_as = "first_name" if key in ("name", "lead_subject", "deactivation_reason") else key
    return partial(text_of, checked_as, column.longest or 0)


def _is_of_bounces(header: str) -> bool:
    """Whether a column of those who must not be written to has those who cannot be."""
    return any(word in header.casefold() for word in ("bounce", "cleaned", "invalid", "undeliverable"))


def number_of(cell: str) -> Any:
    phones.check_whole(cell)
    return text_of("number", COLUMNS["number"].longest or 0, cell)


def _postal_code(cell: str) -> Any:
    phones.check_whole(cell)
    return text_of("postal_code", COLUMNS["postal_code"].longest or 0, cell)


def _long(longest: int, cell: str) -> str:
    if len(cell) > longest:
        raise Unreadable(f"This may have at most {longest:,} characters.")
    if cell.isprintable():
        return cell
    return str(stored("store_note", cell))


def _attribute(cell: str) -> str:
    if is_hash(cell):
        raise Unreadable("This looks like the hash of a password, which is never kept. Remove the column.")
    if len(cell) > ATTRIBUTES_BYTES:
        raise Unreadable(f"This may have at most {ATTRIBUTES_BYTES:,} characters.")
    return str(stored("attributes", {"value": cell.strip().strip(BLANKS)})["value"])


def _unsubscribed(month_first: bool, offset: timedelta, cell: str) -> datetime | Doubtful:
    """When. If that cannot be read, the person is unsubscribed all the same."""
    if is_nothing(cell):
        raise Unreadable("This is not a date.")
    try:
        return dates.time_of(cell, month_first, offset)
    except Unreadable as error:
        return Doubtful(None, f"{error} The person is unsubscribed all the same.")
