"""The reconciliation becomes a kind of job: its own queue goes. One that is under way is lost, and begins anew."""

from django.db import migrations, models

KINDS = [
    ("IMPORT", "Import of a file or a text"),
    ("EXPORT", "Export to a file"),
    ("UPDATE", "One action on many records"),
    ("UNDO", "Undo of another job"),
    ("RECONCILIATION", "Comparison of all records with Saleor"),
]


class Migration(migrations.Migration):
    dependencies = [("saleor_customer_plus", "0023_ledger_channel_sums")]

    operations = [
        migrations.DeleteModel(name="ReconciliationRange"),
        migrations.DeleteModel(name="Reconciliation"),
        migrations.AddField(
            model_name="bulkchunk", name="failures", field=models.SmallIntegerField(db_default=0, default=0)
        ),
        migrations.AddField(
            model_name="bulkchunk", name="position", field=models.BigIntegerField(blank=True, null=True)
        ),
        migrations.AddField(model_name="bulkjob", name="worked_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(model_name="bulkjob", name="kind", field=models.CharField(choices=KINDS, max_length=16)),
        migrations.AlterField(
            model_name="bulkprofile", name="kind", field=models.CharField(choices=KINDS, max_length=16)
        ),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.UniqueConstraint(
                fields=["kind"],
                name="customer_plus_one_job_at_a_time",
                condition=models.Q(kind__in=("RECONCILIATION",), state__in=("PENDING", "READY", "RUNNING")),
            ),
        ),
    ]
