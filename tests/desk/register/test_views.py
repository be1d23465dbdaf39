"""The register's pages and its paper."""

import re
from typing import Any

import pytest

from keng.core import pdf_apart
from keng.core.pdf import OURS
from keng.desk.models import Intake
from keng.desk.register import paper
from keng.desk.register.book import Period, entries
from keng.desk.sharing.services import assign
from keng.mailbox.models import Box, Thread
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, open_box
from tests.conftest import FaceClient
from tests.desk.register.conftest import NOW, Made

YEAR = NOW.year
PAGE = "/register/na-co-sa/"


def text(answer) -> str:  # type: ignore[no-untyped-def]
    return answer.content.decode()


def pages(pdf: bytes) -> int:
    """As the root of its page trees counts them."""
    trees = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", pdf)
    return max(int(one or other) for one, other in trees)


def test_who_has_one_box_is_taken_to_its_register(cast: Cast, desk: FaceClient) -> None:
    _ = cast.box
    straight_in(desk, cast.hoa)
    assert desk.get("/register/")["Location"] == PAGE
    open_box("a-tap", cast.post, cast.keys)
    Box.objects.filter(slug="a-tap").update(training=True, title="A, để tập")
    assert desk.get("/register/")["Location"] == PAGE
    both = text(desk.get("/register/?all"))
    assert both.index(PAGE) < both.index("/register/a-tap/")


def test_a_leader_chooses_among_the_registers_below_and_reads_them(cast: Cast, desk: FaceClient, report: Made) -> None:
    report()
    _ = cast.police
    straight_in(desk, cast.minh)
    page = text(desk.get("/register/"))
    assert PAGE in page
    assert "/register/ca-dien-bien/" in page
    seen = text(desk.get(PAGE))
    assert f"001/{YEAR}" in seen
    assert "?report=" not in seen  # a leader opens no report
    assert "/handovers/" not in seen


def test_an_officer_is_led_from_a_number_to_the_report_and_a_neighbour_sees_no_page(
    cast: Cast, desk: FaceClient, report: Made
) -> None:
    thread = report()
    straight_in(desk, cast.hoa)
    assert f'href="/mailbox/?report={thread.key}"' in text(desk.get(PAGE))
    straight_in(desk, cast.lan)
    assert desk.get(PAGE).status_code == desk.get(f"{PAGE}register.pdf").status_code == 404


def test_an_erased_reports_line_stays_and_says_why_it_is_empty(cast: Cast, desk: FaceClient, report: Made) -> None:
    thread = report("verifying")
    key = thread.key
    Thread.objects.get(pk=thread.pk).delete()
    straight_in(desk, cast.hoa)
    page = text(desk.get(PAGE))
    assert f"001/{YEAR}" in page
    assert "đã xoá theo ý người báo" in page
    assert key not in page
    assert "Đang xác minh" not in page


def test_a_page_has_fifty_lines_the_newest_first_and_the_next_keeps_the_year(
    cast: Cast, desk: FaceClient, report: Made
) -> None:
    for _one in range(51):
        report()
    straight_in(desk, cast.hoa)
    page = text(desk.get(PAGE, {"year": str(YEAR)}))
    assert re.findall(rf">(\d+)/{YEAR}<", page) == [f"{number:03d}" for number in range(51, 1, -1)]
    assert f"?year={YEAR}&amp;page=2" in page
    assert f"001/{YEAR}" in text(desk.get(PAGE, {"year": str(YEAR), "page": "2"}))


def test_the_page_costs_as_many_queries_for_fifty_lines_as_for_one(
    cast: Cast, desk: FaceClient, report: Made, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    straight_in(desk, cast.hoa)
    report()
    desk.get(PAGE)
    with django_assert_max_num_queries(30) as first:
        desk.get(PAGE)
    for _one in range(40):
        assign(threads=[report()], to=cast.hoa, by=cast.hoa)
    with django_assert_max_num_queries(len(first)):
        desk.get(PAGE)


@pytest.mark.parametrize("asked", ["year=abc", "year=1999", "month=13", "year=2026&month=0x1", f"year={'9' * 400}"])
@pytest.mark.parametrize("page", [PAGE, f"{PAGE}register.pdf"])
def test_s3_a_period_that_is_none_is_refused_with_a_sentence(
    cast: Cast, desk: FaceClient, page: str, asked: str
) -> None:
    _ = cast.box
    straight_in(desk, cast.hoa)
    answer = desk.get(f"{page}?{asked}")
    assert answer.status_code == 400
    assert "Không có năm hoặc tháng này trong sổ" in text(answer)


def test_an_empty_register_says_what_fills_it_and_prints(cast: Cast, desk: FaceClient) -> None:
    _ = cast.box
    straight_in(desk, cast.hoa)
    assert "Tin có số khi cán bộ mở lần đầu" in text(desk.get(PAGE))
    printed = desk.get(f"{PAGE}register.pdf?month=1")
    assert printed["Content-Type"] == "application/pdf"
    assert printed["Cache-Control"] == "private, no-store"
    assert f"so-tiep-nhan-tin-na-co-sa-{YEAR}-01.pdf" in printed["Content-Disposition"]
    assert pages(printed.content) == 1


def test_the_paper_has_the_states_heading_every_line_and_room_to_sign(cast: Cast, report: Made) -> None:
    named = report("verifying")
    Intake.objects.create(thread=named, channel="phone", named=True, by=cast.hoa)
    Thread.objects.get(pk=report().pk).delete()
    for _one in range(60):
        report()
    values = paper.printed(cast.box, Period(YEAR))
    assert (values["above"], values["office"]) == ("Công an tỉnh Điện Biên", "Đồn Biên phòng Na Cô Sa")
    assert str(values["place_and_day"]).startswith("Quảng Lâm, ngày")
    rows: Any = values["rows"]
    assert [row[0] for row in rows] == [f"{number:03d}/{YEAR}" for number in range(1, 63)]
    assert rows[0][2] == "Điện thoại\ntố giác có tên"
    assert rows[1][2:] == ["đã xoá theo ý người báo"]
    assert [len(row) for row in rows].count(10) == 61
    signers: Any = values["signatures"]
    assert [role for role, _how, _name in signers] == ["Người lập sổ", "Người kiểm tra", "Thủ trưởng đơn vị"]
    heading = (OURS / "core/print/official.typ").read_text()
    assert "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM" in heading
    assert "Độc lập - Tự do - Hạnh phúc" in heading
    assert pages(paper.as_pdf(cast.box, Period(YEAR))) == 3


def test_a_long_register_is_laid_out_in_parts_that_together_are_the_same_paper(
    cast: Cast, report: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _one in range(60):
        report()
    whole = pages(paper.as_pdf(cast.box, Period(YEAR)))
    laid_out: list[tuple[int, bool, bool, int]] = []
    really = paper.pdf_apart

    def noted(template: Any, values: Any, *, plain: bool) -> bytes:
        laid_out.append((len(values["rows"]), values["begins"], values["ends"], values["pages_before"]))
        return really(template, values, plain=plain)

    monkeypatch.setattr(paper, "A_PART", 25)
    monkeypatch.setattr(paper, "pdf_apart", noted)
    made = paper.as_pdf(cast.box, Period(YEAR))
    assert laid_out == [(25, True, False, 0), (25, False, False, 1), (10, False, True, 2)]
    assert pages(made) == whole == 3


def test_markup_in_a_title_is_taken_as_text(cast: Cast) -> None:
    box = open_box("la", cast.post, cast.keys)
    box.title = '#panic("x") *đậm* $1$ \\ <b>'
    box.save()
    assert pages(paper.as_pdf(box, Period(YEAR))) == 1


def test_a_paper_that_fails_says_what_its_process_said() -> None:
    with pytest.raises(pdf_apart.NotPrinted, match="dictionary does not contain key"):
        pdf_apart.pdf_apart(paper.TEMPLATE, {"title": "Sổ"}, plain=False)


def test_a_training_boxs_register_says_so_on_paper(cast: Cast) -> None:
    cast.box.training = True
    assert "ĐỂ TẬP" in str(paper.printed(cast.box, Period(YEAR))["subtitles"])
    assert not entries(cast.box, Period(YEAR)).exists()
