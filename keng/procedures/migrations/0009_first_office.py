import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

CLOSING = ("finished", "refused", "withdrawn", "stopped")


def by_their_events(apps, schema_editor):
    """Who received and who ended what is there: the counter, or the office that the event names; without one, who holds it."""
    dossiers = apps.get_model("procedures", "Dossier").objects
    events = apps.get_model("procedures", "Event").objects.filter(dossier=OuterRef(OuterRef("pk")))
    office = apps.get_model("units", "Office").objects

    def of(found):
        return Subquery(office.filter(code=Subquery(found.values("office")[:1])).values("pk")[:1])

    dossiers.update(first_office=Coalesce("received_by", of(events.filter(kind="submitted").order_by("at")), "office"))
    dossiers.filter(closed_at__isnull=False).update(
        closing_office=Coalesce(of(events.filter(kind__in=CLOSING).order_by("-at")), "office")
    )
    if schema_editor.connection.vendor == "postgresql":  # which alters no table while references wait to be checked
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("procedures", "0008_consent_of_a_draft"),
        ("units", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="dossier", name="dossier_of_office"),
        migrations.RemoveIndex(model_name="dossier", name="dossier_closed_of_office"),
        migrations.AddField(
            model_name="dossier",
            name="first_office",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="units.office",
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="closing_office",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="units.office",
            ),
        ),
        migrations.RunPython(by_their_events, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="dossier",
            name="first_office",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="units.office",
            ),
        ),
        migrations.AddField(
            model_name="dossier",
            name="answering",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce("closing_office", "office"),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["first_office", "-submitted_at"], name="dossier_received_by_office"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["answering", "-submitted_at"], name="dossier_of_answering"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["answering", "-closed_at"], name="dossier_closed_of_answering"),
        ),
        migrations.AlterField(
            model_name="dossiertally",
            name="what",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("came", "Came"),
                    ("gone", "Gone"),
                    ("early", "Early"),
                    ("on", "On"),
                    ("late", "Late"),
                    ("untimed", "Untimed"),
                ],
                max_length=8,
            ),
        ),
    ]
