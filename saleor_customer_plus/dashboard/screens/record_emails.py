"""The e-mail addresses of one customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest
from .answers import done
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


def add_email(request: ScreenRequest, record_id: str) -> Screen:
    """Add an address; the card again, with what is wrong."""
    errors: list[dict[str, Any]] = []
    typed = request.form.get("add_email", "").strip() if request.is_post else ""
    if request.is_post:
        _payload, errors = request.change(ADD, id=record_id, email=typed)
    record = wanted(request.execute(EMAILS, id=record_id)["customerRecord"])
    in_the_way = next((error["id"] for error in errors if error.get("id")), None)
    context = {
        "record": record,
        "typed": typed if errors else "",
        "problem": " ".join(error["message"] for error in errors),
        "in_the_way": None if in_the_way == record["id"] else in_the_way,
    }
    # Orders, figures, the account and the heading follow the addresses.
    is_added = request.is_post and not errors
    notice = _("E-mail address added.") if is_added else ""
    return Screen("record/emails.html", context, notice=notice, events=("customerPlusReload",) if is_added else ())


def make_primary(request: ScreenRequest, record_id: str) -> Screen:
    """Ask first: an account changes too."""
    return _dialog(request, record_id, MAKE_PRIMARY, _("This is the primary e-mail address now."), is_removal=False)


def remove_email(request: ScreenRequest, record_id: str) -> Screen:
    """Ask first: orders leave the customer."""
    notice = _("E-mail address removed. Its orders are in a record of their own.")
    return _dialog(request, record_id, REMOVE, notice, is_removal=True)


def _dialog(request: ScreenRequest, record_id: str, document: str, notice: str, *, is_removal: bool) -> Screen:
    email = (request.form if request.is_post else request.query).get("email", "")
    errors: list[dict[str, Any]] = []
    if request.is_post:
        _payload, errors = request.change(document, id=record_id, email=email)
        if not errors:
            return done(notice)
    record = wanted(request.execute(EMAILS, id=record_id)["customerRecord"])
    context = {"record": record, "email": email, "is_removal": is_removal, "errors": errors}
    return Screen("record/email_dialog.html", context)
