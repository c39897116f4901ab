"""Tags of records."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="Tag",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("name", models.CharField(max_length=255)),
            ("key", models.TextField()),
            ("color", models.CharField(blank=True, db_default="", default="", max_length=7)),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("key",), name="customer_plus_tag_unique")],
        },
    ),
    migrations.CreateModel(
        name="TagAssignment",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="tag_assignments",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "tag",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="assignments",
                    to="saleor_customer_plus.tag",
                ),
            ),
            (
                "assigned_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("tag"), models.F("record"), name="customer_plus_tagged")],
            "constraints": [models.UniqueConstraint(fields=("record", "tag"), name="customer_plus_tagged_once")],
        },
    ),
]
