"""The functions and triggers of the initial migration, and what removes them."""

from django.db import migrations

# What was said stays said: proof that could be edited proves nothing. An erasure, which deletes the record with all
# that hangs on it, says so for its transaction: SELECT set_config('customer_plus.erasure', 'on', true). A merge of two
# records, and its undo, may say whose consents they are, and nothing else of them:
# SELECT set_config('customer_plus.merge', 'on', true). TRUNCATE is left to whoever empties the whole database, as
# Django's `flush` does.
KEEP_CONSENTS = """
CREATE FUNCTION saleor_customer_plus_keep_consent() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moved saleor_customer_plus_consentevent;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('customer_plus.merge', true) = 'on' THEN
        moved := OLD;
        moved.record_id := NEW.record_id;
        IF moved IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
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
LET_CONSENTS_GO = """
DROP TRIGGER customer_plus_keep ON saleor_customer_plus_consentevent;
DROP FUNCTION saleor_customer_plus_keep_consent();
"""

# Whatever happens to a record is logged: so this is the one place where followed segments learn of it, in the
# transaction of the change. What they log themselves changes nothing that a segment could ask for.
NOTE_TOUCHED = """
CREATE FUNCTION saleor_customer_plus_touch_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_segment WHERE is_followed) THEN
        INSERT INTO saleor_customer_plus_touchedrecord (record_id)
        SELECT DISTINCT record_id FROM logged WHERE type NOT IN ('SEGMENT_ENTERED', 'SEGMENT_LEFT');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_touch AFTER INSERT ON saleor_customer_plus_activityentry
    REFERENCING NEW TABLE AS logged
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_customer_plus_touch_records();
"""
FORGET_TOUCHED = """
DROP TRIGGER customer_plus_touch ON saleor_customer_plus_activityentry;
DROP FUNCTION saleor_customer_plus_touch_records();
"""

# The search for duplicates learns of changes in the same way. Nobody is noted before the first search, which looks at
# everybody. What is left out says nothing about who a record is of; a message to thousands is logged for each.
NOTE_UNCHECKED = """
CREATE FUNCTION saleor_customer_plus_note_unchecked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_bulkjob WHERE kind = 'DUPLICATES') THEN
        INSERT INTO saleor_customer_plus_uncheckedrecord (record_id)
        SELECT DISTINCT record_id FROM logged WHERE type NOT IN (
            'ORDER_ADDED', 'ORDER_CHANGED', 'ORDER_REMOVED', 'STAGE_CHANGED', 'TAG_ADDED', 'TAG_REMOVED',
            'TAG_RENAMED', 'GROUP_JOINED', 'GROUP_LEFT', 'GROUP_RENAMED', 'NOTE_ADDED', 'NOTE_EDITED', 'NOTE_DELETED',
            'FILE_ATTACHED', 'FILE_REMOVED', 'LEAD_ADDED', 'LEAD_CHANGED', 'LEAD_CONVERTED', 'LEAD_DELETED',
            'CONSENT_CHANGED', 'SEGMENT_ENTERED', 'SEGMENT_LEFT', 'DUPLICATE_DISMISSED', 'DUPLICATE_UNDISMISSED',
            'MESSAGE_SENT', 'MESSAGE_FAILED', 'MESSAGE_RECEIVED', 'LINKS_REVOKED'
        );
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_note_unchecked AFTER INSERT ON saleor_customer_plus_activityentry
    REFERENCING NEW TABLE AS logged
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_customer_plus_note_unchecked();
"""
FORGET_UNCHECKED = """
DROP TRIGGER customer_plus_note_unchecked ON saleor_customer_plus_activityentry;
DROP FUNCTION saleor_customer_plus_note_unchecked();
"""

# A record that is deleted takes its pairs along, and nothing is logged. Who was paired with it is looked at again: the
# group may fall apart, or be certain now that nobody else lays claim to one of them.
NOTE_UNPAIRED = """
CREATE FUNCTION saleor_customer_plus_note_unpaired() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO saleor_customer_plus_uncheckedrecord (record_id)
    SELECT first_id FROM gone UNION SELECT second_id FROM gone;
    RETURN NULL;
END
$$;
CREATE TRIGGER customer_plus_note_unpaired AFTER DELETE ON saleor_customer_plus_duplicatepair
    REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION saleor_customer_plus_note_unpaired();
"""
FORGET_UNPAIRED = """
DROP TRIGGER customer_plus_note_unpaired ON saleor_customer_plus_duplicatepair;
DROP FUNCTION saleor_customer_plus_note_unpaired();
"""

# An address is of one record, primary or not. Two transactions that cannot see each other are kept apart by the lock on
# identities (`records.locks`); this is for code that forgets to look. Where nobody has other addresses it costs nothing
# worth measuring: the table is empty.
GUARD_EMAILS = """
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
FREE_EMAILS = """
DROP TRIGGER customer_plus_new_email_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_email_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_email_once ON saleor_customer_plus_customeremail;
DROP FUNCTION saleor_customer_plus_check_new_emails();
DROP FUNCTION saleor_customer_plus_check_primary_email();
DROP FUNCTION saleor_customer_plus_check_other_emails();
DROP FUNCTION saleor_customer_plus_refuse_email();
"""

# A customer number is of one person: of a record, or of one that was merged into it. Both tables are looked at. Two
# transactions that cannot see each other are kept apart by the lock on identities (`records.locks`), and by the unique
# index of the records: a number goes from there to the merged ones and back, so whoever wants it waits for that.
#
# A record may have the number of one that was merged into it. While records are merged or parted it is of both for a
# moment, so the merged ones are looked at when the transaction ends, and as they are then.
GUARD_NUMBERS = """
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
FREE_NUMBERS = """
DROP TRIGGER customer_plus_new_number_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_number_once ON saleor_customer_plus_customerrecord;
DROP TRIGGER customer_plus_number_once ON saleor_customer_plus_formerrecord;
DROP FUNCTION saleor_customer_plus_check_new_numbers();
DROP FUNCTION saleor_customer_plus_check_number();
DROP FUNCTION saleor_customer_plus_check_former_number();
DROP FUNCTION saleor_customer_plus_refuse_number();
"""

OPERATIONS = [
    migrations.RunSQL(KEEP_CONSENTS, LET_CONSENTS_GO),
    migrations.RunSQL(NOTE_TOUCHED, FORGET_TOUCHED),
    migrations.RunSQL(NOTE_UNCHECKED, FORGET_UNCHECKED),
    migrations.RunSQL(NOTE_UNPAIRED, FORGET_UNPAIRED),
    migrations.RunSQL(GUARD_EMAILS, FREE_EMAILS),
    migrations.RunSQL(GUARD_NUMBERS, FREE_NUMBERS),
]
