import django.db.models.deletion
from django.db import migrations, models

# What was said stays said: proof that could be edited proves nothing. An erasure, which deletes the record with all
# that hangs on it, says so for its transaction: SELECT set_config('customer_plus.erasure', 'on', true). TRUNCATE is
# left to whoever empties the whole database, as Django's `flush` does.
KEEP = """
CREATE FUNCTION saleor_customer_plus_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('customer_plus.erasure', true) IS DISTINCT FROM 'on' THEN
        RAISE EXCEPTION 'consent events are kept as they are: append one' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        RETURN NEW;
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER customer_plus_keep BEFORE UPDATE OR DELETE ON saleor_customer_plus_consentevent
    FOR EACH ROW EXECUTE FUNCTION saleor_customer_plus_keep_consent();
"""
LET_GO = """
DROP TRIGGER customer_plus_keep ON saleor_customer_plus_consentevent;
DROP FUNCTION saleor_customer_plus_keep_consent();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0005_leads"),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentEvent",
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
                    "opt_in_level",
                    models.CharField(
                        choices=[
                            ("SINGLE_OPT_IN", "The person signed up"),
                            ("CONFIRMED_OPT_IN", "The person signed up and confirmed it"),
                            ("SOFT_OPT_IN", "The person bought and did not object (ePrivacy Directive, Art. 13(2))"),
                            ("UNKNOWN", "It is not known how"),
                        ],
                        default="UNKNOWN",
                        max_length=24,
                    ),
                ),
                ("wording", models.TextField(blank=True, db_default="", default="")),
                ("wording_version", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("STAFF", "A member of staff"),
                            ("CUSTOMER", "The customer's account"),
                            ("IMPORT", "An import"),
                            ("CONTACT_FORM", "The contact form"),
                            ("CHECKOUT", "A checkout"),
                            ("NEWSLETTER", "A newsletter form or tool"),
                            ("APP", "An app"),
                        ],
                        max_length=16,
                    ),
                ),
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
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("evidence", models.JSONField(blank=True, default=dict)),
                ("override_reason", models.CharField(blank=True, db_default="", default="", max_length=255)),
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
                        db_default="",
                        default="",
                        max_length=16,
                    ),
                ),
                ("cause_id", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consent_events",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("record"),
                        models.F("channel"),
                        models.F("purpose"),
                        models.F("at"),
                        models.F("id"),
                        name="customer_plus_consent_state",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
