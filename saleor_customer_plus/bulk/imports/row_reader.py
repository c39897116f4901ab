"""From the cells of a row to a person, or to the reasons why not.

A row is refused only if it has no usable e-mail address, or more cells than the header. Any other cell that cannot be
read is left out, with a warning. A strict import refuses every row that has a warning. Any import refuses one that
cannot be read as a whole and comes after one of the same address that can: see `scan.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...fields.models import FieldDefinition
from ...records.labels import fold
from ...records.validation import MAX_PHONES, clean
from ..columns import ATTRIBUTE, COLUMNS, FIELD, is_of_account
from .cell_text import CellText, is_blank, is_phone
from .column_findings import ColumnFindings, classifier_of
from .column_readers import Column, joined, number_of, reader_of, value_of
from .headers.mapping import BLOCKS, ColumnMap
from .headers.placed import rank
from .headers.secrets import is_hash
from .person import CONSENTS, TITLE, Person, Reason, RowKeys
from .row_consents import OF_CONSENTS, answers_of
from .row_keys import unique_value
from .values import dates, emails, names, own_fields, phones, places
from .values.base import Doubtful, Unreadable, storable, text_of
from .values.choices import Answer

# What is not a field of the record.
_BESIDE = (*OF_CONSENTS, "other_emails", "address_book", "tags", "groups", "lead_subject", "lead_message")
# What stands for a character that could not be decoded.
UNKNOWN = "\ufffd"
_UNREADABLE = "A character of this cell could not be read. Correct it, or save the list again as UTF-8."
# How much of a cell a reason repeats.
_MAX_VALUE_LENGTH = 100


class _Draft:
    """What was read of a row so far, and what is wrong with it."""

    __slots__ = ("blanks", "errors", "values", "warnings")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.blanks: list[str] = []
        self.errors: list[Reason] = []
        self.warnings: list[Reason] = []


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
        `least_cells` cells has a warning. `fields` are the shop's own, by their keys.
        """
        self._status = status
        self._statuses = statuses
        self._has_prefixes = has_prefixes
        known = {f"{FIELD}{key}": definition for key, definition in (fields or {}).items()}
        self._fields = {key: known.get(key) for key in columns.used.values() if key.startswith(FIELD)}
        self._text = CellText(
            columns.used.values(), self._fields, is_exact=is_exact, is_own=is_own, marks_ids=marks_ids
        )
        self._headers = columns.headers
        self._width = len(columns.headers)
        self._least = least_cells
        self._secret = columns.secret
        self._is_strict = is_strict
        self._region = region
        found = findings or ColumnFindings()
        is_month_first = {index: month_first or dates.is_month_first(found.of(index)) for index in columns.used}
        read = {
            index: Column(
                index,
                key,
                self._text,
                own_fields.reader_of(self._fields[key], month_first=is_month_first[index], is_own=is_own)
                if key in self._fields
                else reader_of(key, columns.headers[index], month_first=is_month_first[index], region=region),
            )
            for index, key in columns.used.items()
            if not is_phone(key)
        }
        alternatives = _alternatives(columns)
        in_alternatives = {index for block in alternatives for place in block for index in place}
        self._cells = [column for index, column in read.items() if index not in in_alternatives]
        # For each block the columns of each place, the preferred place first.
        self._alternatives = [[[read[index] for index in place] for place in block] for block in alternatives]
        # Read last, by the country that the row names; the number of `phone` before the others.
        self._phones = sorted(
            ((index, key) for index, key in columns.used.items() if is_phone(key)), key=lambda one: one[1] != "phone"
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
        self._consent_cells = [column for column in self._cells if column.key in OF_CONSENTS]
        self._tags = [column for column in read.values() if column.key == "tags"]
        self._others = [column for column in read.values() if column.key == "other_emails"]
        self._unique = [
            (column, definition.pk)
            for column in read.values()
            if (definition := self._fields.get(column.key)) is not None and definition.is_unique
        ]
        self._classified = [
            (index, classify)
            for index, key in columns.used.items()
            if (classify := classifier_of(key, self._fields.get(key))) is not None
        ]

    def keys_of(self, cells: Sequence[str], tags: dict[str, str], findings: ColumnFindings) -> RowKeys | None:
        """By what a row is compared with others, to find those that come twice. Cheaper than `read`.

        Adds the row's tags to `tags`, by their folded names, and what its cells tell of their columns to `findings`.
        Returns None for a row that is refused for its address: `read` says later what is wrong with it.
        """
        width = len(cells)
        for index, classify in self._classified:
            if index < width and (cell := cells[index].strip()) and (kind := classify(cell)):
                findings.add(index, kind)
        email = None
        if self._email < width:
            email = self._value(emails.email_of, self._text.of("email", cells[self._email]))
        if not email:
            return None
        if self._has_too_many(cells):
            return RowKeys(email, is_valid=False)
        for column in self._tags:
            _, value = column.of(cells)
            for name in value_of(value) or ():
                tags.setdefault(fold(name), name)
        number = None
        if self._number is not None and self._number < width and (cell := self._text.of("number", cells[self._number])):
            number = self._value(number_of, cell)
        if not self._consent_cells:
            return RowKeys(email, number)
        said = self._consents_of(cells)
        if all(value is Answer.YES for value in said.values()):
            return RowKeys(email, number)  # nothing against mail
        return RowKeys(email, number, True, answers_of(said, None), said.get("unsubscribed_at"))

    def other_emails_of(self, cells: Sequence[str]) -> set[str]:
        """The addresses that a row names beside its own one."""
        return {email for column in self._others for email in value_of(column.of(cells)[1]) or ()}

    def unique_values_of(self, cells: Sequence[str]) -> set[str]:
        """The keys of the values of a row that no other record may have: see `row_keys.unique_value`."""
        found = ((id, value_of(column.of(cells)[1])) for column, id in self._unique)
        return {
            unique_value(id, value.unique_key)
            for id, value in found
            if value is not None and value.unique_key is not None
        }

    def _consents_of(self, cells: Sequence[str]) -> dict[str, Any]:
        """What the cells of a row say of consents, as `read` reads them."""
        said: dict[str, Any] = {}
        for column in self._consent_cells:
            cell, value = column.of(cells)
            key = column.key
            if not cell:
                continue
            if isinstance(value, Unreadable):
                if key not in CONSENTS or is_blank(key, cell):
                    continue
                value = Answer.NO
            value = value_of(value)
            said[key] = joined(said[key], value) if key in said else value
        return said

    @staticmethod
    def _value(read: Callable[[str], Any], cell: str) -> Any:
        """What `read` stores of a cell; None for one that is left out."""
        try:
            value = read(cell)
        except Unreadable:
            return None
        return value_of(value)

    def read(self, number: int, cells: Sequence[str]) -> Person | list[Reason]:
        """The person whom a row tells of, or all that is wrong with it."""
        if self._has_too_many(cells):
            return [Reason("TOO_MANY_CELLS", "This row has more cells than the header. Is a quotation mark missing?")]
        draft = _Draft()
        width = len(cells)
        if width < self._least:
            draft.warnings.append(
                Reason(
                    "TOO_FEW_CELLS",
                    f"This row has fewer cells than the header ({width:,} of {self._least:,}). The last columns count "
                    "as blank. Is a delimiter or a quotation mark missing?",
                    is_warning=True,
                )
            )
        values = draft.values
        for column in self._columns_of(cells) if self._alternatives else self._cells:
            cell, value = column.of(cells)
            key = column.key
            if not cell:
                draft.blanks.append(key)
                if column.index < width and UNKNOWN in cells[column.index]:
                    draft.warnings.append(self._warning(column.index, key, cells[column.index], _UNREADABLE))
                continue
            if value.__class__ is Unreadable:
                self._leave_out(column.index, key, cell, value, draft)
                continue
            if value.__class__ is Doubtful:
                draft.warnings.append(self._warning(column.index, key, cell, value.message, is_stored=True))
                value = value.value
            if UNKNOWN in cell:
                draft.warnings.append(self._warning(column.index, key, cell, _UNREADABLE))
            values[key] = joined(values[key], value) if key in values else value
        if "email" not in values and not draft.errors:
            header = self._headers[self._email]
            draft.errors.append(Reason("REQUIRED", "There is no e-mail address in this row.", "email", header=header))
        region = self._country_of(cells, draft) if self._phones else ""
        for index, key in self._phones:
            cell = self._text.of(key, cells[index]) if index < width else ""
            if not cell:
                draft.blanks.append(key)
                continue
            try:
                self._read_phone(index, key, cell, region, draft)
            except Unreadable as error:
                self._leave_out(index, key, cell, error, draft)
        if draft.errors:
            return [*draft.errors, *draft.warnings]
        person = self._person(number, cells, draft)
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

    def _leave_out(self, index: int, key: str, cell: str, error: Unreadable, draft: _Draft) -> None:
        """A cell that cannot be read is as good as blank, or a warning; a reason to refuse the row for an address."""
        if is_blank(key, cell):
            draft.blanks.append(key)
            return
        reason = self._warning(index, key, cell, str(error))
        if key == "email":
            draft.errors.append(replace(reason, is_warning=False))
            return
        draft.warnings.append(reason)
        if key in CONSENTS:
            # Whatever it means, it is no yes.
            draft.values[key] = joined(draft.values.get(key, Answer.NO), Answer.NO)

    def _warning(self, index: int, key: str, cell: str, message: str, *, is_stored: bool = False) -> Reason:
        value = "" if is_hash(cell) else _shown(cell)
        return Reason(
            "INVALID", message, key, header=self._headers[index], value=value, is_warning=True, is_stored=is_stored
        )

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

    def _country_of(self, cells: Sequence[str], draft: _Draft) -> str:
        """The country of the row's phone numbers: that of any column that says one, or else that of the options."""
        if country := draft.values.get("country_code"):
            return str(country)
        for index in self._countries:
            cell = self._text.of("country_code", cells[index]) if index < len(cells) else ""
            if cell and (country := self._value(places.country_of, cell)):
                return str(country)
        if any(one.column == "country_code" for one in draft.warnings):
            return ""  # the row names another country than that of the options, and nobody knows which
        return self._region

    def _read_phone(self, index: int, key: str, cell: str, region: str, draft: _Draft) -> None:
        """Add the numbers of a cell, each once: the first of `phone` to the one, all others to the further ones."""
        values = draft.values
        if self._has_prefixes and cell.isdigit() and not cell.startswith("0"):
            cell = f"+{cell}"
        known = [values["phone"]] if "phone" in values else []
        known += values.get("additional_phones", [])
        read = self._undoubted(index, key, cell, phones.phones_of(cell, region), draft)
        more = [phone for phone in read if phone not in known]
        if more and "phone" not in values and (key == "phone" or not self._has_phone):
            values["phone"] = more.pop(0)
        if not more:
            return
        others = [*values.get("additional_phones", []), *more]
        if len(others) > MAX_PHONES:
            message = self._leaving_out(f"At most {MAX_PHONES} phone numbers are allowed.", "The others")
            draft.warnings.append(self._warning(index, key, cell, message))
        values["additional_phones"] = others[:MAX_PHONES]

    def _leaving_out(self, problem: str, what: str) -> str:
        """The problem, and what is left out of the row for it. A strict import refuses the row as a whole."""
        return problem if self._is_strict else f"{problem} {what} are left out."

    def _undoubted(self, index: int, key: str, cell: str, value: Any, draft: _Draft) -> Any:
        """The value, once what is doubtful about it is among the warnings."""
        if isinstance(value, Doubtful):
            draft.warnings.append(self._warning(index, key, cell, value.message, is_stored=True))
            return value.value
        return value

    def _person(self, number: int, cells: Sequence[str], draft: _Draft) -> Person:
        values = draft.values
        name = values.pop("name", "")
        if "<" in cells[self._email] and not name:
            name = emails.name_around(self._text.restore(cells[self._email].strip()))
        titled = self._add_names(name, draft)
        attributes = {key.removeprefix(ATTRIBUTE): values.pop(key) for key in list(values) if key.startswith(ATTRIBUTE)}
        if attributes:
            cleaned = clean({"attributes": attributes})
            if cleaned.errors:
                message = self._leaving_out(cleaned.errors[0].message, "The attributes of this row")
                draft.warnings.append(Reason("INVALID", message, "attributes", is_warning=True))
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
            tuple(draft.blanks),
            tuple(dict.fromkeys(beside.get("tags", ()))),
            beside.get("groups", ()),
            answers_of(beside, self._statuses.get(cells[-1]) if self._statuses else self._status),
            beside.get("unsubscribed_at"),
            {key: beside[key] for key in ("lead_subject", "lead_message") if key in beside},
            tuple(draft.warnings),
            titled,
            fields,
            account=account,
            other_emails=beside.get("other_emails", ()),
            addresses=beside.get("address_book", ()),
        )

    def _add_names(self, name: str, draft: _Draft) -> dict[str, str]:
        """Split a name that is in one cell, and take titles off: these become a custom attribute, so that they stay.

        Returns the fields of which something was taken off, as they were.
        """
        values = draft.values
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
                draft.warnings.append(self._warning(self._indexes.get("name", self._email), "name", name, str(error)))
        elif self._takes_titles_off and " " in values.get("first_name", ""):
            first, title = names.without_title(values["first_name"], is_first=True)
            if title:
                titled["first_name"] = values["first_name"]
                values["first_name"] = first
        if title:
            values.setdefault(ATTRIBUTE + TITLE, title)
        return titled


def _alternatives(columns: ColumnMap) -> list[list[list[int]]]:
    """For each block that a file has of several places, the columns of each: the preferred place first."""
    blocks: dict[str, dict[str, list[int]]] = {}
    for index, key in columns.used.items():
        if key in BLOCKS:
            blocks.setdefault(BLOCKS[key], {}).setdefault(columns.place(index), []).append(index)
    return [[block[place] for place in sorted(block, key=rank)] for block in blocks.values() if len(block) > 1]


def _shown(cell: str) -> str:
    return storable(cell[:_MAX_VALUE_LENGTH])
