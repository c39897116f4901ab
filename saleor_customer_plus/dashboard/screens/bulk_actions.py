"""The actions of a bulk update, of what the form of the dialog says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

from . import own_fields
from .record_form_fields import FLAGS, TEXTS
from .record_messages import message_of

# Fields of the form for one customer that can be set for many at once. Of the others, tax exemption is an action.
_OF_ONE = ("email", "firstName", "lastName", "number", "isTaxExempt")
FIELDS = tuple(name for name in (*TEXTS, *FLAGS) if name not in _OF_ONE)


def action_of(form: QueryDict, definitions: Sequence[own_fields.Definition] = ()) -> dict[str, Any]:
    """The API's `CustomerBulkActionInput`. What is missing is passed on as missing: the API says so.

    `definitions` are those of the fields of the shop's own.
    """
    name = form.get("action", "")
    if name in ("tag", "untag"):
        names = [one.strip() for one in re.split(r"[,;\n]", form.get("names", "")) if one.strip()]
        return {name: {"tagIds": form.getlist("tag"), "names": names}}
    if name in ("group", "ungroup"):
        return {name: form.getlist("group")}
    if name == "activate":
        return {name: True}
    if name == "deactivate":
        return {name: {"reason": form.get("reason", "")}}
    if name == "setTaxExempt":
        return {name: form.get("exempt") == "yes"}
    if name == "setFields":
        return {name: _fields(form, definitions)}
    if name == "consents":
        return {name: [_consent(form)]}
    if name == "assignLeads":
        return {name: {"ownerId": form.get("owner") or None}}
    if name == "message":
        return {name: message_of(form)}
    if name == "delete":
        expected = form.get("expected", "").strip()
        confirmed = expected.isdecimal() and len(expected) < 10
        return {name: {"confirm": confirmed, "expected": int(expected) if confirmed else 0}}
    return {}


def _fields(form: QueryDict, definitions: Sequence[own_fields.Definition]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    chosen = form.getlist("set")
    for name in chosen:
        if name in FIELDS:
            text = form.get(f"value_{name}", "").strip()
            values[name] = text == "yes" if name == "isApprovedBuyer" else text or None
    if own := [one for one in own_fields.for_many(definitions) if own_fields.name_of(one["key"]) in chosen]:
        values["fields"] = [own_fields.as_input(one, own_fields.typed(form, one)) for one in own]
    return values


def _consent(form: QueryDict) -> dict[str, Any]:
    given = {name: form.get(name, "") for name in ("channel", "purpose", "state", "optInLevel", "wording")}
    return {name: value for name, value in given.items() if value}
