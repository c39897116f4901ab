"""From the cells of a row to a person, or to the reasons why not.

A row is refused only if it has no usable e-mail address, or more cells than the header. Any other cell that cannot be
read is left out, with a warning. A strict import refuses every row that has a warning. Any import refuses one that
cannot be read as a whole and comes after one of the same address that can: see `scan.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from ...fields.models import FieldDefinition, FieldType
from ...fields.values import Value
from ...records.email import BLANKS
from ...records.labels import fold
from ...records.validation import ATTRIBUTES_BYTES, MAX_PHONES, clean
from ..cells import restore
from ..columns import ATTRIBUTE, COLUMNS, FIELD, Kind, is_of_account
from .column_findings import ColumnFindings, classifier_of
from .headers.mapping import BLOCKS, ColumnMap
from .headers.placed import rank
from .headers.secrets import is_hash
from .row_keys import Passed
from .values import choices, dates, emails, names, own_fields, phones, places
from .values.base import Doubtful, Unreadable, storable, stored, text_of
from .values.choices import Answer, most_against
from .values.nothing import KEPT, Holds, is_nothing, without_invisible
from .values.spreadsheets import whole_number, without_apostrophe

# What is not a field of the record, by the name of what holds it in a `Person`.
CONSENTS = ("accepts_promotional_mail", "accepts_newsletter", "accepts_system_mail", "accepts_marketing")
OF_MARKETING = ("accepts_promotional_mail", "accepts_newsletter")
_OF_CONSENTS = (*CONSENTS, "suppressions", "unsubscribed_at")
_BESIDE = (*_OF_CONSENTS, "tags", "groups", "lead_subject", "lead_message")
# The custom attribute that keeps what stood before a name: `Dr.`, `Sig.ra`.
TITLE = "Title"
# What stands for a character that could not be decoded.
UNKNOWN = "\ufffd"
_UNREADABLE = "A character of this cell could not be read. Correct it, or save the list again as UTF-8."
# A number with a prefix that has more characters than this is a phone number, and not nothing.
_SHORT = 7
# How much of a cell a reason repeats.
_MAX_VALUE_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row, or a part of it, is not written. `column` is the key of ours.

    `header` is the column as the file calls it, and `value` what is in the cell. `id` is the global id of what is in
    the way, such as the record that has the customer number already. A warning does not stop the row. `is_stored`: the
    cell could be read, and the warning is about what is doubtful in it.
    """

    code: str
    message: str
    column: str = ""
    id: str | None = None
    header: str = ""
    value: str = ""
    is_warning: bool = False
    is_stored: bool = False

    def to_json(self) -> dict[str, str]:
        told = {"field": self.column, "code": self.code, "message": self.message}
        for name in ("id", "header", "value"):
            if text := getattr(self, name):
                told[name] = text
        if self.is_warning:
            told["severity"] = WARNING
        return told


# The severity of a reason for which a part of a row is left out.
WARNING = "WARNING"


@dataclass(slots=True)
class Person:
    """What a row says. `values` has the fields of the record that are not blank, by their names, as they are stored.

    `blanks` are the columns of the file that are blank in this row. `accepts` is what it says of consents, by column:
    `accepts_marketing` stands for the purposes that the import's options name. `unsubscribed_at` is since when no, if
    the file tells. `warnings` are about cells that are left out, or are doubtful.
    """

    row: int
    email: str
    values: dict[str, Any]
    blanks: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    accepts: Mapping[str, Answer] = field(default_factory=dict)
    unsubscribed_at: datetime | None = None
    lead: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Reason, ...] = ()
    # Fields of which a title was taken off, as the file writes them. A record that has it so keeps it.
    titled: Mapping[str, str] = field(default_factory=dict)
    # Values of the shop's own fields, by the ids of their definitions.
    fields: Mapping[int, Value] = field(default_factory=dict)
    # What other rows of the address say of consents instead: a word for each column. See `objections`.
    overruled: Mapping[str, str] = field(default_factory=dict)
    # What is to be set of the account, by column: see `account_data`.
    account: Mapping[str, str] = field(default_factory=dict)
    # Who has the same customer's number: an earlier row, or a record before anything is written.
    number_taken: Passed | None = None

    @property
    def unreadable(self) -> list[Reason]:
        """The warnings about cells, or about a row, that could not be read as a whole."""
        return [warning for warning in self.warnings if not warning.is_stored]


class RowKeys(NamedTuple):
    """By what the rows of a file are compared: the address, and the customer's number.

    Of the rows of one address the last that is valid is written, preferably one that can be read as a whole; what any
    of them says against mail counts. That has the columns and answers of `Person.accepts`, and is blank if nothing is
    against mail.
    """

    email: str
    number: str | None = None
    is_valid: bool = True
    accepts: Mapping[str, Answer] = {}
    unsubscribed_at: datetime | None = None


class _Said:
    """What was read of a row so far, and what is wrong with it."""

    __slots__ = ("blanks", "errors", "values", "warnings")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.blanks: list[str] = []
        self.errors: list[Reason] = []
        self.warnings: list[Reason] = []


class _Column:
    """A column of a file, and what its last cells came to: most values come again and again."""

    __slots__ = ("_known", "_read", "_said", "index", "key")

    # How many values are remembered, and up to which length.
    _MOST, _LONGEST = 2000, 64

    def __init__(self, index: int, key: str, said: Callable[[str, str], str], read: Callable[[str], Any]) -> None:
        self.index, self.key = index, key
        self._said, self._read = said, read
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
        cell = self._said(self.key, raw)
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


class RowReader:
    """Reads the rows of one file. `region` is the country of phone numbers where the row names none."""

    def __init__(
        self,
        columns: ColumnMap,
        *,
        region: str = "",
        month_first: bool = False,
        findings: ColumnFindings | None = None,
        marks_ids: bool = False,
        is_exact: bool = False,
        is_own: bool = False,
        is_strict: bool = False,
        least_cells: int = 0,
        status: Answer | None = None,
        statuses: Mapping[str, Answer | None] | None = None,
        has_prefixes: bool = False,
        fields: Mapping[str, FieldDefinition] | None = None,
    ) -> None:
        """`status` is what the file as a whole says of all in it, by its name; `statuses` what each file of an archive
        says, whose name is in the last cell of the row. `has_prefixes`: phone numbers have the prefix of their country,
        if need be without a plus before it.

        `is_exact`: no spreadsheet had to be kept from running the texts. `is_own`: the file was exported by us, so
        each cell means what it says. `findings` are about the columns of the whole file. A row of fewer than
        `least_cells` cells has a warning. `fields` are
        the shop's own, by their keys.
        """
        self._status = status
        self._statuses = statuses
        self._has_prefixes = has_prefixes
        self._is_exact = is_exact
        self._is_own = is_own
        known = {f"{FIELD}{key}": definition for key, definition in (fields or {}).items()}
        self._fields = {key: known.get(key) for key in columns.used.values() if key.startswith(FIELD)}
        self._holds = {
            key: _holds_field(self._fields[key]) if key in self._fields else _holds(key)
            for key in columns.used.values()
        }
        self._restore: Callable[[str], str] = str if is_exact else restore
        self._headers = columns.headers
        self._width = len(columns.headers)
        self._least = least_cells
        self._secret = columns.secret
        self._is_strict = is_strict
        self._region = region
        self._marks_ids = marks_ids
        found = findings or ColumnFindings()
        read = {
            index: _Column(
                index,
                key,
                self._said,
                self._field_reader(key, month_first or dates.is_month_first(found.of(index)))
                if key in self._fields
                else _reader(
                    key,
                    month_first or dates.is_month_first(found.of(index)),
                    dates.offset_in(columns.headers[index]),
                    is_of_bounces=_is_of_bounces(columns.headers[index]),
                ),
            )
            for index, key in columns.used.items()
            if not _is_phone(key)
        }
        alternatives = _alternatives(columns)
        in_alternatives = {index for block in alternatives for place in block for index in place}
        self._cells = [column for index, column in read.items() if index not in in_alternatives]
        # For each block the columns of each place, the preferred place first.
        self._alternatives = [[[read[index] for index in place] for place in block] for block in alternatives]
        # Read last, by the country that the row names; the number of `phone` before the others.
        self._phones = sorted(
            ((index, key) for index, key in columns.used.items() if _is_phone(key)), key=lambda one: one[1] != "phone"
        )
        self._has_phone = any(key == "phone" for _, key in self._phones)
        self._countries = [index for index, key in columns.used.items() if key == "country_code"]
        self._takes_titles_off = not (is_own or columns.is_own)
        self._is_last_first = any(
            key == "name" and names.is_last_first(columns.headers[index]) for index, key in columns.used.items()
        )
        self._indexes = {key: index for index, key in reversed(columns.used.items())}
        self._email = self._indexes["email"]
        self._number = self._indexes.get("number")
        self._of_account = tuple(filter(is_of_account, self._indexes))
        self._consent_cells = [column for column in self._cells if column.key in _OF_CONSENTS]
        self._tags = [column for column in read.values() if column.key == "tags"]
        self._classified = [
            (index, classify)
            for index, key in columns.used.items()
            if (classify := classifier_of(key, self._fields.get(key))) is not None
        ]

    def _field_reader(self, key: str, month_first: bool) -> Callable[[str], Any]:
        return own_fields.reader_of(self._fields[key], month_first=month_first, is_own=self._is_own)

    def keys_of(self, cells: Sequence[str], tags: dict[str, str], findings: ColumnFindings) -> RowKeys | None:
        """By what a row is compared with others, to find those that come twice. Cheaper than `read`.

        Adds the row's tags to `tags`, by their folded names, and what its cells tell of their columns to `findings`.
        Returns None for a row that is refused for its address: `read` says later what is wrong with it.
        """
        width = len(cells)
        for index, classify in self._classified:
            if index < width and (cell := cells[index].strip()) and (kind := classify(cell)):
                findings.add(index, kind)
        email = (
            self._value("email", emails.email_of, self._said("email", cells[self._email]))
            if self._email < width
            else None
        )
        if not email:
            return None
        if self._has_too_many(cells):
            return RowKeys(email, is_valid=False)
        for column in self._tags:
            _, value = column.of(cells)
            for name in _stored(value) or ():
                tags.setdefault(fold(name), name)
        number = None
        if self._number is not None and self._number < width and (cell := self._said("number", cells[self._number])):
            number = self._value("number", _number, cell)
        if not self._consent_cells:
            return RowKeys(email, number)
        said = self._consents_of(cells)
        if all(value is Answer.YES for value in said.values()):
            return RowKeys(email, number)  # nothing against mail
        return RowKeys(email, number, True, self._consents(said, None), said.get("unsubscribed_at"))

    def _consents_of(self, cells: Sequence[str]) -> dict[str, Any]:
        """What the cells of a row say of consents, as `read` reads them."""
        said: dict[str, Any] = {}
        for column in self._consent_cells:
            cell, value = column.of(cells)
            key = column.key
            if not cell:
                continue
            if isinstance(value, Unreadable):
                if key not in CONSENTS or self._is_blank(key, cell):
                    continue
                value = Answer.NO
            value = _stored(value)
            said[key] = _joined(said[key], value) if key in said else value
        return said

    def _value(self, key: str, read: Callable[[str], Any], cell: str) -> Any:
        """What `read` stores of a cell; None for one that is left out."""
        try:
            value = read(cell)
        except Unreadable:
            return None
        return _stored(value)

    def read(self, number: int, cells: Sequence[str]) -> Person | list[Reason]:
        """The person whom a row tells of, or all that is wrong with it."""
        if self._has_too_many(cells):
            return [Reason("TOO_MANY_CELLS", "This row has more cells than the header. Is a quotation mark missing?")]
        said = _Said()
        width = len(cells)
        if width < self._least:
            said.warnings.append(
                Reason(
                    "TOO_FEW_CELLS",
                    f"This row has fewer cells than the header ({width:,} of {self._least:,}). The last columns count "
                    "as blank. Is a delimiter or a quotation mark missing?",
                    is_warning=True,
                )
            )
        values = said.values
        for column in self._columns_of(cells) if self._alternatives else self._cells:
            cell, value = column.of(cells)
            key = column.key
            if not cell:
                said.blanks.append(key)
                if column.index < width and UNKNOWN in cells[column.index]:
                    said.warnings.append(self._warning(column.index, key, cells[column.index], _UNREADABLE))
                continue
            if value.__class__ is Unreadable:
                self._leave_out(column.index, key, cell, value, said)
                continue
            if value.__class__ is Doubtful:
                said.warnings.append(self._warning(column.index, key, cell, value.message, is_stored=True))
                value = value.value
            if UNKNOWN in cell:
                said.warnings.append(self._warning(column.index, key, cell, _UNREADABLE))
            values[key] = _joined(values[key], value) if key in values else value
        if "email" not in values and not said.errors:
            header = self._headers[self._email]
            said.errors.append(Reason("REQUIRED", "There is no e-mail address in this row.", "email", header=header))
        region = self._country_of(cells, said) if self._phones else ""
        for index, key in self._phones:
            cell = self._said(key, cells[index]) if index < width else ""
            if not cell:
                said.blanks.append(key)
                continue
            try:
                self._read_phone(index, key, cell, region, said)
            except Unreadable as error:
                self._leave_out(index, key, cell, error, said)
        if said.errors:
            return [*said.errors, *said.warnings]
        person = self._person(number, cells, said)
        if self._is_strict and person.warnings:
            return [replace(warning, is_warning=False) for warning in person.warnings]
        return person

    def without_secrets(self, cells: list[str]) -> list[str]:
        """The row with nothing in the columns that are never kept, so that no problem keeps them either."""
        for index in self._secret:
            if index < len(cells):
                cells[index] = ""
        return cells

    def located(self, reason: Reason, cells: Sequence[str]) -> Reason:
        """A reason about a column of ours, with the header and the cell of the file."""
        index = self._indexes.get(reason.column)
        if index is None or reason.header:
            return reason
        cell = cells[index].strip() if index < len(cells) else ""
        return replace(reason, header=self._headers[index], value=_shown(cell))

    def overruled(self, cells: Sequence[str], answers: Mapping[str, str]) -> list[str]:
        """The cells with these answers in the place of theirs, by column: the row says so if it is loaded again."""
        changed = list(cells)
        if self._has_too_many(cells):
            return changed  # nobody knows which cell is in which column
        for column, answer in answers.items():
            if (index := self._indexes.get(column)) is not None:
                changed += [""] * (index + 1 - len(changed))
                changed[index] = answer
        return changed

    def _has_too_many(self, cells: Sequence[str]) -> bool:
        return len(cells) > self._width and any(cell.strip() for cell in cells[self._width :])

    def _leave_out(self, index: int, key: str, cell: str, error: Unreadable, said: _Said) -> None:
        """A cell that cannot be read is as good as blank, or a warning; a reason to refuse the row for an address."""
        if self._is_blank(key, cell):
            said.blanks.append(key)
            return
        reason = self._warning(index, key, cell, str(error))
        if key == "email":
            said.errors.append(replace(reason, is_warning=False))
            return
        said.warnings.append(reason)
        if key in CONSENTS:
            # Whatever it means, it is no yes.
            said.values[key] = _joined(said.values.get(key, Answer.NO), Answer.NO)

    @staticmethod
    def _is_blank(key: str, cell: str) -> bool:
        return key in COLUMNS and COLUMNS[key].kind in _CODED and is_nothing(cell)

    def _warning(self, index: int, key: str, cell: str, message: str, *, is_stored: bool = False) -> Reason:
        value = "" if is_hash(cell) else _shown(cell)
        return Reason(
            "INVALID", message, key, header=self._headers[index], value=value, is_warning=True, is_stored=is_stored
        )

    def _said(self, key: str, cell: str) -> str:
        """What a cell says: without blanks around it and what a spreadsheet added; blank if it says nothing."""
        cell = cell.strip()
        if not cell:
            return ""
        if "@" in cell and "'" not in cell and cell.isprintable():
            return cell  # an address, as a rule, and in any case not nothing
        holds = self._holds[key]
        if "'" in cell and not self._is_exact:
            restored = self._restored(cell)
            if restored != cell and holds in KEPT:
                return restored  # our own mark of a text, such as "-"
            is_plain = restored == cell and not self._is_own
            cell = without_apostrophe(cell, holds or Holds.CODE) if is_plain else restored
        if self._is_own or (cell.startswith("+") and len(cell) > _SHORT and cell[1:].isdecimal()):
            return cell  # most phone numbers
        if not cell.isprintable():
            cell = without_invisible(cell)
        if holds is None or not cell:
            return cell
        if is_nothing(cell, holds):
            return ""
        return whole_number(cell) if holds is Holds.NUMBER or _is_phone(key) else cell

    def _restored(self, cell: str) -> str:
        if self._marks_ids and cell[0] == "'" and cell[1:].isdigit():
            return cell[1:]
        return self._restore(cell)

    def _columns_of(self, cells: Sequence[str]) -> list[Any]:
        """The columns that count in a row: of several addresses or names the first that is filled, as a whole."""
        columns = [*self._cells]
        for block in self._alternatives:
            filled = [{column.key for column in place if column.of(cells)[0]} for place in block]
            # A country alone makes no address: forms fill it in for everybody.
            best = next((at for at, keys in enumerate(filled) if keys - {"country_code"}), None)
            if best is None:
                best = next((at for at, keys in enumerate(filled) if keys), 0)
            columns += block[best]
        return columns

    def _country_of(self, cells: Sequence[str], said: _Said) -> str:
        """The country of the row's phone numbers: that of any column that says one, or else that of the options."""
        if country := said.values.get("country_code"):
            return str(country)
        for index in self._countries:
            cell = self._said("country_code", cells[index]) if index < len(cells) else ""
            if cell and (country := self._value("country_code", places.country_of, cell)):
                return str(country)
        if any(one.column == "country_code" for one in said.warnings):
            return ""  # the row names another country than that of the options, and nobody knows which
        return self._region

    def _read_phone(self, index: int, key: str, cell: str, region: str, said: _Said) -> None:
        """Add the numbers of a cell, each once: the first of `phone` to the one, all others to the further ones."""
        values = said.values
        if self._has_prefixes and cell.isdigit() and not cell.startswith("0"):
            cell = f"+{cell}"
        known = [values["phone"]] if "phone" in values else []
        known += values.get("additional_phones", [])
        read = self._told(index, key, cell, phones.phones_of(cell, region), said)
        more = [phone for phone in read if phone not in known]
        if more and "phone" not in values and (key == "phone" or not self._has_phone):
            values["phone"] = more.pop(0)
        if not more:
            return
        others = [*values.get("additional_phones", []), *more]
        if len(others) > MAX_PHONES:
            message = self._leaving_out(f"At most {MAX_PHONES} phone numbers are allowed.", "The others")
            said.warnings.append(self._warning(index, key, cell, message))
        values["additional_phones"] = others[:MAX_PHONES]

    def _leaving_out(self, problem: str, what: str) -> str:
        """The problem, and what is left out of the row for it. A strict import refuses the row as a whole."""
        return problem if self._is_strict else f"{problem} {what} are left out."

    def _told(self, index: int, key: str, cell: str, value: Any, said: _Said) -> Any:
        """The value, once what is doubtful about it is among the warnings."""
        if isinstance(value, Doubtful):
            said.warnings.append(self._warning(index, key, cell, value.message, is_stored=True))
            return value.value
        return value

    def _person(self, number: int, cells: Sequence[str], said: _Said) -> Person:
        values = said.values
        name = values.pop("name", "")
        if "<" in cells[self._email] and not name:
            name = emails.name_around(self._restore(cells[self._email].strip()))
        titled = self._add_names(name, said)
        attributes = {key.removeprefix(ATTRIBUTE): values.pop(key) for key in list(values) if key.startswith(ATTRIBUTE)}
        if attributes:
            cleaned = clean({"attributes": attributes})
            if cleaned.errors:
                message = self._leaving_out(cleaned.errors[0].message, "The attributes of this row")
                said.warnings.append(Reason("INVALID", message, "attributes", is_warning=True))
            else:
                values["attributes"] = attributes
        beside = {key: values.pop(key) for key in _BESIDE if key in values}
        account = {key: values.pop(key) for key in self._of_account if key in values}
        fields = {
            definition.pk: values.pop(key)
            for key, definition in self._fields.items()
            if definition is not None and key in values
        }
        return Person(
            number,
            values["email"],
            values,
            tuple(said.blanks),
            tuple(dict.fromkeys(beside.get("tags", ()))),
            beside.get("groups", ()),
            self._consents(beside, self._statuses.get(cells[-1]) if self._statuses else self._status),
            beside.get("unsubscribed_at"),
            {key: beside[key] for key in ("lead_subject", "lead_message") if key in beside},
            tuple(said.warnings),
            titled,
            fields,
            account=account,
        )

    def _add_names(self, name: str, said: _Said) -> dict[str, str]:
        """Split a name that is in one cell, and take titles off: these become a custom attribute, so that they stay.

        Returns the fields of which something was taken off, as they were.
        """
        values = said.values
        titled: dict[str, str] = {}
        title = ""
        if name and "first_name" not in values and "last_name" not in values:
            parts = names.split_name(name, last_first=self._is_last_first)
            try:
                values.update(
                    {
                        key: text_of(key, COLUMNS[key].longest or 0, part)
                        for key, part in (("first_name", parts.first), ("last_name", parts.last))
                        if part
                    }
                )
                title = parts.title
            except Unreadable as error:
                said.warnings.append(self._warning(self._indexes.get("name", self._email), "name", name, str(error)))
        elif self._takes_titles_off and " " in values.get("first_name", ""):
            first, title = names.without_title(values["first_name"], is_first=True)
            if title:
                titled["first_name"] = values["first_name"]
                values["first_name"] = first
        if title:
            values.setdefault(ATTRIBUTE + TITLE, title)
        return titled

    @staticmethod
    def _consents(beside: Mapping[str, Any], status: Answer | None) -> dict[str, Answer]:
        """What the row says. Of two things that it says of marketing, the one that is most against it counts."""
        accepts: dict[str, Answer] = {key: beside[key] for key in CONSENTS if key in beside}
        against = [status] if status not in (None, Answer.YES) else []
        against += [beside["suppressions"]] if beside.get("suppressions", Answer.NO) is not Answer.NO else []
        against += [Answer.WITHDRAWN] if "unsubscribed_at" in beside else []
        if against:
            # What says no of all that is sent beats a yes to a part of it.
            barred = CONSENTS if Answer.BOUNCED in against else OF_MARKETING
            accepts |= {key: most_against([answer, Answer.NO]) for key, answer in accepts.items() if key in barred}
        said = [*against, *(one for one in (accepts.get("accepts_marketing"), status) if one is not None)]
        return {**accepts, "accepts_marketing": most_against(said)} if said else accepts


def _stored(value: Any) -> Any:
    """What is stored of a value; None for a cell that is left out."""
    if isinstance(value, Doubtful):
        return value.value
    return None if isinstance(value, Unreadable) else value


def _joined(one: Any, other: Any) -> Any:
    """What two cells of one column of ours come to: all tags, the earlier date, what is most against mail."""
    if isinstance(one, tuple):
        return (*one, *other)
    if isinstance(one, Answer):
        return most_against([one, other])
    return min(filter(None, (one, other)), default=None)


def _alternatives(columns: ColumnMap) -> list[list[list[int]]]:
    """For each block that a file has of several places, the columns of each: the preferred place first."""
    blocks: dict[str, dict[str, list[int]]] = {}
    for index, key in columns.used.items():
        if key in BLOCKS:
            blocks.setdefault(BLOCKS[key], {}).setdefault(columns.place(index), []).append(index)
    return [[block[place] for place in sorted(block, key=rank)] for block in blocks.values() if len(block) > 1]


def _is_of_bounces(header: str) -> bool:
    """Whether a column of those who must not be written to has those who cannot be."""
    return any(word in header.casefold() for word in ("bounce", "cleaned", "invalid", "undeliverable"))


def _is_phone(key: str) -> bool:
    return key in ("phone", "additional_phones")


def _holds_field(definition: FieldDefinition | None) -> Holds:
    """What a column of a field of the shop's own holds."""
    by_type = {
        FieldType.TEXT: Holds.TEXT,
        FieldType.BOOLEAN: Holds.FLAG,
        FieldType.NUMBER: Holds.NUMBER,
        FieldType.CHOICE: Holds.LABELS,
        FieldType.CHOICES: Holds.LABELS,
    }
    return Holds.TEXT if definition is None else by_type.get(FieldType(definition.type), Holds.CODE)


def _holds(key: str) -> Holds | None:
    """What a column holds. Nothing for consents, in which "none" is an answer."""
    if key in ("first_name", "last_name", "name"):
        return Holds.NAME
    if key == "number" or key.endswith("postal_code"):
        return Holds.NUMBER
    if key in ("suppressions", "unsubscribed_at"):
        return Holds.CODE
    kind = COLUMNS[key].kind if key in COLUMNS else Kind.TEXT
    if kind is Kind.CONSENT:
        return None
    if kind in (Kind.COUNTRY, Kind.LANGUAGE):
        return Holds.PLACE
    by_kind = {Kind.BOOLEAN: Holds.FLAG, Kind.LIST: Holds.LABELS}
    return by_kind.get(kind, Holds.CODE if kind in _CODED else Holds.TEXT)


# In these all words for nothing are a blank. In a text they may be meant.
_CODED = (
    Kind.EMAIL, Kind.PHONE, Kind.PHONES, Kind.COUNTRY, Kind.LANGUAGE, Kind.BOOLEAN, Kind.CONSENT, Kind.TIME, Kind.BASIS
)  # fmt: skip


def _shown(cell: str) -> str:
    return storable(cell[:_MAX_VALUE_LENGTH])


def _number(cell: str) -> Any:
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
        raise Unreadable("This is no date.")
    try:
        return dates.time_of(cell, month_first, offset)
    except Unreadable as error:
        return Doubtful(None, f"{error} The person is unsubscribed all the same.")


def _reader(key: str, month_first: bool, offset: timedelta, *, is_of_bounces: bool = False) -> Callable[[str], Any]:
    """What reads the cells of a column. `offset` is the distance from UTC of times that name no zone."""
    if key.startswith(ATTRIBUTE) or is_of_account(key):
        return _attribute
    if key == "number":
        return _number
    if key == "postal_code":
        return _postal_code
    if key == "suppressions":
        return partial(choices.suppression_of, is_of_bounces=is_of_bounces)
    if key == "unsubscribed_at":
        return partial(_unsubscribed, month_first, offset)
    column = COLUMNS[key]
    by_kind: dict[Kind, Callable[[str], Any]] = {
        Kind.EMAIL: emails.email_of,
        Kind.COUNTRY: places.country_of,
        Kind.LANGUAGE: places.language_of,
        Kind.BOOLEAN: choices.flag_of,
        Kind.CONSENT: choices.answer_of,
        Kind.TIME: partial(dates.time_of, month_first=month_first, offset=offset),
        Kind.LIST: choices.names_of,
        Kind.BASIS: choices.basis_of,
        Kind.OBJECT: lambda cell: stored("social_profiles", choices.pairs_of(cell)),
        Kind.LONG_TEXT: partial(_long, column.longest or 0),
    }
    if column.kind in by_kind:
        return by_kind[column.kind]
    # Those that validation does not know are lines of text like any other.
    checked_as = "first_name" if key in ("name", "lead_subject", "deactivation_reason") else key
    return partial(text_of, checked_as, column.longest or 0)
