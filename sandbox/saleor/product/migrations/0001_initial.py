from django.db import migrations

from sandbox.tables import tables_of


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = tables_of("product")
