"""Creates draft orders for customers, with Saleor's own mutation and the caller's permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from ...accounts import services as account_services
from ...activity.models import ActivityType, CauseType
from ...activity.services import Actor, Cause, Entry, append
from ...errors import CustomerPlusError, ErrorCode, Problems
from ...records.models import CustomerRecord as Record
from ...saleor_adapter import host, saleor_api
from ..addresses.types import CustomerAddressKind
from ..core.base import checked_text, key_of, to_global_id
from ..core.mutations import StaffMutation
from ..core.types import list_of
from ..records.lookup import existing_record
from ..records.types import CustomerRecord

_DRAFT_CREATE = """
mutation ($input: DraftOrderCreateInput!) {
  draftOrderCreate(input: $input) { order { id } errors { field message code addressType } }
}
"""
# The addresses of `draftOrderCreate`, by what its errors call them.
_ADDRESSES = {"SHIPPING": "shippingAddress", "BILLING": "billingAddress"}


class CustomerOrderLineInput(graphene.InputObjectType):  # type: ignore[misc]
    """A line of a draft order."""

    variant_id = graphene.ID(required=True, description="Global ID of the Saleor product variant.")
    quantity = graphene.Int(required=True, description="Number of items.")


class CustomerDraftOrderCreate(StaffMutation):
    """Creates a Saleor draft order for a customer, with the addresses of the account or else of the latest order.

    An address that Saleor refuses, such as one without a street, is left out. Complete the order in Saleor. Requires
    MANAGE_USERS and MANAGE_ORDERS.
    """

    record = graphene.Field(CustomerRecord, description="The updated customer record. Null if the mutation failed.")
    order_id = graphene.ID(description="Global ID of the Saleor draft order.")
    omitted_addresses = list_of(
        CustomerAddressKind,
        description="Addresses that the order does not have because Saleor refused them. Null if the mutation failed.",
    )

    class Arguments:
        record_id = graphene.ID(required=True, description="Global ID of the customer record.")
        channel = graphene.String(required=True, description="Slug or Saleor ID of the channel.")
        lines = list_of(CustomerOrderLineInput, required=True, description="Lines of the draft order.")
        voucher_code = graphene.String(description="Code of a Saleor voucher.")

    @classmethod
    def perform(
        cls,
        info: Any,
        actor: Actor,
        *,
        record_id: str,
        channel: str,
        lines: list[Mapping[str, Any]],
        voucher_code: str | None = None,
    ) -> dict[str, Any]:
        problems = Problems()
        with problems.noted():
            record = existing_record(record_id)
        with problems.noted():
            channel_id = _channel_id(channel)
        with problems.noted():
            code = checked_text(voucher_code or "", field="voucher_code", longest=255)
        problems.raise_any()
        order = {
            "channelId": channel_id,
            "lines": [{"variantId": line["variant_id"], "quantity": line["quantity"]} for line in lines],
            **_buyer(record, info.context),
        }
        if code:
            order["voucherCode"] = code
        answer, refused = _create(order, info.context)
        order_id = answer.or_raise()["order"]["id"]
        made = Cause(CauseType.ORDER, saleor_api.key_of(order_id))
        append([Entry(record.pk, ActivityType.DRAFT_ORDER_CREATED, **actor.of_entry, **made.of_entry)])
        return {"record": record, "order_id": order_id, "omitted_addresses": sorted(refused, reverse=True)}


def _create(order: dict[str, Any], context: Any) -> tuple[saleor_api.Answer, set[str]]:
    """Create the order, without the addresses that Saleor refuses. It looks at one of them at a time."""
    refused: set[str] = set()
    while True:
        given = {name: value for name, value in order.items() if name not in map(_ADDRESSES.get, refused)}
        answer = saleor_api.run(context, _DRAFT_CREATE, {"input": given})
        more = {error["addressType"] for error in answer.data["errors"]} & (_ADDRESSES.keys() - refused)
        if not more:
            return answer, refused
        refused |= more


class OrderMutations:
    """The draft order mutation."""

    customer_draft_order_create = CustomerDraftOrderCreate.Field()


def _buyer(record: Record, context: Any) -> dict[str, Any]:
    """The customer as input of `draftOrderCreate`."""
    shipping, billing = account_services.addresses_of(record, context)
    buyer = {
        "userEmail": record.email,
        **account_services.language_input(record),
        **account_services.address_input("shippingAddress", shipping),
        **account_services.address_input("billingAddress", billing),
    }
    if (account := account_services.account_of(record)) is not None:
        # Saleor looks the account up by its exact address.
        buyer |= {"user": to_global_id("User", account.pk), "userEmail": account.email}
    return buyer


def _channel_id(channel: str) -> str:
    """Return Saleor's ID of the channel with this slug or ID."""
    found = host.Channel.objects.filter(slug=checked_text(channel, field="channel", longest=255)).first()
    if found is None:
        found = host.Channel.objects.filter(pk=key_of(channel, "Channel", field="channel")).first()
    if found is None:
        raise CustomerPlusError("No channel has this slug or id.", code=ErrorCode.NOT_FOUND, field="channel")
    return to_global_id("Channel", found.pk)
