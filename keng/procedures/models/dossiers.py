"""A dossier: what was applied for, who works on it, until when, and every turn of it."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Right
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Citizen, User
from keng.core.ids import RandomId, now
from keng.procedures.models.catalogue import Procedure, ProcedureVersion
from keng.procedures.models.forms import FormVersion
from keng.units.models import Office, Unit


class Channel(models.TextChoices):
    ONLINE = "online", _("trực tuyến")
    COUNTER = "counter", _("tại quầy")
    HOME = "home", _("tại nhà")


class State(models.TextChoices):
    """Where a dossier stands; `keng.procedures.dossiers.states` says what may follow what."""

    SUBMITTED = "submitted", _("mới nộp")
    WAITING = "waiting", _("chờ bổ sung")
    PROCESSING = "processing", _("đang giải quyết")
    DONE = "done", _("có kết quả")
    RETURNED = "returned", _("đã trả kết quả")
    REFUSED = "refused", _("từ chối")
    WITHDRAWN = "withdrawn", _("đã rút")
    STOPPED = "stopped", _("dừng giải quyết")


OPEN = (State.SUBMITTED, State.WAITING, State.PROCESSING, State.DONE)
RUNNING = (State.SUBMITTED, State.PROCESSING)


class Pile(models.TextChoices):
    """Where the queue keeps a dossier: one of its tabs, or out of them (filed to try a form out)."""

    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    CLOSED = "closed"
    TEST = "test"


PILE_OF_STATE = Case(
    When(test=True, then=Value(Pile.TEST)),
    When(state__in=[State.SUBMITTED, State.PROCESSING], then=Value(Pile.RUNNING)),
    When(state=State.WAITING, then=Value(Pile.WAITING)),
    When(state=State.DONE, then=Value(Pile.DONE)),
    default=Value(Pile.CLOSED),
)


class DossierNumber(models.Model):
    """The last number given in a unit on a day: the row that whoever numbers a dossier holds until it is kept."""

    unit = models.CharField(max_length=10)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="dossier_number_once")]


class Dossier(models.Model):
    """One application under one version of a procedure.

    `unit` is the commune that it concerns, `received_by` the office at whose counter it was filed (None online), `first_office` the one
    that received it (that counter; online where it was first routed to), `office` the one that holds it now, `owner` who works on it,
    `closing_office` the one that ended it. `step` is the index of the version's internal step, due at `step_due`. The clock runs from
    `accepted_at` to `due`, which pauses move; `first_due` stays. `closed_at`: a result was ready,
    or it ended without one; `in_time` is settled then.
    The database keeps four columns by itself. For the queue: its pile, the moment that it is sorted by there (closed, or else due, or
    else the step's time), and the code's last four digits. For the figures: the office that answers for it, which ended it or holds it.
    Erased (C4): `citizen` and `answers` are gone, the row stays, so that codes keep no gap. `row_version` rises with every change.
    """

    id = RandomId()
    code = models.CharField(max_length=30, unique=True)
    citizen = models.ForeignKey(Citizen, null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="dossiers")
    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="dossiers")
    form = models.ForeignKey(FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    received_by = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    first_office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+", db_index=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    closing_office = models.ForeignKey(
        Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.SUBMITTED)
    step = models.PositiveSmallIntegerField(default=0)
    step_due = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(default=now)
    accepted_at = models.DateTimeField(null=True, blank=True)
    first_due = models.DateTimeField(null=True, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    in_time = models.CharField(
        max_length=5, blank=True, choices=[("early", _("trước hạn")), ("on", _("đúng hạn")), ("late", _("quá hạn"))]
    )
    answers = models.JSONField(default=dict)
    # Office time from acceptance to closing, pauses left out: reckoned by the calendar of that day, when it closes.
    worked_minutes = models.PositiveIntegerField(null=True, blank=True)
    test = models.BooleanField(default=False)
    erase_on = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    row_version = models.PositiveIntegerField(default=1)
    pile = models.GeneratedField(
        expression=PILE_OF_STATE, output_field=models.CharField(max_length=8, choices=Pile.choices), db_persist=True
    )
    queue_at = models.GeneratedField(
        expression=Coalesce("closed_at", "due", "step_due", "submitted_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    last4 = models.GeneratedField(
        expression=Right("code", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    answering = models.GeneratedField(
        expression=Coalesce("closing_office", "office"), output_field=models.BigIntegerField(), db_persist=True
    )

    class Meta:
        indexes = [
            # The queue's pages and counts, of one office or of the whole province, are read from these alone, filters and all.
            models.Index(
                fields=["office", "pile", "queue_at", "id", "procedure", "state", "channel", "owner", "step"],
                name="dossier_pile_of_office",
            ),
            models.Index(
                fields=["pile", "queue_at", "id", "office", "procedure", "state", "channel", "owner", "step"],
                name="dossier_pile",
            ),
            models.Index(fields=["owner", "pile", "queue_at", "id"], name="dossier_pile_of_owner"),
            # The same in the order of the steps' ends, for late ones: of open dossiers alone.
            models.Index(
                fields=[
                    "office",
                    "pile",
                    "step_due",
                    "id",
                    "queue_at",
                    "procedure",
                    "state",
                    "channel",
                    "owner",
                    "step",
                ],
                condition=Q(step_due__isnull=False),
                name="dossier_step_of_office",
            ),
            models.Index(
                fields=[
                    "pile",
                    "step_due",
                    "id",
                    "queue_at",
                    "office",
                    "procedure",
                    "state",
                    "channel",
                    "owner",
                    "step",
                ],
                condition=Q(step_due__isnull=False),
                name="dossier_step",
            ),
            models.Index(
                fields=["owner", "pile", "step_due", "id"],
                condition=Q(step_due__isnull=False),
                name="dossier_step_of_owner",
            ),
            models.Index(fields=["office", "last4", "-submitted_at"], name="dossier_digits_of_office"),
            models.Index(fields=["last4", "-submitted_at"], name="dossier_digits"),
            models.Index(fields=["first_office", "-submitted_at"], name="dossier_received_by_office"),
            models.Index(fields=["answering", "-submitted_at"], name="dossier_of_answering"),
            models.Index(fields=["answering", "-closed_at"], name="dossier_closed_of_answering"),
            models.Index(fields=["citizen", "-submitted_at"], name="dossier_of_citizen"),
            models.Index(fields=["erase_on"], condition=Q(erased_at=None), name="dossier_to_erase"),
            models.Index(fields=["submitted_at"], condition=Q(test=True), name="dossier_tests"),
            # How long a commune really takes (`keng.procedures.times`) is read from this alone.
            models.Index(
                fields=["unit", "procedure", "closed_at", "test", "state", "in_time", "worked_minutes"],
                condition=Q(closed_at__isnull=False),
                name="dossier_times_of_unit",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(due__isnull=False), name="dossier_accepted_is_due"
            ),
            models.CheckConstraint(
                condition=Q(citizen__isnull=False) | Q(test=True) | Q(erased_at__isnull=False),
                name="dossier_of_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and self.first_office_id is None:
            self.first_office_id = self.received_by_id or self.office_id
        super().save(*args, **kwargs)


class Pause(models.Model):
    """The clock stands still from `since` to `until` (None: still): a supplement is awaited."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="pauses")
    since = models.DateTimeField(default=now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(until=None), name="pause_once_at_a_time"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="pause_in_order"),
        ]


class Supplement(models.Model):
    """The one request for more that a dossier may get, whole: `items` are {"title", "why", "field"}.

    Unanswered by `by_day`, it is stopped.
    """

    dossier = models.OneToOneField(Dossier, primary_key=True, on_delete=models.CASCADE, related_name="supplement")
    items = models.JSONField()
    by_day = models.DateField()
    asked_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by_day"], condition=Q(answered_at=None), name="supplement_awaited")]


class Event(models.Model):
    """One turn of a dossier, for its time line. `kind` is the ledger verb's last word; `by` a login ("" the resident), `office` a code.

    `note` is for people (a reason, to whom); it goes when the dossier is erased. `entry` is the ledger entry's id.
    """

    id = RandomId()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=now)
    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=State.choices, blank=True)
    office = models.CharField(max_length=60, blank=True)
    by = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=500, blank=True)
    entry = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dossier", "at"], name="event_of_dossier")]
