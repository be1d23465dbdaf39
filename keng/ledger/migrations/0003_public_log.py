"""What the public log holds of each entry: its leaf and its place; the keys, checkpoints and cosignatures."""

import json
from datetime import UTC

from django.db import migrations, models

import keng.core.ids
from keng.ledger.leaves import leaf_of
from keng.ledger.triggers import lock

TEXTS = ("verb", "subject", "office", "by", "purpose", "case")
CHUNK = 2000


def drop(apps, schema_editor):
    lock.drop(schema_editor.connection)


def make_leaves(apps, schema_editor):
    """As `Entry.canonical()`, version 1."""
    Entry = apps.get_model("ledger", "Entry")
    while some := list(Entry.objects.filter(leaf=None)[:CHUNK]):
        for entry in some:
            fields = {name: getattr(entry, name) for name in TEXTS}
            fields |= {"hour": entry.hour.astimezone(UTC).strftime("%Y-%m-%dT%H"), "v": "1"}
            text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            entry.leaf = leaf_of(bytes(entry.salt or b""), text.encode())
        Entry.objects.bulk_update(some, ["leaf"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_append_only")]
    operations = [
        migrations.RunPython(drop, migrations.RunPython.noop),
        migrations.AddField("entry", "leaf", models.BinaryField(editable=False, max_length=48, null=True)),
        migrations.AddField("entry", "place", models.BigIntegerField(editable=False, null=True)),
        migrations.RunPython(make_leaves, migrations.RunPython.noop),
        migrations.AlterField("entry", "leaf", models.BinaryField(editable=False, max_length=48)),
        migrations.RemoveIndex("entry", "ledger_entr_subject_53306f_idx"),
        migrations.AddConstraint("entry", models.UniqueConstraint(fields=["place"], name="entry_place_once")),
        migrations.CreateModel(
            name="LogKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("vkey", models.CharField(max_length=300, unique=True)),
                ("since", models.DateTimeField(default=keng.core.ids.this_hour)),
                ("until", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("size", models.BigIntegerField(unique=True)),
                ("root", models.BinaryField(max_length=32)),
                ("note", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("line", models.TextField()),
                ("size", models.BigIntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("size", "name"), name="cosignature_once")]
            },
        ),
    ]
