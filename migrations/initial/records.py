"""Customer records, and what is kept of merged and deleted ones."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

from .expressions import FOLDED_CITY, NORMAL_EMAIL, RECORD_TERMS, SORT_NAME

TABLES = [
    migrations.CreateModel(
        name="CustomerRecord",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("email", models.CharField(max_length=254)),
            (
                "other_emails",
                models.JSONField(
                    blank=True, db_default=models.Value([], output_field=models.JSONField()), default=list
                ),
            ),
            (
                "account",
                models.OneToOneField(
                    blank=True,
                    db_constraint=False,
                    null=True,
                    on_delete=django.db.models.deletion.DO_NOTHING,
                    related_name="+",
                    to="account.user",
                ),
            ),
            ("first_name", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("last_name", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("company_name", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("phone", models.CharField(blank=True, db_default="", default="", max_length=128)),
            ("street_address_1", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("street_address_2", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("postal_code", models.CharField(blank=True, db_default="", default="", max_length=20)),
            ("city", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("country_area", models.CharField(blank=True, db_default="", default="", max_length=128)),
            ("country_code", models.CharField(blank=True, db_default="", default="", max_length=2)),
            ("language_code", models.CharField(blank=True, db_default="", default="", max_length=35)),
            ("number", models.CharField(blank=True, max_length=64, null=True)),
            (
                "additional_phones",
                models.JSONField(
                    blank=True, db_default=models.Value([], output_field=models.JSONField()), default=list
                ),
            ),
            (
                "image",
                models.FileField(
                    blank=True, db_default="", default="", max_length=255, upload_to="customer-plus/images"
                ),
            ),
            ("store_note", models.TextField(blank=True, db_default="", default="")),
            ("is_tax_exempt", models.BooleanField(db_default=False, default=False)),
            (
                "social_profiles",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            (
                "attributes",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            ("is_active", models.BooleanField(db_default=True, default=True)),
            ("deactivation_reason", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("is_approved_buyer", models.BooleanField(db_default=False, default=False)),
            (
                "lawful_basis",
                models.CharField(
                    blank=True,
                    choices=[
                        ("CONSENT", "The person agreed"),
                        ("CONTRACT", "A contract with the person, or steps towards one"),
                        ("LEGAL_OBLIGATION", "A legal duty of the shop"),
                        ("LEGITIMATE_INTEREST", "A legitimate interest of the shop"),
                    ],
                    db_default="",
                    default="",
                    max_length=24,
                ),
            ),
            ("accepts_promotional_mail", models.BooleanField(db_default=False, default=False)),
            ("accepts_newsletter", models.BooleanField(db_default=False, default=False)),
            ("accepts_system_mail", models.BooleanField(db_default=False, default=False)),
            (
                "stage",
                models.CharField(
                    choices=[("LEAD", "Lead"), ("CUSTOMER", "Customer")],
                    db_default="LEAD",
                    default="LEAD",
                    max_length=16,
                ),
            ),
            (
                "sources",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(
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
                    blank=True,
                    db_default=models.Value(
                        [],
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(), size=None
                        ),
                    ),
                    default=list,
                    size=None,
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
            ("customer_since", models.DateTimeField(blank=True, null=True)),
            ("order_count", models.IntegerField(db_default=0, default=0)),
            ("last_order_at", models.DateTimeField(blank=True, null=True)),
            ("latest_order_id", models.UUIDField(blank=True, null=True)),
            (
                "locked_fields",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=32),
                    blank=True,
                    db_default=models.Value(
                        [],
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(), size=None
                        ),
                    ),
                    default=list,
                    size=None,
                ),
            ),
            (
                "provenance",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            (
                "suggestions",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            (
                "account_details",
                models.JSONField(
                    blank=True, db_default=models.Value({}, output_field=models.JSONField()), default=dict
                ),
            ),
            (
                "search_terms",
                models.GeneratedField(
                    db_persist=True,
                    expression=RECORD_TERMS,
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
            ),
            (
                "sort_name",
                models.GeneratedField(db_persist=True, expression=SORT_NAME, output_field=models.TextField()),
            ),
        ],
        options={
            "indexes": [
                models.Index(models.F("created_at"), models.F("id"), name="customer_plus_created"),
                models.Index(models.F("sort_name"), models.F("id"), name="customer_plus_name"),
                models.Index(
                    models.F("last_order_at"),
                    models.F("id"),
                    condition=models.Q(("last_order_at__isnull", False)),
                    name="customer_plus_last_order",
                ),
                models.Index(models.F("order_count"), models.F("id"), name="customer_plus_orders"),
                models.Index(
                    models.F("customer_since"),
                    models.F("id"),
                    condition=models.Q(("customer_since__isnull", False)),
                    name="customer_plus_since",
                ),
                models.Index(
                    models.F("country_code"), models.F("created_at"), models.F("id"), name="customer_plus_country"
                ),
                models.Index(
                    FOLDED_CITY,
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("city", ""), _negated=True),
                    name="customer_plus_city",
                ),
                models.Index(
                    django.db.models.functions.text.Lower("company_name"),
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("company_name", ""), _negated=True),
                    name="customer_plus_company",
                ),
                models.Index(
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("stage", "LEAD")),
                    name="customer_plus_lead",
                ),
                models.Index(
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("is_active", False)),
                    name="customer_plus_inactive",
                ),
                models.Index(
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("is_tax_exempt", True)),
                    name="customer_plus_tax_exempt",
                ),
                models.Index(
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("accepts_promotional_mail", True)),
                    name="customer_plus_promotional",
                ),
                models.Index(
                    models.F("created_at"),
                    models.F("id"),
                    condition=models.Q(("accepts_newsletter", True)),
                    name="customer_plus_newsletter",
                ),
                django.contrib.postgres.indexes.GinIndex(fields=["search_terms"], name="customer_plus_search"),
                django.contrib.postgres.indexes.GinIndex(fields=["sources"], name="customer_plus_sources"),
                django.contrib.postgres.indexes.GinIndex(
                    condition=models.Q(("attributes", {}), _negated=True),
                    fields=["attributes"],
                    name="customer_plus_attributes",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("email",), name="customer_plus_email_unique"),
                models.UniqueConstraint(fields=("number",), name="customer_plus_number_unique"),
                models.CheckConstraint(
                    condition=models.Q(("email", NORMAL_EMAIL), models.Q(("email", ""), _negated=True)),
                    name="customer_plus_email_normal",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("number__isnull", True), models.Q(("number", ""), _negated=True), _connector="OR"
                    ),
                    name="customer_plus_number_not_blank",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="CustomerEmail",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="emails",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("email", models.CharField(max_length=254)),
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
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("email",), name="customer_plus_other_email_unique"),
                models.CheckConstraint(
                    condition=models.Q(("email", NORMAL_EMAIL), models.Q(("email", ""), _negated=True)),
                    name="customer_plus_other_email_normal",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="ReleasedAccount",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("account_id", models.BigIntegerField(unique=True)),
            (
                "released_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
    ),
    migrations.CreateModel(
        name="FormerRecord",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("former_id", models.BigIntegerField(unique=True)),
            (
                "record",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="former_records",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("number", models.CharField(blank=True, max_length=64, null=True, unique=True)),
            (
                "images",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.CharField(max_length=255),
                    blank=True,
                    db_default=models.Value(
                        [],
                        output_field=django.contrib.postgres.fields.ArrayField(
                            base_field=models.CharField(), size=None
                        ),
                    ),
                    default=list,
                    size=None,
                ),
            ),
            (
                "merged_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
    ),
]
