"""Inputs of a person's further addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...addresses.services import cleaned
from ...errors import CustomerPlusError, SeveralErrors
from .types import CustomerAddressKind


class CustomerAddressInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of an address. Omitted fields are unchanged; null or an empty string clears a field."""

    kind = graphene.Argument(CustomerAddressKind, description="What the address is for. Defaults to OTHER.")
    label = graphene.String(description="Label of the address, such as Office, at most 64 characters.")
    first_name = graphene.String(description="First name of the recipient.")
    last_name = graphene.String(description="Last name of the recipient.")
    company_name = graphene.String(description="Company of the recipient.")
    phone = graphene.String(
        description="Phone number. Without a country code, it is read as a number of the address's country."
    )
    street_address_1 = graphene.String(
        name="streetAddress1", description="First line of the street address, at most 256 characters."
    )
    street_address_2 = graphene.String(
        name="streetAddress2", description="Second line of the street address, at most 256 characters."
    )
    postal_code = graphene.String(description="Postal code or ZIP code, at most 20 characters.")
    city = graphene.String(description="City or town, at most 256 characters.")
    country_area = graphene.String(description="State or province, at most 128 characters.")
    country = graphene.String(description="ISO 3166-1 alpha-2 country code.")


def address_values(given: Mapping[str, Any], *, region: str) -> dict[str, Any]:
    """Convert an input to stored values. Raises all errors at once."""
    raw = {("country_code" if name == "country" else name): value for name, value in given.items()}
    try:
        return cleaned(raw, region=region)
    except SeveralErrors as several:
        errors = [
            CustomerPlusError(
                one.message, code=one.code, field="country" if one.field == "country_code" else one.field, id=one.id
            )
            for one in several.errors
        ]
        raise SeveralErrors(errors) from None
