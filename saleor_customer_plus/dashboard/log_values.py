"""What changed, as the log tells it: names and values of the API in the reader's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext as _

from .formats import country, language, megabytes, moment, money, number, said

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
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@register.filter
def changes(entry: Mapping[str, Any]) -> list[dict[str, str]]:
    """What an entry of the log changed: the name of each field, and its value before and after."""
    before, after = entry.get("before") or {}, entry.get("after") or {}
    currency = after.get("currency") or before.get("currency")
    found = []
    for name in dict.fromkeys((*before, *after)):
        # Of ids nobody learns anything; the currency stands with the amounts.
        if (name.endswith("Id") and name != "ownerId") or name == "currency":
            continue
        old, new = (_value(name, values.get(name), currency, name in values) for values in (before, after))
        if new == _("Unknown") and not old:
            continue
        words = _("Number") if name == "number" and entry["type"].startswith("ORDER") else said(name)
        found.append({"name": words, "before": "" if old == new else old, "after": new})
    return found


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
