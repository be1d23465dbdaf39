"""Forms for tests: one with every kind of field, and what a browser would post of it."""

from django.http import QueryDict

from keng.procedures.forms.fields import Condition, Field, Heading, Kind, Note, Page
from keng.procedures.forms.writing import write
from keng.procedures.models import FormVersion

WHY = (("work", "Làm việc"), ("other", "Lý do khác"))
MEMBER = (
    Field("name", Kind.TEXT, "Họ và tên", required=True),
    Field("number", Kind.PERSONAL_ID, "Số định danh", required=True),
    Field("child", Kind.YES_NO, "Dưới 14 tuổi?"),
    Field("guardian", Kind.TEXT, "Người giám hộ", required=True, when=Condition("child", (True,))),
)
EVERY_KIND = [
    Page("Người nộp", "Thông tin của bà con.", (
        Heading("Bà con là ai"),
        Field("name", Kind.TEXT, "Họ và tên", required=True, autocomplete="name", high=50),
        Field("number", Kind.PERSONAL_ID, "Số định danh", required=True),
        Field("born", Kind.DATE, "Ngày sinh", dates="past", autocomplete="bday"),
        Field("phone", Kind.PHONE, "Điện thoại", autocomplete="tel"),
        Field("email", Kind.EMAIL, "Thư điện tử", autocomplete="email"),
    )),
    Page("Nội dung", items=(
        Note("Xin điền đủ."),
        Field("why", Kind.ONE, "Lý do", required=True, choices=WHY),
        Field("why_other", Kind.LONG, "Lý do cụ thể", required=True, when=Condition("why", ("other",)), high=300),
        Field("owns", Kind.YES_NO, "Nhà của mình?"),
        Field("host", Kind.GROUP, "Chủ nhà", required=True, when=Condition("owns", (False,)), fields=MEMBER[:2]),
        Field("members", Kind.ROWS, "Người cùng ở", row="Người", high=3, fields=MEMBER),
        Field("months", Kind.NUMBER, "Số tháng", low=1, high=24),
        Field("area", Kind.DECIMAL, "Diện tích", low=1),
        Field("income", Kind.MONEY, "Thu nhập"),
        Field("needs", Kind.SEVERAL, "Cần giúp", choices=(("home", "Làm tại nhà"), ("words", "Phiên dịch"))),
        Field("needs_note", Kind.TEXT, "Thứ tiếng", when=Condition("needs", ("words",))),
    )),
    Page("Giấy tờ", items=(
        Field("proof", Kind.FILE, "Giấy tờ nhà", required=True, high=2),
        Field("pledge", Kind.PLEDGE, "Tôi cam đoan khai đúng", required=True),
    )),
]  # fmt: skip
GOOD = {
    "name": "Quàng Văn An", "number": "011090000123", "born": "1990-05-04", "why": "work", "pledge": True,
}  # fmt: skip


def version(*pages: Page) -> FormVersion:
    """A version that is in no database."""
    schema, display = write(pages or EVERY_KIND)
    return FormVersion(schema=schema, display=display)


def one(*fields: Field) -> FormVersion:
    return version(Page("Trang", items=fields))


def posted(**values: object) -> QueryDict:
    """`members__0__name` is the input members.0.name."""
    post = QueryDict(mutable=True)
    for key, value in values.items():
        post.setlist(key.replace("__", "."), list(value) if isinstance(value, list | tuple) else [str(value)])
    return post
