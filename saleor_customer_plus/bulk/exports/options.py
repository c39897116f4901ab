"""What can be asked of an export: checked when it is asked for, and kept with the job, all defaults filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ...errors import CustomerPlusError, ErrorCode
from ...ledger.models import CustomerFigures
from ...settings import CustomerPlusSettings, ExportFormat
from ..columns import ATTRIBUTE, COLUMNS, LANGUAGES
from ..models import JobKind
from ..profiles import find
from .columns import FIGURES
from .profiles import READY, Ready, check_columns, columns_of_settings

# What a text file may be encoded in, and how Python calls it.
ENCODINGS = {
    "UTF-8": "utf-8",
    "UTF-8-BOM": "utf-8-sig",
    "UTF-16": "utf-16",
    "WINDOWS-1252": "cp1252",
    "ISO-8859-1": "latin-1",
}
DELIMITERS = {",": ",", ";": ";", "|": "|", "tab": "\t", "\t": "\t"}
ALL_CURRENCIES = "ALL"
# More columns than any list needs.
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file."""

    key: str
    header: str


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """An export, as it will be written. `encoding` is Python's name; `time` a pattern of PostgreSQL's, or blank."""

    columns: tuple[Column, ...]
    format: ExportFormat
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    decimal: str = "."
    time: str = ""
    currency: str = ""
    plain_phones: bool = False
    only_subscribed: bool = False
    profile: str = ""

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ExportOptions:
        known = {one.name: values[one.name] for one in fields(cls) if one.name in values}
        columns = tuple(Column(**column) for column in values["columns"])
        return cls(**{**known, "columns": columns, "format": ExportFormat(values["format"])})


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for. What is blank is taken from the profile, and then from the plugin's settings."""

    profile: str = ""
    columns: Sequence[str] = field(default_factory=tuple)
    format: str = ""
    delimiter: str = ""
    encoding: str = ""
    decimal_separator: str = ""
    date_format: str = ""
    header_language: str = ""
    currency: str = ""

    def given(self) -> dict[str, Any]:
        """What is not blank, as it can be kept in a profile."""
        return {name: list(value) if name == "columns" else value for name, value in asdict(self).items() if value}


def check(wish: Wish) -> None:
    """Raise an error that says what is wrong with a wish."""
    check_columns(list(wish.columns))
    if len(wish.columns) > MOST_COLUMNS:
        raise CustomerPlusError(f"An export may have at most {MOST_COLUMNS} columns.", field="columns")
    for name, value, choices in (
        ("format", wish.format, list(ExportFormat)),
        ("delimiter", wish.delimiter, list(DELIMITERS)[:-1]),
        ("encoding", wish.encoding, list(ENCODINGS)),
        ("decimal_separator", wish.decimal_separator, [".", ","]),
        ("header_language", wish.header_language, list(LANGUAGES)),
    ):
        if value and value not in choices and not (name == "delimiter" and value in DELIMITERS):
            raise CustomerPlusError(f"Choose one of {', '.join(map(repr, map(str, choices)))}.", field=name)
    if wish.currency and not re.fullmatch("[A-Z]{3}", wish.currency):
        raise CustomerPlusError("Give an ISO 4217 code, such as EUR, or ALL.", field="currency")
    if wish.date_format:
        time_pattern(wish.date_format)


def resolve(wish: Wish, chosen: CustomerPlusSettings) -> ExportOptions:
    """Fill in what a wish leaves open. Raise an error that says what is wrong with it."""
    check(wish)
    ready, wish = _profile(wish)
    columns = _columns(wish, ready, chosen)
    currency, currencies = _currencies(wish.currency, columns, is_fixed=bool(ready and ready.fixed))
    file_format = ExportFormat(wish.format or chosen.export_format)
    delimiter = DELIMITERS[wish.delimiter or ("," if ready and ready.fixed else chosen.export_delimiter)]
    decimal = wish.decimal_separator or "."
    if file_format is ExportFormat.CSV and decimal == delimiter and wish.decimal_separator and not wish.delimiter:
        delimiter = ";"  # as where numbers are written so
    return ExportOptions(
        columns=tuple(_headed(columns, wish.header_language or LANGUAGES[0], currencies)),
        format=file_format,
        delimiter="\t" if file_format is ExportFormat.TSV else delimiter,
        encoding=ENCODINGS[wish.encoding] if wish.encoding else ready.encoding if ready else "utf-8-sig",
        decimal=decimal,
        time=time_pattern(wish.date_format) if wish.date_format else "",
        currency=currency,
        plain_phones=bool(ready and ready.plain_phones),
        only_subscribed=bool(ready and ready.only_subscribed),
        profile=wish.profile,
    )


def check_base(wish: Wish) -> None:
    """Raise an error if a wish that is to be saved as a profile builds on one that is saved itself."""
    if wish.profile and wish.profile.lower() not in READY:
        raise CustomerPlusError("A profile can build on a ready one only.", field="profile")


def _profile(wish: Wish) -> tuple[Ready | None, Wish]:
    """The ready profile that is asked for, if any, and the wish with what a saved one says on what it leaves open."""
    if not wish.profile or wish.profile.lower() in READY:
        return READY.get(wish.profile.lower()), wish
    saved = find(JobKind.EXPORT, wish.profile).options
    merged = Wish(**{**saved, **wish.given()})
    check(merged)
    return READY.get(str(saved.get("profile", "")).lower()), merged


def _columns(wish: Wish, ready: Ready | None, chosen: CustomerPlusSettings) -> list[tuple[str, str | None]]:
    """The keys of the columns, each with its header where a profile fixes it."""
    if wish.columns:
        return [(key, None) for key in wish.columns]
    if ready is None and (keys := columns_of_settings(chosen)):
        return [(key, None) for key in keys]
    return list((ready or READY["default"]).headed())


def _currencies(asked: str, columns: Iterable[tuple[str, str | None]], *, is_fixed: bool) -> tuple[str, list[str]]:
    """The one currency of the figures; or none, and those that each get columns of their own."""
    if not any(key in FIGURES or key == "currency" for key, _header in columns):
        return "", []
    if asked and asked != ALL_CURRENCIES:
        return asked, []
    found = list(CustomerFigures.objects.order_by("currency").values_list("currency", flat=True).distinct())
    if len(found) <= 1 and asked != ALL_CURRENCIES:
        return (found or [""])[0], []
    if is_fixed:
        raise CustomerPlusError(
            "This profile has one column for each figure: say in which currency.",
            code=ErrorCode.REQUIRED,
            field="currency",
        )
    return "", found


def _headed(columns: Iterable[tuple[str, str | None]], language: str, currencies: Sequence[str]) -> Iterable[Column]:
    for key, fixed in columns:
        if not currencies or key not in (*FIGURES, "currency"):
            yield Column(key, fixed or header_of(key, language))
        elif key in FIGURES:  # and the column of the currency is of no use
            for currency in currencies:
                detailed = f"{key}:{currency}"
                yield Column(detailed, header_of(detailed, language))


def header_of(key: str, language: str) -> str:
    if key.startswith(ATTRIBUTE):
        return key.removeprefix(ATTRIBUTE)
    name, _, currency = key.partition(":")
    header = COLUMNS[name].header(language) if name in COLUMNS else name
    return f"{header} ({currency})" if currency else header


_TIME_PARTS = {"YYYY": "YYYY", "YY": "YY", "MM": "MM", "DD": "DD", "HH": "HH24", "mm": "MI", "ss": "SS"}


def time_pattern(text: str) -> str:
    """A pattern of PostgreSQL's `to_char` for one such as `DD.MM.YYYY HH:mm`.

    >>> time_pattern("DD.MM.YYYY HH:mm")
    'DD.MM.YYYY HH24:MI'
    """
    pieces = re.findall(r"YYYY|YY|MM|DD|HH|mm|ss|[-./: T,]|.", text)
    if len(text) > 40 or not any(piece in ("YYYY", "YY") for piece in pieces):
        raise CustomerPlusError("Write the format of dates like YYYY-MM-DD or DD.MM.YYYY HH:mm.", field="date_format")
    if any(piece not in _TIME_PARTS and piece not in "-./: T," for piece in pieces):
        raise CustomerPlusError(
            "A format of dates has YYYY, MM, DD, HH, mm, ss and what separates them.", field="date_format"
        )
    return "".join(_TIME_PARTS.get(piece, '"T"' if piece == "T" else piece) for piece in pieces)
