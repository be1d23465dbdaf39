"""The database refuses to change or delete an entry: `keng.ledger.triggers`, put in place after every migration since 0003."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = []
