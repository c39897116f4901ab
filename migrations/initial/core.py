"""Work that is set aside."""

import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

TABLES = [
    migrations.CreateModel(
        name="OwedNotice",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("LEAD", "A new enquiry, by Saleor's notify"),
                        ("LEAD_MAIL", "A new enquiry, by e-mail"),
                        ("MENTION", "A mention in a note, by Saleor's notify"),
                        ("MERGE", "A merge of records, by Saleor's notify"),
                        ("MERGE_UNDO", "The undo of a merge, by Saleor's notify"),
                        ("SIGNUP", "A confirmed sign-up for the newsletter, by Saleor's notify"),
                        ("WITHDRAWAL", "A consent that a person withdrew, by Saleor's notify"),
                    ],
                    max_length=16,
                ),
            ),
            ("subject_id", models.BigIntegerField()),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            (
                "due_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(),
                    db_index=True,
                    default=django.utils.timezone.now,
                ),
            ),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("kind", "subject_id"), name="customer_plus_owed_once")],
        },
    ),
    migrations.CreateModel(
        name="SetAsideRow",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("ACCOUNT", "One of Saleor's accounts, by id"),
                        ("ORDER", "One of Saleor's orders, by id (a UUID)"),
                        ("LEDGER_ENTRY", "A row of our ledger, by id"),
                        ("RECORD", "A customer record, by id"),
                        ("MAILBOX", "A message in the shop's mailbox, by mailbox, UIDVALIDITY and UID"),
                    ],
                    max_length=16,
                ),
            ),
            ("key", models.CharField(max_length=64)),
            ("error_class", models.CharField(max_length=128)),
            ("error_code", models.CharField(blank=True, default="", max_length=128)),
            ("tries", models.IntegerField(default=1)),
            ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ("tried_at", models.DateTimeField(default=django.utils.timezone.now)),
            ("retry_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ("given_up_at", models.DateTimeField(blank=True, null=True)),
        ],
        options={
            "constraints": [models.UniqueConstraint(fields=("kind", "key"), name="customer_plus_set_aside_once")],
        },
    ),
]
