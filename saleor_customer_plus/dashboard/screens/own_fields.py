"""Fields of the shop's own in the list of customers and in the form for one of them.

In addresses of the list, a column is `field:<key>`, an order `FIELD:<key>`, and a condition `f.<key>.<what>`: `is` any
of these values, `has` this in its text, `yes` or no, `min` and `max` (with a `currency`, of amounts), and `set` at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import unquote

from django.http import QueryDict
from django.utils.translation import gettext as _

from ..formats import calendar_day

# What lists and forms need to know of the definitions.
FIELDS = """
fragment OwnFields on CustomerField {
  key label type helpText isRequired isUnique limits { maxLength currency } choices { value label }
}
"""

COLUMN = "field:"
SORT = "FIELD:"
SORTED = ("TEXT", "NUMBER", "DATE", "BOOLEAN", "CHOICE", "MONEY")
_CONDITION = re.compile(r"f\.([a-z0-9_]+)\.(is|has|yes|min|max|currency|set)")

# The address of a product's page in the Dashboard, with the product's id.
_PRODUCT_PAGE = re.compile(r"/products/([\w%=-]+)", re.ASCII)

Definition = Mapping[str, Any]


def number_of(text: str) -> Any:
    """A number as it was typed, with a comma or a point. Anything else stays what it is."""
    if not re.fullmatch(r"-?\d{1,15}([.,]\d{1,9})?", text, re.ASCII):
        return text
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


# The list.


def filters_of(query: QueryDict) -> list[dict[str, Any]]:
    """The conditions of an address, as the API's filter has them."""
    return [one for key, given in _conditions(query).items() if len(one := {"key": key, **_filter(given)}) > 1]


def _conditions(query: QueryDict) -> dict[str, dict[str, list[str]]]:
    """What an address asks of each field."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in query:
        match = _CONDITION.fullmatch(name)
        if match and (values := [value for value in dict.fromkeys(query.getlist(name)) if value.strip()]):
            found.setdefault(match[1], {})[match[2]] = values
    return found


def _filter(given: Mapping[str, list[str]]) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    currency = given.get("currency", [""])[0].strip().upper()
    if values := given.get("is"):
        wanted["oneOf"] = values
    if values := given.get("has"):
        wanted["contains"] = values[0]
    for name, condition in (("yes", "eq"), ("set", "isSet")):
        if values := given.get(name):
            wanted[condition] = values[0] == "yes"
    for name, condition in (("min", "gte"), ("max", "lte")):
        if values := given.get(name):
            wanted[condition] = _bound(values[0].strip(), currency)
    return wanted


def _bound(text: str, currency: str) -> Any:
    if currency:
        return {"amount": number_of(text), "currency": currency}
    try:
        return date.fromisoformat(text).isoformat() if "-" in text[1:] else number_of(text)
    except ValueError:
        return text


def names_of(definitions: Sequence[Definition]) -> Iterator[dict[str, str]]:
    """The labels of fields and of their choices, by what chips know them by."""
    for one in definitions:
        yield {"id": f"{COLUMN}{one['key']}", "name": one["label"]}
        for choice in one["choices"]:
            yield {"id": f"{COLUMN}{one['key']}:{choice['value']}", "name": choice["label"]}


def chips_of(query: QueryDict, names: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Each condition in words, and the parameters that it is made of."""
    for key, given in _conditions(query).items():
        label = names.get(f"{COLUMN}{key}", key)
        if values := given.get("is"):
            shown = ", ".join(names.get(f"{COLUMN}{key}:{value}", value) for value in values)
            yield f"{label}: {shown}", [f"f.{key}.is"]
        if values := given.get("has"):
            yield f"{label}: …{values[0]}…", [f"f.{key}.has"]
        words = {"yes": (_("Yes"), _("No")), "set": (_("filled in"), _("empty"))}
        for what, (yes, no) in words.items():
            if values := given.get(what):
                yield f"{label}: {yes if values[0] == 'yes' else no}", [f"f.{key}.{what}"]
        least, most = (given.get(name, [""])[0] for name in ("min", "max"))
        if least or most:
            unit = given.get("currency", [""])[0]
            least, most = (calendar_day(bound) for bound in (least, most))
            shown = f"{least} – {most}" if least and most else f"≥ {least}" if least else f"≤ {most}"  # noqa: RUF001
            yield f"{label}: {shown} {unit}".strip(), [f"f.{key}.{name}" for name in ("min", "max", "currency")]


def sort_of(field: str) -> dict[str, str] | None:
    """The API's order for one of an address, but for the direction."""
    key = field.removeprefix(SORT)
    return {"field": "FIELD", "fieldKey": key} if field.startswith(SORT) and key else None


def is_sorted(definition: Definition) -> bool:
    """Whether lists can be sorted by a field. For an amount in any currency, the sort would need to name one."""
    return definition["type"] in SORTED and (definition["type"] != "MONEY" or bool(definition["limits"]["currency"]))


# The form for one customer. Values are texts, by the names of the inputs.


def name_of(key: str) -> str:
    """The name of a field in forms."""
    return f"field.{key}"


def as_text(definition: Definition, value: Any) -> str:
    """A value of the API as the form shows it. Several choices stand in lines."""
    if value is None:
        return ""
    match definition["type"]:
        case "BOOLEAN":
            return "yes" if value else "no"
        case "CHOICES":
            return "\n".join(value)
        case "MONEY":
            return f"{value['amount']} {value['currency']}"
    return str(value)


def typed(form: QueryDict, definition: Definition) -> str:
    """What was typed into the inputs of a field."""
    name = name_of(definition["key"])
    if definition["type"] == "CHOICES":
        return "\n".join(value for value in form.getlist(name) if value)
    text = form.get(name, "").replace("\r\n", "\n").strip()
    if definition["type"] == "MONEY" and text:
        return f"{text} {form.get(f'{name}.currency', '').strip().upper()}".strip()
    return text


def as_input(definition: Definition, text: str) -> dict[str, Any]:
    """A field as the API takes it. What cannot be read is passed on, so that the API says what is wrong with it."""
    return {"key": definition["key"], "value": _value(definition["type"], text) if text else None}


def _value(type: str, text: str) -> Any:
    match type:
        case "NUMBER":
            return number_of(text)
        case "BOOLEAN":
            return text == "yes"
        case "CHOICES":
            return text.split("\n")
        case "MONEY":
            amount, _blank, currency = text.partition(" ")
            return {"amount": number_of(amount), "currency": currency}
        case "PRODUCT":
            page = _PRODUCT_PAGE.search(text)
            return unquote(page[1] if page else text)  # copied from an address, or all of it
    return text


def for_many(definitions: Sequence[Definition]) -> list[Definition]:
    """The fields that many customers can have one value of: not what is unique, nor an order, which is of one."""
    return [one for one in definitions if not one["isUnique"] and one["type"] != "ORDER"]


def inputs(definitions: Sequence[Definition], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The fields as the form shows them."""
    shown = []
    for one in definitions:
        text = values.get(name_of(one["key"]), "")
        amount, _blank, currency = text.partition(" ")
        shown.append(
            {
                **one,
                "name": name_of(one["key"]),
                "options": [(choice["value"], choice["label"]) for choice in one["choices"]],
                "text": text,
                "chosen": text.split("\n"),
                "amount": amount,
                "currency": one["limits"]["currency"] or currency,
                "is_long": one["type"] == "TEXT" and (one["limits"]["maxLength"] or 255) > 255,
            }
        )
    return shown


def at_their_inputs(errors: Sequence[dict[str, Any]], sent: Sequence[str]) -> list[dict[str, Any]]:
    """Errors about values, named as the inputs are. `sent` are the keys of the fields that the API was given."""
    return [{**error, "field": _place(error["field"] or "", sent)} for error in errors]


def _place(field: str, sent: Sequence[str]) -> str:
    match = re.fullmatch(r"fields\.(\d+)\..*", field)
    return name_of(sent[int(match[1])]) if match and int(match[1]) < len(sent) else field
