"""A reconciliation in progress, kept in the database so that any worker can take a part of it or resume it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Walk(models.TextChoices):
    """The walks of a reconciliation, in the order in which they are done."""

    ACCOUNTS = "1_ACCOUNTS", "Saleor's accounts, by id"
    ORDERS = "2_ORDERS", "Saleor's orders, by number"
    LEDGER = "3_LEDGER", "Our ledger, by id: orders that Saleor no longer has"
    RECORDS = "4_RECORDS", "Our records, by id: figures and details"


class Reconciliation(models.Model):
    """One run over the whole store, or over what changed since a moment (UTC)."""

    id = models.BigAutoField(primary_key=True)
    since = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Two runs at once would do the same work twice.
            models.UniqueConstraint(
                models.Value(1),
                name="customer_plus_one_reconciliation",
                condition=Q(finished_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Reconciliation {self.pk}"


class ReconciliationRange(models.Model):
    """A range of keys, `lower <= key < upper`, walked by one worker at a time, in batches.

    `position` is the next key. It is committed together with the work of each batch, so a worker that dies costs one
    batch. A worker holds the row's lock while it works on a batch: no lease, no clean-up.
    """

    id = models.BigAutoField(primary_key=True)
    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="ranges")
    walk = models.CharField(max_length=16, choices=Walk.choices)
    lower = models.BigIntegerField()
    upper = models.BigIntegerField()
    position = models.BigIntegerField()
    is_done = models.BooleanField(default=False)
    counters = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"ReconciliationRange {self.pk} {self.walk}"
