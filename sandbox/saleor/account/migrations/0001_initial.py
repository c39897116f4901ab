from django.db import migrations

from sandbox.tables import tables_of


class Migration(migrations.Migration):
    initial = True
    dependencies = [("channel", "0001_initial"), ("permission", "0001_initial")]
    operations = tables_of("account")
