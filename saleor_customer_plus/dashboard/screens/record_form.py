"""The form for one customer: a new one, and every detail of one that there is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..formats import country, day, language, said
from ..requests import Screen, ScreenRequest, address
from . import choices, own_fields
from . import record_fragments as fragments
from .answers import done
from .record_context import wanted
from .record_form_fields import FIELDS, as_input, as_text, typed

CHOICES = """
query CustomerPlusFormChoices {
  customerSettings { emailEditable requireApprovedBuyers languages { code language } countries { code } }
}
"""
# With the orders that a field can refer to.
PERSON = (
    """
query CustomerPlusPerson($id: ID!) {
  customerRecord(id: $id) { ...Person orders(first: 50) { edges { node { id number placedAt } } } }
  customerFields { ...OwnFields }
}
"""
    + fragments.PERSON
    + own_fields.FIELDS
)
CREATE = """
mutation CustomerPlusCreate($input: CustomerRecordCreateInput!) {
  customerRecordCreate(input: $input) { record { id } errors { field message code id } }
}
"""
UPDATE = """
mutation CustomerPlusUpdate($id: ID!, $input: CustomerRecordInput!, $version: String) {
  customerRecordUpdate(id: $id, input: $input, version: $version) { errors { field message code id } }
}
"""
LAWFUL_BASES = ("CONSENT", "CONTRACT", "LEGAL_OBLIGATION", "LEGITIMATE_INTEREST")


def create(request: ScreenRequest) -> Screen:
    """A new customer, who is shown then."""
    definitions = choices.fields(request)
    values = _typed(request, definitions)
    errors: list[dict[str, Any]] = []
    tags, groups = request.form.get("tags", "").strip(), request.form.getlist("groups")
    if request.is_post:
        filled = as_input(values, tuple(name for name in FIELDS if values[name]))
        filled |= {"email": values["email"]}
        sent = [one for one in definitions if values[own_fields.name_of(one["key"])]]
        if sent:
            filled["fields"] = _own_input(sent, values)
        if names := [name.strip() for name in tags.split(",") if name.strip()]:
            filled["tags"] = names
        if groups:
            filled["groupIds"] = groups
        payload, errors = request.change(CREATE, input=filled)
        errors = own_fields.at_their_inputs(errors, [one["key"] for one in sent])
        if not errors:
            return done(_("Customer created."), goes_to=address(f"customers/{payload['record']['id']}"))
    context = {"values": {**values, "tags": tags}, "chosen_groups": groups, "is_new": True}
    return _form(request, context, errors, definitions)


def edit(request: ScreenRequest, record_id: str) -> Screen:
    """Change details. Only what was changed in the form is sent: each field that staff send is fixed against sync."""
    data = request.execute(PERSON, id=record_id)
    record, definitions = wanted(data["customerRecord"]), data["customerFields"]
    held = {one["key"]: one["value"] for one in record["fields"]}
    now = as_text(record) | {
        own_fields.name_of(one["key"]): own_fields.as_text(one, held.get(one["key"])) for one in definitions
    }
    if not request.is_post:
        opened = {"record": record, "values": now, "were": now, "version": record["version"]}
        return _form(request, opened, [], definitions)
    values = _typed(request, definitions)
    were = typed(request.form, "was_") | {name: _was(request, name) for name in now if name not in FIELDS}
    changed = tuple(name for name in now if values[name] != were[name])
    if not changed:
        return done(_("Nothing was changed."))
    given = as_input(values, changed, record)
    sent = [one for one in definitions if own_fields.name_of(one["key"]) in changed]
    if sent:
        given["fields"] = _own_input(sent, values)
    _payload, errors = request.change(UPDATE, id=record_id, input=given, version=request.form.get("version"))
    if not errors:
        return done(_("Customer saved."))
    errors = own_fields.at_their_inputs(errors, [one["key"] for one in sent])
    context: dict[str, Any] = {"record": record, "values": values, "were": were, "version": request.form.get("version")}
    if any(error["code"] == "STALE" for error in errors):
        # What others changed in fields that were left alone here is taken; for the others, both are shown.
        others = {name for name in changed if now[name] not in (were[name], values[name])}
        context |= {
            "values": {name: values[name] if name in changed else now[name] for name in now},
            "conflicts": {name: {"text": _shown(name, now[name])} for name in others},
            "were": now,
            "version": record["version"],
            "is_stale": True,
        }
        errors = [error for error in errors if error["code"] != "STALE"]
    return _form(request, context, errors, definitions)


def _typed(request: ScreenRequest, definitions: list[dict[str, Any]]) -> dict[str, str]:
    own = {own_fields.name_of(one["key"]): own_fields.typed(request.form, one) for one in definitions}
    return typed(request.form) | own


def _was(request: ScreenRequest, name: str) -> str:
    return request.form.get(f"was_{name}", "").replace("\r\n", "\n")


def _own_input(definitions: list[dict[str, Any]], values: dict[str, str]) -> list[dict[str, Any]]:
    return [own_fields.as_input(one, values[own_fields.name_of(one["key"])]) for one in definitions]


def _shown(name: str, value: str) -> str:
    if name.startswith("is"):
        return _("Yes") if value else _("No")
    return value


def _orders(record: dict[str, Any] | None) -> list[tuple[str, str]]:
    """The customer's orders, to be chosen from, and whichever a field refers to already."""
    if record is None:
        return []
    orders = {edge["node"]["id"]: edge["node"] for edge in record["orders"]["edges"]}
    found = {id: f"{one['number']} ({day(one['placedAt'])})" for id, one in orders.items()}
    held = {one["value"]: one["text"] for one in record["fields"] if one["type"] == "ORDER" and one["value"]}
    return list((held | found).items())


def _form(
    request: ScreenRequest,
    context: dict[str, Any],
    errors: list[dict[str, Any]],
    definitions: list[dict[str, Any]],
) -> Screen:
    settings = request.execute(CHOICES)["customerSettings"]
    own = own_fields.inputs(definitions, context["values"])
    more = {
        "errors": errors,
        "taken_by": next((error["id"] for error in errors if error["code"] == "UNIQUE" and error["id"]), ""),
        "shown_fields": " ".join((*FIELDS, "tags", "groupIds", *(one["name"] for one in own))),
        "own_fields": own,
        "own_orders": _orders(context.get("record")),
        "yes_or_no": [("yes", _("Yes")), ("no", _("No"))],
        "settings": settings,
        "countries": sorted(
            ((one["code"], country(one["code"])) for one in settings["countries"]), key=lambda pair: pair[1]
        ),
        "languages": [(one["code"], f"{language(one['code'])} ({one['code']})") for one in settings["languages"]],
        "lawful_bases": [(basis, said(basis)) for basis in LAWFUL_BASES],
        "groups": choices.offer(request, "group", "groups", context.get("chosen_groups", ()), without_default=True),
    }
    return Screen("record/form.html", {**more, **context})
