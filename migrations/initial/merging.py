"""Possible duplicates and merges."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="DuplicateKey",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("key", models.BigIntegerField()),
        ],
        options={
            "indexes": [
                models.Index(models.F("key"), models.F("record"), name="customer_plus_dup_key"),
                models.Index(models.F("record"), models.F("key"), name="customer_plus_dup_keys"),
            ],
        },
    ),
    migrations.CreateModel(
        name="CrowdedKey",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("key", models.BigIntegerField(unique=True)),
        ],
    ),
    migrations.CreateModel(
        name="FrequentSurname",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("key", models.BigIntegerField(unique=True)),
            ("share", models.FloatField()),
        ],
    ),
    migrations.CreateModel(
        name="UncheckedRecord",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("record_id", models.BigIntegerField()),
        ],
    ),
    migrations.CreateModel(
        name="DuplicateGroup",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("band", models.SmallIntegerField(choices=[(1, "LOOK_AT_IT"), (2, "LIKELY"), (3, "CERTAIN")])),
            ("score", models.IntegerField()),
            (
                "found_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(models.F("band"), models.F("score"), models.F("id"), name="customer_plus_dup_groups")
            ],
        },
    ),
    migrations.CreateModel(
        name="DuplicatePair",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "first",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "second",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("score", models.IntegerField()),
            ("band", models.SmallIntegerField(choices=[(1, "LOOK_AT_IT"), (2, "LIKELY"), (3, "CERTAIN")])),
            (
                "reasons",
                django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), size=None),
            ),
            (
                "group",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="pairs",
                    to="saleor_customer_plus.duplicategroup",
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("second"), models.F("first"), name="customer_plus_dup_pairs")],
            "constraints": [
                models.UniqueConstraint(fields=("first", "second"), name="customer_plus_dup_pair_once"),
                models.CheckConstraint(
                    condition=models.Q(("first__lt", models.F("second"))), name="customer_plus_dup_pair_order"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="DuplicateDismissal",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("first_id", models.BigIntegerField()),
            ("second_id", models.BigIntegerField()),
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
                "dismissed_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(models.F("second_id"), models.F("first_id"), name="customer_plus_dup_dismissed"),
                models.Index(models.F("dismissed_at"), models.F("id"), name="customer_plus_dup_dismissals"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("first_id", "second_id"), name="customer_plus_dup_dismissed_once"),
                models.CheckConstraint(
                    condition=models.Q(("first_id__lt", models.F("second_id"))),
                    name="customer_plus_dup_dismissed_order",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Merge",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="merges",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("kept_id", models.BigIntegerField()),
            ("merged_ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("MERGED", "The records are one"),
                        ("UNDONE", "It was undone: the records are apart again"),
                    ],
                    default="MERGED",
                    max_length=16,
                ),
            ),
            ("choices", models.JSONField(blank=True, default=list)),
            (
                "before",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            (
                "after",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
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
            ("job_id", models.BigIntegerField(blank=True, null=True)),
            ("undone_at", models.DateTimeField(blank=True, null=True)),
            (
                "undone_by_type",
                models.CharField(
                    blank=True,
                    choices=[
                        ("SYNC", "The synchronisation with Saleor"),
                        ("STAFF", "A staff member"),
                        ("APP", "An app"),
                        ("CUSTOMER", "The customer"),
                        ("IMPORT", "An import"),
                    ],
                    default="",
                    max_length=16,
                ),
            ),
            ("undone_by_id", models.CharField(blank=True, default="", max_length=64)),
            ("conflicts", models.JSONField(blank=True, default=list)),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("job_id"),
                    condition=models.Q(("job_id__isnull", False)),
                    name="customer_plus_merges_of_job",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="MergedRecord",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "merge",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="merged_records",
                    to="saleor_customer_plus.merge",
                ),
            ),
            ("former_id", models.BigIntegerField()),
            ("email", models.CharField(max_length=254)),
            ("row", models.JSONField()),
            ("rows", models.JSONField(default=dict)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("merge", "former_id"), name="customer_plus_merged_once")],
        },
    ),
    migrations.CreateModel(
        name="MovedRow",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "merge",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="moved_rows",
                    to="saleor_customer_plus.merge",
                ),
            ),
            ("table", models.CharField(max_length=32)),
            ("row_id", models.BigIntegerField()),
            ("former_id", models.BigIntegerField()),
        ],
        options={
            "indexes": [
                models.Index(models.F("merge"), models.F("table"), models.F("former_id"), name="customer_plus_moved"),
                models.Index(models.F("table"), models.F("row_id"), name="customer_plus_moved_row"),
            ],
        },
    ),
]
