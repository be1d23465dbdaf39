"""When the time for which a dossier's data is kept has run out, they go; the row stays with code, procedure, dates and figures (C4)."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from keng.accounts.models import Citizen, Identity
from keng.core import ids
from keng.core.row_by_row import RowByRow
from keng.ledger.services import append, erase_salts
from keng.notify import services as notify
from keng.procedures import consents
from keng.procedures.dossiers.mailing import CHANNEL
from keng.procedures.dossiers.routing import today
from keng.procedures.filing.files import take_away
from keng.procedures.models import Attachment, Consent, DataRequest, Dossier, Draft, Event, Message, Supplement
from keng.signing import documents

DELETED = "procedures.dossier.deleted"
TESTS_KEPT = timedelta(days=7)
AT_ONCE = 500  # dossiers that one run of the chore erases; what is left is next hour's


def erase_due() -> int:
    """Erases what is due and forgets old tests; returns how many. The hourly chore; twice at once does no harm.

    Raises RowsFailed once all others had their turn.
    """
    due = Dossier.objects.filter(erase_on__lte=today(), erased_at=None).order_by("erase_on")
    tests = Dossier.objects.filter(test=True, submitted_at__lte=ids.now() - TESTS_KEPT)
    with RowByRow("procedures.erase_due") as rows:
        erased = rows.each(list(due.values_list("pk", flat=True)), _erase_row, most=AT_ONCE)
        return erased + rows.each(list(tests.values_list("pk", flat=True)), _forget_row, most=AT_ONCE)


def erase(dossier: Dossier) -> None:
    """Takes out of a held dossier all that tells of its resident, and of its ledger entries the salts; says so in the ledger.

    The resident's row goes too where nothing else of theirs is left and no e-identity signs in.
    """
    citizen = dossier.citizen
    _empty(dossier)
    if citizen is not None:  # a letter that still waits names both
        notify.take_back(channel=CHANNEL, address=citizen.email, about=[dossier.code])
        consents.forget_address(citizen)
    Event.objects.filter(dossier=dossier).exclude(note="").update(note="")
    Supplement.objects.filter(dossier=dossier).update(items=[])
    dossier.citizen, dossier.answers, dossier.erased_at = None, {}, ids.now()
    dossier.row_version += 1
    dossier.save(update_fields=["citizen", "answers", "erased_at", "row_version"])
    if citizen is not None:
        _forget_if_nothing_is_left(citizen)
    _say(dossier)


def forget_test(dossier: Dossier) -> None:
    """A test leaves nothing but its ledger entries."""
    _empty(dossier)
    _say(dossier)
    dossier.delete()


def _empty(dossier: Dossier) -> None:
    # One by one: bytes that were used again elsewhere pass on.
    for attachment in Attachment.objects.filter(dossier=dossier):
        take_away(attachment=attachment)
    for draft in Draft.objects.filter(supplements=dossier):
        for attachment in draft.attachments.all():
            take_away(attachment=attachment)
        draft.delete()
    documents.forget(case=dossier.code)
    Message.objects.filter(dossier=dossier).delete()
    Consent.objects.filter(dossier=dossier).delete()
    # Those under way too: nothing is left to correct or to erase, and their words tell of the resident.
    DataRequest.objects.filter(dossier=dossier).delete()


def _say(dossier: Dossier) -> None:
    # What an officer filled in for the resident was a case by its id until it had a code.
    number = erase_salts(case=dossier.code) + erase_salts(case=str(dossier.pk))
    append(
        verb=DELETED, subject=dossier.code, case=dossier.code, office=dossier.office.code, purpose=f"system:{number}"
    )


def _forget_if_nothing_is_left(citizen: Citizen) -> None:
    held = (Dossier, Draft, Attachment, Message, Consent, DataRequest, Identity)
    left = Citizen.objects.filter(pk=citizen.pk)
    for model in held:
        left = left.exclude(Exists(model.objects.filter(citizen=OuterRef("pk"))))
    for one in left:
        one.delete()


def _erase_row(pk: int) -> bool:
    dossier = _left(pk)
    if dossier is not None:
        erase(dossier)
    return dossier is not None


def _forget_row(pk: int) -> bool:
    dossier = _left(pk)
    if dossier is not None:
        forget_test(dossier)
    return dossier is not None


def _left(pk: int) -> Dossier | None:
    """The row, held; None where another process was quicker."""
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("office", "citizen")
    return rows.filter(pk=pk, erased_at=None).first()
