"""Passkeys on the pages of signing in and of one's own account. What is checked stands in `keng.accounts.passkeys`."""

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from keng.accounts import devices, passkeys, slowing
from keng.accounts.adapter import too_soon_sentence
from keng.accounts.forms import in_our_words
from keng.accounts.models import User
from keng.accounts.permissions import open_to_all, signed_in


class NameForm(forms.Form):
    """What one calls a passkey, so as to know which to remove when a machine is lost."""

    name = forms.CharField(
        max_length=passkeys.NAME_MOST,
        label=gettext_lazy("Tên khoá"),
        help_text=gettext_lazy("Để sau này biết gỡ khoá nào, ví dụ “Máy ở cơ quan” hay “Khoá USB”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self.fields["name"])


# -- what the browser is asked -----------------------------------------------------------------------------------------


@open_to_all
@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """Options to sign in by a passkey; for somebody past the password, or signed in already, of their own passkeys alone."""
    return JsonResponse(passkeys.begin_asking(request, _known(request)))


@signed_in
@require_POST
def make(request: HttpRequest) -> JsonResponse:
    """Options to make a passkey, for somebody who has just typed the password again."""
    if not did_recently_reauthenticate(request):
        sentence = _("Đồng chí mở lại trang và gõ lại mật khẩu.")
        return JsonResponse({"error": "reauthenticate", "message": sentence}, status=403)
    return JsonResponse(passkeys.begin_adding(request, _me(request)))


# -- signing in --------------------------------------------------------------------------------------------------------


@open_to_all
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in by a passkey alone: it is something one has, opened by a finger or a PIN, and so both factors."""
    if request.user.is_authenticated:
        return redirect("home")
    answer = request.POST.get("credential", "")
    try:
        user, _row = passkeys.owner(answer)
        row = answered(request, user, answer)
    except passkeys.Refused as error:
        return _back(request, "account_login", error)
    record_authentication(request, user, "mfa", id=row.pk, type=Authenticator.Type.WEBAUTHN, passwordless=True)
    return cast(HttpResponse, perform_login(request, Login(user=user, redirect_url=get_next_redirect_url(request))))


class SecondFactor(AuthenticateView):  # type: ignore[misc]
    """The library's page for the code, which offers a passkey to whoever has one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        has = passkeys.of(self.stage.login.user).exists()
        return {**super().get_context_data(**kwargs), "has_passkey": has}


second_factor = open_to_all(SecondFactor.as_view())


@open_to_all
@require_POST
@login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")  # type: ignore[untyped-decorator]
def second_factor_by_passkey(request: HttpRequest) -> HttpResponse:
    """After the password, a passkey of the same person's instead of a code."""
    stage = request._login_stage  # type: ignore[attr-defined]
    try:
        row = answered(request, stage.login.user, request.POST.get("credential", ""))
    except passkeys.Refused as error:
        return _back(request, "mfa_authenticate", error)
    record_authentication(request, stage.login.user, "mfa", id=row.pk, type=Authenticator.Type.WEBAUTHN)
    return cast(HttpResponse, stage.exit())


def answered(request: HttpRequest, user: User, answer: str) -> Authenticator:
    """The person's passkey that gave this answer; tries are slowed by account like all others. Raises passkeys.Refused."""
    device = devices.known(request, user.username)
    try:
        slowing.begin(user.username, device)
    except slowing.TooSoon as error:
        raise passkeys.Refused(too_soon_sentence(error)) from error
    row = passkeys.check(request=request, user=user, answer=answer)
    slowing.forgive(user.username, device)
    return row


# -- one's own account -------------------------------------------------------------------------------------------------


@signed_in
@require_http_methods(["GET", "POST"])
@reauthentication_required(app="")  # type: ignore[untyped-decorator]
def add(request: HttpRequest) -> HttpResponse:
    """Names and makes a passkey; asks for the password first, since from then on it opens the account without."""
    form = NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = request.POST.get("credential", "")
        try:
            passkeys.add(request=request, user=_me(request), name=form.cleaned_data["name"], answer=answer)
        except passkeys.Refused as error:
            form.add_error(None, str(error.sentence))
        else:
            messages.success(request, _("Đã thêm khoá truy cập. Lần sau đồng chí đăng nhập bằng khoá này được."))
            return redirect("account")
    return render(request, "account/passkey_add.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, passkey: int) -> HttpResponse:
    row = get_object_or_404(passkeys.of(_me(request)), pk=passkey)
    form = NameForm(request.POST or None, initial={"name": row.data["name"]})
    if request.method == "POST" and form.is_valid():
        try:
            passkeys.rename(user=_me(request), passkey=passkey, name=form.cleaned_data["name"])
        except passkeys.Refused as error:
            form.add_error("name", str(error.sentence))
        else:
            return redirect("account")
    return render(request, "account/passkey_rename.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@require_POST
def remove(request: HttpRequest, passkey: int) -> HttpResponse:
    get_object_or_404(passkeys.of(_me(request)), pk=passkey)
    try:
        passkeys.remove(user=_me(request), passkey=passkey)
    except passkeys.Refused as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("Đã gỡ khoá truy cập. Từ giờ khoá đó không mở được gì."))
    return redirect("account")


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)


def _known(request: HttpRequest) -> User | None:
    """Whom the passkey must be of: the person signed in, or the one whose password was just right; None for nobody yet."""
    if request.user.is_authenticated:
        return _me(request)
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    return cast(User, stage.login.user) if stage else None


def _back(request: HttpRequest, name: str, error: passkeys.Refused) -> HttpResponse:
    messages.error(request, str(error.sentence))
    then = get_next_redirect_url(request)
    return redirect(reverse(name) + (f"?{urlencode({'next': then})}" if then else ""))
