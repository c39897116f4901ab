"""What is kept of the search for duplicates."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from ...activity.models import ActorType
from ...activity.services import Actor
from .scoring import Band

RECORD = "saleor_customer_plus.CustomerRecord"


class DuplicateKey(models.Model):
    """A key under which a record is looked up: see `duplicates.people`. Written by `duplicates.keys` only.

    No constraint in the database, which would look at each of millions: one of a record that is no more does no harm.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(RECORD, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    key = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(F("key"), F("record"), name="customer_plus_dup_key"),
            models.Index(F("record"), F("key"), name="customer_plus_dup_keys"),
        ]

    def __str__(self) -> str:
        return f"DuplicateKey {self.pk}"


class CrowdedKey(models.Model):
    """A key that too many records have to say anything: a reception's phone. Written by `duplicates.keys` only."""

    id = models.BigAutoField(primary_key=True)
    key = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return f"CrowdedKey {self.pk}"


class FrequentSurname(models.Model):
    """Which share of all records has a last name that is not rare, by its key. Written by `duplicates.keys` only.

    As of the last search through all records, so that a score does not change because somebody else came.
    """

    id = models.BigAutoField(primary_key=True)
    key = models.BigIntegerField(unique=True)
    share = models.FloatField()

    def __str__(self) -> str:
        return f"FrequentSurname {self.pk}"


class UncheckedRecord(models.Model):
    """That a record changed, or what is known of others, so that the search has to look at it.

    A trigger writes it with entries of the activity log, another one with pairs that are deleted, and
    `duplicates.keys` where a key becomes crowded or no longer is. Taken away by `duplicates.finding`. A record may have
    several: to be unique, a row would have to wait for transactions of others.
    """

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"UncheckedRecord {self.pk}"


class DuplicateGroup(models.Model):
    """Records that seem to be of one person: those of its pairs. Written by `duplicates.grouping` only.

    One whose records were all deleted but one has no pair any more, and counts for nothing.
    """

    id = models.BigAutoField(primary_key=True)
    # Of its weakest link.
    band = models.SmallIntegerField(choices=[(band.value, band.name) for band in Band])
    score = models.IntegerField()
    found_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [models.Index(F("band"), F("score"), F("id"), name="customer_plus_dup_groups")]

    def __str__(self) -> str:
        return f"DuplicateGroup {self.pk}"


class DuplicatePair(models.Model):
    """Two records that seem to be of one person, and why. Written by `duplicates.finding`, the group by `grouping`."""

    id = models.BigAutoField(primary_key=True)
    # The one with the lower id.
    first = models.ForeignKey(RECORD, on_delete=models.CASCADE, related_name="+", db_index=False)
    second = models.ForeignKey(RECORD, on_delete=models.CASCADE, related_name="+", db_index=False)
    score = models.IntegerField()
    band = models.SmallIntegerField(choices=[(band.value, band.name) for band in Band])
    reasons = ArrayField(models.CharField(max_length=32))  # names of `scoring.Reason`
    group = models.ForeignKey(DuplicateGroup, on_delete=models.SET_NULL, related_name="pairs", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="customer_plus_dup_pair_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="customer_plus_dup_pair_order"),
        ]
        indexes = [models.Index(F("second"), F("first"), name="customer_plus_dup_pairs")]

    def __str__(self) -> str:
        return f"DuplicatePair {self.pk}"


class DuplicateDismissal(models.Model):
    """That two records are not of one person, as staff said. Written by `duplicates.services` only.

    Kept for ever, also while one of the two is merged into another record: so there is no foreign key. An undo of that
    merge copies what was said of the kept record meanwhile to the others. Of records that were deleted it goes with the
    next search.
    """

    id = models.BigAutoField(primary_key=True)
    # The one with the lower id.
    first_id = models.BigIntegerField()
    second_id = models.BigIntegerField()
    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    dismissed_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first_id", "second_id"], name="customer_plus_dup_dismissed_once"),
            models.CheckConstraint(condition=Q(first_id__lt=F("second_id")), name="customer_plus_dup_dismissed_order"),
        ]
        indexes = [
            models.Index(F("second_id"), F("first_id"), name="customer_plus_dup_dismissed"),
            models.Index(F("dismissed_at"), F("id"), name="customer_plus_dup_dismissals"),
        ]

    def __str__(self) -> str:
        return f"DuplicateDismissal {self.pk}"

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_type), self.actor_id)
