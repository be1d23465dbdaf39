"""Forms of the pages about languages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keng.desk.forms import DeskForm
from keng.mailbox.languages.wordings import CODE_MOST, NAME_MOST, READY
from keng.mailbox.models import Language

QUIET = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def ready_choices() -> list[tuple[str, Any]]:
    """The languages that stand ready and have not been added yet, then any other."""
    taken = set(Language.objects.values_list("code", flat=True))
    return [(code, name) for code, name in READY if code not in taken] + [("", _("Thứ tiếng khác"))]


class LanguageForm(DeskForm):
    ready = forms.ChoiceField(choices=ready_choices, required=False, label=_("Thứ tiếng"), widget=forms.RadioSelect)
    code = forms.CharField(
        required=False,
        max_length=CODE_MOST,
        label=_("Mã của thứ tiếng khác"),
        help_text=_(
            "Chỉ điền khi chọn “Thứ tiếng khác”: mã ISO 639 ba chữ thường, ví dụ mww. Mã nằm trong địa chỉ trang và không đổi được."
        ),
        widget=forms.TextInput(QUIET),
    )
    name = forms.CharField(
        max_length=NAME_MOST,
        label=_("Tên bằng chính thứ tiếng ấy"),
        help_text=_("Bà con thấy tên này để chọn. Hỏi người bản ngữ cách viết."),
        widget=forms.TextInput(QUIET),
    )
    name_in_vietnamese = forms.CharField(
        required=False,
        max_length=NAME_MOST,
        label=_("Tên bằng tiếng Việt"),
        help_text=_("Để trống thì lấy tên có sẵn của thứ tiếng đã chọn."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        ready = said.get("ready") or ""
        if ready:
            said["code"] = ready
            said["name_in_vietnamese"] = said.get("name_in_vietnamese") or str(dict(READY)[ready])
        for name, missing in (("code", _("Chưa có mã.")), ("name_in_vietnamese", _("Chưa có tên bằng tiếng Việt."))):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, str(missing))
        return said


class TableForm(DeskForm):
    table = forms.FileField(
        label=_("Bảng CSV"),
        help_text=_("Bảng đã tải từ trang này và đã điền. Xem trước rồi mới nhập."),
        widget=forms.ClearableFileInput({"accept": ".csv,text/csv"}),
    )
