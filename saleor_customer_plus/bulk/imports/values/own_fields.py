"""Cells of fields of the shop's own: read by the field's type, then checked like any other value of the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from ....errors import CustomerPlusError
from ....fields.limits import Limits
from ....fields.models import FieldDefinition, FieldType
from ....fields.values import Value, choice_of, clean
from ....saleor_adapter import saleor_api
from ..headers.secrets import is_hash
from . import choices, dates
from .base import Unreadable

_AMBIGUOUS = "This may be a number with decimals or with thousands. Write it without separators of thousands."
_NO_NUMBER = "This is not a number."
_SIGNS = {"€": "EUR", "£": "GBP"}
_CURRENCY = "[a-z]{3}|[€£]"
_AMOUNT = re.compile(
    rf"(?:(?P<before>{_CURRENCY})\s*)?(?P<amount>[-+]?[\d.,'\s\u00a0\u202f]*\d)\s*(?P<after>{_CURRENCY})?"
)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


def reader_of(definition: FieldDefinition | None, *, month_first: bool, is_own: bool) -> Callable[[str], Value]:
    """What reads the cells of a field's column. `is_own`: the file was exported by us, without separators of thousands.

    A field that was deleted since the file was opened has no readable cell.
    """
    if definition is None:
        return _deleted
    return partial(_value, definition, partial(_RAW[FieldType(definition.type)], definition, month_first, is_own))


def _deleted(cell: str) -> Value:
    raise Unreadable("The field of this column was deleted.")


def _value(definition: FieldDefinition, raw: Callable[[str], Any], cell: str) -> Value:
    try:
        return clean(definition, raw(cell))
    except CustomerPlusError as error:
        # The header says which field it is.
        raise Unreadable(error.message.removeprefix(f"The field {definition.label!r}: ")) from None


def number_of(cell: str, *, is_own: bool) -> int | float:
    """A number, written with a point or a comma before the decimals.

    >>> number_of("1.234,5", is_own=False), number_of("1 234", is_own=False), number_of("-0,5", is_own=False)
    (1234.5, 1234, -0.5)
    """
    text = re.sub(r"[\s\u00a0\u202f']", "", cell)
    if "." in text and "," in text:
        decimals = max(text.rfind("."), text.rfind(","))
        grouped, rest = text[:decimals], text[decimals + 1 :]
        if not _GROUPED.fullmatch(grouped) or text[decimals] in grouped:
            raise Unreadable(_NO_NUMBER)
        text = f"{re.sub('[.,]', '', grouped)}.{rest}"
    elif (found := _GROUPED.fullmatch(text)) and not (is_own and text.count(found[1]) == 1):
        if text.count(found[1]) == 1 and found[1] == ",":
            raise Unreadable(_AMBIGUOUS)
        text = text.replace(found[1], "") if text.count(found[1]) > 1 else text
    text = text.replace(",", ".")
    # JSON and workbooks write 0.000001 as 1e-06. No other exponent is read: 1.23E+11 is what Excel rounded.
    if not re.fullmatch(r"[-+]?\d+(\.\d*)?([eE]-\d\d)?", text, re.ASCII) or len(text) > 40:
        raise Unreadable(_NO_NUMBER)
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def _text(_definition: FieldDefinition, _month_first: bool, _is_own: bool, cell: str) -> str:
    if is_hash(cell):
        raise Unreadable("This looks like the hash of a password, which is never kept. Remove the column.")
    return cell


def _number(_definition: FieldDefinition, _month_first: bool, is_own: bool, cell: str) -> int | float:
    return number_of(cell, is_own=is_own)


def _date(_definition: FieldDefinition, month_first: bool, _is_own: bool, cell: str) -> str:
    return dates.day_of(cell, month_first).isoformat()


def _boolean(_definition: FieldDefinition, _month_first: bool, _is_own: bool, cell: str) -> bool:
    return choices.flag_of(cell)


def _choice(definition: FieldDefinition, _month_first: bool, _is_own: bool, cell: str) -> str:
    if (chosen := choice_of(definition, cell)) is None:
        raise Unreadable("This is not one of the choices.")
    return chosen


def _choices(definition: FieldDefinition, _month_first: bool, _is_own: bool, cell: str) -> list[str]:
    # A label may have any separator in it but a comma, which is what exports write.
    chosen = [choice_of(definition, name.strip()) for name in cell.split(",")]
    if None in chosen:
        return [_choice(definition, _month_first, _is_own, name) for name in choices.names_of(cell)]
    return [one for one in chosen if one is not None]


def _money(definition: FieldDefinition, _month_first: bool, is_own: bool, cell: str) -> dict[str, Any]:
    found = _AMOUNT.fullmatch(cell.strip().casefold())
    if found is None:
        raise Unreadable("This is not an amount. Write it as 12.50 EUR.")
    named = found["before"] or found["after"] or Limits.of(definition.limits).currency or ""
    if not named:
        raise Unreadable("This amount has no currency. Write it as 12.50 EUR.")
    return {"amount": number_of(found["amount"], is_own=is_own), "currency": _SIGNS.get(named, named.upper())}


def _order(_definition: FieldDefinition, _month_first: bool, _is_own: bool, cell: str) -> str:
    try:
        return saleor_api.global_id("Order", UUID(cell))
    except ValueError:
        return cell


def _product(_definition: FieldDefinition, _month_first: bool, _is_own: bool, cell: str) -> str:
    cell = cell.strip()
    return saleor_api.global_id("Product", cell) if cell.isascii() and cell.isdigit() else cell


_RAW: Mapping[FieldType, Callable[[FieldDefinition, bool, bool, str], Any]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.MONEY: _money,
    FieldType.ORDER: _order,
    FieldType.PRODUCT: _product,
}
