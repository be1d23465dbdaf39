"""What somebody is filling in, and the files that go with it."""

from django.db import models
from django.db.models import Q

from keng.accounts.models import Citizen, User
from keng.core.ids import RandomId
from keng.procedures.models.catalogue import ProcedureVersion
from keng.procedures.models.dossiers import Channel, Dossier
from keng.procedures.models.forms import FormVersion
from keng.units.models import Office, Unit


class Draft(models.Model):
    """An application that is not filed yet. `filed_by` and `office`: of the officer who fills it in for somebody (assisted mode).

    `answers` by field name; `step` the page of the form that it stands at; `unit` the commune that it concerns. `test`: an officer tries
    the form; what comes of it is in no figure. `supplements`: the dossier whose one request for more it answers. Drafts that nobody touched
    for 30 days go.
    """

    id = RandomId()
    citizen = models.ForeignKey(Citizen, null=True, blank=True, on_delete=models.CASCADE, related_name="drafts")
    filed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.ONLINE)
    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="+")
    form = models.ForeignKey(FormVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supplements = models.ForeignKey(
        Dossier, null=True, blank=True, on_delete=models.CASCADE, related_name="supplement_drafts"
    )
    answers = models.JSONField(default=dict)
    step = models.PositiveSmallIntegerField(default=0)
    test = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel=Channel.ONLINE, filed_by=None, office=None)
                | Q(filed_by__isnull=False, office__isnull=False),
                name="draft_filed_by_somebody",
            ),
            models.CheckConstraint(condition=Q(citizen__isnull=False) | Q(test=True), name="draft_of_somebody"),
        ]


class Attachment(models.Model):
    """A file: of a draft, of a dossier, or the result of one (`result`). Whose it is, `citizen` says; `field` is the form field it answers.

    `name` is the file's own name, cleaned; `kind` the media type that it was found to be; `size` (bytes) and `sha256` (hex) are of the
    plain file. One used again (`again`) has no bytes of its own.
    """

    id = RandomId()
    citizen = models.ForeignKey(Citizen, null=True, blank=True, on_delete=models.CASCADE, related_name="papers")
    draft = models.ForeignKey(Draft, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments")
    dossier = models.ForeignKey(Dossier, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments")
    field = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    result = models.BooleanField(default=False)
    again = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="uses")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(draft=None) | Q(dossier=None), name="attachment_in_one_place"),
        ]


class AttachmentBytes(models.Model):
    """The file's bytes as an age file (`keng.core.at_rest`), in a table of their own so that no list reads them."""

    attachment = models.OneToOneField(Attachment, primary_key=True, on_delete=models.CASCADE, related_name="bytes")
    sealed = models.BinaryField()
