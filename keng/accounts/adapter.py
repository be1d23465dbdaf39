"""Where the sign-in library meets our rules: no sign-up, no e-mail, wrong tries slow the account, our own words."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from keng.accounts import devices, hashing, slowing
from keng.accounts.middleware import used_second_factor
from keng.accounts.models import User
from keng.ledger.services import append


def too_soon(error: slowing.TooSoon) -> ValidationError:
    return ValidationError(too_soon_sentence(error), code="too_soon")


def too_soon_sentence(error: slowing.TooSoon) -> str:
    seconds = int(error.wait.total_seconds()) + 1
    return str(_("Đã sai nhiều lần. Đồng chí chờ %(seconds)s giây rồi thử lại.") % {"seconds": seconds})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tài khoản này đã ngừng dùng."),
        "enter_current_password": _("Mật khẩu hiện nay chưa đúng."),
        "incorrect_password": _("Mật khẩu chưa đúng."),
        "username_password_mismatch": _("Tên đăng nhập hoặc mật khẩu chưa đúng."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is sent: the system has no letter box of its own."""

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's small talk ("you have signed in as …") is left out; pages say what matters."""

    def is_safe_url(self, url: str) -> bool:
        """Only back to the desk itself: the public face is a host of ours, but nobody signs in to be sent there."""
        request = context.request
        return url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/"

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The password again, and no other way."""
        return [{"id": "reauthenticate", "description": _("Gõ lại mật khẩu"), "url": reverse("account_reauthenticate")}]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = credentials["username"]
        try:
            slowing.begin(login, devices.known(request, login))
        except slowing.TooSoon as error:
            raise too_soon(error) from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        device = devices.known(request, credentials["username"])
        try:
            with hashing.passwords.enter(known=bool(device)):
                user: User | None = super().authenticate(request, **credentials)
        except hashing.Busy as error:
            sentence = _("Máy chủ đang nhận quá nhiều lượt đăng nhập. Đồng chí thử lại sau vài giây.")
            raise ValidationError(sentence, code="busy") from error
        if user is not None:
            slowing.take_back(credentials["username"], device)
        return user

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Both factors, or the password alone of somebody who has no second one yet."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        if used_second_factor(request):
            devices.remember(request, response, user.username)
        return response

    def _rollback_login_failed_rl_usage(self) -> None:
        """The library's own counting by address is off."""

    def set_password(self, user: User, password: str) -> None:
        """The person's own change; with it the one-time password has had its day."""
        with transaction.atomic():
            user.set_password(password)
            user.must_change_password = False
            user.save(update_fields=["password", "must_change_password"])
            append(verb="accounts.password.changed", subject=user.username, by=user.username)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("Mã chưa đúng. Đồng chí nhập mã đang hiện trên điện thoại."),
    }

    def get_totp_label(self, user: User) -> str:
        host = urlsplit("//" + context.request.get_host()).hostname
        return f"{user.username}@{host}"
