"""What a client may write to a record, and how it becomes the values that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ..errors import CustomerPlusError, SeveralErrors
from ..records.models import CustomerRecord as Record
from ..records.validation import clean
from .consent_changes import CustomerConsentInput
from .records import CustomerRecordLawfulBasis
from .types import JSON, list_of

# Fields that the API calls otherwise than the model.
_MODEL_NAMES = {"country": "country_code"}
_API_NAMES = {model: api for api, model in _MODEL_NAMES.items()}


class CustomerRecordSocialProfileInput(graphene.InputObjectType):  # type: ignore[misc]
    """A profile in a social network."""

    network = graphene.String(required=True, description="The network, at most 64 characters.")
    profile = graphene.String(
        required=True, description="The name or the address of the profile there, at most 255 characters."
    )


class CustomerRecordInput(graphene.InputObjectType):  # type: ignore[misc]
    """Fields of a record. What is left out stays as it is; a null or a blank clears a field."""

    email = graphene.String(description="The e-mail address. It cannot be cleared.")
    first_name = graphene.String(description="The first name.")
    last_name = graphene.String(description="The last name.")
    company_name = graphene.String(description="The company.")
    phone = graphene.String(
        description=(
            "The phone number. Without the prefix of a country it is read as one of the person's country, or else of "
            "the country in the settings."
        )
    )
    additional_phones = list_of(graphene.String, description="Further phone numbers, at most 20.")
    number = graphene.String(description="The shop's own number for this customer, which no other may have.")
    country = graphene.String(description="The ISO 3166-1 alpha-2 code of the country.")
    language_code = graphene.String(description="The code of the person's language, such as de or pt-br.")
    store_note = graphene.String(description="A free note of the shop, at most 10,000 characters.")
    is_tax_exempt = graphene.Boolean(description="Whether the person is exempt from taxes.")
    social_profiles = list_of(CustomerRecordSocialProfileInput, description="All profiles, each network once.")
    attributes = graphene.Argument(
        JSON,
        description=(
            "All of the shop's own attributes: an object of at most 64 texts, numbers, booleans or lists of these, of "
            "at most 16 kilobytes."
        ),
    )
    is_approved_buyer = graphene.Boolean(description="Whether the shop approved the person as a buyer.")
    lawful_basis = graphene.Argument(CustomerRecordLawfulBasis, description="Why the shop may hold the person's data.")


class CustomerRecordCreateInput(CustomerRecordInput):
    """A new record."""

    email = graphene.String(required=True, description="The e-mail address, which no other record may have.")
    tags = list_of(graphene.String, description="The names of the person's tags. New ones are made.")
    groups = list_of(graphene.ID, description="The global ids of the person's groups.")
    consents = list_of(CustomerConsentInput, description="What the person decided, at most 50 decisions.")


def record_values(given: Mapping[str, Any], *, default_country: str, record: Record | None = None) -> dict[str, Any]:
    """The values to be stored, of an input without tags and the like. All that is wrong with it is raised at once."""
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
