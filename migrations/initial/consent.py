"""Consents and links to preferences."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="ConsentEvent",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="consent_events",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "channel",
                models.CharField(
                    choices=[("EMAIL", "E-mail"), ("SMS", "Text message"), ("PHONE", "Phone call"), ("POST", "Post")],
                    max_length=8,
                ),
            ),
            (
                "purpose",
                models.CharField(
                    choices=[
                        ("PROMOTIONAL", "Offers and advertising"),
                        ("SYSTEM", "Updates on the shop and its services"),
                        ("NEWSLETTER", "The newsletter"),
                    ],
                    max_length=16,
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("NOT_SUBSCRIBED", "Never asked, or never answered"),
                        ("PENDING", "Asked, and not yet confirmed"),
                        ("SUBSCRIBED", "Granted"),
                        ("UNSUBSCRIBED", "Withdrawn"),
                        ("INVALID", "The address does not accept messages"),
                        ("REDACTED", "The person's data was erased"),
                    ],
                    max_length=16,
                ),
            ),
            (
                "opt_in_level",
                models.CharField(
                    choices=[
                        ("SINGLE_OPT_IN", "The person signed up"),
                        ("CONFIRMED_OPT_IN", "The person signed up and confirmed it"),
                        ("SOFT_OPT_IN", "The person bought and did not object (ePrivacy Directive, Art. 13(2))"),
                        ("UNKNOWN", "It is not known how"),
                    ],
                    default="UNKNOWN",
                    max_length=24,
                ),
            ),
            ("wording", models.TextField(blank=True, db_default="", default="")),
            ("wording_version", models.CharField(blank=True, db_default="", default="", max_length=64)),
            (
                "source",
                models.CharField(
                    choices=[
                        ("STAFF", "A member of staff"),
                        ("CUSTOMER", "The customer's account"),
                        ("IMPORT", "An import"),
                        ("CONTACT_FORM", "The contact form"),
                        ("CHECKOUT", "A checkout"),
                        ("NEWSLETTER", "A newsletter form or tool"),
                        ("APP", "An app"),
                        ("PREFERENCES", "A link to unsubscribe, or the page of preferences that it opens"),
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
            ("actor_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
            ("at", models.DateTimeField()),
            ("recorded_at", models.DateTimeField()),
            ("evidence", models.JSONField(blank=True, default=dict)),
            ("override_reason", models.CharField(blank=True, db_default="", default="", max_length=255)),
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
                    db_default="",
                    default="",
                    max_length=16,
                ),
            ),
            ("cause_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
            ("undoes", models.CharField(blank=True, db_default="", default="", max_length=64)),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("record"),
                    models.F("channel"),
                    models.F("purpose"),
                    models.F("at"),
                    models.F("id"),
                    name="customer_plus_consent_state",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="CurrentConsent",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="current_consents",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "channel",
                models.CharField(
                    choices=[("EMAIL", "E-mail"), ("SMS", "Text message"), ("PHONE", "Phone call"), ("POST", "Post")],
                    max_length=8,
                ),
            ),
            (
                "purpose",
                models.CharField(
                    choices=[
                        ("PROMOTIONAL", "Offers and advertising"),
                        ("SYSTEM", "Updates on the shop and its services"),
                        ("NEWSLETTER", "The newsletter"),
                    ],
                    max_length=16,
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("NOT_SUBSCRIBED", "Never asked, or never answered"),
                        ("PENDING", "Asked, and not yet confirmed"),
                        ("SUBSCRIBED", "Granted"),
                        ("UNSUBSCRIBED", "Withdrawn"),
                        ("INVALID", "The address does not accept messages"),
                        ("REDACTED", "The person's data was erased"),
                    ],
                    max_length=16,
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("channel"),
                    models.F("purpose"),
                    models.F("state"),
                    models.F("record"),
                    name="customer_plus_consent_filter",
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("record", "channel", "purpose"), name="customer_plus_consent_one")
            ],
        },
    ),
    migrations.CreateModel(
        name="SuppressedAddress",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("digest", models.BinaryField(max_length=32)),
            (
                "purpose",
                models.CharField(
                    choices=[
                        ("PROMOTIONAL", "Offers and advertising"),
                        ("SYSTEM", "Updates on the shop and its services"),
                        ("NEWSLETTER", "The newsletter"),
                    ],
                    max_length=16,
                ),
            ),
            ("job_id", models.BigIntegerField()),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("job_id"), name="customer_plus_suppressed_job")],
            "constraints": [
                models.UniqueConstraint(fields=("digest", "purpose", "job_id"), name="customer_plus_suppressed_once")
            ],
        },
    ),
    migrations.CreateModel(
        name="SuppressionKey",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("key", models.BinaryField(max_length=32)),
        ],
    ),
    migrations.CreateModel(
        name="PreferenceLink",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="preference_links",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("email", models.CharField(max_length=254)),
            ("key", models.CharField(max_length=32, unique=True)),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("record", "email"), name="customer_plus_preference_link")],
        },
    ),
]
