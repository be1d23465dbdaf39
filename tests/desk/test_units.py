"""/units/: an administrator's villages, offices and what they cover."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from keng.accounts.models import Role
from keng.ledger.models import Entry
from keng.units.changes import change_kind
from keng.units.models import Coverage, Office, Unit, Village
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, office, unit, user
from tests.units.places import basis, commune, covered, names

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(desk) -> Cast:
    """The cast, with `quan`, the province's administrator, signed in."""
    made = Cast()
    _ = made.post, made.neighbour
    straight_in(desk, made.quan)
    return made


@pytest.fixture
def at_the_post(desk, cast) -> None:
    """Signed in instead: the administrator of the post alone."""
    straight_in(desk, user("son", "Sùng A Sơn", (cast.post, Role.ADMINISTRATOR)))


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# Looking up


def test_the_list_shows_the_communes_that_ones_offices_serve(desk, cast):
    unit("12", "Lai Châu", "tinh")
    commune("03439", "Thu Lũm", province=Unit.objects.get(code="12"))
    html = desk.get("/units/").content.decode()
    assert 'href="/units/03164/"' in html
    assert 'href="/units/03349/"' in html
    assert "Thu Lũm" not in html


def test_the_search_looks_everywhere_but_links_only_into_reach(desk, cast):
    commune("03439", "Thu Lũm", "Bản Pa Thắng", province=unit("12", "Lai Châu", "tinh"))
    assert 'href="/units/03164/"' in desk.get("/units/?q=quang+lam").content.decode()
    assert 'href="/units/03164/"' in desk.get("/units/?q=na+co+sa+1").content.decode()
    assert 'href="/units/offices/@bp-na-co-sa/"' in desk.get("/units/?q=don+bien+phong").content.decode()
    for asked in ("thu+lum", "pa+thang"):
        html = desk.get(f"/units/?q={asked}").content.decode()
        assert "Thu Lũm" in html
        assert "/units/03439/" not in html
    assert desk.get("/units/03439/").status_code == 404
    assert "Không thấy “zzz”" in text(desk.get("/units/?q=zzz"))


def test_a_unit_shows_its_history_with_its_basis(desk, cast):
    change_kind(unit=cast.quang_lam, kind="phuong", basis=basis())
    page = text(desk.get("/units/03164/"))
    assert "Phường Quảng Lâm" in page
    assert "xã → phường" in page
    assert "12/NQ-HĐND" in page


@pytest.mark.parametrize(
    "address", ["/units/", "/units/?q=lam", "/units/offices/", "/units/03164/", "/units/offices/@bp-na-co-sa/"]
)
def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(desk, cast, address):
    def grow(numbers: range) -> int:
        for number in numbers:
            place = commune(f"{4000 + number:05}", f"Lâm {number}", "Bản Lâm")
            post = office(f"o{number}", f"Đồn Lâm {number}", "border_post", place, above=cast.province_police)
            cast.quang_lam.villages.create(name=f"Bản {number}", valid_from=timezone.localdate())
            Coverage.objects.create(office=cast.post, unit=place, valid_from=timezone.localdate())
            Coverage.objects.create(office=post, unit=cast.quang_lam, valid_from=timezone.localdate())
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(address).status_code == 200
        return len(asked)

    desk.get("/units/")  # the session's first page writes down when it ends
    assert grow(range(2)) == grow(range(2, 40))


# Villages


def test_a_village_is_added_renamed_and_taken_away(desk, cast):
    desk.post(f"/units/{cast.quang_lam.pk}/villages/add/", {"name": "Bản Dền Thàng"})
    village = Village.objects.get(name="Bản Dền Thàng")
    desk.post(f"/units/03164/villages/{village.pk}/rename/", {"name": "Bản Dền Thàng 1"})
    assert "Bản Dền Thàng 1" in names(cast.quang_lam)
    desk.post(f"/units/03164/villages/{village.pk}/end/")
    assert "Bản Dền Thàng 1" not in names(cast.quang_lam)
    entries = Entry.objects.filter(subject="03164").order_by("verb")
    assert [(entry.verb, entry.by, entry.office) for entry in entries] == [
        (f"units.village.{verb}", "quan", "ca-dien-bien") for verb in ("added", "ended", "renamed")
    ]


@pytest.mark.parametrize("name", ["", " ", "Bản Na Cô Sa 1", "x" * 121, "a\x00b", "a\u202eb", "---"])
def test_s3_a_village_that_cannot_be_is_refused_beside_the_form(desk, cast, name):
    _ = cast.quang_lam
    answer = desk.post("/units/03164/villages/add/", {"name": name})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    other = cast.quang_lam.villages.get(name="Bản Na Cô Sa 2")
    assert desk.post(f"/units/03164/villages/{other.pk}/rename/", {"name": name}).status_code == 400
    assert names(cast.quang_lam) == ["Bản Na Cô Sa 1", "Bản Na Cô Sa 2"]
    assert not Entry.objects.exists()


def test_another_communes_village_is_not_reached_through_ones_own(desk, cast):
    theirs = cast.thanh_yen.villages.create(name="Bản Xa", valid_from=timezone.localdate())
    assert desk.post(f"/units/03164/villages/{theirs.pk}/end/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.valid_to is None


def test_a_list_is_shown_before_it_is_entered(desk, cast):
    lines = "Bản Na Cô Sa 1\nBản Na Co Sa 1\nBản Dền Thàng"
    page = desk.post(f"/units/{cast.quang_lam.pk}/villages/list/", {"text": lines})
    assert page.status_code == 200
    assert "Nhập 2 bản" in text(page)
    assert "gần giống “Bản Na Cô Sa 1” đã có" in text(page)
    assert cast.quang_lam.villages.count() == 2
    done = desk.post("/units/03164/villages/list/import/", {"text": lines})
    assert done["Location"] == "/units/03164/"
    assert cast.quang_lam.villages.count() == 4


def test_errors_are_told_by_line_and_nothing_is_entered(desk, cast):
    _ = cast.quang_lam, cast.thanh_yen
    lines = "03164\tBản Mới\n99999\tBản Lạ\n03349\tBản Mới"
    page = text(desk.post("/units/villages/", {"text": lines}))
    assert "Dòng 2: Mã xã 99999 không có" in page
    assert "Nhập 2 bản" not in page
    assert desk.post("/units/villages/import/", {"text": lines}).status_code == 400
    assert not Village.objects.filter(name="Bản Mới").exists()
    assert desk.post("/units/villages/import/", {"text": lines.replace("99999", "03164")}).status_code == 302
    assert Village.objects.filter(name="Bản Mới").count() == 2


def test_a_list_reaches_no_commune_of_others(desk, cast, at_the_post):
    _ = cast.quang_lam, cast.thanh_yen
    assert "Mã xã 03349 không có, hoặc ngoài địa bàn" in text(desk.post("/units/villages/", {"text": "03349,Bản Mới"}))
    assert desk.post("/units/villages/import/", {"text": "03349,Bản Mới"}).status_code == 400
    assert not Village.objects.filter(name="Bản Mới").exists()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_spreadsheets_file_is_read_in_its_coding(desk, cast, coding):
    _ = cast.quang_lam
    file = SimpleUploadedFile("ban.csv", "Mã xã;Tên bản\n03164;Bản Dền Thàng\n".encode(coding))
    assert "Bản Dền Thàng" in text(desk.post("/units/villages/", {"file": file}))


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x81\xff", b"PK\x03\x04" + bytes(range(256)), b"\xff\xfe\x00", b"x" * 2_100_000]
)
def test_s3_a_file_that_is_no_list_is_refused_with_a_sentence(desk, cast, content):
    answer = desk.post("/units/villages/", {"file": SimpleUploadedFile("ban.xlsx", content)})
    assert answer.status_code in (200, 400)
    assert 'role="alert"' in answer.content.decode()
    assert not Entry.objects.exists()


# Offices

NEW = {"name": "Công an xã Quảng Lâm", "code": "ca-quang-lam", "kind": "commune_police", "phone": "", "address": ""}


def test_an_office_is_added_under_ones_own(desk, cast):
    form = {**NEW, "above": cast.province_police.pk, "covers": [cast.quang_lam.pk]}
    assert desk.post("/units/offices/add/", form)["Location"] == "/units/offices/@ca-quang-lam/"
    made = Office.objects.get(code="ca-quang-lam")
    assert (made.above, covered(made)) == (cast.province_police, ["03164"])
    assert Entry.objects.get(verb="units.office.added").by == "quan"


@pytest.mark.parametrize(
    "wrong",
    [
        {"above": ""},
        {"covers": []},
        {"code": "Hoa Văn"},
        {"code": "bp-na-co-sa"},
        {"kind": "x"},
        {"name": ""},
        {"phone": "1" * 21},
    ],
)
def test_s3_an_office_that_cannot_be_is_refused(desk, cast, wrong):
    form = {**NEW, "above": cast.province_police.pk, "covers": [cast.quang_lam.pk], **wrong}
    answer = desk.post("/units/offices/add/", form)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not Entry.objects.exists()


def test_nobody_widens_their_own_reach(desk, cast, at_the_post):
    """The post's administrator can neither cover the neighbour's commune nor go under or over a foreign office."""
    _ = cast.thanh_yen
    assert desk.post("/units/offices/@bp-na-co-sa/cover/", {"unit": "03349"}).status_code == 400
    assert desk.post("/units/offices/add/", {**NEW, "above": cast.post.pk, "covers": ["03349"]}).status_code == 400
    assert desk.post("/units/offices/add/", {**NEW, "above": cast.neighbour.pk, "covers": ["03164"]}).status_code == 400
    edit = {"name": "Đồn", "kind": "border_post", "above": cast.neighbour.pk}
    assert desk.post("/units/offices/@bp-na-co-sa/edit/", edit).status_code == 400
    assert desk.post("/units/offices/@ca-thanh-yen/edit/", edit).status_code == 404
    assert covered(cast.post) == ["03164"]
    assert not Entry.objects.exists()


def test_coverage_is_given_and_taken(desk, cast):
    _ = cast.thanh_yen
    desk.post("/units/offices/@bp-na-co-sa/cover/", {"unit": "03349"})
    assert covered(cast.post) == ["03164", "03349"]
    desk.post("/units/offices/@bp-na-co-sa/uncover/", {"unit": "03164"})
    assert covered(cast.post) == ["03349"]
    refused = desk.post("/units/offices/@bp-na-co-sa/uncover/", {"unit": "03349"}, follow=True)
    assert "ít nhất một địa bàn" in text(refused)
    assert covered(cast.post) == ["03349"]


def test_an_office_is_edited_and_a_ring_refused(desk, cast):
    page = "/units/offices/@bp-na-co-sa/edit/"
    desk.post(
        page, {"name": "Đồn Na Cô Sa", "kind": "border_post", "above": cast.province_police.pk, "phone": "0215 123"}
    )
    cast.post.refresh_from_db()
    assert (cast.post.name, cast.post.phone) == ("Đồn Na Cô Sa", "0215 123")
    ring = {"name": "Công an tỉnh", "kind": "province_police", "above": cast.post.pk}
    answer = desk.post("/units/offices/@ca-dien-bien/edit/", ring)
    assert answer.status_code == 400
    assert "chính nó hay cơ quan dưới nó" in text(answer)


def test_the_offices_are_found_by_name_without_accents_or_by_code(desk, cast):
    for asked in ("bien phong", "BP-NA"):
        html = desk.get("/units/offices/", {"q": asked}).content.decode()
        assert "Đồn Biên phòng Na Cô Sa" in html
        assert "Công an xã Thanh Yên" not in html
    assert "Không thấy “zzz”" in text(desk.get("/units/offices/?q=zzz"))
    assert desk.get("/units/offices/?q=%00&page=x").status_code == 200
