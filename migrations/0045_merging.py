import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

# Consent events stay as they were recorded. A merge of two records, and its undo, may say whose they are, and nothing
# else of them: SELECT set_config('customer_plus.merge', 'on', true).
MOVABLE = """
CREATE OR REPLACE FUNCTION saleor_customer_plus_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved saleor_customer_plus_consentevent;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('customer_plus.merge', true) = 'on' THEN
        moved := OLD;
        moved.record_id := NEW.record_id;
        IF moved IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    IF current_setting('customer_plus.erasure', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'consent events are kept as they are: append one' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$$;
"""
IMMOVABLE = """
CREATE OR REPLACE FUNCTION saleor_customer_plus_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('customer_plus.erasure', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'consent events are kept as they are: append one' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0044_mail"),
    ]

    operations = [
        migrations.AlterField(
            model_name="activityentry",
            name="cause_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ORDER", "A Saleor order, by its UUID"),
                    ("ACCOUNT", "A Saleor account, by its number"),
                    ("JOB", "A bulk job"),
                    ("NOTE", "A note"),
                    ("LEAD", "An enquiry"),
                    ("MERGE", "A merge of records"),
                    ("SEGMENT", "A segment"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="bulkjob",
            name="kind",
            field=models.CharField(
                choices=[
                    ("IMPORT", "Import of a file or a text"),
                    ("EXPORT", "Export to a file"),
                    ("UPDATE", "One action on many records"),
                    ("UNDO", "Undo of another job"),
                    ("RECONCILIATION", "Comparison of all records with Saleor"),
                    ("MERGE", "Merge of records that are the same person"),
                    ("INSIGHTS", "Computation of what the figures of all customers tell"),
                    ("DUPLICATES", "Search for records of the same person"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="bulkprofile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("IMPORT", "Import of a file or a text"),
                    ("EXPORT", "Export to a file"),
                    ("UPDATE", "One action on many records"),
                    ("UNDO", "Undo of another job"),
                    ("RECONCILIATION", "Comparison of all records with Saleor"),
                    ("MERGE", "Merge of records that are the same person"),
                    ("INSIGHTS", "Computation of what the figures of all customers tell"),
                    ("DUPLICATES", "Search for records of the same person"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="consentevent",
            name="cause_type",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ORDER", "A Saleor order, by its UUID"),
                    ("ACCOUNT", "A Saleor account, by its number"),
                    ("JOB", "A bulk job"),
                    ("NOTE", "A note"),
                    ("LEAD", "An enquiry"),
                    ("MERGE", "A merge of records"),
                    ("SEGMENT", "A segment"),
                ],
                db_default="",
                default="",
                max_length=16,
            ),
        ),
        migrations.CreateModel(
            name="FormerRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("former_id", models.BigIntegerField(unique=True)),
                ("number", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                (
                    "images",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        db_default=models.Value(
                            [],
                            output_field=django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(), size=None
                            ),
                        ),
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "merged_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_records",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kept_id", models.BigIntegerField()),
                (
                    "merged_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
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
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merges",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MergedRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("former_id", models.BigIntegerField()),
                ("email", models.CharField(max_length=254)),
                ("row", models.JSONField()),
                ("rows", models.JSONField(default=dict)),
                (
                    "merge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="merged_records",
                        to="saleor_customer_plus.merge",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MovedRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=32)),
                ("row_id", models.BigIntegerField()),
                ("former_id", models.BigIntegerField()),
                (
                    "merge",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moved_rows",
                        to="saleor_customer_plus.merge",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="merge",
            index=models.Index(
                models.F("job_id"), condition=models.Q(("job_id__isnull", False)), name="customer_plus_merges_of_job"
            ),
        ),
        migrations.AddConstraint(
            model_name="mergedrecord",
            constraint=models.UniqueConstraint(fields=("merge", "former_id"), name="customer_plus_merged_once"),
        ),
        migrations.AddIndex(
            model_name="movedrow",
            index=models.Index(models.F("merge"), models.F("table"), models.F("former_id"), name="customer_plus_moved"),
        ),
        migrations.AddIndex(
            model_name="movedrow",
            index=models.Index(models.F("table"), models.F("row_id"), name="customer_plus_moved_row"),
        ),
        migrations.RunSQL(MOVABLE, IMMOVABLE),
    ]
