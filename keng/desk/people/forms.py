"""Forms of an administrator's pages about officers. The offices offered are those in reach."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import Role
from keng.accounts.people import BAD_EMAIL, BAD_LOGIN, BAD_UNTIL, LOGIN
from keng.accounts.provisioning import MOST_CHARACTERS
from keng.desk.forms import DeskForm, offer
from keng.units.models import Office

# What each role opens, said where it is chosen.
ROLE_CHOICES = [
    (Role.OFFICER, _("Cán bộ: đọc và trả lời tin, khi được cấp khoá hộp thư")),
    (Role.CUSTODIAN, _("Người giữ khoá: như cán bộ, và cấp khoá cho cán bộ khác")),
    (Role.CASEWORKER, _("Cán bộ hồ sơ: tiếp nhận và giải quyết hồ sơ thủ tục hành chính, không đọc tin")),
    (Role.LEADER, _("Lãnh đạo: xem số liệu, không đọc tin")),
    (Role.ADMINISTRATOR, _("Quản trị: lo cán bộ và hộp thư, không đọc tin")),
]


class AppointForm(DeskForm):
    """A role at an office."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Đơn vị"), empty_label=_("Chọn đơn vị"))
    role = forms.TypedChoiceField(
        choices=ROLE_CHOICES, coerce=Role, label=_("Vai trò"), widget=forms.RadioSelect, empty_value=None
    )

    until = forms.DateField(
        required=False,
        label=_("Đến hết ngày"),
        help_text=_(
            "Để trống nếu không có hạn. Giao quyền, làm thay, biệt phái: ghi ngày cuối; hết ngày đó vai trò tự thôi."
        ),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": BAD_UNTIL},
    )

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "office", offices.order_by("name"))
        if not self.is_bound and (only := list(offices[:2])) and len(only) == 1:
            self.initial["office"] = only[0].pk


class AddForm(AppointForm):
    """A new officer."""

    name = forms.CharField(max_length=120, label=_("Họ và tên"), widget=forms.TextInput({"autocomplete": "off"}))
    username = forms.CharField(
        max_length=60,
        label=_("Tên đăng nhập"),
        help_text=_("Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ lo-van-nam. Sau này không đổi được."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ["name", "username", "office", "role", "until"]

    def clean_username(self) -> str:
        login: str = self.cleaned_data["username"]
        if not LOGIN.fullmatch(login):
            raise forms.ValidationError(BAD_LOGIN)
        return login


class NameForm(DeskForm):
    name = forms.CharField(max_length=120, label=_("Họ và tên"), widget=forms.TextInput({"autocomplete": "off"}))


class EmailForm(DeskForm):
    email = forms.EmailField(
        max_length=120,
        required=False,
        label=_("Địa chỉ thư"),
        help_text=_("Địa chỉ của cơ quan. Thư chỉ có số việc, không có nội dung tin."),
        widget=forms.EmailInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"invalid": BAD_EMAIL},
    )


class SeveralForm(DeskForm):
    """Officers of one office, a line each."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Đơn vị"), empty_label=_("Chọn đơn vị"))
    lines = forms.CharField(
        label=_("Danh sách"),
        max_length=MOST_CHARACTERS,
        help_text=_(
            "tên đăng nhập; họ tên; vai trò; đến ngày. Phần cuối để trống nếu không có hạn. Dán từ bảng tính cũng được."
        ),
        widget=forms.Textarea(
            {
                "rows": 10,
                "spellcheck": "false",
                "autocapitalize": "none",
                "placeholder": "lo-van-nam; Lò Văn Nam; người giữ khoá\nsung-thi-may; Sùng Thị Máy; cán bộ; 31/12/2026",
            }
        ),
    )

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "office", offices.order_by("name"))
