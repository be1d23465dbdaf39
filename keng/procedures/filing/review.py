"""The last look at a draft, and filing it: all answers and files on one page, what is still wrong and where, consents unticked."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from keng.accounts.models import User
from keng.procedures import consents, forms
from keng.procedures.dossiers import services
from keng.procedures.errors import Invalid, Refused
from keng.procedures.filing import drafts
from keng.procedures.filing.pages import Place, about, go
from keng.procedures.filing.steps import WHERE, Steps
from keng.procedures.forms import Problem
from keng.procedures.models import Attachment, Dossier, Draft

EMAIL = "email"


@dataclass(frozen=True)
class Part:
    """One page of the form, for reading: where it is mended, its lines, its files by their field's label."""

    title: str
    address: str
    lines: list[tuple[str, str]]
    files: list[tuple[str, list[Attachment]]]


@dataclass(frozen=True)
class Missing:
    problem: Problem
    address: str


def parts(steps: Steps, place: Place) -> list[Part]:
    """What was filled in, page by page; pages on which nothing is asked are left out."""
    form, made = steps.draft.form, []
    for number, page in enumerate(steps.pages, 1):
        if form is None or not steps.asked(number):
            continue
        kept = forms.settled(form, steps.draft.answers)
        lines = forms.shown(form, {name: value for name, value in kept.items() if name in page.names})
        files = [(one.label, steps.files[one.name]) for one in page.files if one.name in steps.files]
        made.append(Part(page.title, place.step(steps, number), lines, files))
    return made


def missing(steps: Steps, place: Place) -> list[Missing]:
    """What keeps it from being filed, each with the address of its field."""
    return [Missing(one, f"{place.step(steps, steps.step_of(one))}#{one.anchor}") for one in steps.problems()]


def review(
    request: HttpRequest,
    *,
    draft: Draft,
    place: Place,
    sent: Callable[[Dossier], str],
    by: User | None = None,
    more: dict[str, Any] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    """GET shows all; POST files it and goes to the address that `sent` makes. `more`: context of the caller's own parts of the page.

    `by`: the officer who files for somebody. `refused`: what the caller itself has against filing, shown at the top.
    """
    steps = Steps(draft)
    if draft.unit is None and draft.channel == "online":
        return go(place.step(steps, WHERE))
    if request.method == "POST" and refused is None:
        try:
            return go(sent(file(draft=draft, by=by, email=request.POST.get(EMAIL) == "yes")))
        except Invalid:
            refused = None  # said of each field below
        except Refused as error:
            refused = error
            draft = drafts.open_draft(draft=draft.pk, citizen=draft.citizen, filed_by=draft.filed_by)
            steps = Steps(draft)
    asks_email = draft.channel == "online" and draft.citizen is not None and bool(draft.citizen.email)
    context = {
        **about(steps, place, steps.last), "title": _("Xem lại rồi nộp"), "parts": parts(steps, place),
        "missing": missing(steps, place), "refused": refused, "where": place.step(steps, WHERE),
        "asks_email": asks_email and not consents.holds(citizen=draft.citizen, purpose=EMAIL), **(more or {}),
    }  # fmt: skip
    status = (
        HTTPStatus.OK if request.method != "POST" else refused.status if refused else HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return render(request, "procedures/filing/review.html", context, status=status)


def file(*, draft: Draft, by: User | None, email: bool = False) -> Dossier:
    """Files it, once: of a second press comes what came of the first. Raises Refused, Invalid."""
    try:
        made = services.submit(draft=draft, by=by)
    except Refused as error:
        first = filed(draft.pk) if error.code == "gone" else None
        if first is None:
            raise
        return first
    if email and made.citizen is not None:
        consents.give(citizen=made.citizen, purpose=EMAIL, dossier=made, how="online", witness=None)
    return made


def filed(draft: int) -> Dossier | None:
    """The dossier that a draft became: it has its id."""
    return Dossier.objects.filter(pk=draft).select_related("citizen").first()
