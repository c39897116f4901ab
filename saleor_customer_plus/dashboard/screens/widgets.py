"""Widgets on Saleor's pages of a customer and of an order: who this is, and a quick note or tag."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from .record_labels import TAG_ADD, TAG_REMOVE
from .record_notes import CREATE, draft_of, note_of

WHO = """
fragment Who on CustomerRecord {
  id email firstName lastName companyName image stage isActive deactivationReason isApprovedBuyer isTaxExempt
  customerSince lastOrderAt
  account { id isConfirmed }
  figures { currency orderCount totalSpent { amount currency } averageOrderValue { amount currency } }
  tags { id name }
  groups { id name }
  notes(first: 5) { edges { node { id text isPinned author { type name } createdAt } } }
  leads(first: 5, states: [NEW, CONTACTED, QUALIFIED]) { edges { node { id subject state isOverdue nextContactAt } } }
  consents { channel purpose state }
}
"""

BY_ACCOUNT = f"query CustomerPlusOfAccount($id: ID!) {{ customerRecord(userId: $id) {{ ...Who }} }} {WHO}"
BY_ORDER = f"query CustomerPlusOfOrder($id: ID!) {{ customerRecord(orderId: $id) {{ ...Who }} }} {WHO}"
BY_ID = f"query CustomerPlusWho($id: ID!) {{ customerRecord(id: $id) {{ ...Who }} }} {WHO}"


def show_customer(request: ScreenRequest) -> Screen:
    """On Saleor's page of a customer."""
    return _found(request, BY_ACCOUNT, request.query.get("customerId", ""))


def show_order(request: ScreenRequest) -> Screen:
    """On Saleor's page of an order or a draft order."""
    return _found(request, BY_ORDER, request.query.get("orderId", ""))


def write_note(request: ScreenRequest, record_id: str) -> Screen:
    _payload, errors = request.change(CREATE, id=record_id, input=note_of(request))
    return _again(request, record_id, errors, _("Note saved."), **draft_of(request))


def change_tags(request: ScreenRequest, record_id: str) -> Screen:
    if removed := request.form.get("remove"):
        _payload, errors = request.change(TAG_REMOVE, id=record_id, tag=removed)
        return _again(request, record_id, errors, _("The tag was removed."))
    name = request.form.get("name", "")
    _payload, errors = request.change(TAG_ADD, id=record_id, names=[name])
    return _again(request, record_id, errors, _("The tag was added."), tag=name)


def _found(request: ScreenRequest, document: str, id: str) -> Screen:
    record = request.execute(document, id=id)["customerRecord"] if id else None
    return Screen("widgets/nobody.html") if record is None else _shown(record)


def _again(request: ScreenRequest, record_id: str, errors: list[dict[str, Any]], done: str, **typed: Any) -> Screen:
    record = request.execute(BY_ID, id=record_id)["customerRecord"]
    if record is None:
        return Screen("widgets/nobody.html")
    return _shown(record, errors=errors, **typed) if errors else _shown(record, notice=done)


def _shown(record: dict[str, Any], *, notice: str = "", **more: Any) -> Screen:
    notes = [edge["node"] for edge in record["notes"]["edges"]]
    context = {
        "record": record,
        "notes": [note for note in notes if note["isPinned"]] or notes[:1],
        "leads": [edge["node"] for edge in record["leads"]["edges"]],
        "consents": [one for one in record["consents"] if one["state"] != "NOT_SUBSCRIBED"],
        **more,
    }
    return Screen("widgets/person.html", context, notice=notice)
