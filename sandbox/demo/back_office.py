"""What staff do with the people of the story. Each step goes through the API; its first line is its title."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from saleor_customer_plus.mail.models import Mail

from . import inbox
from .api_client import ApiClient
from .shop import Shop

IDA = "ida@example.com"

# The smallest text that a reader of PDF files takes for one.
QUOTE = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"

ADD_TAG = """mutation ($record: ID!) {
  customerRecordTagsAdd(recordId: $record, names: ["VIP"]) { errors { field message code } }
}"""
MAKE_GROUP = """mutation {
  customerGroupCreate(input: {name: "Wholesale"}) { group { id } errors { field message code } }
}"""
JOIN_GROUP = """mutation ($record: ID!, $group: ID!) {
  customerRecordGroupsJoin(recordId: $record, groupIds: [$group]) { errors { field message code } }
}"""
WRITE_NOTE = """mutation ($record: ID!, $text: String!, $files: [Upload!]) {
  customerNoteCreate(recordId: $record, input: {text: $text}, attachments: $files) { errors { field message code } }
}"""
ADD_LEAD = """mutation ($email: String!) {
  customerLeadCreate(input: {email: $email, firstName: "Ida", subject: "Forty chairs", origin: PHONE}) {
    errors { field message code }
  }
}"""
RECORD_CONSENT = """mutation ($record: ID!, $wording: String!) {
  customerConsentRecord(
    recordId: $record
    consents: [
      {channel: EMAIL, purpose: NEWSLETTER, state: SUBSCRIBED, optInLevel: SINGLE_OPT_IN, wording: $wording}
    ]
  ) { errors { field message code } }
}"""
WRITE = """mutation ($record: ID!, $subject: String!, $body: String!) {
  customerMessageSend(recordId: $record, input: {subject: $subject, body: $body}) { errors { field message code } }
}"""
EDIT = """mutation ($record: ID!, $phone: String!) {
  customerRecordUpdate(id: $record, input: {phone: $phone}) { errors { field message code } }
}"""


def tag(api: ApiClient, _shop: Shop) -> None:
    """Anna gets the tag "VIP", which nobody but staff ever sees"""
    api(ADD_TAG, record=api.record("anna.rossi@example.com"))


def group(api: ApiClient, _shop: Shop) -> None:
    """Clara joins the group "Wholesale", whose name she may see"""
    made = api(MAKE_GROUP)["group"]
    api(JOIN_GROUP, record=api.record("clara@vogt.example"), group=made["id"])


def note(api: ApiClient, _shop: Shop) -> None:
    """A note on Clara, with last year's quote attached"""
    api(
        WRITE_NOTE,
        files={"files.0": SimpleUploadedFile("quote-2025.pdf", QUOTE, "application/pdf")},
        record=api.record("clara@vogt.example"),
        text="Wants the same terms as last year.\nSee the quote.",
    )


def lead(api: ApiClient, shop: Shop) -> None:
    """Ida calls and asks for chairs: a lead. Then she buys: the lead is converted, with the order that did it"""
    api(ADD_LEAD, email=IDA)
    shop.pay(shop.order(IDA, "880.00", address={"first_name": "Ida", "last_name": "Berg"}))


def consent(api: ApiClient, _shop: Shop) -> None:
    """Anna agrees to the newsletter and to nothing else: kept with the words that she was shown"""
    api(RECORD_CONSENT, record=api.record("anna.rossi@example.com"), wording="Yes, write to me once a month.")


def edit(api: ApiClient, shop: Shop) -> None:
    """Staff correct Ben's phone number: his next order has the old one, which stays a suggestion"""
    api(EDIT, record=api.record("ben@example.com"), phone="+1 617 555 0123")
    shop.pay(shop.order("ben@example.com", "12.00", currency="USD", address={"phone": "+16175550000"}))


def message(api: ApiClient, _shop: Shop) -> None:
    """Staff write to Clara, who finds it in her inbox and answers: both stand in the conversation with her"""
    email = "clara@vogt.example"
    api(WRITE, record=api.record(email), subject="Your quote, {{ first_name }}", body="Is it *still* forty chairs?")
    sent = Mail.objects.filter(recipient=email).latest("pk")
    inbox.answer(sent.message_id, f"Clara Vogt <{email}>", sent.subject, "Forty-two, please.")


STEPS: tuple[Callable[[ApiClient, Shop], None], ...] = (tag, group, note, lead, consent, edit, message)

SEEN = """
query ($email: String!) { customerRecord(email: $email) {
  firstName lastName stage phone acceptsNewsletter
  tags { name } groups { name isDefault } suggestions { field value }
  notes(first: 5) { edges { node { text attachments { name size url } } } }
  leads(first: 5) { edges { node { subject state convertedOrderId } } }
  consents { channel purpose state }
  conversation(first: 4) { edges { node { message { subject state body } } } }
  activity(first: 4, filter: {actors: [STAFF]}) { edges { node { type after } } }
} }
"""


def play(api: ApiClient, shop: Shop, tell: Callable[[str], None]) -> None:
    """Let every step happen."""
    for step in STEPS:
        tell((step.__doc__ or "").strip())
        step(api, shop)


def seen(api: ApiClient, email: str) -> Any:
    """What staff see of somebody afterwards."""
    return api(SEEN, email=email)
