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
    "accounts.passkey.added": "thêm khoá truy cập",
    "accounts.passkey.renamed": "đổi tên khoá truy cập",
    "accounts.passkey.removed": "gỡ khoá truy cập",
    "accounts.passkey.copied": "chặn khoá truy cập có dấu hiệu bị sao chép",
    "accounts.citizen.linked": "nối định danh điện tử với một công dân",
    "accounts.citizen.confirmed": "cập nhật họ tên, ngày sinh theo định danh điện tử",
    "accounts.citizen.entered": "ghi tên một công dân tại quầy",
    "accounts.citizen.doubted": "gõ tại quầy một số định danh với họ tên, ngày sinh không khớp",
    "accounts.citizen.contact": "công dân tự sửa số điện thoại của mình",
    "accounts.citizen.left": "công dân tự xoá trang của mình",
    "accounts.citizen.forgotten": "xoá một công dân mà ở đây không còn gì phải giữ",
    "accounts.approval.asked": "đề nghị một việc cần hai người",
    "accounts.approval.approved": "duyệt một việc cần hai người",
    "accounts.approval.refused": "không duyệt một việc cần hai người",
    "accounts.approval.withdrawn": "rút đề nghị một việc cần hai người",
    "accounts.approval.used": "làm một việc đã có hai người đồng ý",
}


class AccountsApp(AppConfig):
    name = "keng.accounts"
    label = "accounts"

    def ready(self) -> None:
        from keng.accounts import housekeeping

        for verb, says in VERBS.items():
            verbs.register(verb, says)
        chores.register("accounts.forget", Chore(timedelta(hours=1), housekeeping.forget))
