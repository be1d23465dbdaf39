"""The officer's side: keys and grants (every secret an age file), assessments, sealed notes."""

from django.db import models
from django.db.models import Q

from keng.accounts.models import User
from keng.core.ids import RandomId, this_hour
from keng.mailbox.models import Box, Thread


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


class Assessment(models.Model):
    """What the office made of a report, in the clear because it feeds the figures; nothing of who reported."""

    class Category(models.TextChoices):
        THEFT = "theft", "Trộm cắp"
        DRUGS = "drugs", "Ma tuý"
        TRAFFICKING = "trafficking", "Mua bán người"
        FRAUD = "fraud", "Lừa đảo"
        BORDER = "border", "Xuất nhập cảnh trái phép"
        VIOLENCE = "violence", "Bạo lực"
        OTHER = "other", "Việc khác"

    class Value(models.TextChoices):
        VALUABLE = "valuable", "Có giá trị"
        NOT_VALUABLE = "not_valuable", "Không có giá trị"

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="assessment")
    category = models.CharField(max_length=12, choices=Category.choices, blank=True)
    value = models.CharField(max_length=12, choices=Value.choices, blank=True)
    complex = models.BooleanField(default=False)
    extended = models.BooleanField(default=False)
    hour = models.DateTimeField(default=this_hour)


class Note(models.Model):
    """A sealed note among officers of one box: an age file sealed to that box, never shown to the reporter."""

    id = RandomId()
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="notes")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)
    sealed = models.BinaryField()


class Seen(models.Model):
    """How many of the reporter's parts the office has had on a screen: a report with more of them is marked as having news."""

    thread = models.OneToOneField(Thread, primary_key=True, on_delete=models.CASCADE, related_name="seen")
    parts = models.PositiveIntegerField()
