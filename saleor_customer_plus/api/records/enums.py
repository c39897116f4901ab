"""Enums of customer records."""

from __future__ import annotations

from django.db.models import TextChoices

from ...records.details import FIELDS
from ...records.models import LawfulBasis
from ..core.types import enum_of

CustomerRecordDetail = enum_of(
    TextChoices("CustomerRecordDetail", {name.upper(): name for name in FIELDS}),  # type: ignore[call-overload]
    name="CustomerRecordDetail",
    description="A detail of a customer record that is synchronized with orders and the account.",
    values={
        "FIRST_NAME": "Given name: the field `firstName`",
        "LAST_NAME": "Family name: the field `lastName`",
        "COMPANY_NAME": "Company: the field `companyName`",
        "PHONE": "Main phone number: the field `phone`",
        "STREET_ADDRESS_1": "First line of the street address: the field `streetAddress1`",
        "STREET_ADDRESS_2": "Second line of the street address: the field `streetAddress2`",
        "POSTAL_CODE": "Postal code: the field `postalCode`",
        "CITY": "City or town: the field `city`",
        "COUNTRY_AREA": "State or province: the field `countryArea`",
        "COUNTRY_CODE": "Country of the address: the code of the field `country`",
        "LANGUAGE_CODE": "Language: the field `languageCode`",
    },
)

CustomerRecordLawfulBasis = enum_of(
    LawfulBasis,
    name="CustomerRecordLawfulBasis",
    description="Lawful basis for storing a customer's data, as in Art. 6(1) of the GDPR.",
    values={
        "CONSENT": "The customer consented (a)",
        "CONTRACT": "Needed for a contract with the customer, or for steps that the customer requested before one (b)",
        "LEGAL_OBLIGATION": "Required by law, for example for invoices (c)",
        "LEGITIMATE_INTEREST": "A legitimate interest of the shop that the customer's rights do not outweigh (f)",
    },
)
