"""An account is linked to a record: what is stored uses that word too."""

from django.db import migrations

_LINKED = """
UPDATE saleor_customer_plus_activityentry SET type = 'ACCOUNT_LINKED' WHERE type = 'ACCOUNT_TIED';
UPDATE saleor_customer_plus_activityentry SET type = 'ACCOUNT_UNLINKED' WHERE type = 'ACCOUNT_UNTIED';
UPDATE saleor_customer_plus_catchup SET look = '4_DELETED' WHERE look = '4_TIES';
UPDATE saleor_customer_plus_bulkchunk SET phase = 'link' WHERE phase = 'tie';
UPDATE saleor_customer_plus_bulkjob SET phase = 'link' WHERE phase = 'tie';
UPDATE saleor_customer_plus_bulkjob
    SET counters = counters - 'ties_corrected' || jsonb_build_object('links_corrected', counters -> 'ties_corrected')
    WHERE counters ? 'ties_corrected';
SET CONSTRAINTS ALL IMMEDIATE;  -- or the tables could not be altered later in the same transaction
SET CONSTRAINTS ALL DEFERRED;
"""

_TIED = """
UPDATE saleor_customer_plus_activityentry SET type = 'ACCOUNT_TIED' WHERE type = 'ACCOUNT_LINKED';
UPDATE saleor_customer_plus_activityentry SET type = 'ACCOUNT_UNTIED' WHERE type = 'ACCOUNT_UNLINKED';
UPDATE saleor_customer_plus_catchup SET look = '4_TIES' WHERE look = '4_DELETED';
UPDATE saleor_customer_plus_bulkchunk SET phase = 'tie' WHERE phase = 'link';
UPDATE saleor_customer_plus_bulkjob SET phase = 'tie' WHERE phase = 'link';
UPDATE saleor_customer_plus_bulkjob
    SET counters = counters - 'links_corrected' || jsonb_build_object('ties_corrected', counters -> 'links_corrected')
    WHERE counters ? 'links_corrected';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0050_duplicates_of_the_deleted"),
    ]

    operations = [
        migrations.RunSQL(_LINKED, _TIED),
    ]
