"""What the figures are counted from, and figures that were published, exactly as published."""

from django.db import models

from keng.core.ids import RandomId
from keng.mailbox.models import Box, Thread
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


class Counted(models.Model):
    """A report as the figures count it: one narrow row a report, so that 200,000 of them are summed off one index.

    The database's own triggers keep it, and `Tally` (`keng.desk.figures.upkeep`); nothing else writes here. `quarter` is year * 10 +
    quarter in local time, of the hour in which the report first arrived; None stands for not (yet) opened, assessed, resolved.
    """

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="counted")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+", db_index=False)
    quarter = models.PositiveIntegerField()
    named = models.BooleanField(default=False)
    opened_in_time = models.BooleanField(null=True)
    valuable = models.BooleanField(null=True)
    resolved_in_time = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["box", "quarter", "named", "opened_in_time", "valuable", "resolved_in_time"],
                name="figures_counted",
            ),
        ]


class Tally(models.Model):
    """What changed in the sums of `Counted`: a new report adds a row with received 1, an erased one a row with -1, and so on.

    The sum of a box's rows of a quarter is always exact, and no writer waits for another's row. An hourly chore
    (`keng.desk.figures.upkeep.tally`) makes one row of many, so that a page of figures reads thousands of rows, not the reports.
    """

    id = RandomId()
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+", db_index=False)
    quarter = models.PositiveIntegerField()
    named = models.BooleanField()
    received = models.IntegerField()
    opened = models.IntegerField()
    valuable = models.IntegerField()
    resolved = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(
                fields=["box", "quarter", "named", "received", "opened", "valuable", "resolved"], name="figures_tally"
            ),
        ]
