from django.db import migrations

from sandbox.tables import tables_of


class Migration(migrations.Migration):
    initial = True
    dependencies = [("account", "0001_initial"), ("channel", "0001_initial"), ("product", "0001_initial")]
    operations = [
        *tables_of("order"),
        migrations.RunSQL("CREATE SEQUENCE order_order_number_seq OWNED BY order_order.number", migrations.RunSQL.noop),
    ]
