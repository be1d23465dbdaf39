"""Keys and grants: every secret an age file."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Approval, User
from keng.core.ids import this_hour
from keng.mailbox.models import Box


class OfficerKey(models.Model):
    """An officer's age key. `sealed_identity` opens with a passphrase that the server never sees."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="keys")
    recipient = models.CharField(max_length=70, unique=True)
    sealed_identity = models.BinaryField()
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user"], condition=Q(until=None), name="one_key_an_officer")]


class Grant(models.Model):
    """One of the box's identities, that of `recipient`, sealed to one officer's key. A box whose key was changed has had several."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="grants")
    key = models.ForeignKey(OfficerKey, on_delete=models.PROTECT, related_name="grants")
    recipient = models.CharField(max_length=70)
    sealed_box_identity = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=this_hour)
    until = models.DateTimeField(null=True, blank=True)
    used_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "key", "recipient"], condition=Q(until=None), name="grant_once"),
        ]


class BoxSecret(models.Model):
    """What recovers a box: all its identities and its root, sealed to paper; and the root's private key for the level above."""

    box = models.OneToOneField(Box, primary_key=True, on_delete=models.PROTECT, related_name="secret")
    recovery = models.BinaryField()
    root_for_above = models.BinaryField(null=True, blank=True)


class OfficerStatement(models.Model):
    """An officer's key signed by the box's root while the root was at hand (the founding ceremony)."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="officer_statements")
    key = models.ForeignKey(OfficerKey, on_delete=models.PROTECT, related_name="statements")
    text = models.TextField()
    signature = models.CharField(max_length=90)


class Ceremony(models.Model):
    """The record of one ceremony with a box's keys, to be printed and signed by those who were there. Holds nothing secret."""

    class Kind(models.TextChoices):
        FOUNDED = "founded", _("lập khoá hộp thư")
        RENEWED = "renewed", _("gia hạn bản xác nhận khoá")
        RECOVERED = "recovered", _("khôi phục bằng hai tờ giấy")
        CHANGED = "changed", _("đổi khoá hộp thư")
        ROOT = "root", _("thay khoá gốc")

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="ceremonies")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    hour = models.DateTimeField(default=this_hour)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approval = models.ForeignKey(Approval, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    seq = models.PositiveIntegerField(null=True, blank=True)  # of the key statement that stood afterwards
    root = models.CharField(max_length=90)
    recipient = models.CharField(max_length=70)
