"""What one customer agreed to: what is known of it, its history, and what staff write down."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..formats import moment_of
from ..requests import Screen, ScreenRequest
from .answers import done
from .record_context import wanted

CONSENT = """
query CustomerPlusConsent($id: ID!) {
  customerRecord(id: $id) {
    id email firstName lastName companyName
    consents { channel purpose state }
    consentEvents(first: 100) { edges { node {
      id channel purpose state decidedAt createdAt source optInLevel wording wordingVersion overrideReason evidence
      actor { type name }
    } } pageInfo { hasNextPage } }
  }
}
"""
RECORD = """
mutation CustomerPlusConsentRecord($id: ID!, $consent: CustomerConsentInput!) {
  customerConsentRecord(recordId: $id, consents: [$consent]) { errors { field message code } }
}
"""

STATES = ("SUBSCRIBED", "UNSUBSCRIBED", "PENDING")
SOURCES = ("STAFF", "CHECKOUT", "NEWSLETTER", "CONTACT_FORM", "IMPORT")
LEVELS = ("UNKNOWN", "SINGLE_OPT_IN", "CONFIRMED_OPT_IN", "SOFT_OPT_IN")
FIELDS = ("state", "source", "optInLevel", "wording", "wordingVersion", "decidedAt", "overrideReason")


def change_consent(request: ScreenRequest, record_id: str) -> Screen:
    """The dialog for one channel and purpose, with the history of that, and what it saves."""
    channel, purpose = (
        (request.form if request.is_post else request.query).get(name, "") for name in ("channel", "purpose")
    )
    errors: list[dict[str, Any]] = []
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    if request.is_post:
        consent: dict[str, Any] = {"channel": channel, "purpose": purpose}
        consent |= {name: value for name, value in typed.items() if value}
        if typed["decidedAt"]:
            consent["decidedAt"] = moment_of(typed["decidedAt"])
        _payload, errors = request.change(RECORD, id=record_id, consent=consent)
        if not errors:
            return done(_("Consent saved."))
    record = wanted(request.execute(CONSENT, id=record_id)["customerRecord"])
    state = next(
        (one["state"] for one in record["consents"] if one["channel"] == channel and one["purpose"] == purpose),
        "",
    )
    events = [edge["node"] for edge in record["consentEvents"]["edges"]]
    context = {
        "record": record,
        "channel": channel,
        "purpose": purpose,
        "state": state,
        "history": [one for one in events if one["channel"] == channel and one["purpose"] == purpose],
        "is_cut": record["consentEvents"]["pageInfo"]["hasNextPage"],
        "states": STATES,
        "sources": SOURCES,
        "levels": LEVELS,
        "typed": typed if request.is_post else {"source": "STAFF", "optInLevel": "UNKNOWN"},
        "errors": errors,
    }
    return Screen("record/consent_dialog.html", context)
