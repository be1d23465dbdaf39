"""The desk's pages about languages: who may add one, write, review; a table out and in."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from keng.ledger.models import Entry
from keng.mailbox.languages import wordings
from keng.mailbox.languages.sentences import sentences
from keng.mailbox.models import Box, Language, Prompt, Wording
from tests.accounts.signing_in import straight_in
from tests.cast import Cast
from tests.mailbox.languages.conftest import WHO

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def language(cast: Cast) -> Language:
    _ = cast.box
    return wordings.add_language(code="hmv", name="Zabu", name_in_vietnamese="Thử", **WHO)


def text(answer: Any) -> str:
    return answer.content.decode()


def test_an_administrator_adds_a_language_that_stands_ready(desk, cast):
    straight_in(desk, cast.quan)
    page = text(desk.get("/languages/add/"))
    assert "Mông, chữ RPA" in page
    assert "Mông, chữ Mông Việt Nam 1961" in page
    answer = desk.post("/languages/add/", {"ready": "hmv-x-vn1961", "name": "Zabu"})
    assert answer["Location"] == "/languages/sentences/?language=hmv-x-vn1961"
    made = Language.objects.get()
    assert (made.name, made.name_in_vietnamese) == ("Zabu", "Mông, chữ Mông Việt Nam 1961")
    entry = Entry.objects.get(verb="mailbox.language.added")
    assert (entry.by, entry.office, entry.subject) == ("quan", "ca-dien-bien", "hmv-x-vn1961")
    assert "Mông Việt Nam 1961" not in text(desk.get("/languages/add/"))


def test_an_administrator_adds_another_language_by_its_code(desk, cast):
    straight_in(desk, cast.quan)
    desk.post("/languages/add/", {"ready": "", "code": "mww", "name": "Zobu", "name_in_vietnamese": "Thử khác"})
    assert Language.objects.get().code == "mww"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"ready": ""}, "Chưa có mã."),
        ({"code": "guide", "name": "Z", "name_in_vietnamese": "T"}, str(wordings.BAD_CODE)),
        ({"code": "vi", "name": "Z", "name_in_vietnamese": "T"}, str(wordings.CODE_TAKEN)),
        ({"ready": "zzz", "name": "Z"}, "errorlist"),
    ],
)
def test_s3_a_language_that_is_none_is_refused_beside_the_field(desk, cast, said, sentence):
    straight_in(desk, cast.quan)
    answer = desk.post("/languages/add/", said)
    assert answer.status_code == 400
    assert sentence in text(answer) or "wrong-sum" in text(answer)
    assert not Language.objects.exists()


def test_a_box_can_be_given_the_language_and_its_page_names_it(desk, cast, language):
    straight_in(desk, cast.quan)
    assert "Thử (Zabu)" in text(desk.get("/boxes/na-co-sa/edit/"))
    desk.post("/boxes/na-co-sa/edit/", {"title": "Đồn", "languages": ["en", "hmv"]})
    assert Box.objects.get(slug="na-co-sa").languages == ["vi", "en", "hmv"]
    assert "tiếng Thử" in text(desk.get("/boxes/na-co-sa/"))


def test_the_list_says_how_far_each_language_is(desk, cast, language):
    straight_in(desk, cast.hoa)
    wordings.write(language=language, key="page.look", text="Vizu", **WHO)
    wordings.write(language=language, key="page.what", text="Vako", **WHO)
    wordings.review(language=language, key="page.what", text="Vako", reader="Bà Zabu", **WHO)
    page = text(desk.get("/languages/"))
    whole = len(sentences())
    assert f'max="{whole}" value="1"' in page
    assert f"1/{whole}" in page
    assert "1 chưa được người bản ngữ duyệt" in page
    assert f"{whole - 2} chưa có" in page


def test_without_a_language_the_page_says_what_to_do_next(desk, cast):
    _ = cast.box
    straight_in(desk, cast.quan)
    assert "bấm “Thêm thứ tiếng”" in text(desk.get("/languages/"))
    straight_in(desk, cast.hoa)
    page = text(desk.get("/languages/"))
    assert "đề nghị quản trị thêm" in page
    assert "/languages/add/" not in page


def test_the_filter_shows_what_is_missing_draft_stale_or_reviewed(desk, cast, language):
    straight_in(desk, cast.hoa)
    for key in ("page.look", "page.what", "page.exit"):
        wordings.write(language=language, key=key, text="Zo", **WHO)
    wordings.review(language=language, key="page.what", text="Zo", reader="Bà Zabu", **WHO)
    Wording.objects.filter(key="page.exit").update(source="Câu cũ")
    pages = {
        show: desk.get(f"/languages/sentences/?language=hmv&show={show}").context["page"].paginator.object_list
        for show in ("missing", "draft", "stale", "reviewed")
    }
    shown = {show: [row.sentence.key for row in rows] for show, rows in pages.items()}
    assert (shown["draft"], shown["stale"], shown["reviewed"]) == (["page.look"], ["page.exit"], ["page.what"])
    assert len(shown["missing"]) == len(sentences()) - 3
    assert "Bà Zabu" in text(desk.get("/languages/sentences/?language=hmv&show=reviewed"))


def test_a_consent_is_drafted_by_an_officer_and_its_reader_written_down_by_an_administrator(desk, cast, language):
    address, asked = "/languages/sentence/?language=hmv&key=page.forward", {"language": "hmv", "key": "page.forward"}
    straight_in(desk, cast.hoa)
    desk.post("/languages/sentence/write/", {**asked, "text": "Zabu"})
    assert "quản trị ghi người duyệt" in text(desk.get(address))
    said = {**asked, "text": "Zabu", "reader": "Bà Zabu"}
    assert desk.post("/languages/sentence/review/", said).status_code == 409
    assert Wording.objects.get().state == Wording.State.DRAFT
    straight_in(desk, cast.quan)
    assert desk.post("/languages/sentence/review/", said).status_code == 302
    assert Wording.objects.get().reader == "Bà Zabu"


def test_a_wording_is_written_reviewed_and_changed(desk, cast, language):
    straight_in(desk, cast.hoa)
    address, asked = "/languages/sentence/?language=hmv&key=page.look", {"language": "hmv", "key": "page.look"}
    assert "Xem lại rồi gửi" in text(desk.get(address))
    assert desk.post("/languages/sentence/write/", {**asked, "text": "Vizu"})["Location"] == address
    page = text(desk.get(address))
    assert "Người bản ngữ duyệt" in page
    desk.post("/languages/sentence/review/", {**asked, "text": "Vizu", "reader": "Bà Zabu"})
    assert "Bà Zabu duyệt ngày" in text(desk.get(address))
    desk.post("/languages/sentence/write/", {**asked, "text": "Vizu lomo"})
    assert Wording.objects.get().state == "draft"
    entries = [(entry.by, entry.office) for entry in Entry.objects.filter(subject="hmv page.look")]
    assert entries == [("hoa", "bp-na-co-sa")] * 3
    desk.post("/languages/sentence/write/", {**asked, "text": "  "})
    assert not Wording.objects.exists()


def test_save_and_next_goes_to_the_next_sentence_without_a_wording(desk, cast, language):
    straight_in(desk, cast.hoa)
    keys = list(sentences())
    wordings.write(language=language, key=keys[1], text="Zo", **WHO)
    answer = desk.post("/languages/sentence/write/", {"language": "hmv", "key": keys[0], "text": "Zo", "next": "1"})
    assert answer["Location"].endswith(f"key={keys[2]}")


@pytest.mark.parametrize("wrong", ["<b>x</b>", "x" * 5000, "\u202ex", "{la}"])
def test_s3_a_wrong_wording_comes_back_with_one_sentence_and_what_was_typed(desk, cast, language, wrong):
    straight_in(desk, cast.hoa)
    answer = desk.post("/languages/sentence/write/", {"language": "hmv", "key": "page.look", "text": wrong})
    assert answer.status_code == 400
    assert text(answer).count('role="alert"') == 1
    assert answer.context["text"] == wrong
    assert not Wording.objects.exists()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/languages/sentences/", 400),
        ("/languages/sentences/?language=zzz", 404),
        ("/languages/sentences/?language=hmv&show=x&page=999", 200),
        ("/languages/sentence/?language=hmv", 400),
        ("/languages/sentence/?language=hmv&key=page.nothing", 404),
        ("/languages/sentence/?language=" + "a" * 3000 + "&key=%00", 404),
        ("/languages/sentences/?language=%00", 404),
        ("/languages/sentence/?language=hmv%00&key=x", 404),
        ("/languages/table/", 400),
        ("/languages/table/?language=zzz", 404),
        ("/languages/sentence/write/", 405),
    ],
)
def test_s3_an_address_that_asks_for_nothing_is_told_so(desk, cast, language, path, status):
    straight_in(desk, cast.hoa)
    assert desk.get(path).status_code == status


def test_a_table_goes_out_and_comes_back_through_a_dry_run(desk, cast, language):
    straight_in(desk, cast.hoa)
    out = desk.get("/languages/table/?language=hmv")
    assert out["Content-Disposition"] == 'attachment; filename="keng-hmv.csv"'
    filled = out.content.decode().replace("page.what,plain,Chuyện gì?,", "page.what,plain,Chuyện gì?,Vako zu?")
    looked = desk.post("/languages/table/look/?language=hmv", {"table": SimpleUploadedFile("a.csv", filled.encode())})
    assert "1 câu sẽ thay đổi" in text(looked)
    assert not Wording.objects.exists()
    desk.post("/languages/table/take/", {"language": "hmv", "text": looked.context["text"]})
    assert Wording.objects.get().text == "Vako zu?"


def test_s3_wrong_lines_are_listed_and_the_button_is_not_offered(desk, cast, language):
    straight_in(desk, cast.hoa)
    wrong = "key,vietnamese,text\npage.what,Chuyện gì?,<b>\npage.look,Xem lại rồi gửi,Vizu\n"
    looked = desk.post("/languages/table/look/?language=hmv", {"table": SimpleUploadedFile("a.csv", wrong.encode())})
    page = text(looked)
    assert "Dòng 2: Lời dịch không được có" in page
    assert "Nhập các câu này" not in page
    desk.post("/languages/table/take/", {"language": "hmv", "text": wrong})
    assert not Wording.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04" + bytes(200), b"x" * (600 * 1024), "chữ".encode("utf-16")])
def test_s3_a_file_that_is_no_table_is_refused_beside_the_field(desk, cast, language, raw):
    straight_in(desk, cast.hoa)
    answer = desk.post("/languages/table/look/?language=hmv", {"table": SimpleUploadedFile("a.csv", raw)})
    assert answer.status_code == 400
    assert "wrong-sum" in text(answer)


def test_the_list_costs_the_same_whatever_the_rows(
    desk, cast, language, django_assert_num_queries: DjangoAssertNumQueries
):
    straight_in(desk, cast.hoa)
    desk.get("/languages/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        desk.get("/languages/")
    for i in range(8):
        Box.objects.create(slug=f"hop-{i}", office=cast.post, title=f"Hộp {i}", languages=["vi", "en", "hmv"])
        other = wordings.add_language(code=f"ab{'cdefghij'[i]}", name="Z", name_in_vietnamese=f"T{i}", **WHO)
        wordings.write(language=other, key="page.look", text="Zo", **WHO)
    Prompt.objects.create(
        box=Box.objects.get(slug="hop-1"), language="vi", key="page.what", source="", sound=b"x", seconds=1, recorded_by="hoa",
        recorded_on=language.added_on,
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        page = text(desk.get("/languages/"))
    assert len(many) <= len(few)
    assert "1 chờ duyệt" in page
    with django_assert_num_queries(6):
        desk.get("/languages/sentences/?language=hmv")


def test_markup_in_names_and_wordings_is_text(desk, cast, language):
    straight_in(desk, cast.hoa)
    Language.objects.update(name="<script>alert(1)</script>", name_in_vietnamese="<script>alert(2)</script>")
    wordings.write(language=language, key="page.look", text="Vizu", **WHO)
    Wording.objects.update(text="</textarea><script>alert(3)</script>")
    for path in (
        "/languages/",
        "/languages/sentences/?language=hmv",
        "/languages/sentence/?language=hmv&key=page.look",
    ):
        assert not re.search(r"<script>alert", text(desk.get(path)))
