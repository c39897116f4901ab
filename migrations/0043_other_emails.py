import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models

import saleor_customer_plus.records.email
import saleor_customer_plus.records.search

# An address is of one record, primary or not. Two transactions that cannot see each other are kept apart by the lock on
# identities (`records.locks`); this is for code that forgets to look. Where nobody has other addresses it costs nothing
# worth measuring: the table is empty.
GUARD = """
CREATE FUNCTION saleor_customer_plus_refuse_email() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An e-mail address belongs to one record only.'
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'customer_plus_email_once';
END
$$;
CREATE FUNCTION saleor_customer_plus_check_other_emails() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_customerrecord WHERE email = NEW.email) THEN
        PERFORM saleor_customer_plus_refuse_email();
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_email_once AFTER INSERT OR UPDATE ON saleor_customer_plus_customeremail
    FOR EACH ROW EXECUTE FUNCTION saleor_customer_plus_check_other_emails();
CREATE FUNCTION saleor_customer_plus_check_primary_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_customeremail WHERE email = NEW.email) THEN
        PERFORM saleor_customer_plus_refuse_email();
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_email_once AFTER UPDATE OF email ON saleor_customer_plus_customerrecord
    FOR EACH ROW WHEN (OLD.email IS DISTINCT FROM NEW.email)
    EXECUTE FUNCTION saleor_customer_plus_check_primary_email();
CREATE FUNCTION saleor_customer_plus_check_new_emails() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_customeremail) AND EXISTS (
        SELECT FROM made m JOIN saleor_customer_plus_customeremail e ON e.email = m.email
    ) THEN
        PERFORM saleor_customer_plus_refuse_email();
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_new_email_once AFTER INSERT ON saleor_customer_plus_customerrecord
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_customer_plus_check_new_emails();
"""
NO_GUARD = """
DROP TRIGGER customer_plus_new_email_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_email_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_email_once ON saleor_customer_plus_customeremail;
DROP FUNCTION saleor_customer_plus_check_new_emails();
DROP FUNCTION saleor_customer_plus_check_primary_email();
DROP FUNCTION saleor_customer_plus_check_other_emails();
DROP FUNCTION saleor_customer_plus_refuse_email();
"""


def search_terms(*names: str) -> models.GeneratedField:
    return models.GeneratedField(
        db_persist=True,
        expression=saleor_customer_plus.records.search.SearchTerms(*names),
        output_field=django.contrib.postgres.search.SearchVectorField(),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0042_segments_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="customerrecord",
            name="other_emails",
            field=models.JSONField(
                blank=True, db_default=models.Value([], output_field=models.JSONField()), default=list
            ),
        ),
        # A generated column cannot be changed: it is made again, with its index.
        migrations.RemoveIndex(model_name="customerrecord", name="customer_plus_search"),
        migrations.RemoveField(model_name="customerrecord", name="search_terms"),
        migrations.AddField(
            model_name="customerrecord",
            name="search_terms",
            field=search_terms(
                "email",
                "first_name",
                "last_name",
                "company_name",
                "number",
                "phone",
                "additional_phones",
                "other_emails",
            ),
        ),
        migrations.AddIndex(
            model_name="customerrecord",
            index=django.contrib.postgres.indexes.GinIndex(fields=["search_terms"], name="customer_plus_search"),
        ),
        migrations.CreateModel(
            name="CustomerEmail",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
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
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emails",
                        to="saleor_customer_plus.customerrecord",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("email",), name="customer_plus_other_email_unique"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", saleor_customer_plus.records.email.NormalEmail("email")),
                            models.Q(("email", ""), _negated=True),
                        ),
                        name="customer_plus_other_email_normal",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
