"""Newsletter types of the API, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import graphene

from ...customers.queries import records_by_id
from ...mail.models import Mail
from ...newsletter.models import NewsletterSignup, SignupState
from ...newsletter.queries import mails_of, signups_of
from ...records.models import CustomerRecord as Record
from ..consent.enums import CustomerConsentPurpose
from ..core.back_references import named
from ..core.base import to_global_id
from ..core.connections import connection_of
from ..core.dataloaders import load
from ..core.types import DateTime, enum_of, list_of

CustomerNewsletterSignupState = enum_of(
    SignupState,
    name="CustomerNewsletterSignupState",
    description="State of a newsletter sign-up.",
    values={
        "RECEIVED": "Received and waiting to be processed. Not in any list",
        "PENDING": "The customer was sent a mail to confirm the sign-up",
        "CONFIRMED": "The customer confirmed the sign-up",
        "SUBSCRIBED": "In force without a confirmation: single opt-in",
        "KNOWN": "The customer was subscribed already",
    },
)


class CustomerNewsletterMail(graphene.ObjectType):  # type: ignore[misc]
    """A mail that a newsletter sign-up led to, as it was sent."""

    id = graphene.ID(required=True, description="Global ID of the message.")
    recipient = graphene.String(required=True, description="E-mail address that it was sent to.")
    subject = graphene.String(required=True, description="Subject line, as it was sent.")
    text = graphene.String(required=True, description="Text of the mail, with its links.")
    created_at = DateTime(required=True, description="When the mail was queued.")
    sent_at = DateTime(description="When the mail server accepted it. Null if it has not.")

    @staticmethod
    def resolve_id(mail: Mail, _info: Any) -> str:
        return to_global_id("CustomerMessage", mail.pk)

    @staticmethod
    def resolve_text(mail: Mail, _info: Any) -> str:
        return mail.text


class CustomerNewsletterSignup(graphene.ObjectType):  # type: ignore[misc]
    """A newsletter sign-up: what the customer was shown and sent, and what came of it."""

    id = graphene.ID(required=True, description="Global ID of the sign-up.")
    record = graphene.Field(named("CustomerRecord"), description="Customer record of whoever signed up.")
    email = graphene.String(required=True, description="E-mail address that signed up.")
    state = graphene.Field(CustomerNewsletterSignupState, required=True, description="Current state of the sign-up.")
    purposes = list_of(CustomerConsentPurpose, required=True, description="What the customer signed up for.")
    language_code = graphene.String(required=True, description="Language of the form, or an empty string.")
    wording = graphene.String(required=True, description="Consent text that the form showed.")
    wording_version = graphene.String(required=True, description="Version of the consent text.")
    page = graphene.String(required=True, description="Page that has the form, or an empty string.")
    ip_address = graphene.String(description="IP address of the sign-up. Null unless the settings keep it.")
    confirmed_ip_address = graphene.String(
        description="IP address of the confirmation. Null unless the settings keep it."
    )
    mails = list_of(CustomerNewsletterMail, required=True, description="Mails that were sent, oldest first.")
    created_at = DateTime(required=True, description="When the customer signed up.")
    confirmed_at = DateTime(description="When the customer confirmed the sign-up. Null if not.")

    @staticmethod
    def resolve_id(signup: NewsletterSignup, _info: Any) -> str:
        return to_global_id("CustomerNewsletterSignup", signup.pk)

    @staticmethod
    def resolve_record(signup: NewsletterSignup, info: Any) -> Any:
        return load(info, records_by_id, signup.record_id) if signup.record_id else None

    @staticmethod
    def resolve_mails(signup: NewsletterSignup, info: Any) -> Any:
        return load(info, mails_of, signup.pk)

    @staticmethod
    def resolve_created_at(signup: NewsletterSignup, _info: Any) -> datetime:
        return signup.received_at


SignupConnection = connection_of(CustomerNewsletterSignup, of="newsletter sign-ups")


class NewsletterOfRecord:
    """The newsletter fields of a customer record."""

    newsletter_signups = list_of(
        CustomerNewsletterSignup, required=True, description="The latest 20 newsletter sign-ups, newest first."
    )

    @staticmethod
    def resolve_newsletter_signups(record: Record, info: Any) -> Any:
        return load(info, signups_of, record.pk)
