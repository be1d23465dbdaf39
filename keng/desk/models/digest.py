"""When digests go out, and that one went."""

from django.db import models
from django.db.models import F, Q

from keng.accounts.models import User
from keng.core.ids import RandomId
from keng.notify.models import Message


class DigestTime(models.Model):
    """A time of the day, local, at which officers get their digest on working days. `until` is the first day it no longer holds."""

    at = models.TimeField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["at", "since"], name="digest_time_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="digest_time_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M}"


class Digest(models.Model):
    """An officer's digest of one day and time was written: once, whatever the number of processes."""

    id = RandomId()
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.TimeField()
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day", "at"], name="digest_once")]
        indexes = [models.Index(fields=["day", "at"], name="digest_day")]
