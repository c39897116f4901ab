"""Newsletter sign-ups: which there are, sending a mail again, and the proof of one customer's consents."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ..requests import Screen, ScreenRequest, address, page_of
from .answers import done, refused
from .record_context import wanted

SIGNUPS = """
query CustomerPlusSignups(
  $states: [CustomerNewsletterSignupState!], $first: Int, $last: Int, $before: String, $after: String
) {
  customerNewsletterSignups(states: $states, first: $first, last: $last, before: $before, after: $after) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    edges { node {
      id email state purposes languageCode page createdAt confirmedAt
      mails { id subject createdAt sentAt }
      record { id email firstName lastName companyName }
    } }
  }
  customerSettings { newsletter newsletterOptIn newsletterPurposes newsletterPendingDays newsletterResendMinutes }
}
"""
RESEND = """
mutation CustomerPlusResend($id: ID!) {
  customerNewsletterResend(recordId: $id) { errors { field message code } }
}
"""
REVOKE = """
mutation CustomerPlusRevokeLinks($id: ID!) {
  customerPreferenceLinksRevoke(recordId: $id) { revoked errors { field message code } }
}
"""
PROOF = """
query CustomerPlusProof($id: ID!, $language: String) {
  customerRecord(id: $id) { id email firstName lastName companyName }
  page: customerConsentProof(recordId: $id, format: HTML, languageCode: $language) { url }
  data: customerConsentProof(recordId: $id, format: JSON) { url }
}
"""

STATES = ("PENDING", "CONFIRMED", "SUBSCRIBED", "KNOWN")
ROWS = 30


def show_list(request: ScreenRequest) -> Screen:
    """The sign-ups in one state, newest first: those that wait, unless another one is asked for."""
    state = request.query.get("state", "PENDING")
    data = request.execute(SIGNUPS, states=[state] if state in STATES else None, **page_of(request.query, ROWS))
    found = data["customerNewsletterSignups"]
    page = found["pageInfo"]
    context = {
        "signups": [edge["node"] for edge in found["edges"]],
        "total": found["totalCount"],
        "settings": data["customerSettings"],
        "states": STATES,
        "state": state,
        "next": address("newsletter", {"state": state, "after": page["endCursor"]}) if page["hasNextPage"] else "",
        "previous": address("newsletter", {"state": state, "before": page["startCursor"]})
        if page["hasPreviousPage"]
        else "",
    }
    return Screen("newsletter/signups.html", context, address=address("newsletter", request.query))


def resend(request: ScreenRequest, record_id: str) -> Screen:
    """Send the mail of the latest sign-up that waits again."""
    _payload, errors = request.change(RESEND, id=record_id)
    return refused(errors) if errors else done(_("The mail is being sent again."))


def show_proof(request: ScreenRequest, record_id: str) -> Screen:
    """Where the proof is to be had, and the links of old messages revoked."""
    if request.is_post:
        _payload, errors = request.change(REVOKE, id=record_id)
        return refused(errors) if errors else done(_("The links in earlier messages do not work any more."))
    data = request.execute(PROOF, id=record_id, language=get_language())
    context = {"record": wanted(data["customerRecord"]), "page": data["page"]["url"], "data": data["data"]["url"]}
    return Screen("newsletter/proof_dialog.html", context)
