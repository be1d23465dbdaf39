"""The guided pages: who sees which step, what is asked of a second person first, and the records that ceremonies leave."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localtime

from config.demo.client import BoxKeys, Root
from keng.accounts.models import Approval, Role
from keng.core.ids import this_hour
from keng.desk.keys.neighbours import neighbours
from keng.desk.keys.status import load
from keng.desk.models import Ceremony, Grant, OfficerKey
from keng.mailbox.models import Box
from tests.cast import Cast, open_box, user
from tests.conftest import FaceClient
from tests.desk.custodian import approved, give_key, granting, post, remaking
from tests.desk.test_keys_ceremony import signed_in

pytestmark = pytest.mark.django_db

PAGE = "/keys/boxes/na-co-sa/"


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box
    return cast


@pytest.fixture
def nam(cast: Cast) -> FaceClient:
    return signed_in(cast.nam)


def text(client: FaceClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def change(cast: Cast, nam: FaceClient, *, root: Root | None = None) -> BoxKeys:
    new, key = cast.keys.changed(root=root), OfficerKey.objects.get(user=cast.nam)
    above = cast.police if root else None
    if root:
        approved("box.root", cast.box, cast.nam, cast.minh)
    answer = post(nam, f"/keys/api/boxes/na-co-sa/{'root' if root else 'change'}", remaking(new, key, above=above))
    assert answer.status_code == 201
    return new


# who still misses the new key


def test_after_a_change_the_page_lists_who_misses_the_new_key_until_it_is_granted(cast: Cast, nam: FaceClient) -> None:
    assert "chưa có khoá mới" not in text(nam, PAGE)
    new = change(cast, nam)
    page = text(nam, PAGE)
    assert "Giàng A Hoà chưa có khoá mới: chỉ đọc được tin cũ." in page
    assert "Lò Văn Nam chưa có khoá mới" not in page
    hoa = OfficerKey.objects.get(user=cast.hoa)
    assert f'data-recipient="{hoa.recipient}"' in page
    assert page.count("<tr>") == 1 + 2  # each holder once, whatever the number of keys
    post(nam, "/keys/api/grants", granting(cast.box, new, hoa))
    assert "chưa có khoá mới" not in text(nam, PAGE)


def test_the_box_page_asks_the_database_as_often_for_many_keys_and_records_as_for_one(
    cast: Cast, nam: FaceClient
) -> None:
    change(cast, nam)
    with CaptureQueriesContext(connection) as one:
        text(nam, PAGE)
    for n in range(8):
        who = user(f"mai{n}", f"Vàng Thị Mai {n}", (cast.post, Role.OFFICER))
        Grant.objects.create(
            box=cast.box, key=give_key(who), by=cast.nam, recipient=cast.keys.recipient, sealed_box_identity=b"x"
        )
        Ceremony.objects.create(box=cast.box, kind="renewed", by=cast.nam, root=cast.box.root)
    with CaptureQueriesContext(connection) as many:
        assert text(nam, PAGE).count("chưa có khoá mới") == 9
    assert len(many) == len(one)


# another person first


@pytest.mark.parametrize(
    ("path", "ask", "kind"), [("root", "ask-root", "box.root"), ("recover", "ask-recovery", "box.recovery")]
)
def test_o3_the_steps_are_shown_only_once_another_person_has_approved(
    cast: Cast, path: str, ask: str, kind: str
) -> None:
    asker = cast.nam
    if path == "recover":
        asker = give_key(user("sua", "Mùa A Sua", (cast.post, Role.CUSTODIAN))).user
    client, address = signed_in(asker), f"{PAGE}{path}"
    page = text(client, address)
    assert "Gửi đề nghị" in page
    assert 'id="lock"' not in page
    assert client.post(f"{PAGE}{ask}", {"reason": "Mất hai tờ giấy."}).status_code == 302
    asked = Approval.objects.get(kind=kind, subject="na-co-sa", asked_by=asker)
    assert "Chờ duyệt" in text(client, address)
    type(asked).objects.filter(pk=asked.pk).update(approved_by=cast.minh, approved_at=this_hour())
    page = text(client, address)
    assert "Trần Quang Minh đã duyệt" in page
    assert 'id="lock"' in page


@pytest.mark.parametrize("path", ["ask-root", "ask-recovery"])
def test_asking_without_a_reason_says_so_and_asks_nothing(cast: Cast, nam: FaceClient, path: str) -> None:
    answer = nam.post(f"{PAGE}{path}", {"reason": "  "}, follow=True)
    assert "ghi lý do" in answer.content.decode()
    assert not Approval.objects.exists()


@pytest.mark.parametrize("path", ["change", "root", "recover", "ask-root", "ask-recovery"])
def test_o2_nobody_but_the_offices_custodian_comes_to_the_steps(cast: Cast, path: str) -> None:
    stranger = user("binh", "Lò Thị Bình", (cast.neighbour, Role.CUSTODIAN))
    for who, status in (
        (cast.hoa, 403),
        (cast.lan, 403),
        (cast.quan, 403),
        (cast.minh, 403),
        (stranger, 404),
        (cast.dung, 404),
    ):
        client = signed_in(who)
        answer: Any = client.post(PAGE + path, {"reason": "x"}) if path.startswith("ask") else client.get(PAGE + path)
        assert answer.status_code == status
    assert not Approval.objects.exists()


def test_a_box_without_keys_or_closed_offers_no_step(cast: Cast, nam: FaceClient) -> None:
    Box.objects.create(slug="gop-y", office=cast.post, title="Góp ý")
    for path in ("change", "root", "recover"):
        assert 'id="ceremony"' not in text(nam, f"/keys/boxes/gop-y/{path}")
    Box.objects.filter(slug="na-co-sa").update(closed_on=this_hour().date())
    for path in ("change", "root"):
        assert "đã đóng" in text(nam, PAGE + path)


def test_a_custodian_who_cannot_open_the_newest_key_is_sent_to_the_sheets_before_the_root_is_replaced(
    cast: Cast, nam: FaceClient
) -> None:
    Grant.objects.filter(key__user=cast.nam).update(until=this_hour())
    page = text(nam, f"{PAGE}root")
    assert "tin cũ mất theo khoá cũ" in page
    approved("box.root", cast.box, cast.nam, cast.minh)
    key = OfficerKey.objects.get(user=cast.nam)
    body = remaking(cast.keys.changed(root=Root()), key, above=cast.police)
    answer = post(nam, "/keys/api/boxes/na-co-sa/root", body)
    assert (answer.status_code, answer.json()["error"]) == (403, "no_grant")


# neighbours


def test_a_box_that_forwards_to_one_whose_root_was_replaced_says_so_and_is_renewed_under_the_new_root(
    cast: Cast, nam: FaceClient
) -> None:
    assert "đã thay khoá gốc" not in text(nam, PAGE)
    new = cast.police_keys.changed(root=Root())
    approved("box.root", cast.police, cast.dung, cast.minh)
    dungs = OfficerKey.objects.get(user=cast.dung)
    dung = signed_in(cast.dung)
    assert post(dung, "/keys/api/boxes/ca-dien-bien/root", remaking(new, dungs)).status_code == 201
    page = text(nam, PAGE)
    assert "Hộp thư “Công an tỉnh Điện Biên” đã thay khoá gốc" in page
    assert 'id="code-ca-dien-bien"' in text(nam, f"{PAGE}renew")
    old = cast.keys.statement(seq=2, forward=[("ca-dien-bien", cast.police_keys.root.fingerprint)])
    renew = "/keys/api/boxes/na-co-sa/statement"
    assert post(dung, renew, {"signed": old}).json()["error"] == "forward"
    fresh = cast.keys.statement(seq=2, forward=[("ca-dien-bien", new.root.fingerprint)])
    assert post(dung, renew, {"signed": fresh}).status_code == 201
    assert "đã thay khoá gốc" not in text(nam, PAGE)


def test_the_page_of_a_new_root_names_the_boxes_that_forward_here(cast: Cast) -> None:
    assert "Đồn Biên phòng Na Cô Sa" in text(signed_in(cast.dung), "/keys/boxes/ca-dien-bien/root")


def test_neighbours_of_many_boxes_take_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    for n in range(3):
        forward = [("ca-dien-bien", cast.police_keys.root.fingerprint)]
        open_box(f"box-{n}", cast.post, BoxKeys(f"box-{n}"), forward=forward)
    all_keys = load(list(Box.objects.select_related("office", "above")))
    with django_assert_num_queries(2):
        found = neighbours(all_keys)
    assert sum(len(near) for near in found.values()) == 4


# records


def test_every_ceremony_leaves_a_record_that_names_who_did_what_and_holds_no_secret(
    cast: Cast, nam: FaceClient
) -> None:
    new = change(cast, nam, root=Root())
    done = Ceremony.objects.get()
    page = text(nam, f"{PAGE}records/{done.pk}")
    short = new.root.fingerprint[:12]
    for said in (
        "Biên bản thay khoá gốc",
        "Lò Văn Nam",
        "Trần Quang Minh",
        "số 2",
        new.recipient,
        f"{short[:4]} {short[4:8]} {short[8:]}",
    ):
        assert said in page
    assert "AGE-SECRET-KEY" not in page
    assert f"records/{done.pk}" in text(nam, PAGE)
    assert f"{localtime(done.hour):%d/%m/%Y}" in page


def test_the_record_says_what_stood_then_even_when_the_root_was_replaced_since(cast: Cast, nam: FaceClient) -> None:
    first = Ceremony.objects.create(
        box=cast.box, kind="renewed", by=cast.dung, seq=1, root=cast.box.root, recipient=cast.box.recipient
    )
    change(cast, nam, root=Root())
    fingerprint = cast.keys.root.fingerprint
    assert fingerprint[:4] + " " + fingerprint[4:8] in text(nam, f"{PAGE}records/{first.pk}")


def test_o2_a_record_is_its_own_boxs_and_its_offices(cast: Cast, nam: FaceClient) -> None:
    done = Ceremony.objects.create(box=cast.police, kind="renewed", by=cast.dung, seq=1, root=cast.police.root)
    assert nam.get(f"{PAGE}records/{done.pk}").status_code == 404
    assert nam.get(f"/keys/boxes/ca-dien-bien/records/{done.pk}").status_code == 404
    assert signed_in(cast.dung).get(f"/keys/boxes/ca-dien-bien/records/{done.pk}").status_code == 200
