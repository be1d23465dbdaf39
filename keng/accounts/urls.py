"""Addresses of signing in and of one's own account. Only what is listed exists: no sign-up, no e-mail, no reset by oneself."""

from allauth.account import views as sign_in
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from keng.accounts import views
from keng.accounts.permissions import open_to_all, signed_in, while_signing_in

urlpatterns = [
    path("language", open_to_all(require_POST(set_language)), name="set_language"),
    path("accounts/", views.account, name="account"),
    path("accounts/login/", open_to_all(sign_in.login), name="account_login"),
    path("accounts/logout/", open_to_all(sign_in.logout), name="account_logout"),
    path("accounts/inactive/", open_to_all(sign_in.account_inactive), name="account_inactive"),
    path("accounts/password/change/", while_signing_in(sign_in.password_change), name="account_change_password"),
    path("accounts/reauthenticate/", signed_in(sign_in.reauthenticate), name="account_reauthenticate"),
    path("accounts/2fa/authenticate/", open_to_all(second_factor.authenticate), name="mfa_authenticate"),
    path("accounts/2fa/totp/activate/", views.set_up_second_factor, name="mfa_activate_totp"),
    path("accounts/2fa/recovery-codes/", signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/new/", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
]
