"""Bulk jobs: one import, export, bulk action or undo, cut into chunks that any number of workers take."""

from __future__ import annotations

from django.core.files.storage import Storage
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower, Now
from django.utils import timezone

from ..activity.models import ActorType, CauseType
from ..activity.services import Actor, Cause
from ..core.model_fields import PrivateFileField

# Where all files of jobs are.
FOLDER = "customer-plus/bulk"
# The option of a job that has the name of the file it reads from, where that was made of the one that was sent.
WORKING_FILE = "_working"


def bulk_storage() -> Storage:
    """Saleor's private storage: lists of customers leave it only through the plugin's own address."""
    from ..saleor_adapter.host import private_storage

    return private_storage


class JobKind(models.TextChoices):
    """What a job does."""

    IMPORT = "IMPORT", "Import of a file or a text"
    EXPORT = "EXPORT", "Export to a file"
    UPDATE = "UPDATE", "One action on many records"
    UNDO = "UNDO", "Undo of another job"
    RECONCILIATION = "RECONCILIATION", "Comparison of all records with Saleor"
    MERGE = "MERGE", "Merge of records that are the same person"
    MERGE_UNDO = "MERGE_UNDO", "Undo of a merge"
    INSIGHTS = "INSIGHTS", "Computation of what the figures of all customers tell"
    DUPLICATES = "DUPLICATES", "Search for records of the same person"
    FIELD = "FIELD", "Change of a field of the shop's own"


# Kinds that start by themselves, every day or week: lists of jobs have them only where they are asked for by kind.
ROUTINE_KINDS = (JobKind.RECONCILIATION, JobKind.INSIGHTS, JobKind.DUPLICATES)
LISTED_KINDS = tuple(kind for kind in JobKind if kind not in ROUTINE_KINDS)
# Kinds of which there is one job at a time, and the constraint that sees to it.
SINGLE_KINDS = (JobKind.RECONCILIATION, JobKind.INSIGHTS, JobKind.DUPLICATES)
ONE_AT_A_TIME = "customer_plus_one_job_at_a_time"


class JobState(models.TextChoices):
    """How far a job has come. The last three are final."""

    PENDING = "PENDING", "Waiting for a worker"
    READY = "READY", "Previewed, and waiting for somebody to start it"
    RUNNING = "RUNNING", "At work"
    SUCCEEDED = "SUCCEEDED", "Done"
    FAILED = "FAILED", "Ended by an error; what was done before stays, and a retry goes on from there"
    CANCELED = "CANCELED", "Ended by somebody; what was done before stays"


OVER = (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELED)
UNDER_WAY = (JobState.PENDING, JobState.READY, JobState.RUNNING)

# What all kinds of job count, in the order in which it is reported.
COUNTERS = ("read", "created", "updated", "unchanged", "skipped", "refused", "with_warnings")


class BulkJob(models.Model):
    """One job, from its request to its files. Written by `jobs.engine` only. Times in UTC, sizes in bytes.

    `phase` is what its chunks are doing at the moment: a kind of job goes through one or more phases, in order.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=JobKind.choices)
    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.PENDING)
    phase = models.CharField(max_length=16, blank=True, default="")
    is_confirmed = models.BooleanField(default=False)  # somebody saw the preview and started it, or wanted none
    options = models.JSONField(default=dict)
    # Rows counted so far: see `COUNTERS`. Those with warnings are among those that were not refused.
    counters = models.JSONField(default=dict)
    # The report of a kind of job: the preview of an import, what an undo kept and why.
    report = models.JSONField(default=dict)
    rows_total = models.BigIntegerField(null=True, blank=True)
    bytes_total = models.BigIntegerField(null=True, blank=True)
    bytes_done = models.BigIntegerField(default=0)
    error_code = models.CharField(max_length=32, blank=True, default="")
    error_message = models.TextField(blank=True, default="")

    # In whose name it works: see `actor`.
    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    undoes = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="undone_by", null=True, blank=True)

    file = PrivateFileField(storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="")
    file_name = models.CharField(max_length=255, blank=True, default="")  # as uploaded
    result_file = PrivateFileField(storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="")
    error_file = PrivateFileField(storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="")
    # The rows of which a part was left out.
    warning_file = PrivateFileField(
        storage=bulk_storage, upload_to=FOLDER, max_length=255, blank=True, default="", db_default=""
    )

    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    phase_started_at = models.DateTimeField(null=True, blank=True)
    # When a chunk of it, or a step of one, was done last, or it was retried.
    worked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When its files, and what else it kept of customers, were removed.
    files_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(F("created_at"), F("id"), name="customer_plus_jobs"),
            # A trigger asks with every change of a record whether anybody looks for duplicates.
            models.Index(F("id"), name="customer_plus_dup_jobs", condition=Q(kind=JobKind.DUPLICATES)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                name=ONE_AT_A_TIME,
                condition=Q(kind__in=SINGLE_KINDS, state__in=UNDER_WAY),
            ),
        ]

    def __str__(self) -> str:
        return f"BulkJob {self.pk} {self.kind}"

    @property
    def actor(self) -> Actor:
        """Who does what the job does: whoever asked for it, then whoever started it, then whoever retried it.

        Each of them took the responsibility for what follows. Who did what is in `BulkJobEvent`.
        """
        return Actor(ActorType(self.actor_type), self.actor_id)

    @property
    def cause(self) -> Cause:
        """The job, as the log names it."""
        return Cause(CauseType.JOB, str(self.pk))


class JobEventType(models.TextChoices):
    """What somebody did with a job."""

    CREATED = "CREATED", "Asked for it"
    CHANGED = "CHANGED", "Changed its options, before anything was written"
    STARTED = "STARTED", "Started it after the preview"
    RETRIED = "RETRIED", "Let it go on after it had failed or been canceled"
    CANCELED = "CANCELED", "Canceled it"
    UNDONE = "UNDONE", "Had it undone by another job"
    FORGOTTEN = "FORGOTTEN", "Removed its files and what else it kept of customers"


class BulkJobEvent(models.Model):
    """One thing that somebody did with a job. Appended by `jobs.events` only, and kept as long as the job."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="events", db_index=False)
    type = models.CharField(max_length=16, choices=JobEventType.choices)
    actor_type = models.CharField(max_length=16, choices=ActorType.choices)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())

    class Meta:
        indexes = [models.Index(F("job"), F("id"), name="customer_plus_job_events")]

    def __str__(self) -> str:
        return f"BulkJobEvent {self.pk} {self.type}"

    @property
    def actor(self) -> Actor:
        return Actor(ActorType(self.actor_type), self.actor_id)


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
    # Where to go on with a chunk that is done in steps, and how many of its steps failed of late. Both are the kind's.
    position = models.BigIntegerField(null=True, blank=True)
    failures = models.SmallIntegerField(default=0, db_default=0)
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

    Both as the MD5 of the normalised text, which is what a `uuid` holds. Addresses that a row names beside its own one
    have rows too, with its number below zero, and are not valid. Written by `imports.row_keys`; gone when the
    import is over.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="+", db_index=False)
    row_number = models.BigIntegerField()
    email = models.UUIDField()
    number = models.UUIDField(null=True, blank=True)
    # Whether the row can be written. The others only show who is in the file, and who wants no mail.
    is_valid = models.BooleanField(default=True, db_default=True)
    # Its objections to mail: see `imports.objections`. And since when, if it has a date.
    against = models.CharField(max_length=8, null=True, blank=True)
    against_since = models.DateTimeField(null=True, blank=True)

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
