"""Customer record types of the API."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import graphene
from django.db.models import TextChoices
from promise import Promise

from ...customers import queries
from ...errors import CustomerPlusError, ErrorCode
from ...ledger.queries import visible_orders
from ...records.addresses import LINES, by_field, source_of
from ...records.details import FIELDS
from ...records.emails import OtherEmail, others_of
from ...records.models import CustomerRecord as Record
from ...records.models import LawfulBasis, Source
from ...records.suggestions import suggested
from ..accounts.types import DataOfAccount
from ..activity.types import ActivityOfRecord
from ..addresses.types import AddressesOfRecord
from ..consent.types import ConsentOfRecord
from ..core.back_references import referable
from ..core.base import channels_of, key_of, to_global_id
from ..core.dataloaders import load
from ..core.types import JSON, Address, CountryDisplay, DateTime, enum_of, id_of, list_of
from ..core.versions import version_of
from ..customers.inputs import CustomerRecordSource, CustomerRecordStage
from ..duplicates.types import DuplicatesOfRecord
from ..fields.types import FieldsOfRecord
from ..groups.types import GroupsOfRecord
from ..insights.types import InsightsOfRecord
from ..leads.types import LeadsOfRecord
from ..ledger.types import OrdersOfRecord, load_summary, visible_order_id
from ..merging.types import MergesOfRecord
from ..messages.types import MessagesOfRecord
from ..newsletter.types import NewsletterOfRecord
from ..notes.types import NotesOfRecord
from ..segments.types import SegmentsOfRecord
from ..tags.types import TagsOfRecord
from . import images

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


class CustomerRecordProvenance(graphene.ObjectType):  # type: ignore[misc]
    """Source of a detail's value."""

    field = graphene.Field(CustomerRecordDetail, required=True, description="Detail of the record.")
    source = graphene.Field(
        CustomerRecordSource,
        required=True,
        description="Kind of the source: an order, the account, an import or staff.",
    )
    source_id = graphene.ID(
        description="ID of the source order, account, member of staff or import. Null for an order in a channel that "
        "the caller has no access to."
    )
    updated_at = DateTime(
        required=True,
        description="When the value was given: the time of the order, of the edit or of the change of the account.",
    )

    @staticmethod
    def resolve_source_id(known: Mapping[str, Any], info: Any) -> Any:
        if known["source"] == Source.ORDER:
            return visible_order_id(info, known["origin"])
        return id_of(known["source"], known["origin"])


class CustomerRecordSuggestion(CustomerRecordProvenance):
    """A suggestion: the value that a locked detail would have if it were not locked."""

    value = graphene.String(required=True, description="Suggested value.")


def _known(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries stored for a record's details, in order, for the two types above."""
    return [
        {
            "field": name,
            "source": details[name]["source"],
            "origin": details[name]["origin"],
            "updated_at": datetime.fromisoformat(details[name]["at"]),
            "value": details[name].get("value"),
        }
        for name in FIELDS
        if name in details
    ]


class CustomerRecordSocialProfile(graphene.ObjectType):  # type: ignore[misc]
    """Fields of a profile in a social network."""

    network = graphene.String(required=True, description="Social network, such as instagram.")
    profile = graphene.String(required=True, description="Name or URL of the profile.")


class CustomerRecordAccount(DataOfAccount, graphene.ObjectType):  # type: ignore[misc]
    """A Saleor account that is linked to the record or has its e-mail address."""

    id = graphene.ID(required=True, description="Global ID of the Saleor account.")
    is_linked = graphene.Boolean(
        required=True,
        description=(
            "Whether the record is linked to the account. If so, the record follows the account's "
            "address and includes its orders. An account with an unconfirmed address is not linked "
            "and has no access to the record."
        ),
    )
    is_confirmed = graphene.Boolean(required=True, description="Whether the account's e-mail address is confirmed.")
    is_active = graphene.Boolean(required=True, description="Whether the account can log in.")
    is_staff = graphene.Boolean(
        required=True, description="Whether it is a staff account. Changing it requires MANAGE_STAFF."
    )
    first_name = graphene.String(required=True, description="First name on the account, or an empty string.")
    last_name = graphene.String(required=True, description="Last name on the account, or an empty string.")
    joined_at = DateTime(required=True, description="When the account was created.")

    @staticmethod
    def resolve_id(account: Any, _info: Any) -> str:
        return to_global_id("User", account.pk)

    @staticmethod
    def resolve_joined_at(account: Any, _info: Any) -> datetime:
        joined_at: datetime = account.date_joined
        return joined_at


def _line(name: str, record: Record, info: Any) -> Any:
    """Return a line of the address, or a promise of it: blank if it came from an order that the caller cannot see."""
    value, known = getattr(record, name), source_of(record.provenance, name)
    if not value or known is None:
        return value
    return Promise.resolve(_is_seen(known, info)).then(lambda is_seen: value if is_seen else "")


def _is_seen(known: Mapping[str, Any], info: Any) -> Any:
    """Return whether the caller can see where a value came from, or a promise of it."""
    channels = channels_of(info) if known["source"] == Source.ORDER else None
    if channels is None:
        return True
    return load(info, visible_orders, known["origin"], channels=channels).then(bool)


class CustomerRecordEmail(graphene.ObjectType):  # type: ignore[misc]
    """An e-mail address of a customer."""

    email = graphene.String(required=True, description="E-mail address, trimmed and in lower case.")
    is_primary = graphene.Boolean(
        required=True, description="Whether it is the primary address, to which messages are sent."
    )
    source = graphene.Field(
        CustomerRecordSource, description="Where another address came from. Null for the primary address."
    )
    created_at = DateTime(
        description="Since when it has been another address of the record. Null for the primary address."
    )


def emails_of(record: Record, others: Iterable[OtherEmail]) -> list[dict[str, Any]]:
    """Return the addresses of a record, the primary one first."""
    return [
        {"email": record.email, "is_primary": True},
        *(
            {"email": one.email, "source": one.source, "created_at": one.created_at, "is_primary": False}
            for one in others
        ),
    ]


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
        resolver=partial(_line, "street_address_1"),
        name="streetAddress1",
        required=True,
        description="First line of the street address, or an empty string.",
    )
    street_address_2 = graphene.String(
        resolver=partial(_line, "street_address_2"),
        name="streetAddress2",
        required=True,
        description="Second line of the street address, or an empty string.",
    )
    postal_code = graphene.String(
        resolver=partial(_line, "postal_code"),
        required=True,
        description="Postal code or ZIP code, or an empty string.",
    )
    city = graphene.String(
        resolver=partial(_line, "city"), required=True, description="City or town, or an empty string."
    )
    country_area = graphene.String(
        resolver=partial(_line, "country_area"), required=True, description="State or province, or an empty string."
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
        return _known(by_field(record.provenance))

    @staticmethod
    def resolve_suggestions(record: Record, info: Any) -> Any:
        suggestions = _known(suggested(record.suggestions))
        seen = [_is_seen(one, info) if one["field"] in LINES else True for one in suggestions]
        return Promise.all(seen).then(lambda seen: list(itertools.compress(suggestions, seen)))

    @staticmethod
    def resolve_addresses(record: Record, info: Any) -> Any:
        return [] if record.account_id is None else load(info, queries.saved_addresses, record.account_id)


def _account(record: Record, info: Any) -> Any:
    return load(info, queries.accounts_by_record, (record.account_id, record.email, *record.other_emails))


def existing_record(global_id: str, *, field: str = "record_id") -> Record:
    """Return the record with a global ID, active or not. Raise NOT_FOUND if there is none."""
    record = queries.find(id=key_of(global_id, "CustomerRecord", field=field))
    if record is None:
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field=field)
    return record
