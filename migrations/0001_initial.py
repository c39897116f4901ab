"""All tables of the plugin, by the packages that they belong to: see `initial/`."""

from django.conf import settings
from django.db import migrations

from .initial import (
    activity,
    addresses,
    consent,
    core,
    fields,
    groups,
    insights,
    jobs,
    leads,
    ledger,
    mail,
    merging,
    messages,
    newsletter,
    notes,
    records,
    segments,
    sync,
    tags,
    triggers,
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        # Saleor's first account migration is enough: no constraint in the database leads there.
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *core.TABLES,
        *jobs.TABLES,
        *messages.TABLES,
        *records.TABLES,
        *activity.TABLES,
        *addresses.TABLES,
        *consent.TABLES,
        *fields.TABLES,
        *groups.TABLES,
        *insights.TABLES,
        *leads.TABLES,
        *ledger.TABLES,
        *mail.TABLES,
        *merging.TABLES,
        *newsletter.TABLES,
        *notes.TABLES,
        *segments.TABLES,
        *sync.TABLES,
        *tags.TABLES,
        *triggers.OPERATIONS,
    ]
