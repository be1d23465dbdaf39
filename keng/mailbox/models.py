"""Boxes and what is dropped into them. No person is known here: no address, no agent, no finer time than an hour."""

from django.db import models
from django.db.models import Q

from keng.core.ids import RandomId, this_hour
from keng.units.models import Office


class Box(models.Model):
    """A mailbox of an office. It takes reports once it has a valid key statement and until it is closed."""

    class Kind(models.TextChoices):
        CRIME = "crime", "Báo tin tội phạm"
        DEMOCRACY = "democracy", "Góp ý với xã"
        COMPLAINT = "complaint", "Phản ánh về cán bộ"

    slug = models.SlugField(max_length=40, unique=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="boxes")
    above = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="below")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.CRIME)
    title = models.CharField(max_length=120)
    languages = models.JSONField(default=list)
    training = models.BooleanField(default=False)
    demo_keys = models.BooleanField(default=False)
    root = models.CharField(max_length=90, blank=True)
    recipient = models.CharField(max_length=70, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.title


class KeyStatement(models.Model):
    """What the box's root signed, exactly as signed (`docs/sealed-mailbox.md` section 2)."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="statements")
    seq = models.PositiveIntegerField()
    text = models.TextField()
    signature = models.CharField(max_length=90)
    until = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["box", "seq"], name="statement_seq_once")]


class State(models.TextChoices):
    RECEIVED = "received", "Đã nhận"
    OPENED = "opened", "Đã mở"
    VERIFYING = "verifying", "Đang xác minh"
    FORWARDED = "forwarded", "Đã chuyển cấp trên"
    ACTED_ON = "acted_on", "Đã xử lý"
    UNFOUNDED = "unfounded", "Không có căn cứ"
    NOT_ENOUGH = "not_enough", "Chưa đủ căn cứ"
    CLOSED = "closed", "Đã đóng"


# The whole of what may follow what; `verifying` again after `forwarded` is the new office taking it up.
ALLOWED: dict[str, tuple[str, ...]] = {
    State.RECEIVED: (State.OPENED,),
    State.OPENED: (State.VERIFYING,),
    State.VERIFYING: (State.FORWARDED, State.ACTED_ON, State.UNFOUNDED, State.NOT_ENOUGH),
    State.FORWARDED: (State.VERIFYING, State.CLOSED),
    State.ACTED_ON: (State.CLOSED,),
    State.UNFOUNDED: (State.CLOSED,),
    State.NOT_ENOUGH: (State.VERIFYING, State.CLOSED),
    State.CLOSED: (),
}


class Thread(models.Model):
    """A report and all that follows it. `key` is hex SHA-256 of the token; `box` received it, `holder` has it now."""

    id = RandomId()
    key = models.CharField(max_length=64, unique=True)
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="threads")
    holder = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="held")
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    hour = models.DateTimeField(default=this_hour)
    open_due = models.DateTimeField()
    resolve_due = models.DateTimeField()
    erase_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    pin = models.TextField()
    pin_mac = models.CharField(max_length=64)

    class Meta:
        indexes = [
            # State by state, newest first; with the due times in it, the late ones are found and counted from the index alone.
            models.Index(
                fields=["holder", "state", "-hour", "id", "open_due", "resolve_due"], name="thread_inbox_state"
            ),
            # Alone it tells what was passed on.
            models.Index(fields=["box", "-hour", "id", "holder"], name="thread_origin"),
            models.Index(fields=["erase_on"], condition=Q(erase_on__isnull=False), name="thread_erase"),
        ]


class StateChange(models.Model):
    """When a thread came to a state: what the reporter and the figures see. Who did it stands in the ledger."""

    id = RandomId()
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="changes")
    state = models.CharField(max_length=12, choices=State.choices)
    hour = models.DateTimeField(default=this_hour)


class Part(models.Model):
    """One sealed part. `header` seals it to `box` (and, from an officer, to the reporter); `payload` is never rewritten."""

    class Direction(models.TextChoices):
        REPORTER = "reporter", "người báo"
        OFFICER = "officer", "cán bộ"

    id = RandomId()
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="parts")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    index = models.PositiveIntegerField()
    hour = models.DateTimeField(default=this_hour)
    digest = models.CharField(max_length=64, unique=True)
    header = models.BinaryField()
    payload = models.BinaryField()  # last, so that reading the others does not walk over megabytes

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "direction", "index"], name="part_once")]
        indexes = [models.Index(fields=["hour"], name="part_hour")]


class Rewrap(models.Model):
    """A forwarded part's header for another box; the payload stays with the part."""

    id = RandomId()
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="rewraps")
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    header = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "box"], name="rewrap_once")]
