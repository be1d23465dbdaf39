"""Where a file is wrong is said in the officer's words; whoever wrote the JSON still finds the path beside it."""

import json
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keng.procedures.catalogue.load import load_procedures
from keng.procedures.catalogue.outgoing import everything
from keng.procedures.catalogue.telling import place_in_words
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.catalogue.books import book, put, saved

CODES = {"procedures[0]": "1.004222", "procedures[1]": ""}


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("procedures[0].documents[2].copy", "Thủ tục 1.004222, giấy tờ thứ 3, Bản sao"),
        ("procedures[0].steps[0].hours", "Thủ tục 1.004222, bước thứ 1, Giờ làm việc"),
        ("procedures[0].steps[0].owner", "Thủ tục 1.004222, bước thứ 1, mục “owner”"),
        ("procedures[0].steps[0]", "Thủ tục 1.004222, bước thứ 1"),
        ("procedures[0].bases", "Thủ tục 1.004222, Căn cứ pháp lý"),
        ("procedures[0].amount", "Thủ tục 1.004222, Thời hạn giải quyết"),
        ("procedures[0].dan_toc", "Thủ tục 1.004222, mục “dan_toc”"),
        ("procedures[0]", "Thủ tục 1.004222"),
        ("procedures[1].code", "Thủ tục thứ 2 trong tệp, Mã thủ tục"),
        ("procedures[7]", "Thủ tục thứ 8 trong tệp"),
        ("fields[0]", "Lĩnh vực thứ 1 trong tệp"),
        ("life_events[3]", "Sự kiện đời sống thứ 4 trong tệp"),
        ("khac", "“khac”"),
        ("Các bước!D14", "Trang “Các bước”, ô D14"),
        ("Thủ tục!B3:C4", "Trang “Thủ tục”, ô B3:C4"),
        ("Nháp", "“Nháp”"),
    ],
)
def test_a_place_is_said_in_words(where, words):
    assert place_in_words(where, CODES) == words


@pytest.fixture
def admin(desk, db):
    cast = Province()
    load_procedures(by=cast.quan)
    straight_in(desk, cast.quan)
    return desk


def looked_at(admin, body: bytes, name: str) -> str:
    answer = admin.post("/procedures/files/look/", {"file": SimpleUploadedFile(name, body)})
    assert answer.status_code == 400
    return unescape(answer.content.decode())


def test_a_wrong_json_names_the_procedure_and_its_document_and_the_path_beside_them(admin):
    whole = everything()
    one = next(one for one in whole["procedures"] if len(one["documents"]) > 1)
    one["documents"][1]["copy"] = "hai bản"
    at = whole["procedures"].index(one)
    page = looked_at(admin, json.dumps(whole).encode(), "a.json")
    assert f"Thủ tục {one['code']}, giấy tờ thứ 2, Bản sao" in page
    assert f"procedures[{at}].documents[1].copy" in page
    assert "Phải là số nguyên, ví dụ 3." in page


def test_what_the_catalogue_lacks_is_said_of_the_procedure_by_its_code(admin):
    whole = everything()
    whole["procedures"][0]["field"] = "khong-co"
    code = whole["procedures"][0]["code"]
    assert f"Thủ tục {code}, Lĩnh vực" in looked_at(admin, json.dumps(whole).encode(), "a.json")


def test_a_wrong_cell_is_said_by_its_sheet_and_without_a_path(admin):
    made = book()
    where = put(made, "Các bước", 3, "Giờ làm việc", "bốn")
    page = looked_at(admin, saved(made), "a.xlsx")
    assert f"Trang “Các bước”, ô {where.partition('!')[2]}" in page
    assert where not in page


def test_more_errors_than_the_page_shows_are_said_to_be_more(admin):
    rows = [{"code": f"bad {number}"} for number in range(90)]
    page = looked_at(admin, json.dumps({"procedures": rows}).encode(), "a.json")
    assert "Chỉ hiện 200 chỗ sai đầu" in page
    assert "Chỉ hiện" not in looked_at(admin, json.dumps({"procedures": rows[:3]}).encode(), "a.json")


def test_what_was_not_filled_in_is_said_once(admin):
    whole = everything()
    whole["procedures"] = [{**whole["procedures"][0], "field": ""}]
    page = looked_at(admin, json.dumps(whole).encode(), "a.json")
    assert page.count("<tr>") == 2  # the heading, and one error
    assert "Chưa điền." in page


def test_what_lacks_in_a_new_procedure_is_said_in_the_order_of_its_page(admin):
    page = unescape(admin.post("/procedures/add/", {}).content.decode())
    said = [page.index(f"<b>{label}</b>") for label in ("Mã thủ tục", "Tên thủ tục", "Lĩnh vực", "Nơi giải quyết")]
    assert said == sorted(said)
