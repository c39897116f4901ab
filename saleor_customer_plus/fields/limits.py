"""What values of a field may be at most and at least: checked with the definition, obeyed by `fields.values`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import CustomerPlusError, Problems
from .models import FieldType

# Longest texts: of a field that is indexed or unique, and of any other.
MAX_INDEXED_LENGTH = 255
MAX_LENGTH = 10_000
DEFAULT_LENGTH = 255
# Digits of a number, so that programs that read JSON numbers as floats get the same number back, and decimals.
MAX_DIGITS = 15
MAX_DECIMALS = 6
MAX_MASK_LENGTH = 64

_OF_TYPE = {
    FieldType.TEXT: {"min_length", "max_length", "mask"},
    FieldType.NUMBER: {"min_number", "max_number"},
    FieldType.DATE: {"min_date", "max_date"},
    FieldType.MONEY: {"min_number", "max_number", "currency"},
}


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one field; None is no limit. Both ends are included.

    Numbers are texts of decimals, dates ISO 8601. `mask` is the form of a text: `9` stands for a digit, `a` for a
    letter, `*` for either, `\\` makes the next character stand for itself, and everything else does so anyway. A mask,
    unlike a regular expression, takes no longer than the text is long. `currency` is the only one of an amount.
    """

    min_length: int | None = None
    max_length: int | None = None
    mask: str | None = None
    min_number: str | None = None
    max_number: str | None = None
    min_date: str | None = None
    max_date: str | None = None
    currency: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Limits:
        """The limits of a definition, as it is stored."""
        return cls(**{one.name: stored[one.name] for one in fields(cls) if one.name in stored})

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value is not None}


def clean_limits(raw: Mapping[str, Any], type: FieldType, *, is_short: bool) -> Limits:
    """Check the limits of a field of this type. `is_short`: it is indexed or unique. Raises all errors at once.

    Errors name fields as `limits.max_length`.
    """
    given = {name: value for name, value in raw.items() if value is not None and value != ""}
    problems = Problems()
    for name in sorted(given.keys() - _OF_TYPE.get(type, set())):
        with problems.noted():
            raise _wrong(name, f"A field of the type {type.value} has no such limit.")
    cleaned: dict[str, Any] = {}
    for name in sorted(given.keys() & _OF_TYPE.get(type, set())):
        with problems.noted():
            cleaned[name] = _READERS[name](given[name], name)
    problems.raise_any()
    longest = MAX_INDEXED_LENGTH if is_short else MAX_LENGTH
    with problems.noted():
        if cleaned.get("max_length", 0) > longest:
            why = " if the field is indexed or unique" if is_short else ""
            raise _wrong("max_length", f"A text may have at most {longest} characters{why}.")
    for low, high in (("min_length", "max_length"), ("min_number", "max_number"), ("min_date", "max_date")):
        with problems.noted():
            if low in cleaned and high in cleaned and _comparable(cleaned[low]) > _comparable(cleaned[high]):
                raise _wrong(low, "The lower limit is above the upper one.")
    with problems.noted():
        if "max_length" not in cleaned and cleaned.get("min_length", 0) > DEFAULT_LENGTH:
            raise _wrong("min_length", f"Without a maximum, a text has at most {DEFAULT_LENGTH} characters.")
    with problems.noted():
        length = len(list(_places(cleaned.get("mask", ""))))
        if length and not cleaned.get("min_length", 0) <= length <= cleaned.get("max_length", DEFAULT_LENGTH):
            raise _wrong("mask", f"A text of this form has {length} characters, which the other limits do not allow.")
    problems.raise_any()
    return Limits(**cleaned)


def matches_mask(text: str, mask: str) -> bool:
    """Whether a text has the form of a mask: see `Limits`.

    >>> matches_mask("AB-2041", "aa-9999"), matches_mask("AB-20", "aa-9999")
    (True, False)
    """
    places = list(_places(mask))
    return len(places) == len(text) and all(fits(char) for fits, char in zip(places, text, strict=True))


def _places(mask: str) -> Any:
    escaped = False
    for char in mask:
        if char == "\\" and not escaped:
            escaped = True
            continue
        yield _PLACES.get(char, char.__eq__) if not escaped else char.__eq__
        escaped = False


_PLACES = {
    "9": lambda char: char.isascii() and char.isdigit(),
    "a": str.isalpha,
    "*": lambda char: char.isalpha() or (char.isascii() and char.isdigit()),
}


def _wrong(name: str, message: str) -> CustomerPlusError:
    return CustomerPlusError(message, field=f"limits.{name}")


def _comparable(value: Any) -> Any:
    if isinstance(value, int):
        return value
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def _length(raw: Any, name: str) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 1:
        raise _wrong(name, "Give a number of characters, at least 1.")
    return raw


def _number(raw: Any, name: str) -> str:
    number = decimal_of(raw)
    if number is None:
        raise _wrong(name, f"Give a number of at most {MAX_DIGITS} digits and {MAX_DECIMALS} decimals.")
    return format(number, "f")


def _date(raw: Any, name: str) -> str:
    found = date_of(raw)
    if found is None:
        raise _wrong(name, "Give a date such as 2026-11-27.")
    return found.isoformat()


def _mask(raw: Any, name: str) -> str:
    if not isinstance(raw, str) or len(raw) > MAX_MASK_LENGTH or not raw.isprintable() or raw.strip() != raw:
        raise _wrong(name, f"Give a mask such as aa-9999, of at most {MAX_MASK_LENGTH} characters.")
    if raw.count("\\") and not any(True for _ in _places(raw)):
        raise _wrong(name, "The mask stands for no character.")
    return raw


def _currency(raw: Any, name: str) -> str:
    code = raw.strip().upper() if isinstance(raw, str) else ""
    if not re.fullmatch("[A-Z]{3}", code):
        raise _wrong(name, "Give an ISO 4217 code, such as EUR.")
    return code


_READERS = {
    "min_length": _length,
    "max_length": _length,
    "mask": _mask,
    "min_number": _number,
    "max_number": _number,
    "min_date": _date,
    "max_date": _date,
    "currency": _currency,
}


def decimal_of(raw: Any) -> Decimal | None:
    """A number, or the text of one, as it is stored; None for what is none, or has too many digits."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str | Decimal):
        return None
    if isinstance(raw, int) and abs(raw) >= 10**MAX_DIGITS:
        return None  # too long to be written out, it may be
    text = repr(raw) if isinstance(raw, float) else str(raw)
    if len(text) > 40 or not re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,2})?", text, re.ASCII):
        return None
    number = Decimal(text).normalize() or Decimal(0)
    _sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) + max(exponent, 0) > MAX_DIGITS or -exponent > MAX_DECIMALS:
        return None
    return number.quantize(Decimal(1)) if exponent > 0 else number


def date_of(raw: Any) -> date | None:
    """A date in ISO 8601, such as 2026-11-27, or None."""
    if not isinstance(raw, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw, re.ASCII):
        return None
    try:
        return date.fromisoformat(raw)
    except ValueError:
        return None
