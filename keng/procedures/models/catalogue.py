"""What is posted: fields, life events, procedures and their dated versions."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core.ids import RandomId, now
from keng.core.models import Clock
from keng.core.text import fold
from keng.procedures.errors import Conflict
from keng.procedures.models.forms import Form, FormVersion
from keng.units.models import OfficeKind, Searchable

FIXED = _("Bản này đã công bố nên giữ nguyên mãi mãi: muốn đổi thì soạn bản mới.")
LONGEST_NAME = 300
MAY_STILL_CHANGE = {"valid_to"}  # of a published version: when the next one takes over


class CostKind(models.TextChoices):
    """What a cost is, by the law on fees and charges (97/2015/QH13): for a piece of state administration, or for a service."""

    FEE = "fee", _("lệ phí")
    CHARGE = "charge", _("phí")


class Field(Searchable):
    """A field of administration (lĩnh vực): residence, civil status …"""

    slug = models.SlugField(max_length=60, unique=True)
    order = models.PositiveSmallIntegerField(default=0)


class LifeEvent(Searchable):
    """What brings people to an office: a child is born, one moves house. `icon` names a drawing of the public page."""

    slug = models.SlugField(max_length=60, unique=True)
    icon = models.CharField(max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(default=0)


class Procedure(models.Model):
    """A procedure as such, under its national code (`1.004222`): where it is found; all that is published of it stands in its versions."""

    code = models.CharField(max_length=40, unique=True)
    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="procedures")
    life_events = models.ManyToManyField(LifeEvent, blank=True, related_name="procedures")
    form = models.ForeignKey(Form, null=True, blank=True, on_delete=models.PROTECT, related_name="procedures")
    retired_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.code


class VersionQuerySet(models.QuerySet["ProcedureVersion"]):
    def in_force(self) -> Self:
        """Published, begun, not ended, of procedures that were not retired: what is posted today and may be applied for."""
        today = timezone.localdate()
        begun = Q(published_at__isnull=False, valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))
        return self.filter(begun & (Q(procedure__retired_on=None) | Q(procedure__retired_on__gt=today)))


class ProcedureVersion(models.Model):
    """All that is published of a procedure from `valid_from` until before `valid_to`. A published one never changes, save that it ends;
    the database itself refuses (`keng.procedures.catalogue.triggers`), also where a dossier was filed under one not published.

    `competent` is the kind of office that decides it; `level` whether that is the commune's or the province's: a dossier goes by those of
    its own version, whatever is published later.

    Lists, as JSON; every text is Vietnamese prose for the public page:
    `ways`: {"way": online|counter|post, "note"}
    `steps`: {"title", "text", "office": an OfficeKind or "" (the competent one), "hours": working hours}; the internal ones with hours are
      a dossier's steps, the first being the intake's check
    `costs`: {"kind": fee|charge, "amount": VND, "note"}
    `documents`: {"title", "original": copies, "copy": copies, "note", "field": name of the form's file field or ""}
    `bases`: {"title", "number", "date": ISO or "", "issuer"}
    `papers`: {"title", "number"} (printed forms, "mẫu đơn, tờ khai")
    """

    class Level(models.TextChoices):
        COMMUNE = "commune", "cấp xã"
        PROVINCE = "province", "cấp tỉnh"

    class Online(models.TextChoices):
        FULL = "full", "toàn trình"
        PARTIAL = "partial", "một phần"
        NONE = "none", "chưa có trực tuyến"

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    search_key = models.CharField(max_length=LONGEST_NAME, editable=False)
    agency = models.CharField(max_length=200)
    level = models.CharField(max_length=10, choices=Level.choices, default=Level.COMMUNE)
    competent = models.CharField(max_length=30, choices=OfficeKind.choices)
    applicants = models.CharField(max_length=300, blank=True)
    ways = models.JSONField(default=list)
    steps = models.JSONField(default=list)
    amount = models.PositiveSmallIntegerField()  # the whole time promised, in `time_unit`
    time_unit = models.CharField(max_length=16, choices=Clock.Unit.choices, default=Clock.Unit.WORKING_DAYS)
    time_note = models.TextField(blank=True)
    costs = models.JSONField(default=list)
    documents = models.JSONField(default=list)
    conditions = models.TextField(blank=True)
    bases = models.JSONField(default=list)
    papers = models.JSONField(default=list)
    result = models.CharField(max_length=300)
    online = models.CharField(max_length=8, choices=Online.choices, default=Online.NONE)
    identity_level = models.PositiveSmallIntegerField(default=2)  # of e-identity: 1 or 2
    retention_months = models.PositiveSmallIntegerField(default=60)
    form = models.ForeignKey(FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sample = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = VersionQuerySet.as_manager()

    class Meta:
        # The newest publication tells the search at once whether what it remembers is still so.
        indexes = [models.Index(fields=["published_at"], name="version_published")]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(valid_to=None, published_at__isnull=False), name="version_newest_once"
            ),
            models.UniqueConstraint(fields=["procedure"], condition=Q(published_at=None), name="version_draft_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="version_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(identity_level__in=(1, 2)), name="version_identity_level"),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="version_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Conflict for a change of a published version."""
        self.search_key = fold(self.name)[:LONGEST_NAME]
        changing = kwargs.get("update_fields")
        if not self._state.adding and not (changing and set(changing) <= MAY_STILL_CHANGE):
            if ProcedureVersion.objects.filter(pk=self.pk, published_at__isnull=False).exists():
                raise Conflict(FIXED, "fixed")
            if changing and "name" in changing:
                kwargs["update_fields"] = {*changing, "search_key"}
        super().save(*args, **kwargs)


class HandedIn(models.Model):
    """A catalogue's file between being looked at and being brought in: what was shown is what is done. Gone after an hour.

    `body` is the file as it came (a catalogue is public: nothing to seal), `digest` its SHA-256 in hex, `mark` that of the changes shown.
    """

    id = RandomId()
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)
    name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    mark = models.CharField(max_length=64)
    publish_from = models.DateField(null=True, blank=True)
    body = models.BinaryField()
