"""The page on which an officer writes whom they file for, as a form; and forgetting whom nothing is filed for any more."""

import re
import unicodedata
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from keng.accounts.forms import in_our_words
from keng.accounts.models import Citizen
from keng.core.row_by_row import RowByRow
from keng.ledger.services import append
from keng.procedures.models import Channel, Consent
from keng.units.models import Office

NUMBER = re.compile(r"[0-9]{12}", re.ASCII)
PHONE = re.compile(r"(?:0|\+84)[0-9]{9}", re.ASCII)
EARLIEST = date(1900, 1, 1)
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y"]
# A person entered at a counter for whom nothing came of it is forgotten after that.
UNUSED = timedelta(days=30)
AT_ONCE = 500  # people that one run of the chore erases

# Read aloud before anything is typed.
READ_ALOUD = _(
    "Tôi đồng ý để cán bộ nhập và nộp hồ sơ này thay tôi. Số định danh, họ tên, ngày sinh và giấy tờ của tôi chỉ dùng để giải quyết hồ "
    "sơ này. Tôi biết ai mở dữ liệu của tôi đều được ghi lại, và tôi rút lại sự đồng ý được bất cứ lúc nào."
)
HOW = [(Consent.How.SPOKEN, _("Nghe đọc rồi nói đồng ý")), (Consent.How.WRITTEN, _("Ký vào giấy đồng ý"))]


class AgreedForm(forms.Form):
    """That somebody agreed to what was read aloud, and how."""

    agreed = forms.BooleanField(
        label=_("Người này đã nghe hoặc đọc câu trên và đồng ý"),
        error_messages={"required": _("Chưa có sự đồng ý thì chưa nhập thay được.")},
    )
    how = forms.ChoiceField(
        label=_("Đồng ý bằng cách nào"),
        choices=HOW,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn cách người này đồng ý.")},
    )


class PersonForm(AgreedForm):
    number = forms.CharField(
        label=_("Số định danh cá nhân"),
        help_text=_("12 chữ số, ở mặt trước căn cước"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Họ và tên"),
        help_text=_("Đúng như trên căn cước, có dấu"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    born = forms.DateField(
        label=_("Ngày sinh"),
        required=False,
        input_formats=DAY_FORMATS,
        help_text=_("Giấy chỉ ghi năm sinh thì để trống"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"invalid": _("Ngày sinh chưa đúng: viết ngày/tháng/năm.")},
    )
    phone = forms.CharField(
        label=_("Số điện thoại"),
        required=False,
        max_length=20,
        help_text=_("Để báo khi có kết quả; không có thì để trống"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    channel = forms.ChoiceField(
        label=_("Nộp ở đâu"),
        choices=[(each.value, capfirst(each.label)) for each in (Channel.COUNTER, Channel.HOME)],
        initial=Channel.COUNTER,
        widget=forms.RadioSelect,
    )
    office = forms.ModelChoiceField(label=_("Nhận tại"), queryset=Office.objects.none())

    def __init__(self, *args: Any, places: list[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("number", "name"):
            in_our_words(self.fields[name])
        office = self.fields["office"]
        assert isinstance(office, forms.ModelChoiceField)  # noqa: S101 - tells the type
        office.queryset = Office.objects.filter(pk__in=[place.pk for place in places]).order_by("name")
        office.to_field_name = "code"
        if len(places) == 1:
            office.required, office.widget = False, forms.HiddenInput()
        self.places = places

    def clean_number(self) -> str:
        number = "".join(self.cleaned_data["number"].split())
        if not NUMBER.fullmatch(number):
            raise forms.ValidationError(_("Số định danh cá nhân gồm đúng 12 chữ số."))
        return number

    def clean_name(self) -> str:
        name = " ".join(unicodedata.normalize("NFC", self.cleaned_data["name"]).split())
        if not name.isprintable() or not any(char.isalpha() for char in name) or any(char.isdigit() for char in name):
            raise forms.ValidationError(_("Họ và tên chỉ gồm chữ."))
        return name

    def clean_born(self) -> date | None:
        born: date | None = self.cleaned_data["born"]
        if born and not EARLIEST <= born <= timezone.localdate():
            raise forms.ValidationError(_("Ngày sinh chưa đúng: xem lại năm."))
        return born

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s.\-]", "", self.cleaned_data["phone"])
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Số điện thoại gồm 10 chữ số, bắt đầu bằng 0."))
        return "0" + phone[3:] if phone.startswith("+84") else phone

    def clean_office(self) -> Office:
        chosen: Office | None = self.cleaned_data["office"]
        return chosen or self.places[0]


def forget_unused() -> int:
    """Erases people whom a counter entered and who have neither a case nor an e-identity; returns how many (C4). The hourly chore.

    Raises RowsFailed once all others had their turn.
    """
    before = timezone.localdate() - UNUSED
    unused = Citizen.objects.filter(identities=None, dossiers=None, drafts=None, requests=None, confirmed_on__lt=before)

    def forget(key: int) -> bool:
        gone, _rows = unused.filter(pk=key).delete()  # asked anew: something may have come of it meanwhile
        if gone:
            append(verb="accounts.citizen.forgotten", subject=str(key))
        return bool(gone)

    with RowByRow("procedures.forget_people") as rows:
        return rows.each(list(unused.order_by("confirmed_on").values_list("pk", flat=True)), forget, most=AT_ONCE)
