"""Tags: internal labels of records, never shown to customers."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone


class Tag(models.Model):
    """A label. Two names that differ in case only are the same tag. Written by `tags.services` only."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)
    key = models.TextField()  # the name as `records.labels.fold` writes it
    color = models.CharField(max_length=7, blank=True, default="", db_default="")  # "#rrggbb", or none
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="customer_plus_tag_unique")]

    def __str__(self) -> str:
        return f"Tag {self.pk}"


class TagAssignment(models.Model):
    """That a record has a tag. Written by `tags.services` only."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="tag_assignments",
        db_index=False,  # the unique constraint begins with it
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="assignments", db_index=False)
    assigned_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "tag"], name="customer_plus_tagged_once")]
        indexes = [models.Index(F("tag"), F("record"), name="customer_plus_tagged")]

    def __str__(self) -> str:
        return f"TagAssignment {self.pk}"
