from django.db import migrations

# Of what is logged, these say nothing about who a record is of. A message to thousands is logged for each.
NOTE = """
CREATE OR REPLACE FUNCTION saleor_customer_plus_note_unchecked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM saleor_customer_plus_bulkjob WHERE kind = 'DUPLICATES') THEN
        INSERT INTO saleor_customer_plus_uncheckedrecord (record_id)
        SELECT DISTINCT record_id FROM logged WHERE type NOT IN (
            'ORDER_ADDED', 'ORDER_CHANGED', 'ORDER_REMOVED', 'STAGE_CHANGED', 'TAG_ADDED', 'TAG_REMOVED',
            'TAG_RENAMED', 'GROUP_JOINED', 'GROUP_LEFT', 'GROUP_RENAMED', 'NOTE_ADDED', 'NOTE_EDITED', 'NOTE_DELETED',
            'FILE_ATTACHED', 'FILE_REMOVED', 'LEAD_ADDED', 'LEAD_CHANGED', 'LEAD_CONVERTED', 'LEAD_DELETED',
            'CONSENT_CHANGED', 'SEGMENT_ENTERED', 'SEGMENT_LEFT', 'DUPLICATE_DISMISSED', 'DUPLICATE_UNDISMISSED'{more}
        );
    END IF;
    RETURN NULL;
END
$$;
"""
MESSAGES = """,
            'MESSAGE_SENT', 'MESSAGE_FAILED', 'MESSAGE_RECEIVED', 'LINKS_REVOKED'"""

# A record that is deleted takes its pairs along, and nothing is logged. Who was paired with it is looked at again: the
# group may fall apart, or be certain now that nobody else lays claim to one of them.
PAIRS = """
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
NO_PAIRS = """
DROP TRIGGER customer_plus_note_unpaired ON saleor_customer_plus_duplicatepair;
DROP FUNCTION saleor_customer_plus_note_unpaired();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0049_newsletter"),
    ]

    operations = [
        migrations.RunSQL(NOTE.replace("{more}", MESSAGES), NOTE.replace("{more}", "")),
        migrations.RunSQL(PAIRS, NO_PAIRS),
    ]
