"""The e-mail addresses of one customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from .record_context import wanted

EMAILS = """
query CustomerPlusEmails($id: ID!) {
  customerRecord(id: $id) { id emails { email isPrimary source createdAt } }
}
"""
ADD = """
mutation CustomerPlusEmailAdd($id: ID!, $email: String!) {
  customerRecordEmailAdd(recordId: $id, email: $email) { errors { field message code id } }
}
"""
REMOVE = """
mutation CustomerPlusEmailRemove($id: ID!, $email: String!) {
  customerRecordEmailRemove(recordId: $id, email: $email) { errors { field message code } }
}
"""
MAKE_PRIMARY = """
mutation CustomerPlusEmailMakePrimary($id: ID!, $email: String!) {
  customerRecordEmailMakePrimary(recordId: $id, email: $email) { errors { field message code } }
}
"""


def change_emails(request: ScreenRequest, record_id: str) -> Screen:
    """Add or remove an address, or make one the primary one; the card again."""
    form = request.form
    errors: list[dict[str, Any]] = []
    notice, typed = "", form.get("add_email", "").strip()
    if typed:
        _payload, errors = request.change(ADD, id=record_id, email=typed)
        notice = _("E-mail address added.")
    elif email := form.get("remove_email"):
        _payload, errors = request.change(REMOVE, id=record_id, email=email)
        notice = _("E-mail address removed. Its orders are in a record of their own.")
    elif email := form.get("primary_email"):
        _payload, errors = request.change(MAKE_PRIMARY, id=record_id, email=email)
        notice = _("This is the primary e-mail address now.")
    record = wanted(request.execute(EMAILS, id=record_id)["customerRecord"])
    in_the_way = next((error["id"] for error in errors if error.get("id")), None)
    context = {
        "record": record,
        "typed": typed if errors else "",
        "problem": " ".join(error["message"] for error in errors),
        "in_the_way": None if in_the_way == record["id"] else in_the_way,
    }
    # Orders, figures, the account and the heading follow the addresses.
    is_done = bool(notice) and not errors
    return Screen(
        "record/emails.html",
        context,
        notice=notice if is_done else "",
        events=("customerPlusReload",) if is_done else (),
    )
