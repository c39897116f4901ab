"""The log of one customer, by kinds."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from ..requests import Screen, ScreenRequest
from . import own_fields
from . import record_fragments as fragments
from .record_context import context_of, wanted

ACTIVITY = (
    """
query CustomerPlusActivity($id: ID!, $after: String, $filter: CustomerRecordActivityFilterInput) {
  customerRecord(id: $id) {
    id email firstName lastName companyName
    activity(first: 20, after: $after, filter: $filter) { ...Activity }
  }
  customerFields { ...OwnFields }
}
"""
    + fragments.ACTIVITY
    + own_fields.FIELDS
)

# What the log can be filtered by: many types of the API each.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "orders": (_("Orders"), ("ORDER_ADDED", "ORDER_CHANGED", "ORDER_REMOVED", "DRAFT_ORDER_CREATED")),
    "details": (
        _("Details"),
        (
            "RECORD_CREATED",
            "DETAILS_SYNCED",
            "DETAILS_SUGGESTED",
            "DETAILS_EDITED",
            "DETAILS_UNLOCKED",
            "SUGGESTION_ACCEPTED",
            "SUGGESTION_DISMISSED",
            "EMAIL_CHANGED",
            "EMAIL_ADDED",
            "EMAIL_REMOVED",
            "IMAGE_CHANGED",
            "STAGE_CHANGED",
        ),
    ),
    "labels": (
        _("Tags and groups"),
        ("TAG_ADDED", "TAG_REMOVED", "TAG_RENAMED", "GROUP_JOINED", "GROUP_LEFT", "GROUP_RENAMED"),
    ),
    "notes": (_("Notes"), ("NOTE_ADDED", "NOTE_EDITED", "NOTE_DELETED", "FILE_ATTACHED", "FILE_REMOVED")),
    "leads": (_("Leads"), ("LEAD_ADDED", "LEAD_CHANGED", "LEAD_CONVERTED", "LEAD_DELETED")),
    "consent": (_("Consent and privacy"), ("CONSENT_CHANGED", "LINKS_REVOKED", "PERSONAL_DATA_EXPORTED")),
    "account": (
        _("Account and access"),
        (
            "ACCOUNT_LINKED",
            "ACCOUNT_UNLINKED",
            "ACCOUNT_OPENED",
            "ACTIVATED",
            "DEACTIVATED",
            "BUYER_APPROVED",
            "BUYER_DISAPPROVED",
        ),
    ),
}


def show_activity(request: ScreenRequest, record_id: str) -> Screen:
    """The card by what was chosen, or the entries that follow."""
    context = _context(request, record_id)
    return Screen("record/log_entries.html" if request.query.get("after") else "record/log.html", context)


def show_log(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog of the list, to look into the log without opening the record."""
    return Screen("record/log_dialog.html", _context(request, record_id))


def _context(request: ScreenRequest, record_id: str) -> dict[str, Any]:
    kind = request.query.get("kind", "")
    chosen = {"types": list(KINDS[kind][1])} if kind in KINDS else None
    data = request.execute(ACTIVITY, id=record_id, after=request.query.get("after") or None, filter=chosen)
    return {**context_of(wanted(data["customerRecord"])), "definitions": data["customerFields"], **log_choices(kind)}


def log_choices(kind: str = "") -> dict[str, Any]:
    """What the card's filter offers."""
    return {"kind": kind, "kinds": [(name, words) for name, (words, _types) in KINDS.items()]}
