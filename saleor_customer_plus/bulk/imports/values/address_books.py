"""Reading the further addresses of a person: a list in JSON, as exports write it, with the names of our columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ....addresses.models import AddressKind
from ....addresses.services import FIELDS, Values, cleaned
from ....errors import SeveralErrors
from ....records.addresses import has_lines
from .base import Unreadable

_NAMES = ("kind", "label", *FIELDS)
_NO_LIST = 'This is not a list of addresses in JSON, such as [{"city":"Berlin","country_code":"DE"}].'


def address_book_of(cell: str, region: str = "") -> tuple[Values, ...]:
    """The addresses of a cell, each with its kind. One that is wrong makes the cell unreadable.

    `region` is the country of phone numbers without a prefix in an address that names none.
    """
    try:
        listed = json.loads(cell)
    except (ValueError, RecursionError):
        raise Unreadable(_NO_LIST) from None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise Unreadable(_NO_LIST)
    return tuple(_address(one, number, region) for number, one in enumerate(listed, 1))


def _address(given: Mapping[str, Any], number: int, region: str) -> Values:
    if wrong := next(_wrong(given), None):
        raise Unreadable(f"Address {number}: {wrong}")
    try:
        values = cleaned({name: value or "" for name, value in given.items()}, region=region)
    except SeveralErrors as several:
        error = several.errors[0]
        raise Unreadable(f"Address {number}, {error.field or 'label'}: {error.message}") from None
    if not has_lines(values):
        raise Unreadable(f"Address {number} needs a street, a postal code, a city or a state.")
    return {"kind": AddressKind.OTHER, **values}


def _wrong(given: Mapping[str, Any]) -> Iterator[str]:
    for name, value in given.items():
        if name not in _NAMES:
            yield f"the names of its fields are {', '.join(_NAMES)}."
        elif not isinstance(value, str | None):
            yield f"{name} has to be a text."
    if given.get("kind") and given["kind"] not in AddressKind.values:
        yield f"the kind has to be {', '.join(AddressKind.values)}."
