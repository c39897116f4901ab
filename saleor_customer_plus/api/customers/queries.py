"""Look up one record by any of its identifiers, and list records."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import graphene

from ...core.paging import Window, page
from ...customers import queries
from ...errors import CustomerPlusError
from ...ledger.queries import buyer_of_draft, order_numbered, record_of_order
from ...records.models import CustomerRecord as Record
from ..core.back_references import referable
from ..core.base import channels_of, checked_text, key_of, raw_key_of, staff_only, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..records.columns import unread
from ..records.types import CustomerRecord
from .arguments import record_list, usable_view
from .inputs import CustomerRecordFilterInput, CustomerRecordSortingInput


def _order_id(given: str) -> uuid.UUID:
    """Return the UUID of an order from a Saleor global ID or a plain UUID."""
    try:
        return uuid.UUID(given)
    except ValueError:
        pass
    try:
        return uuid.UUID(raw_key_of(given, "Order", field="order_id"))
    except ValueError:
        raise CustomerPlusError(
            "Argument `orderId` must have the id of an Order, or the UUID of one.", field="order_id"
        ) from None


def _order_numbered(given: str) -> uuid.UUID | None:
    number = given.strip().removeprefix("#")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise CustomerPlusError(
            "Argument `orderNumber` must be the number of an order, such as 1042.", field="order_number"
        )
    return order_numbered(int(number))


def _of_order(order_id: uuid.UUID | None, info: Any) -> Record | None:
    """Return the record of an order. An order that the caller may not see is treated as missing."""
    if order_id is None:
        return None
    channels = channels_of(info)
    record_id = record_of_order(order_id, channels)
    if record_id is not None:
        return queries.find(id=record_id)
    buyer = buyer_of_draft(order_id, channels)
    if buyer is None:
        return None
    if buyer.account_id is not None:
        return queries.find_for_staff(buyer.account_id)
    return queries.find(email=buyer.email) if buyer.email else None


RecordConnection = referable(connection_of(CustomerRecord, of="customer records"))


class RecordQueries:
    """The queries for customer records."""

    customer_record = graphene.Field(
        CustomerRecord,
        description="Look up a customer record by exactly one identifier. Requires MANAGE_USERS.",
        id=graphene.ID(description="Global ID of the customer record."),
        email=graphene.String(description="E-mail address, case-insensitive."),
        user_id=graphene.ID(description="Global ID of the Saleor account, confirmed or not."),
        number=graphene.String(description="The shop's customer number."),
        order_id=graphene.ID(
            description="Global ID or UUID of an order or a draft order. The caller must have access to its channel."
        ),
        order_number=graphene.String(
            description="Number of an order, such as 1042. The caller must have access to its channel."
        ),
    )
    customer_records = graphene.Field(
        RecordConnection,
        description=(
            "List of customer records. By default, active records, newest first. A search returns "
            "the best matches first unless `sortBy` is given. Requires MANAGE_USERS."
        ),
        filter=CustomerRecordFilterInput(description="Filtering options for customer records."),
        search=graphene.String(
            description=(
                "Words of the name, e-mail address, company or customer number, or digits of a phone "
                "number. Every word must match the start of one of them."
            )
        ),
        sort_by=CustomerRecordSortingInput(description="Sort the list of customer records."),
        view=graphene.ID(
            description=(
                "Global ID of a saved view of the caller, or a shared one: only its records, in its order unless "
                "`sortBy` is given. `filter` and `search` narrow it."
            )
        ),
        **PAGE_ARGUMENTS,
    )

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_record(_root: Any, info: Any, **arguments: str | None) -> Record | None:
        given = {name: value for name, value in arguments.items() if value is not None}
        if len(given) != 1:
            raise CustomerPlusError(
                "Give exactly one of the arguments `id`, `email`, `userId`, `number`, `orderId` and `orderNumber`."
            )
        ((name, value),) = given.items()
        if name == "id":
            return queries.find(id=key_of(value, "CustomerRecord", field="id"))
        if name == "user_id":
            return queries.find_for_staff(key_of(value, "User", field="userId"))
        if name == "email":
            return queries.find(email=checked_text(value, field="email", longest=320))
        if name in ("order_id", "order_number"):
            return _of_order(_order_id(value) if name == "order_id" else _order_numbered(value), info)
        return queries.find(number=checked_text(value, field="number", longest=64))

    @staticmethod
    @staff_only
    @with_api_errors
    def resolve_customer_records(
        _root: Any,
        info: Any,
        filter: Mapping[str, Any] | None = None,
        search: str | None = None,
        sort_by: Mapping[str, Any] | None = None,
        view: str | None = None,
        **arguments: Any,
    ) -> Listing:
        listed = record_list(info, filter, search, sort_by, view=usable_view(info, view))
        wanted = replace(listed, unread=unread(info))
        return Listing(
            page=functools.cache(lambda: page(wanted.ordering, Window.of("customerRecords", **arguments))),
            count=wanted.count,
        )
