"""The editor's own inputs: what may be said of a page, of a heading or note, of a field of each kind."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.procedures.forms.editing import choices_of
from keng.procedures.forms.fields import (
    CHOOSERS,
    DECIDERS,
    LARGEST,
    LONGEST_HELP,
    LONGEST_LABEL,
    LONGEST_LONG,
    LONGEST_NOTE,
    LONGEST_TEXT,
    MEDIA,
    MOST_FILES,
    MOST_MEGABYTES,
    MOST_ROWS,
    Condition,
    Field,
    Heading,
    Kind,
    Note,
    Page,
)
from keng.procedures.forms.posts import FALSE, TRUE

REMEMBERED = [
    ("", gettext_lazy("Không")),
    ("name", gettext_lazy("Họ tên")),
    ("bday", gettext_lazy("Ngày sinh")),
    ("tel", gettext_lazy("Số điện thoại")),
    ("email", gettext_lazy("Thư điện tử")),
    ("street-address", gettext_lazy("Địa chỉ")),
    ("organization", gettext_lazy("Tên cơ quan")),
]
DATES = [
    ("", gettext_lazy("Ngày nào cũng được")),
    ("past", gettext_lazy("Không sau hôm nay (ngày sinh)")),
    ("coming", gettext_lazy("Từ hôm nay trở đi")),
]
MEDIA_WORDS = dict(zip(MEDIA, ("PDF", gettext_lazy("ảnh JPEG"), gettext_lazy("ảnh PNG")), strict=True))
BOUNDS: dict[Kind, tuple[Any, Any, int, int]] = {
    Kind.TEXT: (
        gettext_lazy("Ít nhất bao nhiêu ký tự"),
        gettext_lazy("Nhiều nhất bao nhiêu ký tự"),
        0,
        LONGEST_TEXT * 5,
    ),
    Kind.LONG: (gettext_lazy("Ít nhất bao nhiêu ký tự"), gettext_lazy("Nhiều nhất bao nhiêu ký tự"), 0, LONGEST_LONG),
    Kind.NUMBER: (gettext_lazy("Số nhỏ nhất"), gettext_lazy("Số lớn nhất"), -LARGEST, LARGEST),
    Kind.DECIMAL: (gettext_lazy("Số nhỏ nhất"), gettext_lazy("Số lớn nhất"), -LARGEST, LARGEST),
    Kind.MONEY: (gettext_lazy("Số tiền nhỏ nhất"), gettext_lazy("Số tiền lớn nhất"), 0, LARGEST),
    Kind.ROWS: (gettext_lazy("Ít nhất bao nhiêu người"), gettext_lazy("Nhiều nhất bao nhiêu người"), 0, MOST_ROWS),
    Kind.FILE: (gettext_lazy("Ít nhất bao nhiêu tệp"), gettext_lazy("Nhiều nhất bao nhiêu tệp"), 0, MOST_FILES),
}
TYPED = frozenset({Kind.TEXT, Kind.LONG, Kind.DATE, Kind.PHONE, Kind.EMAIL})


class PageForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Tên trang"), max_length=LONGEST_LABEL)
    help = forms.CharField(
        label=gettext_lazy("Lời dặn đầu trang"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @classmethod
    def of(cls, page: Page, post: Any = None) -> "PageForm":
        return cls(post, initial={"title": page.title, "help": page.help})

    def changed(self, page: Page) -> Page:
        return replace(page, title=self.cleaned_data["title"], help=unix(self.cleaned_data["help"]))


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Nội dung"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )

    @classmethod
    def of(cls, item: Heading | Note, post: Any = None) -> "TextForm":
        return cls(post, initial={"text": item.text})

    def changed(self, item: Heading | Note) -> Heading | Note:
        text = unix(self.cleaned_data["text"])
        return Heading(" ".join(text.split())[:LONGEST_LABEL]) if isinstance(item, Heading) else Note(text)


class FieldForm(forms.Form):
    """Made for one field: only what its kind knows is asked for. `beside` are the fields that stand before it."""

    label = forms.CharField(label=gettext_lazy("Tên ô"), max_length=LONGEST_LABEL)
    help = forms.CharField(
        label=gettext_lazy("Lời giải thích dưới tên ô"),
        required=False,
        max_length=LONGEST_HELP,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    required = forms.BooleanField(label=gettext_lazy("Bắt buộc"), required=False)

    def __init__(self, post: Any, field: Field, beside: Sequence[Field]) -> None:
        super().__init__(post, initial=initial_of(field))
        self.field, self.beside = field, beside
        if field.kind in BOUNDS:
            low, high, least, most = BOUNDS[field.kind]
            self.fields["low"] = forms.IntegerField(label=low, required=False, min_value=least, max_value=most)
            self.fields["high"] = forms.IntegerField(
                label=high, required=False, min_value=max(least, 1), max_value=most
            )
        if field.kind in CHOOSERS:
            help_text = _("Mỗi dòng một lựa chọn.")
            self.fields["choices"] = forms.CharField(
                label=_("Các lựa chọn"),
                max_length=20_000,
                help_text=help_text,
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        if field.kind is Kind.ROWS:
            self.fields["row"] = forms.CharField(label=_("Mỗi dòng gọi là"), max_length=60, required=False)
        if field.kind is Kind.DATE:
            self.fields["dates"] = forms.ChoiceField(label=_("Nhận ngày nào"), choices=DATES, required=False)
        if field.kind is Kind.FILE:
            self._files()
        if field.kind in TYPED:
            help_text = _("Máy của người nộp điền sẵn nếu đã biết.")
            self.fields["autocomplete"] = forms.ChoiceField(
                label=_("Điền sẵn"), choices=REMEMBERED, required=False, help_text=help_text
            )
        self._when()

    def _files(self) -> None:
        self.fields["accept"] = forms.MultipleChoiceField(
            label=_("Nhận tệp loại"), choices=list(MEDIA_WORDS.items()), widget=forms.CheckboxSelectMultiple
        )
        self.fields["megabytes"] = forms.IntegerField(
            label=_("Mỗi tệp không quá (MB)"), min_value=1, max_value=MOST_MEGABYTES
        )

    def _when(self) -> None:
        if offered := answers_of(self.beside):
            self.fields["when"] = forms.MultipleChoiceField(
                label=_("Chỉ hỏi khi"),
                choices=offered,
                required=False,
                help_text=_(
                    "Không đánh dấu gì thì lúc nào cũng hỏi. Đánh dấu nhiều câu trả lời thì phải của cùng một ô."
                ),
                widget=forms.CheckboxSelectMultiple,
            )

    def clean_when(self) -> Condition | None:
        chosen = [one.split(":", 1) for one in self.cleaned_data["when"]]
        if not chosen:
            return None
        if len({name for name, _value in chosen}) > 1:
            raise forms.ValidationError(_("Chỉ chọn câu trả lời của một ô."))
        decider = next(field for field in self.beside if field.name == chosen[0][0])
        values = [value for _name, value in chosen]
        return Condition(
            decider.name,
            tuple({TRUE: True, FALSE: False}[one] if decider.kind is Kind.YES_NO else one for one in values),
        )

    def clean_choices(self) -> tuple[tuple[str, str], ...]:
        made = choices_of(self.cleaned_data["choices"], self.field.choices)
        if any(len(words) > LONGEST_LABEL for _value, words in made):
            raise forms.ValidationError(_("Mỗi lựa chọn không quá %(most)d ký tự.") % {"most": LONGEST_LABEL})
        return made

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        low, high = cleaned.get("low"), cleaned.get("high")
        if low is not None and high is not None and low > high:
            self.add_error("high", _("Giới hạn trên nhỏ hơn giới hạn dưới."))
        return cleaned

    def changed(self, field: Field) -> Field:
        said = {key: value for key, value in self.cleaned_data.items() if key in self.fields}
        said["help"] = unix(said["help"])
        if "accept" in said:
            said["accept"] = tuple(kind for kind in MEDIA if kind in said["accept"])
        return replace(field, **{"when": None, **said})


def initial_of(field: Field) -> dict[str, Any]:
    initial = {
        name: getattr(field, name)
        for name in ("label", "help", "required", "low", "row", "dates", "autocomplete", "megabytes")
    }
    when = field.when
    return initial | {
        "high": field.high,
        "choices": "\n".join(words for _value, words in field.choices),
        "accept": list(field.accept),
        "when": [f"{when.field}:{said(value)}" for value in when.values] if when else [],
    }


def said(value: str | bool) -> str:
    return value if isinstance(value, str) else TRUE if value else FALSE


def answers_of(beside: Sequence[Field]) -> list[tuple[str, str]]:
    """Every answer that a condition may ask for: (field:value, “Field: words”)."""
    return [
        (f"{field.name}:{value}", f"{field.label}{'' if field.label.endswith(('?', ':')) else ':'} {words}")
        for field in beside
        if field.kind in DECIDERS
        for value, words in (field.choices or ((TRUE, _("Có")), (FALSE, _("Không"))))
    ]


def unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
