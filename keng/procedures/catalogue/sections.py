"""The published sections of a procedure: of each, its columns, in the order in which everybody reads and writes them.

The desk's pages, the workbook, the JSON and the check before publishing are all made from these tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.core.models import Clock
from keng.procedures.catalogue.columns import Bad, Column, Kind, Says
from keng.procedures.models import CostKind, ProcedureVersion
from keng.units.models import OfficeKind

Content = dict[str, Any]
MOST_ROWS = 60  # of one section of one procedure
DONG = 1_000_000_000
WAYS = (
    ("online", gettext_lazy("trực tuyến")),
    ("counter", gettext_lazy("trực tiếp tại quầy")),
    ("post", gettext_lazy("qua bưu chính")),
)
LEVELS = ((1, gettext_lazy("mức 1")), (2, gettext_lazy("mức 2")))
OFFICES = (("", gettext_lazy("nơi giải quyết")), *OfficeKind.choices)


@dataclass(frozen=True)
class Table:
    """A section of several rows, each a dict of these columns; `row` is what one row is called."""

    name: str
    label: Says
    row: Says
    columns: tuple[Column, ...]
    help: Says = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong where: `path` is (section), or (section, index of the row, column)."""

    path: tuple[str | int, ...]
    sentence: str

    @property
    def where(self) -> str:
        """The place as its page calls it: "Trình tự thực hiện, bước 2, Giờ làm việc"."""
        if self.path[0] == "general":
            return ""
        names = [str(self.path[0]), *(str(part) for part in self.path[1:])]
        if self.path[0] in TABLES:
            table = TABLES[str(self.path[0])]
            names[0] = str(table.label)
            if len(self.path) > 1:
                names[1] = f"{table.row} {int(self.path[1]) + 1}"
            if len(self.path) > 2:
                names[2] = str(next((c.label for c in table.columns if c.name == self.path[2]), self.path[2]))
        elif self.path[0] in COLUMNS:
            names[0] = str(COLUMNS[str(self.path[0])].label)
        return ", ".join(names)


# Where a procedure is found and how people apply for it online: of the procedure, whatever the version.
FRAME = (
    Column("code", gettext_lazy("Mã thủ tục"), Kind.CODE, 40, required=True,
           help=gettext_lazy("Mã quốc gia như 1.004194. Mã không đổi được.")),
    Column("field", gettext_lazy("Lĩnh vực"), Kind.SLUG, 60, required=True,
           help=gettext_lazy("Tên viết tắt của lĩnh vực, ví dụ cu-tru.")),
    Column("life_events", gettext_lazy("Sự kiện đời sống"), Kind.SLUGS, 60,
           help=gettext_lazy("Bà con gặp việc gì thì cần thủ tục này; tên viết tắt, cách nhau bằng dấu phẩy.")),
    Column("form", gettext_lazy("Biểu mẫu điện tử"), Kind.SLUG, 60,
           help=gettext_lazy("Tên viết tắt của biểu mẫu để bà con khai trên mạng; chưa có thì để trống.")),
)  # fmt: skip

PLAIN = (
    Column("name", gettext_lazy("Tên thủ tục"), required=True, help=gettext_lazy("Như trong quyết định công bố.")),
    Column("agency", gettext_lazy("Cơ quan thực hiện"), most=200, help=gettext_lazy("Ví dụ Công an xã.")),
    Column("level", gettext_lazy("Cấp giải quyết"), Kind.CHOICE, choices=tuple(ProcedureVersion.Level.choices), empty="commune",
           help=gettext_lazy("Cấp xã hay cấp tỉnh quyết định.")),
    Column("competent", gettext_lazy("Nơi giải quyết"), Kind.CHOICE, choices=tuple(OfficeKind.choices), required=True,
           help=gettext_lazy("Loại cơ quan quyết định; hồ sơ tự chuyển tới cơ quan loại này của xã.")),
    Column("applicants", gettext_lazy("Đối tượng thực hiện"), help=gettext_lazy("Ai được làm thủ tục này, ví dụ công dân Việt Nam.")),
    Column("amount", gettext_lazy("Thời hạn giải quyết"), Kind.WHOLE, 1000, empty=0,
           help=gettext_lazy("Số, kể từ khi nhận đủ hồ sơ hợp lệ.")),
    Column("time_unit", gettext_lazy("Tính bằng"), Kind.CHOICE, choices=tuple(Clock.Unit.choices), empty="working_days",
           help=gettext_lazy("Ngày làm việc, giờ làm việc, tháng…")),
    Column("time_note", gettext_lazy("Ghi chú thời hạn"), Kind.TEXT, 1000,
           help=gettext_lazy("Trường hợp phải xác minh, nộp sau 15 giờ…")),
    Column("result", gettext_lazy("Kết quả"), help=gettext_lazy("Bà con nhận được gì, ví dụ Giấy khai sinh.")),
    Column("conditions", gettext_lazy("Yêu cầu, điều kiện"), Kind.TEXT, 5000,
           help=gettext_lazy("Mỗi điều kiện một dòng. Không có thì để trống.")),
    Column("online", gettext_lazy("Dịch vụ công trực tuyến"), Kind.CHOICE, choices=tuple(ProcedureVersion.Online.choices), empty="none",
           help=gettext_lazy("Toàn trình: từ nộp tới nhận kết quả đều trên mạng. Một phần: phải đến ít nhất một lần.")),
    Column("identity_level", gettext_lazy("Định danh điện tử"), Kind.CHOICE, choices=LEVELS, empty=2,
           help=gettext_lazy("Nộp trên mạng cần tài khoản định danh mức mấy.")),
    Column("retention_months", gettext_lazy("Giữ hồ sơ"), Kind.WHOLE, 1200, 1, empty=60,
           help=gettext_lazy("Bao nhiêu tháng sau khi xong; hết hạn, dữ liệu của bà con được xoá.")),
    Column("sample", gettext_lazy("Bản mẫu"), Kind.FLAG, empty=False,
           help=gettext_lazy("Còn phải đối chiếu với danh mục chính thức. Đối chiếu xong thì bỏ dấu này.")),
)  # fmt: skip

_TABLES = (
    Table("ways", gettext_lazy("Cách thức thực hiện"), gettext_lazy("cách nộp"), (
        Column("way", gettext_lazy("Cách nộp"), Kind.CHOICE, choices=WAYS, required=True),
        Column("note", gettext_lazy("Ghi chú"), most=500),
    ), gettext_lazy("Bà con nộp bằng cách nào, ở đâu.")),
    Table("steps", gettext_lazy("Trình tự thực hiện"), gettext_lazy("bước"), (
        Column("title", gettext_lazy("Bước"), most=200, required=True),
        Column("text", gettext_lazy("Nội dung"), Kind.TEXT, 3000),
        Column("office", gettext_lazy("Ai làm"), Kind.CHOICE, choices=OFFICES),
        Column("hours", gettext_lazy("Giờ làm việc"), Kind.WHOLE, 2000, empty=0),
    ), gettext_lazy("Bước có số giờ là bước nội bộ: hồ sơ đi qua từng bước, cán bộ được nhắc trước hạn. Việc bà con tự làm thì để 0 giờ.")),
    Table("documents", gettext_lazy("Thành phần hồ sơ"), gettext_lazy("giấy tờ"), (
        Column("title", gettext_lazy("Giấy tờ"), most=500, required=True),
        Column("original", gettext_lazy("Bản chính"), Kind.WHOLE, 20, empty=0),
        Column("copy", gettext_lazy("Bản sao"), Kind.WHOLE, 20, empty=0),
        Column("note", gettext_lazy("Ghi chú"), most=500),
        Column("field", gettext_lazy("Ô tệp trong biểu mẫu"), most=60),
    ), gettext_lazy("Bà con phải mang gì. Nộp trên mạng thì giấy tờ ấy gửi ở ô tệp nào của biểu mẫu; chưa rõ thì để sau.")),
    Table("costs", gettext_lazy("Lệ phí, phí"), gettext_lazy("khoản thu"), (
        Column("kind", gettext_lazy("Loại"), Kind.CHOICE, choices=tuple(CostKind.choices), required=True),
        Column("amount", gettext_lazy("Số tiền (đồng)"), Kind.WHOLE, DONG, empty=0),
        Column("note", gettext_lazy("Ghi chú"), most=500),
    ), gettext_lazy("Không thu thì để trống cả bảng.")),
    Table("bases", gettext_lazy("Căn cứ pháp lý"), gettext_lazy("văn bản"), (
        Column("title", gettext_lazy("Văn bản"), most=500, required=True),
        Column("number", gettext_lazy("Số, ký hiệu"), most=80),
        Column("date", gettext_lazy("Ngày ban hành"), Kind.DAY),
        Column("issuer", gettext_lazy("Cơ quan ban hành"), most=200),
    )),
    Table("papers", gettext_lazy("Mẫu đơn, tờ khai"), gettext_lazy("mẫu"), (
        Column("title", gettext_lazy("Tên mẫu"), most=300, required=True),
        Column("number", gettext_lazy("Ký hiệu"), most=80),
    )),
)  # fmt: skip
# Fields of administration and life events.
NAMED = (
    Column("slug", gettext_lazy("Tên viết tắt"), Kind.SLUG, 60, required=True,
           help=gettext_lazy("Phần cuối địa chỉ, chữ thường không dấu, ví dụ cu-tru.")),
    Column("name", gettext_lazy("Tên"), most=120, required=True),
    Column("order", gettext_lazy("Thứ tự"), Kind.WHOLE, 30_000, empty=0),
)  # fmt: skip
ICON = Column("icon", gettext_lazy("Hình vẽ"), most=40)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
COLUMNS: dict[str, Column] = {column.name: column for column in (*FRAME, *PLAIN)}
CONTENT = (*(column.name for column in PLAIN), *TABLES)


def content_of(version: ProcedureVersion) -> Content:
    """What a version says, by section."""
    return {name: getattr(version, name) for name in CONTENT}


def clean(raw: Mapping[str, Any]) -> tuple[Content, list[Problem]]:
    """`raw` sections as they are kept, with what is wrong in them; what `raw` doesn't name is empty. Unknown names are problems."""
    problems = [Problem((name,), _("Không có mục này.")) for name in raw if name not in CONTENT]
    cleaned: Content = {}
    for column in PLAIN:
        cleaned[column.name] = _value(column, raw.get(column.name), (column.name,), problems)
    for name, table in TABLES.items():
        cleaned[name] = list(_rows(table, raw.get(name, []), problems))
    return cleaned, problems


def read_frame(raw: Mapping[str, Any]) -> tuple[Content, list[Problem]]:
    """Likewise where a procedure stands: its code, field, life events and form."""
    problems: list[Problem] = []
    return {column.name: _value(column, raw.get(column.name), (column.name,), problems) for column in FRAME}, problems


def _value(column: Column, value: Any, path: tuple[str | int, ...], problems: list[Problem]) -> Any:
    try:
        return column.read(value)
    except Bad as error:
        problems.append(Problem(path, error.sentence))
        return column.empty


def _rows(table: Table, raw: Any, problems: list[Problem]) -> Iterator[Content]:
    if not isinstance(raw, list):
        problems.append(Problem((table.name,), _("Phải là một danh sách.")))
        return
    if len(raw) > MOST_ROWS:
        problems.append(Problem((table.name,), _("Nhiều quá %(most)d dòng.") % {"most": MOST_ROWS}))
        return
    names = {column.name for column in table.columns}
    for index, row in enumerate(raw):
        if not isinstance(row, Mapping):
            problems.append(Problem((table.name, index), _("Mỗi dòng phải là một nhóm các mục.")))
            continue
        problems += [
            Problem((table.name, index, str(name)), _("Không có mục này.")) for name in row if name not in names
        ]
        yield {c.name: _value(c, row.get(c.name), (table.name, index, c.name), problems) for c in table.columns}


def lacks(content: Content) -> list[Problem]:
    """What must be written still before people can go by it."""
    missing = _("Chưa điền.")
    problems = [Problem((name,), missing) for name in ("name", "agency", "result", "amount") if not content[name]]
    problems += [
        Problem((name,), _("Cần ít nhất một dòng.")) for name in ("ways", "steps", "bases") if not content[name]
    ]
    if content["steps"] and not any(step.get("hours") for step in content["steps"]):
        problems.append(Problem(("steps",), _("Cần ít nhất một bước có số giờ làm việc, để hồ sơ có nơi đi qua.")))
    return problems
