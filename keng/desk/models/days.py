"""The office's day: its register, who hands what to whom, who is away."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core.ids import RandomId, this_hour
from keng.mailbox.models import Box, State, Thread


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
    """Reports that one officer of a box gives to another, for a shift or for good. It counts once the taker has taken it; one that came
    to nothing has `ended` with its `ending`.
    """

    class Ending(models.TextChoices):
        REFUSED = "refused", _("không nhận")
        WITHDRAWN = "withdrawn", _("đã rút lại")

    id = RandomId()
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)
    taken = models.DateTimeField(null=True, blank=True)
    ended = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handover_between_two"),
            models.CheckConstraint(condition=Q(taken=None) | Q(ended=None), name="handover_taken_or_ended"),
            models.CheckConstraint(condition=Q(ended=None) ^ ~Q(ending=""), name="handover_ended_how"),
        ]
        indexes = [models.Index(fields=["box", "-hour"], name="handover_of_box")]

    @property
    def on_offer(self) -> bool:
        return self.taken is None and self.ended is None


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


class HandedOver(models.Model):
    """How a report stood when its hand-over was taken: what was signed, kept for printing again. It goes with the report.

    `fate` says whether it went along, or why it stayed behind.
    """

    class Fate(models.TextChoices):
        TAKEN = "taken", _("đã nhận")
        PASSED_ON = "passed_on", _("đã chuyển đơn vị khác")
        CLOSED = "closed", _("đã đóng")
        REASSIGNED = "reassigned", _("đã giao người khác")

    item = models.OneToOneField(HandoverItem, primary_key=True, on_delete=models.CASCADE, related_name="stood")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    fate = models.CharField(max_length=10, choices=Fate.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    due = models.DateTimeField()
