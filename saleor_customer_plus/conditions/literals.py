"""Single values: how they are spelt in a text, and within which limits they are."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from ..core import json_values, sql
from .limits import MAX_DECIMALS, MAX_DIGITS, MAX_OFFSET, MAX_VALUE_LENGTH
from .tree import UNITS, Id, Json, Literal, Money, Offset

_OFFSET = re.compile(rf"([+-])([0-9]+)([{''.join(UNITS)}])")
# PostgreSQL's and Python's days, with one left at both ends for time zones.
_FIRST_DAY, _LAST_DAY = date(1, 1, 2), date(9999, 12, 30)
_MAX_KEY = 2**63 - 1


def text_of(value: Literal) -> str:
    """A value as a text writes it.

    >>> text_of("it's"), text_of(Money(Decimal("10.50"), "EUR")), text_of(Offset(-30, "d"))
    ("'it\\\\'s'", '10.5 EUR', '-30d')
    """
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case Decimal():
            return plain(value)
        case Money(amount, currency):
            return f"{plain(amount)} {currency}"
        case Offset(amount, unit):
            return f"{'+' if amount > 0 else '-'}{abs(amount)}{unit}"
        case Id(key):
            return f"#{key}"
        case Json(text):
            return f"JSON {quoted(text)}"
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat()


def quoted(text: str) -> str:
    """A text between quotes, with a backslash before each quote and backslash in it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def unescaped(text: str) -> str:
    """The text that is written so between quotes. A backslash before anything else is one."""
    return re.sub(r"""\\(['"\\])""", r"\1", text)


_BARE = re.compile(r"[\w-]+(\.[\w-]+)*")
_PART = re.compile(r'\.(?:([\w-]+)|"((?:[^"\\]|\\.)*)")', re.DOTALL)


def name_text(name: str) -> str:
    """The name of a field as a text writes it: a part that the shop chose between double quotes, if it has blanks.

    >>> name_text("attributes.level"), name_text("attributes.shoe size")
    ('attributes.level', 'attributes."shoe size"')
    """
    own, dot, chosen = name.partition(".")
    if not dot or _BARE.fullmatch(chosen):
        return name
    escaped = chosen.replace("\\", "\\\\").replace('"', '\\"')
    return f'{own}."{escaped}"'


def read_name(text: str) -> str:
    """The name that a text writes so. The part of the language is in lower case."""
    own, _, _ = text.partition(".")
    parts = [bare or unescaped(between) for bare, between in _PART.findall(text[len(own) :])]
    return ".".join([own.lower(), *parts])


def plain(number: Decimal) -> str:
    """A number without an exponent and without zeros at its end."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


# Each of the following reads a value, and raises a `ValueError` that says what to write instead.


def checked_text(text: str) -> str:
    if len(text) > MAX_VALUE_LENGTH:
        raise ValueError(f"A value may have at most {MAX_VALUE_LENGTH} characters.")
    if not sql.can_hold(text):
        raise ValueError("The text has a character that cannot be stored.")
    return text


def checked_number(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("Write a number with digits.")
    whole, _, decimals = plain(abs(number)).partition(".")
    if len(whole) > MAX_DIGITS or len(decimals) > MAX_DECIMALS:
        raise ValueError(
            f"A number may have at most {MAX_DIGITS} digits before the decimal point and {MAX_DECIMALS} after it."
        )
    return Decimal(plain(number))


def read_number(text: str) -> Decimal:
    if len(text) > MAX_DIGITS + MAX_DECIMALS + 2 or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        raise ValueError("Write a number, such as 12 or 12.5.")
    return checked_number(Decimal(text))


def read_currency(text: str) -> str:
    if not re.fullmatch("[A-Za-z]{3}", text):
        raise ValueError("A currency is an ISO 4217 code, such as EUR.")
    return text.upper()


def read_date(text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        day = None
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError("This day does not exist. Write a date as 2026-01-31.")
    return day


_TIME = re.compile(r"([0-9-]{10})T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")


def read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if (found := _TIME.fullmatch(text)) and read_date(found[1]) else None
    except ValueError:
        moment = None
    if moment is None:
        raise ValueError("This time does not exist. Write a time with its zone, as 2026-01-31T18:30:00Z.")
    return moment.astimezone(UTC)


def read_offset(text: str) -> Offset:
    found = _OFFSET.fullmatch(text.lower())
    if not found:
        raise ValueError("Write an offset from today as -30d, -4w, -12m or -1y.")
    sign, digits, unit = found.groups()
    if len(digits) > len(str(MAX_OFFSET)):
        raise ValueError(f"An offset may be at most {MAX_OFFSET}.")
    return Offset(-int(digits) if sign == "-" else int(digits), unit)


def read_id(text: str) -> Id:
    key = int(text) if re.fullmatch("[0-9]{1,19}", text) else _MAX_KEY + 1
    if key > _MAX_KEY:
        raise ValueError("An id is a whole number, such as #12.")
    return Id(key)


def json_of(value: Any) -> Json:
    """A value of JSON in its canonical spelling."""
    try:
        json_values.check(value, "value")
    except json_values.Unreturnable as error:
        raise ValueError(str(error)) from None
    return Json(checked_text(json.dumps(value, ensure_ascii=False, sort_keys=True)))


def read_json(text: str) -> Json:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError('This is not JSON. Write a value as JSON \'["a", "b"]\'.') from None
    return json_of(value)
