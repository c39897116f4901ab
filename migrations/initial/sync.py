"""How far the looks at Saleor's data have come."""

import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="CatchUp",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("seen_until", models.DateTimeField()),
            ("until", models.DateTimeField(blank=True, null=True)),
            (
                "look",
                models.CharField(
                    choices=[
                        ("1_ACCOUNTS", "Saleor's accounts, by the time of their last change"),
                        ("2_ORDERS", "Saleor's orders, by the time of their last change"),
                        ("3_NUMBERS", "Orders that were deleted, or never seen, by comparing counts"),
                        ("4_DELETED", "Accounts that were deleted"),
                    ],
                    default="1_ACCOUNTS",
                    max_length=16,
                ),
            ),
            ("position_at", models.DateTimeField(default=django.utils.timezone.now)),
            ("position", models.BigIntegerField(default=0)),
            ("failures", models.SmallIntegerField(default=0)),
        ],
    ),
]
