"""A record's orders and figures, as the API shows them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene
from django.db.models import TextChoices

from .. import host
from ..ledger import models
from ..ledger.queries import OrderAddresses, addresses_of_orders, count_orders, figures_of, pages_of_orders
from ..paging import Window
from ..records.models import CustomerRecord
from ..records.queries import SavedAddress
from .base import to_global_id
from .connections import PAGE_ARGUMENTS, Listing, connection_of
from .loading import load
from .types import Address, DateTime, Money, MoneyAmount, enum_of, list_of


def _saleor_enum(constants: type[Any], *, name: str, description: str) -> type[graphene.Enum]:
    """An enum of Saleor's with the member names that Saleor's own API gives it."""
    members = {value.replace(" ", "_").upper(): (value, label) for value, label in constants.CHOICES}
    choices: Any = TextChoices(name, members)  # type: ignore[call-overload]
    return enum_of(choices, name=name, description=description)


OrderStatus = _saleor_enum(host.OrderStatus, name="OrderStatus", description="How far an order has come.")
OrderChargeStatus = _saleor_enum(
    host.OrderChargeStatus, name="OrderChargeStatusEnum", description="How much of an order was paid."
)


class CustomerRecordOrder(graphene.ObjectType):  # type: ignore[misc]
    """An order of a person, as Customer Plus knows it. Saleor's own API tells the rest by its id."""

    id = graphene.ID(required=True, description="Saleor's global id of the order.")
    number = graphene.String(required=True, description="The order's number.")
    status = graphene.Field(OrderStatus, required=True, description="How far the order has come.")
    charge_status = graphene.Field(OrderChargeStatus, required=True, description="How much of it was paid.")
    total = graphene.Field(
        Money, required=True, description="The original gross total: with shipping, tax and discounts."
    )
    refunded = graphene.Field(Money, required=True, description="What was paid back.")
    counts = graphene.Boolean(required=True, description="Whether the order counts in the figures.")
    placed_at = DateTime(required=True, description="When the order was placed.")
    channel_slug = graphene.String(required=True, description="The slug of the channel it was placed in.")

    @staticmethod
    def resolve_id(entry: models.LedgerEntry, _info: Any) -> str:
        return to_global_id("Order", entry.order_id)

    @staticmethod
    def resolve_number(entry: models.LedgerEntry, _info: Any) -> str:
        return str(entry.order_number)

    @staticmethod
    def resolve_total(entry: models.LedgerEntry, _info: Any) -> MoneyAmount:
        return MoneyAmount(entry.total_gross, entry.currency)

    @staticmethod
    def resolve_refunded(entry: models.LedgerEntry, _info: Any) -> MoneyAmount:
        return MoneyAmount(entry.total_refunded, entry.currency)


OrderConnection = connection_of(CustomerRecordOrder, of="a person's orders, newest first")


class CustomerRecordOrderFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Which of a person's orders are wanted."""

    statuses = list_of(
        OrderStatus,
        description="Those of any of these statuses. Without it: all but canceled ones. Drafts are never listed.",
    )


class CustomerFigures(graphene.ObjectType):  # type: ignore[misc]
    """What a person bought in one currency, over the orders that count."""

    currency = graphene.String(required=True, description="The currency's ISO 4217 code.")
    order_count = graphene.Int(required=True, description="How many orders count.")
    total_spent = graphene.Field(
        Money,
        required=True,
        description="The original gross totals: with shipping, tax and discounts, refunds not taken off.",
    )
    net_of_refunds = graphene.Field(Money, required=True, description="The same, less what was paid back.")
    average_order_value = graphene.Field(Money, required=True, description="What was spent, by order.")
    first_order_at = DateTime(required=True, description="When the first order that counts was placed.")
    last_order_at = DateTime(required=True, description="When the last order that counts was placed.")

    @staticmethod
    def resolve_total_spent(figures: models.CustomerFigures, _info: Any) -> MoneyAmount:
        return MoneyAmount(figures.total_gross, figures.currency)

    @staticmethod
    def resolve_net_of_refunds(figures: models.CustomerFigures, _info: Any) -> MoneyAmount:
        return MoneyAmount(figures.net_of_refunds, figures.currency)

    @staticmethod
    def resolve_average_order_value(figures: models.CustomerFigures, _info: Any) -> MoneyAmount:
        return MoneyAmount(figures.average_gross, figures.currency)


class OrdersOfRecord:
    """The part of a record that comes from its orders."""

    orders = graphene.Field(
        OrderConnection,
        required=True,
        description="The person's orders, newest first. Canceled ones only when the filter asks for them. "
        "Drafts are never listed.",
        filter=CustomerRecordOrderFilterInput(description="Which of the orders are wanted."),
        **PAGE_ARGUMENTS,
    )
    figures = list_of(
        CustomerFigures,
        required=True,
        description="What the person bought, currency by currency. Empty for somebody who never bought.",
        currency=graphene.String(description="Only the figures in this currency."),
    )
    latest_shipping_address = graphene.Field(
        Address, description="Where the newest order that counts went to. Null if it was not shipped."
    )
    latest_billing_address = graphene.Field(
        Address, description="Where the bill of the newest order that counts went to."
    )

    @staticmethod
    def resolve_orders(record: CustomerRecord, info: Any, filter: dict[str, Any] | None = None, **page: Any) -> Listing:
        chosen = (filter or {}).get("statuses")
        statuses = None if chosen is None else tuple(chosen)
        return Listing(
            page=lambda: load(info, pages_of_orders, record.pk, window=Window.of("orders", **page), statuses=statuses),
            count=lambda: load(info, count_orders, record.pk, statuses=statuses),
        )

    @staticmethod
    def resolve_figures(record: CustomerRecord, info: Any, currency: str | None = None) -> Any:
        figures = load(info, figures_of, record.pk)
        if currency is None:
            return figures
        return figures.then(lambda rows: [row for row in rows if row.currency == currency.strip().upper()])

    @staticmethod
    def resolve_latest_shipping_address(record: CustomerRecord, info: Any) -> Any:
        return _load_latest(record, info, lambda addresses: addresses.shipping)

    @staticmethod
    def resolve_latest_billing_address(record: CustomerRecord, info: Any) -> Any:
        return _load_latest(record, info, lambda addresses: addresses.billing)


def _load_latest(record: CustomerRecord, info: Any, choose: Callable[[OrderAddresses], host.Address | None]) -> Any:
    if record.latest_order_id is None:
        return None

    def chosen(addresses: OrderAddresses | None) -> SavedAddress | None:
        address = choose(addresses) if addresses else None
        return SavedAddress(address) if address else None

    return load(info, addresses_of_orders, record.latest_order_id).then(chosen)
