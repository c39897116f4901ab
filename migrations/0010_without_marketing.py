from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0009_consents_of_purposes"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="customerrecord",
            name="customer_plus_marketing",
        ),
        migrations.RemoveField(
            model_name="customerrecord",
            name="accepts_marketing",
        ),
    ]
