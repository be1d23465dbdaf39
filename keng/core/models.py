"""Dated rules of the calendar: days that differ from the published holidays, office hours, and the legal clocks."""

from django.db import models
from django.db.models import F, Q


class DayOverride(models.Model):
    """A day that the holiday library has wrong or that a decision swapped."""

    class Kind(models.TextChoices):
        OFF = "off", "nghỉ"
        WORKED = "worked", "làm việc"

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.get_kind_display()}"


class OfficeHours(models.Model):
    """One stretch of the office day (morning, afternoon), in local time. `until` is the first day it no longer holds.

    `weekdays` are ISO digits, Monday 1; a Saturday that is worked by decision has the same hours.
    """

    weekdays = models.CharField(max_length=7)
    opens = models.TimeField()
    closes = models.TimeField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    legal_basis = models.CharField(max_length=300)
    certain = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opens", "since"], name="office_hours_once"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="office_hours_open_before_close"),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")), name="office_hours_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


class Clock(models.Model):
    """How long something may take, by which law. `until` is the first day it no longer holds.

    `rolls_over`: a last day that is a day off gives way to the next working day (Criminal Procedure Code 2015 art. 134;
    Civil Code 2015 art. 148). `certain` is false where the number was seen only second-hand.
    """

    class Unit(models.TextChoices):
        HOURS = "hours", "giờ"
        DAYS = "days", "ngày"
        WORKING_HOURS = "working_hours", "giờ làm việc"
        WORKING_DAYS = "working_days", "ngày làm việc"
        MONTHS = "months", "tháng"

    code = models.CharField(max_length=60)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=16, choices=Unit.choices)
    rolls_over = models.BooleanField(default=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    legal_basis = models.CharField(max_length=300)
    certain = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "since"], name="clock_once_a_day"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="clock_runs"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="clock_dates_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.amount} {self.get_unit_display()}"
