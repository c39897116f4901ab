"""The columns and values of an import as the other screens call and show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..formats import country, language, said
from ..log_values import own_field_value, text_of
from ..wording import WORDS
from .own_fields import COLUMN

_SHOWN: dict[str, Callable[[Any], str]] = {"country_code": country, "language_code": language, "lawful_basis": said}


def names_of(columns: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What to call each column: as the form for a customer does, where it has the field; by its header otherwise."""
    return {one["key"]: said(one["key"]) if one["key"] in WORDS else one["header"] for one in columns}


def in_order(entries: Iterable[dict[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Entries about fields in the order of the columns. What is no column comes last."""
    places = {key: place for place, key in enumerate(names)}
    return sorted(entries, key=lambda one: places.get(one["field"], len(places)))


def value_of(key: str, value: Any, definitions: Mapping[str, Mapping[str, Any]]) -> str:
    """The value of a column in the reader's words. `definitions` are those of the fields of the shop's own, by key."""
    if key.startswith(COLUMN):
        return own_field_value(value, definitions.get(key.removeprefix(COLUMN)))
    return _SHOWN.get(key, text_of)(value)
