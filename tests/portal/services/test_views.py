"""`/services`: found by word, life event and field; a page of each procedure that is light, private and says what one must bring."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from keng.core.calendar import forget
from keng.core.calendar.load import load_calendar
from keng.portal.services import wording
from keng.procedures import times
from keng.procedures.models import Dossier, Field, LifeEvent, Procedure, ProcedureVersion, State
from keng.procedures.models.dossiers import now
from keng.units.models import Office, OfficeKind, Unit
from tests.cast import FOUNDED
from tests.conftest import FaceClient
from tests.portal.test_pages import Outline
from tests.procedures.cast import STEPS, Province

pytestmark = pytest.mark.django_db
CODE = "1.004194"
WHOLE: dict[str, Any] = {
    "documents": [
        {"title": "Tờ khai CT01", "original": 1, "copy": 0, "note": "Khai trên mạng cũng được.", "field": ""},
        {"title": "Giấy tờ chỗ ở", "original": 0, "copy": 2, "note": "", "field": ""},
    ],
    "costs": [{"kind": "fee", "amount": 15000, "note": "Tại quầy"}, {"kind": "charge", "amount": 0, "note": ""}],
    "ways": [{"way": "counter", "note": "Tại trung tâm"}],
    "bases": [{"title": "Luật Cư trú", "number": "68/2020/QH14", "date": "2020-11-13", "issuer": "Quốc hội"}],
    "papers": [{"title": "Tờ khai thay đổi", "number": "CT01"}],
    "conditions": "- Ở từ 30 ngày\n\n- Chỗ ở hợp pháp",
    "time_note": "Kể từ khi đủ hồ sơ.",
    "sample": True,
}


class Written(Province):
    """The cast, whose procedure is written out in full and belongs to a life event."""

    @cached_property
    def version(self) -> ProcedureVersion:
        field = Field.objects.create(slug="cu-tru", name="Cư trú")
        procedure = Procedure.objects.create(code=CODE, field=field)
        procedure.life_events.add(LifeEvent.objects.create(slug="chuyen-noi-o", name="Chuyển nơi ở", icon="house"))
        return ProcedureVersion.objects.create(
            procedure=procedure, number=1, name="Đăng ký tạm trú", search_key="dang ky tam tru", agency="Công an xã",
            competent=OfficeKind.COMMUNE_POLICE, steps=STEPS, amount=3, result="Thông báo kết quả đăng ký tạm trú", online="full",
            valid_from=FOUNDED, published_at=now(), published_by=self.quan, **WHOLE,
        )  # fmt: skip


@pytest.fixture
def cast() -> Written:
    made = Written()
    _ = made.version, made.centre, made.neighbour, made.other_centre
    return made


def text(public: FaceClient, address: str, status: int = 200) -> str:
    answer = public.get(address)
    assert answer.status_code == status, address
    page = Outline(answer.content.decode().replace("<", " <"))
    assert len(page.all("h1")) == 1
    return " ".join(page.text.split())


def closed(cast: Province, many: int, *, late: int = 0, minutes: int = 900) -> None:
    at = timezone.now().replace(day=1) - timedelta(days=40)
    for number in range(many):
        Dossier.objects.create(
            code=f"H11.03349-260101-{Dossier.objects.count() + 1:04}", citizen=cast.an,
            procedure=cast.version.procedure, version=cast.version, unit=cast.thanh_yen, office=cast.neighbour,
            channel="counter", state=State.DONE, closed_at=at, worked_minutes=minutes,
            in_time="late" if number < late else "on",
        )  # fmt: skip


# The ways to a procedure


@pytest.mark.usefixtures("cast")
def test_the_front_of_the_services_has_search_events_fields_and_the_way_to_ones_dossier(public: FaceClient) -> None:
    html = public.get("/services").content.decode()
    assert html.index('id="tim"') < html.index("/services/event/chuyen-noi-o") < html.index("/services/field/cu-tru")
    assert 'href="/services/status"' in html
    assert 'href="/verify"' in html
    assert "1 thủ tục" in html
    assert 'href="/services"' in public.get("/").content.decode()


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "address", ["/services?q=dang+ki+tam+chu", "/services/event/chuyen-noi-o", "/services/field/cu-tru"]
)
def test_words_event_and_field_lead_to_the_procedure_with_its_time(public: FaceClient, address: str) -> None:
    html = public.get(address).content.decode()
    assert f'href="/services/p/{CODE}"' in html
    assert "3 ngày làm việc · Trực tuyến toàn trình" in html


def test_a_communes_whole_name_leads_to_its_centre_before_procedures_with_such_words(
    public: FaceClient, cast: Written
) -> None:
    one = Procedure.objects.create(code="9.000001", field=cast.version.procedure.field)
    ProcedureVersion.objects.create(
        procedure=one, number=1, name="Trợ giúp bà con Thanh Yên", search_key="tro giup ba con thanh yen", agency="Xã",
        steps=STEPS, amount=3, result="Quyết định", online="full", valid_from=FOUNDED, published_at=now(), published_by=cast.quan,
    )  # fmt: skip
    for asked, first in (("thanh+yen", "Xã Thanh Yên"), ("thanh", "Trợ giúp bà con")):
        says = text(public, f"/services?q={asked}")
        assert sorted(["Xã Thanh Yên", "Trợ giúp bà con"], key=says.index)[0] == first


@pytest.mark.usefixtures("cast")
def test_what_is_not_found_says_what_to_do_next(public: FaceClient) -> None:
    says = text(public, "/services?q=xin+visa+nhat+ban")
    assert "Không tìm thấy." in says
    assert "hỏi cán bộ ở xã" in says
    assert "Chuyển nơi ở" in says
    Procedure.objects.update(retired_on=timezone.localdate())
    assert "Chưa có thủ tục nào ở đây" in text(public, "/services/field/cu-tru")
    assert "Chuyển nơi ở" not in text(public, "/services")


@pytest.mark.parametrize(
    "address",
    ["/services/event/nothing", "/services/field/nothing", "/services/p/9.9", "/services/p/%00", "/services/p/x/fr"],
)
def test_s3_what_is_not_there_gets_a_page_with_a_sentence(public: FaceClient, address: str) -> None:
    assert "Không có trang này" in text(public, address, 404)


def test_a_field_of_many_procedures_is_read_page_by_page_by_a_constant_number_of_queries(
    cast: Province, public: FaceClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    field = Field.objects.get(slug="cu-tru")
    for number in range(130):
        procedure = Procedure.objects.create(code=f"2.{number:03}", field=field)
        ProcedureVersion.objects.create(
            procedure=procedure, number=1, name=f"Việc số {number:03}", search_key=f"viec so {number:03}", agency="x",
            amount=1, result="x", valid_from=date(2025, 7, 1), published_at=now(), published_by=cast.quan,
        )  # fmt: skip
    with django_assert_max_num_queries(4):
        first = public.get("/services/field/cu-tru").content.decode()
    assert first.count("/services/p/") == 60
    last = public.get("/services/field/cu-tru?page=3").content.decode()
    assert last.count("/services/p/") == 11
    for odd in ("0", "-1", "x", "9" * 50):
        assert public.get(f"/services/field/cu-tru?page={odd}").status_code == 200
    public.get("/services")  # the index is made anew after a change
    with django_assert_max_num_queries(14):
        assert "131 thủ tục" in public.get("/services?q=viec+so").content.decode()


# The page of a procedure


@pytest.mark.usefixtures("cast")
def test_the_page_says_what_to_bring_how_long_how_much_and_on_what_basis(public: FaceClient) -> None:
    says = text(public, f"/services/p/{CODE}")
    for part in (
        "3 ngày làm việc", "15.000 đồng Lệ phí: Tại quầy", "Không thu Phí", "Tờ khai CT01 1 bản chính Khai trên mạng",
        "Giấy tờ chỗ ở 2 bản sao", "Tại quầy : Tại trung tâm", "Kiểm tra, tiếp nhận", "4 giờ làm việc",
        "Chỗ ở hợp pháp", "Luật Cư trú 68/2020/QH14, 13/11/2020, Quốc hội", "Tờ khai thay đổi (CT01)",
        "Thông báo kết quả đăng ký tạm trú", "Bản mẫu: đối chiếu với danh mục chính thức", "Bản 1, áp dụng từ 01/07/2025",
    ):  # fmt: skip
        assert part.replace(" :", ":") in says.replace(" :", ":"), part


@pytest.mark.usefixtures("cast")
def test_the_button_leads_to_the_citizens_face_unless_nothing_can_be_filed_online(public: FaceClient) -> None:
    assert f'href="{settings.MY_ORIGIN}/apply/{CODE}"' in public.get(f"/services/p/{CODE}").content.decode()


def test_a_procedure_that_is_free_and_needs_nothing_says_so(public: FaceClient) -> None:
    _ = Province().version
    says = text(public, f"/services/p/{CODE}")
    assert "Không mất tiền" in says
    assert "chỉ cần căn cước" in says


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("asked", ["xa=03349", "noi=thanh+yen"])
def test_a_commune_by_code_or_name_shows_who_answers_there_with_number_and_address(
    public: FaceClient, asked: str
) -> None:
    Office.objects.filter(code="ca-thanh-yen").update(phone="0215 3 825 113", address="Bản 2")
    html = public.get(f"/services/p/{CODE}?{asked}").content.decode()
    assert html.index("Trung tâm Phục vụ hành chính công xã Thanh Yên") < html.index("Công an xã Thanh Yên")
    assert 'href="tel:02153825113"' in html
    assert "Quảng Lâm" not in html


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "asked", ["xa=99999", "xa=11", "xa=%00", "xa=" + "9" * 99, "noi=zzz", "noi=%ff", "v=99999", "v=²"]
)
def test_s3_an_odd_commune_or_version_does_no_harm(public: FaceClient, asked: str) -> None:
    answer = public.get(f"/services/p/{CODE}?{asked}")
    assert answer.status_code == 200
    assert "Thực tế ở đây" not in answer.content.decode()


def test_a_commune_that_has_ended_answers_nowhere(cast: Province, public: FaceClient) -> None:
    assert cast.centre.name in public.get(f"/services/p/{CODE}?xa=03349").content.decode()
    Unit.objects.filter(pk="03349").update(valid_to=timezone.localdate())
    assert cast.centre.name not in public.get(f"/services/p/{CODE}?xa=03349").content.decode()


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(1, "1 giờ làm việc"), (61, "2 giờ làm việc"), (400, "1 ngày làm việc"), (500, "2 ngày làm việc")],
)
def test_real_times_are_rounded_up_never_down(
    cast: Province, monkeypatch: pytest.MonkeyPatch, minutes: int, told: str
) -> None:
    load_calendar()
    monkeypatch.setattr(times, "of", lambda **_asked: times.Times(20, 20, minutes, minutes))
    real = wording.real_times(cast.version, unit=cast.thanh_yen, today=timezone.localdate())
    assert real is not None
    assert (real.typical, real.most) == (told, told)


def test_past_versions_can_be_read_and_say_that_they_are_past(cast: Province, public: FaceClient) -> None:
    today, old = timezone.localdate(), cast.version
    fresh = ProcedureVersion.objects.get(procedure=old.procedure)
    ProcedureVersion.objects.filter(pk=fresh.pk).update(valid_to=today)
    fresh.pk, fresh.number, fresh.valid_from, fresh.amount = None, 2, today, 2
    fresh.save(force_insert=True)
    now_says = text(public, f"/services/p/{CODE}")
    assert "2 ngày làm việc" in now_says
    assert "Bản 1 (từ 01/07/2025)" in now_says
    past = text(public, f"/services/p/{CODE}?v=1")
    assert "Đây là bản cũ" in past
    assert "Nộp trực tuyến" not in past
    assert public.get(f"/services/p/{CODE}?v=3").status_code == 404


def test_a_draft_is_nobodys_to_read(cast: Province, public: FaceClient) -> None:
    draft = ProcedureVersion.objects.get(procedure=cast.version.procedure)
    draft.pk, draft.number, draft.published_at, draft.published_by = None, 2, None, None
    draft.save(force_insert=True)
    assert public.get(f"/services/p/{CODE}?v=2").status_code == 404


# Real times


def test_c5_real_times_are_told_from_five_dossiers_on(cast: Province, public: FaceClient) -> None:
    load_calendar()
    closed(cast, 4)
    assert "dưới 5 hồ sơ" in text(public, f"/services/p/{CODE}?xa=03349")
    closed(cast, 1)
    says = text(public, f"/services/p/{CODE}?xa=03349")
    assert "Một nửa số hồ sơ xong trong 2 ngày làm việc" in says
    assert "từ 5 hồ sơ trở lên" in says
    assert "Đúng hẹn" not in says


@pytest.mark.parametrize(
    ("many", "late", "told"),
    [
        (20, 6, "70%"),
        (21, 6, "71%"),
        (20, 2, "từ 80% trở lên"),
        (20, 0, "từ 80% trở lên"),
        (20, 18, "dưới 25%"),
        (20, 20, "dưới 25%"),
    ],
)
def test_c5_a_share_whose_rest_is_small_is_told_by_its_bound(
    cast: Province, public: FaceClient, many: int, late: int, told: str
) -> None:
    load_calendar()
    closed(cast, many, late=late)
    assert f"Đúng hẹn {told}" in text(public, f"/services/p/{CODE}?xa=03349")


def test_c5_one_more_dossier_of_this_month_changes_nothing(cast: Province, public: FaceClient) -> None:
    load_calendar()
    closed(cast, 6)
    before = text(public, f"/services/p/{CODE}?xa=03349")
    closed(cast, 1)
    Dossier.objects.filter(code__endswith="0007").update(closed_at=timezone.now())
    assert text(public, f"/services/p/{CODE}?xa=03349") == before


def test_without_office_hours_no_time_is_told(cast: Province, public: FaceClient) -> None:
    closed(cast, 6)
    forget()  # what an earlier test loaded
    assert "Một nửa" not in text(public, f"/services/p/{CODE}?xa=03349")


# What every page promises


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "address", ["/services", f"/services/p/{CODE}?xa=03349", "/services/status", "/verify", f"/services/p/{CODE}/en"]
)
def test_r5_nothing_is_set_run_or_asked_of_others(public: FaceClient, address: str) -> None:
    answer = public.get(address, HTTP_COOKIE="sessionid=abc", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.content == public.get(address).content
    assert not answer.cookies
    page = Outline(answer.content.decode())
    assert not page.all("script")
    assert not [each for _tag, each in page.tags if "style" in each or "src" in each]
    assert all(link["href"].startswith("/static/") for link in page.all("link"))
    fields = [each["id"] for each in page.all("input") if each.get("type") != "hidden"]
    assert {label["for"] for label in page.all("label")} == set(fields)


@pytest.mark.usefixtures("cast")
def test_the_first_visit_of_a_procedure_weighs_little(public: FaceClient) -> None:
    whole = public.get(f"/services/p/{CODE}?xa=03349").content
    for name in ("static/public.css", "static/desk.svg", "keng/portal/static/portal/services.css"):
        whole += brotli.compress((settings.BASE_DIR / name).read_bytes())
    assert len(whole) < 30_000


@pytest.mark.usefixtures("cast")
def test_the_english_page_keeps_the_procedures_own_text_and_says_what_language_it_is_in(public: FaceClient) -> None:
    html = public.get(f"/services/p/{CODE}/en").content.decode()
    assert '<h1 lang="vi">Đăng ký tạm trú</h1>' in html
    assert f'href="/services/p/{CODE}"' in html
    assert f'href="/services/p/{CODE}/en?xa=03349"' in public.get(f"/services/p/{CODE}?xa=03349").content.decode()


@pytest.mark.usefixtures("cast")
def test_the_page_of_a_procedure_takes_a_constant_number_of_queries(
    public: FaceClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    load_calendar()
    public.get(f"/services/p/{CODE}?xa=03349")
    with django_assert_max_num_queries(6):
        public.get(f"/services/p/{CODE}?xa=03349")
    assert public.post(f"/services/p/{CODE}").status_code == 405
