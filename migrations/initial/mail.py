"""E-mail between the shop and customers."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

from .expressions import MAIL_TERMS

TABLES = [
    migrations.CreateModel(
        name="Mail",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "record",
                models.ForeignKey(
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="mails",
                    to="saleor_customer_plus.customerrecord",
                ),
            ),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("MESSAGE", "A message of staff to the person"),
                        ("REPLY", "A message of the person"),
                        ("AUTO_REPLY", "An automatic reply, such as an out-of-office note"),
                        ("BOUNCE", "A report that a message could not be delivered"),
                        ("TEST", "A test of a message, sent to the test address"),
                        ("OPT_IN", "A request to confirm a newsletter sign-up"),
                    ],
                    max_length=16,
                ),
            ),
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
            ("override_reason", models.CharField(blank=True, db_default="", default="", max_length=255)),
            ("message_id", models.CharField(max_length=255)),
            ("in_reply_to", models.CharField(blank=True, db_default="", default="", max_length=255)),
            ("sender", models.CharField(blank=True, db_default="", default="", max_length=512)),
            ("recipient", models.CharField(blank=True, db_default="", default="", max_length=254)),
            ("reply_to", models.CharField(blank=True, db_default="", default="", max_length=512)),
            ("language_code", models.CharField(blank=True, db_default="", default="", max_length=35)),
            ("subject", models.CharField(blank=True, db_default="", default="", max_length=255)),
            ("body", models.TextField(blank=True, db_default="", default="")),
            ("text", models.TextField(blank=True, db_default="", default="")),
            ("html", models.TextField(blank=True, db_default="", default="")),
            ("unsubscribe_url", models.CharField(blank=True, db_default="", default="", max_length=2048)),
            ("is_automatic", models.BooleanField(db_default=False, default=False)),
            ("dropped_files", models.PositiveIntegerField(db_default=0, default=0)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("QUEUED", "Waiting to be sent"),
                        ("SENDING", "A worker is sending it"),
                        ("SENT", "The mail server accepted it"),
                        ("FAILED", "Not sent, for good"),
                        ("BOUNCED", "The recipient's mail server returned it"),
                        ("RECEIVED", "Received from the person"),
                    ],
                    max_length=16,
                ),
            ),
            ("attempts", models.PositiveIntegerField(db_default=0, default=0)),
            ("due_at", models.DateTimeField(blank=True, null=True)),
            ("claimed_at", models.DateTimeField(blank=True, null=True)),
            ("handed_at", models.DateTimeField(blank=True, null=True)),
            ("sent_at", models.DateTimeField(blank=True, null=True)),
            (
                "failure",
                models.CharField(
                    blank=True,
                    choices=[
                        ("REFUSED", "The mail server refused it"),
                        ("UNREACHABLE", "The mail server could not be reached for a day"),
                        ("UNCERTAIN", "The connection broke while it was handed over, so it may have arrived"),
                        ("NO_CONSENT", "The person withdrew the consent before it was sent"),
                        ("NO_BACKEND", "Saleor cannot send mail, because EMAIL_URL is not set"),
                        (
                            "INVALID",
                            "It cannot be sent like this: the address, a header or an attached file is unusable",
                        ),
                        ("BOUNCED", "The recipient's mail server returned it"),
                    ],
                    db_default="",
                    default="",
                    max_length=16,
                ),
            ),
            ("failure_detail", models.CharField(blank=True, db_default="", default="", max_length=500)),
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
                    max_length=16,
                ),
            ),
            ("actor_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
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
            (
                "search_terms",
                models.GeneratedField(
                    db_persist=True,
                    expression=MAIL_TERMS,
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
            ),
        ],
        options={
            "indexes": [
                models.Index(
                    models.F("record"), models.F("created_at"), models.F("id"), name="customer_plus_mail_talk"
                ),
                models.Index(models.F("created_at"), models.F("id"), name="customer_plus_mail_new"),
                models.Index(
                    models.F("due_at"),
                    models.F("id"),
                    condition=models.Q(("state", "QUEUED")),
                    name="customer_plus_mail_due",
                ),
                models.Index(
                    models.F("claimed_at"),
                    models.F("id"),
                    condition=models.Q(("state", "SENDING")),
                    name="customer_plus_mail_claimed",
                ),
                django.contrib.postgres.indexes.GinIndex(fields=["search_terms"], name="customer_plus_mail_search"),
            ],
            "constraints": [models.UniqueConstraint(fields=("message_id",), name="customer_plus_mail_message_id")],
        },
    ),
    migrations.CreateModel(
        name="MailAttachment",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            (
                "mail",
                models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="attachments",
                    to="saleor_customer_plus.mail",
                ),
            ),
            ("file", models.FileField(db_index=True, max_length=255, upload_to="customer-plus/mail")),
            ("name", models.CharField(max_length=255)),
            ("content_type", models.CharField(max_length=127)),
            ("size", models.BigIntegerField()),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
        ],
        options={
            "constraints": [
                models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="customer_plus_mail_file_size")
            ],
        },
    ),
]
