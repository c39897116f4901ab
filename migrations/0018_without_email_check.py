from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("saleor_customer_plus", "0017_fill_ledger_channel")]

    operations = [migrations.RemoveConstraint(model_name="customerrecord", name="customer_plus_email_normal")]
