"""Enums of consent, shared by records, filters, imports and exports."""

from __future__ import annotations

from ...consent.models import ConsentChannel, ConsentPurpose, ConsentSource, ConsentState, OptInLevel
from ..core.types import enum_of

CustomerConsentChannel = enum_of(
    ConsentChannel,
    name="CustomerConsentChannel",
    description="Channel for contacting a customer.",
    values={
        "EMAIL": "Messages to the record's e-mail address",
        "SMS": "Text messages to a mobile phone",
        "PHONE": "Calls by the shop",
        "POST": "Letters and parcels",
    },
)
CustomerConsentPurpose = enum_of(
    ConsentPurpose,
    name="CustomerConsentPurpose",
    description="What a customer may be contacted for.",
    values={
        "PROMOTIONAL": "Offers and advertising",
        "SYSTEM": "Updates about the shop and its services, other than messages about an order",
        "NEWSLETTER": "The regular newsletter",
    },
)
CustomerConsentState = enum_of(
    ConsentState,
    name="CustomerConsentState",
    description="State of a consent, as in Shopify. Only SUBSCRIBED, UNSUBSCRIBED and PENDING can be set.",
    values={
        "NOT_SUBSCRIBED": "The customer never decided",
        "PENDING": "Asked to confirm, for example by e-mail, and has not done so yet",
        "SUBSCRIBED": "Agreed. The shop may contact the customer",
        "UNSUBSCRIBED": "Withdrew or objected. The shop must not contact the customer",
        "INVALID": "Messages cannot be delivered, for example because the address does not exist",
        "REDACTED": "The customer's data was erased",
    },
)
CustomerConsentOptInLevel = enum_of(
    OptInLevel,
    name="CustomerConsentOptInLevel",
    description="How consent was given, as in Shopify.",
    values={
        "SINGLE_OPT_IN": "The customer signed up",
        "CONFIRMED_OPT_IN": "The customer signed up and confirmed it, for example by a link in an e-mail",
        "SOFT_OPT_IN": "The customer bought and did not object (ePrivacy Directive, Art. 13(2))",
        "UNKNOWN": "Not recorded how consent was given",
    },
)
CustomerConsentSource = enum_of(
    ConsentSource,
    name="CustomerConsentSource",
    description="Where a consent decision was made or recorded.",
    values={
        "STAFF": "Entered by a staff member",
        "CUSTOMER": "Chosen by the customer while logged in",
        "IMPORT": "Contained in an imported list",
        "CONTACT_FORM": "Submitted with the shop's contact form",
        "CHECKOUT": "Chosen by a checkbox in the checkout",
        "NEWSLETTER": "Submitted with a newsletter form, or recorded by a newsletter tool",
        "APP": "Recorded by a Saleor app, with its own token",
        "PREFERENCES": "Chosen by a link in a message: one click, or the page of preferences",
    },
)
