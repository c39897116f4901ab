"""Addresses of records."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="CustomerAddress",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="address_book",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("SHIPPING", "Parcels go there"),
                        ("BILLING", "Invoices go there"),
                        ("OTHER", "Anything else"),
                    ],
                    default="OTHER",
                    max_length=16,
                ),
            ),
            ("label", models.CharField(blank=True, default="", max_length=64)),
            ("first_name", models.CharField(blank=True, default="", max_length=256)),
            ("last_name", models.CharField(blank=True, default="", max_length=256)),
            ("company_name", models.CharField(blank=True, default="", max_length=256)),
            ("phone", models.CharField(blank=True, default="", max_length=128)),
            ("street_address_1", models.CharField(blank=True, default="", max_length=256)),
            ("street_address_2", models.CharField(blank=True, default="", max_length=256)),
            ("postal_code", models.CharField(blank=True, default="", max_length=20)),
            ("city", models.CharField(blank=True, default="", max_length=256)),
            ("country_area", models.CharField(blank=True, default="", max_length=128)),
            ("country_code", models.CharField(blank=True, default="", max_length=2)),
            (
                "source",
                models.CharField(
                    choices=[
                        ("ORDER", "Order"),
                        ("ACCOUNT", "Account"),
                        ("IMPORT", "Import"),
                        ("STAFF", "Staff"),
                        ("CONTACT_FORM", "Contact form"),
                        ("NEWSLETTER", "Newsletter"),
                        ("EMAIL", "E-mail"),
                    ],
                    default="STAFF",
                    max_length=16,
                ),
            ),
            ("source_id", models.CharField(blank=True, default="", max_length=64)),
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
            "indexes": [models.Index(models.F("record"), models.F("id"), name="customer_plus_addresses")],
        },
    ),
]
