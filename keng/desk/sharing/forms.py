"""Forms of hand-overs and absences."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.desk.forms import DeskForm, offer
from keng.desk.sharing.people import named

SHIFT, CHOSEN = "shift", "chosen"


class Person(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A colleague, by name."""

    def label_from_instance(self, obj: User) -> str:
        return named(obj)


class GiveForm(DeskForm):
    """The reports themselves are ticked in the list below it."""

    to = Person(User.objects.none(), label=_("Bàn giao cho"), empty_label=_("Chọn đồng chí nhận"))
    what = forms.ChoiceField(
        label=_("Bàn giao gì"),
        choices=[(SHIFT, _("Cả ca: mọi tin trong bảng dưới đây")), (CHOSEN, _("Chỉ những tin đã đánh dấu"))],
        widget=forms.RadioSelect,
        initial=SHIFT,
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", people)


class AbsenceForm(DeskForm):
    officer = Person(User.objects.none(), label=_("Ai vắng"), empty_label=None)
    first = forms.DateField(label=_("Từ ngày"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=_("Đến hết ngày"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    stand_in = Person(
        User.objects.none(),
        required=False,
        label=_("Người trực thay"),
        help_text=_("Tin, hồ sơ giao cho người vắng sẽ hiện cả ở danh sách của người trực thay."),
        empty_label=_("Chưa có ai"),
    )

    def __init__(self, *args: Any, officers: QuerySet[User], colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "officer", officers)
        offer(self, "stand_in", colleagues)
        if officers.count() == 1:
            self.fields["officer"].widget = forms.HiddenInput()
            self.initial["officer"] = officers[0].pk

    def clean(self) -> dict[str, Any]:
        """What is wrong with a field that nobody sees is said above the form."""
        if "officer" not in self.cleaned_data and self.fields["officer"].widget.is_hidden:
            raise forms.ValidationError(_("Đồng chí chỉ ghi được lịch vắng của mình."))
        return self.cleaned_data
