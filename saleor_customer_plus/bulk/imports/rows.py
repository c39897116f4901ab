"""From the cells of a row to a person, or to the reasons why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ...labels import fold
from ...records.validation import ATTRIBUTES_BYTES, MOST_PHONES, clean
from ..cells import restore
from ..columns import ATTRIBUTE, COLUMNS, Kind
from .headers.mapping import ColumnMap
from .values import addresses, dates, phones, places, words
from .values.base import Unreadable, is_nothing, stored, text_of

# What is not a field of the record, by the name of what holds it in a `Person`.
_BESIDE = ("tags", "groups", "accepts_marketing", "accepts_system_mail", "lead_subject", "lead_message")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row was refused or passed over. `column` is the key of ours, or the file's header."""

    code: str
    message: str
    column: str = ""

    def to_json(self) -> dict[str, str]:
        return {"field": self.column, "code": self.code, "message": self.message}


@dataclass(slots=True)
class Person:
    """What a row says. `values` has the fields of the record that are not blank, by their names, as they are stored.

    `blanks` are the columns of the file that are blank in this row.
    """

    row: int
    email: str
    values: dict[str, Any]
    blanks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    accepts: Mapping[str, bool] = field(default_factory=dict)
    lead: Mapping[str, str] = field(default_factory=dict)
    number_in: int | None = None  # an earlier row that has the same customer's number


class RowReader:
    """Reads the rows of one file. `region` is the country of phone numbers where the row names none."""

    def __init__(
        self,
        columns: ColumnMap,
        *,
        region: str = "",
        month_first: bool = False,
        marks_ids: bool = False,
        is_exact: bool = False,
        is_subscribed: bool = False,
    ) -> None:
        self._accepts = {"accepts_marketing": True} if is_subscribed else {}
        self._restore: Callable[[str], str] = str if is_exact else restore
        self._width = len(columns.headers)
        self._region = region
        self._marks_ids = marks_ids
        self._cells = [
            (index, key, _reader(key, month_first)) for index, key in columns.used.items() if not _is_phone(key)
        ]
        # Read last, by the country that the row names.
        self._phones = [(index, key) for index, key in columns.used.items() if _is_phone(key)]
        self._email = next(index for index, key in columns.used.items() if key == "email")
        self._number = next((index for index, key in columns.used.items() if key == "number"), None)
        self._tags = [index for index, key in columns.used.items() if key == "tags"]

    def keys_of(self, cells: Sequence[str], tags: dict[str, str]) -> tuple[str, str | None] | None:
        """The e-mail address and the customer's number of a row, to find those that come twice. Cheaper than `read`.

        Adds the row's tags to `tags`, by their folded names. Returns None for a row that cannot be read: `read` says
        later what is wrong with it.
        """
        try:
            email = addresses.email_of(self._restore(cells[self._email].strip()))
            number = self._restore(cells[self._number].strip()) if self._number is not None else None
            for index in self._tags:
                if cell := cells[index]:
                    for name in words.names_of(self._restore(cell.strip())):
                        tags.setdefault(fold(name), name)
        except (IndexError, Unreadable):
            return None
        return email, number or None

    def read(self, number: int, cells: Sequence[str]) -> Person | list[Reason]:
        """The person whom a row tells of, or all that is wrong with it."""
        width = len(cells)
        if width > self._width and any(cell.strip() for cell in cells[self._width :]):
            return [Reason("TOO_MANY_CELLS", "This row has more cells than the header. Is a quotation mark missing?")]
        said: dict[str, Any] = {}
        blanks: list[str] = []
        wrong: list[Reason] = []
        for index, key, read in self._cells:
            cell = cells[index].strip() if index < width else ""
            if not cell:
                blanks.append(key)
                continue
            if cell[0] == "'":
                cell = self._restored(cell)
            try:
                value = read(cell)
            except Unreadable as error:
                _put_aside(key, cell, error, blanks, wrong)
                continue
            if key == "tags" and "tags" in said:
                value = (*said["tags"], *value)
            said[key] = value
        if "email" not in said and not any(reason.column == "email" for reason in wrong):
            wrong.append(Reason("REQUIRED", "There is no e-mail address in this row.", "email"))
        for index, key in self._phones:
            cell = cells[index].strip() if index < width else ""
            if not cell:
                blanks.append(key)
                continue
            try:
                self._read_phone(key, self._restore(cell), said)
            except Unreadable as error:
                _put_aside(key, cell, error, blanks, wrong)
        if wrong:
            return wrong
        return self._person(number, cells, said, blanks)

    def _restored(self, cell: str) -> str:
        if self._marks_ids and cell[1:].isdigit():
            return cell[1:]
        return self._restore(cell)

    def _read_phone(self, key: str, cell: str, said: dict[str, Any]) -> None:
        region = said.get("country_code") or self._region
        if key == "phone":
            said["phone"] = phones.phone_of(cell, region)
            return
        known = said.get("additional_phones", [])
        more = [phone for phone in phones.phones_of(cell, region) if phone != said.get("phone") and phone not in known]
        if "phone" not in said and more and not any(one == "phone" for _, one in self._phones):
            said["phone"] = more.pop(0)
        if len(known) + len(more) > MOST_PHONES:
            raise Unreadable(f"There may be at most {MOST_PHONES} of them.")
        if known or more:
            said["additional_phones"] = known + more

    def _person(
        self, number: int, cells: Sequence[str], said: dict[str, Any], blanks: list[str]
    ) -> Person | list[Reason]:
        name = said.pop("name", "")
        if "<" in cells[self._email] and not name:
            name = addresses.name_around(self._restore(cells[self._email].strip()))
        if name and "first_name" not in said and "last_name" not in said:
            try:
                for key, part in zip(("first_name", "last_name"), addresses.split_name(name), strict=True):
                    if part:
                        said[key] = text_of(key, COLUMNS[key].longest or 0, part)
            except Unreadable as error:
                return [Reason("INVALID", str(error), "name")]
        attributes = {key.removeprefix(ATTRIBUTE): said.pop(key) for key in list(said) if key.startswith(ATTRIBUTE)}
        if attributes:
            cleaned = clean({"attributes": attributes})
            if cleaned.errors:
                return [Reason("INVALID", cleaned.errors[0].message, "attributes")]
            said["attributes"] = attributes
        beside = {key: said.pop(key) for key in _BESIDE if key in said}
        return Person(
            number,
            said["email"],
            said,
            tuple(blanks),
            tuple(dict.fromkeys(beside.get("tags", ()))),
            beside.get("groups", ()),
            self._accepts | {key: beside[key] for key in ("accepts_marketing", "accepts_system_mail") if key in beside},
            {key: beside[key] for key in ("lead_subject", "lead_message") if key in beside},
        )


def _is_phone(key: str) -> bool:
    return key in ("phone", "additional_phones")


# In these a dash or a null of another program is a blank. In a text it may be meant.
_CODED = (Kind.EMAIL, Kind.PHONE, Kind.PHONES, Kind.COUNTRY, Kind.LANGUAGE, Kind.BOOLEAN, Kind.TIME, Kind.BASIS)


def _put_aside(key: str, cell: str, error: Unreadable, blanks: list[str], wrong: list[Reason]) -> None:
    """A cell that cannot be read is as good as blank, or a reason to refuse the row."""
    if key in COLUMNS and COLUMNS[key].kind in _CODED and is_nothing(cell):
        blanks.append(key)
    else:
        wrong.append(Reason("INVALID", str(error), key))


def _number(cell: str) -> Any:
    phones.check_whole(cell)
    return text_of("number", COLUMNS["number"].longest or 0, cell)


def _long(longest: int, cell: str) -> str:
    if len(cell) > longest:
        raise Unreadable(f"This may have at most {longest:,} characters.")
    if cell.isprintable():
        return cell
    return str(stored("store_note", cell))


def _attribute(cell: str) -> str:
    if len(cell) > ATTRIBUTES_BYTES:
        raise Unreadable(f"This may have at most {ATTRIBUTES_BYTES:,} characters.")
    return str(stored("attributes", {"value": cell})["value"])


def _reader(key: str, month_first: bool) -> Callable[[str], Any]:
    """What reads the cells of a column."""
    if key.startswith(ATTRIBUTE):
        return _attribute
    if key == "number":
        return _number
    column = COLUMNS[key]
    by_kind: dict[Kind, Callable[[str], Any]] = {
        Kind.EMAIL: addresses.email_of,
        Kind.COUNTRY: places.country_of,
        Kind.LANGUAGE: places.language_of,
        Kind.BOOLEAN: words.flag_of,
        Kind.TIME: partial(dates.time_of, month_first=month_first),
        Kind.LIST: words.names_of,
        Kind.BASIS: words.basis_of,
        Kind.OBJECT: lambda cell: stored("social_profiles", words.pairs_of(cell)),
        Kind.LONG_TEXT: partial(_long, column.longest or 0),
    }
    if column.kind in by_kind:
        return by_kind[column.kind]
    # Those that validation does not know are lines of text like any other.
    checked_as = "first_name" if key in ("name", "lead_subject", "deactivation_reason") else key
    return partial(text_of, checked_as, column.longest or 0)
