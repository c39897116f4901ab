"""How far the periodic look at recent changes has come."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Look(models.TextChoices):
    """The parts of a pass over recent changes, in the order in which they are done."""

    ACCOUNTS = "1_ACCOUNTS", "Saleor's accounts, by the time of their last change"
    ORDERS = "2_ORDERS", "Saleor's orders, by the time of their last change"
    NUMBERS = "3_NUMBERS", "Orders that were deleted, or never seen, by comparing counts"
    DELETED_ACCOUNTS = "4_DELETED", "Accounts that were deleted"


class CatchUp(models.Model):
    """How far recent changes were looked at. There is one row, and whoever works holds its lock. All times in UTC."""

    id = models.BigAutoField(primary_key=True)
    # Everything that was committed before this moment was looked at.
    seen_until = models.DateTimeField()
    # What `seen_until` will be once the pass under way ends. Null while there is none.
    until = models.DateTimeField(null=True, blank=True)
    look = models.CharField(max_length=16, choices=Look.choices, default=Look.ACCOUNTS)
    # The last row that was done: for accounts and orders by time and key, for the others by key alone.
    position_at = models.DateTimeField(default=timezone.now)
    position = models.BigIntegerField(default=0)
    # How often a batch failed here of late: each time halves the next one, each success doubles it again.
    failures = models.SmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"CatchUp {self.pk}"
