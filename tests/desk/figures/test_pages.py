"""The figures of one's offices: they add up, open to what they count, and show nobody else's."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from keng.core.indicators import Sort, indicators
from keng.desk.figures.choosing import choose
from keng.desk.figures.indicators import of_outcome
from keng.desk.models import OutcomeKind, RegisterEntry
from keng.mailbox.models import Box, State, Thread
from keng.units.models import Coverage, Office
from tests.accounts.signing_in import straight_in
from tests.cast import Cast, user
from tests.desk.figures.cast import at, enter, outcome, report, reports

pytestmark = pytest.mark.django_db
YEAR = {"period": "2026"}


@pytest.fixture
def cast() -> Cast:
    made = Cast()
    _ = made.box, made.minh, made.hoa
    return made


def shown(desk: Any, **query: str) -> Any:
    page = desk.get("/figures/", YEAR | query)
    assert page.status_code == 200, page.content
    return page


def big(page: Any) -> list[int]:
    return [one["number"] for one in page.context["big"]]


def opened(desk: Any, link: dict[str, Any]) -> Any:
    page = desk.get(f"/figures/lines/?{link['opens']}")
    assert page.status_code == 200, page.content
    return page


def a_years_work(cast: Cast) -> None:
    """Reports at two boxes in two quarters, passed on, late, by name; outcomes of both offices, one of them put right."""
    reports(cast.box, "2026-02-10", 7, valuable=3)
    reports(cast.police, "2026-08-10", 4, valuable=4)
    report(cast.box, "2026-08-11", opened=30)
    report(cast.box, "2026-08-12", opened=3, resolved=700)
    enter(report(cast.box, "2026-08-12", opened=3), cast, named=True)
    Thread.objects.filter(hour=at("2026-08-11")).update(holder=cast.police, state=State.FORWARDED)
    outcome(cast, cast.box, "2026-02-11", "major_case", 1)
    wrong = outcome(cast, cast.box, "2026-02-11", "arrest", 9, unit="person", thread=Thread.objects.all()[0])
    outcome(cast, cast.box, "2026-02-11", "arrest", 2, unit="person", corrects=wrong)
    outcome(cast, cast.police, "2026-08-11", "arrest", 3, unit="person")
    outcome(cast, cast.police, "2026-08-11", "exhibit", "0.25", unit="gram", exhibit="heroin")
    outcome(cast, cast.police, "2026-08-11", "exhibit", "2", unit="kilogram", exhibit="heroin")


def test_a_leader_is_taken_to_the_figures(desk, cast):
    straight_in(desk, cast.minh)
    assert desk.get("/")["Location"] == "/figures/"


def test_reports_count_once_where_they_first_arrived_and_the_rows_add_up(desk, cast):
    a_years_work(cast)
    straight_in(desk, cast.minh)
    page = shown(desk)
    assert big(page) == [13, 12, 7, 11]
    rows = {row["office"].code: row["counts"].parts for row in page.context["offices"]}
    assert rows == {"bp-na-co-sa": (9, 8, 3, 7), "ca-dien-bien": (4, 4, 4, 4)}
    assert [sum(column) for column in zip(*rows.values(), strict=True)] == big(page)
    assert [counts.received for _label, _address, counts in page.context["trend"]][-4:] == [7, 0, 6, 0]
    assert big(shown(desk, group="crime_named")) == [1, 1, 0, 0]
    assert big(shown(desk, period="2026-Q3")) == [6, 5, 4, 4]
    assert big(shown(desk, office="bp-na-co-sa")) == [9, 8, 3, 7]


def test_outcomes_count_the_standing_lines_unit_by_unit(desk, cast):
    a_years_work(cast)
    straight_in(desk, cast.minh)
    counted = {str(one["title"]) + " " + str(one["unit"]): one["quantity"] for one in shown(desk).context["outcomes"]}
    assert counted == {
        "Vụ án lớn vụ": 1, "Người bị bắt giữ người": 5, "Tang vật: Heroin gam": Decimal("0.25"), "Tang vật: Heroin kg": 2
    }  # fmt: skip


@pytest.mark.parametrize("query", [{}, {"period": "2026-Q3"}, {"office": "bp-na-co-sa"}, {"group": "crime_named"}])
def test_o5_every_number_opens_to_exactly_what_it_counts(desk, cast, query):
    a_years_work(cast)
    straight_in(desk, cast.minh)
    page = shown(desk, **query)
    for one in page.context["big"]:
        assert len(opened(desk, one).context["reports"]) == one["number"]
    for one in page.context["outcomes"]:
        assert sum(line.quantity for line in opened(desk, one).context["outcomes"]) == one["quantity"]


def test_o5_a_number_links_to_its_lines_and_every_indicator_is_registered_with_its_sentence(desk, cast):
    a_years_work(cast)
    straight_in(desk, cast.minh)
    html = shown(desk).content.decode()
    links = re.findall(r'/figures/lines/\?[^"]*figure=([\w.]+)', html)
    assert set(links) >= {"mailbox.received", "mailbox.opened_in_24h", "mailbox.valuable", "mailbox.resolved_in_time"}
    assert {"outcome.arrest.person", "outcome.exhibit.heroin.gram"} <= set(links)
    for name, indicator in indicators:
        assert str(indicator.title)
        assert str(indicator.unit)
        assert str(indicator.counted).endswith(".")
        assert indicator.sort in Sort
        assert name.startswith(("mailbox.", "outcome.", "procedures."))
    kinds = {name.split(".")[1] for name, _one in indicators if name.startswith("outcome.")}
    assert kinds == set(OutcomeKind.values)


def test_o5_an_indicator_counts_what_it_opens(cast, rf):
    a_years_work(cast)
    request = rf.get("/figures/", YEAR)
    request.user = cast.minh
    asked = choose(request).asked_of("")
    for name, indicator in indicators:
        lines = indicator.open(asked)
        of = len(lines) if indicator.sort is Sort.REPORTS else sum(line.quantity for line in lines)
        assert indicator.count(asked) == of, name
    assert indicators[of_outcome("arrest", "", "person")].count(asked) == 5


def test_o5_the_lines_tell_the_register_number_and_the_month_and_nothing_finer_than_a_day(desk, cast):
    thread = report(cast.box, "2026-08-11", opened=30, value="valuable")
    RegisterEntry.objects.create(box=cast.box, year=2026, number=7, thread=thread, hour=at("2026-08-12", 20))
    straight_in(desk, cast.minh)
    page = desk.get("/figures/lines/", YEAR | {"figure": "mailbox.received"})
    [line] = page.context["reports"]
    assert (line.number, line.registered, line.month) == ("007/2026", date(2026, 8, 13), date(2026, 8, 1))
    assert (line.category, line.state, line.value, line.outcomes) == ("Trộm cắp", "Đã mở", "Có giá trị", 0)
    main = page.content.decode().partition("<main")[2]
    assert thread.key not in main
    assert "11/08" not in main
    assert not re.search(r"\d{1,2}:\d\d", main)


def test_o5_a_corrected_outcome_shows_what_it_was_and_why(desk, cast):
    thread = report(cast.box, "2026-08-11", opened=3)
    RegisterEntry.objects.create(box=cast.box, year=2026, number=12, thread=thread)
    first = outcome(cast, cast.box, "2026-08-20", "arrest", 9, unit="person", thread=thread)
    second = outcome(cast, cast.box, "2026-08-20", "arrest", 3, unit="person", corrects=first)
    outcome(cast, cast.box, "2026-08-20", "arrest", 2, unit="person", corrects=second)
    straight_in(desk, cast.minh)
    page = desk.get("/figures/lines/", YEAR | {"figure": "outcome.arrest.person"})
    [line] = page.context["outcomes"]
    assert (line.quantity, [was.quantity for was in line.was], line.numbers) == (2, [3, 9], ["012/2026"])
    assert page.context["number"] == 2
    assert "là 9" in page.content.decode()


def test_a_report_linked_twice_and_passed_on_twice_counts_its_outcome_once(desk, cast):
    first, second = report(cast.box, "2026-08-11", opened=3), report(cast.police, "2026-08-11", opened=3)
    one = outcome(cast, cast.box, "2026-08-20", "arrest", 2, unit="person", thread=first)
    from keng.desk.models import Membership

    Membership.objects.create(thread=second, matter=one.matter, role="duplicate")
    Thread.objects.update(holder=cast.police, state=State.FORWARDED)
    straight_in(desk, cast.minh)
    [arrests] = shown(desk).context["outcomes"]
    assert arrests["quantity"] == 2
    assert [line.outcomes for line in opened(desk, big_links(desk)[0]).context["reports"]] == [1, 1]


def big_links(desk: Any) -> list[dict[str, Any]]:
    return list(shown(desk).context["big"])


def test_a_training_box_is_in_no_figure(desk, cast):
    training = Box.objects.create(slug="tap", office=cast.post, title="Hộp thư tập", training=True)
    reports(training, "2026-08-10", 5)
    outcome(cast, training, "2026-08-20", "arrest", 2, unit="person")
    straight_in(desk, cast.minh)
    page = shown(desk)
    assert big(page)[0] == 0
    assert page.context["outcomes"] == []
    assert desk.get("/figures/lines/", YEAR | {"figure": "mailbox.received"}).context["reports"] == []


def test_o2_an_officer_sees_the_own_office_a_leader_those_below_too(desk, cast):
    a_years_work(cast)
    straight_in(desk, cast.hoa)
    assert big(shown(desk)) == [9, 8, 3, 7]
    assert [one["quantity"] for one in shown(desk).context["outcomes"]] == [1, 2]
    straight_in(desk, user("xa", "Trưởng Xã", (cast.neighbour, "leader")))
    page = shown(desk)
    assert big(page) if page.context["chosen"].boxes else "chưa có hộp thư nào" in page.content.decode()


@pytest.mark.parametrize("path", ["/figures/", "/figures/lines/", "/figures/figures.csv", "/figures/figures.json"])
def test_o2_another_office_is_as_one_that_does_not_exist(desk, cast, path):
    straight_in(desk, cast.lan)
    assert desk.get(path, {"office": "bp-na-co-sa"}).status_code == 404
    assert desk.get(path, {"office": "khong-co"}).status_code == 404
    assert desk.get(path, {"office": "ca-thanh-yen"}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        {"period": "0"}, {"period": "9999"}, {"period": "0000-Q1"}, {"period": "2026-Q5"}, {"period": "2026q1"}, {"period": "²⁰²⁶"},
        {"period": "2026\x00"}, {"period": "x" * 4000}, {"group": "all"}, {"group": "' OR 1=1"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/figures/", "/figures/lines/", "/figures/figures.csv", "/figures/figures.json"])
def test_s3_a_period_or_group_that_there_is_not_is_refused_in_one_sentence(desk, cast, path, query):
    straight_in(desk, cast.minh)
    answer = desk.get(path, query)
    assert answer.status_code == 400
    assert "Không có kỳ số liệu này" in answer.content.decode()


@pytest.mark.parametrize("figure", ["", "mailbox", "outcome.exhibit.heroin.vnd", "__class__", "\x00", "x" * 4000])
def test_s3_a_figure_that_there_is_not_is_not_found(desk, cast, figure):
    straight_in(desk, cast.minh)
    assert desk.get("/figures/lines/", {"figure": figure}).status_code == 404


@pytest.mark.parametrize(
    "happens",
    [
        lambda cast: Box.objects.filter(pk=cast.box.pk).update(title="Tên mới"),
        lambda cast: Box.objects.filter(pk=cast.box.pk).update(closed_on=date(2026, 9, 1)),
        lambda cast: Coverage.objects.filter(office=cast.post).update(unit=cast.thanh_yen),
        lambda cast: Office.objects.filter(pk=cast.post.pk).update(valid_to=date(2026, 10, 1)),
        lambda cast: Thread.objects.update(holder=cast.police),
    ],
    ids=["renamed", "closed", "moved to another commune", "office merged", "all passed on"],
)
def test_counts_stay_where_they_arrived_whatever_becomes_of_the_box(desk, cast, happens):
    a_years_work(cast)
    happens(cast)
    straight_in(desk, cast.minh)
    page = shown(desk)
    rows = {row["office"].code: row["counts"].received for row in page.context["offices"]}
    assert rows == {"bp-na-co-sa": 9, "ca-dien-bien": 4}
    assert big(page)[0] == 13


def test_the_files_have_the_numbers_of_the_page(desk, cast):
    a_years_work(cast)
    Office.objects.filter(pk=cast.post.pk).update(name="=HYPERLINK(1)")
    straight_in(desk, cast.minh)
    table = desk.get("/figures/figures.csv", YEAR)
    rows = list(csv.DictReader(io.StringIO(table.content.decode().removeprefix("\ufeff"))))
    received = [row for row in rows if (row["figure"], row["group"]) == ("mailbox.received", "crime")]
    assert sum(int(row["quantity"]) for row in received) == 13
    assert {row["office_name"] for row in rows} == {"'=HYPERLINK(1)", "Công an tỉnh Điện Biên"}
    figures = json.loads(desk.get("/figures/figures.json", YEAR).content)["figures"]
    assert [one["quantity"] for one in figures] == [row["quantity"] for row in rows]
    assert {one["quantity"] for one in figures if one["figure"] == "outcome.exhibit.heroin.gram"} == {"0.25"}


def test_what_is_chosen_by_itself_is_this_year(desk, cast):
    report(cast.box, f"{timezone.localdate():%Y-%m-%d}", hour=0)
    straight_in(desk, cast.minh)
    assert big(desk.get("/figures/"))[0] == 1


def test_the_lines_go_on_page_by_page(desk, cast):
    reports(cast.box, "2026-08-10", 60)
    straight_in(desk, cast.minh)
    address = "/figures/lines/?figure=mailbox.received&period=2026"
    pages = [desk.get(f"{address}&page={number}") for number in (1, 2, "99", "x")]
    assert [len(page.context["reports"]) for page in pages] == [50, 10, 10, 50]
    assert "group=crime&amp;figure=mailbox.received&amp;page=2" in pages[0].content.decode()


@pytest.mark.parametrize("number", [1, 12])
@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/figures/?period=2026", 12), ("/figures/lines/?period=2026&figure=mailbox.received", 13),
        ("/figures/lines/?period=2026&figure=outcome.arrest.person", 14), ("/figures/figures.csv?period=2026", 10),
    ],
)  # fmt: skip
def test_the_number_of_queries_is_constant(desk, cast, django_assert_max_num_queries, path, number, most):
    for index in range(number):
        box = Box.objects.create(slug=f"b-{index}", office=cast.post, title=f"Hộp thư {index}")
        thread = report(box, "2026-08-10", opened=2, value="valuable")
        first = outcome(cast, box, "2026-08-20", "arrest", 9, unit="person", thread=thread)
        outcome(cast, box, "2026-08-20", "arrest", 3, unit="person", corrects=first)
    straight_in(desk, cast.minh)
    with django_assert_max_num_queries(most):
        assert desk.get(path).status_code == 200
