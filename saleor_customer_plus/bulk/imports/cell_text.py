"""What the cells of a file say, before anybody reads values in them.

Spreadsheets put apostrophes before texts, exports write "n/a" for nothing, and web pages leave invisible characters
behind. What stands for nothing depends on what the column holds: "none" is an answer in a column of consents, and
"-" may be meant in a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ...fields.models import FieldDefinition, FieldType
from ..cells import restore
from ..columns import COLUMNS, Kind
from .values.nothing import KEPT, Holds, is_nothing, without_invisible
from .values.spreadsheets import whole_number, without_apostrophe

# A number with a prefix that has more characters than this is a phone number, and not nothing.
_SHORT = 7


class CellText:
    """The texts of the cells of one file, by the keys of its columns.

    `fields` are the shop's own, by the keys of their columns; None for one that is gone. `is_exact`: no spreadsheet had
    to be kept from running the texts. `is_own`: the file was exported by us, so each cell means what it says.
    `marks_ids`: the file has an apostrophe before each id.
    """

    def __init__(
        self,
        keys: Iterable[str],
        fields: Mapping[str, FieldDefinition | None],
        *,
        is_exact: bool = False,
        is_own: bool = False,
        marks_ids: bool = False,
    ) -> None:
        self._holds = {key: _holds_field(fields[key]) if key in fields else _holds(key) for key in keys}
        self._is_exact = is_exact
        self._is_own = is_own
        self._marks_ids = marks_ids
        self.restore: Callable[[str], str] = str if is_exact else restore

    def of(self, key: str, cell: str) -> str:
        """The text of a cell: without blanks around it and what a spreadsheet added; blank if it says nothing."""
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
        return whole_number(cell) if holds is Holds.NUMBER or is_phone(key) else cell

    def _restored(self, cell: str) -> str:
        if self._marks_ids and cell[0] == "'" and cell[1:].isdigit():
            return cell[1:]
        return self.restore(cell)


def is_blank(key: str, cell: str) -> bool:
    """Whether a cell of this column says nothing, in a word such as "none"."""
    return key in COLUMNS and COLUMNS[key].kind in _CODED and is_nothing(cell)


def is_phone(key: str) -> bool:
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
    Kind.EMAIL, Kind.EMAILS, Kind.PHONE, Kind.PHONES, Kind.COUNTRY, Kind.LANGUAGE, Kind.BOOLEAN, Kind.CONSENT,
    Kind.TIME, Kind.BASIS,
)  # fmt: skip
