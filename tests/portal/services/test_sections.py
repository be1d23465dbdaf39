"""Every published section of a procedure stands on its page and on the sheet that an office posts, alike."""

import html

import pytest

from keng.portal.services import board
from keng.procedures.catalogue.sections import FRAME, PLAIN, TABLES
from keng.procedures.models import ProcedureVersion
from tests.conftest import FaceClient
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
PUBLISHED = {
    "code": "1.004194",
    "field": "Cư trú",
    "name": "Đăng ký tạm trú",
    "agency": "Công an cấp xã nơi ở",
    "level": "Thủ tục cấp tỉnh",
    "competent": "Công an tỉnh",
    "applicants": "Công dân Việt Nam ở trọ",
    "amount": "7 tháng",
    "time_unit": "7 tháng",
    "time_note": "Nộp sau 15 giờ thì tính ngày sau",
    "result": "Thông báo kết quả đăng ký",
    "conditions": "Chỗ ở hợp pháp",
    "online": "Trực tuyến một phần",
    "identity_level": "định danh điện tử mức 1",
    "sample": "Bản mẫu",
    "ways.way": "Qua bưu chính",
    "ways.note": "Bưu điện xã nhận",
    "steps.title": "Thẩm tra hồ sơ",
    "steps.text": "Gặp chủ nhà",
    "steps.office": "Đồn Biên phòng",
    "steps.hours": "13 giờ làm việc",
    "documents.title": "Tờ khai thay đổi cư trú",
    "documents.original": "3 bản chính",
    "documents.copy": "5 bản sao",
    "documents.note": "Chủ nhà cùng ký",
    "costs.kind": "Lệ phí",
    "costs.amount": "15.000 đồng",
    "costs.note": "Nộp trực tiếp",
    "bases.title": "Luật Cư trú năm 2020",
    "bases.number": "68/2020/QH14",
    "bases.date": "13/11/2020",
    "bases.issuer": "Quốc hội khoá XIV",
    "papers.title": "Phiếu khai báo",
    "papers.number": "CT01",
}
# What people find it by, what the server does with it, and what an upload is called: no part of what is published.
OURS = {"life_events", "form", "retention_months", "documents.field"}


def written(cast: Province) -> ProcedureVersion:
    """All sections filled in, each with what only it says."""
    version = cast.version
    ProcedureVersion.objects.filter(pk=version.pk).update(valid_to=version.valid_from)
    version.pk, version._state.adding, version.number = None, True, 2
    said = {name: PUBLISHED[name] for name in ("agency", "applicants", "time_note", "result", "conditions")}
    more = {
        "level": "province",
        "competent": "province_police",
        "amount": 7,
        "time_unit": "months",
        "online": "partial",
    }
    for name, value in {**said, **more, "identity_level": 1, "sample": True}.items():
        setattr(version, name, value)
    version.ways = [{"way": "post", "note": PUBLISHED["ways.note"]}]
    version.steps = [
        {"title": PUBLISHED["steps.title"], "text": PUBLISHED["steps.text"], "office": "border_post", "hours": 13},
        {"title": "Quyết định", "text": "", "office": "", "hours": 2},
    ]
    version.documents = [
        {
            "title": PUBLISHED["documents.title"],
            "original": 3,
            "copy": 5,
            "note": PUBLISHED["documents.note"],
            "field": "",
        }
    ]
    version.costs = [{"kind": "fee", "amount": 15000, "note": PUBLISHED["costs.note"]}]
    version.bases = [
        {
            "title": PUBLISHED["bases.title"],
            "number": "68/2020/QH14",
            "date": "2020-11-13",
            "issuer": "Quốc hội khoá XIV",
        }
    ]
    version.papers = [{"title": PUBLISHED["papers.title"], "number": "CT01"}]
    version.save()
    return version


def test_the_table_above_leaves_out_no_section() -> None:
    columns = {column.name for column in (*FRAME, *PLAIN)}
    columns |= {f"{name}.{column.name}" for name, table in TABLES.items() for column in table.columns}
    assert {*PUBLISHED, *OURS} == columns


def test_page_and_sheet_bear_every_published_section(public: FaceClient) -> None:
    cast = Province()
    version = written(cast)
    page = html.unescape(public.get("/services/p/1.004194").content.decode())
    sheet = str(board.sheet(version, size="a3", unit=None, offices=[]))
    for where, says in (("page", page), ("sheet", sheet)):
        assert [name for name, part in PUBLISHED.items() if part.casefold() not in says.casefold()] == [], where


def test_the_level_is_told_in_english_too(public: FaceClient) -> None:
    written(Province())
    assert "Province level" in public.get("/services/p/1.004194/en").content.decode()
