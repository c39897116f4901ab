"""Fields of the shop's own: what each is called and may hold (definitions), and what records have (values)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from ..records.models import EMPTY_LIST, EMPTY_OBJECT, Source


class FieldType(models.TextChoices):
    """What a field holds."""

    TEXT = "TEXT", "Text"
    NUMBER = "NUMBER", "Number"
    DATE = "DATE", "Date"
    BOOLEAN = "BOOLEAN", "Yes or no"
    CHOICE = "CHOICE", "One choice"
    CHOICES = "CHOICES", "Several choices"
    MONEY = "MONEY", "Amount of money"
    ORDER = "ORDER", "Order"
    PRODUCT = "PRODUCT", "Product"


class FieldDefinition(models.Model):
    """A field that the shop defined for its records. Written by `fields.definitions` only.

    An archived definition is one that was deleted or replaced. Its values stay until the job that archived it can no
    longer be undone.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64)  # never changes: programs know the field by it
    label = models.CharField(max_length=255)
    label_key = models.TextField()  # the label as `records.labels.fold` writes it
    type = models.CharField(max_length=16, choices=FieldType.choices)
    help_text = models.CharField(max_length=1000, blank=True, default="", db_default="")
    is_required = models.BooleanField(default=False, db_default=False)
    is_unique = models.BooleanField(default=False, db_default=False)
    is_indexed = models.BooleanField(default=False, db_default=False)
    is_visible_to_customer = models.BooleanField(default=False, db_default=False)
    # See `fields.limits.Limits`.
    limits = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    # Of `CHOICE` and `CHOICES`: `{"value": "...", "label": "..."}` each, in the order in which they are offered.
    choices = models.JSONField(default=list, db_default=EMPTY_LIST, blank=True)
    position = models.IntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)
    # The job that prepares it, while it is not complete: nobody else knows of it, and it is archived all the while.
    prepared_for = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"], name="customer_plus_field_key_unique", condition=Q(archived_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["label_key"], name="customer_plus_field_label_unique", condition=Q(archived_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"FieldDefinition {self.pk}"


class FieldValue(models.Model):
    """What a record has in a field. Written by `fields.services` only.

    `value` is what the API shows, null for a field that was cleared: the row then tells by whom. The typed columns are
    what the value is compared and sorted by. One of them is set for each type: see `fields.values`.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="field_values",
        db_index=False,  # the unique constraint begins with it
    )
    definition = models.ForeignKey(FieldDefinition, on_delete=models.CASCADE, related_name="values", db_index=False)
    value = models.JSONField(null=True, blank=True)

    text = models.TextField(null=True, blank=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    date = models.DateField(null=True, blank=True)
    boolean = models.BooleanField(null=True, blank=True)
    # `<id of the definition>:<value of the choice>` each, so that one index serves all fields.
    choices = ArrayField(models.TextField(), null=True, blank=True)
    # What no other record may have in this field. Null unless the field is unique.
    unique_key = models.TextField(null=True, blank=True)
    # Whether the value is in the indexes of its column: that of the definition.
    is_indexed = models.BooleanField(default=False, db_default=False)

    # Where the value came from: see `records.details.Provenance`.
    source = models.CharField(max_length=16, choices=Source.choices)
    origin = models.CharField(max_length=64, blank=True, default="", db_default="")
    updated_at = models.DateTimeField(default=timezone.now, db_default=Now())
    is_locked = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["record", "definition"], name="customer_plus_field_value_once"),
            models.UniqueConstraint(
                fields=["definition", "unique_key"],
                name="customer_plus_field_value_unique",
                condition=Q(unique_key__isnull=False),
            ),
        ]
        # Each holds only values of definitions that ask for it.
        indexes = [
            models.Index(
                F("definition"),
                F(column),
                F("record"),
                name=f"customer_plus_field_{column}",
                condition=Q(is_indexed=True) & Q(**{f"{column}__isnull": False}),
            )
            for column in ("text", "number", "date", "boolean")
        ] + [
            GinIndex(
                fields=["choices"],
                name="customer_plus_field_choices",
                condition=Q(is_indexed=True) & Q(choices__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"FieldValue {self.pk}"
