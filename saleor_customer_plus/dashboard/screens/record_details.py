"""What sync suggests for the details of one customer, and what staff fixed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from . import record_fragments as fragments
from .answers import CHANGED
from .record_context import context_of, wanted

DETAILS = "query CustomerPlusDetails($id: ID!) { customerRecord(id: $id) { ...Person } }" + fragments.PERSON
ACCEPT = """
mutation CustomerPlusAccept($id: ID!, $fields: [CustomerRecordDetail!]!) {
  customerRecordSuggestionAccept(id: $id, fields: $fields) { errors { field message code } }
}
"""
DISMISS = """
mutation CustomerPlusDismiss($id: ID!, $fields: [CustomerRecordDetail!]!) {
  customerRecordSuggestionDismiss(id: $id, fields: $fields) { errors { field message code } }
}
"""
UNLOCK = """
mutation CustomerPlusUnlock($id: ID!, $fields: [CustomerRecordDetail!]!) {
  customerRecordUnlock(id: $id, fields: $fields) { errors { field message code } }
}
"""


def change_details(request: ScreenRequest, record_id: str) -> Screen:
    """Accept or dismiss a suggestion, or unlock a field; the card again."""
    choices = (
        ("accept", ACCEPT, _("Suggestion accepted.")),
        ("dismiss", DISMISS, _("Suggestion dismissed.")),
        ("unlock", UNLOCK, _("Orders can change this again.")),
    )
    errors: list[dict[str, Any]] = []
    notice, events = "", tuple[str, ...]()
    for name, document, confirmation in choices:
        if field := request.form.get(name):
            _payload, errors = request.change(document, id=record_id, fields=[field])
            # The name is in the heading, too.
            events = () if errors else (("customerPlusReload",) if name == "accept" else (CHANGED,))
            notice = "" if errors else confirmation
    record = wanted(request.execute(DETAILS, id=record_id)["customerRecord"])
    return Screen("record/details.html", {**context_of(record), "errors": errors}, notice=notice, events=events)
