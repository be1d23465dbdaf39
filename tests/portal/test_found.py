"""From a commune's name to the boxes that serve it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from keng.mailbox.models import Box
from keng.portal import found
from keng.units.models import Coverage, Office
from tests.cast import Cast, office
from tests.conftest import FaceClient
from tests.units.places import commune

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.box, made.police, made.neighbour
    return made


def slugs(query: str) -> list[list[str]]:
    return [[box.slug for box, _heading in each.boxes] for each in found.with_boxes(found.communes(query, near="11"))]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("query", ["quang lam", "Xã Quảng Lâm", "quang lam dien bien", "ban na co sa 1", "na co sa"])
def test_a_commune_or_its_village_leads_to_its_boxes_its_own_before_the_provinces(query: str) -> None:
    assert slugs(query) == [["na-co-sa", "ca-dien-bien"]]


@pytest.mark.usefixtures("cast")
def test_the_link_leads_to_the_box_and_no_fragment_pretends_that_the_key_was_checked(public: FaceClient) -> None:
    html = public.get("/?q=quang+lam").content.decode()
    assert 'href="/b/na-co-sa"' in html
    assert "Đồn Biên phòng Na Cô Sa" in html
    assert "khoá chưa kiểm được" in html
    assert 'href="/b/na-co-sa/en"' in public.get("/en?q=quang+lam").content.decode()
    assert "<h3>Xã Thanh Yên</h3>" in public.get("/?q=thanh+yen").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"opened_on": None},
        {"opened_on": timedelta(days=1)},
        {"closed_on": timedelta()},
        {"training": True},
        {"recipient": ""},
    ],
    ids=repr,
)
@pytest.mark.usefixtures("cast")
def test_a_box_that_takes_no_reports_is_not_offered(change: dict[str, object]) -> None:
    """Days are counted when the test runs: midnight may have gone by since it was read."""
    today = timezone.localdate()
    said = {name: today + value if isinstance(value, timedelta) else value for name, value in change.items()}
    Box.objects.filter(slug="na-co-sa").update(**said)
    assert slugs("quang lam") == [["ca-dien-bien"]]


def test_an_ended_office_or_coverage_leads_nowhere(cast: Cast) -> None:
    today = timezone.localdate()
    Coverage.objects.filter(office=cast.post).update(valid_to=today)
    assert slugs("quang lam") == [["ca-dien-bien"]]
    Office.objects.filter(pk=cast.province_police.pk).update(valid_to=today)
    assert slugs("quang lam") == [[]]


@pytest.mark.usefixtures("cast")
def test_a_commune_without_a_box_says_what_to_do(public: FaceClient) -> None:
    Box.objects.update(closed_on=timezone.localdate())
    assert "chưa có hộp thư Kẻng" in public.get("/?q=thanh+yen").content.decode()


def test_the_service_centre_of_a_commune_is_told_with_address_and_number(public: FaceClient, cast: Cast) -> None:
    centre = office("tt-quang-lam", "Trung tâm Phục vụ hành chính công Quảng Lâm", "service_centre", cast.quang_lam)
    Office.objects.filter(pk=centre.pk).update(phone="0215 3 222 333", address="Bản Dền Thàng")
    html = public.get("/services?q=quang+lam").content.decode()
    assert "Trung tâm Phục vụ hành chính công Quảng Lâm" in html
    assert 'href="tel:02153222333"' in html
    assert "Bản Dền Thàng" in html
    assert "Đồn Biên phòng" not in html
    assert "trụ sở Uỷ ban nhân dân" in public.get("/services?q=thanh+yen").content.decode()


@pytest.mark.usefixtures("cast")
def test_where_one_fits_wholly_the_rest_stays_away(public: FaceClient) -> None:
    commune("03165", "Lâm Quảng")
    assert len(slugs("quang lam")) == 1
    assert len(slugs("lam")) == 2
    assert "Không tìm thấy “zzz”" in public.get("/?q=zzz").content.decode()


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("many", [1, 40])
def test_the_number_of_queries_and_results_is_bounded(
    django_assert_num_queries: DjangoAssertNumQueries, many: int
) -> None:
    for number in range(many):
        place = commune(f"{4000 + number:05}", f"Lâm {number}", "Bản Lâm 1")
        office(f"o{number}", f"Đồn {number}", "border_post", place)
    with django_assert_num_queries(4):
        assert 2 <= len(slugs("lam")) <= found.MOST_COMMUNES


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", '"><img src=x>', "'; --", "%00", "%FF", "\u202e", "x" * 5000, "{{ 7*7 }}"]
)
@pytest.mark.parametrize("address", ["/", "/services", "/en"])
def test_s3_odd_queries_are_shown_as_text_and_do_no_harm(public: FaceClient, address: str, query: str) -> None:
    answer = public.get(address, {"q": query})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<script" not in html
    assert "<img" not in html
    assert ">49<" not in html
    assert len(answer.content) < 15_000


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(raw=st.binary(max_size=60))
def test_s3_any_query_string_is_answered(public: FaceClient, raw: bytes) -> None:
    answer = public.get("/", QUERY_STRING="q=" + "".join(f"%{byte:02x}" for byte in raw))
    assert answer.status_code == 200
