from django.db import migrations

# What `consent.queries.current_events` says, for everybody. A grant of an import or a job is a claim: it never takes
# back a withdrawal.
KEEP_STATES = """
INSERT INTO saleor_customer_plus_currentconsent (record_id, channel, purpose, state)
SELECT DISTINCT ON (n.record_id, n.channel, n.purpose) n.record_id, n.channel, n.purpose, n.state
FROM (
    SELECT n.*, bool_or(n.kind = 'word' AND n.state IN ('UNSUBSCRIBED', 'INVALID', 'REDACTED'))
        OVER (PARTITION BY n.record_id, n.channel, n.purpose) AS is_barred
    FROM (
        SELECT DISTINCT ON (k.record_id, k.channel, k.purpose, k.kind) k.*
        FROM (
            SELECT e.*, CASE
                WHEN (e.source = 'IMPORT' OR e.cause_type = 'JOB') AND e.state IN ('SUBSCRIBED', 'PENDING')
                    AND e.override_reason = '' THEN 'claim'
                WHEN e.state = 'PENDING' THEN 'asked'
                ELSE 'word'
            END AS kind
            FROM saleor_customer_plus_consentevent e
        ) k
        ORDER BY k.record_id, k.channel, k.purpose, k.kind, k.at DESC, k.id DESC
    ) n
) n
WHERE NOT (n.is_barred AND n.kind = 'claim')
ORDER BY n.record_id, n.channel, n.purpose, n.at DESC, n.id DESC
"""
KEEP_FLAGS = """
UPDATE saleor_customer_plus_customerrecord r SET
    accepts_promotional_mail = c.promotional, accepts_newsletter = c.newsletter, accepts_system_mail = c.system
FROM (
    SELECT record_id,
        bool_or(purpose = 'PROMOTIONAL' AND state = 'SUBSCRIBED') AS promotional,
        bool_or(purpose = 'NEWSLETTER' AND state = 'SUBSCRIBED') AS newsletter,
        bool_or(purpose = 'SYSTEM' AND state = 'SUBSCRIBED') AS system
    FROM saleor_customer_plus_currentconsent WHERE channel = 'EMAIL' GROUP BY record_id
) c
WHERE r.id = c.record_id AND (r.accepts_promotional_mail, r.accepts_newsletter, r.accepts_system_mail)
    IS DISTINCT FROM (c.promotional, c.newsletter, c.system)
"""
JOIN_FLAGS = """
UPDATE saleor_customer_plus_customerrecord SET accepts_marketing = true
WHERE accepts_promotional_mail OR accepts_newsletter
"""
FORGET_STATES = "DELETE FROM saleor_customer_plus_currentconsent"


class Migration(migrations.Migration):
    """Two purposes, two flags: from the history, which alone knows which of the two it was."""

    dependencies = [
        ("saleor_customer_plus", "0008_purposes"),
    ]

    operations = [
        migrations.RunSQL(KEEP_STATES, FORGET_STATES),
        migrations.RunSQL(KEEP_FLAGS, JOIN_FLAGS),
    ]
