"""What staff does for a person in Saleor itself: open an account, place an order.

Saleor's own mutations run, with the caller's own permissions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from .. import host, opening, saleor_api
from ..activity.actions import Actor, Cause, Entry, append
from ..activity.models import ActivityType, CauseType
from ..errors import CustomerPlusError, ErrorCode
from ..records.models import CustomerRecord as Record
from .base import checked_text, key_of, to_global_id
from .mutations import StaffMutation
from .records import CustomerRecord, existing_record
from .types import list_of

_DRAFT_CREATE = f"""
mutation ($input: DraftOrderCreateInput!) {{
  draftOrderCreate(input: $input) {{ order {{ id }} {saleor_api.ERRORS} }}
}}
"""


class CustomerAccountCreate(StaffMutation):
    """Open a Saleor account for somebody who has none, with what is known of them.

    No mail is sent: the person sets a password with "forgotten password", which confirms the address. Until then
    Saleor has the account as not confirmed, and the record is not tied to it. Requires MANAGE_USERS.
    """

    record = graphene.Field(CustomerRecord, description="The record.")
    user_id = graphene.ID(description="Saleor's global id of the account.")

    class Arguments:
        record_id = graphene.ID(required=True, description="The global id of the record.")

    @classmethod
    def perform(cls, info: Any, actor: Actor, *, record_id: str) -> dict[str, Any]:
        record = existing_record(record_id)
        if record.account_id is not None:
            raise CustomerPlusError(
                "The person has an account already.",
                code=ErrorCode.ALREADY_EXISTS,
                field="record_id",
                id=to_global_id("User", record.account_id),
            )
        return {"record": record, "user_id": opening.open_account(record, info.context, actor=actor)}


class CustomerOrderLineInput(graphene.InputObjectType):  # type: ignore[misc]
    """A line of an order."""

    variant_id = graphene.ID(required=True, description="Saleor's global id of the product variant.")
    quantity = graphene.Int(required=True, description="How many.")


class CustomerDraftOrderCreate(StaffMutation):
    """Begin an order for a person, with the addresses of the account or else of the latest order.

    It is a draft of Saleor's, to be completed there. Requires MANAGE_USERS, and of Saleor MANAGE_ORDERS.
    """

    record = graphene.Field(CustomerRecord, description="The record.")
    order_id = graphene.ID(description="Saleor's global id of the draft order.")

    class Arguments:
        record_id = graphene.ID(required=True, description="The global id of the record.")
        channel = graphene.String(required=True, description="The slug of the channel, or Saleor's global id of it.")
        lines = list_of(CustomerOrderLineInput, required=True, description="What is ordered.")
        voucher_code = graphene.String(description="The code of a voucher of Saleor's.")

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
        record = existing_record(record_id)
        order = {
            "channelId": _channel_id(channel),
            "lines": [{"variantId": line["variant_id"], "quantity": line["quantity"]} for line in lines],
            **_buyer(record),
        }
        if voucher_code:
            order["voucherCode"] = checked_text(voucher_code, field="voucher_code", longest=255)
        data = saleor_api.run(info.context, _DRAFT_CREATE, {"input": order}).or_raise()
        order_id = data["order"]["id"]
        made = Cause(CauseType.ORDER, saleor_api.key_of(order_id))
        append([Entry(record.pk, ActivityType.DRAFT_ORDER_CREATED, **actor.of_entry, **made.of_entry)])
        return {"record": record, "order_id": order_id}


class SaleorMutations:
    """What runs Saleor's own mutations."""

    customer_account_create = CustomerAccountCreate.Field()
    customer_draft_order_create = CustomerDraftOrderCreate.Field()


def _buyer(record: Record) -> dict[str, Any]:
    """The person as `draftOrderCreate` takes them."""
    shipping, billing = opening.addresses_of(record)
    buyer = {
        "userEmail": record.email,
        **opening.language_input(record),
        **opening.address_input("shippingAddress", shipping),
        **opening.address_input("billingAddress", billing),
    }
    if (account := opening.account_of(record)) is not None:
        # Saleor looks the account up by its address, as it is spelt there.
        buyer |= {"user": to_global_id("User", account.pk), "userEmail": account.email}
    return buyer


def _channel_id(channel: str) -> str:
    """Saleor's id of the channel that has this slug, or this id."""
    found = host.Channel.objects.filter(slug=checked_text(channel, field="channel", longest=255)).first()
    if found is None:
        found = host.Channel.objects.filter(pk=key_of(channel, "Channel", field="channel")).first()
    if found is None:
        raise CustomerPlusError("There is no such channel.", code=ErrorCode.NOT_FOUND, field="channel")
    return to_global_id("Channel", found.pk)
