"""What an administrator of the province does about procedures: adds, drafts, edits, publishes, retires. Each act is in the ledger.

What was published stays: a change is a new version, from a day on.
"""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core import ids
from keng.ledger.services import append
from keng.procedures.catalogue import sections
from keng.procedures.catalogue.columns import Bad
from keng.procedures.catalogue.keeping import must_keep
from keng.procedures.catalogue.sections import Content, Problem
from keng.procedures.errors import Conflict, Refused
from keng.procedures.models import Field, Form, FormVersion, LifeEvent, Procedure, ProcedureVersion
from keng.procedures.models.catalogue import FIXED

FARTHEST = timedelta(days=366)  # how far ahead a version may be published

CODE_TAKEN = _("Mã này đã có trong danh mục.")
SLUG_TAKEN = _("Tên viết tắt này đã có.")
NO_FIELD = _("Chưa có lĩnh vực “%(slug)s”.")
NO_EVENT = _("Chưa có sự kiện đời sống “%(slug)s”.")
NO_FORM = _("Chưa có biểu mẫu điện tử “%(slug)s”.")
RETIRED = _("Thủ tục này đã bãi bỏ.")
IN_USE = _("Đã có hồ sơ soạn theo bản thảo này nên không bỏ được.")
PAST = _("Bản mới không thể có hiệu lực từ một ngày đã qua: hồ sơ đã nhận theo bản cũ.")
BEFORE = _("Ngày hiệu lực phải từ ngày bản trước có hiệu lực trở đi.")
TOO_FAR = _("Ngày hiệu lực xa quá một năm.")


class Incomplete(Refused):
    """Some sections can't stand as they are; `problems` says which."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("Còn mục chưa đúng; chưa lưu gì."), "incomplete")
        self.problems = problems


@transaction.atomic
def add_field(*, name: str, slug: str, by: User) -> Field:
    """A field of administration, last in order. Raises Refused."""
    office = must_keep(by)
    made = Field.objects.create(order=_next_order(Field), **_named(Field, name, slug))
    append(verb="procedures.field.added", subject=made.slug, office=office, by=by.username)
    return made


@transaction.atomic
def add_life_event(*, name: str, slug: str, icon: str = "", by: User) -> LifeEvent:
    """What brings people to an office, last in order. Raises Refused."""
    office = must_keep(by)
    made = LifeEvent.objects.create(order=_next_order(LifeEvent), icon=icon, **_named(LifeEvent, name, slug))
    append(verb="procedures.life_event.added", subject=made.slug, office=office, by=by.username)
    return made


@transaction.atomic
def add(*, frame: Content, content: Content, by: User) -> ProcedureVersion:
    """A new procedure and its first draft. `frame` and `content` as `sections` reads them. Raises Refused, Incomplete."""
    office = must_keep(by)
    frame, problems = sections.read_frame(frame)
    clean, more = sections.clean(content)
    if problems or more:
        raise Incomplete(problems + more)
    if Procedure.objects.filter(code=frame["code"]).exists():
        raise Incomplete([Problem(("code",), str(CODE_TAKEN))])
    procedure = Procedure(code=frame["code"])
    _place(procedure, frame)
    append(verb="procedures.procedure.added", subject=procedure.code, office=office, by=by.username)
    return ProcedureVersion.objects.create(procedure=procedure, number=1, valid_from=timezone.localdate(), **clean)


@transaction.atomic
def place(*, procedure: Procedure, frame: Content, by: User) -> None:
    """Field, life events and form, from now on; the code stays. Raises Refused, Incomplete."""
    office = must_keep(by)
    fresh = _locked(procedure)
    clean, problems = sections.read_frame({**frame, "code": fresh.code})
    if problems:
        raise Incomplete(problems)
    if clean != frame_of(fresh):
        _place(fresh, clean)
        append(verb="procedures.procedure.edited", subject=fresh.code, office=office, by=by.username)


@transaction.atomic
def draft(*, procedure: Procedure, by: User) -> ProcedureVersion:
    """The draft of the next version: the one there is, or a copy of the newest. Raises Refused."""
    office = must_keep(by)
    fresh = _locked(procedure)
    there = fresh.versions.filter(published_at=None).first()
    if there is not None:
        return there
    newest = fresh.versions.order_by("-number")[0]
    copy = ProcedureVersion.objects.create(
        procedure=fresh, number=newest.number + 1, valid_from=timezone.localdate(), **sections.content_of(newest)
    )
    append(
        verb="procedures.version.drafted", subject=fresh.code, office=office, by=by.username, purpose=f"{copy.number}"
    )
    return copy


@transaction.atomic
def edit(*, version: ProcedureVersion, content: Content, by: User) -> ProcedureVersion:
    """Writes sections of a draft; those that `content` doesn't name stay. Raises Incomplete, Conflict where it was published meanwhile."""
    office = must_keep(by)
    fresh = _draft(version)
    before = sections.content_of(fresh)
    clean, problems = sections.clean({**before, **content})
    if problems:
        raise Incomplete(problems)
    if clean != before:
        _write(fresh, clean)
        append(
            verb="procedures.version.edited",
            subject=fresh.procedure.code,
            office=office,
            by=by.username,
            purpose=f"{fresh.number}: {', '.join(name for name in clean if clean[name] != before[name])}"[:200],
        )
    return fresh


@transaction.atomic
def discard(*, version: ProcedureVersion, by: User) -> None:
    """Throws a draft away, and the procedure with it where it never had another version. Raises Refused, Conflict."""
    office = must_keep(by)
    fresh = _draft(version)
    procedure = fresh.procedure
    try:
        with transaction.atomic():
            fresh.delete()
            if not procedure.versions.exists():
                procedure.delete()
    except ProtectedError as error:
        raise Refused(IN_USE, "in_use") from error
    append(
        verb="procedures.version.discarded",
        subject=procedure.code,
        office=office,
        by=by.username,
        purpose=f"{version.number}",
    )


@transaction.atomic
def publish(*, version: ProcedureVersion, valid_from: date, by: User) -> ProcedureVersion:
    """The draft becomes what is posted from `valid_from` on, with the newest published version of its form; the former one ends then.

    Only a first version may begin in the past. Raises Refused, Incomplete, Conflict.
    """
    office = must_keep(by)
    fresh = _draft(version)
    if problems := sections.lacks(sections.content_of(fresh)):
        raise Incomplete(problems)
    former = fresh.procedure.versions.filter(published_at__isnull=False, valid_to=None).first()
    _must_begin_well(valid_from, former)
    if former is not None:
        former.valid_to = valid_from
        former.save(update_fields=["valid_to"])
    fresh.form = newest_form(fresh.procedure)
    fresh.valid_from, fresh.published_at, fresh.published_by = valid_from, ids.now(), by
    fresh.save()
    append(
        verb="procedures.version.published",
        subject=fresh.procedure.code,
        office=office,
        by=by.username,
        purpose=f"{fresh.number}: {valid_from}",
    )
    return fresh


@transaction.atomic
def retire(*, procedure: Procedure, on: date, by: User) -> None:
    """From the day `on` it is posted no more; dossiers that were accepted go on. Raises Refused."""
    office = must_keep(by)
    fresh = _locked(procedure)
    if not timezone.localdate() <= on <= timezone.localdate() + FARTHEST:
        raise Refused(_("Ngày bãi bỏ phải từ hôm nay, trong vòng một năm."), "day")
    fresh.retired_on = on
    fresh.save(update_fields=["retired_on"])
    append(
        verb="procedures.procedure.retired", subject=fresh.code, office=office, by=by.username, purpose=on.isoformat()
    )


def frame_of(procedure: Procedure) -> Content:
    """Where a procedure stands, as `sections.FRAME` writes it. Uses `life_events` as prefetched."""
    return {
        "code": procedure.code,
        "field": procedure.field.slug,
        "life_events": sorted(event.slug for event in procedure.life_events.all()),
        "form": procedure.form.slug if procedure.form else "",
    }


def newest_form(procedure: Procedure) -> FormVersion | None:
    """The form version that a publication today would hold fast: the newest published one of the procedure's form."""
    if procedure.form_id is None:
        return None
    return FormVersion.objects.filter(form=procedure.form_id, published_at__isnull=False).order_by("-number").first()


def mark(text: str) -> str:
    """A short digest."""
    return sha256(text.encode()).hexdigest()[:32]


def _locked(procedure: Procedure) -> Procedure:
    fresh = Procedure.objects.select_for_update(of=("self",)).get(pk=procedure.pk)
    if fresh.retired_on is not None:
        raise Conflict(RETIRED, "retired")
    return fresh


def _draft(version: ProcedureVersion) -> ProcedureVersion:
    """The draft as it is now, its procedure held. Raises Conflict where it is no draft any more."""
    _locked(version.procedure)
    fresh = ProcedureVersion.objects.select_related("procedure").filter(pk=version.pk, published_at=None).first()
    if fresh is None:
        raise Conflict(FIXED, "fixed")
    return fresh


def _write(version: ProcedureVersion, clean: Content) -> None:
    for name, value in clean.items():
        setattr(version, name, value)
    version.save()


def _must_begin_well(valid_from: date, former: ProcedureVersion | None) -> None:
    today = timezone.localdate()
    if former is not None and valid_from < today:
        raise Refused(PAST, "day")
    if former is not None and valid_from < former.valid_from:
        raise Refused(BEFORE, "day")
    if valid_from > today + FARTHEST:
        raise Refused(TOO_FAR, "day")


def _place(procedure: Procedure, clean: Content) -> None:
    field = Field.objects.filter(slug=clean["field"]).first()
    if field is None:
        raise Incomplete([Problem(("field",), str(NO_FIELD % {"slug": clean["field"]}))])
    events = {event.slug: event for event in LifeEvent.objects.filter(slug__in=clean["life_events"])}
    if unknown := set(clean["life_events"]) - set(events):
        raise Incomplete([Problem(("life_events",), str(NO_EVENT % {"slug": min(unknown)}))])
    form = Form.objects.filter(slug=clean["form"]).first() if clean["form"] else None
    if clean["form"] and form is None:
        raise Incomplete([Problem(("form",), str(NO_FORM % {"slug": clean["form"]}))])
    procedure.field, procedure.form = field, form
    procedure.save()
    procedure.life_events.set(events.values())


def _named(model: type[Field] | type[LifeEvent], name: Any, slug: Any) -> Content:
    clean, problems = {}, []
    given = {"name": name, "slug": slug}
    for column in sections.NAMED[:2]:
        try:
            clean[column.name] = column.read(given[column.name])
        except Bad as error:
            problems.append(Problem((column.name,), error.sentence))
    if not problems and model.objects.filter(slug=clean["slug"]).exists():
        problems.append(Problem(("slug",), str(SLUG_TAKEN)))
    if problems:
        raise Incomplete(problems)
    return clean


def _next_order(model: type[Field] | type[LifeEvent]) -> int:
    last: int | None = model.objects.aggregate(last=Max("order"))["last"]
    return (last or 0) + 1
