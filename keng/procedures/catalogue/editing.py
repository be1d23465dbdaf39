"""The pages on which a procedure is written: what stands in each field, and what came back. No JSON, no script needed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.procedures.catalogue.columns import Column, Kind, Says
from keng.procedures.catalogue.sections import COLUMNS, MOST_ROWS, TABLES, Problem, Table
from keng.procedures.models import Field, Form, LifeEvent

WIDGETS = {Kind.TEXT: "area", Kind.WHOLE: "number", Kind.DAY: "date", Kind.CHOICE: "select", Kind.FLAG: "check"}
PICKED = {"field": Field, "form": Form, "life_events": LifeEvent}  # slugs that are picked from what there is
FILED = ("documents", "field")  # names a file field of the form: chosen by its title
LONG = 80  # characters from which on a line is written in a box
HELP = {
    "field": gettext_lazy("Bà con tìm thấy thủ tục ở lĩnh vực này."),
    "life_events": gettext_lazy("Bà con gặp việc gì thì cần thủ tục này."),
    "form": gettext_lazy("Biểu mẫu để bà con khai trên mạng; chưa có thì để sau."),
}


@dataclass(frozen=True)
class Input:
    """One field of a page: `widget` names its drawing in `input.html`, `choices` are (value, label)."""

    column: Column
    name: str
    value: Any
    error: str = ""
    choices: tuple[tuple[Any, Says], ...] = ()

    @property
    def widget(self) -> str:
        if self.column.kind is Kind.SLUGS:
            return "checks"
        if self.choices:
            return "select"
        if self.column.kind is Kind.LINE and self.column.most >= 300 and len(str(self.value)) > LONG:
            return "area"
        return WIDGETS.get(self.column.kind, "line")

    @property
    def help(self) -> Says:
        """What picking needs to know is less than what writing a file does."""
        return HELP.get(self.column.name, self.column.help) if _picked(self.column) else self.column.help

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def picked(self) -> list[tuple[str, Says, bool]]:
        """The choices, each with whether it stands."""
        chosen = {str(one) for one in self.value} if isinstance(self.value, (list, tuple)) else {str(self.value)}
        return [(str(value), label, str(value) in chosen) for value, label in self.choices]


def inputs(names: Iterable[str], values: Mapping[str, Any], problems: Iterable[Problem] = ()) -> list[Input]:
    """The fields of sections that are one value each, with the first thing wrong with each."""
    wrong = {str(problem.path[0]): problem.sentence for problem in reversed(list(problems))}
    return [
        Input(COLUMNS[name], name, values.get(name, COLUMNS[name].empty), wrong.get(name, ""), _choices(COLUMNS[name]))
        for name in names
    ]


def _picked(column: Column) -> bool:
    """Whether it names what stands elsewhere. The field of a document is another thing than the field of a procedure."""
    return column.name in PICKED and COLUMNS[column.name] is column


def _choices(column: Column) -> tuple[tuple[Any, Says], ...]:
    if not _picked(column):
        return column.choices
    model: Any = PICKED[column.name]
    if column.name == "form":
        return (("", _("Chưa có biểu mẫu")), *model.objects.order_by("title").values_list("slug", "title"))
    rows = tuple(model.objects.order_by("order", "name").values_list("slug", "name"))
    return rows if column.kind is Kind.SLUGS else (("", _("Chọn")), *rows)


def posted(names: Iterable[str], post: QueryDict) -> dict[str, Any]:
    """What was written into the fields of these names."""
    return {name: post.getlist(name) if COLUMNS[name].kind is Kind.SLUGS else post.get(name, "") for name in names}


@dataclass
class Rows:
    """The rows of a section as they stand on its page, saved or not. `files` are the form's file fields: (name, title)."""

    table: Table
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: Sequence[tuple[str, Says]] = ()

    @classmethod
    def from_post(cls, section: str, post: QueryDict) -> "Rows":
        """The rows that came back, without those in which nothing was written."""
        table = TABLES[section]
        count = post.get("count", "0")
        number = min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 4 else 0
        rows = [
            {column.name: post.get(f"{index}-{column.name}", "") for column in table.columns} for index in range(number)
        ]
        return cls(table, [row for row in rows if not blank(table, row)])

    def turn(self, deed: str) -> None:
        """What a button beside a row does: `add`, `drop-2`, `up-2`, `down-2`. Anything else does nothing."""
        if deed == "add" and len(self.rows) < MOST_ROWS:
            self.rows.append({})
        what, _dash, place = deed.partition("-")
        if not (place.isascii() and place.isdigit() and len(place) < 4 and int(place) < len(self.rows)):
            return
        index = int(place)
        if what == "drop":
            del self.rows[index]
        elif what in ("up", "down"):
            other = index + (1 if what == "down" else -1)
            if 0 <= other < len(self.rows):
                self.rows[index], self.rows[other] = self.rows[other], self.rows[index]

    @property
    def drawn(self) -> list[list[Input]]:
        """The fields of each row; an empty section has one empty row to begin with."""
        wrong = {problem.path[1:]: problem.sentence for problem in reversed(self.problems)}
        return [
            [self._input(column, index, row, wrong.get((index, column.name), "")) for column in self.table.columns]
            for index, row in enumerate(self.rows or [{}])
        ]

    def _input(self, column: Column, index: int, row: dict[str, Any], error: str) -> Input:
        value = row.get(column.name, column.empty)
        choices = self._files(str(value)) if (self.table.name, column.name) == FILED else column.choices
        return Input(column, f"{index}-{column.name}", value, error, choices)

    def _files(self, value: str) -> tuple[tuple[Any, Says], ...]:
        """The file fields to choose from; what stands there stays to be seen, even where the form has no such field (any more)."""
        offered = (("", _("Chưa gắn ô nào")), *self.files)
        if value in dict(offered):
            return offered
        return (*offered, (value, _("Biểu mẫu không có ô này: %(name)s") % {"name": value}))


def blank(table: Table, row: Mapping[str, Any]) -> bool:
    """Whether nothing was written into a row; what a page offers unasked (a choice, a nought) is nothing."""
    return not any(
        str(row.get(column.name, "")).strip() not in ("", "0")
        for column in table.columns
        if column.kind is not Kind.CHOICE
    ) and not (table.name == "ways" and row.get("way"))
