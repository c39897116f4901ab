"""Order and figure types of the API."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import graphene
from django.db.models import TextChoices
from promise import Promise

from ...core.paging import Window
from ...customers.queries import SavedAddress
from ...ledger import models
from ...ledger.acquisition import acquisitions_of
from ...ledger.products import BoughtProduct, top_products_of
from ...ledger.queries import (
    OrderAddresses,
    Summary,
    addresses_of_orders,
    count_orders,
    figures_of,
    pages_of_orders,
    summaries_of,
    visible_orders,
)
from ...records.models import CustomerRecord
from ...saleor_adapter import host
from ..core.base import channels_of, to_global_id, with_api_errors
from ..core.connections import PAGE_ARGUMENTS, Listing, connection_of
from ..core.dataloaders import load
from ..core.types import Address, DateTime, Money, MoneyAmount, enum_of, list_of


def _saleor_enum(
    constants: type[Any], *, name: str, description: str, values: Mapping[str, str] | None = None
) -> type[graphene.Enum]:
    """A Saleor enum with the value names of Saleor's API."""
    members = {value.replace(" ", "_").upper(): (value, label) for value, label in constants.CHOICES}
    choices: Any = TextChoices(name, members)  # type: ignore[call-overload]
    return enum_of(choices, name=name, description=description, values=values)


OrderStatus = _saleor_enum(
    host.OrderStatus,
    name="OrderStatus",
    description="Status of an order in Saleor.",
    values={
        "DRAFT": "Being prepared by staff. Never counts",
        "UNCONFIRMED": "Placed, and not yet confirmed by staff. Does not count",
        "UNFULFILLED": "Placed, and nothing is fulfilled yet",
        "PARTIALLY_FULFILLED": "Some items are fulfilled",
        "PARTIALLY_RETURNED": "Some items are returned",
        "RETURNED": "All items are returned",
        "FULFILLED": "All items are fulfilled",
        "CANCELED": "Canceled. Does not count",
        "EXPIRED": "Not paid in time. Does not count",
    },
)
OrderChargeStatus = _saleor_enum(
    host.OrderChargeStatus,
    name="OrderChargeStatusEnum",
    description="How much of an order was charged.",
    values={
        "NONE": "Nothing was charged",
        "PARTIAL": "Less than the total was charged",
        "FULL": "The total was charged",
        "OVERCHARGED": "More than the total was charged",
    },
)


class CustomerRecordOrder(graphene.ObjectType):  # type: ignore[misc]
    """An order of a customer. For more, query Saleor's API by its ID."""

    id = graphene.ID(required=True, description="Global ID of the Saleor order.")
    number = graphene.String(required=True, description="Number of the order in Saleor.")
    status = graphene.Field(OrderStatus, required=True, description="Status of the order in Saleor.")
    charge_status = graphene.Field(OrderChargeStatus, required=True, description="How much of the order was charged.")
    total = graphene.Field(
        Money, required=True, description="Original gross total, including shipping, tax and discounts."
    )
    refunded = graphene.Field(Money, required=True, description="Amount refunded.")
    counts = graphene.Boolean(required=True, description="Whether the order counts in figures.")
    placed_at = DateTime(required=True, description="When the order was placed.")
    channel_slug = graphene.String(required=True, description="Slug of the channel in which the order was placed.")

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


OrderConnection = connection_of(CustomerRecordOrder, of="orders of a customer, newest first")


class CustomerRecordOrderFilterInput(graphene.InputObjectType):  # type: ignore[misc]
    """Filtering options for the orders of a customer."""

    statuses = list_of(
        OrderStatus,
        description="Filter by statuses. Defaults to all but canceled orders. Drafts are never listed.",
    )


class CustomerFigures(graphene.ObjectType):  # type: ignore[misc]
    """Figures of a customer in one currency, over the orders that count."""

    currency = graphene.String(required=True, description="ISO 4217 currency code.")
    order_count = graphene.Int(required=True, description="Number of counted orders in the currency.")
    total_spent = graphene.Field(
        Money,
        required=True,
        description="Sum of the original gross totals, including shipping, tax and discounts. Refunds are not "
        "deducted.",
    )
    net_of_refunds = graphene.Field(Money, required=True, description="Total spent minus refunds.")
    average_order_value = graphene.Field(
        Money, required=True, description="Total spent divided by the number of orders."
    )
    first_order_at = DateTime(required=True, description="When the first counted order was placed.")
    last_order_at = DateTime(required=True, description="When the last counted order was placed.")

    @staticmethod
    def resolve_total_spent(figures: models.CustomerFigures, _info: Any) -> MoneyAmount:
        return MoneyAmount(figures.total_gross, figures.currency)

    @staticmethod
    def resolve_net_of_refunds(figures: models.CustomerFigures, _info: Any) -> MoneyAmount:
        return MoneyAmount(figures.net_of_refunds, figures.currency)

    @staticmethod
    def resolve_average_order_value(figures: models.CustomerFigures, _info: Any) -> MoneyAmount:
        return MoneyAmount(figures.average_gross, figures.currency)


class CustomerRecordProduct(graphene.ObjectType):  # type: ignore[misc]
    """A product that a customer bought, over the orders that count."""

    product_id = graphene.ID(
        required=True, description="Global ID of the Saleor product. It may have been deleted since."
    )
    name = graphene.String(
        required=True, description="Name of the product, or what it was called in an order if it was deleted."
    )
    quantity = graphene.Int(required=True, description="How many the customer bought.")
    order_count = graphene.Int(required=True, description="Number of counted orders with the product.")
    spent = list_of(
        Money,
        required=True,
        description="Amounts for the product, one per currency: with taxes, after discounts. Refunds are not deducted.",
    )
    last_bought_at = DateTime(required=True, description="When the last counted order with the product was placed.")

    @staticmethod
    def resolve_product_id(product: BoughtProduct, _info: Any) -> str:
        return to_global_id("Product", product.product_id)

    @staticmethod
    def resolve_spent(product: BoughtProduct, _info: Any) -> list[MoneyAmount]:
        return [MoneyAmount(amount, currency) for currency, amount in product.spent.items()]


class CustomerAcquisition(graphene.ObjectType):  # type: ignore[misc]
    """How a customer came to the shop, as the storefront wrote it into the first counted order."""

    source = graphene.String(description="First-touch source, such as google.")
    medium = graphene.String(description="First-touch medium, such as cpc or email.")
    campaign = graphene.String(description="First-touch campaign.")
    term = graphene.String(description="First-touch search term.")
    content = graphene.String(description="First-touch content, which tells apart links of one campaign.")
    landing_path = graphene.String(description="Path of the first page that was visited.")
    surface = graphene.String(description="What made the order, such as storefront, pos or marketplace.")
    system = graphene.String(description="Program that made the order.")
    device = graphene.String(description="Kind of device: mobile, tablet, desktop or other.")
    order_id = graphene.ID(required=True, description="Global ID of the first counted order.")
    acquired_at = DateTime(required=True, description="When that order was placed.")

    class Meta:
        default_resolver = lambda name, default, row, _info: getattr(row, name, default) or None  # noqa: E731

    @staticmethod
    def resolve_order_id(row: models.CustomerAcquisition, _info: Any) -> str:
        return to_global_id("Order", row.order_id)

    @staticmethod
    def resolve_acquired_at(row: models.CustomerAcquisition, _info: Any) -> Any:
        return row.placed_at


class OrdersOfRecord:
    """The order fields of a customer record."""

    orders = graphene.Field(
        OrderConnection,
        required=True,
        description="Orders of the customer, newest first. Canceled orders only if the filter requests them. "
        "Drafts are never listed.",
        filter=CustomerRecordOrderFilterInput(description="Filtering options for orders."),
        **PAGE_ARGUMENTS,
    )
    figures = list_of(
        CustomerFigures,
        required=True,
        description="Figures of the customer, one per currency. Empty if the customer never bought.",
        currency=graphene.String(description="Return only the figures in this currency."),
    )
    top_products = list_of(
        CustomerRecordProduct,
        required=True,
        description="Products that the customer bought most, by quantity. Empty if the customer never bought.",
        first=graphene.Int(default_value=5, description="Number of products. At most 100."),
    )
    acquisition = graphene.Field(
        CustomerAcquisition,
        description="How the customer came to the shop. Null if the first counted order does not say, or if the caller "
        "has no access to its channel.",
    )
    latest_shipping_address = graphene.Field(
        Address, description="Shipping address of the latest counted order. Null if it was not shipped."
    )
    latest_billing_address = graphene.Field(Address, description="Billing address of the latest counted order.")

    @staticmethod
    def resolve_orders(record: CustomerRecord, info: Any, filter: dict[str, Any] | None = None, **page: Any) -> Listing:
        chosen = (filter or {}).get("statuses")
        asked: dict[str, Any] = {"statuses": None if chosen is None else tuple(chosen), "channels": channels_of(info)}
        return Listing(
            page=lambda: load(info, pages_of_orders, record.pk, window=Window.of("orders", **page), **asked),
            count=lambda: load(info, count_orders, record.pk, **asked),
        )

    @staticmethod
    def resolve_acquisition(record: CustomerRecord, info: Any) -> Any:
        return load(info, acquisitions_of, record.pk, channels=channels_of(info))

    @staticmethod
    def resolve_figures(record: CustomerRecord, info: Any, currency: str | None = None) -> Any:
        figures = load(info, figures_of, record.pk, channels=channels_of(info))
        if currency is None:
            return figures
        return figures.then(lambda rows: [row for row in rows if row.currency == currency.strip().upper()])

    @staticmethod
    @with_api_errors
    def resolve_top_products(record: CustomerRecord, info: Any, first: int) -> Any:
        limit = Window.of("topProducts", first=first).size
        return load(info, top_products_of, record.pk, limit=limit, channels=channels_of(info))

    @staticmethod
    def resolve_latest_shipping_address(record: CustomerRecord, info: Any) -> Any:
        return _load_latest(record, info, lambda addresses: addresses.shipping)

    @staticmethod
    def resolve_latest_billing_address(record: CustomerRecord, info: Any) -> Any:
        return _load_latest(record, info, lambda addresses: addresses.billing)


def _load_latest(record: CustomerRecord, info: Any, choose: Callable[[OrderAddresses], host.Address | None]) -> Any:
    def chosen(addresses: OrderAddresses | None) -> SavedAddress | None:
        address = choose(addresses) if addresses else None
        return SavedAddress(address) if address else None

    def addresses(order_id: UUID | None) -> Any:
        return None if order_id is None else load(info, addresses_of_orders, order_id).then(chosen)

    return Promise.resolve(load_summary(record, info, "latest_order_id")).then(addresses)


def load_summary(record: CustomerRecord, info: Any, name: str) -> Any:
    """Return an order field of a record: the stored value, or a promise restricted to the caller's channels."""
    channels = channels_of(info)
    if channels is None:
        return getattr(record, name)
    return load(info, summaries_of, record.pk, channels=channels).then(
        lambda summary: getattr(summary or Summary(), name)
    )


def visible_order_id(info: Any, order_id: Any) -> Any:
    """Return the global ID of an order, or a promise of it; None for an order in a channel hidden from the caller."""
    channels = channels_of(info)
    if order_id is None or channels is None:
        return None if order_id is None else to_global_id("Order", order_id)
    return load(info, visible_orders, str(order_id), channels=channels).then(
        lambda is_visible: to_global_id("Order", order_id) if is_visible else None
    )
