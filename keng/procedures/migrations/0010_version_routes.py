from typing import Any

from django.db import migrations, models
from django.db.models import OuterRef, Subquery

LEVELS = [("commune", "cấp xã"), ("province", "cấp tỉnh")]
KINDS = [
    ("commune_police", "Công an xã"), ("border_post", "Đồn Biên phòng"), ("service_centre", "Trung tâm Phục vụ hành chính công"),
    ("peoples_committee", "Uỷ ban nhân dân"), ("province_police", "Công an tỉnh"),
    ("province_police_division", "Phòng thuộc Công an tỉnh"), ("border_command", "Bộ Chỉ huy Bộ đội Biên phòng"),
    ("inspectorate", "Thanh tra tỉnh"),
]  # fmt: skip
COLUMNS = ("level", "competent")


def to_versions(apps: Any, _schema: Any) -> None:
    """What every open dossier goes by today becomes part of its version."""
    procedures = apps.get_model("procedures", "Procedure").objects.filter(pk=OuterRef("procedure"))
    versions = apps.get_model("procedures", "ProcedureVersion").objects
    versions.update(**{name: Subquery(procedures.values(name)) for name in COLUMNS})


def to_procedures(apps: Any, _schema: Any) -> None:
    versions = apps.get_model("procedures", "ProcedureVersion").objects.filter(procedure=OuterRef("pk"))
    newest = versions.order_by("-number")
    procedures = apps.get_model("procedures", "Procedure").objects.filter(versions__isnull=False)
    procedures.update(**{name: Subquery(newest.values(name)[:1]) for name in COLUMNS})


class Migration(migrations.Migration):
    dependencies = [("procedures", "0009_first_office")]

    operations = [
        migrations.AddField(
            "procedureversion", "level", models.CharField(max_length=10, choices=LEVELS, default="commune")
        ),
        migrations.AddField(
            "procedureversion",
            "competent",
            models.CharField(max_length=30, choices=KINDS, default=""),
            preserve_default=False,
        ),
        # Going back, the procedure's columns come first; "" stands for none in the moment until they are filled.
        migrations.AlterField("procedure", "competent", models.CharField(max_length=30, choices=KINDS, default="")),
        migrations.RunPython(to_versions, to_procedures),
        migrations.RemoveField("procedure", "level"),
        migrations.RemoveField("procedure", "competent"),
    ]
