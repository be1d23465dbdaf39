"""What a password must be, said in our words: Django's own sentences have no Vietnamese."""

from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _


class LongEnough(django.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Mật khẩu ngắn quá: cần ít nhất %(count)s ký tự.") % {"count": self.min_length}


class NotOnesName(django.UserAttributeSimilarityValidator):
    DEFAULT_USER_ATTRIBUTES = ("username", "name")

    def __init__(self) -> None:
        super().__init__(self.DEFAULT_USER_ATTRIBUTES)

    def get_error_message(self) -> str:
        return _("Mật khẩu giống tên của đồng chí quá.")


class NotCommon(django.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Mật khẩu này quá nhiều người dùng, kẻ xấu thử đầu tiên.")
