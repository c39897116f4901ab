"""Groups of customers."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="Group",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("name", models.CharField(max_length=255)),
            ("key", models.TextField()),
            ("description", models.TextField(blank=True, db_default="", default="")),
            ("is_default", models.BooleanField(db_default=False, default=False)),
            ("voucher_code", models.CharField(blank=True, db_default="", default="", max_length=255)),
            ("is_kept", models.BooleanField(db_default=False, default=False)),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("key",), name="customer_plus_group_unique"),
                models.UniqueConstraint(
                    condition=models.Q(("is_default", True)),
                    fields=("is_default",),
                    name="customer_plus_group_one_default",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="GroupMembership",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="group_memberships",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "group",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="memberships",
                    to="saleor_customer_plus.group",
                ),
            ),
            (
                "joined_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "indexes": [models.Index(models.F("group"), models.F("record"), name="customer_plus_member")],
            "constraints": [models.UniqueConstraint(fields=("record", "group"), name="customer_plus_member_once")],
        },
    ),
    migrations.CreateModel(
        name="VoucherUse",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("checkout_id", models.UUIDField(unique=True)),
            (
                "record",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="voucher_uses",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "group",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to="saleor_customer_plus.group",
                ),
            ),
            ("voucher_code", models.CharField(max_length=255)),
            (
                "used_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
    ),
]
