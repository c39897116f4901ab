"""Templates of messages."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="MessageTemplate",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("name", models.CharField(max_length=255)),
            ("key", models.CharField(max_length=255)),
            (
                "purpose",
                models.CharField(
                    choices=[
                        ("SERVICE", "Service: an answer, or about an order or the account"),
                        ("PROMOTIONAL", "Offers and advertising"),
                        ("NEWSLETTER", "The newsletter"),
                    ],
                    db_default="SERVICE",
                    default="SERVICE",
                    max_length=16,
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
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("key",), name="customer_plus_template_name")],
        },
    ),
    migrations.CreateModel(
        name="MessageTemplateText",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "template",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="texts",
                    to="saleor_customer_plus.messagetemplate",
                ),
            ),
            ("position", models.PositiveIntegerField()),
            ("language_code", models.CharField(max_length=35)),
            ("subject", models.CharField(max_length=255)),
            ("body", models.TextField()),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("template", "language_code"), name="customer_plus_template_language")
            ],
        },
    ),
]
