"""Forms about places and what hangs there."""

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.desk.forms import DeskForm
from keng.desk.models import Place
from keng.desk.posters import services
from keng.desk.posters.standing import SHOWN
from keng.mailbox.poster import FORMATS

TEXT_MOST = 100_000


class PlaceForm(DeskForm):
    kind = forms.ChoiceField(label=_("Loại chỗ"), choices=[("", _("Chọn loại")), *Place.Kind.choices])
    name = forms.CharField(
        label=_("Tên chỗ treo"),
        max_length=services.NAME_MOST,
        help_text=_("Ví dụ: Trạm y tế Quảng Lâm, cửa phát thuốc."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ListForm(DeskForm):
    text = forms.CharField(
        label=_("Danh sách chỗ treo"),
        max_length=TEXT_MOST,
        help_text=_("Mỗi dòng một chỗ. Kẻng tự đoán loại theo mấy chữ đầu: Trạm y tế…, Trường…, Chợ…, Nhà văn hoá…"),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )


class CopiesForm(DeskForm):
    """What to print: a format, how many copies for each place, and for which places."""

    format = forms.ChoiceField(
        label=_("Khổ"), choices=lambda: [(name, one.label) for name, one in FORMATS.items()], initial="a4"
    )
    copies = forms.IntegerField(label=_("Số bản mỗi chỗ"), min_value=1, max_value=services.MOST_COPIES, initial=1)


class PrintForm(CopiesForm):
    show = forms.ChoiceField(choices=[(shown, shown) for shown in SHOWN], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shown: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["show"] = shown


class HangForm(CopiesForm):
    day = forms.DateField(label=_("Ngày treo"), initial=localdate, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
