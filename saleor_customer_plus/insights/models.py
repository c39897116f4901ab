"""What is computed of the figures of all customers together, once a night or on demand."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from ..ledger.models import SUM


class RfmGroup(models.TextChoices):
    """The groups of an RFM analysis: see `insights.rfm`, which tells who is in which."""

    CHAMPIONS = "CHAMPIONS", "Bought very recently, often and for much"
    LOYAL = "LOYAL", "Buy often or for much, the last time not long ago"
    ACTIVE = "ACTIVE", "Bought recently, a middling number of times or amount"
    NEW = "NEW", "Bought very recently, rarely and for little"
    PROMISING = "PROMISING", "Bought recently, rarely and for little"
    NEEDS_ATTENTION = "NEEDS_ATTENTION", "In the middle of everything: may go either way"
    AT_RISK = "AT_RISK", "Used to buy well, but not of late"
    PREVIOUSLY_LOYAL = "PREVIOUSLY_LOYAL", "Were among the best, but have not bought for long"
    ALMOST_LOST = "ALMOST_LOST", "Bought rarely and for little, some time ago"
    DORMANT = "DORMANT", "Bought rarely and for little, long ago"
    PROSPECTS = "PROSPECTS", "Never bought"


# Those that are kept: whoever never bought has no row.
KEPT_GROUPS = tuple(group for group in RfmGroup if group is not RfmGroup.PROSPECTS)


class CustomerInsight(models.Model):
    """What a record's orders in one currency say beside those of all others. Written by `insights.computation` only.

    As old as the last computation: `CurrencyInsight.computed_at`.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="insights",
        db_index=False,  # the unique constraint below begins with it
    )
    currency = models.CharField(max_length=3)
    # From 1, the worst, to 5.
    recency_score = models.SmallIntegerField()
    frequency_score = models.SmallIntegerField()
    monetary_score = models.SmallIntegerField()
    rfm_group = models.CharField(max_length=16, choices=[(group.value, group.label) for group in KEPT_GROUPS])
    # Null for whoever bought on one day only.
    median_days_between_orders = models.DecimalField(max_digits=9, decimal_places=1, null=True, blank=True)
    next_order_expected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "currency"], name="customer_plus_insight_one"),
        ]
        indexes = [
            models.Index(F("currency"), F("rfm_group"), F("record"), name="customer_plus_rfm"),
            models.Index(
                F("currency"),
                F("next_order_expected_at"),
                F("record"),
                name="customer_plus_next_order",
                condition=Q(next_order_expected_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"CustomerInsight {self.record_id} {self.currency}"


class CurrencyInsight(models.Model):
    """What the last computation compared the customers of a currency by. Written by `insights.computation` only.

    A score is 1 plus the number of thresholds that a customer reaches. A threshold is missing where nobody reaches it.
    """

    id = models.BigAutoField(primary_key=True)
    currency = models.CharField(max_length=3, unique=True)
    customers = models.IntegerField()
    recency_thresholds = ArrayField(models.DateField())  # the day of the last order, in `time_zone`
    frequency_thresholds = ArrayField(models.IntegerField())  # orders
    monetary_thresholds = ArrayField(models.DecimalField(**SUM))  # net of refunds
    time_zone = models.CharField(max_length=64)
    # When the figures were read. Null: the first computation is under way.
    computed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"CurrencyInsight {self.currency}"
