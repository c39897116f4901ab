"""Bulk jobs: one import, export, bulk action or undo, cut into chunks that any number of workers take."""

from __future__ import annotations

from django.core.files.storage import Storage
from django.db import models
from django.db.models import F
from django.db.models.functions import Coalesce, Lower, Now
from django.utils import timezone

from ..activity.actions import Actor, Cause
from ..activity.models import ActorType, CauseType

# Where all files of jobs are.
FOLDER = "customer-plus/bulk"


def bulk_storage() -> Storage:
    """Saleor's private storage: lists of customers leave it only through the plugin's own address."""
    from ..host import private_storage

    return private_storage


class JobKind(models.TextChoices):
    """What a job does."""

    IMPORT = "IMPORT", "Import of a file or a text"
    EXPORT = "EXPORT", "Export to a file"
    UPDATE = "UPDATE", "One action on many records"
    UNDO = "UNDO", "Undo of another job"


class JobState(models.TextChoices):
    """How far a job has come. The last three are final."""

    PENDING = "PENDING", "Waiting for a worker"
    READY = "READY", "Previewed, and waiting for somebody to start it"
    RUNNING = "RUNNING", "At work"
    SUCCEEDED = "SUCCEEDED", "Done"
    FAILED = "FAILED", "Ended by an error; what was done before stays, and a retry goes on from there"
    CANCELED = "CANCELED", "Ended by somebody; what was done before stays"


OVER = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED)

# What all kinds of job count, in the order in which it is told.
COUNTERS = ("read", "created", "updated", "unchanged", "skipped", "invalid")


class BulkJob(models.Model):
    """One job, from its request to its files. Written by `bulk.jobs` only. Times in UTC, sizes in bytes.

    `phase` is what its chunks are doing at the moment: a kind of job goes through one or more phases, in order.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=JobKind.choices)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.PENDING)
    phase = models.CharField(max_length=16, blank=True, default="")
    is_confirmed = models.BooleanField(default=False)  # somebody saw the preview and started it, or wanted none
    options = models.JSONField(default=dict)
    # Rows counted so far: read, created, updated, unchanged, skipped, invalid.
    counters = models.JSONField(default=dict)
    # What a kind of job has to tell: the preview of an import, what an undo kept and why.
    report = models.JSONField(default=dict)
    rows_total = models.BigIntegerField(null=True, blank=True)
    bytes_total = models.BigIntegerField(null=True, blank=True)
    bytes_done = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=32, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    undoes = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="undone_by", null=True, blank=True)

    file = models.FileField(storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="")
    file_name = models.CharField(max_length=255, blank=True, default="")  # as uploaded
    result_file = models.FileField(storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="")
    error_file = models.FileField(storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="")

    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    phase_started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When its files, and what else it kept of customers, were removed.
    files_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(F("created_at"), F("id"), name="customer_plus_jobs")]

    def __str__(self) -> str:
        return f"BulkJob {self.pk} {self.kind}"

    @property
    def actor(self) -> Actor:
        """Whoever asked for the job does what it does."""
        return Actor(ActorType(self.actor_type), self.actor_id)

    @property
    def cause(self) -> Cause:
        """The job, as the log names it."""
        return Cause(CauseType.JOB, str(self.pk))


class BulkChunk(models.Model):
    """A part of a phase of a job, done by one worker in one transaction. `spec` says which part; each kind knows."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="chunks", db_index=False)
    phase = models.CharField(max_length=16)
    number = models.IntegerField()
    spec = models.JSONField(default=dict)
    is_done = models.BooleanField(default=False)
    # How often workers began it, since the last retry, and did not live to end it.
    starts = models.SmallIntegerField(default=0, db_default=0)
    counters = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "phase", "number"], name="customer_plus_chunk_once")]

    def __str__(self) -> str:
        return f"BulkChunk {self.pk}"


class BulkProblem(models.Model):
    """A row of a file, or a record, that a job refused or passed over, and why. Gone with the job's files."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="problems", db_index=False)
    row_number = models.BigIntegerField(null=True, blank=True)  # of the file, the header being row 1
    # What a job's problems are listed by: as in the file, and where there is none, as they were found.
    place = models.GeneratedField(
        expression=Coalesce("row_number", models.Value(0)), output_field=models.BigIntegerField(), db_persist=True
    )
    record_id = models.BigIntegerField(null=True, blank=True)
    cells = models.JSONField(default=list, blank=True)  # the row as it was read
    reasons = models.JSONField(default=list)  # objects of field, code and message

    class Meta:
        indexes = [models.Index(F("job"), F("place"), F("id"), name="customer_plus_problems")]

    def __str__(self) -> str:
        return f"BulkProblem {self.pk}"


class BulkImportKey(models.Model):
    """Which address, and which customer's number, a row of a file has: to find those that come twice.

    Both as the MD5 of the normalised text, which is what a `uuid` holds. Written by `imports.keys`; gone when the
    import is over.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="+", db_index=False)
    row_number = models.BigIntegerField()
    email = models.UUIDField()
    number = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(F("job"), name="customer_plus_import_keys")]

    def __str__(self) -> str:
        return f"BulkImportKey {self.pk}"


class BulkProfile(models.Model):
    """Options that are kept under a name: the mapping of an import, the columns of an export."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=JobKind.choices)
    name = models.CharField(max_length=255)
    options = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    modified_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("kind", Lower("name"), name="customer_plus_profile_unique")]

    def __str__(self) -> str:
        return f"BulkProfile {self.pk}"
