"""Consent to one purpose at a time: given by a press or before an officer, never by silence, and withdrawn in one step (C3)."""

from http import HTTPStatus

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Citizen, User
from keng.core import ids
from keng.ledger.services import append
from keng.notify import services as notify
from keng.procedures.errors import NotAllowed, Refused
from keng.procedures.filing import files
from keng.procedures.models import Attachment, Consent, Dossier, Draft

ASSISTED, SUPPLEMENT = "assisted", "supplement"
NOT_AGREED = _("Người này chưa đồng ý, hoặc đã rút lại. Hỏi lại rồi hãy nộp.")
REMOVED = _("Trang của bà con vừa được xoá ở một cửa sổ khác.")
# What may be consented to, and how the resident's page says it.
PURPOSES: dict[str, str | Promise] = {
    ASSISTED: _("Cán bộ nộp hồ sơ thay tôi."),
    SUPPLEMENT: _("Cán bộ nhập phần bổ sung thay tôi."),
    "reuse": _("Dùng lại giấy tờ tôi đã nộp ở hồ sơ trước cho hồ sơ mới."),
    "email": _("Báo cho tôi qua thư điện tử khi hồ sơ có bước mới."),
}


@transaction.atomic
def give(
    *,
    citizen: Citizen,
    purpose: str,
    dossier: Dossier | None,
    how: str,
    witness: User | None,
    draft: Draft | None = None,
) -> Consent:
    """Of one dossier, of what an officer begins to fill in (`draft`), or (None) of all until withdrawn. One that stands already stays.

    Raises KeyError for an unknown purpose, ValueError for an unknown way to give it, Refused where the person is no longer known here.
    """
    PURPOSES[purpose]
    key = draft.pk if draft else None
    _held(citizen)
    same = Consent.objects.filter(citizen=citizen, purpose=purpose, dossier=dossier, draft=key)
    standing = same.filter(withdrawn_at=None).first()
    if standing is not None:
        return standing
    given = Consent.objects.create(
        citizen=citizen, purpose=purpose, dossier=dossier, draft=key, version=draft.version if draft else None,
        how=Consent.How(how), witness=witness,
    )  # fmt: skip
    _note("given", given, by=witness)
    return given


def of_draft(draft: Draft) -> Consent | None:
    """Under which an officer fills it in; None where the person took it back, or never gave it."""
    return Consent.objects.filter(draft=draft.pk, withdrawn_at=None).first()


def carry(*, draft: Draft, dossier: Dossier) -> None:
    """What an officer filled in is filed, in the caller's transaction: its consent is the dossier's. Raises NotAllowed if none stands."""
    if draft.filed_by_id is None or draft.test:
        return
    standing = Consent.objects.filter(draft=draft.pk, purpose=ASSISTED, withdrawn_at=None)
    if not standing.update(dossier=dossier):
        raise NotAllowed(NOT_AGREED, "no_consent")


def end(*, draft: Draft) -> None:
    """Nothing comes of what an officer filled in: its consent has ended with it, in the caller's transaction."""
    for consent in Consent.objects.filter(draft=draft.pk, withdrawn_at=None):
        Consent.objects.filter(pk=consent.pk).update(withdrawn_at=ids.now())
        _note("ended", consent, by=None)


@transaction.atomic
def withdraw(*, consent: Consent, by_citizen: Citizen) -> None:
    """At once, and for all that it allowed. Withdrawn twice is withdrawn once. Raises NotAllowed for somebody else's."""
    if consent.citizen_id != by_citizen.pk:
        raise NotAllowed(_("Đây không phải sự đồng ý của bà con."), "not_theirs")
    # Before the consent, as filing does.
    draft = Draft.objects.select_for_update().filter(pk=consent.draft).first() if consent.draft else None
    if Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=ids.now()):
        _note("withdrawn", consent, by=None)
        if consent.purpose == "reuse":
            _take_papers_back(by_citizen)
        elif consent.purpose == "email":
            _take_letters_back(by_citizen)
            forget_address(by_citizen)
        elif draft is not None:
            files.take_all_away(draft=draft)
            draft.delete()


@transaction.atomic
def move(*, citizen: Citizen, email: str) -> None:
    """Letters go to that address from now on; those that wait for another one of theirs go nowhere: the news is on the page.

    Raises Refused where the person is no longer known here.
    """
    before = _held(citizen).email
    if before != email:
        about = list(Dossier.objects.filter(citizen=citizen).values_list("code", flat=True))
        notify.take_back(channel="email", address=before, about=about)
        citizen.email = email
        citizen.save(update_fields=["email"])


def forget_address(citizen: Citizen) -> None:
    """An address to which no consent leads any more is not kept; in the caller's transaction."""
    Citizen.objects.select_for_update(no_key=True).filter(pk=citizen.pk).first()
    if not Consent.objects.filter(citizen=citizen, purpose="email", withdrawn_at=None).exists():
        Citizen.objects.filter(pk=citizen.pk).exclude(email="").update(email="")
        citizen.email = ""


def _held(citizen: Citizen) -> Citizen:
    held = Citizen.objects.select_for_update(no_key=True).filter(pk=citizen.pk).first()
    if held is None:
        raise Refused(REMOVED, "gone", HTTPStatus.NOT_FOUND)
    return held


def _take_papers_back(citizen: Citizen) -> None:
    """Papers used again leave the drafts that they were put into; what was filed with them stays filed."""
    for paper in Attachment.objects.filter(citizen=citizen, draft__isnull=False, again__isnull=False):
        files.take_away(attachment=paper)


def _take_letters_back(citizen: Citizen) -> None:
    """Letters that still wait in the outbox, but for dossiers for which another consent stands."""
    dossiers = Dossier.objects.filter(citizen=citizen).only("code")
    about = [one.code for one in dossiers if not holds(citizen=citizen, purpose="email", dossier=one)]
    notify.take_back(channel="email", address=citizen.email, about=about)


def holds(*, citizen: Citizen | None, purpose: str, dossier: Dossier | None = None) -> bool:
    """Whether it stands now: for all, or for this dossier."""
    standing = Consent.objects.filter(citizen=citizen, purpose=purpose, withdrawn_at=None)
    return citizen is not None and standing.filter(Q(dossier=None, draft=None) | Q(dossier=dossier)).exists()


def _note(what: str, consent: Consent, *, by: User | None) -> None:
    code = consent.dossier.code if consent.dossier else str(consent.draft or "")
    append(
        verb=f"procedures.consent.{what}", subject=code or consent.purpose, by=by.username if by else "",
        purpose=f"{'officer' if by else 'citizen'}:{consent.purpose}", case=code,
    )  # fmt: skip
