from django.db import migrations

# A customer number is of one person: of a record, or of one that was merged into it. Both tables are looked at. Two
# transactions that cannot see each other are kept apart by the lock on identities (`records.locks`), and by the unique
# index of the records: a number goes from there to the merged ones and back, so whoever wants it waits for that.
#
# A record may have the number of one that was merged into it. While records are merged or parted it is of both for a
# moment, so the merged ones are looked at when the transaction ends, and as they are then.
GUARD = """
CREATE FUNCTION saleor_customer_plus_refuse_number() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A customer number belongs to one person only.'
        USING ERRCODE = 'unique_violation', CONSTRAINT = 'customer_plus_number_once';
END
$$;
CREATE FUNCTION saleor_customer_plus_check_former_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM saleor_customer_plus_formerrecord f
        JOIN saleor_customer_plus_customerrecord r ON r.number = f.number AND r.id <> f.record_id
        WHERE f.id = NEW.id
    ) THEN
        PERFORM saleor_customer_plus_refuse_number();
    END IF;
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER customer_plus_number_once AFTER INSERT OR UPDATE ON saleor_customer_plus_formerrecord
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.number IS NOT NULL)
    EXECUTE FUNCTION saleor_customer_plus_check_former_number();
CREATE FUNCTION saleor_customer_plus_check_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM saleor_customer_plus_formerrecord f WHERE f.number = NEW.number AND f.record_id <> NEW.id
    ) THEN
        PERFORM saleor_customer_plus_refuse_number();
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_number_once AFTER UPDATE OF number ON saleor_customer_plus_customerrecord
    FOR EACH ROW WHEN (NEW.number IS NOT NULL AND NEW.number IS DISTINCT FROM OLD.number)
    EXECUTE FUNCTION saleor_customer_plus_check_number();
CREATE FUNCTION saleor_customer_plus_check_new_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_formerrecord) AND EXISTS (
        SELECT FROM made m
        JOIN saleor_customer_plus_formerrecord f ON f.number = m.number AND f.record_id <> m.id
    ) THEN
        PERFORM saleor_customer_plus_refuse_number();
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_new_number_once AFTER INSERT ON saleor_customer_plus_customerrecord
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_customer_plus_check_new_numbers();
"""
NO_GUARD = """
DROP TRIGGER customer_plus_new_number_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_number_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_number_once ON saleor_customer_plus_formerrecord;
DROP FUNCTION saleor_customer_plus_check_new_numbers();
DROP FUNCTION saleor_customer_plus_check_number();
DROP FUNCTION saleor_customer_plus_check_former_number();
DROP FUNCTION saleor_customer_plus_refuse_number();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0057_field_changes"),
    ]

    operations = [
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
