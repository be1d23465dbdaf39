"""What is late rises to the level above as counts by office: never a report, training apart, at a constant cost."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.demo.client import BoxKeys
from keng.accounts.models import Role
from keng.core.ids import this_hour
from keng.desk.models import Assessment
from keng.desk.rising import late
from keng.mailbox.models import Box, State, StateChange, Thread
from keng.units.models import Office
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, office, open_box, unit, user

pytestmark = pytest.mark.django_db
PAGE = "/figures/late/"
DAY = timedelta(days=1)


@pytest.fixture
def cast() -> Cast:
    cast = Cast()
    _ = cast.box, cast.neighbour
    return cast


def report(
    box: Box, state: str = State.RECEIVED, *, open_late: int = 0, resolve_late: int = -20, **changes: int
) -> Thread:
    """A report whose times ran out so many days ago; `changes` are its states by how many days ago it came to them."""
    now = this_hour()
    thread = Thread.objects.create(
        key=f"{Thread.objects.count():064x}", box=box, holder=box, state=state, pin="", pin_mac="",
        hour=now - 60 * DAY, open_due=now - open_late * DAY, resolve_due=now - resolve_late * DAY,
    )  # fmt: skip
    for name, days in changes.items():
        StateChange.objects.create(thread=thread, state=name, hour=now - days * DAY)
    return thread


def rows(**options: Any) -> dict[str, late.Late]:
    return {row.office.code: row.late for row in late.by_office(Office.objects.all(), this_hour(), **options)}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_late_to_open_and_late_to_resolve_are_counted_where_the_report_is_held(cast):
    report(cast.box, open_late=3)
    report(cast.box, open_late=1)
    report(cast.box, State.VERIFYING, open_late=30, resolve_late=5)
    report(cast.box, State.VERIFYING, open_late=30, resolve_late=-5)
    report(cast.box, State.ACTED_ON, open_late=30, resolve_late=9)
    report(cast.box, State.CLOSED, open_late=30, resolve_late=9)
    passed_on = report(cast.box, State.FORWARDED, open_late=30, resolve_late=7)
    Thread.objects.filter(pk=passed_on.pk).update(holder=cast.police)
    assert (rows()["bp-na-co-sa"].to_open, rows()["bp-na-co-sa"].to_resolve, rows()["bp-na-co-sa"].oldest) == (2, 1, 5)
    assert (rows()["ca-dien-bien"].to_open, rows()["ca-dien-bien"].to_resolve) == (0, 1)


def test_the_hour_that_is_due_is_still_in_time(cast):
    report(cast.box, open_late=0)
    report(cast.box, State.OPENED, resolve_late=0)
    assert rows()["bp-na-co-sa"].all == 0


def test_a_prank_is_late_nowhere(cast):
    prank = report(cast.box, open_late=3)
    Assessment.objects.create(thread=prank, value="not_valuable", reason="prank")
    assert rows()["bp-na-co-sa"].all == 0


@pytest.mark.parametrize(
    ("given", "before", "now"),
    [
        ({"open_late": 8}, 1, 1),  # unopened then and now
        ({"open_late": 3}, 0, 1),  # became late since
        ({"state": State.OPENED, "open_late": 9, "opened": 2}, 1, 0),  # was opened in the week
        ({"state": State.OPENED, "open_late": 9, "opened": 8}, 0, 0),  # had been opened before
        ({"state": State.OPENED, "open_late": 30, "resolve_late": 8, "opened": 29}, 1, 1),
        ({"state": State.OPENED, "open_late": 30, "resolve_late": 2, "opened": 29}, 0, 1),
        ({"state": State.ACTED_ON, "open_late": 30, "resolve_late": 9, "opened": 29, "acted_on": 2}, 1, 0),
        ({"state": State.CLOSED, "open_late": 30, "resolve_late": 9, "opened": 29, "acted_on": 3, "closed": 1}, 1, 0),
        ({"state": State.CLOSED, "open_late": 30, "resolve_late": 20, "opened": 29, "acted_on": 15, "closed": 1}, 0, 0),
        ({"state": State.CLOSED, "open_late": 9, "resolve_late": 8, "opened": 3, "unfounded": 2, "closed": 2}, 1, 0),
    ],
)
def test_a_week_ago_is_worked_out_from_what_changed_since(cast, given, before, now):
    report(cast.box, **given)
    counted = rows()["bp-na-co-sa"]
    assert (counted.before, counted.all, counted.change) == (before, now, now - before)


def test_training_boxes_stand_apart(desk, cast):
    box = open_box("de-tap", cast.post, BoxKeys("de-tap"))
    Box.objects.filter(pk=box.pk).update(training=True)
    report(box, open_late=4)
    assert rows()["bp-na-co-sa"].all == 0
    assert rows(training=True)["bp-na-co-sa"].to_open == 1
    straight_in(desk, cast.minh)
    page = text(desk.get(PAGE))
    assert "Riêng hộp thư để tập: 1 tin tập chưa mở" in page
    assert desk.get(PAGE).context["total"].all == 0


def test_the_office_with_most_late_stands_first_and_no_report_is_named(desk, cast):
    other = open_box("thanh-yen", cast.neighbour, BoxKeys("thanh-yen"))
    report(cast.box, open_late=2)
    threads = [report(other, open_late=3), report(other, State.OPENED, resolve_late=1, open_late=30)]
    straight_in(desk, cast.minh)
    answer = desk.get(PAGE)
    page = text(answer)
    assert page.index("Công an xã Thanh Yên") < page.index("Đồn Biên phòng Na Cô Sa")
    assert [row.late.all for row in answer.context["page"]] == [2, 1, 0]
    assert "1/3" in page
    assert not any(thread.key in page or str(thread.pk) in page for thread in threads)
    assert "▲ thêm 2" in page


def test_o2_an_officer_sees_their_own_post_and_not_the_neighbours(desk, cast):
    open_box("thanh-yen", cast.neighbour, BoxKeys("thanh-yen"))
    straight_in(desk, cast.hoa)
    page = text(desk.get(PAGE))
    assert "Đồn Biên phòng Na Cô Sa" in page
    assert "Công an xã Thanh Yên" not in page
    assert 'href="/figures/" aria-current="page"' in page


def test_who_has_nobody_below_and_no_box_is_told_so(desk, cast):
    place = office("ca-moi", "Công an xã Mới", "commune_police", unit("03999", "Mới", parent=cast.province))
    straight_in(desk, user("moi", "Mới", (place, Role.LEADER)))
    assert "chưa có hộp thư nào đang nhận tin" in text(desk.get(PAGE))


def test_the_page_costs_the_same_however_many_offices_and_reports(desk, cast):
    straight_in(desk, cast.minh)
    desk.get(PAGE)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(PAGE).status_code == 200
        return len(seen)

    report(cast.box, open_late=2)
    few = cost()
    for number in range(60):
        place = office(
            f"ca-{number}", f"Công an xã {number}", "commune_police",
            unit(f"{10000 + number}", f"Xã {number}", parent=cast.province), above=cast.province_police,
        )  # fmt: skip
        box = Box.objects.create(slug=f"b{number}", office=place, title="x", opened_on=this_hour().date())
        report(box, open_late=number % 5)
        report(box, State.OPENED, resolve_late=3, opened=number % 12)
    assert cost() == few
    answer = desk.get(PAGE)
    assert len(answer.context["page"].object_list) == 50
    assert "page=2" in text(answer)
