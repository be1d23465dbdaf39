"""One's own account: first steps of signing in, and what one may see and change of it. Other people's: `keng.desk.people`."""

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import generate_recovery_codes
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from keng.accounts import codes, devices, passkeys
from keng.accounts.models import User
from keng.accounts.permissions import appointments, signed_in, while_signing_in
from keng.ledger.services import append


@signed_in
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here, since when, my passkeys, and how to change my password or get new recovery codes."""
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    held = appointments(request.user).select_related("office").order_by("office__name", "role")
    keys = passkeys.of(cast(User, request.user)).order_by("created_at", "pk")
    return render(request, "account/account.html", {"appointments": held, "codes_left": left, "passkeys": keys})


class SetUpSecondFactor(ActivateTOTPView):  # type: ignore[misc]
    """The library's page with the QR; the code given here counts as this session's second factor."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_mfa_enabled(request.user):
            return redirect("account")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            # The code shown here must not sign anybody in a minute later.
            codes.spend(
                Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP),
                form.cleaned_data["code"],
            )
            login = self.request.user.username
            append(verb="accounts.second_factor.set", subject=login, by=login)
        record_authentication(self.request, self.request.user, "mfa", type=Authenticator.Type.TOTP)
        devices.remember(self.request, response, login)
        return response


set_up_second_factor = while_signing_in(sensitive_post_parameters()(SetUpSecondFactor.as_view()))


@signed_in
@require_POST
@reauthentication_required(app="")  # type: ignore[untyped-decorator]
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Voids the old recovery codes and makes new ones; asks for the password first."""
    with transaction.atomic():
        generate_recovery_codes(request)
        login = request.user.get_username()
        append(verb="accounts.recovery_codes.made", subject=login, by=login)
    return redirect("mfa_view_recovery_codes")
