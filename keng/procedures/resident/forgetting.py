"""When a person is no longer known here: they removed their own page, or stayed away and nothing of theirs is left (C4).

A dossier is kept by its office until its own time is over, and with it number, name and birth day; that erases them (`dossiers.erasing`).
"""

from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from keng.accounts.citizens import leaving
from keng.accounts.models import Citizen, Identity
from keng.core.group_commit import group_commit
from keng.core.row_by_row import RowByRow
from keng.procedures import consents
from keng.procedures.filing import drafts, files
from keng.procedures.models import Attachment, Consent, DataRequest, Dossier, Draft, Message

AT_ONCE = 500  # people that one run of the chore erases


def remove(*, citizen: Citizen) -> bool:
    """Everything that is the resident's own goes at once, and they are signed in nowhere; returns whether nothing at all is left.

    Drafts (also those that an officer fills in for them), messages, papers and consents of no dossier, e-identity, phone, e-mail.
    What belongs to a dossier stays with it. Pressed twice it is done once.
    """

    def job() -> bool:
        _drafts_of(citizen)  # before the person is held: whoever files holds the draft first
        held = Citizen.objects.select_for_update().filter(pk=citizen.pk).first()
        if held is None:
            return True
        _clear(held)
        leaving.unlink(held)
        if Dossier.objects.filter(citizen=held).exists():
            return False
        leaving.forget(held)
        return True

    return group_commit(job)


def forget_absent() -> int:
    """Erases who has not signed in for `IDENTITY_MONTHS` and of whom no dossier and no draft is left; returns how many. The daily chore.

    Raises RowsFailed once all others had their turn.
    """

    def forget(key: int) -> bool:
        Citizen.objects.select_for_update().filter(pk=key).first()
        held = absent().filter(pk=key).first()  # asked anew: they may have come meanwhile
        if held is not None:
            _clear(held)
            leaving.forget(held)
        return held is not None

    with RowByRow("procedures.forget_absent") as rows:
        return rows.each(list(absent().values_list("pk", flat=True)), forget, most=AT_ONCE)


def absent() -> "QuerySet[Citizen]":
    """Who signed in once, not since then, and has nothing here that is not to be cleared away with them."""
    theirs = {"citizen": OuterRef("pk")}
    signed_in = Identity.objects.filter(**theirs)
    return Citizen.objects.filter(
        Exists(signed_in),
        ~Exists(signed_in.filter(used_on__gte=known_since())),
        ~Exists(Dossier.objects.filter(**theirs)),
        ~Exists(Draft.objects.filter(**theirs)),
    )


def known_since() -> date:
    """The day on or after which somebody must have signed in, to be known today."""
    day = timezone.localdate()
    years, month = divmod(day.year * 12 + day.month - 1 - int(settings.IDENTITY_MONTHS), 12)
    return date(years, month + 1, min(day.day, 28))


def _clear(citizen: Citizen) -> None:
    """What is of no dossier. Standing consents end first, as by their own button: then nothing uses them any more (C3)."""
    for consent in Consent.objects.filter(citizen=citizen, dossier=None, withdrawn_at=None):
        consents.withdraw(consent=consent, by_citizen=citizen)
    _drafts_of(citizen)
    Consent.objects.filter(citizen=citizen, dossier=None).delete()
    DataRequest.objects.filter(citizen=citizen, dossier=None).delete()
    Message.objects.filter(citizen=citizen).delete()
    for paper in Attachment.objects.filter(citizen=citizen, dossier=None):
        files.take_away(attachment=paper)


def _drafts_of(citizen: Citizen) -> None:
    for draft in Draft.objects.filter(citizen=citizen):
        drafts.delete(draft=draft)
