"""Addresses of signing in and of one's own account. Only what is listed exists: no sign-up, no e-mail, no reset by oneself."""

from allauth.account import views as sign_in
from allauth.mfa.recovery_codes import views as recovery_codes
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from keng.accounts import passkey_views as passkeys
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
    path("accounts/2fa/authenticate/", passkeys.second_factor, name="mfa_authenticate"),
    path("accounts/2fa/passkey/", passkeys.second_factor_by_passkey, name="second_factor_by_passkey"),
    path("accounts/2fa/totp/activate/", views.set_up_second_factor, name="mfa_activate_totp"),
    path("accounts/2fa/recovery-codes/", signed_in(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("accounts/2fa/recovery-codes/new/", views.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("accounts/passkeys/sign-in/", passkeys.sign_in, name="passkey_sign_in"),
    path("accounts/passkeys/add/", passkeys.add, name="passkey_add"),
    path("accounts/passkeys/<int:passkey>/name/", passkeys.rename, name="passkey_rename"),
    path("accounts/passkeys/<int:passkey>/remove/", passkeys.remove, name="passkey_remove"),
    path("accounts/api/passkeys/ask", passkeys.ask, name="passkey_ask"),
    path("accounts/api/passkeys/make", passkeys.make, name="passkey_make"),
]
