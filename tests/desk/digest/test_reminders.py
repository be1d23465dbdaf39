"""A statement that runs out: nobody who must see to it can miss it, on paper thin mail or on the day's list."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import get_default_timezone, localdate

from keng.accounts.models import Role, User
from keng.core.calendar.load import load_calendar
from keng.desk.digest import text
from keng.desk.digest.counts import work_of
from keng.desk.keys.reminders import running_out
from keng.mailbox.models import Box, KeyStatement
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 7, tzinfo=get_default_timezone())
# Days to the end of the statement -> what the digest says of it: expired, soon, in how many days; and how loud the banner is.
DAYS = {
    61: None,
    60: (0, 1, 60, "wait"),
    30: (0, 1, 30, "wait"),
    7: (0, 1, 7, "bad"),
    0: (0, 1, 0, "bad"),
    -1: (1, 0, None, "bad"),
}
WHO = ("nam", "hoa", "dung", "minh")


@pytest.fixture
def cast() -> Cast:
    load_calendar()
    cast = Cast()
    _ = cast.box
    return cast


def runs_out(box: Box, days: int) -> None:
    KeyStatement.objects.filter(box=box).update(until=localdate() + timedelta(days=days))


def digest(who: User) -> str:
    return text.write(work_of(who, date(2026, 11, 23), NOW), NOW)


def banner(who: User) -> str:
    client = FaceClient("desk")
    straight_in(client, who)
    page = client.get("/mailbox/").content.decode()
    return page.split('<section class="running-out')[1].split("</section>")[0] if "running-out" in page else ""


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("who", WHO)
def test_at_sixty_thirty_and_seven_days_and_after_the_end_the_mail_tells_all_who_must_see_to_it(
    cast: Cast, who: str, days: int
) -> None:
    """The custodian and the officers of the box, the level above that renews, the leader."""
    runs_out(cast.box, days)
    found = running_out(getattr(cast, who))
    assert found
    told = (found.expired, found.soon, found.days, found.level) if found.boxes else None
    assert told == DAYS[days]
    body = digest(getattr(cast, who))
    assert len(body.encode()) + body.count("\n") == text.SIZE
    expired, soon, left, _level = DAYS[days] or (0, 0, None, "")
    assert f"{expired:>6}  đã hết hạn, bà con không gửi tin được" in body
    assert f"{soon:>6}  sắp hết hạn, cần gia hạn" in body
    assert (f"còn {left} ngày" in body) == (left is not None)


@pytest.mark.parametrize("days", DAYS)
@pytest.mark.parametrize("who", ["nam", "hoa", "dung"])
def test_the_days_list_says_it_above_everything_else(cast: Cast, who: str, days: int) -> None:
    runs_out(cast.box, days)
    shown = banner(getattr(cast, who))
    assert bool(shown) == (DAYS[days] is not None)
    if shown:
        assert shown.startswith(f" {DAYS[days][3]} ")  # type: ignore[index]
        assert 'href="/keys/boxes/na-co-sa/"' in shown


def test_a_renewed_statement_is_told_of_no_more(cast: Cast) -> None:
    runs_out(cast.box, 5)
    assert banner(cast.nam)
    KeyStatement.objects.create(
        box=cast.box, seq=2, text=cast.box.statements.get().text, signature="x", until=localdate() + timedelta(days=365)
    )
    assert banner(cast.nam) == ""
    assert "     0  sắp hết hạn" in digest(cast.nam)


def test_o2_whom_it_does_not_concern_hears_nothing(cast: Cast) -> None:
    runs_out(cast.box, -1)
    assert running_out(cast.lan) is None
    assert "xác nhận khoá" not in digest(cast.lan)
    assert banner(cast.lan) == ""
    # Of the level above the post's own custodian is told nothing: it is not theirs to renew.
    runs_out(cast.box, 300)
    runs_out(cast.police, 3)
    assert banner(cast.nam) == ""
    assert banner(cast.dung)


def test_boxes_for_practice_and_closed_ones_are_left_out(cast: Cast) -> None:
    runs_out(cast.box, -1)
    Box.objects.filter(pk=cast.box.pk).update(training=True)
    assert banner(cast.nam) == ""
    Box.objects.filter(pk=cast.box.pk).update(training=False, closed_on=localdate())
    assert banner(cast.nam) == ""


def test_no_mail_names_a_box_or_an_office(cast: Cast) -> None:
    runs_out(cast.box, 7)
    for who in WHO:
        body = digest(getattr(cast, who))
        assert not any(name in body for name in ("na-co-sa", "Na Cô Sa", "Công an tỉnh"))


def test_it_is_asked_in_three_queries_however_many_boxes(cast: Cast, django_assert_max_num_queries: Any) -> None:
    second = user("ha", "Lê Thu Hà", (cast.province_police, Role.LEADER))
    runs_out(cast.box, 7)
    with django_assert_max_num_queries(3):
        running_out(second)
    runs_out(cast.police, 7)
    with django_assert_max_num_queries(3):
        found = running_out(second)
    assert found
    assert found.soon == 2
