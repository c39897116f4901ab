"""Segments, their members, and saved views."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="Segment",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("name", models.CharField(max_length=255)),
            ("key", models.TextField()),
            ("description", models.TextField(blank=True, default="")),
            ("query", models.TextField()),
            (
                "ready_made",
                models.CharField(
                    blank=True,
                    choices=[
                        ("CUSTOMERS", "Customers"),
                        ("NEW", "New customers"),
                        ("RETURNING", "Returning customers"),
                        ("ONE_TIME", "One-time customers"),
                        ("BEST", "Best customers"),
                        ("SLIPPING_AWAY", "Slipping away"),
                        ("NEVER_BOUGHT", "Never bought"),
                        ("LEADS_TO_CALL", "Leads to call"),
                        ("SUBSCRIBED", "Subscribed"),
                        ("NO_CONSENT", "No consent"),
                        ("BIRTHDAY", "Birthday"),
                    ],
                    max_length=32,
                    null=True,
                ),
            ),
            ("broken_because", models.TextField(blank=True, db_default="", default="")),
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
            (
                "created_by_type",
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
            ("created_by_id", models.CharField(blank=True, default="", max_length=64)),
            (
                "modified_by_type",
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
            ("modified_by_id", models.CharField(blank=True, default="", max_length=64)),
            ("member_count", models.BigIntegerField(blank=True, null=True)),
            ("counted_at", models.DateTimeField(blank=True, null=True)),
            ("is_followed", models.BooleanField(db_default=False, default=False)),
            ("complete_since", models.DateTimeField(blank=True, null=True)),
            ("due_at", models.DateTimeField(blank=True, null=True)),
            ("swept_to", models.BigIntegerField(blank=True, null=True)),
            ("insights_of", models.DateTimeField(blank=True, null=True)),
            (
                "group",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to="saleor_customer_plus.group",
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(models.F("id"), condition=models.Q(("is_followed", True)), name="customer_plus_followed")
            ],
            "constraints": [
                models.UniqueConstraint(fields=("group",), name="customer_plus_segment_of_group"),
                models.UniqueConstraint(fields=("key",), name="customer_plus_segment_unique"),
                models.UniqueConstraint(fields=("ready_made",), name="customer_plus_segment_ready_made"),
            ],
        },
    ),
    migrations.CreateModel(
        name="SegmentMembership",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "segment",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="memberships",
                    to="saleor_customer_plus.segment",
                ),
            ),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="segment_memberships",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "since",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("record"), models.F("segment"), name="customer_plus_in_segments")],
            "constraints": [
                models.UniqueConstraint(fields=("segment", "record"), name="customer_plus_in_segment_once")
            ],
        },
    ),
    migrations.CreateModel(
        name="TouchedRecord",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("record_id", models.BigIntegerField()),
        ],
    ),
    migrations.CreateModel(
        name="SavedView",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("name", models.CharField(max_length=255)),
            ("key", models.TextField()),
            (
                "owner_type",
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
            ("owner_id", models.CharField(max_length=64)),
            ("is_shared", models.BooleanField(db_default=False, default=False)),
            (
                "segment",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="views",
                    to="saleor_customer_plus.segment",
                ),
            ),
            ("query", models.TextField(blank=True, default="")),
            ("search", models.TextField(blank=True, default="")),
            ("columns", models.JSONField(default=list)),
            ("sort_field", models.CharField(blank=True, default="", max_length=32)),
            ("sort_descending", models.BooleanField(default=False)),
            ("sort_currency", models.CharField(blank=True, default="", max_length=3)),
            ("sort_field_key", models.CharField(blank=True, db_default="", default="", max_length=64)),
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
                models.UniqueConstraint(fields=("owner_type", "owner_id", "key"), name="customer_plus_view_unique")
            ],
        },
    ),
]
