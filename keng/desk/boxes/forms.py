"""Forms of an administrator's pages about boxes."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.desk.boxes.services import BAD_SLUG, SLUG
from keng.desk.forms import DeskForm, offer
from keng.mailbox.languages.catalogue import offered
from keng.mailbox.models import Box
from keng.units.models import Office

KIND_CHOICES = [
    (Box.Kind.CRIME, _("Báo tin tội phạm")),
    (Box.Kind.DEMOCRACY, _("Góp ý với xã")),
    (Box.Kind.COMPLAINT, _("Phản ánh về cán bộ, do cấp trên giữ")),
]


class EditForm(DeskForm):
    title = forms.CharField(
        max_length=120,
        label=_("Tên hộp thư"),
        help_text=_("Bà con thấy tên này trên áp phích và trên điện thoại. Thường là tên đơn vị."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    languages = forms.MultipleChoiceField(
        required=False,
        label=_("Thứ tiếng thêm"),
        help_text=_("Tiếng Việt luôn có."),
        widget=forms.CheckboxSelectMultiple,
        choices=offered,
    )


class CreateForm(EditForm):
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Đơn vị"), empty_label=_("Chọn đơn vị"))
    slug = forms.CharField(
        max_length=40,
        label=_("Địa chỉ"),
        help_text=_("Phần cuối của địa chỉ in trên áp phích, ví dụ na-co-sa. Ngắn và dễ gõ. Sau này không đổi được."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    kind = forms.TypedChoiceField(
        choices=KIND_CHOICES, coerce=Box.Kind, label=_("Để làm gì"), widget=forms.RadioSelect, initial=Box.Kind.CRIME
    )
    above = forms.ModelChoiceField(
        Box.objects.none(),
        required=False,
        label=_("Hộp thư cấp trên"),
        help_text=_("Nơi giữ khoá gốc hộ, để gia hạn khi cần. Hộp thư cao nhất của tỉnh thì để trống."),
        empty_label=_("Không có, đây là hộp thư cao nhất"),
    )
    training = forms.BooleanField(
        required=False,
        label=_("Hộp thư để tập"),
        help_text=_("Dùng y như thật, chỗ nào cũng ghi là để tập, và không tính vào số liệu nào."),
    )
    field_order = ["office", "title", "slug", "kind", "above", "languages", "training"]

    def __init__(self, *args: Any, offices: QuerySet[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "office", offices.order_by("name"))
        near = Box.objects.filter(office__province__in=offices.values("province"), training=False, closed_on=None)
        offer(self, "above", near.order_by("title"))

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if not SLUG.fullmatch(slug):
            raise forms.ValidationError(BAD_SLUG)
        return slug


class CloseForm(DeskForm):
    slug_again = forms.CharField(
        max_length=40,
        label=_("Gõ lại địa chỉ của hộp thư"),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
