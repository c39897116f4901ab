"""The ledger, one row for each Saleor order, the lines of those that count, and the figures that follow from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F
from django.db.models.functions import Lower

from ..records.models import EMPTY_ARRAY

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 3}  # as Saleor stores its amounts
# Of as many such amounts as there may be orders, or refunds of one order.
SUM: dict[str, Any] = {"max_digits": 30, "decimal_places": 3}


# Between these, UTC, a time can be read in every time zone.
FIRST_TIME = datetime(1, 1, 2, tzinfo=UTC)
LAST_TIME = datetime(9999, 12, 31, tzinfo=UTC)


class LedgerEntry(models.Model):
    """What we know of one Saleor order, drafts excepted. The only source of every figure.

    Written by `ledger.sync` and `ledger.owners` only. It copies the order's details (name, company, phone, address,
    language) so that those of the record can be computed, for any number of records at once, from here alone.
    """

    id = models.BigAutoField(primary_key=True)
    order_id = models.UUIDField(unique=True)
    order_number = models.BigIntegerField()
    # Null while nobody is known behind the order: it has no e-mail, or guests are not included.
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.SET_NULL,
        related_name="ledger",
        db_index=False,  # an index below begins with it
        null=True,
        blank=True,
    )
    email = models.CharField(max_length=254, blank=True, default="")
    account_id = models.BigIntegerField(null=True, blank=True)
    # The address of whom it belongs to. Null: written by a version that did not keep it; the next look does.
    identity = models.CharField(max_length=254, null=True, blank=True)
    # Not by the order's own address, but by an account that proved it, or by staff who gave the record another address.
    # That stays when the account goes.
    is_settled = models.BooleanField(default=False, db_default=False)

    status = models.CharField(max_length=32)
    charge_status = models.CharField(max_length=32)
    origin = models.CharField(max_length=32, blank=True, default="")
    # The slug may be changed in Saleor; who may see the order goes by the id.
    channel_id = models.BigIntegerField(null=True, blank=True)
    channel_slug = models.CharField(max_length=255, blank=True, default="")
    currency = models.CharField(max_length=3)
    total_gross = models.DecimalField(**MONEY)
    total_refunded = models.DecimalField(**SUM)
    counts = models.BooleanField()
    # The codes of the vouchers that were used, of the order and of its lines, sorted.
    voucher_codes = ArrayField(models.CharField(max_length=255), default=list, db_default=EMPTY_ARRAY, blank=True)

    first_name = models.CharField(max_length=256, blank=True, default="")
    last_name = models.CharField(max_length=256, blank=True, default="")
    company_name = models.CharField(max_length=256, blank=True, default="")
    phone = models.CharField(max_length=128, blank=True, default="")
    street_address_1 = models.CharField(max_length=256, blank=True, default="", db_default="")
    street_address_2 = models.CharField(max_length=256, blank=True, default="", db_default="")
    postal_code = models.CharField(max_length=20, blank=True, default="", db_default="")
    city = models.CharField(max_length=256, blank=True, default="", db_default="")
    country_area = models.CharField(max_length=128, blank=True, default="", db_default="")
    country_code = models.CharField(max_length=2, blank=True, default="")
    language_code = models.CharField(max_length=35, blank=True, default="")

    placed_at = models.DateTimeField()
    order_updated_at = models.DateTimeField()

    # The order of somebody who was deleted: the row only says so, and nothing of it is ever synced or counted again.
    is_released = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            # PostgreSQL keeps times that Python cannot read. Such an order stays out, instead of failing each page that
            # shows it. A day is left at both ends for other time zones.
            models.CheckConstraint(
                condition=models.Q(placed_at__gte=FIRST_TIME, placed_at__lt=LAST_TIME)
                & models.Q(order_updated_at__gte=FIRST_TIME, order_updated_at__lt=LAST_TIME),
                name="customer_plus_ledger_times",
            ),
        ]
        indexes = [
            # A person's orders, newest first, by key.
            models.Index(F("record"), F("placed_at"), F("id"), name="customer_plus_ledger_record"),
            models.Index(
                F("account_id"),
                name="customer_plus_ledger_account",
                condition=models.Q(account_id__isnull=False),
            ),
            # How often somebody bought within a time, and for how much, without the table itself.
            models.Index(
                F("record"),
                F("placed_at"),
                include=["currency", "total_gross"],
                name="customer_plus_ledger_counted",
                condition=models.Q(counts=True, record__isnull=False),
            ),
            # Who bought in a channel, and the figures over it (`ledger.channel_figures`) without the table itself.
            models.Index(
                F("channel_id"),
                F("record"),
                include=["currency", "placed_at", "total_gross"],
                name="customer_plus_ledger_channel",
                condition=models.Q(counts=True, record__isnull=False),
            ),
            # Orders that wait for somebody to be known.
            models.Index(
                F("identity"),
                name="customer_plus_ledger_waiting",
                condition=models.Q(record__isnull=True, is_released=False),
            ),
            # Who used a voucher. Most orders have none.
            GinIndex(
                fields=["voucher_codes"],
                name="customer_plus_ledger_vouchers",
                condition=models.Q(counts=True, record__isnull=False) & ~models.Q(voucher_codes=[]),
            ),
            # Which vouchers somebody used.
            models.Index(
                F("record"),
                include=["voucher_codes"],
                name="customer_plus_ledger_codes_of",
                condition=models.Q(counts=True, record__isnull=False) & ~models.Q(voucher_codes=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"LedgerEntry {self.order_id}"


class LedgerLine(models.Model):
    """One line of an order that counts and belongs to somebody: what was bought, how many, for how much.

    Written by `ledger.lines` only. It repeats the order's record, channel, time and currency, so that who bought a
    product, when and where, is answered from one index. What a product is called, and its category, Saleor says at the
    time of the question. A line keeps its product when Saleor forgets it, because it was deleted.
    """

    id = models.BigAutoField(primary_key=True)
    entry = models.ForeignKey(
        LedgerEntry,
        on_delete=models.CASCADE,
        related_name="lines",
        db_index=False,  # the unique constraint below begins with it
        db_constraint=False,  # a check for each line would cost more than to write it
    )
    line_id = models.UUIDField()
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # an index below begins with it
        db_constraint=False,
    )
    # Of Saleor's tables. Null: it was deleted before we saw the line.
    product_id = models.BigIntegerField(null=True, blank=True)
    variant_id = models.BigIntegerField(null=True, blank=True)
    channel_id = models.BigIntegerField(null=True, blank=True)
    quantity = models.IntegerField()
    currency = models.CharField(max_length=3)
    # What was paid for all of them, taxes included, discounts taken off; in the order's currency.
    total_gross = models.DecimalField(**MONEY)
    placed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "line_id"], name="customer_plus_lines_one"),
        ]
        indexes = [
            # Who bought a product, with all that such a condition may ask for: without the table itself.
            models.Index(
                F("product_id"),
                F("record"),
                include=["variant_id", "channel_id", "placed_at", "quantity", "currency", "total_gross"],
                name="customer_plus_lines_product",
            ),
            # What a person bought, as pages and tasks ask it of one record at a time: as above.
            models.Index(
                F("record"),
                include=["product_id", "variant_id", "channel_id", "placed_at", "quantity", "currency", "total_gross"],
                name="customer_plus_lines_of",
            ),
        ]

    def __str__(self) -> str:
        return f"LedgerLine {self.line_id}"


class CustomerFigures(models.Model):
    """A record's figures in one currency, over the orders that count. Written by `ledger.refresh` only.

    `total_gross` is the sum of the original gross totals: shipping, tax and discounts included, refunds not taken
    off. `net_of_refunds` is the same less what was paid back. Amounts of two currencies are never added.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="figures",
        db_index=False,  # the unique constraint below begins with it
    )
    currency = models.CharField(max_length=3)
    order_count = models.IntegerField()
    total_gross = models.DecimalField(**SUM)
    net_of_refunds = models.DecimalField(**SUM)
    average_gross = models.DecimalField(**SUM)
    first_order_at = models.DateTimeField()
    last_order_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "currency"], name="customer_plus_figures_one"),
        ]
        indexes = [
            models.Index(F("currency"), F("total_gross"), F("record"), name="customer_plus_spent"),
            models.Index(F("first_order_at"), F("record"), name="customer_plus_first_order"),
            models.Index(
                F("currency"),
                F("average_gross"),
                F("record"),
                name="customer_plus_average",
            ),
        ]

    def __str__(self) -> str:
        return f"CustomerFigures {self.record_id} {self.currency}"


class CustomerAcquisition(models.Model):
    """How a person came to the shop, by the first order that counts. Written by `ledger.acquisition` only.

    There is a row only for people whose first order says so. Blank is not said.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.OneToOneField(
        "saleor_customer_plus.CustomerRecord", on_delete=models.CASCADE, related_name="acquisition"
    )
    order_id = models.UUIDField()
    channel_id = models.BigIntegerField(null=True, blank=True)
    placed_at = models.DateTimeField()
    # First touch, before the order: UTM parameters, and the page without them.
    source = models.CharField(max_length=255, blank=True, default="")
    medium = models.CharField(max_length=255, blank=True, default="")
    campaign = models.CharField(max_length=255, blank=True, default="")
    term = models.CharField(max_length=255, blank=True, default="")
    content = models.CharField(max_length=255, blank=True, default="")
    landing_path = models.CharField(max_length=1000, blank=True, default="")
    # What made the order: `storefront`, `pos`, `marketplace`; the program that wrote it; the kind of device.
    surface = models.CharField(max_length=64, blank=True, default="")
    system = models.CharField(max_length=128, blank=True, default="")
    device = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(Lower("source"), F("record"), name="customer_plus_acq_source", condition=~models.Q(source="")),
            models.Index(
                Lower("campaign"), F("record"), name="customer_plus_acq_campaign", condition=~models.Q(campaign="")
            ),
        ]

    def __str__(self) -> str:
        return f"CustomerAcquisition {self.record_id}"
