"""What a leader is taken to: counts that add up, and nothing that could be read."""

import secrets

import pytest

from keng.core.ids import this_hour
from keng.mailbox.models import Box, State, Thread
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.box, made.minh
    return made


def reports(box: Box, state: State, number: int, holder: Box | None = None) -> None:
    for _number in range(number):
        Thread.objects.create(
            key=secrets.token_hex(32),
            box=box,
            holder=holder or box,
            state=state,
            open_due=this_hour(),
            resolve_due=this_hour(),
            pin="",
            pin_mac="",
        )


def row(page, name: str) -> list[int]:
    rows = [*page.context["rows"]]
    return next([number for _state, number in one["counts"]] for one in rows if one["box"].slug == name)


def test_a_leader_is_taken_to_the_figures_and_sees_no_other_section(desk, cast):
    straight_in(desk, cast.minh)
    assert desk.get("/")["Location"] == "/figures/"
    page = desk.get("/figures/")
    assert [section.name for section in page.context["shell"].sections] == ["figures"]


def test_each_report_counts_once_where_it_arrived_and_the_rows_add_up(desk, cast):
    reports(cast.box, State.RECEIVED, 3)
    reports(cast.box, State.FORWARDED, 2, holder=cast.police)
    reports(cast.police, State.CLOSED, 4)
    straight_in(desk, cast.minh)
    page = desk.get("/figures/")
    assert row(page, "na-co-sa") == [3, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert row(page, "ca-dien-bien") == [0, 0, 0, 0, 0, 0, 0, 0, 0, 4]
    assert [number for _state, number in page.context["totals"]] == [3, 0, 0, 2, 0, 0, 0, 0, 0, 4]
    assert page.context["all"] == 9


def test_a_training_box_is_in_no_figure(desk, cast):
    training = Box.objects.create(slug="tap", office=cast.post, title="Hộp thư tập", training=True)
    reports(training, State.RECEIVED, 5)
    straight_in(desk, cast.minh)
    page = desk.get("/figures/")
    assert page.context["all"] == 0
    assert "Hộp thư tập" not in page.content.decode()


def test_o2_a_leader_of_one_office_sees_the_boxes_of_that_office_and_below(desk, cast):
    reports(cast.box, State.RECEIVED, 3)
    straight_in(desk, user("truong", "Đồn Trưởng", (cast.post, "leader")))
    assert [one["box"].slug for one in desk.get("/figures/").context["rows"]] == ["na-co-sa"]
    straight_in(desk, user("xa", "Trưởng Xã", (cast.neighbour, "leader")))
    page = desk.get("/figures/")
    assert page.context["rows"] == []
    assert "chưa có hộp thư nào" in page.content.decode()


def test_the_figures_ask_the_database_the_same_number_of_times_whatever_there_is(
    desk, cast, django_assert_max_num_queries
):
    for number in range(20):
        box = Box.objects.create(slug=f"b-{number}", office=cast.post, title=f"Hộp thư {number}")
        reports(box, State.OPENED, 2)
    straight_in(desk, cast.minh)
    with django_assert_max_num_queries(9):
        assert desk.get("/figures/").context["all"] == 40
