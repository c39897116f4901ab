import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import saleor_customer_plus.records.models
import saleor_customer_plus.records.search


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # Saleor's first account migration is enough: the tie has no constraint in the database.
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("email", models.CharField(max_length=254)),
                ("first_name", models.CharField(blank=True, db_default="", default="", max_length=256)),
                ("last_name", models.CharField(blank=True, db_default="", default="", max_length=256)),
                ("company_name", models.CharField(blank=True, db_default="", default="", max_length=256)),
                ("phone", models.CharField(blank=True, db_default="", default="", max_length=128)),
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
                        blank=True,
                        db_default="",
                        default="",
                        max_length=255,
                        storage=saleor_customer_plus.records.models.record_image_storage,
                        upload_to="customer-plus/images",
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
                ("accepts_marketing", models.BooleanField(db_default=False, default=False)),
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
                        expression=saleor_customer_plus.records.search.SearchTerms(
                            "email", "first_name", "last_name", "company_name", "number", "phone", "additional_phones"
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "sort_name",
                    models.GeneratedField(
                        db_persist=True,
                        expression=saleor_customer_plus.records.search.SortName("last_name", "first_name", "email"),
                        output_field=models.TextField(),
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
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
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
            name="CustomerFigures",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("order_count", models.IntegerField()),
                ("total_gross", models.DecimalField(decimal_places=3, max_digits=20)),
                ("net_of_refunds", models.DecimalField(decimal_places=3, max_digits=20)),
                ("average_gross", models.DecimalField(decimal_places=3, max_digits=20)),
                ("first_order_at", models.DateTimeField()),
                ("last_order_at", models.DateTimeField()),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="figures",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ActivityEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                            ("MERGE", "A merge of two records"),
                        ],
                        default="",
                        max_length=16,
                    ),
                ),
                ("cause_id", models.CharField(blank=True, default="", max_length=64)),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="activity",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("order_id", models.UUIDField(unique=True)),
                ("order_number", models.BigIntegerField()),
                ("email", models.CharField(blank=True, default="", max_length=254)),
                ("account_id", models.BigIntegerField(blank=True, null=True)),
                ("status", models.CharField(max_length=32)),
                ("charge_status", models.CharField(max_length=32)),
                ("origin", models.CharField(blank=True, default="", max_length=32)),
                ("channel_slug", models.CharField(blank=True, default="", max_length=255)),
                ("currency", models.CharField(max_length=3)),
                ("total_gross", models.DecimalField(decimal_places=3, max_digits=20)),
                ("total_refunded", models.DecimalField(decimal_places=3, max_digits=20)),
                ("counts", models.BooleanField()),
                ("first_name", models.CharField(blank=True, default="", max_length=256)),
                ("last_name", models.CharField(blank=True, default="", max_length=256)),
                ("company_name", models.CharField(blank=True, default="", max_length=256)),
                ("phone", models.CharField(blank=True, default="", max_length=128)),
                ("country_code", models.CharField(blank=True, default="", max_length=2)),
                ("language_code", models.CharField(blank=True, default="", max_length=35)),
                ("placed_at", models.DateTimeField()),
                ("order_updated_at", models.DateTimeField()),
                ("is_released", models.BooleanField(db_default=False, default=False)),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="ledger",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("finished_at__isnull", True)),
                        name="customer_plus_one_reconciliation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReconciliationRange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "walk",
                    models.CharField(
                        choices=[
                            ("1_ACCOUNTS", "Saleor's accounts, by id"),
                            ("2_ORDERS", "Saleor's orders, by number"),
                            ("3_LEDGER", "Our ledger, by id: orders that Saleor no longer has"),
                            ("4_RECORDS", "Our records, by id: figures and details"),
                        ],
                        max_length=16,
                    ),
                ),
                ("lower", models.BigIntegerField()),
                ("upper", models.BigIntegerField()),
                ("position", models.BigIntegerField()),
                ("is_done", models.BooleanField(default=False)),
                ("counters", models.JSONField(default=dict)),
                (
                    "reconciliation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ranges",
                        to="saleor_customer_plus.reconciliation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(models.F("created_at"), models.F("id"), name="customer_plus_created"),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(models.F("sort_name"), models.F("id"), name="customer_plus_name"),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("last_order_at"),
                models.F("id"),
                condition=models.Q(("last_order_at__isnull", False)),
                name="customer_plus_last_order",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(models.F("order_count"), models.F("id"), name="customer_plus_orders"),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("customer_since"),
                models.F("id"),
                condition=models.Q(("customer_since__isnull", False)),
                name="customer_plus_since",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("country_code"), models.F("created_at"), models.F("id"), name="customer_plus_country"
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                django.db.models.functions.text.Lower("company_name"),
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("company_name", ""), _negated=True),
                name="customer_plus_company",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("created_at"), models.F("id"), condition=models.Q(("stage", "LEAD")), name="customer_plus_lead"
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("is_active", False)),
                name="customer_plus_inactive",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("is_tax_exempt", True)),
                name="customer_plus_tax_exempt",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("accepts_marketing", True)),
                name="customer_plus_marketing",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search_terms"], name="customer_plus_search"),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=django.contrib.postgres.indexes.GinIndex(fields=["sources"], name="customer_plus_sources"),
        ),
        migrations.AddConstraint(
            model_name="customerrecord",
            constraint=models.UniqueConstraint(fields=("email",), name="customer_plus_email_unique"),
        ),
        migrations.AddConstraint(
            model_name="customerrecord",
            constraint=models.UniqueConstraint(fields=("number",), name="customer_plus_number_unique"),
        ),
        migrations.AddConstraint(
            model_name="customerrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("email", django.db.models.functions.text.Lower(django.db.models.functions.text.Trim("email"))),
                    models.Q(("email", ""), _negated=True),
                ),
                name="customer_plus_email_normal",
            ),
        ),
        migrations.AddConstraint(
            model_name="customerrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__isnull", True), models.Q(("number", ""), _negated=True), _connector="OR"),
                name="customer_plus_number_not_blank",
            ),
        ),
        migrations.AddIndex(
            model_name="customerfigures",
            index=models.Index(
                models.F("currency"), models.F("total_gross"), models.F("record"), name="customer_plus_spent"
            ),
        ),
        migrations.AddIndex(
            model_name="customerfigures",
            index=models.Index(
                models.F("currency"), models.F("average_gross"), models.F("record"), name="customer_plus_average"
            ),
        ),
        migrations.AddConstraint(
            model_name="customerfigures",
            constraint=models.UniqueConstraint(fields=("record", "currency"), name="customer_plus_figures_one"),
        ),
        migrations.AddIndex(
            model_name="activityentry",
            index=models.Index(models.F("record"), models.F("at"), models.F("id"), name="customer_plus_activity_feed"),
        ),
        migrations.AddIndex(
            model_name="activityentry",
            index=models.Index(models.F("at"), models.F("id"), name="customer_plus_activity_log"),
        ),
        migrations.AddIndex(
            model_name="activityentry",
            index=models.Index(
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
                            "ACCOUNT_TIED",
                        ],
                    ),
                    _negated=True,
                ),
                name="customer_plus_activity_type",
            ),
        ),
        migrations.AddIndex(
            model_name="activityentry",
            index=models.Index(
                models.F("actor_type"),
                models.F("actor_id"),
                models.F("at"),
                models.F("id"),
                condition=models.Q(("actor_type", "SYNC"), _negated=True),
                name="customer_plus_activity_actor",
            ),
        ),
        migrations.AddIndex(
            model_name="activityentry",
            index=models.Index(
                models.F("cause_type"),
                models.F("cause_id"),
                models.F("at"),
                models.F("id"),
                condition=models.Q(("cause_type__in", ["JOB", "NOTE", "LEAD", "MERGE"])),
                name="customer_plus_activity_cause",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                models.F("record"), models.F("placed_at"), models.F("id"), name="customer_plus_ledger_record"
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                models.F("account_id"),
                condition=models.Q(("account_id__isnull", False)),
                name="customer_plus_ledger_account",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                models.F("email"),
                condition=models.Q(("is_released", False), ("record__isnull", True)),
                name="customer_plus_ledger_waiting",
            ),
        ),
    ]
