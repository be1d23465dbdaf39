"""What changed between two versions of a form, in lines for the officer who publishes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.procedures.forms.fields import LABELS, Field, Page, all_fields, every_field

WORDS = {
    "label": gettext_lazy("tên ô"),
    "help": gettext_lazy("lời giải thích"),
    "required": gettext_lazy("bắt buộc hay không"),
    "low": gettext_lazy("giới hạn dưới"),
    "high": gettext_lazy("giới hạn trên"),
    "choices": gettext_lazy("lựa chọn"),
    "when": gettext_lazy("điều kiện hiện"),
    "row": gettext_lazy("tên mỗi dòng"),
    "autocomplete": gettext_lazy("điền sẵn"),
    "dates": gettext_lazy("ngày được nhận"),
    "accept": gettext_lazy("loại tệp"),
    "megabytes": gettext_lazy("cỡ tệp"),
    "kind": gettext_lazy("loại ô"),
}


@dataclass(frozen=True)
class Change:
    """`how`: added, dropped, changed or moved; `words` say what of it."""

    how: str
    label: str
    words: str


def differences(old: Sequence[Page], new: Sequence[Page]) -> list[Change]:
    before, after = (dict(every_field(all_fields(pages))) for pages in (old, new))
    made = [
        Change("added", field.label, str(LABELS[field.kind])) for path, field in after.items() if path not in before
    ]
    made += [
        Change("dropped", field.label, str(LABELS[field.kind])) for path, field in before.items() if path not in after
    ]
    for path, field in after.items():
        if path in before and (parts := changed(before[path], field)):
            made.append(Change("changed", field.label, ", ".join(str(WORDS[part]) for part in parts)))
    common = [path for path in after if path in before]
    if common != [path for path in before if path in after] or _pages(old, common) != _pages(new, common):
        made.append(Change("moved", _("Thứ tự"), _("các ô đứng ở chỗ khác")))
    if _texts(old) != _texts(new):
        made.append(Change("changed", _("Lời trên trang"), _("tiêu đề, lời dặn")))
    return made


def changed(old: Field, new: Field) -> list[str]:
    return [
        part.name for part in fields(Field) if part.name in WORDS and getattr(old, part.name) != getattr(new, part.name)
    ]


def _pages(pages: Sequence[Page], names: Sequence[str]) -> list[int]:
    place = {field.name: number for number, page in enumerate(pages) for field in page.fields}
    return [place[name] for name in names if name in place]


def _texts(pages: Sequence[Page]) -> list[object]:
    return [(page.title, page.help, [item for item in page.items if not isinstance(item, Field)]) for page in pages]
