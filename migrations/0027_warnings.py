"""Rows of which a part was left out get a file of their own; of the rows of one address, the last valid one counts."""

from django.db import migrations, models

import saleor_customer_plus.jobs.models


class Migration(migrations.Migration):
    dependencies = [("saleor_customer_plus", "0025_address")]

    operations = [
        migrations.AddField(
            model_name="bulkimportkey",
            name="against",
            field=models.CharField(blank=True, max_length=8, null=True),
        ),
        migrations.AddField(
            model_name="bulkimportkey", name="against_since", field=models.DateTimeField(blank=True, null=True)
        ),
        migrations.AddField(
            model_name="bulkimportkey", name="is_valid", field=models.BooleanField(db_default=True, default=True)
        ),
        migrations.AddField(
            model_name="bulkjob",
            name="warning_file",
            field=models.FileField(
                blank=True,
                db_default="",
                default="",
                max_length=255,
                storage=saleor_customer_plus.jobs.models.bulk_storage,
                upload_to="customer-plus/bulk",
            ),
        ),
    ]
