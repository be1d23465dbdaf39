"""Drafts: begun, saved page by page, brought to a newer version of the procedure, filed, forgotten. Knows no face."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Citizen, User
from keng.core import ids
from keng.core.group_commit import group_commit
from keng.core.holding import held
from keng.core.row_by_row import RowByRow
from keng.procedures import consents, forms
from keng.procedures.dossiers import supplements
from keng.procedures.errors import Conflict, Refused
from keng.procedures.filing import files
from keng.procedures.filing.known import known
from keng.procedures.models import Channel, Dossier, Draft, ProcedureVersion
from keng.units.models import Office, Unit

KEPT = timedelta(days=30)  # untouched
MOST_DRAFTS = 20  # of one person: nobody fills in more at a time, and each may hold 30 MB
MOST_ANSWERS = 200_000  # characters of JSON
NOT_ONLINE = _("Thủ tục này chưa nộp được trên mạng. Mời bà con đến Trung tâm Phục vụ hành chính công.")
TOO_MANY = _("Bà con đang có %(most)s bản nháp. Xoá bớt bản không dùng rồi nộp tiếp.")
GONE = _("Bản nháp này không còn: đã nộp, đã xoá, hoặc quá 30 ngày không dùng.")
ELSEWHERE = _("Trang này vừa được sửa ở một cửa sổ khác. Bà con xem lại cả hai bản rồi chọn.")
LOWER = _(
    "Thủ tục này vừa có bản mới, chỉ cần định danh mức 1. Bản nháp khai ở mức 2 đã được xoá; mời bà con khai lại."
)
TOO_LONG = _("Nội dung dài quá. Bà con viết ngắn lại.")


class Gone(Refused):
    """No such draft, or not this person's: the same answer."""

    status = int(HTTPStatus.NOT_FOUND)

    def __init__(self) -> None:
        super().__init__(GONE, "gone")


class Elsewhere(Conflict):
    """The page was saved by another window meanwhile. `draft` is as it stands now."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(ELSEWHERE, "elsewhere")
        self.draft = draft


@dataclass(frozen=True)
class Renewed:
    """What a newer version of the procedure changed in a draft: labels of what is no longer asked for, and of what is new."""

    name: str
    dropped: tuple[str, ...]
    added: tuple[str, ...]


def posted(code: str) -> ProcedureVersion | None:
    """What is posted today of the procedure; None where it is unknown, retired or not begun."""
    found = ProcedureVersion.objects.in_force().filter(procedure__code=code.replace("\x00", ""))
    return found.select_related("procedure__field", "form__form").first()


def fillable(version: ProcedureVersion) -> bool:
    """Whether it is filed by a form on the web."""
    return version.online != ProcedureVersion.Online.NONE and version.form_id is not None


def start(
    *,
    version: ProcedureVersion,
    citizen: Citizen | None,
    unit: Unit | None = None,
    filed_by: User | None = None,
    office: Office | None = None,
    channel: str = Channel.ONLINE,
    test: bool = False,
    agreed: str = "",
) -> Draft:
    """A draft of that procedure: the one that the same person has begun (by the same officer), or a new one. Raises Refused.

    `agreed`: how the person for whom an officer fills it in consented to that (`Consent.How`); it is kept in the same transaction.
    Raises ValueError where it is not said.
    """
    if channel == Channel.ONLINE and not test and not fillable(version):
        raise Refused(NOT_ONLINE, "not_online")

    def job() -> Draft:
        mine = Draft.objects.filter(citizen=citizen, filed_by=filed_by, channel=channel, test=test, supplements=None)
        draft = _begun(mine, citizen, version) or Draft.objects.create(
            citizen=citizen, version=version, form=version.form, unit=unit, filed_by=filed_by, office=office,
            channel=channel, test=test, answers=known(citizen, version.form, own=filed_by is None),
        )  # fmt: skip
        if citizen is not None and filed_by is not None and not test:
            consents.give(
                citizen=citizen, purpose=consents.ASSISTED, dossier=None, draft=draft, how=agreed, witness=filed_by
            )
        return draft

    return group_commit(job)


def answering(
    *, dossier: Dossier, filed_by: User | None = None, office: Office | None = None, agreed: str = ""
) -> Draft:
    """The draft in which the dossier's request for more is answered, begun with the answers that the dossier has.

    There is one of the resident's own and one of the officers' (`filed_by`, at `office`): who comes second goes on with what the first
    filled in, under a consent given before them (`agreed`, as in `start`), and the first is out of it. Raises Conflict where an officer
    would answer what is not awaited.
    """
    channel = Channel.ONLINE if filed_by is None else Channel.COUNTER

    def job() -> Draft:
        fresh = Dossier.objects.select_for_update().get(pk=dossier.pk)
        if filed_by is not None:
            supplements.awaited(fresh)
        same = Draft.objects.select_for_update().filter(supplements=dossier, filed_by__isnull=filed_by is None)
        draft = same.first()  # held before its consent, as taking that back does
        if draft is None:
            draft = Draft.objects.create(
                citizen=dossier.citizen, version=dossier.version, form=dossier.form, unit=dossier.unit,
                answers=dossier.answers, supplements=dossier, filed_by=filed_by, office=office, channel=channel,
            )  # fmt: skip
        elif draft.filed_by != filed_by:
            consents.end(draft=draft)
            draft.filed_by, draft.office = filed_by, office
            draft.save(update_fields=["filed_by", "office", "updated_at"])
        if filed_by is not None and dossier.citizen is not None:
            consents.give(
                citizen=dossier.citizen, purpose=consents.SUPPLEMENT, dossier=dossier, draft=draft, how=agreed,
                witness=filed_by,
            )  # fmt: skip
        return draft

    return group_commit(job)


def answer_of(*, dossier: Dossier, filed_by: User) -> Draft | None:
    """What this officer fills in to answer the dossier's request for more, while the resident's consent to it stands."""
    related = ("version__procedure", "form", "unit__parent", "citizen", "office", "supplements")
    found = Draft.objects.filter(supplements=dossier, filed_by=filed_by).select_related(*related).first()
    return found if found is not None and consents.of_draft(found) is not None else None


def open_draft(*, draft: int, citizen: Citizen | None = None, filed_by: User | None = None) -> Draft:
    """The draft of that id, if it is this resident's own or this officer's for somebody. Raises Gone, whatever the reason."""
    whose = {"filed_by": filed_by} if filed_by is not None else {"citizen": citizen, "filed_by": None}
    if filed_by is None and citizen is None:
        raise Gone
    related = ("version__procedure", "form", "unit__parent", "citizen", "office", "supplements")
    found = Draft.objects.filter(pk=draft, **whose).select_related(*related).first()
    if found is None:
        raise Gone
    return found


def of(citizen: Citizen) -> list[Draft]:
    """The resident's own drafts, last touched first. One query."""
    mine = Draft.objects.filter(citizen=citizen, filed_by=None, test=False, supplements=None).select_related(
        "version__procedure", "unit"
    )
    return list(mine.order_by("-updated_at")[:MOST_DRAFTS])


def mark(draft: Draft, names: Iterable[str]) -> str:
    """Of these fields' answers as they stand: a page bears it, and who saves says which they saw."""
    answers = [[name, draft.answers.get(name)] for name in sorted(names)]
    return hashlib.sha256(json.dumps(answers, sort_keys=True).encode()).hexdigest()[:16]


def save(*, draft: Draft, answers: Mapping[str, Any], seen: str, step: int) -> Draft:
    """Keeps a page's answers (None: emptied) and that the draft stands at `step`; brings `draft` up to date and returns it.

    `seen` is the page's `mark` when it was shown. Raises Elsewhere where other answers were saved since, Gone, Refused.
    """

    def job() -> Draft:
        fresh = _held(draft)
        if mark(fresh, answers) != seen and any(fresh.answers.get(name) != value for name, value in answers.items()):
            raise Elsewhere(fresh)
        merged = {name: value for name, value in (fresh.answers | dict(answers)).items() if value is not None}
        if len(json.dumps(merged, ensure_ascii=False)) > MOST_ANSWERS:
            raise Refused(TOO_LONG, "long", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        fresh.answers, fresh.step = merged, step
        fresh.save(update_fields=["answers", "step", "updated_at"])
        return fresh

    fresh = group_commit(job)
    draft.answers, draft.step, draft.updated_at = fresh.answers, fresh.step, fresh.updated_at
    return draft


def place(*, draft: Draft, unit: Unit) -> None:
    """The commune that it concerns."""
    if not Draft.objects.filter(pk=draft.pk).update(unit=unit, updated_at=ids.now()):
        raise Gone
    draft.unit = unit


def renew(*, draft: Draft) -> Renewed | None:
    """Brings a draft whose version is no longer posted to the one that is; None where nothing changed. Raises Refused where there is none.

    Answers to questions that both ask stay, and all files whose field is still there; the rest goes, and is named. Where a lower level of
    e-identity suffices now, a resident's own draft is deleted and Refused raised: what was given at level 2 would be read at level 1.
    """
    code = draft.version.procedure.code
    now = posted(code)
    if now is None or (draft.channel == Channel.ONLINE and not fillable(now)):
        raise Refused(NOT_ONLINE, "not_online")
    if now.pk == draft.version_id and now.form_id == draft.form_id:
        return None
    if draft.filed_by_id is None and now.identity_level < draft.version.identity_level:
        delete(draft=draft)
        raise Refused(LOWER, "lower", HTTPStatus.CONFLICT)
    before, after = _labels(draft), {}
    with transaction.atomic():
        fresh = _held(draft)
        fresh.version, fresh.form, fresh.step = now, now.form, 0
        after = _labels(fresh)
        fresh.answers = {name: value for name, value in fresh.answers.items() if name in after}
        for kept in fresh.attachments.exclude(field__in=after):
            files.take_away(attachment=kept)
        fresh.save(update_fields=["version", "form", "step", "answers", "updated_at"])
    draft.version, draft.form, draft.step, draft.answers = fresh.version, fresh.form, 0, fresh.answers
    dropped = tuple(label for name, label in before.items() if name not in after)
    return Renewed(now.name, dropped, tuple(label for name, label in after.items() if name not in before))


@transaction.atomic
def delete(*, draft: Draft) -> None:
    """At once, with its files; the consent under which an officer filled it in has ended. That it is gone already is no error."""
    files.take_all_away(draft=draft)
    if Draft.objects.filter(pk=draft.pk).delete()[0]:
        consents.end(draft=draft)


def forget_old() -> int:
    """Deletes drafts that nobody touched for `KEPT`; how many. The hourly chore. Raises RowsFailed once all others had their turn."""
    before = ids.now() - KEPT

    def forget(pk: int) -> bool:
        draft = Draft.objects.select_for_update().filter(pk=pk, updated_at__lt=before).first()
        if draft is not None:
            delete(draft=draft)
        return draft is not None

    with RowByRow("procedures.drafts") as rows:
        old = Draft.objects.filter(updated_at__lt=before).order_by("updated_at")
        return rows.each(list(old.values_list("pk", flat=True)), forget)


def _begun(mine: QuerySet[Draft], citizen: Citizen | None, version: ProcedureVersion) -> Draft | None:
    """What the same person has begun of the procedure; None where nothing. Raises Refused where they have begun enough of others.

    The person is held: pressed twice, it is begun once.
    """
    if citizen is None:
        return None
    if Citizen.objects.select_for_update(no_key=True).filter(pk=citizen.pk).first() is None:
        raise Gone  # their page was removed in another window
    same = mine.select_for_update().filter(version__procedure_id=version.procedure_id)
    begun = same.order_by("-updated_at").first()
    if begun is None and mine.count() >= MOST_DRAFTS:
        raise Refused(TOO_MANY, "many", most=MOST_DRAFTS)
    return begun


def _held(draft: Draft) -> Draft:
    """The row itself, held until the transaction ends. Raises Gone."""
    fresh = held(Draft.objects.select_related("version__procedure", "form").filter(pk=draft.pk)).first()
    if fresh is None:
        raise Gone
    return fresh


def _labels(draft: Draft) -> dict[str, str]:
    if draft.form is None:
        return {}
    return {field.name: field.label for page in forms.pages(draft.form) for field in page.fields}
