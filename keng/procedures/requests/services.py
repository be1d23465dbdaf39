"""The verbs of a data request. What it says is the resident's: the ledger keeps only that one was filed, answered, done."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Citizen, User
from keng.accounts.permissions import may
from keng.core import ids
from keng.core.calendar import due
from keng.core.group_commit import group_commit
from keng.ledger.services import append
from keng.procedures import forms
from keng.procedures.dossiers import erasing
from keng.procedures.dossiers.states import FINAL
from keng.procedures.dossiers.telling import tell
from keng.procedures.dossiers.turning import change, held, record
from keng.procedures.errors import Conflict, Invalid, NotAllowed, Refused
from keng.procedures.models import DataRequest, Dossier

PERM = "procedures.answer_requests"
ANSWER, ACT = "data.answer", "data.act"  # the legal clocks
LONGEST = 2000
Kind, State = DataRequest.Kind, DataRequest.State
# Deed -> the states in which it may be done.
ALLOWED = {
    "agreed": (State.FILED,),
    "refused": (State.FILED,),
    "withdrawn": (State.FILED, State.AGREED),
    "done": (State.AGREED,),
}
UNDER_WAY = (State.FILED, State.AGREED)

THERE = _("Hồ sơ này đã có một yêu cầu như thế đang chờ trả lời.")
GONE = _("Dữ liệu của hồ sơ này đã được xoá, không còn gì để sửa hay xoá.")
NO_WORDS = _("Viết rõ cần sửa gì, hoặc vì sao cần xoá.")
STILL_OPEN = _("Hồ sơ đang giải quyết thì chưa xoá được: rút hồ sơ trước, hoặc chờ có kết quả.")
NOT_NOW = _("Yêu cầu này không còn ở bước đó. Đồng chí tải lại trang.")
ELSEWHERE = _("Yêu cầu này thuộc %(office)s.")
PROBLEMS = _("Còn chỗ chưa đúng hoặc chưa đủ.")
NOTHING_NEW = _("Chưa sửa chỗ nào so với hồ sơ.")


def file(*, dossier: Dossier, kind: str, text: str, citizen: Citizen) -> DataRequest:
    """The resident asks. `answer_by` and `act_by` come from the clocks. Raises Refused, Conflict, NotAllowed, CalendarError."""
    said = _words(text)
    if kind not in Kind.values:
        raise Refused(NO_WORDS, "kind")

    def job() -> DataRequest:
        fresh = held(dossier)
        if fresh.citizen_id != citizen.pk:
            raise NotAllowed(GONE if fresh.erased_at else ELSEWHERE, "not_theirs", office=fresh.office.name)
        if kind == Kind.ERASURE and fresh.state not in FINAL:
            raise Refused(STILL_OPEN, "open")
        if DataRequest.objects.filter(dossier=fresh, kind=kind, state__in=UNDER_WAY).exists():
            raise Conflict(THERE, "there")
        at = ids.now()
        made = DataRequest.objects.create(
            citizen=citizen, dossier=fresh, office=fresh.office, kind=kind, text=said, filed_at=at,
            answer_by=due(at, ANSWER), act_by=due(at, ACT),
        )  # fmt: skip
        _enter("filed", fresh, why=f"citizen:{kind}")
        return made

    return group_commit(job)


def withdraw(*, asked: DataRequest, citizen: Citizen) -> DataRequest:
    """The resident takes it back. Raises Conflict once it is settled, NotAllowed for somebody else's."""
    if asked.citizen_id != citizen.pk:
        raise NotAllowed(NOT_NOW, "not_theirs")
    return _settle(asked, "withdrawn", None, state=State.WITHDRAWN)


def agree(*, asked: DataRequest, answer: str, by: User) -> DataRequest:
    """The office will do it. Raises Refused without words, Conflict, NotAllowed."""
    return _answer(asked, "agreed", State.AGREED, answer, by)


def refuse(*, asked: DataRequest, answer: str, by: User) -> DataRequest:
    """The office can't, and says why: the law keeps the data, the fact is right. Raises Refused, Conflict, NotAllowed."""
    return _answer(asked, "refused", State.REFUSED, answer, by)


def correct(*, asked: DataRequest, answers: Mapping[str, Any], by: User) -> DataRequest:
    """Puts corrected answers into the dossier, checked by its form; the request is done. Raises Invalid, Refused, Conflict, NotAllowed."""
    _check(asked, by)
    dossier = _dossier_of(asked)
    if asked.kind != Kind.CORRECTION or dossier.form is None:
        raise Conflict(NOT_NOW, "kind")
    files = Counter(dossier.attachments.filter(result=False).values_list("field", flat=True))
    problems = [
        one
        for one in forms.check(form=dossier.form, answers=answers, files=files)
        if _changed(dossier, answers, one.top)
    ]
    if problems:
        raise Invalid(PROBLEMS, problems)
    settled = forms.settled(dossier.form, answers)
    if settled == dossier.answers:
        raise Refused(NOTHING_NEW, "nothing_new")

    def work(fresh: Dossier) -> None:
        fresh.answers = settled
        fresh.row_version += 1
        fresh.save(update_fields=["answers", "row_version"])
        record(fresh, "corrected", by)
        tell(fresh, "corrected")
        _done(asked, fresh, by)

    change(dossier, by, work)
    asked.refresh_from_db()
    return asked


def done(*, asked: DataRequest, answer: str, by: User) -> DataRequest:
    """The correction of a dossier without a form was made where its data lie, on paper or elsewhere: `answer` says what.

    Raises Refused without words, Conflict, NotAllowed.
    """
    _check(asked, by)
    dossier, said = _dossier_of(asked), _words(answer)
    if asked.kind != Kind.CORRECTION or dossier.form is not None:
        raise Conflict(NOT_NOW, "kind")

    def work(fresh: Dossier) -> None:
        record(fresh, "corrected", by)
        tell(fresh, "corrected")
        _done(asked, fresh, by, answer=f"{asked.answer}\n\n{said}")

    change(dossier, by, work)
    asked.refresh_from_db()
    return asked


def erase(*, asked: DataRequest, by: User) -> None:
    """Erases the dossier's data now, before its time; the request goes with it.

    Raises Refused for an open dossier, Conflict, NotAllowed.
    """
    _check(asked, by)
    dossier = _dossier_of(asked)
    if asked.kind != Kind.ERASURE:
        raise Conflict(NOT_NOW, "kind")

    def work(fresh: Dossier) -> None:
        if fresh.state not in FINAL:
            raise Refused(STILL_OPEN, "open")
        _done(asked, fresh, by)
        erasing.erase(fresh)

    change(dossier, by, work)


def _answer(asked: DataRequest, deed: str, state: str, answer: str, by: User) -> DataRequest:
    _check(asked, by)
    return _settle(asked, deed, by, state=state, answer=_words(answer), answered_at=ids.now(), answered_by=by)


def _settle(asked: DataRequest, deed: str, by: User | None, **fields: Any) -> DataRequest:
    def job() -> None:
        if not DataRequest.objects.filter(pk=asked.pk, state__in=ALLOWED[deed]).update(**fields):
            raise Conflict(NOT_NOW, "state")
        _enter(
            "answered" if by else "withdrawn",
            _dossier_of(asked),
            by=by,
            why=f"{'caseworker' if by else 'citizen'}:{deed}",
        )

    group_commit(job)
    asked.refresh_from_db()
    return asked


def _done(asked: DataRequest, dossier: Dossier, by: User, **fields: Any) -> None:
    """Within the deed's transaction."""
    if not DataRequest.objects.filter(pk=asked.pk, state__in=ALLOWED["done"]).update(
        state=State.DONE, done_at=ids.now(), **fields
    ):
        raise Conflict(NOT_NOW, "state")
    _enter("done", dossier, by=by, why=f"caseworker:{asked.kind}")


def _enter(what: str, dossier: Dossier, *, why: str, by: User | None = None) -> None:
    append(
        verb=f"procedures.request.{what}", subject=dossier.code, office=dossier.office.code, by=by.username if by else "",
        purpose=why, case=dossier.code,
    )  # fmt: skip


def _check(asked: DataRequest, by: User) -> None:
    dossier = _dossier_of(asked)
    if not may(by, PERM, dossier.office):
        raise NotAllowed(ELSEWHERE, "elsewhere", office=dossier.office.name)


def _dossier_of(asked: DataRequest) -> Dossier:
    """The dossier it is about. Raises Conflict where its data are gone."""
    found = Dossier.objects.select_related("office", "form", "version__procedure").filter(pk=asked.dossier_id).first()
    if found is None or found.erased_at is not None:
        raise Conflict(GONE, "erased")
    return found


def _changed(dossier: Dossier, answers: Mapping[str, Any], name: str) -> bool:
    """Whether the answer is new: one that was right when it was filed, such as a day that was to come, stays right."""
    return bool(answers.get(name) != dossier.answers.get(name))


def _words(text: str) -> str:
    said = text.strip()
    if len(said) > LONGEST:
        raise Refused(_("Viết ngắn lại: không quá %(limit)d ký tự."), "too_long", limit=LONGEST)
    if not said or "\x00" in said:
        raise Refused(NO_WORDS, "no_words")
    return said
