"""The log of everything that happened to a record."""

from __future__ import annotations

from django.db import models
from django.db.models import F


class ActivityType(models.TextChoices):
    """What happened."""

    RECORD_CREATED = "RECORD_CREATED", "The record was made"
    ORDER_ADDED = "ORDER_ADDED", "An order was attached"
    ORDER_CHANGED = "ORDER_CHANGED", "An order changed its state, total or refunds"
    ORDER_REMOVED = "ORDER_REMOVED", "An order left the record"
    DETAILS_SYNCED = "DETAILS_SYNCED", "Details were taken over from an order or the account"
    DETAILS_SUGGESTED = "DETAILS_SUGGESTED", "Details differ from a locked field"
    STAGE_CHANGED = "STAGE_CHANGED", "A lead became a customer"
    ACCOUNT_TIED = "ACCOUNT_TIED", "The record was tied to an account"
    ACCOUNT_UNTIED = "ACCOUNT_UNTIED", "The tie to an account ended"
    EMAIL_CHANGED = "EMAIL_CHANGED", "The e-mail address changed"


class ActorType(models.TextChoices):
    """Who did it."""

    SYNC = "SYNC", "The synchronisation with Saleor"
    STAFF = "STAFF", "A staff member"
    APP = "APP", "An app"
    CUSTOMER = "CUSTOMER", "The customer"
    IMPORT = "IMPORT", "An import"


class CauseType(models.TextChoices):
    """What kind of thing `cause_id` names."""

    ORDER = "ORDER", "A Saleor order, by its UUID"
    ACCOUNT = "ACCOUNT", "A Saleor account, by its number"
    JOB = "JOB", "A bulk job"
    MERGE = "MERGE", "A merge of two records"


class ActivityEntry(models.Model):
    """One thing that happened to one record: who, what, before and after, and why. Appended by `activity.actions`."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="activity",
        db_index=False,  # the index below begins with it
    )
    # When it happened, which for an order is when it was placed; the id tells when it was logged.
    at = models.DateTimeField()
    type = models.CharField(max_length=32, choices=ActivityType.choices)
    actor_type = models.CharField(max_length=16, choices=ActorType.choices, default=ActorType.SYNC)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    cause_type = models.CharField(max_length=16, choices=CauseType.choices, blank=True, default="")
    cause_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(F("record"), F("at"), F("id"), name="customer_plus_activity_feed"),
        ]

    def __str__(self) -> str:
        return f"ActivityEntry {self.pk} {self.type}"
