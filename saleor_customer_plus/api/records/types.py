"""Customer record types of the API."""

from __future__ import annotations

import itertools
from datetime import datetime
from functools import partial
from typing import Any

import graphene
from promise import Promise

from ...customers import queries
from ...records.addresses import LINES, by_field
from ...records.details import FIELDS
from ...records.emails import others_of
from ...records.models import CustomerRecord as Record
from ...records.suggestions import suggested
from ..activity.types import ActivityOfRecord
from ..addresses.types import AddressesOfRecord
from ..consent.types import ConsentOfRecord
from ..core.back_references import referable
from ..core.base import to_global_id
from ..core.dataloaders import load
from ..core.types import JSON, Address, CountryDisplay, DateTime, list_of
from ..core.versions import version_of
from ..customers.inputs import CustomerRecordSource, CustomerRecordStage
from ..duplicates.types import DuplicatesOfRecord
from ..fields.types import FieldsOfRecord
from ..groups.types import GroupsOfRecord
from ..insights.types import InsightsOfRecord
from ..leads.types import LeadsOfRecord
from ..ledger.types import OrdersOfRecord, load_summary
from ..merging.types import MergesOfRecord
from ..messages.types import MessagesOfRecord
from ..newsletter.types import NewsletterOfRecord
from ..notes.types import NotesOfRecord
from ..segments.types import SegmentsOfRecord
from ..tags.types import TagsOfRecord
from . import images
from .account_types import CustomerRecordAccount
from .detail_types import CustomerRecordProvenance, CustomerRecordSuggestion, is_seen, known_details, line_of
from .email_types import CustomerRecordEmail, emails_of
from .enums import CustomerRecordDetail, CustomerRecordLawfulBasis


class CustomerRecordSocialProfile(graphene.ObjectType):  # type: ignore[misc]
    """Fields of a profile in a social network."""

    network = graphene.String(required=True, description="Social network, such as instagram.")
    profile = graphene.String(required=True, description="Name or URL of the profile.")


@referable
class CustomerRecord(
    AddressesOfRecord,
    OrdersOfRecord,
    InsightsOfRecord,
    ActivityOfRecord,
    ConsentOfRecord,
    LeadsOfRecord,
    NotesOfRecord,
    MessagesOfRecord,
    TagsOfRecord,
    FieldsOfRecord,
    GroupsOfRecord,
    SegmentsOfRecord,
    MergesOfRecord,
    DuplicatesOfRecord,
    NewsletterOfRecord,
    graphene.ObjectType,  # type: ignore[misc]
):
    """One person, identified by one or more e-mail addresses: a guest, account holder or lead, or each in turn."""

    id = graphene.ID(required=True, description="Global ID of the customer record.")
    email = graphene.String(required=True, description="Primary e-mail address, trimmed and in lower case.")
    emails = list_of(
        CustomerRecordEmail,
        required=True,
        description="All e-mail addresses, the primary one first. Each belongs to one record only.",
    )
    first_name = graphene.String(required=True, description="First name, or an empty string.")
    last_name = graphene.String(required=True, description="Last name, or an empty string.")
    company_name = graphene.String(required=True, description="Company, or an empty string.")
    phone = graphene.String(required=True, description="Phone number, or an empty string.")
    additional_phones = list_of(graphene.String, required=True, description="Additional phone numbers.")
    number = graphene.String(description="The shop's customer number.")
    language_code = graphene.String(required=True, description="Language code of the customer, or an empty string.")
    street_address_1 = graphene.String(
        resolver=partial(line_of, "street_address_1"),
        name="streetAddress1",
        required=True,
        description="First line of the street address, or an empty string.",
    )
    street_address_2 = graphene.String(
        resolver=partial(line_of, "street_address_2"),
        name="streetAddress2",
        required=True,
        description="Second line of the street address, or an empty string.",
    )
    postal_code = graphene.String(
        resolver=partial(line_of, "postal_code"),
        required=True,
        description="Postal code or ZIP code, or an empty string.",
    )
    city = graphene.String(
        resolver=partial(line_of, "city"), required=True, description="City or town, or an empty string."
    )
    country_area = graphene.String(
        resolver=partial(line_of, "country_area"), required=True, description="State or province, or an empty string."
    )
    country = graphene.Field(
        CountryDisplay, description="Country of the address, or the country that the customer buys from."
    )
    image = graphene.String(description="URL of the image, valid for one hour without a token.")
    store_note = graphene.String(required=True, description="Internal note of the shop, never shown to the customer.")
    is_tax_exempt = graphene.Boolean(required=True, description="Whether the customer is exempt from taxes.")
    social_profiles = list_of(CustomerRecordSocialProfile, required=True, description="Profiles in social networks.")
    attributes = graphene.Field(JSON, required=True, description="Custom attributes: a JSON object.")
    is_active = graphene.Boolean(required=True, description="Whether the record is in active use.")
    deactivation_reason = graphene.String(
        required=True, description="Why the record was deactivated, or an empty string."
    )
    is_approved_buyer = graphene.Boolean(
        required=True, description="Whether the shop approved the customer as a buyer."
    )
    lawful_basis = graphene.Field(
        CustomerRecordLawfulBasis, description="Lawful basis for storing the customer's data, if known."
    )
    stage = graphene.Field(
        CustomerRecordStage, required=True, description="Whether the person is a lead or a customer."
    )
    sources = list_of(CustomerRecordSource, required=True, description="Where the customer's activity came from.")
    has_account = graphene.Boolean(
        required=True, description="Whether the record is linked to an account with a confirmed address."
    )
    user_id = graphene.ID(description="Global ID of the linked Saleor account.")
    account = graphene.Field(
        CustomerRecordAccount,
        description="Linked account, or else an account with the record's address, confirmed or not.",
    )
    is_staff = graphene.Boolean(required=True, description="Whether `account` is a staff account.")
    created_at = DateTime(
        required=True,
        description="When the shop first knew the customer: the first order, sign-up or creation of the record.",
    )
    updated_at = DateTime(required=True, description="When the record was last updated.")
    version = graphene.String(
        required=True, description="Version to send back with an edit, so that it does not overwrite other changes."
    )
    customer_since = DateTime(
        description="When the lead became a customer: the first counted order or the sign-up. Null for leads."
    )
    order_count = graphene.Int(required=True, description="Number of counted orders, over all currencies.")
    last_order_at = DateTime(description="When the last counted order was placed.")
    locked_fields = list_of(
        CustomerRecordDetail, required=True, description="Locked details, which orders and the account do not change."
    )
    provenance = list_of(CustomerRecordProvenance, required=True, description="Sources of the details, if known.")
    suggestions = list_of(CustomerRecordSuggestion, required=True, description="Suggested values of locked details.")
    addresses = list_of(Address, required=True, description="Addresses saved on the account.")

    @staticmethod
    def resolve_id(record: Record, _info: Any) -> str:
        return to_global_id("CustomerRecord", record.pk)

    @staticmethod
    def resolve_emails(record: Record, info: Any) -> Any:
        if not record.other_emails:
            return emails_of(record, ())
        return load(info, others_of, record.pk).then(partial(emails_of, record))

    @staticmethod
    def resolve_country(record: Record, _info: Any) -> CountryDisplay | None:
        return CountryDisplay.of(record.country_code)

    @staticmethod
    def resolve_image(record: Record, info: Any) -> str | None:
        return images.address_of(record, info.context)

    @staticmethod
    def resolve_social_profiles(record: Record, _info: Any) -> list[dict[str, Any]]:
        return [{"network": network, "profile": profile} for network, profile in record.social_profiles.items()]

    @staticmethod
    def resolve_has_account(record: Record, _info: Any) -> bool:
        return record.account_id is not None

    @staticmethod
    def resolve_user_id(record: Record, _info: Any) -> str | None:
        return None if record.account_id is None else to_global_id("User", record.account_id)

    @staticmethod
    def resolve_account(record: Record, info: Any) -> Any:
        def known(account: Any) -> Any:
            if account is not None:
                account.is_linked = account.pk == record.account_id
            return account

        return _account(record, info).then(known)

    @staticmethod
    def resolve_is_staff(record: Record, info: Any) -> Any:
        return _account(record, info).then(lambda account: account is not None and account.is_staff)

    @staticmethod
    def resolve_created_at(record: Record, _info: Any) -> datetime:
        return record.created_at

    @staticmethod
    def resolve_updated_at(record: Record, _info: Any) -> datetime:
        return record.modified_at

    @staticmethod
    def resolve_customer_since(record: Record, info: Any) -> Any:
        return load_summary(record, info, "customer_since")

    @staticmethod
    def resolve_order_count(record: Record, info: Any) -> Any:
        return load_summary(record, info, "order_count")

    @staticmethod
    def resolve_last_order_at(record: Record, info: Any) -> Any:
        return load_summary(record, info, "last_order_at")

    @staticmethod
    def resolve_version(record: Record, _info: Any) -> str:
        return version_of(record)

    @staticmethod
    def resolve_lawful_basis(record: Record, _info: Any) -> str | None:
        return record.lawful_basis or None

    @staticmethod
    def resolve_locked_fields(record: Record, _info: Any) -> list[str]:
        return [name for name in FIELDS if name in record.locked_fields]

    @staticmethod
    def resolve_provenance(record: Record, _info: Any) -> list[dict[str, Any]]:
        return known_details(by_field(record.provenance))

    @staticmethod
    def resolve_suggestions(record: Record, info: Any) -> Any:
        suggestions = known_details(suggested(record.suggestions))
        seen = [is_seen(one, info) if one["field"] in LINES else True for one in suggestions]
        return Promise.all(seen).then(lambda seen: list(itertools.compress(suggestions, seen)))

    @staticmethod
    def resolve_addresses(record: Record, info: Any) -> Any:
        return [] if record.account_id is None else load(info, queries.saved_addresses, record.account_id)


def _account(record: Record, info: Any) -> Any:
    return load(info, queries.accounts_by_record, (record.account_id, record.email, *record.other_emails))
