"""Merging customers: side by side with a choice for each field, and taking a merge back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..formats import country, number, said
from ..requests import Screen, ScreenRequest, address
from .answers import done

PREVIEW = """
query CustomerPlusMergePreview($input: CustomerRecordMergePreviewInput!) {
  customerRecordMergePreview(input: $input) {
    token record { id } accountId accountIds emails runsAsJob
    records { id email firstName lastName companyName image createdAt orderCount userId account { isLinked } }
    fields { field fieldKey label value recordId rule alternatives { recordId value source updatedAt isLocked } }
    consents { channel purpose state records { recordId state } }
    moves { orders notes leads tags groups consentEvents addresses activity emails }
    warnings { code message }
    blockers { code message }
  }
}
"""

MERGE = """
mutation CustomerPlusMerge($input: CustomerRecordMergeInput!) {
  customerRecordMerge(input: $input) { record { id } job { id } errors { field message code } }
}
"""

UNDO_PREVIEW = """
query CustomerPlusMergeUndoPreview($id: ID!) {
  customerMerge(id: $id) { id state undoFirst { id createdAt } }
  customerRecordMergeUndoPreview(mergeId: $id) { isComplete conflicts { code message } }
}
"""

MERGE_STATE = """
query CustomerPlusMergeState($id: ID!) { customerMerge(id: $id) { id state undoFirst { id createdAt } } }
"""

UNDO = """
mutation CustomerPlusMergeUndo($id: ID!) {
  customerRecordMergeUndo(mergeId: $id) { record { id } job { id } conflicts { code } errors { field message code } }
}
"""

RULES: dict[str, Any] = {
    "SAME": gettext_lazy("the same"),
    "CHOSEN": gettext_lazy("chosen"),
    "LOCKED": gettext_lazy("locked by staff"),
    "NEWEST": gettext_lazy("the newest"),
    "KEPT_RECORD": gettext_lazy("of the record that is kept"),
    "ACCOUNT": gettext_lazy("of the account"),
    "UNITED": gettext_lazy("all of them"),
    "ALL": gettext_lazy("only if it is so for all"),
    "ANY": gettext_lazy("if it is so for any"),
}

FIELDS: dict[str, Any] = {
    "EMAIL": gettext_lazy("E-mail"),
    "ADDITIONAL_PHONES": gettext_lazy("Other phones"),
    "ADDRESS": gettext_lazy("Address"),
    "NUMBER": gettext_lazy("Customer number"),
    "IMAGE": gettext_lazy("Picture"),
    "STORE_NOTE": gettext_lazy("Note of the shop"),
    "IS_TAX_EXEMPT": gettext_lazy("Tax exempt"),
    "IS_APPROVED_BUYER": gettext_lazy("Approved buyer"),
    "IS_ACTIVE": gettext_lazy("Active"),
    "SOCIAL_PROFILES": gettext_lazy("Social profiles"),
    "ATTRIBUTES": gettext_lazy("Attributes"),
    "LAWFUL_BASIS": gettext_lazy("Lawful basis"),
}
_CHOICE = "choice:"


def show(request: ScreenRequest) -> Screen:
    """The records side by side, as they would be merged with what is chosen so far; or merge them."""
    given = request.form if request.is_post else request.query
    ids = list(dict.fromkeys(given.getlist("ids")))
    if len(ids) < 2:
        return Screen("merge/nobody.html")
    errors: list[dict[str, Any]] = []
    if request.is_post:
        payload, errors = request.change(MERGE, input={**_input(given, ids), "token": given.get("token", "")})
        if not errors and payload["job"]:
            return done(_("A job merges them."), goes_to=address(f"jobs/{payload['job']['id']}"))
        if not errors:
            return done(_("The customers were merged."), goes_to=address(f"customers/{payload['record']['id']}"))
    found = request.execute(PREVIEW, input=_input(given, ids))["customerRecordMergePreview"]
    context = {"ids": ids, "errors": errors, **_side_by_side(found)}
    return Screen("merge/show.html", context, address="" if request.is_post else address("merge", given))


OTHERS = """
query CustomerPlusMergeWith($search: String, $id: ID!) {
  customerRecord(id: $id) { id email firstName lastName companyName }
  customerRecords(first: 11, search: $search) {
    edges { node { id email firstName lastName companyName image } }
  }
}
"""


def choose(request: ScreenRequest, record_id: str) -> Screen:
    """Look for the other record of somebody."""
    search = request.query.get("q", "").strip()
    data = request.execute(OTHERS, id=record_id, search=search or None)
    if data["customerRecord"] is None:
        raise Http404
    others = [edge["node"] for edge in data["customerRecords"]["edges"] if edge["node"]["id"] != record_id]
    found = [{**other, "merge": address("merge", {"ids": [record_id, other["id"]]})} for other in others[:10]]
    context = {"record": data["customerRecord"], "others": found if search else [], "search": search}
    return Screen("merge/choose.html", context)


def _input(given: QueryDict, ids: list[str]) -> dict[str, Any]:
    """What is chosen. The name of a choice is the field, with the key of one of the shop's own."""
    choices = []
    for name in given:
        if name.startswith(_CHOICE) and given[name]:
            field, _colon, key = name.removeprefix(_CHOICE).partition(":")
            choices.append({"field": field, "fieldKey": key or None, "recordId": given[name]})
    return {
        "ids": ids,
        "winnerId": given.get("winner") or None,
        "accountId": given.get("account") or None,
        "choices": choices,
    }


def _side_by_side(found: dict[str, Any]) -> dict[str, Any]:
    """One column for each record, one row for each field."""
    records = found["records"]
    order = [record["id"] for record in records]
    rows = []
    for field in found["fields"]:
        values = {one["recordId"]: one for one in field["alternatives"]}
        key = f":{field['fieldKey']}" if field["fieldKey"] else ""
        rows.append(
            {
                "name": f"{_CHOICE}{field['field']}{key}",
                "label": field["label"] or str(FIELDS.get(field["field"]) or said(field["field"])),
                "rule": RULES[field["rule"]],
                "is_chosen": field["rule"] == "CHOSEN",
                "kept": field["recordId"],
                "value": _shown(field["field"], field["value"]),
                "cells": [
                    {
                        "id": id,
                        "value": _shown(field["field"], values[id]["value"]) if id in values else "",
                        "source": values[id]["source"] if id in values else None,
                        "at": values[id]["updatedAt"] if id in values else None,
                        "is_locked": id in values and values[id]["isLocked"],
                        "is_there": id in values,
                        "is_kept": id == field["recordId"],
                    }
                    for id in order
                ],
            }
        )
    linked = [record for record in records if record["account"] and record["account"]["isLinked"]]
    return {
        "preview": found,
        "records": records,
        "winner": found["record"]["id"],
        "rows": rows,
        "accounts": linked if len(linked) > 1 else [],
        "moves": [words for words in _moves(found["moves"]) if words],
        "consents": [
            {
                **one,
                "cells": [next((of["state"] for of in one["records"] if of["recordId"] == id), "") for id in order],
            }
            for one in found["consents"]
        ],
    }


def _shown(field: str, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field == "ADDRESS":
        lines = (value.get(name) for name in ("streetAddress1", "streetAddress2", "postalCode", "city", "countryArea"))
        return ", ".join(filter(None, [*lines, country(value.get("countryCode"))]))
    if field in ("LAWFUL_BASIS", "LANGUAGE_CODE"):
        return said(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {one}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _moves(moves: dict[str, int]) -> list[str]:
    """What goes over to the record that is kept, in words."""
    words = {
        "orders": ngettext("%s order", "%s orders", moves["orders"]),
        "notes": ngettext("%s note", "%s notes", moves["notes"]),
        "leads": ngettext("%s enquiry", "%s enquiries", moves["leads"]),
        "tags": ngettext("%s tag", "%s tags", moves["tags"]),
        "groups": ngettext("%s group", "%s groups", moves["groups"]),
        "addresses": ngettext("%s further address", "%s further addresses", moves["addresses"]),
        "emails": ngettext("%s e-mail address", "%s e-mail addresses", moves["emails"]),
    }
    return [text % number(moves[name]) for name, text in words.items() if moves[name]]


def undo(request: ScreenRequest, merge_id: str) -> Screen:
    """What undoing a merge cannot put back, and undoing it."""
    errors: list[dict[str, Any]] = []
    if request.is_post:
        payload, errors = request.change(UNDO, id=merge_id)
        if not errors and payload["job"]:
            return done(_("A job undoes the merge."), goes_to=address(f"jobs/{payload['job']['id']}"))
        if not errors:
            kept = len(payload["conflicts"])
            notice = _("The merge was undone.")
            if kept:
                notice += " " + ngettext("%s thing stayed with the customer.", "%s things stayed.", kept) % number(kept)
            return done(notice)
    state = request.execute(MERGE_STATE, id=merge_id)["customerMerge"]
    if state is None:
        raise Http404
    preview: dict[str, Any] = {"conflicts": [], "isComplete": True}
    if not state["undoFirst"] and state["state"] == "MERGED":
        preview = request.execute(UNDO_PREVIEW, id=merge_id)["customerRecordMergeUndoPreview"]
    return Screen("merge/undo.html", {"merge": state, "preview": preview, "errors": errors})
