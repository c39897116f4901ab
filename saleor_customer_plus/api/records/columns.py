"""The columns that a page of records loads: only those that are requested.

Loading the others would take as long as the rest of the page.
"""

from __future__ import annotations

from typing import Any

from ..core.dataloaders import asked

# Columns loaded only for the field of the same name.
_OF_THEIR_NAME = (
    "accepts_newsletter", "accepts_promotional_mail", "accepts_system_mail", "additional_phones",
    "attributes", "city", "company_name", "country_area", "customer_since", "deactivation_reason",
    "first_name", "image", "is_active", "is_approved_buyer", "is_tax_exempt", "language_code", "last_name",
    "last_order_at", "lawful_basis", "locked_fields", "number", "order_count", "phone", "postal_code",
    "social_profiles", "sources", "stage", "store_note", "suggestions",
)  # fmt: skip

# The names of these fields in snake case are not those of their columns.
_STREET = {"street_address_1": {"street_address1"}, "street_address_2": {"street_address2"}}

# The fields that need a column.
FIELDS = {name: {name} for name in _OF_THEIR_NAME} | {
    "country_code": {"country"},
    **_STREET,
    # Which tells who may see a line.
    "provenance": {"provenance", "postal_code", "city", "country_area"}.union(*_STREET.values()),
    "order_count": {"order_count", "rfm_group"},
    "latest_order_id": {"latest_shipping_address", "latest_billing_address"},
    "modified_at": {"updated_at", "version"},
    "sort_name": set(),
}


def unread(info: Any) -> frozenset[str]:
    """Return the columns that no requested field needs."""
    names = asked(info)
    return frozenset(column for column, fields in FIELDS.items() if fields.isdisjoint(names))
