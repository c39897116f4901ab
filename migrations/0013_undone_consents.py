from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("saleor_customer_plus", "0012_order_identity"),
    ]

    operations = [
        migrations.AddField(
            model_name="consentevent",
            name="undoes",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
    ]
