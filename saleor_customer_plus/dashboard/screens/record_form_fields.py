"""The fields of the form for one customer: as text in the form, and as the API takes them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

TEXTS = (
    "email",
    "firstName",
    "lastName",
    "companyName",
    "phone",
    "number",
    "streetAddress1",
    "streetAddress2",
    "postalCode",
    "city",
    "countryArea",
    "country",
    "languageCode",
    "storeNote",
    "lawfulBasis",
)
FLAGS = ("isTaxExempt", "isApprovedBuyer")
LISTS = ("additionalPhones", "socialProfiles", "attributes")
FIELDS = (*TEXTS, *FLAGS, *LISTS)

Values = dict[str, str]


def as_text(record: Mapping[str, Any]) -> Values:
    """The record as the form shows it: lists with a line for each of their values."""
    values = {name: str(record[name] or "") for name in TEXTS if name != "country"}
    values["country"] = (record["country"] or {}).get("code", "")
    values |= {name: "yes" if record[name] else "" for name in FLAGS}
    values["additionalPhones"] = "\n".join(record["additionalPhones"])
    values["socialProfiles"] = "\n".join(f"{one['network']}: {one['profile']}" for one in record["socialProfiles"])
    values["attributes"] = "\n".join(_line(name, value) for name, value in record["attributes"].items())
    return {name: values[name] for name in FIELDS}


def _line(name: str, value: Any) -> str:
    """A custom attribute as a line. What a line cannot hold as text is written as JSON."""
    is_plain = isinstance(value, str) and not re.search(r"[\r\n]|^\s|\s$", value)
    return f"{name}: {value if is_plain else json.dumps(value, ensure_ascii=False)}"


def typed(form: QueryDict, prefix: str = "") -> Values:
    """What the form sent. Browsers send lines with a carriage return, and blanks around what was pasted."""
    return {name: form.get(f"{prefix}{name}", "").replace("\r\n", "\n").strip() for name in FIELDS}


def as_input(values: Values, names: tuple[str, ...], record: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """These fields as the API takes them. `record` is what they were, so that unchanged attributes keep their types."""
    chosen: dict[str, Any] = {name: values[name] for name in TEXTS if name in names}
    for name in ("number", "country", "lawfulBasis"):
        if name in chosen:
            chosen[name] = chosen[name] or None
    chosen |= {name: values[name] == "yes" for name in FLAGS if name in names}
    if "additionalPhones" in names:
        chosen["additionalPhones"] = _lines(values["additionalPhones"])
    if "socialProfiles" in names:
        pairs = [_pair(line) for line in _lines(values["socialProfiles"])]
        chosen["socialProfiles"] = [{"network": network, "profile": profile} for network, profile in pairs]
    if "attributes" in names:
        known = {
            _line(name, value): (name, value) for name, value in (record or {"attributes": {}})["attributes"].items()
        }
        chosen["attributes"] = dict(known.get(line) or _pair(line) for line in _lines(values["attributes"]))
    return chosen


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _pair(line: str) -> tuple[str, str]:
    name, _colon, value = line.partition(":")
    return name.strip(), value.strip()
