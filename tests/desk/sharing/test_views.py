"""The pages of hand-overs and absences, and the minutes that both sides sign."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from keng.accounts.models import Absence, User
from keng.core.ids import random_id
from keng.desk.models import Grant, Handover
from keng.desk.sharing import minutes, services
from keng.mailbox.models import Passing, State, Thread
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user
from tests.conftest import FaceClient
from tests.desk.register.conftest import Made
from tests.desk.register.test_views import pages
from tests.desk.sharing.test_assigning import holder

GIVE = "/handovers/give/na-co-sa/"
DAY = timedelta(days=1)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found, "there is nothing to take"
    return found[1]


def test_a_whole_shift_is_handed_over_with_one_click_and_taken_with_another(
    cast: Cast, desk: FaceClient, report: Made
) -> None:
    reports = [report(), report("verifying")]
    straight_in(desk, cast.hoa)
    assert "2 tin đang mở" in text(desk.get(GIVE))
    answer = desk.post(GIVE, {"to": str(cast.nam.pk), "what": "shift"})
    handover = Handover.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/handovers/{handover.pk}/")
    straight_in(desk, cast.nam)
    assert "Chờ đồng chí nhận" in text(desk.get("/handovers/"))
    page = text(desk.get(f"/handovers/{handover.pk}/"))
    assert "Nhận 2 tin" in page
    assert desk.post(f"/handovers/{handover.pk}/take/", {"seen": seen(page)}).status_code == 302
    assert [holder(one) for one in reports] == [cast.nam, cast.nam]
    assert "Chờ đồng chí nhận" not in text(desk.get("/handovers/"))


def test_only_what_is_ticked_is_handed_over(cast: Cast, desk: FaceClient, report: Made) -> None:
    one, _other = report(), report()
    straight_in(desk, cast.hoa)
    desk.post(GIVE, {"to": str(cast.nam.pk), "what": "chosen", "threads": [one.key]})
    assert [item.thread for item in Handover.objects.get().items.all()] == [one]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Đồng chí chưa điền ô này"),
        ({"what": "shift", "to": "x"}, "Đồng chí chọn lại"),
        ({"what": "shift", "to": "9" * 30}, "Đồng chí chọn lại"),
        ({"what": "chosen", "to": "nam"}, "Không có tin nào để bàn giao"),
        ({"what": "chosen", "to": "nam", "threads": ["0" * 64]}, "Có tin đã đánh dấu vừa được chuyển đi hoặc xoá"),
        ({"what": "chosen", "to": "nam", "threads": ["\x00'"]}, "Có tin đã đánh dấu vừa được chuyển đi hoặc xoá"),
        ({"what": "shift", "to": "hoa"}, "Đồng chí chọn lại"),
        ({"what": "shift", "to": "lan"}, "Đồng chí chọn lại"),
    ],
)
def test_s3_what_cannot_be_handed_over_is_refused_with_a_sentence(
    cast: Cast, desk: FaceClient, report: Made, sent: dict[str, Any], says: str
) -> None:
    report()
    straight_in(desk, cast.hoa)
    who = getattr(cast, sent.get("to", ""), None)
    answer = desk.post(GIVE, {**sent, **({"to": str(who.pk)} if who else {})})
    assert answer.status_code == 400
    assert says in text(answer)
    assert not Handover.objects.exists()


def test_an_officer_without_the_boxs_key_is_told_whom_to_ask(cast: Cast, desk: FaceClient, report: Made) -> None:
    report()
    Grant.objects.filter(key__user=cast.hoa).update(until="2026-01-01T00:00Z")
    straight_in(desk, cast.hoa)
    assert "chưa có khoá hộp thư này" in text(desk.get(GIVE))
    assert "chưa có khoá hộp thư nào" in text(desk.get("/handovers/"))


def test_what_changed_since_the_page_was_opened_is_shown_and_must_be_taken_again(
    cast: Cast, desk: FaceClient, report: Made, mai: User
) -> None:
    thread, other = report(), report()
    handover = services.give(box=cast.box, threads=[thread, other], to=cast.nam, by=cast.hoa)
    straight_in(desk, cast.nam)
    page = text(desk.get(f"/handovers/{handover.pk}/"))
    services.assign(threads=[thread], to=mai, by=mai)
    answer = desk.post(f"/handovers/{handover.pk}/take/", {"seen": seen(page)})
    assert answer.status_code == 409
    assert "đã giao cho đồng chí Vàng Thị Mai" in text(answer)
    assert "Nhận 1 tin" in text(answer)
    assert holder(other) is None
    desk.post(f"/handovers/{handover.pk}/take/", {"seen": seen(text(answer))})
    assert [holder(thread), holder(other)] == [mai, cast.nam]


@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "x" * 9999}])
def test_nothing_is_taken_by_a_page_that_showed_nothing(
    cast: Cast, desk: FaceClient, report: Made, sent: dict[str, str]
) -> None:
    handover = services.give(box=cast.box, threads=[report()], to=cast.nam, by=cast.hoa)
    straight_in(desk, cast.nam)
    assert desk.post(f"/handovers/{handover.pk}/take/", sent).status_code == 409
    handover.refresh_from_db()
    assert handover.on_offer


def test_each_side_is_offered_its_own_buttons(cast: Cast, desk: FaceClient, report: Made, mai: User) -> None:
    handover = services.give(box=cast.box, threads=[report()], to=mai, by=cast.hoa)
    address = f"/handovers/{handover.pk}/"
    offered = {}
    for who in (cast.hoa, mai, cast.nam):
        straight_in(desk, who)
        offered[who.username] = sorted(re.findall(rf'action="{address}(\w+)/"', text(desk.get(address))))
    assert offered == {"hoa": ["withdraw"], "mai": ["refuse", "take"], "nam": ["withdraw"]}
    straight_in(desk, mai)
    assert desk.post(f"{address}withdraw/").status_code == 409
    assert desk.post(f"{address}refuse/").status_code == 302
    assert "không nhận" in text(desk.get(address))


@pytest.mark.parametrize("number", ["1", "9" * 18, "9" * 60])
def test_a_hand_over_that_does_not_exist_is_not_found(cast: Cast, desk: FaceClient, number: str) -> None:
    straight_in(desk, cast.hoa)
    for page in ("", "minutes.pdf"):
        assert desk.get(f"/handovers/{number}/{page}").status_code == 404


def test_the_list_costs_as_many_queries_for_twenty_as_for_one(
    cast: Cast, desk: FaceClient, report: Made, django_assert_max_num_queries: Any
) -> None:
    straight_in(desk, cast.hoa)
    services.give(box=cast.box, threads=[report()], to=cast.nam, by=cast.hoa)
    desk.get("/handovers/")
    with django_assert_max_num_queries(30) as first:
        desk.get("/handovers/")
    for _one in range(15):
        services.give(box=cast.box, threads=[report()], to=cast.nam, by=cast.hoa)
        services.give(box=cast.box, threads=[report()], to=cast.hoa, by=cast.nam)
    with django_assert_max_num_queries(len(first)):
        desk.get("/handovers/")


def test_the_minutes_name_both_sides_every_number_its_state_and_its_due_day(
    cast: Cast, report: Made, mai: User
) -> None:
    kept, gone, passed = report("verifying"), report(), report()
    handover = services.give(box=cast.box, threads=[kept, gone, passed], to=cast.nam, by=cast.hoa)
    draft = minutes.handover_values(handover)
    assert any("DỰ THẢO" in str(line) for line in draft["subtitles"])  # type: ignore[attr-defined]
    services.assign(threads=[passed], to=mai, by=mai)
    Thread.objects.get(pk=gone.pk).delete()
    handover = services.take(handover=handover, by=cast.nam)
    Thread.objects.filter(pk=kept.pk).update(state=State.CLOSED)
    values: Any = minutes.handover_values(handover)
    number = f"/{localdate().year}"
    due = (localdate() + 20 * DAY).strftime("%d/%m/%Y")
    assert values["rows"] == [
        ["1", f"001{number}", "bàn giao", "Đang xác minh", due],
        ["2", f"002{number}", "đã xoá theo ý người báo, không bàn giao", "", ""],
        ["3", f"003{number}", "không bàn giao: đã giao người khác", "Đã mở", due],
    ]
    assert [name for _role, _how, name in values["signatures"]] == ["Giàng A Hoà", "Lò Văn Nam"]
    assert "1 tin được bàn giao, 2 tin không bàn giao" in values["closing"][0]
    assert pages(minutes.printed(values)) == 1


def test_what_was_passed_on_one_day_to_one_office_has_minutes_too(cast: Cast, desk: FaceClient, report: Made) -> None:
    thread, other = report("verifying"), report()
    for one, days in ((thread, 0), (other, 3)):
        Passing.objects.create(thread=one, from_box=cast.box, to_box=cast.police, hour=one.hour - days * DAY)
    (today, before) = minutes.passings_by_day([cast.box])
    assert (today["number"], today["to_box__slug"]) == (1, "ca-dien-bien")
    values: Any = minutes.passings_values(cast.box, cast.police, localdate())
    assert [row[1] for row in values["rows"]] == [f"001/{localdate().year}"]
    straight_in(desk, cast.hoa)
    assert "Tin đã chuyển đơn vị khác" in text(desk.get("/handovers/"))
    address = "/handovers/passed/na-co-sa/ca-dien-bien"
    assert pages(desk.get(f"{address}/{before['day']}.pdf").content) == 1
    for wrong in (f"{address}/2026-13-40.pdf", f"{address}/2025-01-01.pdf", f"{address}/abc.pdf"):
        assert desk.get(wrong).status_code == 404
    assert desk.get(f"/handovers/passed/na-co-sa/khong-co/{before['day']}.pdf").status_code == 404


def add(desk: FaceClient, officer: User, first: date, last: date, stand_in: User | None = None) -> Any:
    sent = {"officer": str(officer.pk), "first": f"{first}", "last": f"{last}"}
    return desk.post("/absences/add/", {**sent, "stand_in": str(stand_in.pk) if stand_in else ""}, follow=True)


def test_an_absence_is_added_shown_in_its_month_and_taken_back(cast: Cast, desk: FaceClient) -> None:
    _ = cast.box, cast.nam
    first = (localdate().replace(day=1) + 32 * DAY).replace(day=10)
    straight_in(desk, cast.hoa)
    page = text(add(desk, cast.hoa, first, first + 4 * DAY, cast.nam))
    assert "Đã ghi lịch vắng" in page
    assert f"Tháng {first.month} năm {first.year}" in page
    assert re.search(r'<td colspan="5" class="away"[^>]*>.*Lò Văn Nam', page)
    assert 'colspan="5"' not in text(desk.get("/absences/"))
    assert desk.post(f"/absences/{Absence.objects.get().pk}/end/").status_code == 302
    assert not Absence.objects.exists()


def test_an_absence_over_two_months_is_a_bar_in_each(cast: Cast, desk: FaceClient) -> None:
    _ = cast.box
    next_month = (localdate().replace(day=1) + 32 * DAY).replace(day=1)
    Absence.objects.create(officer=cast.hoa, first=next_month - 2 * DAY, last=next_month + 2 * DAY)
    straight_in(desk, cast.hoa)
    spans = [
        re.findall(r'colspan="(\d)"', text(desk.get(f"/absences/?month={month:%Y-%m}")))
        for month in (next_month - DAY, next_month)
    ]
    assert spans == [["2"], ["3"]]


def test_a_stand_in_without_the_key_or_absent_is_warned_of(cast: Cast, desk: FaceClient, mai: User) -> None:
    today = localdate()
    straight_in(desk, cast.hoa)
    assert "Chưa có người trực thay" in text(add(desk, cast.hoa, today, today))
    Absence.objects.all().delete()
    Grant.objects.filter(key__user=mai).update(until="2026-01-01T00:00Z")
    page = text(add(desk, cast.hoa, today, today, mai))
    assert "Vàng Thị Mai (mai) chưa có khoá của: Đồn Biên phòng Na Cô Sa" in page
    straight_in(desk, mai)
    assert "Hôm nay đồng chí trực thay: <b>Giàng A Hoà</b>" in text(desk.get("/absences/"))
    page = text(add(desk, mai, today, today, cast.nam))
    assert "đang nhận trực thay cho Giàng A Hoà (hoa)" in page
    assert "người thay cũng vắng" in page


def test_an_officer_writes_only_their_own_and_the_custodian_everybodys(cast: Cast, desk: FaceClient, mai: User) -> None:
    today = localdate()
    straight_in(desk, cast.hoa)
    assert "Đồng chí chỉ ghi được lịch vắng của mình" in text(add(desk, mai, today, today))
    straight_in(desk, cast.nam)
    assert "Vàng Thị Mai" in text(desk.get("/absences/add/"))
    add(desk, mai, today, today)
    assert Absence.objects.get().officer == mai
    straight_in(desk, cast.hoa)
    refused = desk.post(f"/absences/{Absence.objects.get().pk}/end/")
    assert refused.status_code == 409
    assert "Đồng chí chỉ sửa được lịch vắng của mình" in text(refused)


@pytest.mark.parametrize("first", ["", "x", "2026-02-30", "0000-00-00", "99999-01-01", "2026-01-01\x00"])
def test_s3_a_day_that_is_none_is_refused_at_its_field(cast: Cast, desk: FaceClient, first: str) -> None:
    _ = cast.box
    straight_in(desk, cast.hoa)
    sent = {"officer": str(cast.hoa.pk), "first": first, "last": "2026-12-01"}
    answer = desk.post("/absences/add/", sent)
    assert answer.status_code == 400
    assert 'href="#id_first"' in text(answer)


@pytest.mark.parametrize("month", ["2026-13", "x", "1999-01", "2026-1-1", "9" * 50])
def test_s3_a_month_that_is_none_is_refused_with_a_sentence(cast: Cast, desk: FaceClient, month: str) -> None:
    straight_in(desk, cast.hoa)
    answer = desk.get("/absences/", {"month": month})
    assert answer.status_code == 400
    assert "Không có tháng này" in text(answer)


@pytest.mark.parametrize("month", ["2025-01", "2100-12", "2028-02"])
def test_every_month_of_the_calendar_opens_and_ends_where_the_calendar_ends(
    cast: Cast, desk: FaceClient, month: str
) -> None:
    _ = cast.box
    straight_in(desk, cast.hoa)
    page = text(desk.get("/absences/", {"month": month}))
    assert page.count('rel="prev"') == (month != "2025-01")
    assert page.count('rel="next"') == (month != "2100-12")
    assert page.count('<th scope="col"') - page.count("data-label") >= 28


def test_an_absence_that_does_not_exist_is_not_found(cast: Cast, desk: FaceClient) -> None:
    straight_in(desk, cast.hoa)
    assert desk.post(f"/absences/{random_id()}/end/").status_code == 404


def test_the_calendar_costs_as_many_queries_for_many_absences_as_for_none(
    cast: Cast, desk: FaceClient, mai: User, django_assert_max_num_queries: Any
) -> None:
    straight_in(desk, cast.hoa)
    desk.get("/absences/")
    with django_assert_max_num_queries(30) as first:
        desk.get("/absences/")
    for who, days in ((cast.hoa, 0), (mai, 3), (cast.nam, 6), (cast.hoa, 5), (mai, 9)):
        start = localdate() + days * DAY
        Absence.objects.create(
            officer=who, first=start, last=start + DAY, stand_in=cast.hoa if who != cast.hoa else mai
        )
    with django_assert_max_num_queries(len(first)):
        desk.get("/absences/")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2024-12-31", "22-11-2026", "2026-02-30"])
def test_s3_a_day_outside_the_calendar_has_no_minutes(cast: Cast, desk: FaceClient, day: str) -> None:
    _ = cast.box, cast.police
    straight_in(desk, cast.hoa)
    assert desk.get(f"/handovers/passed/na-co-sa/ca-dien-bien/{day}.pdf").status_code == 404


def test_a_caseworker_keeps_their_own_absences_and_sees_nothing_else_of_the_register(
    cast: Cast, desk: FaceClient
) -> None:
    khoa = user("khoa", "Cà Văn Khoa", (cast.neighbour, "caseworker"))
    straight_in(desk, khoa)
    today = localdate().isoformat()
    sent = {"officer": str(khoa.pk), "first": today, "last": today, "stand_in": ""}
    assert desk.post("/absences/add/", sent).status_code == 302
    page = text(desk.get("/absences/"))
    assert "Cà Văn Khoa" in page
    assert "/handovers/" not in page
    assert desk.get("/handovers/").status_code == 403
