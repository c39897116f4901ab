"""Enquiries."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from .expressions import LEAD_TERMS

TABLES = [
    migrations.CreateModel(
        name="Lead",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="leads",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("subject", models.CharField(blank=True, db_default="", default="", max_length=255)),
            ("message", models.TextField(blank=True, db_default="", default="")),
            (
                "origin",
                models.CharField(
                    choices=[
                        ("CONTACT_FORM", "The contact form"),
                        ("PHONE", "A call"),
                        ("EMAIL", "An e-mail"),
                        ("STAFF", "A member of staff"),
                        ("IMPORT", "An import"),
                        ("OTHER", "Something else"),
                    ],
                    max_length=16,
                ),
            ),
            ("page", models.CharField(blank=True, db_default="", default="", max_length=2048)),
            ("campaign", models.CharField(blank=True, db_default="", default="", max_length=255)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("NEW", "Nobody has answered yet"),
                        ("CONTACTED", "Somebody is in touch with the person"),
                        ("QUALIFIED", "The person is likely to buy"),
                        ("CONVERTED", "The person bought"),
                        ("LOST", "Nothing came of it"),
                    ],
                    db_default="NEW",
                    default="NEW",
                    max_length=16,
                ),
            ),
            ("lost_reason", models.CharField(blank=True, db_default="", default="", max_length=255)),
            (
                "owner",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="account.user",
                ),
            ),
            ("next_contact_at", models.DateTimeField(blank=True, null=True)),
            ("converted_at", models.DateTimeField(blank=True, null=True)),
            ("converted_order_id", models.UUIDField(blank=True, null=True)),
            (
                "opened_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
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
                "search_terms",
                models.GeneratedField(
                    db_persist=True,
                    expression=LEAD_TERMS,
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(models.F("record"), models.F("created_at"), models.F("id"), name="customer_plus_leads_of"),
                models.Index(models.F("created_at"), models.F("id"), name="customer_plus_leads_new"),
                models.Index(
                    models.F("state"), models.F("created_at"), models.F("id"), name="customer_plus_leads_state"
                ),
                models.Index(
                    models.F("owner"),
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("owner__isnull", False)),
                    name="customer_plus_leads_owner",
                ),
                models.Index(
                    models.F("next_contact_at"),
                    models.F("id"),
                    condition=models.Q(("next_contact_at__isnull", False)),
                    name="customer_plus_leads_due",
                ),
                models.Index(models.F("modified_at"), models.F("id"), name="customer_plus_leads_modified"),
                django.contrib.postgres.indexes.GinIndex(fields=["search_terms"], name="customer_plus_leads_search"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("converted_at__isnull", False), ("state", "CONVERTED")),
                        models.Q(
                            models.Q(("state", "CONVERTED"), _negated=True),
                            ("converted_at", None),
                            ("converted_order_id", None),
                        ),
                        _connector="OR",
                    ),
                    name="customer_plus_lead_converted",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="LeadSubmission",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("email", models.CharField(max_length=254)),
            ("first_name", models.CharField(blank=True, max_length=256)),
            ("last_name", models.CharField(blank=True, max_length=256)),
            ("subject", models.CharField(blank=True, max_length=255)),
            ("message", models.TextField()),
            ("page", models.CharField(blank=True, max_length=2048)),
            ("campaign", models.CharField(blank=True, max_length=255)),
            ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
        ],
    ),
]
