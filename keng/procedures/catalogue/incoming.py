"""A catalogue that comes from outside, by whatever kind of file: what it would change, and, said a second time, the change. All or nothing.

Procedures that it doesn't name stay as they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.core.text import fold
from keng.ledger.services import append
from keng.procedures.catalogue import services
from keng.procedures.catalogue.differences import Change, differences
from keng.procedures.catalogue.keeping import must_keep
from keng.procedures.catalogue.sections import Content, Problem, content_of, lacks
from keng.procedures.errors import Refused
from keng.procedures.models import Field, Form, LifeEvent, Procedure, ProcedureVersion

MOST_PROCEDURES = 6500


@dataclass
class Incoming:
    """One procedure as the file has it. `places` says where in the file each part stands: ("steps", 2, "hours") is at "Bước!D14"."""

    frame: Content
    content: Content
    places: dict[tuple[str | int, ...], str] = field(default_factory=dict)
    where: str = ""

    @property
    def code(self) -> str:
        return str(self.frame["code"])

    def place(self, path: tuple[str | int, ...]) -> str:
        return self.places.get(path) or self.places.get(path[:2]) or self.places.get(path[:1]) or self.where


@dataclass
class Catalogue:
    """All that a file says. `fields` and `life_events` are rows of slug, name, icon, order; `errors` pairs of place and sentence."""

    fields: list[Content] = field(default_factory=list)
    life_events: list[Content] = field(default_factory=list)
    procedures: list[Incoming] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def codes(self) -> dict[str, str]:
        """What the procedures are called, by their place in the file."""
        return {incoming.where: incoming.code for incoming in self.procedures}


@dataclass(frozen=True)
class Changed:
    incoming: Incoming
    procedure: Procedure
    base: ProcedureVersion
    changes: list[Change]


@dataclass
class Plan:
    """What a file would do; nothing at all while there are `errors`."""

    new: list[Incoming] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    life_events: list[LifeEvent] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)  # of the file's procedures, by their place in it

    @property
    def does_something(self) -> bool:
        return bool(self.new or self.changed or self.fields or self.life_events)

    @property
    def moves(self) -> bool:
        """Whether something is found elsewhere at once, draft or not."""
        return any(change.name in ("field", "life_events") for one in self.changed for change in one.changes)

    def mark(self) -> str:
        """The same for the same changes to the same catalogue: what was shown is what is done."""
        parts = [incoming.code for incoming in self.new]
        parts += [f"{one.incoming.code}:{one.base.pk}:{one.changes}" for one in self.changed]
        return services.mark("\n".join(parts))


def plan(catalogue: Catalogue, *, publish: bool = False) -> Plan:
    """Says what a file would change. A constant number of queries. `publish`: the sections must be complete, too."""
    made = Plan(errors=list(catalogue.errors), codes=catalogue.codes)
    made.fields = _named(Field, catalogue.fields)
    made.life_events = _named(LifeEvent, catalogue.life_events)
    known = _Known(made)
    there = _there(incoming.code for incoming in catalogue.procedures)
    seen: set[str] = set()
    for incoming in catalogue.procedures:
        problems = known.problems(incoming, lacks(incoming.content) if publish else [])
        if incoming.code and incoming.code in seen:
            problems.append(Problem(("code",), _("Mã %(code)s có hai lần trong tệp.") % {"code": incoming.code}))
        seen.add(incoming.code)
        made.errors += [(incoming.place(problem.path), problem.sentence) for problem in problems]
        _sort_in(made, incoming, there.get(incoming.code))
    return made


def _sort_in(made: Plan, incoming: Incoming, procedure: Procedure | None) -> None:
    if procedure is None:
        made.new.append(incoming)
        return
    if procedure.retired_on is not None:
        made.errors.append((incoming.place(("code",)), _("Thủ tục %(code)s đã bãi bỏ.") % {"code": procedure.code}))
        return
    base = newest(procedure)
    before = {**services.frame_of(procedure), **content_of(base)}
    changes = differences(before, {**incoming.frame, **incoming.content})
    if changes:
        made.changed.append(Changed(incoming, procedure, base, changes))
    else:
        made.unchanged.append(incoming.code)


def newest(procedure: Procedure) -> ProcedureVersion:
    """The version that one works on: the draft if there is one. Uses `versions` as prefetched."""
    return max(procedure.versions.all(), key=lambda version: version.number)


@transaction.atomic
def carry_out(made: Plan, *, by: User, publish_from: date | None, subject: str = "") -> None:
    """Does what `made` says, as drafts or (with a day) published from then on. Raises Refused with nothing changed.

    `subject` names the file in the ledger: its digest.
    """
    office = must_keep(by)
    if made.errors:
        raise Refused(_("Tệp còn %(count)d chỗ sai; chưa nhập gì.") % {"count": len(made.errors)}, "errors")
    for model, rows in ((Field, made.fields), (LifeEvent, made.life_events)):
        model.objects.bulk_create(rows)  # type: ignore[arg-type]
    drafts = _add(made.new, by, office)
    for changed in made.changed:
        services.place(procedure=changed.procedure, frame=changed.incoming.frame, by=by)
        if any(change.name in changed.incoming.content for change in changed.changes):
            version = services.draft(procedure=changed.procedure, by=by)
            drafts.append(services.edit(version=version, content=changed.incoming.content, by=by))
    for version in drafts if publish_from else []:
        services.publish(version=version, valid_from=publish_from or timezone.localdate(), by=by)
    counts = _("%(new)d mới, %(changed)d đổi") % {"new": len(made.new), "changed": len(made.changed)}
    append(verb="procedures.catalogue.imported", subject=subject, office=office, by=by.username, purpose=counts)


def _add(new: list[Incoming], by: User, office: str) -> list[ProcedureVersion]:
    """The new procedures with their first drafts, in bulk."""
    slugs = {row.slug: row for row in Field.objects.all()}
    events = {row.slug: row for row in LifeEvent.objects.all()}
    forms = {row.slug: row for row in Form.objects.all()}
    made = Procedure.objects.bulk_create(
        Procedure(code=one.code, field=slugs[one.frame["field"]], form=forms.get(one.frame["form"])) for one in new
    )
    Procedure.life_events.through.objects.bulk_create(
        Procedure.life_events.through(procedure=procedure, lifeevent=events[slug])
        for procedure, one in zip(made, new, strict=True)
        for slug in one.frame["life_events"]
    )
    today = timezone.localdate()
    for procedure in made:
        append(verb="procedures.procedure.added", subject=procedure.code, office=office, by=by.username)
    return ProcedureVersion.objects.bulk_create(
        ProcedureVersion(
            procedure=procedure, number=1, valid_from=today, search_key=fold(one.content["name"])[:300], **one.content
        )
        for procedure, one in zip(made, new, strict=True)
    )


def _there(codes: Iterable[str]) -> dict[str, Procedure]:
    versions = Prefetch("versions", ProcedureVersion.objects.order_by("number"))
    found = Procedure.objects.select_related("field", "form").prefetch_related("life_events", versions)
    return {procedure.code: procedure for procedure in found.filter(code__in=set(codes))}


def _named(model: type[Any], rows: list[Content]) -> list[Any]:
    """Fields or life events that are not there yet. Those that are keep their own name."""
    there = set(model.objects.values_list("slug", flat=True))
    new = {row["slug"]: row for row in rows if row["slug"] not in there}
    return [model(search_key=fold(row["name"]), **row) for row in new.values()]


class _Known:
    """Slugs that a procedure may name: those in the catalogue, and those that the file brings."""

    def __init__(self, made: Plan) -> None:
        self.slugs = {
            "field": {*Field.objects.values_list("slug", flat=True), *(row.slug for row in made.fields)},
            "life_events": {*LifeEvent.objects.values_list("slug", flat=True), *(row.slug for row in made.life_events)},
            "form": {"", *Form.objects.values_list("slug", flat=True)},
        }

    def problems(self, incoming: Incoming, more: list[Problem]) -> list[Problem]:
        says = {"field": services.NO_FIELD, "life_events": services.NO_EVENT, "form": services.NO_FORM}
        found = list(more)
        for name, known in self.slugs.items():
            value = incoming.frame[name]
            unknown = set(value if isinstance(value, list) else [value]) - known - {""}  # what is empty was said to be
            found += [Problem((name,), str(says[name] % {"slug": slug})) for slug in sorted(unknown)]
        return found
