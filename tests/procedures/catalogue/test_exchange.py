"""The catalogue as files: out, in again unchanged, and in with changes after a look; what is wrong is told by cell."""

import io
import json
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bench.procedures_catalogue import fill
from keng.core import ids
from keng.ledger.models import Entry
from keng.procedures.catalogue import handing_in, incoming, json_in, outgoing, services, workbook_in
from keng.procedures.catalogue.load import load_procedures
from keng.procedures.errors import Conflict, NotAllowed
from keng.procedures.models import Field, HandedIn, LifeEvent, Procedure, ProcedureVersion
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province
from tests.procedures.catalogue.books import book, put, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Province:
    made = Province()
    load_procedures(by=made.quan)
    return made


@pytest.fixture
def admin(desk, cast):
    straight_in(desk, cast.quan)
    return desk


def text(answer) -> str:
    return answer.content.decode()


def everything() -> Any:
    rows = [list(model.objects.order_by("pk").values()) for model in (Procedure, ProcedureVersion, Field, LifeEvent)]
    return rows, Entry.objects.count()


def look(cast, body, name="thu-tuc.xlsx", publish_from=None):
    return handing_in.hand_in(name=name, body=body, publish_from=publish_from, by=cast.quan)


def upload(admin, body, name="thu-tuc.xlsx", **more):
    return admin.post("/procedures/files/look/", {"file": SimpleUploadedFile(name, body), "what": "draft", **more})


def row_of(sheet, code) -> int:
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == code)


# -- out and in again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "write"), [("a.xlsx", outgoing.as_workbook), ("a.json", outgoing.as_json)])
def test_what_goes_out_comes_in_again_and_changes_nothing(cast, name, write):
    services.draft(procedure=Procedure.objects.get(code="1.004194"), by=cast.quan)
    before = everything()
    kept, made = look(cast, write(outgoing.everything()), name)
    assert (made.errors, made.new, made.changed, kept) == ([], [], [], None)
    assert len(made.unchanged) == 8
    assert everything() == before


@pytest.mark.parametrize(("name", "write"), [("a.xlsx", outgoing.as_workbook), ("a.json", outgoing.as_json)])
def test_a_catalogue_moves_whole_to_an_empty_house(cast, name, write):
    whole = outgoing.everything()
    body = write(whole)
    ProcedureVersion.objects.filter(published_at=None).delete()
    other = handing_in.read(name=name, body=body)
    assert other.errors == []
    assert [one.frame | one.content for one in other.procedures] == whole["procedures"]
    assert other.fields == whole["fields"]
    assert other.life_events == whole["life_events"]


def test_texts_that_look_like_formulas_survive_the_way(cast):
    version = services.draft(procedure=Procedure.objects.get(code="1.004194"), by=cast.quan)
    services.edit(version=version, content={"conditions": "=1+1\n-Dòng hai"}, by=cast.quan)
    assert look(cast, outgoing.as_workbook(outgoing.everything()))[1].errors == []


def test_one_field_goes_out_alone_and_the_rest_is_not_missed(admin, cast):
    answer = admin.get("/procedures/files/procedures.json", {"field": "ho-tich"})
    whole = json.loads(answer.content)
    assert {one["code"] for one in whole["procedures"]} == {"1.001193", "1.000894"}
    assert "ho-tich" in answer["Content-Disposition"]
    assert look(cast, answer.content, "a.json")[1].unchanged == ["1.000894", "1.001193"]
    assert Procedure.objects.filter(retired_on=None).count() == 8


def test_the_template_explains_every_column_and_is_itself_no_change(admin, cast):
    body = admin.get("/procedures/files/template.xlsx").content
    guide = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(body))["Hướng dẫn"]]
    assert ["Các bước", "Giờ làm việc"] in [line[:2] for line in guide]
    assert look(cast, body)[1].errors == []


def test_a_file_costs_the_same_queries_whatever_its_length(cast, django_assert_max_num_queries):
    body = outgoing.as_json(outgoing.everything())
    fill(150, by=cast.quan)
    large = outgoing.as_json(outgoing.everything())
    for one in (body, large):
        with django_assert_max_num_queries(14):
            incoming.plan(json_in.read(one))


# -- a look, then the deed --------------------------------------------------------------------------------------------


def changed_book(cast) -> bytes:
    made = book()
    main, steps = made["Thủ tục"], made["Các bước"]
    put(made, "Thủ tục", row_of(main, "1.004194"), "Thời hạn giải quyết", 2)
    put(made, "Các bước", row_of(steps, "1.004194"), "Bước", "Nộp hồ sơ")
    copy = [cell.value for cell in main[row_of(main, "1.004194")]]
    main.append(["9.000001", *copy[1:]])
    made["Cách thức"].append(["9.000001", "trực tiếp tại quầy", "Tại xã"])
    made["Các bước"].append(["9.000001", "Xử lý", "", "nơi giải quyết", 4])
    made["Căn cứ"].append(["9.000001", "Luật Cư trú", "68/2020/QH14", date(2020, 11, 13), "Quốc hội"])
    return saved(made)


def test_a_look_shows_what_is_new_and_what_changes_from_what_to_what(admin, cast):
    before = everything()
    answer = text(upload(admin, changed_book(cast)))
    assert "<b>1</b>thủ tục mới" in answer
    assert "<b>1</b>thủ tục đổi" in answer
    assert "<b>7</b>giữ nguyên" in answer
    assert "<del>3</del>" in answer
    assert "<ins>2</ins>" in answer
    assert "<ins>Nộp hồ sơ ·" in answer
    assert everything() == before


def test_the_second_word_makes_drafts_and_nothing_posted_changes(admin, cast):
    upload(admin, changed_book(cast))
    posted = list(ProcedureVersion.objects.in_force().values())
    assert admin.post("/procedures/files/in/", {"handed_in": HandedIn.objects.get().pk}).status_code == 302
    assert list(ProcedureVersion.objects.in_force().values()) == posted
    drafts = ProcedureVersion.objects.filter(published_at=None)
    assert set(drafts.values_list("procedure__code", "number", "amount")) == {("1.004194", 2, 2), ("9.000001", 1, 2)}
    assert drafts.get(number=1).bases[0]["date"] == "2020-11-13"
    entry = Entry.objects.get(verb="procedures.catalogue.imported", purpose="1 mới, 1 đổi")
    assert len(entry.subject) == 64
    assert not HandedIn.objects.exists()


def test_or_it_publishes_at_once_from_a_day(admin, cast):
    upload(admin, changed_book(cast), what="publish", day=timezone.localdate().isoformat())
    admin.post("/procedures/files/in/", {"handed_in": HandedIn.objects.get().pk})
    posted = ProcedureVersion.objects.in_force()
    assert posted.count() == 9
    assert posted.get(procedure__code="1.004194").amount == 2
    assert ProcedureVersion.objects.get(procedure__code="1.004194", number=1).valid_to == timezone.localdate()


def test_a_day_that_can_not_be_leaves_all_as_it_was(admin, cast):
    """All or nothing: the new one could begin then, the changed one couldn't."""
    upload(admin, changed_book(cast), what="publish", day="2026-01-01")
    before = everything()
    answer = admin.post("/procedures/files/in/", {"handed_in": HandedIn.objects.get().pk})
    assert answer.status_code == 400
    assert "đã qua" in text(answer)
    assert everything() == before


def test_what_was_shown_is_done_or_nothing(cast):
    kept, _made = look(cast, changed_book(cast))
    draft = services.draft(procedure=Procedure.objects.get(code="1.004194"), by=cast.quan)
    services.edit(version=draft, content={"amount": 5}, by=cast.quan)
    before = everything()
    with pytest.raises(Conflict, match="moved"):
        handing_in.bring_in(handed_in=kept.pk, by=cast.quan)
    assert everything() == before


def test_a_file_is_brought_in_once_by_who_handed_it_in_within_the_hour_and_as_it_came(cast):
    kept, _made = look(cast, changed_book(cast))
    others = user_of_the_province(cast)
    for by in (others,):
        with pytest.raises(Conflict, match="gone"):
            handing_in.bring_in(handed_in=kept.pk, by=by)
    HandedIn.objects.update(digest="0" * 64)
    with pytest.raises(Conflict, match="gone"):
        handing_in.bring_in(handed_in=kept.pk, by=cast.quan)
    HandedIn.objects.update(digest=kept.digest, at=ids.now() - timedelta(minutes=61))
    with pytest.raises(Conflict, match="gone"):
        handing_in.bring_in(handed_in=kept.pk, by=cast.quan)
    assert handing_in.forget() == 1


def user_of_the_province(cast):
    from keng.accounts.models import Role
    from tests.cast import user

    return user("hanh", "Vũ Thị Hạnh", (cast.province_police, Role.ADMINISTRATOR))


def test_nobody_else_hands_in_or_brings_in(cast):
    with pytest.raises(NotAllowed):
        handing_in.hand_in(name="a.xlsx", body=changed_book(cast), publish_from=None, by=cast.minh)


def test_a_retired_procedure_does_not_come_back_by_a_file(cast):
    body = outgoing.as_json(outgoing.everything())
    services.retire(procedure=Procedure.objects.get(code="1.004194"), on=timezone.localdate(), by=cast.quan)
    assert [says for _where, says in look(cast, body, "a.json")[1].errors] == ["Thủ tục 1.004194 đã bãi bỏ."]


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "²", "9" * 40])
def test_a_number_of_no_file_brings_nothing_in(admin, number):
    answer = admin.post("/procedures/files/in/", {"handed_in": number})
    assert answer.status_code == 409
    assert "chọn lại tệp" in text(answer)


def test_publishing_from_a_file_needs_whole_procedures(cast):
    made = book()
    sheet = made["Căn cứ"]
    for row in range(sheet.max_row, 1, -1):
        if sheet.cell(row, 1).value == "1.004194":
            sheet.delete_rows(row)
    body = saved(made)
    assert look(cast, body)[1].errors == []
    errors = look(cast, body, publish_from=timezone.localdate())[1].errors
    assert [says for _where, says in errors] == ["Cần ít nhất một dòng."]


# -- errors by cell ---------------------------------------------------------------------------------------------------

CELLS = [
    ("Thủ tục", "Mã thủ tục", 1.00422, "không phải số"),
    ("Thủ tục", "Mã thủ tục", "1.004 222", "không dấu"),
    ("Thủ tục", "Lĩnh vực", "khong-co", "Chưa có lĩnh vực “khong-co”"),
    ("Thủ tục", "Lĩnh vực", "Cư trú", "không dấu"),
    ("Thủ tục", "Nơi giải quyết", "phường đội", "một trong"),
    ("Thủ tục", "Biểu mẫu điện tử", "khong-co", "Chưa có biểu mẫu"),
    ("Thủ tục", "Thời hạn giải quyết", "ba ngày", "số nguyên"),
    ("Thủ tục", "Thời hạn giải quyết", 2.5, "số nguyên"),
    ("Thủ tục", "Thời hạn giải quyết", -1, "Phải từ"),
    ("Thủ tục", "Thời hạn giải quyết", True, "số nguyên"),
    ("Thủ tục", "Tên thủ tục", None, "Chưa điền"),
    ("Thủ tục", "Tên thủ tục", date(2026, 1, 2), "phải là chữ"),
    ("Thủ tục", "Tên thủ tục", "x" * 301, "Dài quá 300"),
    ("Thủ tục", "Kết quả", "=A1&B1", "công thức"),
    ("Các bước", "Giờ làm việc", "=1+1", "công thức"),
    ("Các bước", "Giờ làm việc", "4h", "số nguyên"),
    ("Các bước", "Mã thủ tục", "9.9", "không có ở trang"),
    ("Lệ phí", "Số tiền (đồng)", 10**13, "Phải từ"),
    ("Căn cứ", "Ngày ban hành", "30/02/2024", "Không phải ngày"),
    ("Căn cứ", "Ngày ban hành", "hôm qua", "Không phải ngày"),
    ("Lĩnh vực", "Tên viết tắt", "Cư trú", "không dấu"),
]


@pytest.mark.parametrize(("title", "label", "value", "says"), CELLS)
def test_a_wrong_cell_is_named_and_nothing_is_kept(cast, title, label, value, says):
    made = book()
    where = put(made, title, 3, label, value)
    before = everything()
    kept, plan = look(cast, saved(made))
    assert kept is None
    assert everything() == before
    told = dict(reversed(plan.errors))
    assert where in told, plan.errors
    assert says in told[where]


def test_merged_cells_are_named(cast):
    made = book()
    made["Thủ tục"].merge_cells("B3:C4")
    assert ("Thủ tục!B3:C4", "Ô gộp: bỏ gộp rồi điền từng ô.") in look(cast, saved(made))[1].errors


def test_a_code_twice_is_named_where_it_stands_the_second_time(cast):
    made = book()
    first = made["Thủ tục"].cell(2, 1).value
    where = put(made, "Thủ tục", 3, "Mã thủ tục", first)
    assert (where, f"Mã {first} có hai lần trong tệp.") in look(cast, saved(made))[1].errors


def test_an_unknown_column_a_missing_one_and_an_unknown_sheet_are_named(cast):
    made = book()
    made["Thủ tục"].cell(1, 1).value = "Mã số"
    made.create_sheet("Nháp").append(["x"])
    errors = dict(look(cast, saved(made))[1].errors)
    assert "không có cột “Mã số”" in errors["Thủ tục!A1"] or "Thiếu cột" in errors["Thủ tục!A1"]
    assert "Không có trang tính" in errors["Nháp"]


def test_numbers_may_be_written_as_people_write_them(cast):
    made = book()
    row = row_of(made["Lệ phí"], "1.004194")
    put(made, "Lệ phí", row, "Số tiền (đồng)", "1.500.000")
    put(made, "Căn cứ", 2, "Ngày ban hành", "13-11-2020")
    found = workbook_in.read(saved(made))
    assert found.errors == []
    costs = next(one for one in found.procedures if one.code == "1.004194").content["costs"]
    assert costs[0]["amount"] == 1_500_000
    assert date(2020, 11, 13).isoformat() in json.dumps([one.content["bases"] for one in found.procedures])


# -- JSON -------------------------------------------------------------------------------------------------------------


def test_errors_in_json_say_where(cast):
    whole = outgoing.everything()
    whole["procedures"][1]["steps"][0]["hours"] = "bốn"
    whole["procedures"][1]["dan_toc"] = "x"
    whole["procedures"][2]["name"] = "Tên\x00lạ"
    whole["procedures"][3] = "không phải"
    whole["khac"] = []
    errors = dict(look(cast, json.dumps(whole).encode(), "a.json")[1].errors)
    assert "số nguyên" in errors["procedures[1].steps[0].hours"]
    assert errors["procedures[1].dan_toc"] == errors["khac"] == "Không có mục này."
    assert "không in ra được" in errors["procedures[2].name"]
    assert "procedures[3]" in errors


VALUES: tuple[Any, ...] = (
    float("inf"),
    float("nan"),
    10**400,
    [],
    {},
    [[]],
    "\ud800",
    "\x00",
    True,
    None,
    "x" * 10_000,
    -1,
    0.5,
)
NAMES = ("code", "field", "life_events", "competent", "name", "amount", "online", "sample", "steps", "bases")


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_any_kind_makes_a_section_fail(cast, name):
    whole, before = outgoing.everything(), everything()
    one = whole["procedures"][0]
    for value in VALUES:
        body = json.dumps({"procedures": [{**one, name: value}]}).encode()
        made = incoming.plan(handing_in.read(name="a.json", body=body))
        assert made.errors or made.changed or made.unchanged or made.new
    assert everything() == before
