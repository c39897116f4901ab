"""The condition of a saved view, as the filter of an address that it was saved from.

What an address cannot say stays one condition in text, which the list takes as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from .customer_filters import TABS

# Parameters by the fields of conditions.
LISTS = {"country": "country", "city": "city", "language": "language", "sources": "source"}
FLAGS = {
    "has_account": "account",
    "accepts_newsletter": "newsletter",
    "accepts_promotional_mail": "promotional",
    "is_tax_exempt": "tax_exempt",
    "is_approved_buyer": "approved",
}
AMOUNTS = {"order_count": "orders", "total_spent": "spent", "average_order_value": "average"}
TIMES = {"last_order": "last_order", "customer_since": "since", "created_at": "created"}
LABELS = {"tags": "tag", "groups": "group"}
OWN = "fields."

# The ids of tags or groups of some names, by these in lower case.
Ids = Callable[[str, list[str]], Mapping[str, str]]


class _Unsayable(Exception):
    """A list has no filter for this."""


def parameters_of(tree: Mapping[str, Any], query: str, ids: Ids, types: Mapping[str, str]) -> QueryDict:
    """What the address of a list says for a condition. `query` is the same as a text.

    `types` are those of the fields of the shop's own, by their keys.
    """
    parts = tree.get("and", [tree])
    found = QueryDict(mutable=True)
    found["tab"], rest = _tab(parts)
    try:
        for part in rest:
            for name, values in _parameters(part, ids, types):
                if found.getlist(name, values) != values:
                    raise _Unsayable  # the list asks everything once, and has one currency for all
                found.setlist(name, values)
    except (_Unsayable, KeyError, TypeError, ValueError):
        found = QueryDict(mutable=True)
        found["tab"], found["query"] = _tab(parts)[0], query
    return found


def _tab(parts: list[Any]) -> tuple[str, list[Any]]:
    """The tab that says as much as possible, and what it does not say."""
    said = {part["field"]: part["value"] for part in parts if part.get("operator") == "=" and "field" in part}
    own = {"is_active": said.get("is_active"), "stage": said.get("stage")}
    fitting = {
        tab: wanted
        for tab, wanted in TABS.items()
        if own["is_active"] == wanted["isActive"] and wanted.get("stage") in (None, own["stage"])
    }
    if not fitting:
        return "all", parts
    tab = max(fitting, key=lambda one: len(fitting[one]))
    shown = ("is_active", "stage") if "stage" in fitting[tab] else ("is_active",)
    return tab, [part for part in parts if part.get("field") not in shown]


def _parameters(part: Mapping[str, Any], ids: Ids, types: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    if "not" in part:
        inner = part["not"]
        if inner["field"] not in LABELS or inner["operator"] != "IN":
            raise _Unsayable
        yield f"{LABELS[inner['field']]}_none", _ids(inner, ids)
        return
    field, operator = part["field"], part["operator"]
    value: Any = part.get("value")
    if field in LISTS and operator == "IN":
        yield LISTS[field], [str(one) for one in value]
    elif field in FLAGS and operator == "=":
        yield FLAGS[field], ["yes" if value else "no"]
    elif field in LABELS and operator == "IN":
        yield f"{LABELS[field]}_any", _ids(part, ids)
    elif field in AMOUNTS:
        yield from _amounts(AMOUNTS[field], operator, value)
    elif field in TIMES:
        for end, one in _ends(operator, value, ("from", "to")):
            yield f"{TIMES[field]}_{end}", [_day(one["time"], is_last=end == "to")]
    elif field.startswith("rfm_group.") and operator == "IN" and len(value) == 1:
        yield "rfm", value
        yield "rfm_currency", [field.removeprefix("rfm_group.")]
    elif field.startswith(OWN):
        key = field.removeprefix(OWN)
        yield from _own(f"f.{key}", types[key], operator, value)
    else:
        raise _Unsayable


def _ids(part: Mapping[str, Any], ids: Ids) -> list[str]:
    if not all(isinstance(name, str) for name in part["value"]):
        raise _Unsayable  # one of them was deleted
    known = ids(LABELS[part["field"]], part["value"])
    return [known[name.casefold()] for name in part["value"]]


def _ends(operator: str, value: Any, names: tuple[str, str] = ("min", "max")) -> list[tuple[str, Any]]:
    least, most = names
    if operator == "BETWEEN":
        return [(least, value[0]), (most, value[1])]
    return [({">=": least, "<=": most}[operator], value)]


def _amounts(name: str, operator: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    for end, one in _ends(operator, value):
        if isinstance(one, Mapping):
            yield "currency", [one["currency"]]
            one = one["amount"]
        yield f"{name}_{end}", [str(one)]


def _day(text: str, *, is_last: bool) -> str:
    """The day that begins or ends at a moment, in the reader's time zone."""
    moment = datetime.fromisoformat(text).astimezone(timezone.get_current_timezone())
    if is_last:
        moment += timedelta(microseconds=1)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0):
        raise _Unsayable
    return str(moment.date() - timedelta(days=is_last))


def _own(prefix: str, type: str, operator: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    """A field of the shop's own: see `own_fields`."""
    if operator == "=" and isinstance(value, bool):
        yield f"{prefix}.yes", ["yes" if value else "no"]
    elif operator in ("IS NULL", "IS NOT NULL"):
        yield f"{prefix}.set", ["no" if operator == "IS NULL" else "yes"]
    elif operator == "IN" and type in ("TEXT", "CHOICE", "CHOICES"):
        yield f"{prefix}.is", value
    elif operator == "CONTAINS" and type == "TEXT":
        yield f"{prefix}.has", [value]
    else:
        for end, one in _ends(operator, value):
            if isinstance(one, Mapping) and "amount" in one:
                yield f"{prefix}.currency", [one["currency"]]
                one = one["amount"]
            elif isinstance(one, Mapping):
                one = date.fromisoformat(one["date"])
            yield f"{prefix}.{end}", [str(one)]
