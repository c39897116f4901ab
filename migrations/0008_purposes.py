import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0007_bulk"),
    ]

    operations = [
        migrations.AddField(
            model_name="customerrecord",
            name="accepts_promotional_mail",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="customerrecord",
            name="accepts_newsletter",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="CurrentConsent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("EMAIL", "E-mail"),
                            ("SMS", "Text message"),
                            ("PHONE", "Phone call"),
                            ("POST", "Post"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("PROMOTIONAL", "Offers and advertising"),
                            ("SYSTEM", "Updates on the shop and its services"),
                            ("NEWSLETTER", "The newsletter"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("NOT_SUBSCRIBED", "Never asked, or never answered"),
                            ("PENDING", "Asked, and not yet confirmed"),
                            ("SUBSCRIBED", "Granted"),
                            ("UNSUBSCRIBED", "Withdrawn"),
                            ("INVALID", "The address does not accept messages"),
                            ("REDACTED", "The person's data was erased"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="current_consents",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("channel"),
                        models.F("purpose"),
                        models.F("state"),
                        models.F("record"),
                        name="customer_plus_consent_filter",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "channel", "purpose"), name="customer_plus_consent_one")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("accepts_promotional_mail", True)),
                name="customer_plus_promotional",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=models.Index(
                models.F("created_at"),
                models.F("id"),
                condition=models.Q(("accepts_newsletter", True)),
                name="customer_plus_newsletter",
            ),
        ),
    ]
