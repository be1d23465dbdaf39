"""How procedures stand, in a word each, for the administrator's list."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from keng.core.text import fold
from keng.procedures.models import Procedure, ProcedureVersion

SHORT = ("procedure_id", "number", "name", "valid_from", "valid_to", "published_at", "sample")


@dataclass(frozen=True)
class Standing:
    """Of one procedure: the version `posted` today, the one `coming`, the `draft`; `marks` are (class of the desk's `.state`, words)."""

    procedure: Procedure
    posted: ProcedureVersion | None
    coming: ProcedureVersion | None
    draft: ProcedureVersion | None
    newest: ProcedureVersion

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Every state in which it is, the most important first."""
        return [mark for mark in (*self._public(), self._draft()) if mark]

    def _public(self) -> list[tuple[str, str]]:
        today = timezone.localdate()
        if self.procedure.retired_on is not None:
            ended = self.procedure.retired_on <= today
            said = _("Bãi bỏ từ %(day)s") % {"day": day(self.procedure.retired_on)}
            return [("bad" if ended else "wait", said)]
        marks = [("good", _("Đang niêm yết"))] if self.posted else []
        if self.coming:
            marks.append(("wait", _("Bản mới từ %(day)s") % {"day": day(self.coming.valid_from)}))
        return marks

    def _draft(self) -> tuple[str, str] | None:
        return ("", _("Bản thảo")) if self.draft else None


def day(one: date) -> str:
    return date_format(one, "d/m/Y")


def found(asked: str, field: str) -> QuerySet[Procedure]:
    """The procedures whose name (without accents) or code contains every word asked for, in the field of that slug or in any."""
    rows = Procedure.objects.select_related("field").order_by("field__order", "field__name", "code")
    if field:
        rows = rows.filter(field__slug=field)
    if words := fold(asked).split():
        named = ProcedureVersion.objects.filter(procedure=OuterRef("pk"))
        for word in words:
            named = named.filter(search_key__contains=word)
        rows = rows.filter(Exists(named) | Q(code__icontains=asked.strip()))
    return rows


def standings(procedures: Iterable[Procedure]) -> list[Standing]:
    """How each stands. One query, whatever their number."""
    rows = list(procedures)
    versions = defaultdict(list)
    for version in ProcedureVersion.objects.filter(procedure__in=rows).order_by("number").only(*SHORT):
        versions[version.procedure_id].append(version)
    return [standing(procedure, versions[procedure.pk]) for procedure in rows if versions[procedure.pk]]


def standing(procedure: Procedure, versions: list[ProcedureVersion]) -> Standing:
    """How one stands, given its versions by number."""
    today = timezone.localdate()
    published = [version for version in versions if version.published_at]
    posted = [v for v in published if v.valid_from <= today and (v.valid_to is None or v.valid_to > today)]
    coming = [v for v in published if v.valid_from > today]
    draft = next((version for version in versions if version.published_at is None), None)
    return Standing(procedure, next(iter(posted), None), next(iter(coming), None), draft, versions[-1])
