"""How a box's keys stand, and what the pages about keys show to whom."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from config.demo.client import BoxKeys, new_identity
from keng.accounts.models import Role
from keng.core.ids import this_hour
from keng.desk.keys.status import load
from keng.desk.models import Grant
from keng.mailbox.models import Box
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, grant, open_box, user
from tests.conftest import FaceClient
from tests.desk.custodian import give_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def risks(box: Box) -> list[tuple[str, str]]:
    return [(risk.level, risk.sentence) for risk in load([Box.objects.get(pk=box.pk)])[0].risks]


def page(who: Any, path: str) -> Any:
    client = FaceClient("desk")
    straight_in(client, who)
    return client.get(path)


# what is at risk


def test_a_box_held_by_two_and_valid_for_long_is_at_no_risk(cast: Cast) -> None:
    assert risks(cast.box) == []


def test_a_box_without_keys_says_that_it_takes_no_reports(cast: Cast) -> None:
    ((level, sentence),) = risks(Box.objects.create(slug="gop-y", office=cast.post, title="Góp ý"))
    assert level == "wait"
    assert "chưa nhận được tin" in sentence


@pytest.mark.parametrize(
    ("days", "level"), [(61, None), (60, "wait"), (30, "wait"), (8, "wait"), (7, "bad"), (0, "bad"), (-1, "bad")]
)
def test_a_statement_that_runs_out_within_sixty_days_is_told(cast: Cast, days: int, level: str | None) -> None:
    statement = cast.box.statements.get()
    statement.until = localdate() + timedelta(days=days)
    statement.save()
    assert [found for found, _sentence in risks(cast.box)] == ([level] if level else [])


def test_a_single_holder_is_told(cast: Cast) -> None:
    Grant.objects.filter(box=cast.box, key__user=cast.hoa).update(until=this_hour())
    ((level, sentence),) = risks(cast.box)
    assert (level, "Chỉ một người" in sentence) == ("wait", True)


def test_a_box_without_a_custodian_among_its_holders_is_told(cast: Cast) -> None:
    _ = cast.box
    cast.nam.appointments.update(role=Role.OFFICER)
    ((level, sentence),) = risks(cast.box)
    assert (level, "Không có người giữ khoá" in sentence) == ("bad", True)


def test_holders_who_left_are_told_and_count_for_nobody(cast: Cast) -> None:
    _ = cast.box
    cast.hoa.appointments.update(until=this_hour())
    cast.nam.is_active = False
    cast.nam.save()
    found = risks(cast.box)
    assert found[0][0] == "bad"
    assert "Chỉ còn hai tờ khôi phục" in found[0][1]
    assert [sentence for _level, sentence in found[1:]] == [
        "Giàng A Hoà không còn ở đơn vị mà vẫn có khoá. Nên thôi cấp.",
        "Lò Văn Nam không còn ở đơn vị mà vẫn có khoá. Nên thôi cấp.",
        "Nên đổi khoá hộp thư: Giàng A Hoà, Lò Văn Nam từng giữ khoá này và đã rời đơn vị.",
    ]


def test_ending_the_grant_of_who_left_is_not_enough_until_the_boxs_key_is_another(cast: Cast) -> None:
    tua = user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER))
    grant(cast.box, cast.keys, tua, cast.nam, new_identity())
    Grant.objects.filter(key__user=cast.hoa).update(until=this_hour())
    assert risks(cast.box) == [], "who is still at the office may be given it again"
    cast.hoa.appointments.update(until=this_hour())
    ((level, sentence),) = risks(cast.box)
    assert (level, sentence) == ("wait", "Nên đổi khoá hộp thư: Giàng A Hoà từng giữ khoá này và đã rời đơn vị.")
    Box.objects.filter(pk=cast.box.pk).update(recipient=new_identity()[1])
    assert risks(cast.box) == []


# pages


def test_one_page_shows_all_that_must_be_known_of_a_boxs_keys(cast: Cast) -> None:
    text = page(cast.nam, f"/keys/boxes/{cast.box.slug}/").content.decode()
    print_ = cast.keys.root.fingerprint
    for shown in (
        " ".join(print_[i : i + 4] for i in range(0, 26, 4)),
        " ".join(print_[i : i + 4] for i in range(0, 12, 4)),
        "số 1, từ",
        "Tờ khôi phục đang dùng lập ngày",
        "Công an tỉnh Điện Biên",
        "Giàng A Hoà",
        "Lò Văn Nam",
    ):
        assert shown in text


def test_demo_keys_are_called_so(cast: Cast) -> None:
    path = f"/keys/boxes/{cast.box.slug}/"
    assert "khoá thử" not in page(cast.nam, path).content.decode().split("<main")[1]
    Box.objects.update(demo_keys=True)
    assert "khoá thử" in page(cast.nam, path).content.decode().split("<main")[1]


def test_only_the_custodian_is_offered_grants(cast: Cast) -> None:
    give_key(user("tua", "Vừ A Tủa", (cast.post, Role.OFFICER)))
    path = f"/keys/boxes/{cast.box.slug}/"
    assert "data-give" in page(cast.nam, path).content.decode()
    for who in (cast.hoa, cast.dung):
        text = page(who, path).content.decode()
        assert "data-give" not in text
        assert "data-end" not in text
        assert "Vừ A Tủa" not in text


def test_a_custodian_without_a_grant_is_shown_the_way_by_paper(cast: Cast) -> None:
    other = user("sua", "Mùa A Sua", (cast.post, Role.CUSTODIAN))
    give_key(other)
    text = page(other, f"/keys/boxes/{cast.box.slug}/").content.decode()
    assert f"/keys/boxes/{cast.box.slug}/recover" in text
    assert "data-give" not in text


def test_o2_the_neighbours_officer_finds_no_such_box_on_any_page(cast: Cast) -> None:
    for path in ("", "renew"):
        assert page(cast.lan, f"/keys/boxes/{cast.box.slug}/{path}").status_code == 404
    for path in ("found", "recover"):
        assert page(cast.lan, f"/keys/boxes/{cast.box.slug}/{path}").status_code == 403


def test_an_officer_sees_the_boxes_of_the_office_and_those_below(cast: Cast) -> None:
    _ = cast.box
    other = BoxKeys("thanh-yen")
    open_box("thanh-yen", cast.neighbour, other)
    seen = page(cast.dung, "/keys/").content.decode()
    assert "/keys/boxes/ca-dien-bien/" in seen
    assert "/keys/boxes/na-co-sa/" in seen
    assert "/keys/boxes/thanh-yen/" not in seen
    assert "/keys/boxes/ca-dien-bien/" not in page(cast.hoa, "/keys/").content.decode()


def test_the_list_asks_the_database_as_often_for_many_boxes_as_for_one(cast: Cast) -> None:
    def queries() -> int:
        client = FaceClient("desk")
        straight_in(client, cast.dung)
        client.get("/keys/")  # the first answer of a session writes the session
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/keys/").status_code == 200
        return len(asked)

    _ = cast.box
    few = queries()
    for number in range(5):
        slug = f"box-{number}"
        box = open_box(slug, cast.neighbour, BoxKeys(slug), above=cast.police)
        key = Grant.objects.filter(key__user=cast.dung).first()
        assert key
        Grant.objects.create(box=box, key=key.key, by=cast.dung, sealed_box_identity=b"x")
    assert queries() == few


def test_a_founding_that_makes_no_sense_says_why(cast: Cast) -> None:
    box = Box.objects.create(slug="gop-y", office=cast.post, above=cast.police, title="Góp ý")
    path = "/keys/boxes/gop-y/found"
    assert "chưa có khoá của mình" in page(cast.nam, path).content.decode()
    give_key(cast.nam)
    assert 'id="ceremony"' in page(cast.nam, path).content.decode()
    Box.objects.filter(slug="ca-dien-bien").update(root="")
    assert "chưa lập khoá. Cấp trên lập trước" in page(cast.nam, path).content.decode()
    box.root = cast.keys.statement()["root"]
    box.save()
    assert "đã có khoá. Khoá chỉ lập một lần" in page(cast.nam, path).content.decode()


def test_sealed_recovery_goes_only_to_a_custodian(cast: Cast) -> None:
    text = page(cast.dung, f"/keys/boxes/{cast.box.slug}/renew").content.decode()
    assert '"recovery": null' in text
    text = page(cast.nam, f"/keys/boxes/{cast.box.slug}/renew").content.decode()
    assert '"recovery": null' not in text
    assert '"root_for_above": null' in text


def test_somebody_who_may_not_renew_is_told_who_may(cast: Cast) -> None:
    text = page(cast.hoa, f"/keys/boxes/{cast.box.slug}/renew").content.decode()
    assert "Chỉ cán bộ đang mở được hộp thư cấp trên" in text
    assert 'id="renewing"' not in text


def test_a_lone_holder_who_forgot_the_passphrase_is_warned(cast: Cast) -> None:
    _ = cast.police
    text = page(cast.dung, "/keys/").content.decode()
    assert "là người duy nhất mở được hộp thư" in text
    _ = cast.box
    assert "là người duy nhất" not in page(cast.hoa, "/keys/").content.decode()
