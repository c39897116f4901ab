"""Work in the background."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="BulkJob",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("IMPORT", "Import of a file or a text"),
                        ("EXPORT", "Export to a file"),
                        ("UPDATE", "One action on many records"),
                        ("UNDO", "Undo of another job"),
                        ("RECONCILIATION", "Comparison of all records with Saleor"),
                        ("MERGE", "Merge of records that are the same person"),
                        ("MERGE_UNDO", "Undo of a merge"),
                        ("INSIGHTS", "Computation of what the figures of all customers tell"),
                        ("DUPLICATES", "Search for records of the same person"),
                        ("FIELD", "Change of a field of the shop's own"),
                    ],
                    max_length=16,
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("PENDING", "Waiting for a worker"),
                        ("READY", "Previewed, and waiting for somebody to start it"),
                        ("RUNNING", "At work"),
                        ("SUCCEEDED", "Done"),
                        ("FAILED", "Ended by an error; what was done before stays, and a retry goes on from there"),
                        ("CANCELED", "Ended by somebody; what was done before stays"),
                    ],
                    default="PENDING",
                    max_length=16,
                ),
            ),
            ("phase", models.CharField(blank=True, default="", max_length=16)),
            ("is_confirmed", models.BooleanField(default=False)),
            ("options", models.JSONField(default=dict)),
            ("counters", models.JSONField(default=dict)),
            ("report", models.JSONField(default=dict)),
            ("rows_total", models.BigIntegerField(blank=True, null=True)),
            ("bytes_total", models.BigIntegerField(blank=True, null=True)),
            ("bytes_done", models.BigIntegerField(default=0)),
            ("error_code", models.CharField(blank=True, default="", max_length=32)),
            ("error_message", models.TextField(blank=True, default="")),
            (
                "actor_type",
                models.CharField(
                    choices=[
                        ("SYNC", "The synchronisation with Saleor"),
                        ("STAFF", "A staff member"),
                        ("APP", "An app"),
                        ("CUSTOMER", "The customer"),
                        ("IMPORT", "An import"),
                    ],
                    max_length=16,
                ),
            ),
            ("actor_id", models.CharField(blank=True, default="", max_length=64)),
            (
                "undoes",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="undone_by",
                    to="saleor_customer_plus.bulkjob",
                ),
            ),
            ("file", models.FileField(blank=True, default="", max_length=255, upload_to="customer-plus/bulk")),
            ("file_name", models.CharField(blank=True, default="", max_length=255)),
            ("result_file", models.FileField(blank=True, default="", max_length=255, upload_to="customer-plus/bulk")),
            ("error_file", models.FileField(blank=True, default="", max_length=255, upload_to="customer-plus/bulk")),
            (
                "warning_file",
                models.FileField(blank=True, db_default="", default="", max_length=255, upload_to="customer-plus/bulk"),
            ),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            ("started_at", models.DateTimeField(blank=True, null=True)),
            ("phase_started_at", models.DateTimeField(blank=True, null=True)),
            ("worked_at", models.DateTimeField(blank=True, null=True)),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("files_removed_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(models.F("created_at"), models.F("id"), name="customer_plus_jobs"),
                models.Index(models.F("id"), condition=models.Q(("kind", "DUPLICATES")), name="customer_plus_dup_jobs"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(
                        ("kind__in", ("RECONCILIATION", "INSIGHTS", "DUPLICATES")),
                        ("state__in", ("PENDING", "READY", "RUNNING")),
                    ),
                    fields=("kind",),
                    name="customer_plus_one_job_at_a_time",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="BulkJobEvent",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "job",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="events",
                    to="saleor_customer_plus.bulkjob",
                ),
            ),
            (
                "type",
                models.CharField(
                    choices=[
                        ("CREATED", "Asked for it"),
                        ("CHANGED", "Changed its options, before anything was written"),
                        ("STARTED", "Started it after the preview"),
                        ("RETRIED", "Let it go on after it had failed or been canceled"),
                        ("CANCELED", "Canceled it"),
                        ("UNDONE", "Had it undone by another job"),
                        ("FORGOTTEN", "Removed its files and what else it kept of customers"),
                    ],
                    max_length=16,
                ),
            ),
            (
                "actor_type",
                models.CharField(
                    choices=[
                        ("SYNC", "The synchronisation with Saleor"),
                        ("STAFF", "A staff member"),
                        ("APP", "An app"),
                        ("CUSTOMER", "The customer"),
                        ("IMPORT", "An import"),
                    ],
                    max_length=16,
                ),
            ),
            ("actor_id", models.CharField(blank=True, default="", max_length=64)),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("job"), models.F("id"), name="customer_plus_job_events")],
        },
    ),
    migrations.CreateModel(
        name="BulkChunk",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "job",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="chunks",
                    to="saleor_customer_plus.bulkjob",
                ),
            ),
            ("phase", models.CharField(max_length=16)),
            ("number", models.IntegerField()),
            ("spec", models.JSONField(default=dict)),
            ("is_done", models.BooleanField(default=False)),
            ("starts", models.SmallIntegerField(db_default=0, default=0)),
            ("position", models.BigIntegerField(blank=True, null=True)),
            ("failures", models.SmallIntegerField(db_default=0, default=0)),
            ("counters", models.JSONField(default=dict)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("job", "phase", "number"), name="customer_plus_chunk_once")
            ],
        },
    ),
    migrations.CreateModel(
        name="BulkProblem",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "job",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="problems",
                    to="saleor_customer_plus.bulkjob",
                ),
            ),
            ("row_number", models.BigIntegerField(blank=True, null=True)),
            (
                "place",
                models.GeneratedField(
                    db_persist=True,
                    expression=django.db.models.functions.comparison.Coalesce("row_number", models.Value(0)),
                    output_field=models.BigIntegerField(),
                ),
            ),
            ("record_id", models.BigIntegerField(blank=True, null=True)),
            ("cells", models.JSONField(blank=True, default=list)),
            ("reasons", models.JSONField(default=list)),
        ],
        options={
            "indexes": [
                models.Index(models.F("job"), models.F("place"), models.F("id"), name="customer_plus_problems")
            ],
        },
    ),
    migrations.CreateModel(
        name="BulkImportKey",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "job",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="saleor_customer_plus.bulkjob",
                ),
            ),
            ("row_number", models.BigIntegerField()),
            ("email", models.UUIDField()),
            ("number", models.UUIDField(blank=True, null=True)),
            ("is_valid", models.BooleanField(db_default=True, default=True)),
            ("against", models.CharField(blank=True, max_length=8, null=True)),
            ("against_since", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [models.Index(models.F("job"), name="customer_plus_import_keys")],
        },
    ),
    migrations.CreateModel(
        name="BulkProfile",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("IMPORT", "Import of a file or a text"),
                        ("EXPORT", "Export to a file"),
                        ("UPDATE", "One action on many records"),
                        ("UNDO", "Undo of another job"),
                        ("RECONCILIATION", "Comparison of all records with Saleor"),
                        ("MERGE", "Merge of records that are the same person"),
                        ("MERGE_UNDO", "Undo of a merge"),
                        ("INSIGHTS", "Computation of what the figures of all customers tell"),
                        ("DUPLICATES", "Search for records of the same person"),
                        ("FIELD", "Change of a field of the shop's own"),
                    ],
                    max_length=16,
                ),
            ),
            ("name", models.CharField(max_length=255)),
            ("options", models.JSONField(default=dict)),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            (
                "modified_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    models.F("kind"), django.db.models.functions.text.Lower("name"), name="customer_plus_profile_unique"
                )
            ],
        },
    ),
]
