"""Orders and figures."""

import datetime

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="LedgerEntry",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("order_id", models.UUIDField(unique=True)),
            ("order_number", models.BigIntegerField()),
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
            ("email", models.CharField(blank=True, default="", max_length=254)),
            ("account_id", models.BigIntegerField(blank=True, null=True)),
            ("identity", models.CharField(blank=True, max_length=254, null=True)),
            ("is_settled", models.BooleanField(db_default=False, default=False)),
            ("status", models.CharField(max_length=32)),
            ("charge_status", models.CharField(max_length=32)),
            ("origin", models.CharField(blank=True, default="", max_length=32)),
            ("channel_id", models.BigIntegerField(blank=True, null=True)),
            ("channel_slug", models.CharField(blank=True, default="", max_length=255)),
            ("currency", models.CharField(max_length=3)),
            ("total_gross", models.DecimalField(decimal_places=3, max_digits=20)),
            ("total_refunded", models.DecimalField(decimal_places=3, max_digits=30)),
            ("counts", models.BooleanField()),
            (
                "voucher_codes",
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
            ("first_name", models.CharField(blank=True, default="", max_length=256)),
            ("last_name", models.CharField(blank=True, default="", max_length=256)),
            ("company_name", models.CharField(blank=True, default="", max_length=256)),
            ("phone", models.CharField(blank=True, default="", max_length=128)),
            ("street_address_1", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("street_address_2", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("postal_code", models.CharField(blank=True, db_default="", default="", max_length=20)),
            ("city", models.CharField(blank=True, db_default="", default="", max_length=256)),
            ("country_area", models.CharField(blank=True, db_default="", default="", max_length=128)),
            ("country_code", models.CharField(blank=True, default="", max_length=2)),
            ("language_code", models.CharField(blank=True, default="", max_length=35)),
            ("placed_at", models.DateTimeField()),
            ("order_updated_at", models.DateTimeField()),
            ("is_released", models.BooleanField(db_default=False, default=False)),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("record"), models.F("placed_at"), models.F("id"), name="customer_plus_ledger_record"
                ),
                models.Index(
                    models.F("account_id"),
                    condition=models.Q(("account_id__isnull", False)),
                    name="customer_plus_ledger_account",
                ),
                models.Index(
                    models.F("record"),
                    models.F("placed_at"),
                    condition=models.Q(("counts", True), ("record__isnull", False)),
                    include=("currency", "total_gross"),
                    name="customer_plus_ledger_counted",
                ),
                models.Index(
                    models.F("channel_id"),
                    models.F("record"),
                    condition=models.Q(("counts", True), ("record__isnull", False)),
                    include=("currency", "placed_at", "total_gross"),
                    name="customer_plus_ledger_channel",
                ),
                models.Index(
                    models.F("identity"),
                    condition=models.Q(("is_released", False), ("record__isnull", True)),
                    name="customer_plus_ledger_waiting",
                ),
                django.contrib.postgres.indexes.GinIndex(
                    condition=models.Q(
                        ("counts", True), ("record__isnull", False), models.Q(("voucher_codes", []), _negated=True)
                    ),
                    fields=["voucher_codes"],
                    name="customer_plus_ledger_vouchers",
                ),
                models.Index(
                    models.F("record"),
                    condition=models.Q(
                        ("counts", True), ("record__isnull", False), models.Q(("voucher_codes", []), _negated=True)
                    ),
                    include=("voucher_codes",),
                    name="customer_plus_ledger_codes_of",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        ("placed_at__gte", datetime.datetime(1, 1, 2, 0, 0, tzinfo=datetime.UTC)),
                        ("placed_at__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                        ("order_updated_at__gte", datetime.datetime(1, 1, 2, 0, 0, tzinfo=datetime.UTC)),
                        ("order_updated_at__lt", datetime.datetime(9999, 12, 31, 0, 0, tzinfo=datetime.UTC)),
                    ),
                    name="customer_plus_ledger_times",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="LedgerLine",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "entry",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="lines",
                    to="saleor_customer_plus.ledgerentry",
                ),
            ),
            ("line_id", models.UUIDField()),
            (
                "record",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("product_id", models.BigIntegerField(blank=True, null=True)),
            ("variant_id", models.BigIntegerField(blank=True, null=True)),
            ("channel_id", models.BigIntegerField(blank=True, null=True)),
            ("quantity", models.IntegerField()),
            ("currency", models.CharField(max_length=3)),
            ("total_gross", models.DecimalField(decimal_places=3, max_digits=20)),
            ("placed_at", models.DateTimeField()),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("product_id"),
                    models.F("record"),
                    include=("variant_id", "channel_id", "placed_at", "quantity", "currency", "total_gross"),
                    name="customer_plus_lines_product",
                ),
                models.Index(
                    models.F("record"),
                    include=(
                        "product_id",
                        "variant_id",
                        "channel_id",
                        "placed_at",
                        "quantity",
                        "currency",
                        "total_gross",
                    ),
                    name="customer_plus_lines_of",
                ),
            ],
            "constraints": [models.UniqueConstraint(fields=("entry", "line_id"), name="customer_plus_lines_one")],
        },
    ),
    migrations.CreateModel(
        name="CustomerFigures",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="figures",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("currency", models.CharField(max_length=3)),
            ("order_count", models.IntegerField()),
            ("total_gross", models.DecimalField(decimal_places=3, max_digits=30)),
            ("net_of_refunds", models.DecimalField(decimal_places=3, max_digits=30)),
            ("average_gross", models.DecimalField(decimal_places=3, max_digits=30)),
            ("first_order_at", models.DateTimeField()),
            ("last_order_at", models.DateTimeField()),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("currency"), models.F("total_gross"), models.F("record"), name="customer_plus_spent"
                ),
                models.Index(models.F("first_order_at"), models.F("record"), name="customer_plus_first_order"),
                models.Index(
                    models.F("currency"), models.F("average_gross"), models.F("record"), name="customer_plus_average"
                ),
            ],
            "constraints": [models.UniqueConstraint(fields=("record", "currency"), name="customer_plus_figures_one")],
        },
    ),
    migrations.CreateModel(
        name="CustomerAcquisition",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="acquisition",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("order_id", models.UUIDField()),
            ("channel_id", models.BigIntegerField(blank=True, null=True)),
            ("placed_at", models.DateTimeField()),
            ("source", models.CharField(blank=True, default="", max_length=255)),
            ("medium", models.CharField(blank=True, default="", max_length=255)),
            ("campaign", models.CharField(blank=True, default="", max_length=255)),
            ("term", models.CharField(blank=True, default="", max_length=255)),
            ("content", models.CharField(blank=True, default="", max_length=255)),
            ("landing_path", models.CharField(blank=True, default="", max_length=1000)),
            ("surface", models.CharField(blank=True, default="", max_length=64)),
            ("system", models.CharField(blank=True, default="", max_length=128)),
            ("device", models.CharField(blank=True, default="", max_length=32)),
        ],
        options={
            "indexes": [
                models.Index(
                    django.db.models.functions.text.Lower("source"),
                    models.F("record"),
                    condition=models.Q(("source", ""), _negated=True),
                    name="customer_plus_acq_source",
                ),
                models.Index(
                    django.db.models.functions.text.Lower("campaign"),
                    models.F("record"),
                    condition=models.Q(("campaign", ""), _negated=True),
                    name="customer_plus_acq_campaign",
                ),
            ],
        },
    ),
]
