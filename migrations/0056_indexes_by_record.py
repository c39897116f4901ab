from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0055_merges_told_and_undone_as_jobs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="ledgerline",
            index=models.Index(
                models.F("record"),
                include=("product_id", "variant_id", "channel_id", "placed_at", "quantity", "currency", "total_gross"),
                name="customer_plus_lines_of",
            ),
        ),
        migrations.RemoveIndex(model_name="ledgerline", name="customer_plus_lines_record"),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                models.F("record"),
                condition=models.Q(
                    ("counts", True), ("record__isnull", False), models.Q(("voucher_codes", []), _negated=True)
                ),
                include=("voucher_codes",),
                name="customer_plus_ledger_codes_of",
            ),
        ),
    ]
