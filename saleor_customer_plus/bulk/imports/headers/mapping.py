"""Which column of a file is which of ours: by a known format, by the names of headers, by what is in the cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....errors import CustomerPlusError
from ....fields.models import FieldDefinition
from ....records.validation import MAX_ATTRIBUTE_NAME_LENGTH
from ...columns import ATTRIBUTE, COLUMNS, FIELD, IMPORTED, Kind, is_of_account
from ..values import choices, dates
from ..values.base import Unreadable, plain
from ..values.emails import has_address
from ..values.names import is_both
from .format_definition import DROP, KEEP, Format
from .formats import columns_of, format_of, recognise
from .own_columns import field_columns, own_columns
from .placed import placed, rank
from .secrets import has_secrets, is_secret_header
from .synonyms import exported_names, names

# Several columns of a file may go into one of these.
_SEVERAL = ("additional_phones", "tags", "accepts_marketing", "suppressions", "unsubscribed_at")

# What belongs together: of several addresses, or names, in a row the first that is filled is taken as a whole.
BLOCKS = {
    **dict.fromkeys(
        ("street_address_1", "street_address_2", "city", "postal_code", "country_area", "country_code"), "address"
    ),
    **dict.fromkeys(("first_name", "last_name", "name"), "name"),
    "company_name": "company",
}


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What becomes of each column of a file, by position: one of ours, `field:<key>`, `attribute:<name>`,
    or None.

    `places` say whose each column is: `billing`, `address 1`; blank for the person's own, and for all of one place
    alone. `secret` columns are never kept, not even among the rows that are refused. `is_own` files are exports of
    ours, whose texts are as records have them.
    """

    headers: tuple[str, ...]
    keys: tuple[str | None, ...]
    format: str = ""
    places: tuple[str, ...] = ()
    secret: tuple[int, ...] = ()
    is_own: bool = False

    @property
    def used(self) -> dict[int, str]:
        return {index: key for index, key in enumerate(self.keys) if key}

    def place(self, index: int) -> str:
        return self.places[index] if self.places else ""

    def to_json(self) -> dict[str, Any]:
        columns: list[dict[str, Any]] = [
            {"header": header, "column": key} for header, key in zip(self.headers, self.keys, strict=True)
        ]
        for index, column in enumerate(columns):
            if place := self.place(index):
                column["place"] = place
            if index in self.secret:
                column["is_secret"] = True
        return {"format": self.format, "columns": columns, **({"is_own": True} if self.is_own else {})}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> ColumnMap:
        columns = value["columns"]
        return cls(
            tuple(column["header"] for column in columns),
            tuple(column["column"] for column in columns),
            value["format"],
            tuple(column.get("place", "") for column in columns),
            tuple(index for index, column in enumerate(columns) if column.get("is_secret")),
            value.get("is_own", False),
        )


def map_columns(
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    format: str = "",
    corrections: Mapping[str, str] | None = None,
    keep_unknown: bool = False,
    fields: Mapping[str, FieldDefinition] | None = None,
) -> ColumnMap:
    """Map the columns of a file. `rows` are some of its first rows, `fields` those of the shop's own, by their keys.

    `format` is that of `formats`, blank to find it out. `corrections` name what a header, as it is written in the
    file, is to be: one of our columns, `field:<key>`, `attribute:<name>`, or blank to pass it over. Raises
    `CustomerPlusError` for a correction that makes no sense, and if no column has e-mail addresses. Columns of
    passwords are never kept, not even for a correction.
    """
    mapping = _Mapping(headers, list(rows), fields or {})
    own = own_columns(headers, fields) if not format else None
    known = None if own is not None else _chosen(format, headers)
    mapping.correct(corrections or {})
    mapping.leave_out_secrets()
    mapping.add_fields()
    if own is not None:
        mapping.add_own(own)
    if known is not None:
        mapping.add_known(columns_of(known, headers), keep_unknown=keep_unknown)
    mapping.find_addresses_of_mail()
    mapping.add_by_name()
    mapping.find_full_names()
    if not mapping.has("email"):
        mapping.add_by_content()
    mapping.add_the_rest(keep_unknown=keep_unknown, is_own=known is None and _looks_own(headers))
    if not mapping.has("email"):
        raise CustomerPlusError(
            "No column has e-mail addresses. Say in the mapping which one it is, or look whether the file has any.",
            field="mapping",
        )
    return mapping.result(known.key if known else "", is_own=own is not None)


def _chosen(format: str, headers: Sequence[str]) -> Format | None:
    if not format:
        return recognise(headers)
    if format == "none":
        return None
    try:
        return format_of(format)
    except KeyError:
        raise CustomerPlusError("This format is not known. See `customerImportFormats`.", field="format") from None


def _is_name(text: str) -> bool:
    return 0 < len(text.strip()) <= MAX_ATTRIBUTE_NAME_LENGTH


class _Mapping:
    """What is found out about the columns of a file, step by step. What was found first stays."""

    def __init__(
        self, headers: Sequence[str], rows: list[Sequence[str]], fields: Mapping[str, FieldDefinition]
    ) -> None:
        self.headers = headers
        self.fields = fields
        self.rows = rows
        self.found: dict[int, str | None] = {}
        self.places: dict[int, str] = {}
        self.secret: set[int] = set()
        # The keys that have a column, each with the place that it is of.
        self.taken: set[tuple[str, str]] = set()

    def has(self, key: str, place: str | None = None) -> bool:
        return any(one == key and place in (None, of) for one, of in self.taken)

    def _cells(self, index: int) -> list[str]:
        return [cell for row in self.rows if index < len(row) and (cell := row[index].strip())]

    def _set(self, index: int, key: str | None, place: str = "") -> None:
        self.found[index] = key
        if key:
            self.taken.add((key, place))
            if place:
                self.places[index] = place

    def correct(self, corrections: Mapping[str, str]) -> None:
        """Obey what somebody said of columns."""
        by_header = {header.strip().casefold(): index for index, header in reversed(list(enumerate(self.headers)))}
        for header, key in corrections.items():
            index = by_header.get(header.strip().casefold())
            if index is None:
                continue  # a profile may name columns that this file has not
            is_attribute = key.startswith(ATTRIBUTE) and _is_name(key.removeprefix(ATTRIBUTE))
            is_field = key.startswith(FIELD) and key.removeprefix(FIELD) in self.fields
            is_known = key in IMPORTED or is_attribute or is_field or is_of_account(key)
            if key and not is_known:
                raise CustomerPlusError("The mapping names a column that there is not.", field="mapping")
            if key and key not in _SEVERAL and self.has(key):
                raise CustomerPlusError("The mapping names a column twice.", field="mapping")
            if is_secret_header(self.headers[index]):
                continue
            self._set(index, key or None)

    def leave_out_secrets(self) -> None:
        for index, header in enumerate(self.headers):
            if is_secret_header(header):
                self.secret.add(index)
                self.found[index] = None

    def add_fields(self) -> None:
        """The fields of the shop's own, before anything that is guessed: it was the shop that named them."""
        for index, key in field_columns(self.headers, self.fields).items():
            if index not in self.found and not self.has(key):
                self._set(index, key)

    def add_own(self, own: Mapping[int, str | None]) -> None:
        for index, key in own.items():
            if index not in self.found:
                self._set(index, None if key and self.has(key) and key not in _SEVERAL else key)

    def add_known(self, known: Mapping[int, str], *, keep_unknown: bool) -> None:
        for index, key in known.items():
            if index in self.found:
                continue
            if key == DROP:
                self.found[index] = None
            elif key == KEEP:
                self._keep(index, keep_unknown=keep_unknown)
            elif self.has(key, "") and key not in _SEVERAL:
                self.found[index] = None
            else:
                self._set(index, key)

    def _keep(self, index: int, *, keep_unknown: bool) -> None:
        """Keep a column as a custom attribute when asked, unless nobody may."""
        if has_secrets(self._cells(index)):
            self.secret.add(index)
            self.found[index] = None
        else:
            self._set(index, self._attribute(self.headers[index]) if keep_unknown else None)

    def _attribute(self, header: str) -> str | None:
        key = ATTRIBUTE + header.strip()
        return key if _is_name(header) and not self.has(key) else None

    def find_addresses_of_mail(self) -> None:
        """If no header says so, the column with most addresses has them, whatever its header seems to be."""
        for index, header in enumerate(self.headers):
            if index not in self.found and (known := placed(header)) and known.keys[0] == "email":
                return
        if not self.has("email"):
            self.add_by_content()

    def add_by_name(self) -> None:
        listed = [(index, header) for index, header in enumerate(self.headers) if index not in self.found]
        for index, header in listed:
            if header.strip().startswith(ATTRIBUTE):
                self._set(index, self._attribute(header.strip().removeprefix(ATTRIBUTE)))
            elif is_of_account(key := header.strip()):
                self._set(index, None if self.has(key) else key)
        known = [(index, found) for index, header in listed if index not in self.found and (found := placed(header))]
        # What has one meaning first: it tells what the others mean. Of several places the preferred one first.
        for index, found in sorted(known, key=lambda one: (len(one[1].keys), rank(one[1].place), one[0])):
            for key in found.keys:
                place = found.place if key in BLOCKS else ""
                choice = self._choice(index, key, place)
                if choice is not None:
                    self._set(index, choice, place if choice in BLOCKS else "")
                    break
        for index, header in listed:
            if index not in self.found and is_both(header) and not self.has("name"):
                self._set(index, "name")

    def _choice(self, index: int, key: str, place: str) -> str | None:
        if key == "name" and self.has("first_name", place):
            key = "last_name"  # beside a first name, as in German, a name is the last one
        if key == "phone" and not self._has_digits(index):
            return None
        if COLUMNS[key].kind is Kind.CONSENT and self._has_dates(index):
            key = "created_at"  # `Subscribed`, since when
        if key == "phone" and self.has(key):
            key = "additional_phones"
        return None if self.has(key, place) and key not in _SEVERAL else key

    def _has_digits(self, index: int) -> bool:
        """Whether a column may have phone numbers: it is blank, or some cell has five digits."""
        cells = self._cells(index)
        return not cells or any(sum(map(str.isdigit, cell)) >= 5 for cell in cells) or not any(map(_is_flag, cells))

    def _has_dates(self, index: int) -> bool:
        cells = self._cells(index)
        return bool(cells) and not any(map(_is_flag, cells)) and all(map(_is_date, cells))

    def find_full_names(self) -> None:
        """Beside a first name, a name was taken for the last one: not if it begins with the first name."""
        by_key = {key: index for index, key in self.found.items() if not self.places.get(index)}
        first, last = by_key.get("first_name"), by_key.get("last_name")
        if first is None or last is None or self.has("name"):
            return
        both = [(row[first], row[last]) for row in self.rows if max(first, last) < len(row) and row[first].strip()]
        if both and all(name.startswith(first_name) and name for first_name, name in both):
            self.found[last] = "name"
            self.taken.discard(("last_name", ""))
            self.taken.add(("name", ""))

    def add_by_content(self) -> None:
        """Find the column where most cells are e-mail addresses."""
        counts = [
            sum(map(has_address, self._cells(index))) if index not in self.found else 0
            for index in range(len(self.headers))
        ]
        best = max(range(len(counts)), key=counts.__getitem__, default=None)
        if best is not None and self.rows and counts[best] * 2 >= len(self.rows):
            self._set(best, "email")

    def add_the_rest(self, *, keep_unknown: bool, is_own: bool) -> None:
        for index, header in enumerate(self.headers):
            if index in self.found:
                continue
            if _says_status(header) and not self.has("accepts_marketing") and self._has_statuses(index):
                self._set(index, "accepts_marketing")
            elif is_own and plain(header) in exported_names():
                self.found[index] = None
            else:
                self._keep(index, keep_unknown=keep_unknown)

    def _has_statuses(self, index: int) -> bool:
        """Whether all cells say whether somebody is subscribed, and some in a word that means nothing else."""
        cells = set(self._cells(index))
        return bool(cells) and all(map(_is_flag, cells)) and any(map(_is_consent, cells))

    def result(self, format: str, *, is_own: bool) -> ColumnMap:
        indexes = range(len(self.headers))
        # Of one place alone the name says nothing.
        of_blocks: dict[str, set[str]] = {}
        for index, key in self.found.items():
            if key in BLOCKS:
                of_blocks.setdefault(BLOCKS[key], set()).add(self.places.get(index, ""))
        places = tuple(
            self.places.get(index, "")
            if (key := self.found[index]) in BLOCKS and len(of_blocks[BLOCKS[key or ""]]) > 1
            else ""
            for index in indexes
        )
        return ColumnMap(
            tuple(self.headers),
            tuple(self.found[index] for index in indexes),
            format,
            places if any(places) else (),
            tuple(sorted(self.secret)),
            is_own,
        )


def _looks_own(headers: Sequence[str]) -> bool:
    """Whether nearly all headers are ours: what is only exported is then no custom attribute."""
    ours = [header for header in headers if plain(header) in names() or plain(header) in exported_names()]
    return len(ours) >= 0.8 * len(headers)


def _says_status(header: str) -> bool:
    return plain(header) in ("status", "stato", "statut", "estado", "state", "email state", "subscriber state")


def _is_flag(cell: str) -> bool:
    try:
        choices.answer_of(cell)
    except Unreadable:
        return False
    return True


# Within words that say that somebody is subscribed, or is not.
_OF_CONSENTS = ("subscri", "iscritt", "abonn", "opt in", "opted", "bounce", "cleaned", "suscri")


def _is_consent(cell: str) -> bool:
    word = plain(cell)
    return any(
        part in word for part in ("subscri", "iscritt", "abonn", "opt in", "opted", "bounce", "cleaned", "suscri")
    )


def _is_date(cell: str) -> bool:
    try:
        dates.moment_of(cell, dates.order_of(cell) is dates.Order.MONTH_FIRST)
    except Unreadable:
        return False
    return True
