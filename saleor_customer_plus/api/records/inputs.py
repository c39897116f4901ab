"""Record inputs, and their conversion to stored values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...errors import CustomerPlusError, SeveralErrors
from ...records.models import CustomerRecord as Record
from ...records.validation import clean
from ..consent.inputs import CustomerConsentInput
from ..core.types import JSON, list_of
from ..fields.inputs import CustomerRecordFieldInput
from .enums import CustomerRecordLawfulBasis

# Fields with a different name in the model.
_MODEL_NAMES = {"country": "country_code"}
_API_NAMES = {model: api for api, model in _MODEL_NAMES.items()}


class CustomerRecordSocialProfileInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a profile in a social network."""

    network = graphene.String(required=True, description="Social network, at most 64 characters.")
    profile = graphene.String(required=True, description="Name or URL of the profile, at most 255 characters.")


class CustomerRecordInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a customer record. Omitted fields are unchanged; null or an empty string clears a field."""

    email = graphene.String(description="E-mail address. Cannot be cleared.")
    first_name = graphene.String(description="Given name of the customer.")
    last_name = graphene.String(description="Family name of the customer.")
    company_name = graphene.String(description="Company that the customer buys for.")
    phone = graphene.String(
        description=(
            "Phone number. Without a country code, it is read as a number of the customer's country, "
            "or else of the country in the settings."
        )
    )
    additional_phones = list_of(graphene.String, description="Additional phone numbers, at most 20.")
    number = graphene.String(description="The shop's customer number, unique.")
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
    language_code = graphene.String(description="Language code of the customer, such as de or pt-br.")
    store_note = graphene.String(description="Internal note of the shop, at most 10,000 characters.")
    is_tax_exempt = graphene.Boolean(description="Whether the customer is exempt from taxes.")
    social_profiles = list_of(CustomerRecordSocialProfileInput, description="All social profiles, one per network.")
    attributes = graphene.Argument(
        JSON,
        description=(
            "All custom attributes: a JSON object of at most 64 strings, numbers, booleans or lists "
            "of these, up to 16 kilobytes."
        ),
    )
    fields = list_of(
        CustomerRecordFieldInput, description="Values of fields that the shop defined. Other fields are unchanged."
    )
    is_approved_buyer = graphene.Boolean(description="Whether the shop approved the customer as a buyer.")
    lawful_basis = graphene.Argument(
        CustomerRecordLawfulBasis, description="Lawful basis for storing the customer's data."
    )


class CustomerRecordCreateInput(CustomerRecordInput):
    """Fields required to create a customer record."""

    email = graphene.String(required=True, description="E-mail address, unique among records.")
    tags = list_of(graphene.String, description="Names of the customer's tags. New ones are created.")
    group_ids = list_of(graphene.ID, description="IDs of the customer's groups.")
    consents = list_of(CustomerConsentInput, description="Consent decisions, at most 50.")


def record_values(given: Mapping[str, Any], *, default_country: str, record: Record | None = None) -> dict[str, Any]:
    """Convert an input, without tags and the like, to stored values. Raises all errors at once."""
    raw = {_MODEL_NAMES.get(name, name): value for name, value in given.items()}
    if raw.get("social_profiles") is not None:
        raw["social_profiles"] = [(one["network"], one["profile"]) for one in raw["social_profiles"]]
    region = (record.country_code if record else "") or default_country
    cleaned = clean(raw, region=region)
    if cleaned.errors:
        raise SeveralErrors([_renamed(error) for error in cleaned.errors])
    return cleaned.values


def _renamed(error: CustomerPlusError) -> CustomerPlusError:
    field = error.field or ""
    return CustomerPlusError(error.message, code=error.code, field=_API_NAMES.get(field, field), id=error.id)
