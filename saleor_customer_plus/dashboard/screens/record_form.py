"""The form for one customer: a new one, and every detail of one that there is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..formats import country, language, said
from ..requests import Screen, ScreenRequest, address
from . import choices
from . import record_fragments as fragments
from .answers import done
from .record_context import wanted
from .record_form_fields import FIELDS, as_input, as_text, typed

CHOICES = """
query CustomerPlusFormChoices {
  customerSettings { emailEditable requireApprovedBuyers languages { code language } countries { code } }
}
"""
PERSON = "query CustomerPlusPerson($id: ID!) { customerRecord(id: $id) { ...Person } }" + fragments.PERSON
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
    values = typed(request.form)
    errors: list[dict[str, Any]] = []
    tags, groups = request.form.get("tags", "").strip(), request.form.getlist("groups")
    if request.is_post:
        filled = as_input(values, tuple(name for name in FIELDS if values[name]))
        filled |= {"email": values["email"]}
        if names := [name.strip() for name in tags.split(",") if name.strip()]:
            filled["tags"] = names
        if groups:
            filled["groupIds"] = groups
        payload, errors = request.change(CREATE, input=filled)
        if not errors:
            return done(_("Customer created."), goes_to=address(f"customers/{payload['record']['id']}"))
    context = {"values": {**values, "tags": tags}, "chosen_groups": groups, "is_new": True}
    return _form(request, context, errors)


def edit(request: ScreenRequest, record_id: str) -> Screen:
    """Change details. Only what was changed in the form is sent: each field that staff send is fixed against sync."""
    record = wanted(request.execute(PERSON, id=record_id)["customerRecord"])
    now = as_text(record)
    if not request.is_post:
        return _form(request, {"record": record, "values": now, "were": now, "version": record["version"]}, [])
    values, were = typed(request.form), typed(request.form, "was_")
    changed = tuple(name for name in FIELDS if values[name] != were[name])
    if not changed:
        return done(_("Nothing was changed."))
    _payload, errors = request.change(
        UPDATE, id=record_id, input=as_input(values, changed, record), version=request.form.get("version")
    )
    if not errors:
        return done(_("Customer saved."))
    context: dict[str, Any] = {"record": record, "values": values, "were": were, "version": request.form.get("version")}
    if any(error["code"] == "STALE" for error in errors):
        # What others changed in fields that were left alone here is taken; for the others, both are shown.
        others = {name for name in changed if now[name] not in (were[name], values[name])}
        context |= {
            "values": {name: values[name] if name in changed else now[name] for name in FIELDS},
            "conflicts": {name: {"text": _shown(name, now[name])} for name in others},
            "were": now,
            "version": record["version"],
            "is_stale": True,
        }
        errors = [error for error in errors if error["code"] != "STALE"]
    return _form(request, context, errors)


def _shown(name: str, value: str) -> str:
    if name.startswith("is"):
        return _("Yes") if value else _("No")
    return value


def _form(request: ScreenRequest, context: dict[str, Any], errors: list[dict[str, Any]]) -> Screen:
    settings = request.execute(CHOICES)["customerSettings"]
    more = {
        "errors": errors,
        "taken_by": next((error["id"] for error in errors if error["code"] == "UNIQUE" and error["id"]), ""),
        "shown_fields": " ".join((*FIELDS, "tags", "groupIds")),
        "settings": settings,
        "countries": sorted(
            ((one["code"], country(one["code"])) for one in settings["countries"]), key=lambda pair: pair[1]
        ),
        "languages": [(one["code"], f"{language(one['code'])} ({one['code']})") for one in settings["languages"]],
        "lawful_bases": [(basis, said(basis)) for basis in LAWFUL_BASES],
        "groups": [group for group in choices.groups(request) if not group["isDefault"]],
    }
    return Screen("record/form.html", {**more, **context})
