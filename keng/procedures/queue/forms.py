"""What the deeds ask for. Each form carries the `row_version` that its page showed: of two officers at once the second is told."""

from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from keng.accounts.forms import in_our_words
from keng.accounts.models import User
from keng.core import ids
from keng.core.calendar import add_working_days
from keng.procedures.dossiers import deadlines
from keng.procedures.dossiers.routing import today
from keng.procedures.models import Dossier

MOST_FILES = 5
BLANKS = 3
LONGEST = 500
LATER = 3  # working days that a new date lies ahead, unless the officer says otherwise


class Dates(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DeedForm(forms.Form):
    """Nothing but the version."""

    template = "procedures/queue/fields.html"
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, dossier: Dossier, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("version", dossier.row_version)
        super().__init__(*args, **kwargs)
        self.dossier, self.user = dossier, user
        self.prepare()
        for field in self.fields.values():
            in_our_words(field)

    def prepare(self) -> None:
        """What depends on the dossier."""


class NoteForm(DeedForm):
    note = forms.CharField(
        label=_("Ghi chú"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(DeedForm):
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=LONGEST,
        help_text=_("Người nộp hồ sơ đọc được. Viết ngắn, rõ, nêu căn cứ."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class SendBackForm(DeedForm):
    reason = forms.CharField(
        label=_("Lý do"),
        max_length=LONGEST,
        help_text=_("Cho cán bộ làm bước trước: còn thiếu gì, sai chỗ nào. Người nộp hồ sơ không đọc được."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ExtendForm(ReasonForm):
    due = forms.DateField(label=_("Ngày hẹn mới"), widget=Dates, help_text=_("Ngày làm việc, sau ngày đã hẹn."))
    field_order = ("due", "reason")

    def prepare(self) -> None:
        base = max(localdate(self.dossier.due or ids.now()), today())
        self.fields["due"].initial = add_working_days(base, LATER)


class HandOverForm(NoteForm):
    to = forms.ModelChoiceField(User.objects.none(), label=_("Bàn giao cho"), empty_label=_("Chọn cán bộ"))
    field_order = ("to", "note")

    def prepare(self) -> None:
        from_here = User.objects.filter(
            appointments__office=self.dossier.office, appointments__role="caseworker", is_active=True
        ).exclude(pk=self.dossier.owner_id or 0)
        cast("forms.ModelChoiceField[User]", self.fields["to"]).queryset = from_here.distinct().order_by("name")


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files in one field."""

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("Mỗi lần gửi nhiều nhất 5 tệp."))
        return [super(ManyFiles, self).clean(one, initial) for one in given]


class FinishForm(NoteForm):
    results = ManyFiles(
        label=_("Tệp kết quả"),
        required=False,
        widget=Files(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
        help_text=_("PDF hoặc ảnh, nhiều nhất 5 tệp. Bỏ trống nếu chỉ trả bản giấy."),
    )


class SupplementForm(DeedForm):
    """One line for each document of the procedure, which is asked for when ticked, and blank ones."""

    template = "procedures/queue/supplement_fields.html"
    by_day = forms.DateField(label=_("Bổ sung trước hết ngày"), widget=Dates)

    def prepare(self) -> None:
        self.fields["by_day"].initial = deadlines.answer_until(ids.now())

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines as they were typed, or as they begin."""
        documents = [
            {"title": str(one.get("title", "")), "field": str(one.get("field", ""))}
            for one in self.dossier.version.documents
        ]
        return [self._line(at, one) for at, one in enumerate([*documents, *[{}] * BLANKS])]

    def _line(self, at: int, document: dict[str, str]) -> dict[str, Any]:
        return {
            "at": at,
            "known": bool(document),
            "field": document.get("field", ""),
            "title": document.get("title") or self.data.get(f"title-{at}", ""),
            "why": self.data.get(f"why-{at}", ""),
            "picked": f"pick-{at}" in self.data,
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        wanted = [line for line in self.lines if line["picked"] or (not line["known"] and line["title"].strip())]
        if not wanted:
            raise forms.ValidationError(gettext("Đánh dấu ít nhất một thứ còn thiếu."))
        if any(not line["why"].strip() for line in wanted):
            raise forms.ValidationError(gettext("Mỗi thứ cần bổ sung phải có lý do."))
        said["items"] = [{"title": line["title"], "why": line["why"], "field": line["field"]} for line in wanted]
        return said


class LookForm(forms.Form):
    """Why somebody looks who does not work on it."""

    reason = forms.ChoiceField(label=_("Lý do xem"))
    note = forms.CharField(
        label=_("Nói rõ thêm"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["reason"]).choices = [("", gettext("Chọn lý do")), *reasons]
        for field in self.fields.values():
            in_our_words(field)
