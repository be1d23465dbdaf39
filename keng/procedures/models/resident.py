"""What a resident is told, allows and asks for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Citizen, User
from keng.core.ids import RandomId, now
from keng.procedures.models.catalogue import ProcedureVersion
from keng.procedures.models.dossiers import Dossier
from keng.units.models import Office


class Message(models.Model):
    """A line on the resident's own page: `kind` names the sentence, `values` what stands in it (dates, a code; no free text of others)."""

    id = RandomId()
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="messages")
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=24)
    values = models.JSONField(default=dict)
    at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["citizen", "-at"], name="message_of_citizen")]


class Consent(models.Model):
    """Consent to one purpose (`keng.procedures.consents.PURPOSES`), of one dossier or (None) until withdrawn. Never given by silence.

    `how` it was given: pressed by the resident, or spoken or written before an officer, who is `witness`. `draft`: the id of what an
    officer fills in for the resident under it, and of the dossier that comes of it; `version` what it applies for. Both outlive the draft.
    """

    class How(models.TextChoices):
        ONLINE = "online", _("tự bấm")
        SPOKEN = "spoken", _("nói trước cán bộ")
        WRITTEN = "written", _("ký giấy")

    id = RandomId()
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.CASCADE, related_name="consents")
    draft = models.BigIntegerField(null=True, blank=True)
    version = models.ForeignKey(ProcedureVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices)
    witness = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["citizen", "purpose", "dossier"], condition=Q(withdrawn_at=None), name="consent_once"
            ),
            models.UniqueConstraint(
                fields=["citizen", "purpose"],
                condition=Q(withdrawn_at=None, dossier=None, draft=None),
                name="consent_general_once",
            ),
            models.UniqueConstraint(fields=["draft"], condition=Q(withdrawn_at=None), name="consent_of_draft_once"),
            models.CheckConstraint(
                condition=Q(how="online", witness=None) | Q(witness__isnull=False), name="consent_witnessed"
            ),
        ]


class DraftLook(models.Model):
    """An officer opened what they fill in for a resident, under that resident's consent: a dossier's looks have an Event instead.

    `title` of the file that was opened, "" for the draft itself; `entry` is the ledger entry's id, whose case is the draft's.
    """

    id = RandomId()
    consent = models.ForeignKey(Consent, on_delete=models.CASCADE, related_name="looks")
    at = models.DateTimeField(default=now)
    title = models.CharField(max_length=200, blank=True)
    entry = models.BigIntegerField(unique=True)


class DataRequest(models.Model):
    """A resident asks for their data to be corrected or erased; the office answers by `answer_by` and has acted by `act_by`."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("sửa dữ liệu")
        ERASURE = "erasure", _("xoá dữ liệu")

    class State(models.TextChoices):
        FILED = "filed", _("đã gửi")
        AGREED = "agreed", _("đã nhận làm")
        REFUSED = "refused", _("không làm được")
        DONE = "done", _("đã làm")
        WITHDRAWN = "withdrawn", _("đã rút")

    id = RandomId()
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, related_name="requests")
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.SET_NULL, related_name="requests")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.FILED)
    answer = models.TextField(blank=True)
    filed_at = models.DateTimeField(default=now)
    answer_by = models.DateTimeField()
    act_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["office", "state"], name="request_of_office")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="request_answered_by_somebody",
            )
        ]
