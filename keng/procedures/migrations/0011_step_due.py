from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("procedures", "0010_version_routes")]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("step_due__isnull", False)),
                fields=["office", "pile", "step_due", "id", "queue_at", "procedure", "state", "channel", "owner", "step"],
                name="dossier_step_of_office",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("step_due__isnull", False)),
                fields=["pile", "step_due", "id", "queue_at", "office", "procedure", "state", "channel", "owner", "step"],
                name="dossier_step",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("step_due__isnull", False)),
                fields=["owner", "pile", "step_due", "id"],
                name="dossier_step_of_owner",
            ),
        ),
    ]
