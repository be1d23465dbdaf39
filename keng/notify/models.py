"""The outbox. What was sent, or given up, keeps neither words nor address."""

from django.db import models
from django.db.models import Q

from keng.core.ids import RandomId, this_hour


class Message(models.Model):
    """One message to one address. It waits until `next_try`; a process that sends it holds it until `claimed_until`.

    `sent` and `failed` are hours. At most a few bytes of the server's answer are kept as `reason`: its code, never its words.
    """

    id = RandomId()
    channel = models.CharField(max_length=16)
    address = models.EmailField(max_length=120, blank=True)
    subject = models.CharField(max_length=150, blank=True)
    body = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    next_try = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent = models.DateTimeField(null=True, blank=True)
    failed = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=16, blank=True)
    hour = models.DateTimeField(default=this_hour)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sent=None) | Q(failed=None), name="message_sent_or_failed"),
            models.CheckConstraint(
                condition=Q(sent=None, failed=None) | Q(address="", subject="", body=""),
                name="message_erased_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["next_try"], condition=Q(sent=None, failed=None), name="message_waiting"),
        ]
