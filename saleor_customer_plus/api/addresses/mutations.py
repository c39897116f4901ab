"""Mutations of a person's further addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ... import settings
from ...activity.services import Actor
from ...addresses import services as actions
from ...addresses.models import CustomerAddress as AddressRow
from ...addresses.queries import is_visible
from ...customers import queries
from ...customers.addresses import copy_address, make_primary
from ...errors import CustomerPlusError, ErrorCode, Problems
from ..core.base import channels_of, key_of
from ..core.mutations import StaffMutation
from ..records.lookup import existing_record
from ..records.types import CustomerRecord
from .inputs import CustomerAddressInput, address_values
from .types import CustomerAddress


class CustomerAddressCreate(StaffMutation):
    """Adds an address to a customer record, typed or copied from an order or the account. Requires MANAGE_USERS.

    The error `UNIQUE` contains the ID of the address if the record has the same one of this kind.
    """

    address = graphene.Field(CustomerAddress, description="The added address. Null if the mutation failed.")
    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        input = CustomerAddressInput(required=True, description="Fields of the address.")
        copy_of = graphene.ID(
            description="Global ID of a Saleor address of the customer's account or orders to copy. Fields of the "
            "input take precedence."
        )

    @classmethod
    def perform(
        cls, info: Any, actor: Actor, *, record_id: str, input: Mapping[str, Any], copy_of: str | None = None
    ) -> dict[str, Any]:
        problems, record, values, saleor_id = Problems(), None, dict[str, Any](), None
        with problems.noted():
            record = existing_record(record_id)
        region = (record.country_code if record else "") or settings.load()[0].default_country
        with problems.noted():
            values = address_values(input, region=region)
        with problems.noted():
            saleor_id = None if copy_of is None else key_of(copy_of, "Address", field="copy_of")
        problems.raise_any()
        assert record is not None  # or its error was raised just now
        if saleor_id is None:
            address = actions.add(record.pk, values, actor=actor)
        else:
            address = copy_address(record, saleor_id, values, actor=actor, channels=channels_of(info))
        return {"address": address, "record": queries.find(id=record.pk)}


class CustomerAddressUpdate(StaffMutation):
    """Updates an address of a customer record. Requires MANAGE_USERS."""

    address = graphene.Field(CustomerAddress, description="The updated address. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the address.")
        input = CustomerAddressInput(required=True, description="Fields to update.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str, input: Mapping[str, Any]) -> dict[str, Any]:
        problems, address, values = Problems(), None, dict[str, Any]()
        with problems.noted():
            address = _existing(info, id)
        region = (address.country_code if address else "") or settings.load()[0].default_country
        with problems.noted():
            values = address_values(input, region=region)
        problems.raise_any()
        assert address is not None  # or its error was raised just now
        return {"address": actions.update(address, values, actor=actor)}


class CustomerAddressDelete(StaffMutation):
    """Deletes an address of a customer record. Orders keep theirs. Requires MANAGE_USERS."""

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the address.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        address = _existing(info, id)
        actions.remove(address, actor=actor)
        return {"record": queries.find(id=address.record_id)}


class CustomerAddressMakePrimary(StaffMutation):
    """Makes an address the primary one, which is that of the record itself, and locks it. Requires MANAGE_USERS.

    The former primary address, if any, becomes a further address. The name, company and phone of the record stay.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")

    class Arguments:
        id = graphene.ID(required=True, description="Global ID of the address.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, id: str) -> dict[str, Any]:
        address = _existing(info, id)
        make_primary(address, actor=actor, context=info.context)
        return {"record": queries.find(id=address.record_id)}


def _existing(info: Any, global_id: str) -> AddressRow:
    """Return the address, if the caller may see it."""
    address = actions.existing(key_of(global_id, "CustomerAddress", field="id"))
    if not is_visible(address, channels_of(info)):
        raise CustomerPlusError("No address has this id.", code=ErrorCode.NOT_FOUND, field="id")
    return address


class AddressMutations:
    """The mutations of addresses."""

    customer_address_create = CustomerAddressCreate.Field()
    customer_address_update = CustomerAddressUpdate.Field()
    customer_address_delete = CustomerAddressDelete.Field()
    customer_address_make_primary = CustomerAddressMakePrimary.Field()
