"""Orders and their lines."""

from uuid import uuid4

from django.conf import settings
from django.db import connection, models
from django.utils.timezone import now

from ..account.models import Address, User
from ..channel.models import Channel
from ..core._columns import amount, price
from ..core.models import ModelWithExternalReference, ModelWithMetadata
from ..permission.enums import OrderPermissions
from ..product.models import ProductVariant
from . import OrderAuthorizeStatus, OrderChargeStatus, OrderOrigin, OrderStatus


def get_order_number() -> int:
    """Take the next number off the database's sequence."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('order_order_number_seq')")
        (number,) = cursor.fetchone()
    return int(number)


class Order(ModelWithMetadata, ModelWithExternalReference):
    """An order, or a draft of one."""

    id = models.UUIDField(primary_key=True, editable=False, unique=True, default=uuid4)
    number = models.IntegerField(unique=True, default=get_order_number, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False, db_index=True)
    expired_at = models.DateTimeField(blank=True, null=True)
    status = models.CharField(max_length=32, default=OrderStatus.UNFULFILLED, choices=OrderStatus.CHOICES)
    authorize_status = models.CharField(
        max_length=32, default=OrderAuthorizeStatus.NONE, choices=OrderAuthorizeStatus.CHOICES, db_index=True
    )
    charge_status = models.CharField(
        max_length=32, default=OrderChargeStatus.NONE, choices=OrderChargeStatus.CHOICES, db_index=True
    )
    user = models.ForeignKey(User, blank=True, null=True, related_name="orders", on_delete=models.SET_NULL)
    language_code = models.CharField(max_length=35, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    billing_address = models.ForeignKey(Address, related_name="+", editable=False, null=True, on_delete=models.SET_NULL)
    shipping_address = models.ForeignKey(
        Address, related_name="+", editable=False, null=True, on_delete=models.SET_NULL
    )
    user_email = models.EmailField(blank=True, default="")
    origin = models.CharField(max_length=32, choices=OrderOrigin.CHOICES)
    currency = models.CharField(max_length=settings.DEFAULT_CURRENCY_CODE_LENGTH)
    channel = models.ForeignKey(Channel, related_name="orders", on_delete=models.PROTECT)
    lines_count = models.PositiveIntegerField()
    total_net_amount = amount()
    undiscounted_total_net_amount = amount()
    total_gross_amount = amount()
    undiscounted_total_gross_amount = amount()
    total_charged_amount = amount()
    total_authorized_amount = amount()
    subtotal_net_amount = amount("0")
    subtotal_gross_amount = amount("0")
    voucher_code = models.CharField(max_length=255, null=True, blank=True)
    customer_note = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-number",)
        permissions = [(permission.codename, permission.name) for permission in OrderPermissions]


class OrderLine(ModelWithMetadata):
    """So many of one variant. It stays, without the variant, when that is deleted."""

    id = models.UUIDField(primary_key=True, editable=False, unique=True, default=uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    order = models.ForeignKey(Order, related_name="lines", editable=False, on_delete=models.CASCADE)
    variant = models.ForeignKey(
        ProductVariant, related_name="order_lines", on_delete=models.SET_NULL, blank=True, null=True
    )
    product_name = models.CharField(max_length=386)
    variant_name = models.CharField(max_length=255, default="", blank=True)
    product_sku = models.CharField(max_length=255, null=True, blank=True)
    product_variant_id = models.CharField(max_length=255, null=True, blank=True)
    is_shipping_required = models.BooleanField()
    is_gift_card = models.BooleanField()
    quantity = models.IntegerField()
    currency = models.CharField(max_length=settings.DEFAULT_CURRENCY_CODE_LENGTH)
    unit_price_net_amount = price()
    unit_price_gross_amount = price()
    total_price_net_amount = price()
    total_price_gross_amount = price()
    voucher_code = models.CharField(max_length=255, null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
