"""Officers, for their administrator. The rules are in `keng.accounts.people`; here only pages, one verb a view."""

from datetime import UTC, datetime
from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keng.accounts import people
from keng.accounts.models import SOON, Appointment, User
from keng.accounts.permissions import needs, offices
from keng.core.text import fold
from keng.desk.people.forms import AddForm, AppointForm, EmailForm, NameForm
from keng.desk.scope import of_person

A_PAGE = 50
SHOWN = 20  # of the roles that end soon
PERM = people.PERM


@needs(PERM)
@require_GET
def people_list(request: HttpRequest) -> HttpResponse:
    """The officers of the administrator's offices, by name; `q` looks for a name or a login, with accents or without."""
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = people.in_reach(_by(request)).order_by("search_key", "username")
    if asked:
        found = found.filter(Q(search_key__contains=fold(asked)) | Q(username__contains=fold(asked)))
    page = Paginator(found.prefetch_related(_current_roles()), A_PAGE).get_page(request.GET.get("page"))
    ending = [] if asked or page.number > 1 else _ending_soon(_by(request))
    return render(request, "desk/people/list.html", {"page": page, "asked": asked, "ending": ending})


@needs(PERM)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Adds an officer; the one-time password stands on the answer to this one request and nowhere else."""
    form = AddForm(request.POST or None, offices=offices(request.user, PERM))
    if request.method == "POST" and form.is_valid():
        try:
            user, password = people.add(by=_by(request), **form.cleaned_data)
        except people.Refused as error:
            _blame(form, error)
        else:
            return render(request, "desk/people/password.html", {"person": user, "password": password, "new": True})
    return _form_page(request, "desk/people/add.html", form)


@needs(PERM, office=of_person)
@require_GET
def person(request: HttpRequest, username: str) -> HttpResponse:
    return _person_page(request, _person(request, username))


@needs(PERM, office=of_person)
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    form = NameForm(request.POST or None, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        try:
            people.rename(user=user, name=form.cleaned_data["name"], by=_by(request))
        except people.Refused as error:
            _blame(form, error)
        else:
            return redirect("person", username)
    return _form_page(request, "desk/people/rename.html", form, person=user)


@needs(PERM, office=of_person)
@require_http_methods(["GET", "POST"])
def email(request: HttpRequest, username: str) -> HttpResponse:
    """Where the person's digests go."""
    user = _person(request, username)
    form = EmailForm(request.POST or None, initial={"email": user.email})
    if request.method == "POST" and form.is_valid():
        try:
            people.set_email(user=user, email=form.cleaned_data["email"], by=_by(request))
        except people.Refused as error:
            _blame(form, error)
        else:
            messages.success(request, _("Đã lưu địa chỉ thư báo.") if user.email else _("Đã bỏ địa chỉ thư báo."))
            return redirect("person", username)
    return _form_page(request, "desk/people/email.html", form, person=user)


@needs(PERM, office=of_person)
@require_POST
def give_role(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    form = AppointForm(request.POST, offices=offices(request.user, PERM))
    if form.is_valid():
        try:
            people.give_role(user=user, by=_by(request), **form.cleaned_data)
        except people.Refused as error:
            _blame(form, error)
        else:
            messages.success(request, _("Đã giao vai trò."))
            return redirect("person", username)
    return _person_page(request, user, form)


@needs(PERM, office=of_person)
@require_POST
def end_role(request: HttpRequest, username: str, appointment: int) -> HttpResponse:
    user = _person(request, username)
    in_reach = Appointment.objects.filter(office__in=offices(request.user, PERM), user=user)
    ending = get_object_or_404(in_reach.select_related("office", "user"), pk=appointment)
    return _done(request, username, _("Đã thôi giao vai trò."), people.end_role, appointment=ending)


@needs(PERM, office=of_person)
@require_POST
def reset(request: HttpRequest, username: str) -> HttpResponse:
    """A new one-time password, shown once."""
    user = _person(request, username)
    try:
        password = people.reset(user=user, by=_by(request))
    except people.Refused as error:
        messages.error(request, str(error.sentence))
        return redirect("person", username)
    return render(request, "desk/people/password.html", {"person": user, "password": password})


@needs(PERM, office=of_person)
@require_POST
def deactivate(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    return _done(request, username, _("Đã ngừng tài khoản."), people.set_active, user=user, active=False)


@needs(PERM, office=of_person)
@require_POST
def reactivate(request: HttpRequest, username: str) -> HttpResponse:
    user = _person(request, username)
    return _done(request, username, _("Đã mở lại tài khoản."), people.set_active, user=user, active=True)


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


def _person(request: HttpRequest, username: str) -> User:
    return get_object_or_404(people.in_reach(_by(request)), username=username)


def _current_roles() -> "Prefetch[str]":
    now = Appointment.objects.filter(people.lasting(datetime.now(UTC))).select_related("office")
    return Prefetch("appointments", now.order_by("office__name", "role", "since"), to_attr="current")


def _ending_soon(by: User) -> "QuerySet[Appointment]":
    """Roles at the administrator's offices that end within two weeks and are followed by nothing, the nearest end first."""
    now = datetime.now(UTC)
    ending = Appointment.objects.filter(
        office__in=offices(by, PERM), until__gt=now, until__lt=now + SOON, user__is_active=True
    )
    follows = Appointment.objects.filter(
        people.lasting(now),
        user=OuterRef("user"),
        office=OuterRef("office"),
        role=OuterRef("role"),
        since__gte=OuterRef("until"),
    )
    return (
        ending.filter(~Exists(follows)).select_related("user", "office").order_by("until", "user__search_key")[:SHOWN]
    )


def _blame(form: Form, error: people.Refused) -> None:
    """Puts a refusal beside the field that it is about."""
    about: dict[object, str] = {
        people.BAD_LOGIN: "username",
        people.LOGIN_TAKEN: "username",
        people.NO_NAME: "name",
        people.BAD_EMAIL: "email",
        people.BAD_UNTIL: "until",
    }
    form.add_error(about.get(error.sentence), str(error.sentence))


def _form_page(request: HttpRequest, template: str, form: Form, **context: Any) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=400 if form.errors else 200)


def _person_page(request: HttpRequest, user: User, form: AppointForm | None = None) -> HttpResponse:
    """A person's roles, now and before, at the offices in reach; elsewhere stays elsewhere."""
    mine = offices(request.user, PERM)
    held = user.appointments.filter(office__in=mine).select_related("office").order_by("office__name", "role", "-since")
    now = datetime.now(UTC)
    context = {
        "person": user,
        "roles": [one for one in held if one.until is None or one.until > now],
        "former": [one for one in held if one.until is not None and one.until <= now],
        "myself": user.pk == _by(request).pk,
        "form": form or AppointForm(offices=mine),
    }
    return render(request, "desk/people/person.html", context, status=400 if form else 200)


def _done(request: HttpRequest, username: str, sentence: str, service: Any, **what: Any) -> HttpResponse:
    """Runs a service that either does it or refuses, and goes back to the person's page with a sentence."""
    try:
        service(by=_by(request), **what)
    except people.Refused as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, sentence)
    return redirect("person", username)
