"""The further addresses of a person, beside the one of the record itself."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ..records.models import Source


class AddressKind(models.TextChoices):
    """What an address is for."""

    SHIPPING = "SHIPPING", "Parcels go there"
    BILLING = "BILLING", "Invoices go there"
    OTHER = "OTHER", "Anything else"


class CustomerAddress(models.Model):
    """An address that staff keep for a person, guest and lead alike. Written by `addresses.services` only.

    No sync writes it, so it needs no lock: see docs/decisions/0030. `source` and `source_id` tell what it was copied
    from: an order (its UUID), an account (its key), an import (its job), or staff who typed it.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="address_book",
        db_index=False,  # the index below begins with it
    )
    kind = models.CharField(max_length=16, choices=AddressKind.choices, default=AddressKind.OTHER)
    label = models.CharField(max_length=64, blank=True, default="")
    # Called as in the record, and as in Saleor.
    first_name = models.CharField(max_length=256, blank=True, default="")
    last_name = models.CharField(max_length=256, blank=True, default="")
    company_name = models.CharField(max_length=256, blank=True, default="")
    phone = models.CharField(max_length=128, blank=True, default="")
    street_address_1 = models.CharField(max_length=256, blank=True, default="")
    street_address_2 = models.CharField(max_length=256, blank=True, default="")
    postal_code = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=256, blank=True, default="")
    country_area = models.CharField(max_length=128, blank=True, default="")
    country_code = models.CharField(max_length=2, blank=True, default="")
    source = models.CharField(max_length=16, choices=Source.choices, default=Source.STAFF)
    source_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [models.Index(F("record"), F("id"), name="customer_plus_addresses")]

    def __str__(self) -> str:
        # Never a name or a street: this ends up in logs.
        return f"CustomerAddress {self.pk}"
