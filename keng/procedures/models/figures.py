"""The running sums that the figures of dossiers are read from."""

from django.db import models
from django.db.models import Q

from keng.core.ids import RandomId
from keng.procedures.models.catalogue import Procedure
from keng.procedures.models.dossiers import Channel
from keng.units.models import Office, Unit


class DossierTally(models.Model):
    """Sums kept by the database itself (`keng.procedures.figures.upkeep`): how many dossiers an office received, passed on, or ended.

    Twice: by commune (`procedure` None), and by procedure (`unit` None). `month` is local, 202611. `what`: received, by channel, at the
    office that received it; came and gone, where another office answers for it: there, and of the first one (all in the month of filing);
    how it ended, at the office that ended it (month of closing). `minutes`: their office time. Several rows of a kind add up; some
    are negative.
    """

    class What(models.TextChoices):
        RECEIVED = "received"
        CAME = "came"
        GONE = "gone"
        EARLY = "early"
        ON = "on"
        LATE = "late"
        UNTIMED = "untimed"  # ended before a clock ran

    id = RandomId()
    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.CASCADE, related_name="+")
    procedure = models.ForeignKey(Procedure, null=True, on_delete=models.CASCADE, related_name="+")
    month = models.PositiveIntegerField()
    channel = models.CharField(max_length=8, blank=True, choices=Channel.choices)
    what = models.CharField(max_length=8, choices=What.choices)
    number = models.IntegerField()
    minutes = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["office", "month"], condition=Q(procedure=None), name="dossier_tally_by_unit"),
            models.Index(fields=["office", "month"], condition=Q(unit=None), name="dossier_tally_by_procedure"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit=None, procedure__isnull=False) | Q(unit__isnull=False, procedure=None),
                name="dossier_tally_one_way",
            )
        ]
