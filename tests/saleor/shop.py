"""A small shop in a real Saleor: a channel with one product in stock that can be shipped.

Made through the models. They have been the same from 3.21 to main; Saleor's own fixtures move between versions.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.utils import timezone
from graphene import Node

from tests import factories

PRICE = Decimal("10.00")
SHIPPING_PRICE = Decimal("5.00")


@dataclass(frozen=True)
class Shop:
    """What a test needs in order to buy something."""

    channel: Any
    warehouse: Any
    shipping_method: Any
    variant: Any
    tax_class: Any
    settings: Any

    @property
    def variant_id(self) -> str:
        return global_id(self.variant)

    def change_channel(self, **fields: Any) -> None:
        factories.change(self.channel, **fields)

    def change_settings(self, **fields: Any) -> None:
        factories.change(self.settings, **fields)
        _site_model().objects.clear_cache()


def _site_model() -> Any:
    return apps.get_model("sites", "Site")


def global_id(row: Any) -> str:
    """Return the id by which Saleor's API knows a row."""
    return Node.to_global_id(type(row).__name__, row.pk)


def open_shop(slug: str = "main", *, currency: str = "EUR", stock: int = 100, price: Decimal = PRICE) -> Shop:
    """Make the shop. Prices are gross, and taxes are not charged, so that what a test expects is plain to see."""
    settings = factories.restore_what_migrations_made()
    channel = factories.make_channel(slug, currency=currency)
    apps.get_model("tax", "TaxConfiguration").objects.get_or_create(channel=channel, defaults={"charge_taxes": False})
    warehouse = _make_warehouse(channel)
    return Shop(
        channel=channel,
        warehouse=warehouse,
        shipping_method=_make_shipping(channel, warehouse),
        variant=_make_variant(channel, warehouse, stock, price),
        tax_class=apps.get_model("tax", "TaxClass").objects.create(name="None"),
        settings=settings,
    )


def _make_warehouse(channel: Any) -> Any:
    warehouse = apps.get_model("warehouse", "Warehouse").objects.create(
        name=f"Warehouse of {channel.slug}", slug=f"warehouse-{channel.slug}", address=factories.make_address()
    )
    warehouse.channels.add(channel)
    return warehouse


def _make_shipping(channel: Any, warehouse: Any) -> Any:
    zone = apps.get_model("shipping", "ShippingZone").objects.create(name="Europe", countries=["DE", "IT", "PL"])
    zone.channels.add(channel)
    warehouse.shipping_zones.add(zone)
    method = apps.get_model("shipping", "ShippingMethod").objects.create(
        name="Parcel", type="price", shipping_zone=zone
    )
    method.channel_listings.create(
        channel=channel, currency=channel.currency_code, price_amount=SHIPPING_PRICE, minimum_order_price_amount=0
    )
    return method


def _make_variant(channel: Any, warehouse: Any, stock: int, price: Decimal) -> Any:
    product_type = apps.get_model("product", "ProductType").objects.create(
        name="Shirt", slug=f"shirt-type-{channel.slug}", kind="normal", is_shipping_required=True
    )
    category = apps.get_model("product", "Category").objects.create(name="Shirts", slug=f"shirts-{channel.slug}")
    product = apps.get_model("product", "Product").objects.create(
        name="Plain shirt", slug=f"plain-shirt-{channel.slug}", product_type=product_type, category=category
    )
    product.channel_listings.create(
        channel=channel,
        currency=channel.currency_code,
        is_published=True,
        published_at=timezone.now(),
        visible_in_listings=True,
        available_for_purchase_at=timezone.now(),
        discounted_price_amount=price,
    )
    variant = product.variants.create(name="M", sku=f"shirt-m-{channel.slug}")
    variant.channel_listings.create(
        channel=channel, currency=channel.currency_code, price_amount=price, discounted_price_amount=price
    )
    variant.stocks.create(warehouse=warehouse, quantity=stock)
    return variant
