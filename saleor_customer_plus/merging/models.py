"""Merges: which records became one, what they were before, and what moved, so that it can be taken back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from ..activity.models import ActorType, CauseType
from ..activity.services import Actor, Cause
from ..records.models import EMPTY_OBJECT


class MergeState(models.TextChoices):
    """Whether a merge holds."""

    MERGED = "MERGED", "The records are one"
    UNDONE = "UNDONE", "It was undone: the records are apart again"


class Merge(models.Model):
    """One merge of records into one of them. Written by `merging.services` and `merging.undo` only. Times in UTC.

    What it has of people goes with the record, and when the merge is undone.
    """

    id = models.BigAutoField(primary_key=True)
    # The record that has the person now: the one that was kept, until that one is merged in turn.
    record = models.ForeignKey("saleor_customer_plus.CustomerRecord", on_delete=models.CASCADE, related_name="merges")
    kept_id = models.BigIntegerField()
    merged_ids = ArrayField(models.BigIntegerField())
    state = models.CharField(max_length=16, choices=MergeState.choices, default=MergeState.MERGED)
    # Whose values were chosen by hand: `{"field": "phone", "record_id": 7}` each.
    choices = models.JSONField(default=list, blank=True)
    # The row of the record that was kept before the merge and after it, and what else of it was not as it is now.
    before = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    after = models.JSONField(default=dict, db_default=EMPTY_OBJECT, blank=True)
    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    # Of a job that merged many; kept when the job is not.
    job_id = models.BigIntegerField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by_type = models.CharField(max_length=16, choices=ActorType.choices, blank=True, default="")
    undone_by_id = models.CharField(max_length=64, blank=True, default="")
    # What an undo could not put back, or left with the record: see `merging.undo.conflicts`. Nothing of a person.
    conflicts = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [
            models.Index(F("job_id"), name="customer_plus_merges_of_job", condition=models.Q(job_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Merge {self.pk}"

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_type), self.actor_id)

    @property
    def undone_by(self) -> Actor | None:
        return Actor(ActorType(self.undone_by_type), self.undone_by_id) if self.undone_by_type else None

    @property
    def cause(self) -> Cause:
        """The merge, as the log names it."""
        return Cause(CauseType.MERGE, str(self.pk))


class MergedRecord(models.Model):
    """A record that a merge took away, as it was: what an undo makes it of again. Gone with the undo.

    Written by `merging.services` and `merging.undo` only.
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="merged_records", db_index=False)
    former_id = models.BigIntegerField()
    email = models.CharField(max_length=254)
    # Its row, and the rows of the tables in which a record has one at most for each of something: see `merging.tables`.
    row = models.JSONField()
    rows = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "former_id"], name="customer_plus_merged_once")]

    def __str__(self) -> str:
        return f"MergedRecord {self.former_id}"


class MovedRow(models.Model):
    """That a row of some table went over to the record that was kept, and from which one. Gone with the undo.

    Written by `merging.services` and `merging.undo` only.
    """

    id = models.BigAutoField(primary_key=True)
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="moved_rows", db_index=False)
    table = models.CharField(max_length=32)  # a name of `merging.tables`
    row_id = models.BigIntegerField()
    former_id = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(F("merge"), F("table"), F("former_id"), name="customer_plus_moved"),
            # From which record a row came.
            models.Index(F("table"), F("row_id"), name="customer_plus_moved_row"),
        ]

    def __str__(self) -> str:
        return f"MovedRow {self.pk}"
