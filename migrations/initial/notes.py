"""Notes, their versions and files."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="Note",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="notes",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("text", models.TextField()),
            (
                "author_type",
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
            ("author_id", models.CharField(blank=True, default="", max_length=64)),
            ("is_pinned", models.BooleanField(default=False)),
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
            "indexes": [
                models.Index(
                    models.F("record"),
                    models.F("is_pinned"),
                    models.F("created_at"),
                    models.F("id"),
                    name="customer_plus_notes",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="NoteVersion",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "note",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="saleor_customer_plus.note"
                ),
            ),
            ("text", models.TextField()),
            (
                "replaced_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            (
                "editor_type",
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
            ("editor_id", models.CharField(blank=True, default="", max_length=64)),
        ],
    ),
    migrations.CreateModel(
        name="NoteMention",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "note",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="mentions",
                    to="saleor_customer_plus.note",
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="account.user",
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("note", "user"), name="customer_plus_mentioned_once")],
        },
    ),
    migrations.CreateModel(
        name="Attachment",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "note",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="attachments",
                    to="saleor_customer_plus.note",
                ),
            ),
            ("file", models.FileField(max_length=255, upload_to="customer-plus/attachments")),
            ("name", models.CharField(max_length=255)),
            ("content_type", models.CharField(max_length=127)),
            ("size", models.BigIntegerField()),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("file",), name="customer_plus_attachment_file"),
                models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="customer_plus_attachment_size"),
            ],
        },
    ),
]
