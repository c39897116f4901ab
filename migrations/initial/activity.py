"""The log of what happened to records."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="ActivityEntry",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="activity",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("at", models.DateTimeField()),
            ("type", models.CharField(max_length=32)),
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
                    default="SYNC",
                    max_length=16,
                ),
            ),
            ("actor_id", models.CharField(blank=True, default="", max_length=64)),
            ("before", models.JSONField(blank=True, default=dict)),
            ("after", models.JSONField(blank=True, default=dict)),
            (
                "cause_type",
                models.CharField(
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
            ("cause_id", models.CharField(blank=True, default="", max_length=64)),
        ],
        options={
            "indexes": [
                models.Index(models.F("record"), models.F("at"), models.F("id"), name="customer_plus_activity_feed"),
                models.Index(models.F("at"), models.F("id"), name="customer_plus_activity_log"),
                models.Index(
                    models.F("type"),
                    models.F("at"),
                    models.F("id"),
                    condition=models.Q(
                        (
                            "type__in",
                            [
                                "RECORD_CREATED",
                                "ORDER_ADDED",
                                "ORDER_CHANGED",
                                "ORDER_REMOVED",
                                "DETAILS_SYNCED",
                                "STAGE_CHANGED",
                                "ACCOUNT_LINKED",
                            ],
                        ),
                        _negated=True,
                    ),
                    name="customer_plus_activity_type",
                ),
                models.Index(
                    models.F("actor_type"),
                    models.F("actor_id"),
                    models.F("at"),
                    models.F("id"),
                    condition=models.Q(("actor_type", "SYNC"), _negated=True),
                    name="customer_plus_activity_actor",
                ),
                models.Index(
                    models.F("cause_type"),
                    models.F("cause_id"),
                    models.F("at"),
                    models.F("id"),
                    condition=models.Q(("cause_type__in", ["JOB", "NOTE", "LEAD", "MERGE", "SEGMENT"])),
                    name="customer_plus_activity_cause",
                ),
            ],
        },
    ),
]
