"""The register as it is read: what stands on a line, what doesn't, and at what cost."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import QuerySet

from keng.core.ids import this_hour
from keng.desk.models import Assessment, Intake, Matter, Membership, Outcome, RegisterEntry
from keng.desk.register import book
from keng.desk.register.book import Line, Period
from keng.desk.register.chart import months
from keng.desk.sharing.services import assign
from keng.mailbox.errors import Malformed
from keng.mailbox.models import Box, Passing, State, Thread
from tests.cast import Cast
from tests.desk.register.conftest import NOW, Made

YEAR = 2026
THIS_YEAR = Period(NOW.year)


def lines(box: Box, period: Period = THIS_YEAR) -> list[Line]:
    return list(book.all_lines(box, period))


def outcome(cast: Cast, *threads: Thread, kind: str = "arrest", quantity: str = "2", unit: str = "person") -> Matter:
    matter = Matter.objects.create()
    for number, thread in enumerate(threads):
        Membership.objects.create(thread=thread, matter=matter, role="related" if number else "main")
    counted(cast, matter, kind, quantity, unit)
    return matter


def counted(cast: Cast, matter: Matter, kind: str, quantity: str, unit: str, **more: object) -> Outcome:
    return Outcome.objects.create(
        matter=matter, kind=kind, quantity=Decimal(quantity), unit=unit, day=datetime(2026, 5, 1, tzinfo=UTC).date(),
        office=cast.post, box=cast.box, by=cast.hoa, **more,
    )  # fmt: skip


def test_a_line_says_what_the_office_knows_in_the_clear(cast: Cast, report: Made) -> None:
    thread = report("verifying")
    Assessment.objects.create(thread=thread, category="theft", value="valuable", reason="new_fact")
    Intake.objects.create(thread=thread, channel="phone", named=True, by=cast.hoa)
    assign(threads=[thread], to=cast.nam, by=cast.hoa)
    matter = outcome(cast, thread)
    counted(cast, matter, "exhibit", "0.350", "kilogram", exhibit="heroin")
    counted(cast, matter, "exhibit", "0.150", "kilogram", exhibit="heroin")
    counted(cast, matter, "money", "12500000", "vnd")
    (line,) = lines(cast.box)
    assert (line.number, line.channel, line.named) == (f"001/{THIS_YEAR.year}", "Điện thoại", True)
    assert (line.category, line.state, line.ended) == ("Trộm cắp", "Đang xác minh", False)
    assert (line.value, line.reason, line.officer) == ("Có giá trị", "Việc mới, chưa ai biết", "Lò Văn Nam")
    assert line.outcomes == ["Người bị bắt giữ: 2 người", "Heroin: 0,5 kg", "Tiền thu hồi: 12.500.000 đồng"]


def test_what_came_through_the_box_itself_names_no_channel_but_the_box(cast: Cast, report: Made) -> None:
    report()
    assert lines(cast.box)[0].channel == "Hộp thư kín"


def test_an_erased_report_keeps_its_number_and_day_and_nothing_else(cast: Cast, report: Made) -> None:
    thread = report()
    Assessment.objects.create(thread=thread, category="drugs", value="valuable")
    outcome(cast, thread)
    Thread.objects.get(pk=thread.pk).delete()
    (line,) = lines(cast.box)
    assert line == Line(f"001/{THIS_YEAR.year}", line.day, erased=True)


def test_corrected_and_struck_lines_do_not_count(cast: Cast, report: Made) -> None:
    matter = outcome(cast, report(), quantity="5")
    wrong = Outcome.objects.get()
    counted(cast, matter, "arrest", "3", "person", corrects=wrong, reason="typo")
    gone = counted(cast, matter, "weapon", "1", "piece")
    counted(cast, matter, "weapon", "0", "piece", corrects=gone, reason="typo")
    assert lines(cast.box)[0].outcomes == ["Người bị bắt giữ: 3 người"]


def test_two_reports_of_one_matter_count_its_outcomes_once(cast: Cast, report: Made) -> None:
    """The second one's main report came first in this book, whichever is `main`."""
    first, second = report(), report()
    outcome(cast, second, first)
    told = [line.outcomes for line in lines(cast.box)]
    assert told == [["Người bị bắt giữ: 2 người"], [f"Cùng vụ với số 001/{THIS_YEAR.year}"]]


def test_former_holders_see_where_a_report_went_and_the_new_one_where_it_came_from(cast: Cast, report: Made) -> None:
    thread = report()
    assign(threads=[thread], to=cast.hoa, by=cast.hoa)
    Passing.objects.create(thread=thread, from_box=cast.box, to_box=cast.police)
    Thread.objects.filter(pk=thread.pk).update(holder=cast.police, state=State.ACTED_ON)
    thread.refresh_from_db()
    book.RegisterEntry.objects.create(box=cast.police, year=THIS_YEAR.year, number=1, thread=thread)
    outcome(cast, thread)
    ours, theirs = lines(cast.box)[0], lines(cast.police)[0]
    assert (ours.passed_to, ours.came_from, ours.state) == (["Công an tỉnh Điện Biên"], [], "Đã xử lý")
    assert (theirs.passed_to, theirs.came_from) == ([], ["Đồn Biên phòng Na Cô Sa"])
    assert ours.outcomes == theirs.outcomes == ["Người bị bắt giữ: 2 người"]
    assert ours.officer == ""


def test_a_due_time_gone_by_is_late_while_the_report_is_open_here(cast: Cast, report: Made) -> None:
    long_ago = this_hour() - timedelta(days=60)
    report("verifying", hour=long_ago)
    report("closed", hour=long_ago)
    report("verifying")
    assert [line.late for line in lines(cast.box)] == [True, False, False]


def test_a_month_is_a_month_of_local_time(cast: Cast, report: Made) -> None:
    hours = [
        datetime(2026, 4, 30, 16, tzinfo=UTC),
        datetime(2026, 4, 30, 17, tzinfo=UTC),
        datetime(2026, 12, 31, 16, tzinfo=UTC),
    ]
    for number, hour in enumerate(hours, start=1):
        RegisterEntry.objects.create(box=cast.box, year=YEAR, number=number, hour=hour)
    assert [line.number for month in (4, 5, 12) for line in lines(cast.box, Period(YEAR, month))] == [
        "001/2026",
        "002/2026",
        "003/2026",
    ]
    assert book.by_month(cast.box, YEAR) == [0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1]
    assert book.years(cast.box)[-1] == YEAR


def test_anonymous_tips_and_named_denunciations_are_counted_apart(cast: Cast, report: Made) -> None:
    entered, named, tip, gone = (report() for _one in range(4))
    Intake.objects.create(thread=entered, channel="phone", named=False, by=cast.hoa)
    Intake.objects.create(thread=named, channel="phone", named=True, by=cast.hoa)
    Assessment.objects.create(thread=tip, value="valuable")
    Thread.objects.get(pk=gone.pk).delete()
    found = book.summary(cast.box, THIS_YEAR)
    assert (found.all, found.anonymous, found.named, found.erased, found.valuable) == (4, 2, 1, 1, 1)


@pytest.mark.parametrize(
    ("year", "month"), [("x", ""), ("2026", "13"), ("2026", "-1"), ("99999999999", ""), ("2024", ""), ("2026", "١٣x")]
)
def test_a_period_that_no_register_has_is_refused(year: str, month: str) -> None:
    with pytest.raises(Malformed):
        book.read_period(year, month)


def test_a_hundred_lines_cost_as_many_queries_as_one(cast: Cast, report: Made, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    def page(most: int) -> QuerySet[RegisterEntry]:
        return book.entries(cast.box, THIS_YEAR)[:most]

    for _one in range(30):
        thread = report()
        outcome(cast, thread)
        assign(threads=[thread], to=cast.hoa, by=cast.hoa)
        Passing.objects.create(thread=thread, from_box=cast.police, to_box=cast.box)
    for most in (1, 30):
        with django_assert_num_queries(5):
            assert len(book.lines(cast.box, page(most))) == most


@pytest.mark.parametrize(
    ("quantity", "says"),
    [("2.000", "2"), ("0.350", "0,35"), ("1200", "1.200"), ("12500000.5", "12.500.000,5"), ("100", "100")],
)
def test_quantities_are_read_as_people_write_them(quantity: str, says: str) -> None:
    assert book.plain(Decimal(quantity)) == says


def test_the_highest_month_has_the_highest_bar_and_an_empty_one_none() -> None:
    bars = months([0, 1, 200, *[0] * 9], chosen=3)
    assert [bar.height for bar in bars[:3]] == [0, 2, 64]
    assert [bar.month for bar in bars if bar.chosen] == [3]
    assert months([0] * 12, 0)[0].height == 0
