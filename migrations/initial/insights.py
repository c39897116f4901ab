"""Insights of customers."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="CustomerInsight",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="insights",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            ("currency", models.CharField(max_length=3)),
            ("recency_score", models.SmallIntegerField()),
            ("frequency_score", models.SmallIntegerField()),
            ("monetary_score", models.SmallIntegerField()),
            (
                "rfm_group",
                models.CharField(
                    choices=[
                        ("CHAMPIONS", "Bought very recently, often and for much"),
                        ("LOYAL", "Buy often or for much, the last time not long ago"),
                        ("ACTIVE", "Bought recently, a middling number of times or amount"),
                        ("NEW", "Bought very recently, rarely and for little"),
                        ("PROMISING", "Bought recently, rarely and for little"),
                        ("NEEDS_ATTENTION", "In the middle of everything: may go either way"),
                        ("AT_RISK", "Used to buy well, but not of late"),
                        ("PREVIOUSLY_LOYAL", "Were among the best, but have not bought for long"),
                        ("ALMOST_LOST", "Bought rarely and for little, some time ago"),
                        ("DORMANT", "Bought rarely and for little, long ago"),
                    ],
                    max_length=16,
                ),
            ),
            ("median_days_between_orders", models.DecimalField(blank=True, decimal_places=1, max_digits=9, null=True)),
            ("next_order_expected_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "indexes": [
                models.Index(models.F("currency"), models.F("rfm_group"), models.F("record"), name="customer_plus_rfm"),
                models.Index(
                    models.F("currency"),
                    models.F("next_order_expected_at"),
                    models.F("record"),
                    condition=models.Q(("next_order_expected_at__isnull", False)),
                    name="customer_plus_next_order",
                ),
            ],
            "constraints": [models.UniqueConstraint(fields=("record", "currency"), name="customer_plus_insight_one")],
        },
    ),
    migrations.CreateModel(
        name="CurrencyInsight",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("currency", models.CharField(max_length=3, unique=True)),
            ("customers", models.IntegerField()),
            ("recency_thresholds", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
            (
                "frequency_thresholds",
                django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
            ),
            (
                "monetary_thresholds",
                django.contrib.postgres.fields.ArrayField(
                    base_field=models.DecimalField(decimal_places=3, max_digits=30), size=None
                ),
            ),
            ("time_zone", models.CharField(max_length=64)),
            ("computed_at", models.DateTimeField(blank=True, null=True)),
        ],
    ),
]
