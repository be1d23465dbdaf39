"""Officers, roles and sign-in."""

from datetime import timedelta

from django.apps import AppConfig

from keng.core.registry import Chore, chores
from keng.ledger.verbs import verbs

VERBS = {
    "accounts.person.added": "thêm cán bộ",
    "accounts.person.renamed": "sửa họ tên cán bộ",
    "accounts.person.email": "đặt địa chỉ thư báo của cán bộ",
    "accounts.person.no_email": "bỏ địa chỉ thư báo của cán bộ",
    "accounts.person.reset": "cấp lại mật khẩu một lần, gỡ xác thực hai bước",
    "accounts.person.deactivated": "ngừng tài khoản",
    "accounts.person.reactivated": "mở lại tài khoản",
    "accounts.role.given": "giao vai trò",
    "accounts.role.ended": "thôi giao vai trò",
    "accounts.password.changed": "tự đổi mật khẩu",
    "accounts.second_factor.set": "cài xác thực hai bước",
    "accounts.recovery_codes.made": "tạo mã dự phòng mới",
}


class AccountsApp(AppConfig):
    name = "keng.accounts"
    label = "accounts"

    def ready(self) -> None:
        from keng.accounts import housekeeping

        for verb, says in VERBS.items():
            verbs.register(verb, says)
        chores.register("accounts.forget", Chore(timedelta(hours=1), housekeeping.forget))
