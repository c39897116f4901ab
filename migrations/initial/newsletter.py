"""Sign-ups for the newsletter."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="NewsletterSignup",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("key", models.CharField(max_length=32, unique=True)),
            ("email", models.CharField(max_length=254)),
            ("first_name", models.CharField(blank=True, max_length=256)),
            ("last_name", models.CharField(blank=True, max_length=256)),
            ("language_code", models.CharField(blank=True, max_length=35)),
            (
                "purposes",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(
                        choices=[
                            ("PROMOTIONAL", "Offers and advertising"),
                            ("SYSTEM", "Updates on the shop and its services"),
                            ("NEWSLETTER", "The newsletter"),
                        ],
                        max_length=16,
                    ),
                    size=None,
                ),
            ),
            ("wording", models.TextField(blank=True)),
            ("wording_version", models.CharField(blank=True, max_length=64)),
            ("page", models.CharField(blank=True, max_length=2048)),
            ("ip_address", models.GenericIPAddressField(blank=True, null=True)),
            ("confirmed_ip_address", models.GenericIPAddressField(blank=True, null=True)),
            ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("RECEIVED", "Taken in, and not dealt with yet"),
                        ("PENDING", "The person was sent a mail to confirm it"),
                        ("CONFIRMED", "The person confirmed it"),
                        ("SUBSCRIBED", "It counts without a confirmation, as the setting of the time said"),
                        ("KNOWN", "The person was subscribed already"),
                    ],
                    default="RECEIVED",
                    max_length=16,
                ),
            ),
            (
                "record",
                models.ForeignKey(
                    blank=True,
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="newsletter_signups",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("asked_at", models.DateTimeField(blank=True, null=True)),
            (
                "mail_ids",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.BigIntegerField(), blank=True, default=list, size=None
                ),
            ),
            ("confirmed_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("record"), models.F("received_at"), models.F("id"), name="customer_plus_signups_of"
                ),
                models.Index(
                    models.F("state"), models.F("received_at"), models.F("id"), name="customer_plus_signups_state"
                ),
                models.Index(models.F("received_at"), models.F("id"), name="customer_plus_signups_new"),
                models.Index(
                    models.F("received_at"),
                    condition=models.Q(
                        ("ip_address__isnull", False), ("confirmed_ip_address__isnull", False), _connector="OR"
                    ),
                    name="customer_plus_signups_ip",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(("state", "RECEIVED"), ("record__isnull", False), _connector="OR"),
                    name="customer_plus_signup_record",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(("confirmed_at__isnull", False), ("state", "CONFIRMED")),
                        models.Q(models.Q(("state", "CONFIRMED"), _negated=True), ("confirmed_at", None)),
                        _connector="OR",
                    ),
                    name="customer_plus_signup_confirmed",
                ),
            ],
        },
    ),
]
