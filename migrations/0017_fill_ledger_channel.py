"""Tell of each order in the ledger which channel it is of."""

from django.db import migrations

_FILL = """
    UPDATE saleor_customer_plus_ledgerentry e SET channel_id = o.channel_id
    FROM order_order o WHERE o.id = e.order_id AND e.channel_id IS NULL AND NOT e.is_released
"""


def fill(apps, schema_editor):
    # In a new shop there is nothing in the ledger, and maybe not yet a table of orders.
    if apps.get_model("saleor_customer_plus", "LedgerEntry").objects.exists():
        schema_editor.execute(_FILL)


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0016_ledger_channel"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
