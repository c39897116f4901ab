"""Fields that the shop defines, and their values."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="FieldDefinition",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("key", models.CharField(max_length=64)),
            ("label", models.CharField(max_length=255)),
            ("label_key", models.TextField()),
            (
                "type",
                models.CharField(
                    choices=[
                        ("TEXT", "Text"),
                        ("NUMBER", "Number"),
                        ("DATE", "Date"),
                        ("BOOLEAN", "Yes or no"),
                        ("CHOICE", "One choice"),
                        ("CHOICES", "Several choices"),
                        ("MONEY", "Amount of money"),
                        ("ORDER", "Order"),
                        ("PRODUCT", "Product"),
                    ],
                    max_length=16,
                ),
            ),
            ("help_text", models.CharField(blank=True, db_default="", default="", max_length=1000)),
            ("is_required", models.BooleanField(db_default=False, default=False)),
            ("is_unique", models.BooleanField(db_default=False, default=False)),
            ("is_indexed", models.BooleanField(db_default=False, default=False)),
            ("is_visible_to_customer", models.BooleanField(db_default=False, default=False)),
            (
                "limits",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            (
                "choices",
                models.JSONField(
                    blank=True, db_default=models.Value([], output_field=models.JSONField()), default=list
                ),
            ),
            ("position", models.IntegerField(db_default=0, default=0)),
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
            ("archived_at", models.DateTimeField(blank=True, null=True)),
            ("prepared_for", models.BigIntegerField(blank=True, null=True)),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(
                    condition=models.Q(("archived_at__isnull", True)),
                    fields=("key",),
                    name="customer_plus_field_key_unique",
                ),
                models.UniqueConstraint(
                    condition=models.Q(("archived_at__isnull", True)),
                    fields=("label_key",),
                    name="customer_plus_field_label_unique",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="FieldValue",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="field_values",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "definition",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="values",
                    to="saleor_customer_plus.fielddefinition",
                ),
            ),
            ("value", models.JSONField(blank=True, null=True)),
            ("text", models.TextField(blank=True, null=True)),
            ("number", models.DecimalField(blank=True, decimal_places=6, max_digits=24, null=True)),
            ("date", models.DateField(blank=True, null=True)),
            ("boolean", models.BooleanField(blank=True, null=True)),
            (
                "choices",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.TextField(), blank=True, null=True, size=None
                ),
            ),
            ("unique_key", models.TextField(blank=True, null=True)),
            ("is_indexed", models.BooleanField(db_default=False, default=False)),
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
                    max_length=16,
                ),
            ),
            ("origin", models.CharField(blank=True, db_default="", default="", max_length=64)),
            (
                "updated_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            ("is_locked", models.BooleanField(db_default=False, default=False)),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("definition"),
                    models.F("text"),
                    models.F("record"),
                    condition=models.Q(("is_indexed", True), ("text__isnull", False)),
                    name="customer_plus_field_text",
                ),
                models.Index(
                    models.F("definition"),
                    models.F("number"),
                    models.F("record"),
                    condition=models.Q(("is_indexed", True), ("number__isnull", False)),
                    name="customer_plus_field_number",
                ),
                models.Index(
                    models.F("definition"),
                    models.F("date"),
                    models.F("record"),
                    condition=models.Q(("is_indexed", True), ("date__isnull", False)),
                    name="customer_plus_field_date",
                ),
                models.Index(
                    models.F("definition"),
                    models.F("boolean"),
                    models.F("record"),
                    condition=models.Q(("is_indexed", True), ("boolean__isnull", False)),
                    name="customer_plus_field_boolean",
                ),
                django.contrib.postgres.indexes.GinIndex(
                    condition=models.Q(("is_indexed", True), ("choices__isnull", False)),
                    fields=["choices"],
                    name="customer_plus_field_choices",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("record", "definition"), name="customer_plus_field_value_once"),
                models.UniqueConstraint(
                    condition=models.Q(("unique_key__isnull", False)),
                    fields=("definition", "unique_key"),
                    name="customer_plus_field_value_unique",
                ),
            ],
        },
    ),
]
