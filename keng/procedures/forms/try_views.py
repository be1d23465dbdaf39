"""“Điền thử”: the whole form on one page, checked as a resident's would be."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from keng.accounts.permissions import needs
from keng.procedures import forms
from keng.procedures.errors import Refused
from keng.procedures.forms import trying
from keng.procedures.forms.checking import Problem
from keng.procedures.forms.views import PERM, version_of, who
from keng.procedures.models import Dossier, FormVersion
from keng.procedures.scope import of_province


@needs(PERM, office=of_province)
@require_http_methods(["GET", "POST"])
def form_try(request: HttpRequest, form: str, number: int) -> HttpResponse:
    """Nothing of it is kept."""
    version = version_of(form, number)
    if request.method == "GET":
        return show(request, version, {}, [])
    answers, uploads = posted(request, version)
    if forms.stays(request.POST):
        return show(request, version, answers, [])
    problems = forms.check(form=version, answers=answers, files={name: len(given) for name, given in uploads.items()})
    received = (
        None if problems else forms.instance(version, answers, {name: len(given) for name, given in uploads.items()})
    )
    return show(request, version, answers, problems, received=received, status=400 if problems else 200)


@needs(PERM, office=of_province)
@require_POST
def form_try_file(request: HttpRequest, form: str, number: int) -> HttpResponse:
    """The same, filed as a test dossier."""
    version = version_of(form, number)
    answers, uploads = posted(request, version)
    problems = forms.check(form=version, answers=answers, files={name: len(given) for name, given in uploads.items()})
    if problems:
        return show(request, version, answers, problems, status=400)
    try:
        made = trying.file_test(
            version=version, answers=forms.settled(version, answers), uploads=uploads, by=who(request)
        )
    except Refused as refusal:
        return show(request, version, answers, [], problem=refusal.sentence, status=refusal.status)
    return show(request, version, {}, [], made=made)


def posted(request: HttpRequest, version: FormVersion) -> tuple[dict[str, Any], trying.Uploads]:
    answers: dict[str, Any] = {}
    for page in forms.pages(version):
        answers |= forms.read_post(version, page, request.POST)
    return answers, {name: request.FILES.getlist(name) for name in forms.file_fields(version)}


def show(
    request: HttpRequest,
    version: FormVersion,
    answers: dict[str, Any],
    problems: list[Problem],
    *,
    received: dict[str, Any] | None = None,
    made: Dossier | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    pages = forms.pages(version)
    context = {
        "form": version.form,
        "version": version,
        "pages": [(page.title, forms.render_page(version, page, answers, problems)) for page in pages],
        "lines": forms.shown(version, received) if received is not None else None,
        "json": json.dumps(received, ensure_ascii=False, indent=2) if received is not None else "",
        "files": [
            (field.label, received[name])
            for name, field in forms.file_fields(version).items()
            if received and name in received
        ],
        "choose_again": bool(problems or problem) and any(request.FILES.getlist(name) for name in request.FILES),
        "files_under": version.published_at and trying.filed_under(version),
        "made": made,
        "problem": problem,
    }
    return render(request, "procedures/forms/try.html", context, status=status)
