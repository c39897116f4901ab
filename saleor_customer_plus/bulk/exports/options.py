"""What can be asked of an export: checked when it is asked for, and kept with the job, all defaults filled in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.db.models import QuerySet

from ...consent.models import MARKETING, ConsentPurpose
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...fields.models import FieldDefinition
from ...fields.queries import live_by_key
from ...jobs.models import JobKind
from ...ledger.channel_figures import orders_seen
from ...ledger.models import CustomerFigures
from ...saleor_adapter.staff import Channels
from ...settings import CustomerPlusSettings, ExportFormat
from ..columns import ATTRIBUTE, COLUMNS, FIELD, LANGUAGES, header_of_field
from ..saved_profiles import find
from .column_sql import FIGURES, INSIGHTS, of_purpose
from .field_columns import definitions_of
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
# Text that spreadsheets read by the customs of a country.
LOCAL_FORMATS = (ExportFormat.CSV, ExportFormat.TSV)
# How spreadsheets write a date and a time where these languages are spoken; nothing is said of English.
LOCAL_TIMES = {
    "it": "DD/MM/YYYY HH:mm:ss",
    "de": "DD.MM.YYYY HH:mm:ss",
    "fr": "DD/MM/YYYY HH:mm:ss",
    "es": "DD/MM/YYYY HH:mm:ss",
}
_BY_CURRENCY = (*FIGURES, *INSIGHTS)
# More columns than any list needs.
MAX_COLUMNS = 200


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
    # Whether another tool reads it, which takes an apostrophe before a text for a part of it.
    for_other_tool: bool = False
    # Which consent the list is for; blank, if it is for none.
    purpose: str = ""
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
class ExportRequest:
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
    purpose: str = ""

    def given(self) -> dict[str, Any]:
        """What is not blank, as it can be kept in a profile."""
        return {name: list(value) if name == "columns" else value for name, value in asdict(self).items() if value}


def check(request: ExportRequest) -> None:
    """Raise all that is wrong with a request."""
    problems = Problems()
    with problems.noted():
        check_columns(list(request.columns))
        if len(request.columns) > MAX_COLUMNS:
            raise CustomerPlusError(f"An export may have at most {MAX_COLUMNS} columns.", field="columns")
    for name, value, choices in (
        ("format", request.format, list(ExportFormat)),
        ("delimiter", request.delimiter, list(DELIMITERS)[:-1]),
        ("encoding", request.encoding, list(ENCODINGS)),
        ("decimal_separator", request.decimal_separator, [".", ","]),
        ("header_language", request.header_language, list(LANGUAGES)),
        ("purpose", request.purpose, MARKETING),
    ):
        with problems.noted():
            if value and value not in choices and not (name == "delimiter" and value in DELIMITERS):
                raise CustomerPlusError(f"Choose one of {', '.join(map(repr, map(str, choices)))}.", field=name)
    with problems.noted():
        if request.currency and not re.fullmatch("[A-Z]{3}", request.currency):
            raise CustomerPlusError("Give an ISO 4217 code, such as EUR, or ALL.", field="currency")
    with problems.noted():
        if request.date_format:
            time_pattern(request.date_format)
    problems.raise_any()


def resolve(request: ExportRequest, chosen: CustomerPlusSettings, channels: Channels = None) -> ExportOptions:
    """Fill in what a request leaves open, for whoever sees the orders of these channels. Raise an error if it is
    invalid.
    """
    check(request)
    ready, request = _profile(request)
    purpose = _purpose(request, ready)
    columns = _columns(request, ready, chosen, purpose)
    if channels is not None and any(key.partition(":")[0] in INSIGHTS for key, _header in columns):
        raise CustomerPlusError(
            "RFM groups and expected orders are computed over the orders of all channels. Leave their columns out, or "
            "ask somebody who has access to all channels.",
            code=ErrorCode.OUT_OF_SCOPE,
            field="columns",
        )
    fields = definitions_of(key for key, _header in columns)
    currency, currencies = _currencies(request.currency, columns, channels, is_fixed=bool(ready and ready.fixed))
    file_format = ExportFormat(request.format or chosen.export_format)
    # Headers in a language ask for a file that spreadsheets open where it is spoken.
    local_time = "" if ready and ready.fixed else LOCAL_TIMES.get(request.header_language, "")
    decimal = request.decimal_separator or ("," if local_time else ".")
    date_format = request.date_format or (local_time if file_format in LOCAL_FORMATS else "")
    return ExportOptions(
        columns=tuple(_headed(columns, request.header_language or LANGUAGES[0], currencies, fields)),
        format=file_format,
        delimiter=_delimiter(request, ready, chosen, file_format, is_local=bool(local_time)),
        encoding=ENCODINGS[request.encoding] if request.encoding else ready.encoding if ready else "utf-8-sig",
        decimal=decimal,
        time=time_pattern(date_format) if date_format else "",
        currency=currency,
        for_other_tool=bool(ready and ready.fixed),
        purpose=purpose or "",
        only_subscribed=bool(ready and ready.only_subscribed),
        profile=request.profile,
    )


def _delimiter(
    request: ExportRequest,
    ready: Ready | None,
    chosen: CustomerPlusSettings,
    file_format: ExportFormat,
    *,
    is_local: bool,
) -> str:
    if file_format is ExportFormat.TSV:
        return "\t"
    if request.delimiter:
        return DELIMITERS[request.delimiter]
    delimiter = "," if ready and ready.fixed else DELIMITERS[chosen.export_delimiter]
    # As where numbers are written with a comma.
    is_needed = file_format is ExportFormat.CSV and (is_local or request.decimal_separator == ",")
    return ";" if is_needed and delimiter == "," else delimiter


def check_base(request: ExportRequest) -> None:
    """Raise an error if a request that is to be saved as a profile builds on one that is saved itself."""
    if request.profile and request.profile.lower() not in READY:
        raise CustomerPlusError("A profile can build on a ready one only.", field="profile")


def _profile(request: ExportRequest) -> tuple[Ready | None, ExportRequest]:
    """The built-in profile that is asked for, if any, and the request filled up from the saved one that it names."""
    if not request.profile or request.profile.lower() in READY:
        return READY.get(request.profile.lower()), request
    saved = find(JobKind.EXPORT, request.profile).options
    merged = ExportRequest(**{**saved, **request.given()})
    check(merged)
    return READY.get(str(saved.get("profile", "")).lower()), merged


def _purpose(request: ExportRequest, ready: Ready | None) -> ConsentPurpose | None:
    """What the list is for: the profile's own purpose, unless one is given."""
    own = ready.purpose if ready else None
    if not request.purpose:
        return own
    if own is None:
        raise CustomerPlusError(
            "A purpose goes with the profiles `shopify`, `klaviyo`, `mailchimp` and `ecwid-newsletter` only. "
            "Otherwise filter by the consents, and choose their columns.",
            field="purpose",
        )
    return ConsentPurpose(request.purpose)


def _columns(
    request: ExportRequest, ready: Ready | None, chosen: CustomerPlusSettings, purpose: ConsentPurpose | None
) -> list[tuple[str, str | None]]:
    """The keys of the columns, each with its header where a profile fixes it."""
    if request.columns:
        return [(key, None) for key in request.columns]
    if ready is None and (keys := columns_of_settings(chosen)):
        return [(key, None) for key in keys]
    headed = (ready or READY["default"]).headed()
    columns = [(of_purpose(key, purpose) if purpose else key, header) for key, header in headed]
    if ready is None or ready.key == "default":
        columns += [(f"{FIELD}{key}", None) for key in live_by_key()]
    return columns


def _currencies(
    asked: str, columns: Iterable[tuple[str, str | None]], channels: Channels, *, is_fixed: bool
) -> tuple[str, list[str]]:
    """The one currency of the figures; or none, and those that each get columns of their own."""
    if not any(key in _BY_CURRENCY or key == "currency" for key, _header in columns):
        return "", []
    if asked and asked != ALL_CURRENCIES:
        return asked, []
    bought: QuerySet[Any] = CustomerFigures.objects.all()
    if channels is not None:
        bought = orders_seen(channels).filter(counts=True, record__isnull=False)
    found = list(bought.order_by("currency").values_list("currency", flat=True).distinct())
    if len(found) <= 1 and asked != ALL_CURRENCIES:
        return (found or [""])[0], []
    if is_fixed:
        raise CustomerPlusError(
            "This profile has one column for each figure: say in which currency.",
            code=ErrorCode.REQUIRED,
            field="currency",
        )
    return "", found


def _headed(
    columns: Iterable[tuple[str, str | None]],
    language: str,
    currencies: Sequence[str],
    fields: Mapping[str, FieldDefinition],
) -> Iterable[Column]:
    for key, fixed in columns:
        if key in fields:
            yield Column(key, header_of_field(fields[key].key, fields[key].label))
        elif not currencies or key not in (*_BY_CURRENCY, "currency"):
            yield Column(key, fixed or header_of(key, language))
        elif key in _BY_CURRENCY:  # and the column of the currency is of no use
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
