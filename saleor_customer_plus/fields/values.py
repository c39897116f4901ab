"""What a field may hold: the one check of values, whoever writes them, and how values are compared and shown.

`clean` takes a value as JSON has it: a text, a number, true, `"2026-11-27"`, a choice's value, a list of these,
`{"amount": 12.5, "currency": "EUR"}`, or the global id of a product or an order. Null, a blank text and an empty list
clear the field.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from ..errors import CustomerPlusError, ErrorCode
from ..ledger.currencies import decimals_of
from ..records.email import BLANKS
from ..records.labels import fold
from ..saleor_adapter import saleor_api
from .limits import DEFAULT_LENGTH, MAX_DECIMALS, MAX_DIGITS, Limits, date_of, decimal_of, matches_mask
from .models import FieldDefinition, FieldType

# Saleor stores amounts with three decimals.
_MONEY_DECIMALS = 3
_BIGGEST_KEY = 2**63 - 1
# The types whose values name something of Saleor's, by the type name in its global ids.
REFERENCES = {FieldType.ORDER: "Order", FieldType.PRODUCT: "Product"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value that can be stored: as the API shows it, and what it is compared by. Blank, if `json` is None.

    One of the other columns is set, for money `text` (the currency) and `number`.
    """

    json: Any = None
    text: str | None = None
    number: Decimal | None = None
    date: date | None = None
    boolean: bool | None = None
    choices: tuple[str, ...] | None = None

    @property
    def unique_key(self) -> str | None:
        """What two records may not both have in a field that is unique."""
        if self.json is None:
            return None
        compared = (self.text, self.number, self.date, self.boolean)
        return "\n".join(str(one) for one in compared if one is not None)


BLANK = Value()


class _Wrong(Exception):
    """What is wrong with a value."""


def clean(definition: FieldDefinition, raw: Any, *, field: str = "value") -> Value:
    """Check a value. Raise `CustomerPlusError` for one that the field may not hold; `field` is its name in the input.

    Whether the product or the order that a reference names exists is asked by `fields.references`, and whether another
    record has a unique value by `fields.services`: for many values at once.
    """
    try:
        value = BLANK if is_blank(raw) else _READERS[FieldType(definition.type)](raw, definition)
    except _Wrong as wrong:
        raise CustomerPlusError(f"The field {definition.label!r}: {wrong}", field=field) from None
    if value is BLANK and definition.is_required:
        raise CustomerPlusError(f"The field {definition.label!r} is required.", code=ErrorCode.REQUIRED, field=field)
    return value


def is_blank(raw: Any) -> bool:
    """Whether a value clears a field."""
    return raw is None or (isinstance(raw, str) and not raw.strip(BLANKS)) or (isinstance(raw, list) and not raw)


def shown(definition: FieldDefinition, json: Any) -> str:
    """A value as people read it, and as it stands in a file; blank for no value.

    A reference is its key: see `fields.references` for its name.
    """
    return "" if json is None else _SHOWN[FieldType(definition.type)](json, definition)


def _text(raw: Any, definition: FieldDefinition) -> Value:
    if not isinstance(raw, str):
        raise _Wrong("Give a text.")
    limits = Limits.of(definition.limits)
    longest = limits.max_length or DEFAULT_LENGTH
    text = unicodedata.normalize("NFC", raw.strip(BLANKS).replace("\r\n", "\n"))
    allowed = "\n\t" if longest > DEFAULT_LENGTH else ""
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text):
        raise _Wrong("This has a character that is not allowed.")
    if len(text) > longest:
        raise _Wrong(f"This may have at most {longest} characters.")
    if len(text) < (limits.min_length or 0):
        raise _Wrong(f"This must have at least {limits.min_length} characters.")
    if limits.mask and not matches_mask(text, limits.mask):
        raise _Wrong(f"This must have the form {limits.mask} (9: a digit, a: a letter, *: either).")
    return Value(text, text=fold(text))


def _within(number: Decimal, limits: Limits) -> None:
    if limits.min_number is not None and number < Decimal(limits.min_number):
        raise _Wrong(f"This must be at least {limits.min_number}.")
    if limits.max_number is not None and number > Decimal(limits.max_number):
        raise _Wrong(f"This must be at most {limits.max_number}.")


def _plain(number: Decimal) -> int | float:
    """A number as JSON has it."""
    return int(number) if number == number.to_integral_value() else float(number)


def _number(raw: Any, definition: FieldDefinition) -> Value:
    number = None if isinstance(raw, str) else decimal_of(raw)
    if number is None:
        raise _Wrong(f"Give a number of at most {MAX_DIGITS} digits and {MAX_DECIMALS} decimals.")
    _within(number, Limits.of(definition.limits))
    return Value(_plain(number), number=number)


def _date(raw: Any, definition: FieldDefinition) -> Value:
    found, limits = date_of(raw.strip(BLANKS) if isinstance(raw, str) else raw), Limits.of(definition.limits)
    if found is None:
        raise _Wrong("Give a date such as 2026-11-27.")
    if limits.min_date is not None and found < date.fromisoformat(limits.min_date):
        raise _Wrong(f"This must not be before {limits.min_date}.")
    if limits.max_date is not None and found > date.fromisoformat(limits.max_date):
        raise _Wrong(f"This must not be after {limits.max_date}.")
    return Value(found.isoformat(), date=found)


def _boolean(raw: Any, _definition: FieldDefinition) -> Value:
    if not isinstance(raw, bool):
        raise _Wrong("Give true or false.")
    return Value(raw, boolean=raw)


def _known_choice(raw: Any, definition: FieldDefinition) -> str:
    if not isinstance(raw, str) or raw not in [one["value"] for one in definition.choices]:
        raise _Wrong(f"Choose one of {', '.join(one['value'] for one in definition.choices[:20])}.")
    return raw


def _choice(raw: Any, definition: FieldDefinition) -> Value:
    chosen = _known_choice(raw, definition)
    return Value(chosen, text=chosen)


def _choices(raw: Any, definition: FieldDefinition) -> Value:
    chosen = {_known_choice(one, definition) for one in (raw if isinstance(raw, list) else [raw])}
    # In the order of the definition, so that equal values are equal texts.
    listed = [one["value"] for one in definition.choices if one["value"] in chosen]
    return Value(listed, choices=tuple(token(definition.pk, one) for one in listed))


def choice_of(definition: FieldDefinition, text: str) -> str | None:
    """The value of the choice that has this value or label, in any case. No choice has the label that another has as
    its value.
    """
    folded = fold(text)
    return next((str(one["value"]) for one in definition.choices if folded in (one["value"], fold(one["label"]))), None)


def token(definition_id: int, choice: str) -> str:
    """How one of several choices is stored: see `FieldValue.choices`."""
    return f"{definition_id}:{choice}"


def _money(raw: Any, definition: FieldDefinition) -> Value:
    if not isinstance(raw, Mapping) or raw.keys() != {"amount", "currency"}:
        raise _Wrong('Give an amount such as {"amount": 12.5, "currency": "EUR"}.')
    amount, limits = decimal_of(raw["amount"]), Limits.of(definition.limits)
    if amount is None or isinstance(raw["amount"], str) or amount != round(amount, _MONEY_DECIMALS):
        raise _Wrong(f"Give an amount of at most {MAX_DIGITS} digits and {_MONEY_DECIMALS} decimals.")
    currency = raw["currency"].strip().upper() if isinstance(raw["currency"], str) else ""
    if not re.fullmatch("[A-Z]{3}", currency):
        raise _Wrong("Give the currency as an ISO 4217 code, such as EUR.")
    if limits.currency and currency != limits.currency:
        raise _Wrong(f"Give the amount in {limits.currency}.")
    _within(amount, limits)
    return Value({"amount": _plain(amount), "currency": currency}, text=currency, number=amount)


def _reference(raw: Any, definition: FieldDefinition) -> Value:
    """The product or the order that a global id of Saleor's names."""
    kind = REFERENCES[FieldType(definition.type)]
    try:
        found, _, key = b64decode(raw, validate=True).decode().partition(":")
    except (TypeError, ValueError):
        found, key = "", ""
    if found == kind and (key := _key(kind, key)):
        return Value(saleor_api.global_id(kind, key), text=key)
    raise _Wrong(f"Give the id of a {kind}.")


def _key(kind: str, text: str) -> str:
    if kind == "Order":
        try:
            return str(UUID(text))
        except ValueError:
            return ""
    is_key = text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= _BIGGEST_KEY
    return str(int(text)) if is_key else ""


def key_of_reference(json: str) -> str:
    """The key of what a stored reference names."""
    return b64decode(json).decode().partition(":")[2]


_READERS: Mapping[FieldType, Callable[[Any, FieldDefinition], Value]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.MONEY: _money,
    FieldType.ORDER: _reference,
    FieldType.PRODUCT: _reference,
}


def _label_of_choice(json: Any, definition: FieldDefinition) -> str:
    """The label; the value itself for a choice that is no longer offered."""
    return next((str(one["label"]) for one in definition.choices if one["value"] == json), str(json))


def _shown_money(json: Mapping[str, Any], _definition: FieldDefinition) -> str:
    amount = Decimal(repr(json["amount"]))
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    decimals = max(min(decimals_of(json["currency"]), _MONEY_DECIMALS), -exponent)
    return f"{amount:.{decimals}f} {json['currency']}"


_SHOWN: Mapping[FieldType, Callable[[Any, FieldDefinition], str]] = {
    FieldType.TEXT: lambda json, _: str(json),
    FieldType.NUMBER: lambda json, _: format(Decimal(repr(json)), "f"),
    FieldType.DATE: lambda json, _: str(json),
    FieldType.BOOLEAN: lambda json, _: "yes" if json else "no",
    FieldType.CHOICE: _label_of_choice,
    FieldType.CHOICES: lambda json, definition: ", ".join(_label_of_choice(one, definition) for one in json),
    FieldType.MONEY: _shown_money,
    FieldType.ORDER: lambda json, _: key_of_reference(json),
    FieldType.PRODUCT: lambda json, _: key_of_reference(json),
}
