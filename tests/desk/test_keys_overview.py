"""/keys/all/: every key of the offices in reach, what is at risk first, and at the top whether anything is."""

import base64
from datetime import date, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from config.demo.client import BoxKeys, Root, new_identity
from keng.accounts.models import Role
from keng.core.ids import this_hour
from keng.desk.keys.lines import Line, collect
from keng.desk.models import BoxSecret, Grant, OfficerKey
from keng.ledger.models import Checkpoint, Cosignature, LogKey
from keng.mailbox import sealing
from keng.mailbox.models import Box, KeyStatement
from tests.accounts.signing_in import give_phone, straight_in
from tests.cast import Cast, grant, open_box, user
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db

ALL = "/keys/all/"
WITNESS = "chung.dienbien.gov.vn+12345678+" + base64.b64encode(b"\x04" + bytes(32)).decode()


@pytest.fixture
def cast() -> Cast:
    """Two boxes whose keys are in order, everybody with a second factor, a log with its key and a witness that signs."""
    cast = Cast()
    _ = cast.box
    Grant.objects.filter(box=cast.police).exists()
    second = user("ha", "Lê Thu Hà", (cast.province_police, Role.OFFICER))
    grant(cast.police, cast.police_keys, second, cast.dung, new_identity())
    for one in (cast.hoa, cast.nam, cast.dung, cast.minh, cast.quan, second):
        give_phone(one)
    return cast


@pytest.fixture
def log(settings: Any) -> None:
    settings.WITNESSES = [WITNESS]
    LogKey.objects.create(vkey="bao.dienbien.gov.vn/ledger+00c0ffee+AAAA")
    Checkpoint.objects.create(day=localdate(), size=256, root=bytes(32), note="x")
    Cosignature.objects.create(size=256, name="chung.dienbien.gov.vn", line="x")


def lines(cast: Cast, kind: str = "") -> list[Line]:
    return [line for line in collect([cast.post, cast.province_police]) if kind in ("", line.kind)]


def text(who: Any, query: str = "") -> str:
    client = FaceClient("desk")
    straight_in(client, who)
    answer = client.get(ALL + query)
    assert answer.status_code == 200
    return answer.content.decode()


def main(page: str) -> str:
    return page.split("<main")[1]


# what is on it


@pytest.mark.usefixtures("log")
def test_where_all_is_well_the_top_says_so(cast: Cast) -> None:
    page = main(text(cast.minh))
    assert "Mọi khoá ổn" in page
    assert 'class="state bad"' not in page
    assert {line.level for line in lines(cast)} == {"good"}


@pytest.mark.usefixtures("log")
def test_every_kind_of_key_is_there_with_holder_and_dates(cast: Cast) -> None:
    OfficerKey.objects.filter(user=cast.hoa).update(used_on=date(2026, 11, 20))
    Grant.objects.filter(key__user=cast.hoa).update(used_on=date(2026, 11, 19))
    Authenticator.objects.create(user=cast.hoa, type="webauthn", data={"credential": "BI-MAT"})
    found = {kind: lines(cast, kind) for kind in ("statement", "box", "sheets", "officer", "factor", "log", "witness")}
    assert {kind: len(of) for kind, of in found.items()} == {
        "statement": 2, "box": 2, "sheets": 2, "officer": 4, "factor": 6, "log": 1, "witness": 1,
    }  # fmt: skip
    (statement,) = (line for line in found["statement"] if line.box == cast.box)
    assert statement.until == KeyStatement.objects.get(box=cast.box).until
    assert "Công an tỉnh Điện Biên" in statement.holders
    (key,) = (line for line in found["box"] if line.box == cast.box)
    assert key.holders == "Giàng A Hoà (Lò Văn Nam cấp), Lò Văn Nam"
    assert key.used_on == date(2026, 11, 19)
    (own,) = (line for line in found["officer"] if line.title == "Giàng A Hoà")
    assert (own.used_on, own.holders) == (date(2026, 11, 20), "hoa")
    (factor,) = (line for line in found["factor"] if line.title == "Giàng A Hoà")
    assert factor.holders == "ứng dụng mã, khoá truy cập"
    assert found["witness"][0].used_on == localdate()
    assert found["log"][0].title == "bao.dienbien.gov.vn/ledger"


@pytest.mark.usefixtures("log")
def test_it_shows_nothing_secret(cast: Cast) -> None:
    page = text(cast.minh)
    assert "BI-MAT" not in page
    for factor in Authenticator.objects.all():
        assert factor.data["secret"] not in page
    for secret in ("AGE-SECRET", cast.pairs["hoa"][1], "age1"):
        assert secret not in page


def test_a_key_that_was_changed_is_a_line_of_its_own_that_opens_the_past(cast: Cast) -> None:
    Box.objects.filter(pk=cast.box.pk).update(recipient=new_identity()[1])
    mine = [line for line in lines(cast, "box") if line.box == cast.box]
    assert {line.title for line in mine} == {
        "Đồn Biên phòng Na Cô Sa",
        "Đồn Biên phòng Na Cô Sa: khoá cũ, mở tin trước lần đổi",
    }


# what is at risk


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(("days", "level"), [(61, "good"), (60, "wait"), (30, "wait"), (7, "bad"), (-1, "bad")])
def test_a_statement_that_runs_out_is_told_first(cast: Cast, days: int, level: str) -> None:
    KeyStatement.objects.filter(box=cast.box).update(until=localdate() + timedelta(days=days))
    first = lines(cast)[0]
    page = main(text(cast.minh))
    assert (first.level, ("Mọi khoá ổn" in page)) == (level, level == "good")
    if level != "good":
        assert (first.kind, first.box) == ("statement", cast.box)
        assert "1 khoá cần chú ý" in page


@pytest.mark.usefixtures("log")
def test_the_three_worst_stand_at_the_top_the_worst_of_all_first(cast: Cast) -> None:
    cast.hoa.appointments.update(until=this_hour())
    Authenticator.objects.filter(user__in=[cast.minh, cast.dung]).delete()
    BoxSecret.objects.filter(box=cast.box).delete()
    page = main(text(cast.quan))
    top = page.split("</section>")[0]
    assert top.count("<li>") == 3
    assert top.index("tờ giấy không mở được gì") < top.index("Chỉ một người mở được hộp thư")
    levels = [line.level for line in lines(cast)]
    assert levels == sorted(levels, key=["bad", "wait", "good"].index)


@pytest.mark.usefixtures("log")
def test_after_somebody_who_held_the_key_has_left_the_list_says_to_change_it_until_it_was(cast: Cast) -> None:
    Grant.objects.filter(key__user=cast.hoa).update(until=this_hour())
    cast.hoa.appointments.update(until=this_hour())
    assert "Nên đổi khoá hộp thư: Giàng A Hoà" in text(cast.minh)
    assert "Nên đổi khoá hộp thư: Giàng A Hoà" in text(cast.nam)
    Box.objects.filter(pk=cast.box.pk).update(recipient=new_identity()[1])
    assert "Nên đổi khoá hộp thư" not in text(cast.minh)


@pytest.mark.usefixtures("log")
def test_a_box_whose_neighbour_replaced_its_root_is_told_to_renew(cast: Cast) -> None:
    assert [line.risks for line in lines(cast, "statement")] == [[], []]
    Box.objects.filter(pk=cast.police.pk).update(root=sealing.b64u(Root().raw))
    (told,) = (line for line in lines(cast, "statement") if line.risks)
    assert (told.box, told.level) == (cast.box, "bad")
    assert f"Hộp thư “{cast.police.title}” đã thay khoá gốc" in told.risks[0].sentence
    assert "đã thay khoá gốc" in text(cast.minh)


def test_an_officers_key_that_outlives_the_role_or_is_never_used_is_told(cast: Cast) -> None:
    cast.hoa.appointments.update(until=this_hour())
    OfficerKey.objects.filter(user=cast.nam).update(since=this_hour() - timedelta(days=200))
    told = {line.title: line.risks[0].sentence for line in lines(cast, "officer") if line.risks}
    assert told["Giàng A Hoà"].startswith("Không còn vai trò đọc tin")
    assert told["Lò Văn Nam"].startswith("Hơn nửa năm chưa mở khoá")
    OfficerKey.objects.filter(user=cast.nam).update(used_on=localdate())
    assert [line.title for line in lines(cast, "officer") if line.risks] == ["Giàng A Hoà"]


def test_a_box_without_keys_and_people_without_a_second_factor_are_told(cast: Cast) -> None:
    Box.objects.create(slug="gop-y", office=cast.post, title="Góp ý")
    Authenticator.objects.filter(user=cast.nam).delete()
    (statement,) = (line for line in lines(cast, "statement") if line.title == "Góp ý")
    assert "chưa nhận được tin" in statement.risks[0].sentence
    assert [line.title for line in lines(cast, "factor") if line.risks] == ["Lò Văn Nam"]
    assert [line.title for line in lines(cast, "box") if line.box and line.box.slug == "gop-y"] == []


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(("behind", "level"), [(0, "good"), (1, "good"), (2, "bad"), (40, "bad")])
def test_a_witness_that_falls_silent_is_told(cast: Cast, behind: int, level: str) -> None:
    Checkpoint.objects.create(day=localdate() + timedelta(days=behind), size=512, root=bytes(32), note="x")
    assert [line.level for line in lines(cast, "witness")] == [level]


def test_a_log_without_key_or_witness_says_so(cast: Cast) -> None:
    assert [line.level for line in (*lines(cast, "log"), *lines(cast, "witness"))] == ["wait", "wait"]


# who sees what


def test_o2_each_sees_the_offices_in_reach_and_no_other(cast: Cast) -> None:
    open_box("thanh-yen", cast.neighbour, BoxKeys("thanh-yen"))
    mine, theirs = main(text(cast.nam)), main(text(cast.minh))
    assert ("Đồn Biên phòng Na Cô Sa" in mine, "Công an xã Thanh Yên" in mine) == (True, False)
    assert ("Đồn Biên phòng Na Cô Sa" in theirs, "Công an xã Thanh Yên" in theirs) == (True, True)
    # Asking for another's office shows one's own, as if there were no such office.
    assert "Công an xã Thanh Yên" not in main(text(cast.nam, "?office=ca-thanh-yen"))


def test_the_list_is_narrowed_to_an_office_and_to_a_kind(cast: Cast) -> None:
    page = main(text(cast.minh, "?office=bp-na-co-sa&kind=officer")).split("<tbody>")[1]
    assert "Giàng A Hoà" in page
    assert "Nguyễn Tiến Dũng" not in page
    assert page.count("<tr>") == 2
    assert main(text(cast.minh, "?office=\0&kind=<b>&page=x")).count("<h1") == 1


def test_only_whoever_may_open_a_boxs_page_is_led_there(cast: Cast) -> None:
    link = 'href="/keys/boxes/na-co-sa/"'
    assert (link in text(cast.nam), link in text(cast.dung), link in text(cast.minh)) == (True, True, False)


def test_it_asks_the_database_as_often_for_many_offices_as_for_few(cast: Cast, settings: Any) -> None:
    def queries() -> int:
        client = FaceClient("desk")
        straight_in(client, cast.minh)
        client.get(ALL)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(ALL).status_code == 200
        return len(asked)

    few = queries()
    for number in range(4):
        slug = f"box-{number}"
        box = open_box(slug, cast.neighbour, BoxKeys(slug), above=cast.police)
        officer = user(f"o{number}", f"Người {number}", (cast.neighbour, Role.OFFICER))
        grant(box, BoxKeys(slug), officer, cast.dung, new_identity())
        give_phone(officer)
    assert queries() == few
    assert few < 30


def test_an_office_with_nothing_says_what_to_do_next(cast: Cast) -> None:
    page = main(text(user("boss", "Sùng A Páo", (cast.neighbour, Role.LEADER)), "?kind=box"))
    assert "Quản trị lập hộp thư" in page
