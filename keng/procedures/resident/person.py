"""What is known of the resident themselves: what e-identity says, what they say, and the way out."""

import unicodedata
from http import HTTPStatus

from django import forms as plain
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keng.accounts.citizens import contact, sessions
from keng.accounts.citizens.gates import CitizenRequest, signed_in_citizen, step_up
from keng.accounts.citizens.views import end_of_session
from keng.procedures.filing import drafts
from keng.procedures.forms.formats import SEPARATORS, ascii_digits, is_phone
from keng.procedures.resident import forgetting, own

WRONG_PHONE = gettext_lazy("Số điện thoại chưa đúng: 10 chữ số, bắt đầu bằng 0.")


class PhoneForm(plain.Form):
    phone = plain.CharField(
        max_length=40,
        required=False,
        label=gettext_lazy("Số điện thoại"),
        error_messages={"max_length": WRONG_PHONE, "null_characters_not_allowed": WRONG_PHONE},
    )

    def clean_phone(self) -> str:
        typed = unicodedata.normalize("NFKC", self.cleaned_data["phone"])
        phone = ascii_digits(typed).translate(SEPARATORS)
        if phone and (not is_phone(phone) or len(phone) > 20):
            raise plain.ValidationError(WRONG_PHONE)
        return phone


@signed_in_citizen()
@require_safe
def me(request: CitizenRequest) -> HttpResponse:
    """Each thing that is known, where it comes from and who puts it right."""
    return shown(request, PhoneForm(initial={"phone": request.citizen.phone}))


@signed_in_citizen()
@require_POST
def phone(request: CitizenRequest) -> HttpResponse:
    """The number by which offices may call; empty takes it away."""
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return shown(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    number = form.cleaned_data["phone"]
    contact.set_phone(citizen=request.citizen, phone=number)
    messages.success(request, _("Đã ghi số điện thoại.") if number else _("Đã bỏ số điện thoại."))
    return redirect("my_person")


def shown(request: CitizenRequest, form: PhoneForm, status: int = HTTPStatus.OK) -> HttpResponse:
    citizen = request.citizen
    by_identity = citizen.source.startswith("http")  # an issuer; else the code of the office that typed it
    context = {"form": form, "by_identity": by_identity, "months": settings.IDENTITY_MONTHS}
    return render(request, "procedures/resident/person.html", context, status=status)


@signed_in_citizen()
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: CitizenRequest) -> HttpResponseBase:
    """What goes and what an office keeps, until when; POST removes the page. At the level that sees all of it."""
    if higher := step_up(request, own.level_of_all(request.citizen)):
        return higher
    kept = list(own.of(request.citizen))
    if request.method != "POST":
        context = {"kept": kept, "drafts": drafts.of(request.citizen)}
        return render(request, "procedures/resident/remove.html", context)
    forgetting.remove(citizen=request.citizen)
    address = end_of_session(request)
    sessions.end(request.session)
    request.citizen, request.identity_level = None, 0  # type: ignore[assignment]
    answer = render(request, "procedures/resident/removed.html", {"kept": kept, "address": address})
    answer["Cache-Control"] = "no-store"
    return answer
