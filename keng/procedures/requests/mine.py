"""The resident's side: what they asked for, and asking."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from keng.accounts.citizens import errors
from keng.accounts.citizens.gates import CitizenRequest, signed_in_citizen
from keng.procedures.errors import Refused
from keng.procedures.models import DataRequest, Dossier
from keng.procedures.requests import services
from keng.procedures.resident import own

MOST = 100


class AskForm(forms.Form):
    """`dossier` by its code, so that an address may bring one along."""

    kind = forms.ChoiceField(
        choices=DataRequest.Kind.choices,
        widget=forms.RadioSelect,
        label=gettext_lazy("Bà con cần"),
        error_messages={"required": gettext_lazy("Xin chọn câu trả lời.")},
    )
    dossier = forms.ModelChoiceField(
        Dossier.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Ở hồ sơ nào"),
        empty_label=gettext_lazy("Chọn hồ sơ"),
        error_messages={"required": gettext_lazy("Xin chọn câu trả lời.")},
    )
    text = forms.CharField(
        max_length=services.LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        label=gettext_lazy("Sửa gì, hoặc vì sao cần xoá"),
        error_messages={"required": gettext_lazy("Xin điền ô này.")},
    )


@signed_in_citizen()
@require_safe
def listing(request: CitizenRequest) -> HttpResponse:
    return shown(request, form_of(request))


@signed_in_citizen()
@require_POST
def ask(request: CitizenRequest) -> HttpResponse:
    form = form_of(request)
    if form.is_valid():
        try:
            services.file(citizen=request.citizen, **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("Đã gửi. Cơ quan giữ hồ sơ trả lời bà con ở trang này."))
            return redirect("my_requests")
    return shown(request, form, HTTPStatus.BAD_REQUEST)


def shown(request: CitizenRequest, form: AskForm, status: int = HTTPStatus.OK) -> HttpResponse:
    there = own.dossiers(request).filter(erased_at=None).exists()
    context = {"rows": own.requests(request)[:MOST], "form": form, "any": there}
    return render(request, "procedures/requests/mine.html", context, status=status)


def form_of(request: CitizenRequest) -> AskForm:
    form = AskForm(request.POST or None, initial={"dossier": request.GET.get("dossier", "")})
    mine = own.dossiers(request).filter(erased_at=None)
    field = form.fields["dossier"]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = mine
        field.label_from_instance = lambda one: f"{one.version.name} ({one.code})"  # type: ignore[method-assign, assignment]
    return form


@signed_in_citizen()
@require_POST
def take_back(request: CitizenRequest, asked: int) -> HttpResponse:
    found = get_object_or_404(own.requests(request), pk=asked)
    try:
        services.withdraw(asked=found, citizen=request.citizen)
    except Refused as refused:
        return errors.answer(request, HTTPStatus(refused.status), (_("Chưa rút được"), refused.sentence))
    messages.success(request, _("Đã rút yêu cầu."))
    return redirect("my_requests")
