"""Rows that could not be synced and messages that could not be taken in, so that the others go on without them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class RowKind(models.TextChoices):
    """What kind of row was set aside, and so what its key is."""

    ACCOUNT = "ACCOUNT", "One of Saleor's accounts, by id"
    ORDER = "ORDER", "One of Saleor's orders, by id (a UUID)"
    LEDGER_ENTRY = "LEDGER_ENTRY", "A row of our ledger, by id"
    RECORD = "RECORD", "A customer record, by id"
    MAILBOX = "MAILBOX", "A message in the shop's mailbox, by mailbox, UIDVALIDITY and UID"


class SetAsideRow(models.Model):
    """One row that failed, alone in its batch. It is tried again at `retry_at` (UTC), and removed once it succeeds.

    Written by `core.set_aside.services` only, and of messages by `messages.waiting`. Nothing in it is personal data:
    PostgreSQL's own message quotes values, so only its code and the name of the constraint are kept.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=RowKind.choices)
    key = models.CharField(max_length=64)
    error_class = models.CharField(max_length=128)
    # The SQLSTATE, and the constraint, where PostgreSQL named them.
    error_code = models.CharField(max_length=128, blank=True, default="")
    tries = models.IntegerField(default=1)
    first_seen_at = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(default=timezone.now)
    retry_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Of messages only: when it was given up, and marked so in the mailbox. Rows are never given up.
    given_up_at = models.DateTimeField(blank=True, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="customer_plus_set_aside_once")]

    def __str__(self) -> str:
        return f"SetAsideRow {self.kind} {self.key}"
