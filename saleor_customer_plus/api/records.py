"""Customer records, as the API shows them."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import graphene
from django.db.models import TextChoices

from ..errors import CustomerPlusError, ErrorCode
from ..paging import Window, page
from ..records import queries
from ..records.details import FIELDS
from ..records.models import CustomerRecord as Record
from ..records.models import LawfulBasis
from ..records.suggestions import suggested
from . import images
from .activity import ActivityOfRecord
from .base import checked_text, key_of, staff_only, tells_errors, to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .consent import ConsentOfRecord
from .groups import GroupsOfRecord
from .leads import LeadsOfRecord
from .loading import load
from .notes import NotesOfRecord
from .orders import OrdersOfRecord
from .record_columns import unread
from .record_inputs import (
    CustomerRecordFilterInput,
    CustomerRecordSortingInput,
    CustomerRecordSource,
    CustomerRecordStage,
    record_list,
)
from .tags import TagsOfRecord
from .types import JSON, Address, CountryDisplay, DateTime, enum_of, id_of, list_of
from .versions import version_of

CustomerRecordDetail = enum_of(
    TextChoices("CustomerRecordDetail", {name.upper(): name for name in FIELDS}),  # type: ignore[call-overload]
    name="CustomerRecordDetail",
    description="A detail of a record that is kept in step with orders and the account.",
)

CustomerRecordLawfulBasis = enum_of(
    LawfulBasis,
    name="CustomerRecordLawfulBasis",
    description="Why the shop may hold a person's data: the bases of the GDPR's Art. 6(1).",
)


class CustomerRecordProvenance(graphene.ObjectType):  # type: ignore[misc]
    """Where the value of a detail came from."""

    field = graphene.Field(CustomerRecordDetail, required=True, description="The detail.")
    source = graphene.Field(CustomerRecordSource, required=True, description="What kind of thing it came from.")
    source_id = graphene.ID(description="The global id of the order or the account that it came from.")
    at = DateTime(required=True, description="Of when the value is.")


class CustomerRecordSuggestion(CustomerRecordProvenance):
    """The value that a locked detail would have were it not locked."""

    value = graphene.String(required=True, description="The value.")


def _known(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a record keeps for its details, in their order, as the two types above show it."""
    return [
        {
            "field": name,
            "source": details[name]["source"],
            "source_id": id_of(details[name]["source"], details[name]["origin"]),
            "at": datetime.fromisoformat(details[name]["at"]),
            "value": details[name].get("value"),
        }
        for name in FIELDS
        if name in details
    ]


class CustomerRecordSocialProfile(graphene.ObjectType):  # type: ignore[misc]
    """A profile in a social network."""

    network = graphene.String(required=True, description="The network.")
    profile = graphene.String(required=True, description="The name or the address of the profile there.")


class CustomerRecord(
    OrdersOfRecord,
    ActivityOfRecord,
    ConsentOfRecord,
    LeadsOfRecord,
    NotesOfRecord,
    TagsOfRecord,
    GroupsOfRecord,
    graphene.ObjectType,  # type: ignore[misc]
):
    """One person, known by one e-mail address: a guest, an account holder, a lead, or all of them in turn."""

    id = graphene.ID(required=True, description="The global id of the record.")
    email = graphene.String(required=True, description="The e-mail address, trimmed and in lower case.")
    first_name = graphene.String(required=True, description="The first name, or blank.")
    last_name = graphene.String(required=True, description="The last name, or blank.")
    company_name = graphene.String(required=True, description="The company, or blank.")
    phone = graphene.String(required=True, description="The phone number, or blank.")
    additional_phones = list_of(graphene.String, required=True, description="Further phone numbers.")
    number = graphene.String(description="The shop's own number for this customer.")
    language_code = graphene.String(required=True, description="The code of the person's language, or blank.")
    country = graphene.Field(CountryDisplay, description="The country.")
    image = graphene.String(description="Where the picture can be fetched within an hour, without a token.")
    store_note = graphene.String(required=True, description="A free note of the shop, never shown to the person.")
    is_tax_exempt = graphene.Boolean(required=True, description="Whether the person is exempt from taxes.")
    social_profiles = list_of(CustomerRecordSocialProfile, required=True, description="Profiles in social networks.")
    attributes = graphene.Field(JSON, required=True, description="The shop's own attributes: an object.")
    is_active = graphene.Boolean(required=True, description="Whether the record is in use.")
    deactivation_reason = graphene.String(required=True, description="Why the record is out of use, or blank.")
    is_approved_buyer = graphene.Boolean(required=True, description="Whether the shop approved the person as a buyer.")
    lawful_basis = graphene.Field(
        CustomerRecordLawfulBasis, description="Why the shop may hold the person's data, if that is known."
    )
    stage = graphene.Field(CustomerRecordStage, required=True, description="How far the person has come.")
    sources = list_of(CustomerRecordSource, required=True, description="Where activity came from.")
    has_account = graphene.Boolean(required=True, description="Whether the person has an account.")
    user_id = graphene.ID(description="Saleor's global id of the account.")
    created = DateTime(required=True, description="When the shop first knew the person.")
    modified = DateTime(required=True, description="When the record last changed.")
    version = graphene.String(
        required=True, description="What to send back with an edit, so that it overwrites nothing that was not seen."
    )
    customer_since = DateTime(description="When the person became a customer.")
    order_count = graphene.Int(required=True, description="How many orders count, over all currencies.")
    last_order_at = DateTime(description="When the last order that counts was placed.")
    locked_fields = list_of(
        CustomerRecordDetail, required=True, description="Details that orders and the account do not change."
    )
    provenance = list_of(
        CustomerRecordProvenance, required=True, description="Where the details came from, as far as it is known."
    )
    suggestions = list_of(
        CustomerRecordSuggestion, required=True, description="What locked details would have been changed to."
    )
    addresses = list_of(Address, required=True, description="The addresses saved on the account.")

    @staticmethod
    def resolve_id(record: Record, _info: Any) -> str:
        return to_global_id("CustomerRecord", record.pk)

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
    def resolve_created(record: Record, _info: Any) -> datetime:
        return record.created_at

    @staticmethod
    def resolve_modified(record: Record, _info: Any) -> datetime:
        return record.modified_at

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
        return _known(record.provenance)

    @staticmethod
    def resolve_suggestions(record: Record, _info: Any) -> list[dict[str, Any]]:
        return _known(suggested(record.suggestions))

    @staticmethod
    def resolve_addresses(record: Record, info: Any) -> Any:
        return [] if record.account_id is None else load(info, queries.saved_addresses, record.account_id)


def existing_record(global_id: str, *, field: str = "record_id") -> Record:
    """The record of a global id, active or not. Raise NOT_FOUND if there is none."""
    record = queries.find(id=key_of(global_id, "CustomerRecord", field=field))
    if record is None:
        raise CustomerPlusError("There is no such record.", code=ErrorCode.NOT_FOUND, field=field)
    return record


RecordConnection = connection_of(CustomerRecord, of="customer records")


class RecordQueries:
    """The queries for records."""

    customer_record = graphene.Field(
        CustomerRecord,
        description="Look up a record by exactly one thing that identifies it. Requires MANAGE_USERS.",
        id=graphene.ID(description="The global id of the record."),
        email=graphene.String(description="The e-mail address, in any case."),
        user_id=graphene.ID(description="Saleor's global id of the account."),
        number=graphene.String(description="The shop's own number for the customer."),
    )
    customer_records = graphene.Field(
        RecordConnection,
        description=(
            "The customer records: active ones, newest first, unless told otherwise. A search gives the best matches "
            "first, unless it is sorted. Requires MANAGE_USERS."
        ),
        filter=CustomerRecordFilterInput(description="What all listed records have in common."),
        search=graphene.String(
            description=(
                "Words of the name, the e-mail address, the company or the number, or digits of a phone number. "
                "Every one must match the start of something."
            )
        ),
        sort_by=CustomerRecordSortingInput(description="How the list is sorted."),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_record(_root: Any, _info: Any, **arguments: str | None) -> Record | None:
        given = {name: value for name, value in arguments.items() if value is not None}
        if len(given) != 1:
            raise CustomerPlusError("Give exactly one of the arguments `id`, `email`, `userId` and `number`.")
        ((name, value),) = given.items()
        if name == "id":
            return queries.find(id=key_of(value, "CustomerRecord", field="id"))
        if name == "user_id":
            return queries.find(account_id=key_of(value, "User", field="userId"))
        if name == "email":
            return queries.find(email=checked_text(value, field="email", longest=320))
        return queries.find(number=checked_text(value, field="number", longest=64))

    @staticmethod
    @staff_only
    @tells_errors
    def resolve_customer_records(
        _root: Any,
        info: Any,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        sort_by: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Listing:
        wanted = replace(record_list(filter, search, sort_by), unread=unread(info))
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerRecords", **arguments))),
            count=wanted.count,
        )
