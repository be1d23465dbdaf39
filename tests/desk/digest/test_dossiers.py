"""The digest tells of dossiers, too: counts of the queue's own pages, each with its address, in both languages, never a code."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.functional import lazy
from django.utils.timezone import get_default_timezone
from django.utils.translation import get_language

from config.demo import clock
from keng.accounts.models import Absence
from keng.core.calendar.load import load_calendar
from keng.core.registry import DigestLine, DigestSection
from keng.desk.digest import sending, text
from keng.desk.digest.counts import Waiting, Work, work_of
from keng.desk.rising.late import Late
from keng.notify.models import Message
from keng.procedures.models import State
from tests.accounts.signing_in import straight_in
from tests.procedures.queue.desk import Desk

pytestmark = pytest.mark.django_db
FRIDAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 7, 0, tzinfo=get_default_timezone())
DAY = 24  # hours
CODE = re.compile(r'class="code" href="/dossiers/([^"]+)/"')


@pytest.fixture(autouse=True)
def _friday_morning() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def cast(settings: Any) -> Desk:
    settings.SMTP_URL, settings.MAIL_FROM = "smtp://127.0.0.1:1", "Kẻng <keng@dienbien.example>"
    load_calendar()
    made = Desk()
    for one in (made.thu, made.khoa, made.minh):
        one.email = f"{one.username}@dienbien.example"
        one.save()
    _ = (made.centre, made.other_centre, made.neighbour, made.version)
    return made


def filled(cast: Desk) -> None:
    """Thu: one late, two due today, one on Monday, two later, of which one's step is late. Besides one that nobody took, late, and
    Lý's; elsewhere none of that."""
    for number, hours in enumerate((-30, 3, 4, 3 * DAY + 3, 20 * DAY)):
        cast.row(number, due=NOW + timedelta(hours=hours), owner=cast.thu)
    cast.row(9, due=NOW + timedelta(days=25), step_due=NOW - timedelta(hours=2), owner=cast.thu)
    cast.row(10, due=NOW - timedelta(hours=1), state=State.SUBMITTED)
    cast.row(11, due=NOW + timedelta(hours=5), owner=cast.ly)
    cast.row(12, due=NOW - timedelta(hours=5), office=cast.other_centre)
    cast.row(13, due=NOW - timedelta(hours=5), state=State.WAITING, owner=cast.thu)
    cast.row(14, due=NOW - timedelta(hours=5), test=True, owner=cast.thu)


def numbers(work: Work) -> list[list[int]]:
    return [[line.number for line in section.lines] for section in work.more]


def body_to(name: str) -> str:
    return Message.objects.get(address__startswith=name).body


def test_a_caseworker_is_told_of_their_own_and_of_the_offices(cast: Desk) -> None:
    filled(cast)
    assert sending.write_due(NOW) == 3
    said = body_to("thu")
    for line in (
        "Hồ sơ thủ tục đồng chí đang giữ:\n     1  hồ sơ quá hạn\n",
        "     2  hồ sơ đến hạn hôm nay\n",
        "     1  hồ sơ đến hạn ngày làm việc tới\n",
        "Hồ sơ thủ tục của đơn vị:\n     2  hồ sơ quá hạn\n",
        "     3  hồ sơ đến hạn hôm nay\n",
        "     1  hồ sơ chưa ai nhận xử lý\n",
        "     2  hồ sơ có bước đã quá hạn\n",
        "     3  hồ sơ có bước sắp hết hạn\n",
        "/dossiers/?tab=mine&warn=late\n",
        "/dossiers/?tab=office&step_warn=late\n",
        "/dossiers/?tab=office&since=2026-11-21&until=2026-11-23\n",
    ):
        assert line in said, line
    assert "chưa mở được hộp thư nào" not in said
    assert "03349-" not in said
    assert cast.thu.name not in said
    assert cast.an.name not in said


def test_o5_each_address_in_the_mail_shows_what_its_number_counts(desk: Any, cast: Desk) -> None:
    filled(cast)
    straight_in(desk, cast.thu)
    [mine, office] = work_of(cast.thu, FRIDAY, NOW).more
    assert len(mine.lines) + len(office.lines) == 11
    for line in (*mine.lines, *office.lines):
        page = desk.get(line.path)
        assert page.status_code == 200
        assert len(CODE.findall(page.content.decode())) == line.number, line.path


def test_the_work_of_the_absent_is_counted_for_who_stands_in(cast: Desk) -> None:
    cast.row(1, due=NOW - timedelta(hours=5), owner=cast.ly)
    assert numbers(work_of(cast.thu, FRIDAY, NOW))[0] == [0, 0, 0, 0, 0]
    Absence.objects.create(officer=cast.ly, stand_in=cast.thu, first=FRIDAY, last=FRIDAY)
    assert numbers(work_of(cast.thu, FRIDAY, NOW))[0] == [1, 0, 0, 1, 0]


def test_a_leader_is_told_of_all_offices_below_and_has_no_work_of_their_own(cast: Desk) -> None:
    cast.row(1, due=NOW - timedelta(hours=5), office=cast.neighbour, owner=cast.khoa)
    cast.row(2, due=NOW - timedelta(hours=5))
    assert numbers(work_of(cast.minh, FRIDAY, NOW)) == [[1, 0, 0, 1, 0, 0]]


def test_o2_an_officer_of_the_mailbox_is_told_nothing_of_dossiers(cast: Desk) -> None:
    filled(cast)
    assert work_of(cast.hoa, FRIDAY, NOW).more == ()


def test_a_caseworker_without_a_dossier_gets_one_of_the_same_length_as_everybody(cast: Desk) -> None:
    empty = text.write(work_of(cast.thu, FRIDAY, NOW), NOW)
    filled(cast)
    full = text.write(work_of(cast.thu, FRIDAY, NOW), NOW)
    assert full != empty
    sizes = {len(one.replace("\n", "\r\n").encode()) for one in (empty, full)}
    assert sizes == {len(text.write(Work(None, 0, None, None), NOW).replace("\n", "\r\n").encode())} == {text.SIZE}


def test_many_dossiers_cost_no_more_queries_and_the_count_stops(cast: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keng.procedures.queue.listing.MANY", 10)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            work_of(cast.thu, FRIDAY, NOW)
        return len(seen)

    cost()  # the first asks for the calendar, too
    few = cost()
    for number in range(15):
        cast.row(number, due=NOW - timedelta(hours=5), owner=cast.thu)
    assert cost() == few
    assert "    9+  hồ sơ quá hạn" in text.write(work_of(cast.thu, FRIDAY, NOW), NOW)


def test_each_half_of_the_mail_speaks_its_own_language() -> None:
    tongue = lazy(lambda: f"[{get_language()}]", str)()
    section = DigestSection(tongue, (DigestLine(3, 10, tongue, "/x/"),))
    vietnamese, english = text.write(Work(None, 0, None, None, more=(section,)), NOW).split("* * *")
    for half, language in ((vietnamese, "vi"), (english, "en")):
        assert f"\n[{language}]\n     3  [{language}]\n" in half


def test_the_longest_digest_of_all_fits_at_a_long_address(cast: Desk, settings: Any) -> None:
    settings.FACE_HOSTS = {**settings.FACE_HOSTS, "desk": [f"{'can-bo.' * 8}dienbien.gov.vn"]}
    most = Waiting(9_999, 9_999, 9_999, 9_999, 9_999)
    more = work_of(cast.thu, FRIDAY, NOW).more
    work = Work(most, 9_999, most, Late(9_999, 9_999, 9_999, 9_999), None, more)
    assert len(text.write(work, NOW).encode()) < text.SIZE


def test_today_is_the_provinces_day_before_seven_in_the_morning_too(cast: Desk) -> None:
    """At five it is still yesterday in UTC."""
    filled(cast)
    early = (NOW - timedelta(hours=2)).astimezone(UTC)
    with clock.at(early):
        assert numbers(work_of(cast.thu, FRIDAY, early))[0] == [1, 2, 1, 1, 4]
