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
    root = models.CharField(max_length=90)  # that signed it: not the box's of today, where that was replaced
    until = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["box", "seq"], name="statement_seq_once")]


class State(models.TextChoices):
    RECEIVED = "received", "Đã nhận"
    OPENED = "opened", "Đã mở"
    VERIFYING = "verifying", "Đang xác minh"
    FORWARDED = "forwarded", "Đã chuyển cấp trên"
    ACTED_ON = "acted_on", "Đã xử lý"
    ADOPTED = "adopted", "Đã tiếp thu"
    ANSWERED = "answered", "Đã trả lời"
    PARTLY = "partly", "Đúng một phần"
    UNFOUNDED = "unfounded", "Không có căn cứ"
    NOT_ENOUGH = "not_enough", "Chưa đủ căn cứ"
    CLOSED = "closed", "Đã đóng"


# What an office may conclude; whatever the kind, a report in one of these has its result. `closed` only says that nothing follows.
RESULTS = frozenset(
    (State.ACTED_ON, State.ADOPTED, State.ANSWERED, State.PARTLY, State.UNFOUNDED, State.NOT_ENOUGH, State.CLOSED)
)

# The whole of what may follow what, by the kind of the box that received the report; `verifying` again after `forwarded` is the new
# office taking it up. A complaint is found true, partly true or unfounded (Law on Denunciations 2018, art. 35).
FLOWS: dict[str, dict[str, tuple[str, ...]]] = {
    Box.Kind.CRIME: {
        State.RECEIVED: (State.OPENED,),
        State.OPENED: (State.VERIFYING,),
        State.VERIFYING: (State.FORWARDED, State.ACTED_ON, State.UNFOUNDED, State.NOT_ENOUGH),
        State.FORWARDED: (State.VERIFYING, State.CLOSED),
        State.ACTED_ON: (State.CLOSED,),
        State.UNFOUNDED: (State.CLOSED,),
        State.NOT_ENOUGH: (State.VERIFYING, State.CLOSED),
        State.CLOSED: (),
    },
    Box.Kind.COMPLAINT: {
        State.RECEIVED: (State.OPENED,),
        State.OPENED: (State.VERIFYING,),
        State.VERIFYING: (State.FORWARDED, State.ACTED_ON, State.PARTLY, State.UNFOUNDED, State.NOT_ENOUGH),
        State.FORWARDED: (State.VERIFYING, State.CLOSED),
        State.ACTED_ON: (State.CLOSED,),
        State.PARTLY: (State.CLOSED,),
        State.UNFOUNDED: (State.CLOSED,),
        State.NOT_ENOUGH: (State.VERIFYING, State.CLOSED),
        State.CLOSED: (),
    },
    Box.Kind.DEMOCRACY: {
        State.RECEIVED: (State.OPENED,),
        State.OPENED: (State.VERIFYING,),
        State.VERIFYING: (State.FORWARDED, State.ADOPTED, State.ANSWERED, State.NOT_ENOUGH),
        State.FORWARDED: (State.VERIFYING, State.CLOSED),
        State.ADOPTED: (State.CLOSED,),
        State.ANSWERED: (State.CLOSED,),
        State.NOT_ENOUGH: (State.VERIFYING, State.CLOSED),
        State.CLOSED: (),
    },
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

    @property
    def may_become(self) -> tuple[str, ...]:
        """The states that may follow now; none that a report of this kind never has."""
        return FLOWS[self.box.kind].get(self.state, ())


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


class Passing(models.Model):
    """A report went from one box to another: each box that held it keeps seeing what becomes of it."""

    id = RandomId()
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="passings")
    from_box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    to_box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="+")
    hour = models.DateTimeField(default=this_hour)

    class Meta:
        indexes = [models.Index(fields=["from_box", "thread"], name="passing_from")]


class PublicAnswer(models.Model):
    """A suggestion answered for all to read, in the office's own words; only where its reporter allowed it. `thread` may be erased."""

    id = RandomId()
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="public_answers")
    thread = models.ForeignKey(Thread, null=True, blank=True, on_delete=models.SET_NULL, related_name="public_answers")
    asked = models.CharField(max_length=1000)
    answered = models.TextField(max_length=4000)
    published_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)


class Language(models.Model):
    """A language of the reporter's page that was added from the desk. `code` is its BCP 47 tag in lower case, as in addresses."""

    code = models.SlugField(max_length=16, primary_key=True)
    name = models.CharField(max_length=60)
    name_in_vietnamese = models.CharField(max_length=60)
    added_on = models.DateField()
    version = models.PositiveIntegerField(default=1)  # counts what was written: pages are built anew

    def __str__(self) -> str:
        return self.name


class Wording(models.Model):
    """One sentence of the reporter's page in such a language. It stands for `source`, the Vietnamese that was translated: where that has
    changed since, the wording no longer counts. A reviewed one names its native reader, as they wish to be called.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Chưa được người bản ngữ duyệt"
        REVIEWED = "reviewed", "Đã duyệt"

    id = RandomId()
    language = models.ForeignKey(Language, on_delete=models.CASCADE, related_name="wordings")
    key = models.CharField(max_length=64)
    source = models.TextField()
    text = models.TextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    reader = models.CharField(max_length=80, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["language", "key"], name="wording_once"),
            models.CheckConstraint(
                condition=Q(state="draft", reviewed_on=None)
                | Q(state="reviewed", reviewed_on__isnull=False) & ~Q(reader=""),
                name="wording_reviewed_by_somebody",
            ),
        ]


class Prompt(models.Model):
    """A recorded sentence of a box's page in one language. Heard by villagers once somebody other than its recorder approved it.

    `recorded_by` and `approved_by` are logins of officers, who may have recorded a villager's voice.
    """

    id = RandomId()
    box = models.ForeignKey(Box, on_delete=models.CASCADE, related_name="prompts")
    language = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    source = models.TextField()
    sound = models.BinaryField()
    seconds = models.FloatField()
    recorded_by = models.CharField(max_length=60)
    recorded_on = models.DateField()
    approved_by = models.CharField(max_length=60, blank=True)
    approved_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "language", "key"], name="prompt_once"),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_on=None) | ~Q(approved_by="") & Q(approved_on__isnull=False),
                name="prompt_approved_by_somebody",
            ),
        ]
