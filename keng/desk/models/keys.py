"""Keys and grants: every secret an age file."""

from django.db import models
from django.db.models import Q

from keng.accounts.models import User
from keng.core.ids import this_hour
from keng.mailbox.models import Box


class OfficerKey(models.Model):
    """An officer's age key. `sealed_identity` opens with a passphrase that the server never sees."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    recipient = models.CharField(max_length=70, unique=True)
    sealed_identity = models.BinaryField()
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=Q(until=None), name="one_key_an_officer")]


class Grant(models.Model):
    """The box's identity sealed to one officer's key."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="grants")
    key = models.ForeignKey(OfficerKey, on_delete=models.PROTECT, related_name="grants")
    sealed_box_identity = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["box", "key"], condition=Q(until=None), name="grant_once")]


class BoxSecret(models.Model):
    """What recovers a box: sealed to paper, and the root's private key for the level above."""

    box = models.OneToOneField(Box, primary_key=True, on_delete=models.PROTECT, related_name="secret")
    recovery = models.BinaryField()
    root_for_above = models.BinaryField(null=True, blank=True)


class OfficerStatement(models.Model):
    """An officer's key signed by the box's root while the root was at hand (the founding ceremony)."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="officer_statements")
    key = models.ForeignKey(OfficerKey, on_delete=models.PROTECT, related_name="statements")
    text = models.TextField()
    signature = models.CharField(max_length=90)
