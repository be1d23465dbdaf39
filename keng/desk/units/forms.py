"""Forms about villages and offices."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.desk.forms import DeskForm, offer
from keng.units.models import Office, OfficeKind, Unit
from keng.units.offices import Details
from keng.units.village_lists import MOST_CHARACTERS

MOST_BYTES = 2_000_000
# What spreadsheets write: UTF-8, or UTF-16 with its mark.
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class VillageForm(DeskForm):
    name = forms.CharField(label=_("Tên bản"), max_length=120, widget=forms.TextInput({"autocomplete": "off"}))


class ListForm(DeskForm):
    """A list of villages, pasted or as a file; `text` is what was read, whichever it was."""

    text = forms.CharField(
        label=_("Danh sách bản"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("Hoặc chọn tệp CSV"), required=False, allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if file := cleaned.get("file"):
            cleaned["text"] = self._read(file)
        if not (cleaned.get("text") or "").strip():
            raise forms.ValidationError(_("Danh sách còn trống."))
        if len(cleaned["text"]) > MOST_CHARACTERS:
            raise forms.ValidationError(_("Danh sách dài quá. Đồng chí chia ra làm nhiều lần."))
        return cleaned

    def _read(self, file: Any) -> str:
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("Tệp lớn quá 2 MB. Đồng chí chia ra làm nhiều lần."))
        content: bytes = file.read()
        try:
            return content.decode(MARKS.get(content[:2], "utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("Tệp không đọc được. Đồng chí lưu lại theo dạng “CSV UTF-8”.")) from error


class OfficeForm(DeskForm):
    """What may be changed of an office. `above` offers the offices in reach and the one that stands above now."""

    name = forms.CharField(label=_("Tên cơ quan"), max_length=120, widget=forms.TextInput({"autocomplete": "off"}))
    kind = forms.ChoiceField(label=_("Loại cơ quan"), choices=[("", _("Chọn loại")), *OfficeKind.choices])
    above = forms.ModelChoiceField(Office.objects.none(), label=_("Cấp trên"), empty_label=_("Chọn cấp trên"))
    phone = forms.CharField(
        label=_("Số điện thoại"), required=False, max_length=20, widget=forms.TextInput({"inputmode": "tel"})
    )
    address = forms.CharField(label=_("Địa chỉ"), required=False, max_length=200)

    def __init__(self, *args: Any, above: QuerySet[Office], topmost: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "above", above.order_by("name"))
        self.fields["above"].required = not topmost

    @property
    def details(self) -> Details:
        fields = ("name", "kind", "above", "phone", "address")
        return Details(**{name: self.cleaned_data[name] for name in fields})


class NewOfficeForm(OfficeForm):
    code = forms.CharField(
        label=_("Mã cơ quan"),
        max_length=60,
        help_text=_("Chữ thường không dấu, chữ số và dấu gạch nối, ví dụ bp-na-co-sa. Sau này không đổi được."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    covers = forms.ModelMultipleChoiceField(
        Unit.objects.none(), label=_("Phụ trách địa bàn"), widget=forms.CheckboxSelectMultiple({"class": "names"})
    )
    field_order = ["name", "code", "kind", "above", "covers", "phone", "address"]

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, "covers", units)


class CoverForm(DeskForm):
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Xã, phường"), empty_label=_("Chọn xã, phường"))

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_units(self, "unit", units)


def _offer_units(form: forms.Form, name: str, units: QuerySet[Unit]) -> None:
    offer(form, name, units.order_by("parent", "search_key"))
    form.fields[name].label_from_instance = lambda unit: unit.full_name  # type: ignore[attr-defined]
