"""Absences are the accounts' now: dossiers have stand-ins, too. The table stays as it is."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0012_life_of_keys"), ("accounts", "0004_citizens")]

    operations = [migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Absence")])]
