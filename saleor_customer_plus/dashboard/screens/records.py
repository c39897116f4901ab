"""One customer: who it is, what was bought, and what staff know and do about it."""

from __future__ import annotations

from ..requests import Screen, ScreenRequest
from . import duplicates, own_fields
from . import record_fragments as fragments
from .record_activity import log_choices
from .record_context import context_of, wanted
from .rights import may_order
from .segment_words import in_words

RECORD = (
    """
query CustomerPlusRecord($id: ID!) {
  customerRecord(id: $id) {
    ...Person
    figures {
      currency orderCount firstOrderAt
      totalSpent { amount currency } netOfRefunds { amount currency } averageOrderValue { amount currency }
    }
    insights { currency rfmGroup medianDaysBetweenOrders nextOrderExpectedAt daysSinceLastOrder computedAt }
    segments { segment { id name readyMade } since }
    orders(first: 10) { ...Orders }
    latestShippingAddress { ...Place }
    latestBillingAddress { ...Place }
    addresses { ...Place }
    addressBook {
      id kind label source updatedAt firstName lastName companyName streetAddress1 streetAddress2 postalCode city
      countryArea country { code } phone
    }
    emails { email isPrimary source createdAt }
    ...Labels
    ...Leads
    ...Consents
    activity(first: 20) { ...Activity }
    notes(first: 20) { ...Notes }
    ...Duplicates
    ...Merges
  }
  customerFields { ...OwnFields }
  rights: customerSettings { permissions }
}
fragment Place on Address {
  id firstName lastName companyName streetAddress1 streetAddress2 postalCode city countryArea country { code } phone
}
"""
    + fragments.PERSON
    + fragments.ORDERS
    + fragments.LABELS
    + fragments.LEADS
    + fragments.CONSENTS
    + fragments.ACTIVITY
    + fragments.NOTES
    + fragments.DUPLICATES
    + fragments.MERGES
    + own_fields.FIELDS
)

MORE_ORDERS = (
    """
query CustomerPlusOrders($id: ID!, $after: String) {
  customerRecord(id: $id) { id orders(first: 20, after: $after) { ...Orders } }
}
"""
    + fragments.ORDERS
)


def show(request: ScreenRequest, record_id: str) -> Screen:
    """The whole screen of one customer."""
    data = request.execute(RECORD, id=record_id)
    record = wanted(data["customerRecord"])
    record["segments"] = [{**one, "segment": in_words(one["segment"])} for one in record["segments"]]
    record["possibleDuplicates"] = duplicates.others_in_words(record)
    context = {
        **context_of(record),
        **log_choices(),
        "definitions": data["customerFields"],
        "is_whole": True,
        "may_order": may_order(data),
    }
    return Screen("record/show.html", context)


def show_more_orders(request: ScreenRequest, record_id: str) -> Screen:
    """The rows that follow."""
    data = request.execute(MORE_ORDERS, id=record_id, after=request.query.get("after"))
    return Screen("record/order_rows.html", context_of(wanted(data["customerRecord"])))
