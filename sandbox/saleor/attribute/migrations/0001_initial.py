from django.db import migrations

from sandbox.tables import tables_of


class Migration(migrations.Migration):
    initial = True
    dependencies = [("account", "0001_initial")]
    operations = tables_of("attribute")
