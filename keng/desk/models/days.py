"""The office's day: its register, who hands what to whom, who is away."""

from django.db import models
from django.db.models import F, Q

from keng.accounts.models import User
from keng.core.ids import RandomId, this_hour
from keng.mailbox.models import Box, Thread


class RegisterEntry(models.Model):
    """A report's line in the box's yearly register, written when an officer of that box first opens it: the number tells the order of
    opening, never of arrival (R9). The line stays when the report is erased; nothing of the report does.
    """

    id = RandomId()
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="register")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.SET_NULL, related_name="register")
    hour = models.DateTimeField(default=this_hour)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "year", "number"], name="register_number_once"),
            models.UniqueConstraint(fields=["box", "thread"], name="register_thread_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number:03d}/{self.year}"


class Handover(models.Model):
    """Reports that one officer of a box gives to another, for a shift or for good. It counts once the taker has taken it."""

    id = RandomId()
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)
    taken = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handover_between_two"),
            models.CheckConstraint(condition=Q(taken=None) | Q(ended=None), name="handover_taken_or_ended"),
        ]


class HandoverItem(models.Model):
    """One report in a hand-over. `label` is its register number, kept for the minutes when the report is erased."""

    id = RandomId()
    handover = models.ForeignKey(Handover, on_delete=models.CASCADE, related_name="items")
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    label = models.CharField(max_length=20)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            # A report is on offer in one hand-over at a time: two that cross can't both be taken.
            models.UniqueConstraint(fields=["thread"], condition=Q(open=True), name="handover_item_once"),
        ]


class Absence(models.Model):
    """Days, both included, on which an officer is away, and who stands in."""

    id = RandomId()
    officer = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    stand_in = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="stands_in")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="absence_in_order"),
            models.CheckConstraint(condition=Q(stand_in=None) | ~Q(stand_in=F("officer")), name="absence_not_oneself"),
        ]
        indexes = [models.Index(fields=["stand_in", "last"], name="absence_stand_in")]
