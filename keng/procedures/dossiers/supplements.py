"""The answer to the one request for more: whether it is awaited, and what of it is judged. What was right on the day of filing is not held
against the resident."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from keng.procedures.dossiers import states
from keng.procedures.dossiers.routing import today
from keng.procedures.errors import Conflict
from keng.procedures.forms import Problem
from keng.procedures.models import Dossier, Supplement

OVER = _("Hạn bổ sung là hết ngày %(day)s, nay đã qua: không nhận bổ sung cho hồ sơ này nữa.")


def awaited(dossier: Dossier) -> Supplement:
    """What it waits for. Raises Conflict where it waits no more, or the day is over though no chore has stopped it yet."""
    states.follows(dossier, "supplemented")
    asked = Supplement.objects.get(dossier=dossier)
    if asked.by_day < today():
        raise Conflict(OVER, "over", day=f"{asked.by_day:%d/%m/%Y}")
    return asked


def wanted(dossier: Dossier) -> set[str]:
    """Names of the form's fields that are asked for anew. One query."""
    items = Supplement.objects.filter(dossier=dossier).values_list("items", flat=True).first() or []
    return {item.get("field", "") for item in items}


def judged(
    problems: Iterable[Problem], *, before: Mapping[str, Any], after: Mapping[str, Any], asked: Collection[str]
) -> list[Problem]:
    """The problems that stand in what is asked for, was changed or is newly needed.

    The rest was in order when it was filed: a day "from today on" may have passed since. `before` and `after`: answers, and how many
    files each file field has.
    """
    return [
        one
        for one in problems
        if one.top in asked or (was := _at(before, one.path)) is None or was != _at(after, one.path)
    ]


def _at(answers: Mapping[str, Any], path: str) -> Any:
    """What stands at `members.0.born`; None where nothing does."""
    value: Any = answers
    for part in path.split("."):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value
