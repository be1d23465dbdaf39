"""Adding several officers at once: look at the lines first, then add all of them, and show each password once."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from keng.accounts import people, provisioning
from keng.accounts.models import User
from keng.accounts.permissions import needs, offices
from keng.desk.people.forms import SeveralForm

PERM = people.PERM


@needs(PERM)
@require_http_methods(["GET", "POST"])
def several(request: HttpRequest) -> HttpResponse:
    """The list to paste and, after POST, what would be added; nothing is changed."""
    form = SeveralForm(request.POST or None, offices=offices(request.user, PERM))
    return _page(request, form, _lines(form))


@needs(PERM)
@sensitive_post_parameters()
@require_POST
def several_add(request: HttpRequest) -> HttpResponse:
    """Adds them; the one-time passwords stand on the answer to this one request and nowhere else."""
    form = SeveralForm(request.POST, offices=offices(request.user, PERM))
    lines = _lines(form)
    if not form.is_valid():
        return _page(request, form, lines)
    office = form.cleaned_data["office"]
    try:
        made = provisioning.add_all(lines=lines, office=office, by=cast(User, request.user))
    except people.Refused as error:
        form.add_error(None, str(error.sentence))
        return _page(request, form, lines)
    context = {"made": made, "office": office, "address": request.get_host()}
    return render(request, "desk/people/slips.html", context)


def _lines(form: SeveralForm) -> list[provisioning.Line]:
    if not form.is_bound or not form.is_valid():
        return []
    try:
        return provisioning.read(form.cleaned_data["lines"])
    except people.Refused as error:
        form.add_error("lines", str(error.sentence))
        return []


def _page(request: HttpRequest, form: SeveralForm, lines: list[provisioning.Line]) -> HttpResponse:
    wrong = sum(bool(line.wrong) for line in lines)
    good = bool(lines) and not wrong and not form.errors
    context = {"form": form, "lines": lines, "wrong": wrong, "good": good}
    return render(request, "desk/people/several.html", context, status=400 if form.errors or wrong else 200)
