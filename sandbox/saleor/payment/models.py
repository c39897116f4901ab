"""Money that came in or went back: payments with transactions, and the newer transaction items."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from ..core._columns import amount
from ..core.models import ModelWithMetadata
from ..order.models import Order
from . import ChargeStatus, TransactionKind


class TransactionItem(ModelWithMetadata):
    """What an outside payment service says of an order's money."""

    token = models.UUIDField(unique=True, default=uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    name = models.CharField(max_length=512, blank=True, null=True, default="")
    message = models.CharField(max_length=512, blank=True, null=True, default="")
    psp_reference = models.CharField(max_length=512, blank=True, null=True)
    available_actions = ArrayField(models.CharField(max_length=128), default=list)
    currency = models.CharField(max_length=settings.DEFAULT_CURRENCY_CODE_LENGTH)
    charged_value = amount("0")
    authorized_value = amount("0")
    refunded_value = amount("0")
    canceled_value = amount("0")
    order = models.ForeignKey(Order, related_name="payment_transactions", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("pk",)


class Payment(ModelWithMetadata):
    """A payment by one of Saleor's own gateways."""

    gateway = models.CharField(max_length=255)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    charge_status = models.CharField(max_length=20, choices=ChargeStatus.CHOICES, default=ChargeStatus.NOT_CHARGED)
    token = models.CharField(max_length=512, blank=True, default="")
    total = amount()
    captured_amount = amount()
    currency = models.CharField(max_length=settings.DEFAULT_CURRENCY_CODE_LENGTH)
    order = models.ForeignKey(Order, related_name="payments", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("pk",)


class Transaction(models.Model):
    """One step of a payment."""

    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    payment = models.ForeignKey(Payment, related_name="transactions", on_delete=models.PROTECT)
    token = models.CharField(max_length=512, blank=True, default="")
    kind = models.CharField(max_length=25, choices=TransactionKind.CHOICES)
    is_success = models.BooleanField(default=False)
    currency = models.CharField(max_length=settings.DEFAULT_CURRENCY_CODE_LENGTH)
    amount = amount()
    error = models.TextField(null=True)
    customer_id = models.CharField(max_length=256, null=True)
    gateway_response = models.JSONField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"Transaction {self.pk}"
