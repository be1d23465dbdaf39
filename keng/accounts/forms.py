"""Forms of signing in: the library's, in our words, and slowed by account."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as LibraryChangePasswordForm
from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from keng.accounts import codes, devices, slowing
from keng.accounts.adapter import too_soon

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "spellcheck": "false"}


NO_NUL = ProhibitNullCharactersValidator(message=_("Ô này có ký tự lạ, đồng chí gõ lại."))


# In characters: a password of a dozen words has a hundred. More is a file that was pasted, and is not worth hashing.
LONGEST = 500
TOO_LONG = _("Nội dung này quá dài. Đồng chí xem lại rồi gõ lại.")


def in_our_words(field: forms.Field) -> None:
    """The standing errors of any field: Django's are missing in Vietnamese, or stiff."""
    field.error_messages["required"] = _("Đồng chí chưa điền ô này.")
    field.error_messages["invalid_choice"] = _("Đồng chí chọn lại: mục này không dùng được.")
    if isinstance(field, forms.ModelChoiceField):
        field.validate_no_null_characters = NO_NUL  # type: ignore[method-assign]
    field.validators = [NO_NUL if isinstance(one, ProhibitNullCharactersValidator) else one for one in field.validators]


def word(form: forms.Form, name: str, label: Any, help_text: Any = "", **attributes: str) -> None:
    """Puts a field of the library's form into our words, without the library's placeholders and links."""
    field = form.fields[name]
    field.label = label
    field.help_text = help_text
    in_our_words(field)
    limits = [one.limit_value for one in field.validators if isinstance(one, MaxLengthValidator)]
    field.validators = [one for one in field.validators if not isinstance(one, MaxLengthValidator)]
    field.validators.append(MaxLengthValidator(min([LONGEST, *limits]), TOO_LONG))
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "login", _("Tên đăng nhập"), autocapitalize="none", spellcheck="false", autofocus="")
        word(self, "password", _("Mật khẩu"))


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "password", _("Mật khẩu"), autofocus="")


class ChangePasswordForm(LibraryChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = self.user.must_change_password
        word(self, "oldpassword", _("Mật khẩu được cấp") if first else _("Mật khẩu hiện nay"), autofocus="")
        rule = _("Ít nhất 12 ký tự. Dễ nhớ và khó đoán nhất là bốn, năm từ không liên quan đến nhau.")
        word(self, "password1", _("Mật khẩu mới"), rule)
        word(self, "password2", _("Mật khẩu mới, gõ lại"))

    def clean_oldpassword(self) -> str:
        device = slowed(self.user.username)
        password: str = super().clean_oldpassword()
        slowing.take_back(self.user.username, device)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        new, again = cleaned.get("password1"), cleaned.get("password2")
        if new and new == cleaned.get("oldpassword"):
            self.add_error("password1", _("Mật khẩu mới phải khác mật khẩu hiện nay."))
        if new and again and new != again:
            self.add_error("password2", _("Hai lần gõ mật khẩu mới không giống nhau."))
        return cleaned


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in: a code from the phone, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        help_text = _("Sáu chữ số đang hiện trong ứng dụng xác thực. Mất điện thoại thì gõ một mã dự phòng.")
        word(self, "code", _("Mã xác thực"), help_text, autofocus="", **CODE)

    def clean_code(self) -> str:
        device = slowed(self.user.username)
        with transaction.atomic():
            # A recovery code is good once, though two sessions send it at the same moment.
            list(Authenticator.objects.select_for_update().filter(user=self.user).order_by("pk"))
            code: str = super().clean_code()
        if not codes.spend(self.authenticator, code):
            raise get_adapter().validation_error("incorrect_code")
        slowing.forgive(self.user.username, device)
        return code


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code from the phone, which proves that it was set up right. No slowing: the secret is on the same page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word(self, "code", _("Mã đang hiện trên điện thoại"), _("Sáu chữ số."), autofocus="", **CODE)


def slowed(login: str) -> str:
    """Counts a try; raises a ValidationError that tells how long to wait. Returns the device that it was counted to, if known."""
    device = devices.known(context.request, login)
    try:
        slowing.begin(login, device)
    except slowing.TooSoon as error:
        raise too_soon(error) from error
    return device
