"""A draft becomes a dossier, or the answer to what a dossier was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.core import ids
from keng.core.group_commit import group_commit
from keng.procedures import consents, forms
from keng.procedures.dossiers import deadlines, states, supplements
from keng.procedures.dossiers.numbering import TEST_SERIES, next_code
from keng.procedures.dossiers.routing import competent, for_step, in_force, kind_of, own_unit, today
from keng.procedures.dossiers.telling import tell
from keng.procedures.dossiers.turning import PERM, change, check_counter, record, turn
from keng.procedures.errors import Conflict, Invalid, NotAllowed, Refused
from keng.procedures.filing.files import take_over
from keng.procedures.models import Attachment, Dossier, Draft, FormVersion, Pause, ProcedureVersion, Supplement
from keng.procedures.slips import issue
from keng.units.models import Office, Unit

GONE = _("Tờ khai này đã nộp hoặc đã bỏ.")
ENDED = _("Thủ tục này vừa có bản mới hoặc đã bãi bỏ. Mở lại từ trang thủ tục để khai theo bản đang áp dụng.")
CHANGED = _("Tờ khai vừa được sửa ở nơi khác. Xem lại rồi nộp.")
PROBLEMS = _("Tờ khai còn chỗ chưa đúng hoặc chưa đủ.")
NOTHING_NEW = _("Chưa có gì mới so với hồ sơ đã nộp. Thêm giấy tờ hoặc sửa tờ khai rồi gửi.")
FOR_ANOTHER = _("Tờ khai này bổ sung cho một hồ sơ đã nộp, không nộp thành hồ sơ mới.")
NOT_YOURS = _("Tờ khai này không phải của hồ sơ đó.")


@dataclass(frozen=True)
class Filled:
    """What was filled in, as it was checked: settled answers, and how many files each field has."""

    answers: dict[str, Any]
    files: dict[str, int]


def submit(*, draft: Draft, by: User | None) -> Dossier:
    """Files the draft: a code, the office that checks it, its attachments; the draft is gone. `by` None: the resident, online.

    Raises Invalid where the form says so, Refused where no office is competent or the procedure is not in force, Conflict for a draft
    that was filed or changed meanwhile, NotAllowed; nothing is half done then.
    """
    seen = _existing(draft)
    _check_filer(seen, by)
    # Outside the transaction: on SQLite one thread writes for all, and a schema takes its time.
    filled = _checked(seen.form, seen.answers, _files(draft=seen))
    unit, office = _tried(seen) if seen.test else _routed(seen)

    def job() -> Dossier:
        _hold(seen)
        return _file(seen, filled, unit, office, by)

    return group_commit(job)


def answer_supplement(*, dossier: Dossier, draft: Draft, by: User | None) -> Dossier:
    """Adds what was asked for: the draft's answers over the dossier's, its attachments to the others. The clock goes on.

    `by` None: the resident, online; else an officer sends what they filled in under the resident's consent, where the dossier lies or at
    the counter that took it in. Raises Invalid, Refused where nothing is new, Conflict once the day is over or somebody was quicker,
    NotAllowed.
    """
    seen = _existing(draft)
    mine = (dossier.pk, dossier.citizen_id, by.pk if by else None)
    if (seen.supplements_id, seen.citizen_id, seen.filed_by_id) != mine:
        raise NotAllowed(NOT_YOURS, "not_yours")
    more = _files(draft=seen)
    # What is sent anew counts instead of what it is to replace, or a field of one file could never be answered.
    filled = _judged(dossier, {**dossier.answers, **seen.answers}, _files(dossier=dossier), more)
    if not more and filled.answers == dossier.answers:
        raise Refused(NOTHING_NEW, "nothing_new")

    def work(fresh: Dossier) -> None:
        place = check_counter(fresh, by) if by is not None else None
        supplements.awaited(fresh)
        _hold(seen)
        if by is not None and consents.of_draft(seen) is None:
            raise NotAllowed(consents.NOT_AGREED, "no_consent")
        _take_in(seen, fresh, more)
        turn(fresh, "supplemented", by, place=place, answers=filled.answers, **_clock_goes_on(fresh))
        if fresh.accepted_at is not None:
            issue.receipt(fresh, by=by)  # with the papers and the day as they are now

    return change(dossier, by, work)


def _file(draft: Draft, filled: Filled, unit: Unit, office: Office, by: User | None) -> Dossier:
    version, received_by = draft.version, draft.office
    at = ids.now()
    made = Dossier.objects.create(
        id=draft.pk,  # so that a second press finds what came of the first
        code=next_code(unit=_series(draft, unit), day=today()), citizen=draft.citizen, procedure=version.procedure,
        version=version, form=draft.form, unit=unit, received_by=received_by, office=office, channel=draft.channel,
        step_due=deadlines.step_due(at, version, 0), submitted_at=at, answers=filled.answers, test=draft.test,
    )  # fmt: skip
    consents.carry(draft=draft, dossier=made)
    _take_in(draft, made, filled.files)
    record(made, states.BEGUN, by, office=received_by.code if received_by else "")
    tell(made, states.BEGUN)
    return made


def _routed(draft: Draft) -> tuple[Unit, Office]:
    """The commune concerned and the office that checks what was filed: the counter where it was, if such an office checks it."""
    if not ProcedureVersion.objects.in_force().filter(pk=draft.version_id).exists():
        raise Refused(ENDED, "ended")
    unit = draft.unit or (own_unit(draft.office) if draft.office else None)
    if unit is None:
        raise Refused(_("Chưa chọn xã, phường nơi giải quyết."), "no_unit")
    unit = in_force(unit)
    competent(version=draft.version, unit=unit)  # refuses now what nobody could decide later
    if draft.office is not None and draft.office.kind == kind_of(draft.version, 0):
        return unit, draft.office
    return unit, for_step(version=draft.version, step=0, unit=unit)


def _tried(draft: Draft) -> tuple[Unit, Office]:
    """A test concerns nobody: it lies at the officer's own office, or at the province's."""
    unit = draft.unit or Unit.objects.get(pk=settings.PROVINCE)
    office = (
        draft.office
        or Office.objects.current(today()).filter(province=settings.PROVINCE, above=None).order_by("code").first()
    )
    if office is None:
        raise Refused(_("Tỉnh chưa có cơ quan nào."), "no_office")
    return unit, office


def _series(draft: Draft, unit: Unit) -> str:
    if draft.test:
        return TEST_SERIES
    return ((own_unit(draft.office, unit) if draft.office else None) or unit).code


def _take_in(draft: Draft, dossier: Dossier, files: dict[str, int]) -> None:
    """The draft's attachments are the dossier's; the draft is gone. Raises Conflict where they are not those that were checked."""
    if take_over(draft=draft, dossier=dossier) != sum(files.values()):
        raise Conflict(CHANGED, "changed")
    # Nothing hangs on it any more; Django would ask again.
    Draft.objects.filter(pk=draft.pk)._raw_delete(using=DEFAULT_DB_ALIAS)


def _clock_goes_on(fresh: Dossier) -> dict[str, Any]:
    """What the end of the pause changes: as much office time is left as was when it began."""
    at = ids.now()
    Supplement.objects.filter(dossier=fresh).update(answered_at=at)
    pause = Pause.objects.get(dossier=fresh, until=None)
    pause.until = at = max(at, pause.since)  # a clock that was set back makes no pause that ends before it began
    pause.save(update_fields=["until"])
    changes: dict[str, Any] = {"step_due": deadlines.moved(fresh.step_due, pause.since, at)}
    if fresh.accepted_at is not None:
        counted = deadlines.due(fresh.accepted_at, fresh.version, deadlines.spans(fresh))
        changes["due"] = deadlines.moved(fresh.due, pause.since, at) if fresh.extended_at else counted
    return changes


def _existing(draft: Draft) -> Draft:
    """The draft as it stands. Raises Conflict for one that is gone: filed by a second press, or forgotten."""
    rows = Draft.objects.select_related("version__procedure", "form", "office", "unit__parent", "citizen")
    fresh = rows.filter(pk=draft.pk).first()
    if fresh is None:
        raise Conflict(GONE, "gone")
    return fresh


def _hold(seen: Draft) -> None:
    """Holds the draft until the transaction ends. Raises Conflict where it is gone, or no longer what was checked."""
    rows = Draft.objects.select_for_update().filter(pk=seen.pk).values_list("answers", "unit", "filed_by")
    now = rows.first()
    if now is None:
        raise Conflict(GONE, "gone")
    if now != (seen.answers, seen.unit_id, seen.filed_by_id):
        raise Conflict(CHANGED, "changed")


def _check_filer(draft: Draft, by: User | None) -> None:
    """A resident files what they filled in themselves; an officer what is filled in at their office."""
    if draft.supplements_id is not None:
        raise NotAllowed(FOR_ANOTHER, "supplement")
    if by is None:
        if draft.filed_by_id is not None or draft.test:
            raise NotAllowed(_("Tờ khai này do cán bộ lập: cán bộ nộp."), "officers")
        return
    if draft.office is None:
        if draft.test:
            return
        raise NotAllowed(_("Tờ khai này của người dân tự lập: người dân nộp."), "residents")
    if not draft.test and not may(by, PERM, draft.office):
        raise NotAllowed(
            _("Tờ khai này lập ở %(office)s: chỉ cán bộ ở đó nộp được."), "elsewhere", office=draft.office.name
        )


def _checked(form: FormVersion | None, answers: Mapping[str, Any], files: dict[str, int]) -> Filled:
    if form is None:
        return Filled(dict(answers), files)
    problems = forms.check(form=form, answers=answers, files=files)
    if problems:
        raise Invalid(PROBLEMS, problems)
    return Filled(forms.settled(form, answers), files)


def _judged(dossier: Dossier, answers: Mapping[str, Any], there: dict[str, int], more: dict[str, int]) -> Filled:
    """The dossier's answers with what is new. Raises Invalid for what is wrong in that."""
    if dossier.form is None:
        return Filled(dict(answers), more)
    kept = forms.settled(dossier.form, answers)
    problems = supplements.judged(
        forms.check(form=dossier.form, answers=answers, files={**there, **more}),
        before={**dossier.answers, **there}, after={**kept, **there, **more}, asked=supplements.wanted(dossier),
    )  # fmt: skip
    if problems:
        raise Invalid(PROBLEMS, problems)
    return Filled(kept, more)


def _files(**of: Any) -> dict[str, int]:
    """How many attachments each field has, results left out."""
    rows = Attachment.objects.filter(**of, result=False).values("field").annotate(number=Count("pk"))
    return {row["field"]: row["number"] for row in rows.order_by("field")}
