"""Types of a person's further addresses, and those of their orders."""

from __future__ import annotations

from typing import Any

import graphene

from ...addresses import queries
from ...addresses.models import AddressKind
from ...addresses.models import CustomerAddress as AddressRow
from ...customers.queries import SavedAddress
from ...records.models import CustomerRecord, Source
from ..core.base import channels_of, to_global_id
from ..core.dataloaders import load
from ..core.merged_from import merged_from
from ..core.types import Address, CountryDisplay, DateTime, enum_of, id_of, list_of
from ..customers.inputs import CustomerRecordSource

CustomerAddressKind = enum_of(
    AddressKind,
    name="CustomerAddressKind",
    description="What an address is for.",
    values={
        "SHIPPING": "Parcels go to this address",
        "BILLING": "Invoices go to this address",
        "OTHER": "Anything else, such as a former primary address",
    },
)


class CustomerAddress(graphene.ObjectType):  # type: ignore[misc]
    """A further address that staff keep for a customer. Orders, accounts and imports never change it."""

    id = graphene.ID(required=True, description="Global ID of the address.")
    kind = graphene.Field(CustomerAddressKind, required=True, description="What the address is for.")
    label = graphene.String(required=True, description="Label of the address, such as Office, or an empty string.")
    first_name = graphene.String(required=True, description="First name of the recipient, or an empty string.")
    last_name = graphene.String(required=True, description="Last name of the recipient, or an empty string.")
    company_name = graphene.String(required=True, description="Company, or an empty string.")
    phone = graphene.String(required=True, description="Phone number, or an empty string.")
    street_address_1 = graphene.String(
        name="streetAddress1", required=True, description="First line of the street address, or an empty string."
    )
    street_address_2 = graphene.String(
        name="streetAddress2", required=True, description="Second line of the street address, or an empty string."
    )
    postal_code = graphene.String(required=True, description="Postal code or ZIP code, or an empty string.")
    city = graphene.String(required=True, description="City or town, or an empty string.")
    country_area = graphene.String(required=True, description="State or province, or an empty string.")
    country = graphene.Field(CountryDisplay, description="Country, with its name.")
    source = graphene.Field(
        CustomerRecordSource,
        required=True,
        description="Where the address came from: staff who typed it, an import, or the order or account that it was "
        "copied from. Editing it makes it STAFF.",
    )
    source_id = graphene.ID(description="Global ID of the order or account that it was copied from, or of the import.")
    created_at = DateTime(required=True, description="When the address was added.")
    updated_at = DateTime(required=True, description="When the address was last changed.")
    merged_from = merged_from("addresses")

    @staticmethod
    def resolve_id(address: AddressRow, _info: Any) -> str:
        return to_global_id("CustomerAddress", address.pk)

    @staticmethod
    def resolve_country(address: AddressRow, _info: Any) -> CountryDisplay | None:
        return CountryDisplay.of(address.country_code)

    @staticmethod
    def resolve_source_id(address: AddressRow, _info: Any) -> str | None:
        return None if address.source == Source.STAFF else id_of(address.source, address.source_id)

    @staticmethod
    def resolve_updated_at(address: AddressRow, _info: Any) -> Any:
        return address.modified_at


class CustomerOrderAddress(graphene.ObjectType):  # type: ignore[misc]
    """An address that the customer ordered with. Several orders with the same address have one entry."""

    address = graphene.Field(Address, required=True, description="Address of the newest order that has it.")
    kinds = list_of(
        CustomerAddressKind, required=True, description="What orders used it for: shipping, billing or both."
    )
    order_id = graphene.ID(required=True, description="Global ID of the newest order that has it.")
    last_used_at = DateTime(required=True, description="When that order was placed.")

    @staticmethod
    def resolve_address(used: queries.OrderAddress, _info: Any) -> SavedAddress:
        return SavedAddress(used.address)

    @staticmethod
    def resolve_order_id(used: queries.OrderAddress, _info: Any) -> str:
        return to_global_id("Order", used.order_id)

    @staticmethod
    def resolve_last_used_at(used: queries.OrderAddress, _info: Any) -> Any:
        return used.used_at


class AddressesOfRecord:
    """The further addresses of a customer record."""

    address_book = list_of(
        CustomerAddress,
        required=True,
        description="Further addresses that staff keep, oldest first. The primary address is that of the record "
        "itself. Without copies from an order of a channel that the caller has no access to.",
    )
    order_addresses = list_of(
        CustomerOrderAddress,
        required=True,
        description="Addresses of the customer's 50 newest orders, each once, at most 20, the one used last first. "
        "Only orders of channels that the caller has access to.",
    )

    @staticmethod
    def resolve_address_book(record: CustomerRecord, info: Any) -> Any:
        return load(info, queries.addresses_of, record.pk, channels=channels_of(info))

    @staticmethod
    def resolve_order_addresses(record: CustomerRecord, info: Any) -> Any:
        return load(info, queries.addresses_of_orders, record.pk, channels=channels_of(info))
