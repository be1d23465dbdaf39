"""A page of a form as HTML, and answers as lines for reading. No script is needed: all that a script does, a submit does too."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any, Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keng.procedures.forms.checking import Problem, readable
from keng.procedures.forms.fields import Field, Heading, Kind, Note, Page, all_fields
from keng.procedures.forms.formats import as_date
from keng.procedures.forms.posts import FALSE, TRUE

NEW_ROW = "__row__"  # what the script replaces in the row that it copies
INPUT_TYPES = {Kind.PHONE: "tel", Kind.EMAIL: "email"}
INPUT_MODES = {
    Kind.NUMBER: "numeric",
    Kind.DECIMAL: "decimal",
    Kind.MONEY: "numeric",
    Kind.DATE: "numeric",
    Kind.PERSONAL_ID: "numeric",
    Kind.PHONE: "tel",
    Kind.EMAIL: "email",
}
SIZES = {
    Kind.NUMBER: "short",
    Kind.DECIMAL: "short",
    Kind.MONEY: "medium",
    Kind.DATE: "short",
    Kind.PERSONAL_ID: "medium",
    Kind.PHONE: "medium",
}


class Given(Protocol):
    """A file that was given already: an Attachment, as far as a page shows it."""

    pk: Any
    name: str
    size: int


@dataclass
class Control:
    """One field as it stands on the page."""

    field: Field
    path: str
    value: Any = None
    error: str = ""
    when: str = ""  # "chỉ khi …"
    beside: str = ""  # the path of the field that decides
    met: bool = True
    controls: "list[Control]" = default(default_factory=list)
    rows: "list[Row]" = default(default_factory=list)
    blank: "Row | None" = None
    files: Sequence[Given] = ()

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def described_by(self) -> str:
        there = (("-help", self.field.help or self.hint), ("-error", self.error), ("-when", self.when))
        return " ".join(self.id + end for end, words in there if words)

    @property
    def hint(self) -> str:
        return hint(self.field)

    @property
    def type(self) -> str:
        return INPUT_TYPES.get(self.field.kind, "text")

    @property
    def mode(self) -> str:
        return INPUT_MODES.get(self.field.kind, "")

    @property
    def size(self) -> str:
        return SIZES.get(self.field.kind, "")

    @property
    def longest(self) -> int | None:
        """For text alone: what is typed into others is normalised before it is measured."""
        return self.field.most if self.field.kind in (Kind.TEXT, Kind.LONG) else None

    @property
    def written(self) -> str:
        return written(self.field, self.value)

    @property
    def options(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen)."""
        if self.field.kind is Kind.YES_NO:
            return [(TRUE, _("Có"), self.value is True), (FALSE, _("Không"), self.value is False)]
        chosen = self.value if isinstance(self.value, list) else [self.value]
        return [(value, words, value in chosen) for value, words in self.field.choices]

    @property
    def decided_by(self) -> str:
        """The values at which the field is asked for, as its decider's inputs have them."""
        when = self.field.when
        return (
            json.dumps(
                [{True: TRUE, False: FALSE}.get(one, one) if isinstance(one, bool) else one for one in when.values]
            )
            if when
            else ""
        )

    @property
    def full(self) -> bool:
        return len(self.rows) >= self.field.most

    @property
    def room(self) -> int:
        """How many files may still be given."""
        return self.field.most - len(self.files)


@dataclass
class Row:
    number: str
    path: str
    called: str
    counted: str
    controls: list[Control]


def render_page(
    page: Page,
    everything: Sequence[Page],
    answers: Mapping[str, Any],
    problems: Iterable[Problem],
    files: Mapping[str, Sequence[Given]],
) -> SafeString:
    """The page's fields, problems summed at the top; no <form>, no button that goes on: those are the caller's."""
    here = [problem for problem in problems if problem.top in page.names]
    builder = Builder({problem.path: problem.sentence for problem in here}, files)
    before = [field for one in everything for field in one.fields]
    items = [builder.item(item, before, answers, page) for item in page.items]
    context = {"page": page, "items": [item for item in items if item], "problems": here}
    return render_to_string("procedures/forms/page.html", context)


class Builder:
    def __init__(self, errors: Mapping[str, str], files: Mapping[str, Sequence[Given]]) -> None:
        self.errors, self.files = errors, files

    def item(
        self, item: Field | Heading | Note, beside: Sequence[Field], answers: Mapping[str, Any], page: Page
    ) -> dict[str, Any] | None:
        """What stands on the page; None for a field that an earlier page has decided against."""
        if not isinstance(item, Field):
            return {"heading" if isinstance(item, Heading) else "note": item.text}
        control = self.control(item, "", beside, answers)
        decided_here = item.when is not None and item.when.field in page.names
        return {"control": control} if control.met or decided_here else None

    def control(self, field: Field, before: str, beside: Sequence[Field], answers: Mapping[str, Any]) -> Control:
        path, value = before + field.name, answers.get(field.name)
        made = Control(field, path, value, self.errors.get(path, ""), files=tuple(self.files.get(path, ())))
        if field.when:
            made.when, made.met = asks(field, beside), field.when.met(dict(answers))
            made.beside = before + field.when.field
        if field.kind is Kind.GROUP:
            made.controls = self.controls(field, f"{path}.", value)
        if field.kind is Kind.ROWS:
            given = list(value) if isinstance(value, list) else []
            given += [{}] * (max(field.least, 1) - len(given))
            made.rows = [self.row(field, str(number), row) for number, row in enumerate(given)]
            made.blank = self.row(field, NEW_ROW, {})
        return made

    def controls(self, field: Field, before: str, value: object) -> list[Control]:
        answers = value if isinstance(value, dict) else {}
        return [self.control(inner, before, field.fields, answers) for inner in field.fields]

    def row(self, field: Field, number: str, value: object) -> Row:
        path = f"{field.name}.{number}"
        counted = str(int(number) + 1) if number.isdigit() else ""
        return Row(number, path, field.row or _("Người"), counted, self.controls(field, f"{path}.", value))


def asks(field: Field, beside: Sequence[Field]) -> str:
    """“Chỉ khi Hình thức: thuê nhà hoặc ở nhờ”: the sentence under which a field is asked for."""
    when = field.when
    decider = next((one for one in beside if when and one.name == when.field), None)
    if when is None or decider is None:
        return ""
    words = dict(decider.choices) | {True: _("Có"), False: _("Không")}
    joined = f" {_('hoặc')} ".join(f"“{words.get(value, value)}”" for value in when.values)
    return _("Chỉ điền khi mục “%(label)s” là %(values)s.") % {"label": decider.label, "values": joined}


def hint(field: Field) -> str:
    """What a kind needs said, where the officer wrote no help."""
    if field.kind is Kind.FILE:
        kinds = (
            _("Ảnh hoặc PDF")
            if len(field.accept) > 1
            else _("Chỉ nhận PDF")
            if "application/pdf" in field.accept
            else _("Ảnh chụp")
        )
        return _("%(kinds)s, nhiều nhất %(most)d tệp, mỗi tệp không quá %(size)d MB.") % {
            "kinds": kinds, "most": field.most, "size": field.megabytes,
        }  # fmt: skip
    return {
        Kind.DATE: _("Ngày/tháng/năm, ví dụ 04/05/1990."),
        Kind.PERSONAL_ID: _("12 chữ số trên thẻ căn cước."),
        Kind.MONEY: _("Tính bằng đồng, ví dụ 1.500.000."),
        Kind.SEVERAL: _("Có thể chọn nhiều mục."),
    }.get(field.kind, "")


def written(field: Field, value: Any) -> str:
    """A value as it stands in its input: as people write it, or as they typed it."""
    if value is None or isinstance(value, bool | list | dict):
        return ""
    if field.kind is Kind.DATE and isinstance(value, str) and (day := as_date(value)):
        return f"{day:%d/%m/}{day.year:04d}"
    if isinstance(value, int | float):
        return readable(value) if field.kind is Kind.MONEY else str(value).replace(".", ",")
    return str(value)


def lines(pages: Sequence[Page], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, value) of every answer, in the order of the form; those of a group's and a row's fields begin with whose they are."""
    return list(_lines(tuple(all_fields(pages)), answers, ""))


def _lines(fields: Sequence[Field], answers: Mapping[str, Any], before: str) -> Iterable[tuple[str, str]]:
    for field in fields:
        value = answers.get(field.name)
        if value is None or field.kind is Kind.FILE:
            continue
        if field.kind is Kind.GROUP and isinstance(value, dict):
            yield from _lines(field.fields, value, f"{before}{field.label}: ")
        elif field.kind is Kind.ROWS and isinstance(value, list):
            for number, row in enumerate(value, 1):
                yield from _lines(
                    field.fields, row if isinstance(row, dict) else {}, f"{before}{field.row or _('Người')} {number}: "
                )
        else:
            yield before + field.label, in_words(field, value)


def in_words(field: Field, value: Any) -> str:
    words = dict(field.choices)
    if isinstance(value, bool):
        return _("Có") if value else _("Không")
    if isinstance(value, list):
        return ", ".join(words.get(str(one), str(one)) for one in value)
    if field.kind is Kind.MONEY and isinstance(value, int):
        return _("%(amount)s đồng") % {"amount": readable(value)}
    return words.get(value, value) if isinstance(value, str) and words else written(field, value)
