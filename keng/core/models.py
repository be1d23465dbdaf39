"""Dated rules of the calendar: days that differ from the published holidays, and the legal clocks."""

from django.db import models


class DayOverride(models.Model):
    """A day that the holiday library has wrong or that a decision swapped."""

    class Kind(models.TextChoices):
        OFF = "off", "nghỉ"
        WORKED = "worked", "làm việc"

    date = models.DateField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    reason = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=200)


class Clock(models.Model):
    """How long something may take, from when, by which law. `until` is the first day it no longer holds."""

    class Unit(models.TextChoices):
        HOURS = "hours", "giờ"
        DAYS = "days", "ngày"
        WORKING_HOURS = "working_hours", "giờ làm việc"
        WORKING_DAYS = "working_days", "ngày làm việc"
        MONTHS = "months", "tháng"

    code = models.CharField(max_length=60)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=16, choices=Unit.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    legal_basis = models.CharField(max_length=300)
    certain = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "since"], name="clock_once_a_day")]
