"""Which columns a page of records reads: those that somebody asked for.

Reading the others would take as long as everything else about the page.
"""

from __future__ import annotations

from typing import Any

from .loading import asked

# Columns that are read for the field of the same name only.
_OF_THEIR_NAME = (
    "accepts_marketing", "accepts_system_mail", "additional_phones", "attributes", "company_name", "customer_since",
    "deactivation_reason", "first_name", "image", "is_active", "is_approved_buyer", "is_tax_exempt", "language_code",
    "last_name", "last_order_at", "lawful_basis", "locked_fields", "number", "order_count", "phone", "provenance",
    "social_profiles", "sources", "stage", "store_note", "suggestions",
)  # fmt: skip

# The fields that a column is read for.
FIELDS = {name: {name} for name in _OF_THEIR_NAME} | {
    "country_code": {"country"},
    "latest_order_id": {"latest_shipping_address", "latest_billing_address"},
    "modified_at": {"modified", "version"},
    "sort_name": set(),
}


def unread(info: Any) -> frozenset[str]:
    """The columns that no field in the request needs."""
    names = asked(info)
    return frozenset(column for column, fields in FIELDS.items() if fields.isdisjoint(names))
