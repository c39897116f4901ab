"""One lead: read and edited, moved on, assigned, converted by an order, deleted; and a new one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from ..formats import input_moment, moment_of
from ..requests import Screen, ScreenRequest
from .answers import done, refused
from .lead_fragments import STATES
from .leads import ORIGINS, OWNERS
from .record_context import name_of
from .rights import may_order

LEAD = """
query CustomerPlusLead($id: ID!) {
  customerLead(id: $id) {
    id subject message origin page campaign state lostReason isOverdue nextContactAt createdAt updatedAt
    convertedAt convertedOrderId
    owner { id firstName lastName email }
    record { id email firstName lastName companyName phone }
  }
}
"""
CREATE = """
mutation CustomerPlusLeadCreate($input: CustomerLeadCreateInput!) {
  customerLeadCreate(input: $input) { errors { field message code } }
}
"""
UPDATE = """
mutation CustomerPlusLeadUpdate($id: ID!, $input: CustomerLeadUpdateInput!) {
  customerLeadUpdate(id: $id, input: $input) { errors { field message code } }
}
"""
DELETE = """
mutation CustomerPlusLeadDelete($id: ID!) {
  customerLeadDelete(id: $id) { errors { field message code } }
}
"""

TEXTS = ("subject", "message", "origin", "page", "campaign", "state", "lostReason", "ownerId", "nextContactAt")
OF_NEW = ("email", "firstName", "lastName")


def edit(request: ScreenRequest, lead_id: str) -> Screen:
    """The dialog of one lead, and what it saves: only what was changed in it."""
    lead = _existing(request, lead_id)
    now = _as_text(lead)
    values, errors = now, list[dict[str, Any]]()
    if request.is_post:
        values = _typed(request.form, TEXTS)
        were = _typed(request.form, TEXTS, "was_")
        changed = {name for name in TEXTS if values[name] != were[name]}
        if values["state"] != "LOST":
            changed -= {"lostReason"}  # the reason goes with the state
        if not changed:
            return done(_("Nothing was changed."))
        _payload, errors = request.change(UPDATE, id=lead_id, input=_as_input(values, changed))
        if not errors:
            return done(_("Lead saved."))
        now = were
    context = {
        "lead": lead,
        "values": values,
        "were": now,
        "errors": errors,
        # Only an order converts a lead, and then it stays so.
        "states": ["CONVERTED"] if lead["state"] == "CONVERTED" else [one for one in STATES if one != "CONVERTED"],
        **_choices(request, lead["owner"]),
    }
    return Screen("leads/lead.html", context)


def create(request: ScreenRequest) -> Screen:
    """A new lead, of somebody whose page it was opened from or of an address."""
    record_id = (request.form if request.is_post else request.query).get("record", "")
    names = (*TEXTS, *OF_NEW)
    values, errors = _typed(request.form, names), list[dict[str, Any]]()
    if request.is_post:
        filled = _as_input(values, {name for name in names if values[name]})
        _payload, errors = request.change(CREATE, input=filled | ({"recordId": record_id} if record_id else {}))
        if not errors:
            return done(_("Lead created."))
    else:
        values["origin"] = "STAFF"
    context = {
        "record": name_of(request, record_id) if record_id else None,
        "values": values,
        "errors": errors,
        **_choices(request, None),
    }
    return Screen("leads/new.html", context)


def move(request: ScreenRequest, lead_id: str) -> Screen:
    """Put a lead into another column. Why one is lost is asked for."""
    state = (request.form if request.is_post else request.query).get("state", "")
    errors: list[dict[str, Any]] = []
    if request.is_post:
        changes = {"state": state}
        if state == "LOST":
            changes["lostReason"] = request.form.get("lostReason", "").strip()
        _payload, errors = request.change(UPDATE, id=lead_id, input=changes)
        if not errors:
            return done(_("Lead moved."))
    if state != "LOST":
        return refused(errors)
    context = {
        "lead": _existing(request, lead_id),
        "errors": errors,
        "values": {"lostReason": request.form.get("lostReason", "")},
    }
    return Screen("leads/lost.html", context)


def delete(request: ScreenRequest, lead_id: str) -> Screen:
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(DELETE, id=lead_id)
        if not errors:
            return done(_("Lead deleted."))
    return Screen("leads/delete.html", {"lead": _existing(request, lead_id), "errors": errors})


def _existing(request: ScreenRequest, lead_id: str) -> dict[str, Any]:
    lead: dict[str, Any] | None = request.execute(LEAD, id=lead_id)["customerLead"]
    if lead is None:
        raise Http404
    return lead


def _as_text(lead: dict[str, Any]) -> dict[str, str]:
    values = {name: str(lead.get(name) or "") for name in TEXTS}
    return values | {
        "ownerId": (lead["owner"] or {}).get("id", ""),
        "nextContactAt": input_moment(lead["nextContactAt"]),
    }


def _typed(form: QueryDict, names: tuple[str, ...], prefix: str = "") -> dict[str, str]:
    return {name: form.get(f"{prefix}{name}", "").replace("\r\n", "\n").strip() for name in names}


def _as_input(values: dict[str, str], names: set[str]) -> dict[str, Any]:
    chosen: dict[str, Any] = {name: values[name] for name in names}
    if "nextContactAt" in chosen:
        chosen["nextContactAt"] = moment_of(values["nextContactAt"]) if values["nextContactAt"] else None
    if "ownerId" in chosen:
        chosen["ownerId"] = values["ownerId"] or None
    return chosen


def _choices(request: ScreenRequest, owner: dict[str, Any] | None) -> dict[str, Any]:
    """Who can own a lead, and whether the caller may place an order. Who owns it now is always among them."""
    data = request.execute(OWNERS, search=None)
    staff = data["customerStaff"]
    owners = [edge["node"] for edge in staff["edges"]]
    if owner and owner["id"] not in [one["id"] for one in owners]:
        owners.insert(0, owner)
    are_many = staff["pageInfo"]["hasNextPage"]
    return {"owners": owners, "are_many": are_many, "origins": ORIGINS, "may_order": may_order(data)}
