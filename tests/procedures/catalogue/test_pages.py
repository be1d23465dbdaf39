"""The administrator's pages of the catalogue: a procedure is added, written, published and retired from the browser."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.procedures_catalogue import fill
from keng.ledger.models import Entry
from keng.procedures.catalogue import services
from keng.procedures.catalogue.load import load_procedures
from keng.procedures.models import Field, Form, FormVersion, LifeEvent, Procedure, ProcedureVersion
from keng.procedures.models.dossiers import now
from tests.accounts.signing_in import straight_in
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Province:
    made = Province()
    _ = made.quan
    return made


@pytest.fixture
def admin(desk, cast):
    straight_in(desk, cast.quan)
    return desk


@pytest.fixture
def loaded(cast):
    load_procedures(by=cast.quan)
    return Procedure.objects.get(code="1.004194")


def text(answer) -> str:
    return answer.content.decode()


def was(answer) -> str:
    return re.search(r'name="was" value="(\w+)"', text(answer))[1]


def page(code, rest="") -> str:
    return f"/procedures/p/{code}/{rest}"


def row(index, **values) -> dict[str, Any]:
    return {f"{index}-{name}": value for name, value in values.items()}


def save(admin, address, do="save", **values):
    return admin.post(address, {"was": was(admin.get(address)), "do": do, **values})


# -- the whole story --------------------------------------------------------------------------------------------------


def test_an_empty_catalogue_says_how_to_begin(admin):
    answer = text(admin.get("/procedures/"))
    assert "Chưa có thủ tục nào" in answer
    assert "/procedures/add/" in answer


def test_a_newcomer_adds_a_procedure_from_nothing_without_writing_json(admin, cast):
    admin.post("/procedures/names/field/", {"name": "Chứng thực", "slug": ""})
    admin.post("/procedures/names/event/", {"name": "Cần giấy tờ", "slug": "giay-to"})
    first = {
        "code": "2.000815",
        "name": "Chứng thực bản sao từ bản chính",
        "field": "chung-thuc",
        "life_events": ["giay-to"],
        "level": "commune",
        "competent": "peoples_committee",
        "form": "",
    }
    answer = admin.post("/procedures/add/", first)
    assert answer.url == page("2.000815", "general/")
    general = {
        "name": first["name"],
        "agency": "UBND cấp xã",
        "level": first["level"],
        "competent": first["competent"],
        "amount": "1",
        "time_unit": "working_days",
        "result": "Bản sao được chứng thực",
        "online": "none",
        "identity_level": "2",
        "retention_months": "24",
    }
    answer = save(admin, answer.url, "next", **general)
    assert answer.url == page("2.000815", "section/ways/")
    answer = save(admin, answer.url, "next", count="1", **row(0, way="counter", note="Tại quầy"))
    assert answer.url == page("2.000815", "section/steps/")
    steps = row(0, title="Nộp hồ sơ", text="", office="", hours="0") | row(
        1, title="Chứng thực", text="", office="service_centre", hours="4"
    )
    save(admin, answer.url, count="3", **steps, **row(2, title="", text="", office="", hours="0"))
    bases = row(0, title="Nghị định về chứng thực", number="23/2015/NĐ-CP", date="2015-02-16", issuer="Chính phủ")
    save(admin, page("2.000815", "section/bases/"), count="1", **bases)
    assert "Đã đủ các mục bắt buộc" in text(admin.get(page("2.000815")))
    assert "bản đầu tiên" in text(admin.get(page("2.000815", "publish/")))
    admin.post(page("2.000815", "publish/"), {"day": timezone.localdate().isoformat()})
    posted = ProcedureVersion.objects.in_force().get()
    assert (posted.name, posted.amount, posted.published_by) == (first["name"], 1, cast.quan)
    assert [step["title"] for step in posted.steps] == ["Nộp hồ sơ", "Chứng thực"]
    assert posted.bases == [{name[2:]: value for name, value in bases.items()}]
    assert list(posted.procedure.life_events.values_list("slug", flat=True)) == ["giay-to"]


# -- the list ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["dang ky tam tru", "TẠM trú", "1.004194", "  tru   tam "])
def test_a_procedure_is_found_by_name_without_accents_or_by_code(admin, loaded, asked):
    answer = text(admin.get("/procedures/", {"q": asked}))
    assert page("1.004194") in answer
    assert page("1.001193") not in answer


def test_the_list_is_narrowed_to_a_field_and_keeps_what_was_asked(admin, loaded):
    answer = text(admin.get("/procedures/", {"q": "dang ky", "field": "ho-tich"}))
    assert page("1.001193") in answer
    assert page("1.004194") not in answer
    assert "?field=cu-tru&amp;q=dang%20ky" in answer


def test_what_nobody_has_says_so(admin, loaded):
    assert "Không có thủ tục nào như vậy" in text(admin.get("/procedures/", {"q": "bay lên trời"}))


def test_the_list_costs_the_same_whatever_its_length(admin, cast):
    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert admin.get("/procedures/").status_code == 200
        return len(queries)

    fill(10, by=cast.quan)
    cost()  # the first page of a session marks that it is in use
    few = cost()
    fill(300, by=cast.quan)
    assert cost() == few <= 12


def test_each_says_how_it_stands(admin, cast, loaded):
    draft = services.draft(procedure=loaded, by=cast.quan)
    assert "Bản thảo" in text(admin.get("/procedures/", {"q": "1.004194"}))
    services.publish(version=draft, valid_from=timezone.localdate() + timedelta(days=3), by=cast.quan)
    answer = text(admin.get("/procedures/", {"q": "1.004194"}))
    assert "Đang niêm yết" in answer
    assert f"Bản mới từ {timezone.localdate() + timedelta(days=3):%d/%m/%Y}" in answer
    services.retire(procedure=loaded, on=timezone.localdate(), by=cast.quan)
    assert "Bãi bỏ từ" in text(admin.get("/procedures/", {"q": "1.004194"}))


# -- writing ----------------------------------------------------------------------------------------------------------


def test_what_is_posted_has_no_page_to_write_on_until_a_draft_is_begun(admin, loaded):
    for rest in ("general/", "section/steps/", "publish/", "discard/"):
        assert admin.get(page("1.004194", rest)).status_code == 404
    assert admin.post(page("1.004194", "draft/")).url == page("1.004194")
    for rest in ("general/", "section/steps/", "publish/", "discard/"):
        assert admin.get(page("1.004194", rest)).status_code == 200


@pytest.fixture
def drafted(cast, loaded) -> ProcedureVersion:
    return services.draft(procedure=loaded, by=cast.quan)


STEPS = page("1.004194", "section/steps/")
WAYS = page("1.004194", "section/ways/")


def three() -> dict[str, Any]:
    return {
        "count": "3",
        **row(0, way="online", note="một"),
        **row(1, way="counter", note="hai"),
        **row(2, way="post", note="ba"),
    }


@pytest.mark.parametrize(
    ("do", "notes"),
    [
        ("add", ["một", "hai", "ba", ""]),
        ("up-1", ["hai", "một", "ba"]),
        ("down-1", ["một", "ba", "hai"]),
        ("drop-0", ["hai", "ba"]),
        ("up-0", ["một", "hai", "ba"]),
        ("down-2", ["một", "hai", "ba"]),
        ("drop-9", ["một", "hai", "ba"]),
        ("drop-", ["một", "hai", "ba"]),
        ("nothing", ["một", "hai", "ba"]),
    ],
)
def test_buttons_turn_rows_on_the_page_and_keep_nothing(admin, drafted, do, notes):
    before = Entry.objects.count()
    answer = admin.post(WAYS, {"was": "x", "do": do, **three()})
    assert answer.status_code == 200
    assert re.findall(r'name="\d+-note" value="(.*?)"', text(answer)) == notes
    assert Entry.objects.count() == before


def test_a_wrong_row_is_shown_with_what_is_wrong_beside_it_and_nothing_is_kept(admin, drafted):
    wrong = row(0, title="", text="Không có tên", office="", hours="4") | row(
        1, title="Ký", text="", office="", hours="bốn"
    )
    answer = save(admin, STEPS, count="2", **wrong)
    assert answer.status_code == 400
    assert "Trình tự thực hiện, bước 1, Bước" in text(answer)
    assert "Phải là số nguyên" in text(answer)
    assert 'value="bốn"' in text(answer)
    drafted.refresh_from_db()
    assert len(drafted.steps) == 5


def test_two_who_write_the_same_section_at_once_do_not_overwrite_each_other_unawares(admin, cast, drafted):
    mark = was(admin.get(WAYS))
    services.edit(version=drafted, content={"ways": [{"way": "post", "note": "của người kia"}]}, by=cast.quan)
    answer = admin.post(WAYS, {"was": mark, "do": "save", **three()})
    assert answer.status_code == 400
    assert "vừa có người khác sửa" in text(answer)
    drafted.refresh_from_db()
    assert drafted.ways == [{"way": "post", "note": "của người kia"}]
    assert admin.post(WAYS, {"was": was(answer), "do": "save", **three()}).status_code == 302


@pytest.mark.parametrize("count", ["", "-1", "9999999999999999", "x", "²"])
def test_a_count_that_is_no_count_is_no_row(admin, drafted, count):
    answer = save(admin, page("1.004194", "section/papers/"), count=count, **row(0, title="Tờ khai"))
    assert answer.status_code == 302
    drafted.refresh_from_db()
    assert drafted.papers == []


def test_there_is_no_section_of_any_other_name(admin, drafted):
    assert admin.get(page("1.004194", "section/agency/")).status_code == 404


def test_ticking_off_the_sample_is_an_edit_like_any_other(admin, drafted):
    address = page("1.004194", "general/")
    fields = {"name": "Đăng ký tạm trú", "agency": "Công an xã", "competent": "commune_police", "amount": "3",
              "time_unit": "working_days", "result": "Thông báo",
              "online": "full", "identity_level": "2", "retention_months": "60"}  # fmt: skip
    assert save(admin, address, **fields).status_code == 302
    drafted.refresh_from_db()
    assert drafted.sample is False


def test_where_a_procedure_stands_is_changed_at_once(admin, loaded):
    place = {"field": "ho-tich", "life_events": ["ket-hon", "sinh-con"]}
    assert admin.post(page("1.004194", "place/"), place).status_code == 302
    loaded.refresh_from_db()
    assert loaded.field.slug == "ho-tich"
    assert loaded.life_events.count() == 2
    answer = admin.post(page("1.004194", "place/"), {**place, "field": "khong-co"})
    assert answer.status_code == 400
    assert "Chưa có lĩnh vực" in text(answer)


def test_a_code_twice_a_bad_code_and_no_name_are_refused_beside_their_fields(admin, loaded):
    place = {"field": "cu-tru", "level": "commune", "competent": "commune_police"}
    for code, name, says in (
        ("1.004194", "Tên", "đã có trong danh mục"),
        ("có dấu", "Tên", "không dấu"),
        ("1.1", " ", "Chưa điền"),
    ):
        answer = admin.post("/procedures/add/", {"code": code, "name": name, **place})
        assert answer.status_code == 400
        assert says in text(answer)
    assert Procedure.objects.count() == 8


def test_a_name_of_a_field_is_given_once_and_its_address_is_made_of_it(admin, loaded):
    assert admin.post("/procedures/names/field/", {"name": "Đất đai, nhà ở"}).status_code == 302
    assert Field.objects.get(slug="dat-dai-nha-o").name == "Đất đai, nhà ở"
    answer = admin.post("/procedures/names/event/", {"name": "Kết hôn", "slug": "ket-hon"})
    assert answer.status_code == 400
    assert "đã có" in text(answer)
    assert LifeEvent.objects.filter(slug="ket-hon").count() == 1


# -- publishing and after ---------------------------------------------------------------------------------------------


def test_before_publishing_one_sees_what_changes(admin, cast, drafted):
    services.edit(version=drafted, content={"amount": 2, "costs": []}, by=cast.quan)
    answer = text(admin.get(page("1.004194", "publish/")))
    assert "<del>3</del>" in answer
    assert "<ins>2</ins>" in answer
    assert "lệ phí · 15.000" in answer
    assert "Căn cứ pháp lý" not in answer


def test_a_version_with_gaps_is_not_published(admin, cast, drafted):
    services.edit(version=drafted, content={"bases": []}, by=cast.quan)
    assert "Chưa công bố được" in text(admin.get(page("1.004194", "publish/")))
    answer = admin.post(page("1.004194", "publish/"), {"day": timezone.localdate().isoformat()})
    assert answer.status_code == 400
    assert "Căn cứ pháp lý" in text(answer)


@pytest.mark.parametrize(("day", "says"), [("", "Chưa điền"), ("hôm qua", "Không phải ngày"), ("2025-08-01", "đã qua")])
def test_a_day_that_is_no_day_or_gone_publishes_nothing(admin, drafted, day, says):
    answer = admin.post(page("1.004194", "publish/"), {"day": day})
    assert answer.status_code == 400
    assert says in text(answer)
    drafted.refresh_from_db()
    assert drafted.published_at is None


def test_the_history_tells_each_version_and_what_it_changed(admin, cast, drafted):
    services.edit(version=drafted, content={"amount": 2}, by=cast.quan)
    services.publish(version=drafted, valid_from=timezone.localdate(), by=cast.quan)
    answer = text(admin.get(page("1.004194", "history/")))
    assert answer.index("Bản số 2") < answer.index("Bản số 1")
    assert "<ins>2</ins>" in answer
    assert cast.quan.name in answer
    assert f"đến trước {timezone.localdate():%d/%m/%Y}" in answer


def test_a_draft_is_thrown_away_only_when_asked_twice(admin, drafted):
    admin.get(page("1.004194", "discard/"))
    drafted.refresh_from_db()
    assert admin.post(page("1.004194", "discard/")).url == page("1.004194")
    assert not ProcedureVersion.objects.filter(pk=drafted.pk).exists()


def test_retiring_needs_the_code_again(admin, loaded):
    answer = admin.post(page("1.004194", "retire/"), {"code": "1.004195", "day": timezone.localdate().isoformat()})
    assert answer.status_code == 400
    loaded.refresh_from_db()
    assert loaded.retired_on is None
    admin.post(page("1.004194", "retire/"), {"code": "1.004194", "day": timezone.localdate().isoformat()})
    loaded.refresh_from_db()
    assert loaded.retired_on == timezone.localdate()
    assert admin.get(page("1.004194")).status_code == 200
    answer = admin.post(page("1.004194", "draft/"), follow=True)
    assert "đã bãi bỏ" in text(answer)


def test_the_preview_shows_every_section_and_that_it_is_a_sample(admin, loaded):
    answer = text(admin.get(page("1.004194", "preview/")))
    for says in (
        "68/2020/QH14",
        "CT01",
        "trực tuyến",
        "15.000",
        "02 năm",
        "Kiểm tra, tiếp nhận hồ sơ",
        "Mẫu: đối chiếu",
    ):
        assert says in answer


def test_a_form_with_a_newer_version_is_pointed_out(admin, cast, loaded):
    form = Form.objects.get(slug="tam-tru")
    assert "đã có bản mới" not in text(admin.get(page("1.004194")))
    FormVersion.objects.create(form=form, number=2, published_at=now(), published_by=cast.quan)
    assert "đã có bản mới" in text(admin.get(page("1.004194")))


def test_what_is_not_in_the_catalogue_is_not_found(admin, loaded):
    for rest in ("", "general/", "place/", "preview/", "publish/", "history/", "retire/"):
        assert admin.get(page("9.999999", rest)).status_code == 404
