"""What changed, as the log tells it: names and values of the API in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from .formats import country, language, megabytes, moment, money, number, own_value, said

register = template.Library()

# Names of values that are enums of the API, in whatever case the log keeps them.
_ENUMS = {
    "channel",
    "chargeStatus",
    "kind",
    "lawfulBasis",
    "optInLevel",
    "origin",
    "purpose",
    "source",
    "stage",
    "state",
    "status",
}
# The name under which the log tells of fields of the shop's own.
OWN = "fields"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@register.filter
def changes(entry: Mapping[str, Any], definitions: Sequence[Mapping[str, Any]] | None = None) -> list[dict[str, str]]:
    """What an entry of the log changed: the name of each field, and its value before and after.

    `definitions` are those of the fields of the shop's own.
    """
    before, after = dict(entry.get("before") or {}), dict(entry.get("after") or {})
    currency = after.get("currency") or before.get("currency")
    own_before, own_after = (
        values.pop(OWN) if isinstance(values.get(OWN), Mapping) else {} for values in (before, after)
    )
    found = _changes_of_own_fields(own_before, own_after, {one["key"]: one for one in definitions or ()})
    for name in dict.fromkeys((*before, *after)):
        # Of ids nobody learns anything; the currency stands with the amounts.
        if (name.endswith(("Id", "Ids")) and name != "ownerId") or name == "currency":
            continue
        old, new = (_value(name, values.get(name), currency, name in values) for values in (before, after))
        if new == _("Unknown") and not old:
            continue
        words = _("Number") if name == "number" and entry["type"].startswith("ORDER") else said(name)
        found.append({"name": words, "before": "" if old == new else old, "after": new})
    return found


def _changes_of_own_fields(
    before: Mapping[str, Any], after: Mapping[str, Any], definitions: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, str]]:
    found = []
    for key in dict.fromkeys((*before, *after)):
        definition = definitions.get(key)
        old, new = (own_field_value(values.get(key), definition) for values in (before, after))
        found.append({"name": definition["label"] if definition else str(key), "before": old, "after": new})
    return found


def own_field_value(value: Any, definition: Mapping[str, Any] | None) -> str:
    """A value as its field shows it; as it is, if the field was deleted or is of another type by now.

    `definition` is that of the field of the shop's own.
    """
    if definition is None or value is None:
        return text_of(value)
    labels = {choice["value"]: choice["label"] for choice in definition["choices"]}
    try:
        text = text_of([labels.get(str(one), one) for one in (value if isinstance(value, list) else [value])])
        return own_value({"type": definition["type"], "value": value, "text": text})
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return text_of(value)


def _value(name: str, value: Any, currency: str | None, is_there: bool) -> str:
    if name == "ownerId" and is_there:
        return _("somebody") if value else _("nobody")
    if value is None or value == "":
        return ""
    try:
        return _formatted(name, value, currency)
    except (ValueError, TypeError, ArithmeticError):  # the log keeps what was once written, whatever it is
        return text_of(value)


def _formatted(name: str, value: Any, currency: str | None) -> str:
    if name in ("totalGross", "totalRefunded"):
        return money({"amount": value, "currency": currency}) if currency else number(float(value))
    if name in _ENUMS:
        return said(str(value).upper())
    if name in ("country", "countryCode"):
        return country(str(value))
    if name == "languageCode":
        return language(str(value))
    if name == "size":
        return megabytes(float(value))
    if name == "mentions" and isinstance(value, list):
        return number(len(value)) if value else _("None")
    if name == "fields" and isinstance(value, list):
        return ", ".join(said(one) for one in value)
    return text_of(value)


@register.filter
def text_of(value: Any) -> str:
    """A value of JSON in the reader's words."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {text_of(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(text_of(one) for one in value)
    if isinstance(value, str) and _TIME.match(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return value
        return moment(value)
    return "" if value is None else str(value)
