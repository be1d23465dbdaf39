"""Figures that were published, exactly as published."""

from django.db import models

from keng.core.ids import RandomId
from keng.units.models import Unit


class Published(models.Model):
    """A province's figures of one quarter ("2026-Q3"). Counts of reports are published once and never again; a corrected outcome makes a
    new `revision` that repeats them and says what was corrected.
    """

    id = RandomId()
    province = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    revision = models.PositiveSmallIntegerField(default=1)
    on = models.DateField()
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["province", "period", "revision"], name="published_once"),
        ]
