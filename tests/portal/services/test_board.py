"""The sheet that an office posts: one PDF of the asked size that holds all, whatever is in it."""

import io

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from keng.core.pdf import pages_as_png
from keng.portal.services import board
from keng.procedures.models import ProcedureVersion
from tests.conftest import FaceClient
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
POINTS = {"a3": (1191, 842), "a4": (842, 595)}


@pytest.fixture
def cast() -> Province:
    made = Province()
    _ = made.version, made.centre, made.neighbour
    return made


def boxes(made: bytes) -> list[tuple[int, int]]:
    """Width and height of each page, in points."""
    with pikepdf.open(io.BytesIO(made)) as read:
        return [(round(float(page.mediabox[2])), round(float(page.mediabox[3]))) for page in read.pages]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("size", ["a3", "a4"])
def test_the_sheet_lies_across_and_fits_one_page(public: FaceClient, size: str) -> None:
    answer = public.get(f"/services/p/1.004194/board.pdf?size={size}&xa=03349")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert boxes(answer.content) == [POINTS[size]]


def test_it_says_what_the_page_says_and_its_qr_leads_there(cast: Province) -> None:
    values = board.sheet(cast.version, size="a4", unit=cast.thanh_yen, offices=[cast.centre])
    says = str(values)
    for part in ("Đăng ký tạm trú", "3 ngày làm việc", "Không mất tiền", "Kiểm tra, tiếp nhận", "4 giờ làm việc",
                 "Xã Thanh Yên", cast.centre.name, "Bản 1, áp dụng từ 01/07/2025"):  # fmt: skip
        assert part in says
    picture = Image.open(io.BytesIO(pages_as_png(board.TEMPLATE, values, ppi=120)[0]))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["http://127.0.0.1:8000/services/p/1.004194"]


@pytest.mark.usefixtures("cast")
def test_s3_what_is_not_there_has_no_sheet(public: FaceClient) -> None:
    assert public.get("/services/p/9.9/board.pdf").status_code == 404
    assert public.get("/services/p/1.004194/board.pdf?size=a9").status_code == 400
    assert public.get("/services/p/1.004194/board.pdf?xa=zzz").status_code == 200


def test_s3_markup_and_very_long_texts_are_printed_as_they_are_on_as_many_pages_as_they_need(cast: Province) -> None:
    version = cast.version
    version.name = "#let x = 1 *đậm* " + "rất dài " * 35
    version.documents = [{"title": "$x$ #panic() " + "x" * 400, "original": 1, "copy": 1, "note": "_n_ " * 100}] * 60
    version.conditions = "\n".join(["@nobody \\ `raw`"] * 60)
    made = board.as_pdf(version, size="a4", unit=cast.thanh_yen, offices=[cast.centre])
    assert len(boxes(made)) > 2


def test_a_sheet_is_laid_out_once_until_something_on_it_changes(
    cast: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(board, "pdf", lambda template, values: made.append(values) or b"%PDF")
    board._laid_out.cache_clear()
    for _try in range(3):
        board.as_pdf(cast.version, size="a4", unit=None, offices=[])
    board.as_pdf(cast.version, size="a3", unit=None, offices=[])
    changed = ProcedureVersion.objects.get(pk=cast.version.pk)
    changed.result = "Khác"
    board.as_pdf(changed, size="a4", unit=None, offices=[])
    assert len(made) == 3
    board._laid_out.cache_clear()
