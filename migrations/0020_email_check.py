from django.db import migrations, models

import saleor_customer_plus.records.email


class Migration(migrations.Migration):
    dependencies = [("saleor_customer_plus", "0019_normal_emails")]

    operations = [
        migrations.AddConstraint(
            model_name="customerrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("email", saleor_customer_plus.records.email.NormalEmail("email")),
                    models.Q(("email", ""), _negated=True),
                ),
                name="customer_plus_email_normal",
            ),
        ),
    ]
