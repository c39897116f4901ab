"""Segments: conditions over records that are kept under a name, and who meets those that are followed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from ..activity.models import ActorType
from ..activity.services import Actor


class ReadyMade(models.TextChoices):
    """The segments that every shop has from the start. They cannot be edited; a copy can."""

    CUSTOMERS = "CUSTOMERS", "Customers"
    NEW = "NEW", "New customers"
    RETURNING = "RETURNING", "Returning customers"
    ONE_TIME = "ONE_TIME", "One-time customers"
    BEST = "BEST", "Best customers"
    SLIPPING_AWAY = "SLIPPING_AWAY", "Slipping away"
    NEVER_BOUGHT = "NEVER_BOUGHT", "Never bought"
    LEADS_TO_CALL = "LEADS_TO_CALL", "Leads to call"
    SUBSCRIBED = "SUBSCRIBED", "Subscribed"
    NO_CONSENT = "NO_CONSENT", "No consent"
    BIRTHDAY = "BIRTHDAY", "Birthday"  # only where the shop has such a field


class Segment(models.Model):
    """A condition over records, with a name. Times in UTC.

    `segments.services` writes what staff say; `segments.following` the members of followed segments and what it needs
    to keep them; `segments.counting` the counts.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)
    key = models.TextField()  # the name as `records.labels.fold` writes it
    description = models.TextField(blank=True, default="")
    # The condition as text, with the keys of tags, groups and other rows in the place of names, which may change.
    query = models.TextField()
    # Null for the shop's own. The condition of a ready-made one comes with each version of the plugin.
    ready_made = models.CharField(max_length=32, choices=ReadyMade.choices, null=True, blank=True)
    # Why the condition has no meaning any more, such as a deleted tag; blank while all is well.
    broken_because = models.TextField(blank=True, default="", db_default="")

    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # Who made it, and who changed what it says last. Nobody made those that are ready-made.
    created_by_type = models.CharField(max_length=16, choices=ActorType.choices, blank=True, default="")
    created_by_id = models.CharField(max_length=64, blank=True, default="")
    modified_by_type = models.CharField(max_length=16, choices=ActorType.choices, blank=True, default="")
    modified_by_id = models.CharField(max_length=64, blank=True, default="")

    # How many records met it, over the orders of all channels, and when they were counted.
    member_count = models.BigIntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    # Whether `SegmentMembership` has its members.
    is_followed = models.BooleanField(default=False, db_default=False)
    # Since when it has all of them. Null until they were found: who enters or leaves meanwhile is not logged.
    complete_since = models.DateTimeField(null=True, blank=True)
    # When everybody has to be looked at again, because time passes. The last record of those looked at, while it is
    # done.
    due_at = models.DateTimeField(null=True, blank=True)
    swept_to = models.BigIntegerField(null=True, blank=True)
    # Which computation of insights everybody was looked at for, or is about to be: `CurrencyInsight.computed_at`.
    insights_of = models.DateTimeField(null=True, blank=True)

    # The group whose members are those of this segment, which is then followed.
    group = models.ForeignKey(
        "saleor_customer_plus.Group", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group"], name="customer_plus_segment_of_group"),
            models.UniqueConstraint(fields=["key"], name="customer_plus_segment_unique"),
            models.UniqueConstraint(fields=["ready_made"], name="customer_plus_segment_ready_made"),
        ]
        # So that nothing is read where nothing is followed.
        indexes = [models.Index(F("id"), name="customer_plus_followed", condition=Q(is_followed=True))]

    def __str__(self) -> str:
        return f"Segment {self.pk}"

    @property
    def created_by(self) -> Actor | None:
        return Actor(ActorType(self.created_by_type), self.created_by_id) if self.created_by_type else None

    @property
    def modified_by(self) -> Actor | None:
        return Actor(ActorType(self.modified_by_type), self.modified_by_id) if self.modified_by_type else None


class SegmentMembership(models.Model):
    """That a record meets the condition of a followed segment. Written by `segments.following` only."""

    id = models.BigAutoField(primary_key=True)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    record = models.ForeignKey(
        "saleor_customer_plus.CustomerRecord",
        on_delete=models.CASCADE,
        related_name="segment_memberships",
        db_index=False,  # the index below begins with it
    )
    # When it was seen to enter, or when the segment was first followed.
    since = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "record"], name="customer_plus_in_segment_once")]
        indexes = [models.Index(F("record"), F("segment"), name="customer_plus_in_segments")]

    def __str__(self) -> str:
        return f"SegmentMembership {self.pk}"


class TouchedRecord(models.Model):
    """That something about a record changed, so that followed segments have to look at it.

    A trigger writes it with every entry of the activity log, and `segments.touching` for changes that are not logged,
    in the transaction of the change; nothing is written while no segment is followed. `segments.following` takes it
    away. A record may have several: to be unique, a row would have to wait for transactions of others.
    """

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"TouchedRecord {self.pk}"


class SavedView(models.Model):
    """A list as somebody wants to see it again: which records, which columns, in which order.

    Its owner alone changes it; if it is shared, everybody can use it. Written by `segments.views` only.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=255)
    key = models.TextField()  # the name as `records.labels.fold` writes it
    # Who made it: see `owner`.
    owner_type = models.CharField(max_length=16, choices=ActorType.choices)
    owner_id = models.CharField(max_length=64)
    is_shared = models.BooleanField(default=False, db_default=False)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="views", null=True, blank=True)
    # Another condition, as `Segment.query` has it; blank for none. With a segment, both hold.
    query = models.TextField(blank=True, default="")
    search = models.TextField(blank=True, default="")
    columns = models.JSONField(default=list)  # keys of columns, in order
    sort_field = models.CharField(max_length=32, blank=True, default="")
    sort_descending = models.BooleanField(default=False)
    sort_currency = models.CharField(max_length=3, blank=True, default="")
    # Of the field of the shop's own, for a sort by FIELD.
    sort_field_key = models.CharField(max_length=64, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_type", "owner_id", "key"], name="customer_plus_view_unique")
        ]

    def __str__(self) -> str:
        return f"SavedView {self.pk}"

    @property
    def owner(self) -> Actor:
        return Actor(ActorType(self.owner_type), self.owner_id)
