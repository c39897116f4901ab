"""Functions that make one row each, with defaults for all that a test does not care about.

They write through the models and so call no hook: a test calls the hook, the task or the reconciliation that it is
about. They work on every host: what only some versions of Saleor have is filled in where it exists.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from saleor_customer_plus.activity.models import ActorType
from saleor_customer_plus.activity.services import Actor
from saleor_customer_plus.consent.models import ConsentEvent
from saleor_customer_plus.fields.definitions import slug_of
from saleor_customer_plus.fields.models import FieldDefinition
from saleor_customer_plus.fields.queries import live_by_key
from saleor_customer_plus.fields.services import write
from saleor_customer_plus.fields.values import clean
from saleor_customer_plus.groups.models import Group
from saleor_customer_plus.leads.models import Lead
from saleor_customer_plus.ledger.models import LedgerEntry
from saleor_customer_plus.notes.models import Note
from saleor_customer_plus.records import emails
from saleor_customer_plus.records.editing import Writer
from saleor_customer_plus.records.emails import OtherEmail
from saleor_customer_plus.records.labels import fold
from saleor_customer_plus.records.models import CustomerRecord, Source
from saleor_customer_plus.saleor_adapter import host
from saleor_customer_plus.saleor_adapter.host import (
    Address,
    Category,
    Collection,
    CollectionProduct,
    Order,
    OrderChargeStatus,
    OrderLine,
    OrderStatus,
    Payment,
    PluginConfiguration,
    Product,
    ProductVariant,
    Transaction,
    TransactionItem,
    TransactionKind,
    User,
)
from saleor_customer_plus.segments.models import Segment
from saleor_customer_plus.settings import PLUGIN_ID
from saleor_customer_plus.tags.models import Tag

_serial = itertools.count(1)

Money = Decimal | int | str


def _has_field(model: Any, name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())


# The host itself.


def restore_what_migrations_made() -> Any:
    """Make what a Saleor has from the start, and a test with `transaction=True` truncates; return its settings.

    The stand-in has nothing of the kind.
    """
    if not apps.is_installed("saleor.site"):
        return None
    sites = apps.get_model("sites", "Site").objects
    settings, _ = apps.get_model("site", "SiteSettings").objects.get_or_create(site=sites.get_current())
    sites.clear_cache()
    with suppress(LookupError):  # from 3.23 on
        customer_types = apps.get_model("account", "CustomerType").objects
        customer_types.get_or_create(is_default=True, defaults={"name": "Default", "slug": "default"})
    return settings


# People.


def make_account(email: str | None = None, *, password: str | None = None, **fields: Any) -> Any:
    """Make a customer's account: active, and with its e-mail confirmed unless told otherwise."""
    if email is None:
        email = f"customer{next(_serial)}@example.com"
    account = User(email=email, **{"is_active": True, "is_confirmed": True} | fields)
    if password is None:
        account.set_unusable_password()
    else:
        account.set_password(password)
    account.save()
    return account


def make_staff(
    email: str | None = None,
    *,
    permissions: tuple[str, ...] = ("manage_users",),
    channels: Sequence[Any] | None = None,
    **fields: Any,
) -> Any:
    """Make a member of staff, who may manage customers unless told otherwise; restricted to channels, if any are given.

    Whoever is in no group of Saleor's may see the orders of no channel.
    """
    account = make_account(email or f"staff{next(_serial)}@example.com", is_staff=True, **fields)
    # Straight into the tables between: `set` and `add` look at what is there first.
    held, members = User._meta.get_field("user_permissions"), User._meta.get_field("groups")
    _link(held, account, [permission.pk for permission in _permissions(permissions)])
    _link(members, account, [make_staff_group(channels).pk])
    return account


def _link(field: Any, row: Any, pks: Sequence[int]) -> None:
    through = field.remote_field.through
    here, there = field.m2m_column_name(), field.m2m_reverse_name()
    through._base_manager.bulk_create([through(**{here: row.pk, there: pk}) for pk in pks])


def make_staff_group(channels: Sequence[Any] | None = None) -> Any:
    """Return a permission group without permissions: the one that has all channels, or a new one that has these."""
    groups = User._meta.get_field("groups").related_model.objects
    if channels is None:
        return groups.filter(name="All channels").first() or groups.create(name="All channels")
    group = groups.create(name=f"Staff {next(_serial)}", restricted_access_to_channels=True)
    group.channels.set(channels)
    return group


def make_app(*, permissions: tuple[str, ...] = ("manage_users",), **fields: Any) -> tuple[Any, str]:
    """Make an app; return it and its token."""
    app_model, token_model = apps.get_model("app", "App"), apps.get_model("app", "AppToken")
    app = app_model.objects.create(**{"name": f"App {next(_serial)}", "is_active": True} | fields)
    app.permissions.set(_permissions(permissions))
    _, token = token_model.objects.create(app=app)
    return app, token


def _permissions(codenames: tuple[str, ...]) -> Any:
    found = User._meta.get_field("user_permissions").related_model.objects.filter(codename__in=codenames)
    assert len(found) == len(codenames), f"the host has not all of {codenames}"
    return found


def make_token(account: Any) -> str:
    """Return the token with which an account asks the API, as after a login."""
    from saleor.core.jwt import create_access_token  # noqa: TID251

    return create_access_token(account)


def make_address(**fields: Any) -> Any:
    """Make an address in Berlin."""
    defaults = {
        "first_name": "Anna",
        "last_name": "Rossi",
        "street_address_1": "Torstraße 1",
        "city": "Berlin",
        "postal_code": "10119",
        "country": "DE",
    }
    return Address.objects.create(**defaults | fields)


# What only some versions of Saleor keep of accounts.


def skip_unless_saleor_has(name: str) -> None:
    """Skip a test of `customer_types`, or of `account_attributes`, on a Saleor without them."""
    models = {"customer_types": host.customer_type_model, "account_attributes": host.customer_attribute_models}
    if name in models and models[name]() is None:
        pytest.skip(f"this Saleor has no {name.replace('_', ' ')}")


def prepare_saleor_for(filter: str) -> None:
    """Make the attributes that the example of a filter has, or skip the test on a Saleor without any."""
    skip_unless_saleor_has(filter)
    if filter == "account_attributes":
        kinds = {"size": "dropdown", "height": "numeric", "birthday": "date", "vip": "boolean", "anything": "file"}
        for slug, kind in kinds.items():
            make_attribute(slug, input_type=kind)


def make_customer_type(slug: str | None = None, **fields: Any) -> Any:
    """Make a customer type, with these attributes if any are given."""
    slug = slug or f"type-{next(_serial)}"
    attributes = fields.pop("attributes", ())
    made = host.customer_type_model().objects.create(**{"name": slug.title(), "slug": slug} | fields)
    for order, attribute in enumerate(attributes):
        host.customer_attribute_models().type_attribute.objects.create(
            customer_type=made, attribute=attribute, sort_order=order
        )
    return made


def make_attribute(slug: str | None = None, *, input_type: str = "dropdown", **fields: Any) -> Any:
    """Make an attribute of customers, with these choices if any are given."""
    slug = slug or f"attribute-{next(_serial)}"
    choices = fields.pop("choices", ())
    made = host.customer_attribute_models().attribute.objects.create(
        **{"name": slug.title(), "slug": slug, "type": "customer-type", "input_type": input_type} | fields
    )
    for choice in choices:
        made.values.create(name=choice, slug=choice.lower().replace(" ", "-"))
    return made


def assign_value(account: Any, attribute: Any, name: str, **fields: Any) -> Any:
    """Let an account have a value of an attribute: the choice of this name, or a value of its own."""
    value = attribute.values.filter(name=name).first() or attribute.values.create(
        name=name, slug=f"value-{next(_serial)}", **fields
    )
    return host.customer_attribute_models().assigned_value.objects.create(user=account, value=value)


# Orders.


def make_channel(slug: str | None = None, *, currency: str = "EUR", **fields: Any) -> Any:
    """Make a channel."""
    channel_model = Order._meta.get_field("channel").related_model
    slug = slug or f"channel-{next(_serial)}"
    defaults = {
        "name": slug.title(),
        "slug": slug,
        "currency_code": currency,
        "default_country": "DE",
        "is_active": True,
    }
    return channel_model.objects.create(**defaults | fields)


def _channel_for(currency: str) -> Any:
    """Return the one channel that orders of a currency share when a test does not care."""
    channel_model = Order._meta.get_field("channel").related_model
    slug = f"default-{currency.lower()}"
    return channel_model.objects.filter(slug=slug).first() or make_channel(slug, currency=currency)


def make_order(
    email: str = "",
    *,
    account: Any = None,
    total: Money = "10.00",
    currency: str = "EUR",
    status: str = OrderStatus.UNFULFILLED,
    charge_status: str = OrderChargeStatus.FULL,
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    channel: Any = None,
    **fields: Any,
) -> Any:
    """Make an order: paid in full and of a guest unless told otherwise. `account` gives its e-mail too."""
    total = Decimal(total)
    if account is not None and not email:
        email = account.email
    defaults: dict[str, Any] = {
        "user": account,
        "user_email": email,
        "status": status,
        "charge_status": charge_status,
        "currency": currency,
        "channel": channel or _channel_for(currency),
        "created_at": created_at or timezone.now(),
        "origin": "checkout",
        "language_code": "en",
        "total_charged_amount": total if charge_status == OrderChargeStatus.FULL else 0,
    }
    for prefix in ("total", "undiscounted_total", "subtotal"):
        for kind in ("net", "gross"):
            defaults[f"{prefix}_{kind}_amount"] = total
    if _has_field(Order, "lines_count"):
        defaults["lines_count"] = 1
    present = {name: value for name, value in defaults.items() if _has_field(Order, name.removesuffix("_id"))}
    order = Order.objects.create(**present | fields)
    if updated_at is not None:
        change(order, updated_at=updated_at)
    return order


def make_category(slug: str | None = None, *, parent: Any = None, **fields: Any) -> Any:
    """Make a category, within another one if it is given."""
    slug = slug or f"category-{next(_serial)}"
    return Category.objects.create(**{"name": slug.title(), "slug": slug, "parent": parent} | fields)


def make_product(
    slug: str | None = None, *, category: Any = None, collections: Sequence[Any] = (), **fields: Any
) -> Any:
    """Make a product without variants."""
    slug = slug or f"product-{next(_serial)}"
    defaults: dict[str, Any] = {"name": slug.title(), "slug": slug, "category": category}
    if _has_field(Product, "product_type"):
        types = apps.get_model("product", "ProductType").objects
        defaults["product_type"] = types.get_or_create(slug="default", defaults={"name": "Default", "kind": "normal"})[
            0
        ]
    product = Product.objects.create(**defaults | fields)
    for collection in collections:
        CollectionProduct.objects.create(collection=collection, product=product)
    return product


def make_collection(slug: str | None = None, **fields: Any) -> Any:
    """Make a collection."""
    slug = slug or f"collection-{next(_serial)}"
    return Collection.objects.create(**{"name": slug.title(), "slug": slug} | fields)


def make_variant(sku: str | None = None, *, product: Any = None, **fields: Any) -> Any:
    """Make a variant, of a product of its own unless one is given."""
    number = next(_serial)
    defaults = {"sku": sku or f"sku-{number}", "name": f"Variant {number}", "product": product or make_product()}
    return ProductVariant.objects.create(**defaults | fields)


def make_line(order: Any, variant: Any = None, *, quantity: int = 1, total: Money = "10.00", **fields: Any) -> Any:
    """Add a line to an order: of a new variant unless told otherwise. The order's own totals stay as they are."""
    variant = variant or make_variant()
    total = Decimal(total)
    defaults: dict[str, Any] = {
        "order": order,
        "variant": variant,
        "product_name": variant.product.name,
        "variant_name": variant.name,
        "product_sku": variant.sku,
        "is_shipping_required": True,
        "is_gift_card": False,
        "quantity": quantity,
        "currency": order.currency,
        "total_price_net_amount": total,
        "total_price_gross_amount": total,
        "unit_price_net_amount": total / quantity,
        "unit_price_gross_amount": total / quantity,
    }
    return OrderLine.objects.create(**defaults | fields)


def change(row: Any, **fields: Any) -> None:
    """Write fields past `save`, as for a time that it would set itself."""
    type(row)._base_manager.filter(pk=row.pk).update(**fields)
    for name, value in fields.items():
        setattr(row, name, value)


def make_transaction(order: Any, *, charged: Money = 0, refunded: Money = 0, **fields: Any) -> Any:
    """Make a transaction of Saleor's present payment flow."""
    return TransactionItem.objects.create(
        order=order,
        currency=order.currency,
        charged_value=Decimal(charged),
        refunded_value=Decimal(refunded),
        **fields,
    )


def make_payment_refund(order: Any, amount: Money, *, is_success: bool = True, **fields: Any) -> Any:
    """Make a refund of Saleor's older payment flow: a transaction of the order's payment."""
    payment = Payment.objects.filter(order=order).first() or Payment.objects.create(
        order=order, gateway="manual", is_active=True, total=order.total_gross_amount, currency=order.currency
    )
    return Transaction.objects.create(
        **{
            "payment": payment,
            "token": f"refund-{next(_serial)}",
            "kind": TransactionKind.REFUND,
            "is_success": is_success,
            "amount": Decimal(amount),
            "currency": order.currency,
            "gateway_response": {},
        }
        | fields
    )


# Ours.


def make_record(email: str | None = None, *, others: Sequence[str] = (), **fields: Any) -> CustomerRecord:
    """Make a record as it would be without any order or account. `others` are addresses beside the primary one."""
    record = CustomerRecord.objects.create(email=email or f"person{next(_serial)}@example.com", **fields)
    if others:
        emails.give([OtherEmail(record.pk, other, Source.STAFF, timezone.now()) for other in others])
        record.refresh_from_db()
    return record


def make_lead(record: CustomerRecord | None = None, **fields: Any) -> Lead:
    """Make a lead: a new one that staff wrote down, unless told otherwise."""
    defaults: dict[str, Any] = {"subject": "A question", "origin": "STAFF"}
    if "opened_at" in fields:
        defaults["created_at"] = fields["opened_at"]
    return Lead.objects.create(record=record or make_record(), **defaults | fields)


def make_note(record: CustomerRecord | None = None, **fields: Any) -> Note:
    """Make a note of some member of staff."""
    return Note.objects.create(record=record or make_record(), **{"text": "Called.", "author_type": "STAFF"} | fields)


def make_ledger_entry(
    record: CustomerRecord | None = None, *, total: Money = "10.00", refunded: Money = 0, **fields: Any
) -> LedgerEntry:
    """Make a row of the ledger, of an order that counts. Figures are another matter: see `ledger.refresh`."""
    from uuid import uuid4

    now = timezone.now()
    defaults: dict[str, Any] = {
        "order_id": uuid4(),
        "order_number": next(_serial),
        "record": record,
        "email": record.email if record else "",
        "identity": fields.get("email", record.email if record else ""),
        "status": OrderStatus.UNFULFILLED,
        "charge_status": OrderChargeStatus.FULL,
        "currency": "EUR",
        "total_gross": Decimal(total),
        "total_refunded": Decimal(refunded),
        "counts": True,
        "placed_at": now,
        "order_updated_at": now,
    }
    return LedgerEntry.objects.create(**defaults | fields)


def make_consent(record: CustomerRecord, **fields: Any) -> ConsentEvent:
    """Make a consent event: subscribed by staff to offers by e-mail, now. What the record keeps is another matter."""
    now = timezone.now()
    defaults: dict[str, Any] = {
        "channel": "EMAIL",
        "purpose": "PROMOTIONAL",
        "state": "SUBSCRIBED",
        "source": "STAFF",
        "actor_type": "STAFF",
        "at": now,
        "recorded_at": now,
    }
    return ConsentEvent.objects.create(record=record, **defaults | fields)


def make_tag(name: str | None = None, **fields: Any) -> Tag:
    """Make a tag that nobody has."""
    name = name or f"tag {next(_serial)}"
    return Tag.objects.create(name=name, key=fold(name), **fields)


def make_field(key: str | None = None, type: str = "TEXT", **fields: Any) -> FieldDefinition:
    """Define a field of the shop's own. Choices are given as their labels, of which the values are made."""
    key = key or f"field_{next(_serial)}"
    label = fields.pop("label", key)
    choices = [{"value": slug_of(label), "label": label} for label in fields.pop("choices", ())]
    return FieldDefinition.objects.create(
        key=key, type=type, label=label, label_key=fold(label), choices=choices, **fields
    )


def make_field_values(record: CustomerRecord, **values: Any) -> None:
    """Give a record values, by the keys of fields, as staff would."""
    definitions = live_by_key()
    cleaned = {definitions[key].pk: clean(definitions[key], value) for key, value in values.items()}
    by_id = {definition.pk: definition for definition in definitions.values()}
    write({record.pk: cleaned}, by=Writer(Actor(ActorType.STAFF)), definitions=by_id)


def make_group(name: str | None = None, **fields: Any) -> Group:
    """Make a group that nobody is in."""
    name = name or f"group {next(_serial)}"
    return Group.objects.create(name=name, key=fold(name), **fields)


def make_segment(query: str = "country = 'DE'", *, name: str | None = None, **fields: Any) -> Segment:
    """Make a segment. Its members are another matter, if it is followed: see `segments.following`."""
    name = name or f"segment {next(_serial)}"
    return Segment.objects.create(name=name, key=fold(name), query=query, **fields)


def save_settings(*, active: bool = True, **values: Any) -> None:
    """Save the plugin's settings as the Dashboard would."""
    PluginConfiguration.objects.update_or_create(
        identifier=PLUGIN_ID,
        channel=None,
        defaults={
            "name": "Customer Plus",
            "active": active,
            "configuration": [{"name": name, "value": value} for name, value in values.items()],
        },
    )


def make_job(kind: str = "EXPORT", **fields: Any) -> Any:
    """Make a job of a member of staff, without chunks."""
    from saleor_customer_plus.jobs.models import BulkJob

    return BulkJob.objects.create(**{"kind": kind, "actor_type": "STAFF", "actor_id": "1"} | fields)
