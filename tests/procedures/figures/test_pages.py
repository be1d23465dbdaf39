"""The figures of dossiers: they add up, open to what they count, and show nobody else's."""

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.demo import clock
from keng.core.indicators import Asked, Sort, indicators
from keng.procedures.figures import upkeep, views
from keng.procedures.figures.indicators import MEASURES, NOW, OVERDUE, UNTAKEN
from keng.procedures.figures.periods import read
from keng.procedures.models import Dossier, DossierTally, Procedure
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.cast import Province
from tests.procedures.slips.dossiers import dossier

PAGE, LINES = "/dossiers/figures/", "/dossiers/figures/lines/"
YEAR = {"period": "2026"}


def at(day: str, hour: int = 3) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=UTC)


def ended(day: str, how: str, minutes: int | None = None, state: str = "done") -> dict[str, Any]:
    return {"closed_at": at(day), "in_time": how, "worked_minutes": minutes, "state": state}


@pytest.fixture
def cast(db: None) -> Province:
    """Of two communes, carried over a year's end, in all ways and all outcomes; two were received by another office than answers for
    them, one more is a test."""
    call_command("load_calendar", verbosity=0)
    made = Province()
    here: dict[str, Any] = {"unit": made.thanh_yen, "office": made.neighbour}
    there: dict[str, Any] = {"unit": made.quang_lam, "office": made.other_centre, "owner": None}
    dossier(made, 1, **here, submitted_at=at("2025-12-30"), **ended("2026-01-05", "late", 1800))
    dossier(made, 2, **here, submitted_at=at("2025-12-31"))
    dossier(made, 3, **here, submitted_at=at("2026-01-06"), **ended("2026-01-07", "early", 450))
    dossier(made, 4, **here, submitted_at=at("2026-01-06"), channel="counter", **ended("2026-01-09", "on", 900))
    dossier(
        made, 5, **here, submitted_at=at("2026-02-02"), channel="home", **ended("2026-03-02", "", None, "withdrawn")
    )
    dossier(made, 6, **here, submitted_at=at("2026-03-09"))
    dossier(made, 7, **there, submitted_at=at("2026-03-09"), **ended("2026-03-12", "early", 450))
    dossier(made, 8, **there, submitted_at=at("2026-03-10"), channel="counter", due=at("2026-03-13"))
    dossier(made, 9, **here, submitted_at=at("2024-05-05"), **ended("2024-06-05", "on", 450))
    dossier(made, 10, **here, submitted_at=at("2026-03-11"), test=True, citizen=None)
    _ = made.khoa, made.lam, made.minh, made.thu
    counter = {"first_office": made.centre, "received_by": made.centre, "channel": "counter"}
    decided = here | counter | {"office": made.centre, "closing_office": made.neighbour}
    dossier(made, 11, **decided, submitted_at=at("2026-03-02"), **ended("2026-03-05", "early", 450))
    dossier(made, 12, **here, first_office=made.centre, submitted_at=at("2026-03-03"))
    return made


def shown(desk: FaceClient, **query: str) -> Any:
    page = desk.get(PAGE, YEAR | query)
    assert page.status_code == 200, page.content
    return page


def numbers(page: Any) -> dict[str, int]:
    return {one["opens"].partition("procedures.")[2]: one["number"] for one in page.context["big"]}


def sums(page: Any) -> list[list[int]]:
    return [[one["number"] for one in row] for row in page.context["sums"]]


def test_the_numbers_of_an_office_are_counted_and_add_up(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.khoa)
    with clock.at(at("2026-11-20")):  # what is overdue now is told beside the running year alone
        page = shown(desk)
    assert numbers(page) == {"received": 4, "online": 2, "ended": 5, "late": 1, "open": 3, "overdue": 3}
    assert sums(page) == [[2, 1, 1, 4], [2, 1, 1, 1, 5], [2, 4, 2, 0, 5, 3]]
    # 450 + 450 + 900 + 1800 minutes over four dossiers, of days of seven and a half hours
    assert str(page.context["average"]) == "2.0"


def test_o2_what_an_office_received_is_its_own_though_it_passed_it_on(desk: FaceClient, cast: Province) -> None:
    """One at the counter, one online: the shares are those of what came, not of what lies here."""
    straight_in(desk, cast.thu)
    page = shown(desk)
    assert sums(page) == [[1, 1, 0, 2], [0, 0, 0, 0, 0], [0, 2, 0, 2, 0, 0]]
    opened = desk.get(LINES, YEAR | {"figure": "procedures.gone"}).content.decode()
    assert {*re.findall("H11-261102-00[0-9]{2}", opened)} == {"H11-261102-0011", "H11-261102-0012"}
    assert f"nay ở {cast.neighbour.name}" in opened
    assert re.findall(r'href="/dossiers/(H11[^"]+)/"', opened) == ["H11-261102-0011"], (
        "the other is somebody else's now"
    )


def test_a_leader_sees_all_offices_below_and_a_caseworker_only_their_own(desk: FaceClient, cast: Province) -> None:
    """O2: the neighbour's figures are not there, as if they did not exist."""
    straight_in(desk, cast.minh)
    assert numbers(shown(desk))["received"] >= 4
    straight_in(desk, cast.lam)
    assert numbers(shown(desk))["received"] == 2
    for address in (PAGE, LINES, f"{PAGE}figures.csv", "/dossiers/register/", "/dossiers/register/register.pdf"):
        assert desk.get(address, {"office": cast.neighbour.code}).status_code == 404
    straight_in(desk, cast.hoa)
    for address in (PAGE, LINES, f"{PAGE}figures.csv", "/dossiers/register/", "/dossiers/register/register.csv"):
        assert desk.get(address).status_code == 403


ASKED = [
    (period, group)
    for period in ("2026", "2026-Q1", "2026-01", "2025-12", "2024")
    for group in ("", "unit", "procedure")
]


@pytest.mark.parametrize(("period", "group"), ASKED)
def test_every_figure_is_the_number_of_dossiers_that_it_opens_to(cast: Province, period: str, group: str) -> None:
    """O5."""
    said = read(period)
    code = {"": "", "unit": f"unit:{cast.thanh_yen.pk}", "procedure": f"procedure:{cast.version.procedure.code}"}[group]
    seen = 0
    each = (cast.neighbour.pk, cast.centre.pk, cast.other_centre.pk)
    for offices in ((each[0],), (each[1],), (each[2],), each[:2], each):
        asked = Asked(offices, said.first, said.last, code)
        for name in (*MEASURES, *NOW):
            number = int(indicators[name].count(asked))
            rows = list(indicators[name].open(asked))
            assert number == len(rows), (name, offices)
            assert len({row.pk for row in rows}) == len(rows)
            assert not any(row.test for row in rows)
            seen += number
    assert seen > 0


def test_what_was_filed_online_and_lies_unaccepted_is_late_too(desk: FaceClient, cast: Province) -> None:
    """O5. One is past the time of its first step, one is within it, one has none, one waits for its resident."""
    new = {
        "office": cast.centre,
        "owner": None,
        "state": "submitted",
        "accepted_at": None,
        "first_due": None,
        "due": None,
    }
    late = dossier(cast, 21, **new, submitted_at=at("2026-11-02"), step_due=at("2026-11-03"))
    dossier(cast, 22, **new, submitted_at=at("2026-11-02"), step_due=at("2026-11-30"))
    dossier(cast, 23, **new, submitted_at=at("2026-11-02"))
    dossier(cast, 24, **new | {"state": "waiting"}, submitted_at=at("2026-11-02"), step_due=at("2026-11-03"))
    overdue = dossier(cast, 25, office=cast.centre, submitted_at=at("2026-11-02"), due=at("2026-11-09"))
    straight_in(desk, cast.thu)
    with clock.at(at("2026-11-20")):
        told = numbers(shown(desk))
        opened = {name: desk.get(LINES, YEAR | {"figure": name}) for name in (OVERDUE, UNTAKEN)}
    assert (told["overdue"], told["untaken"]) == (2, 1)
    assert list(opened[OVERDUE].context["page"]) == [late, overdue]
    assert list(opened[UNTAKEN].context["page"]) == [late]
    assert "chưa có hạn trả vì chưa ai tiếp nhận" in opened[UNTAKEN].content.decode()


def test_every_number_on_the_page_opens_to_as_many_lines(desk: FaceClient, cast: Province) -> None:
    """O5, by the links that are really there: of the whole, of each month, commune and procedure."""
    straight_in(desk, cast.khoa)
    page = shown(desk)
    links = re.findall(rf'href="({LINES}\?[^"]+)"[^>]*>(?:<b>)?([0-9.]+)<', page.content.decode())
    assert len(links) > 60
    for link, number in dict(links).items():
        opened = desk.get(link.replace("&amp;", "&"))
        assert opened.status_code == 200, link
        assert len(list(opened.context["page"])) == opened.context["number"] == int(number), link


def test_for_several_offices_a_figure_opens_office_by_office_and_then_to_dossiers(
    desk: FaceClient, cast: Province
) -> None:
    straight_in(desk, cast.minh)
    for name in (*MEASURES, *NOW):
        page = desk.get(LINES, YEAR | {"figure": name})
        assert page.context["unexplained"] == 0, name
        for office, number, _bar, address in page.context["offices"]:
            opened = desk.get(f"{LINES}?{address}")
            assert opened.context["chosen"].office == office
            assert len(list(opened.context["page"])) == number, name


def test_the_register_lists_what_moved_on_and_links_to_what_may_be_opened(desk: FaceClient, cast: Province) -> None:
    """O2: a code of what the office received stays in its register; the dossier itself is another office's now."""
    moved = dossier(cast, 21, unit=cast.thanh_yen, office=cast.centre, submitted_at=at("2026-04-01"), owner=None)
    moved.office = cast.neighbour
    moved.save()
    dossier(cast, 22, unit=cast.thanh_yen, office=cast.centre, submitted_at=at("2026-04-02"), owner=None)
    days = {"first": "2026-04-01", "last": "2026-12-31"}
    straight_in(desk, cast.thu)
    text = desk.get("/dossiers/register/", days).content.decode()
    assert "H11-261102-0021" in text
    assert f"nay ở {cast.neighbour.name}" in text
    assert re.findall(r'href="/dossiers/(H11[^"]+)/"', text) == ["H11-261102-0022"]
    assert desk.get("/dossiers/H11-261102-0021/").status_code == 404
    straight_in(desk, cast.khoa)
    assert "H11-261102-0021" not in desk.get("/dossiers/register/", days).content.decode()


def test_nothing_of_a_person_stands_on_any_of_these_pages(desk: FaceClient, cast: Province) -> None:
    """C2: codes, procedures and times; no list of people, and no way to one."""
    straight_in(desk, cast.khoa)
    addresses = [PAGE, LINES, f"{PAGE}figures.csv", "/dossiers/register/", "/dossiers/register/register.csv"]
    for address in addresses:
        page = desk.get(address, YEAR | {"first": "2026-01-01", "last": "2026-12-31"})
        assert page.status_code == 200
        text = page.content.decode()
        for private in (cast.an.name, cast.an.number):
            assert private not in text, address
    assert "H11-261102-0003" in desk.get(LINES, YEAR).content.decode()


def test_parts_that_miss_the_whole_are_shown_as_such(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.khoa)
    assert shown(desk).context["procedures"]["unexplained"] == []
    DossierTally.objects.filter(unit=None, what="received", month=202601, office=cast.neighbour).delete()
    page = shown(desk)
    assert [number for _title, number in page.context["procedures"]["unexplained"]] == [2, 2]
    assert "Chưa rõ vì sao lệch" in page.content.decode()


def test_one_commune_or_one_procedure_can_be_looked_at_alone(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.khoa)
    whole = numbers(shown(desk))
    unit = shown(desk, group=f"unit:{cast.thanh_yen.pk}")
    assert numbers(unit) == {name: number for name, number in whole.items() if name != "overdue"}
    assert "Xã Thanh Yên" in unit.content.decode()
    procedure = numbers(shown(desk, group="procedure:1.004194"))
    assert procedure == numbers(unit)


@pytest.mark.parametrize(
    "query",
    [
        {"period": "2026-13"},
        {"period": "1999"},
        {"period": "२०२६"},
        {"period": "2026' OR 1=1"},
        {"group": "unit:'"},
        {"group": "unit:99999"},
        {"group": "procedure:none"},
        {"group": "person:1"},
        {"group": "unit:" + "9" * 500},
    ],
    ids=str,
)
def test_what_cannot_be_asked_for_gets_one_sentence(desk: FaceClient, cast: Province, query: dict[str, str]) -> None:
    """S3."""
    straight_in(desk, cast.khoa)
    for address in (PAGE, LINES, f"{PAGE}figures.csv"):
        page = desk.get(address, YEAR | query)
        assert page.status_code == 400, address
        assert "Không có kỳ số liệu này" in page.content.decode()


def test_an_unknown_figure_and_one_of_reports_are_not_there(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.khoa)
    for name in ("procedures.none", "mailbox.received", ""):
        assert desk.get(LINES, YEAR | {"figure": name}).status_code == 404
    straight_in(desk, cast.minh)
    assert desk.get("/figures/lines/", {"figure": "procedures.received"}).status_code == 404


def test_the_file_has_the_same_numbers_as_the_page(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.khoa)
    text = desk.get(f"{PAGE}figures.csv", YEAR).content.decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    whole = rows[0]
    assert (whole["received"], whole["ended"], whole["open"], whole["average_working_days"]) == ("4", "5", "3", "2.0")
    for sort in ("unit", "procedure", "month"):
        parts = [row for row in rows if row["sort"] == sort]
        for name in ("received", "online", "counter", "home", "came", "gone", "ended"):
            assert sum(int(row[name]) for row in parts) == int(whole[name]), (sort, name)


@pytest.mark.parametrize("more", [1, 25])
@pytest.mark.parametrize(
    ("address", "most"), [(PAGE, 14), (LINES, 10), (f"{PAGE}figures.csv", 10), ("/dossiers/register/", 10)]
)
def test_the_number_of_queries_is_constant(
    desk: FaceClient, cast: Province, address: str, most: int, more: int
) -> None:
    for number in range(more):
        other = Procedure.objects.create(code=f"1.{number:06}", field=cast.version.procedure.field)
        dossier(
            cast,
            100 + number,
            procedure=other,
            submitted_at=at("2026-04-01"),
            unit=cast.quang_lam if number % 2 else cast.thanh_yen,
        )
    upkeep.tally.compact()
    straight_in(desk, cast.khoa)
    query = YEAR | {"first": "2026-01-01", "last": "2026-12-31"}
    desk.get(address, query)
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(address, query)
    assert page.status_code == 200
    assert len(asked) <= most, "\n".join(one["sql"][:160] for one in asked)


def test_many_procedures_are_shown_by_name_up_to_twenty_and_the_others_together(
    desk: FaceClient, cast: Province
) -> None:
    for number in range(30):
        other = Procedure.objects.create(code=f"1.{number:06}", field=cast.version.procedure.field)
        dossier(cast, 100 + number, procedure=other, submitted_at=at("2026-04-01"))
    straight_in(desk, cast.khoa)
    part = shown(desk).context["procedures"]
    assert len(part["rows"]) == 20
    assert part["rest_number"] == 11
    for column, whole in enumerate((34, 32, 1, 1)):
        assert sum(row["cells"][column]["number"] for row in part["rows"]) + part["rest"][column]["number"] == whole
        assert part["total"][column]["number"] == whole
    assert part["unexplained"] == []
    every = desk.get(f"{PAGE}?{part['rest_opens']}").context["procedures"]
    assert (len(every["rows"]), every["rest"], every["total"]) == (31, [], part["total"])


def test_who_receives_nothing_and_decides_what_came_sees_that(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.khoa)
    assert shown(desk).context["chart"]
    Dossier.objects.filter(first_office=cast.neighbour).delete()
    with clock.at(at("2026-11-20")):
        page = shown(desk)
    assert numbers(page) == {"received": 0, "came": 2, "ended": 1, "late": 0, "open": 1, "overdue": 1}
    assert page.context["chart"] == ""


def test_by_commune_and_by_procedure_each_way_of_filing_stands_and_opens(desk: FaceClient, cast: Province) -> None:
    """O5."""
    straight_in(desk, cast.khoa)
    page = shown(desk)
    for part in ("units", "procedures"):
        cells = page.context[part]["rows"][0]["cells"]
        assert [(str(one["head"]), one["number"]) for one in cells[:5]] == [
            ("Mới nhận trong kỳ", 4), ("Nộp trực tuyến", 2), ("Nộp tại quầy", 1), ("Nhận tại nhà", 1), ("Nơi khác chuyển đến", 2),
        ]  # fmt: skip
        for one in cells:
            assert len(list(desk.get(f"{LINES}?{one['opens']}").context["page"])) == one["number"]
    tables = re.findall(r"<table.*?</table>", page.content.decode(), re.S)
    assert len(tables) == 3
    for table in tables:
        found = re.findall(r'<td class="number[^"]*"([^>]*)>(.*?)</td>', table)
        assert [cell for label, cell in found if "trung bình" not in label and "href" not in cell] == []


def test_of_many_offices_the_procedures_are_added_up_when_asked_for(
    desk: FaceClient, cast: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MANY", 1)
    straight_in(desk, cast.minh)
    page = shown(desk)
    assert (page.context["procedures"], "Xem từng thủ tục của mọi đơn vị" in page.content.decode()) == ({}, True)
    asked = desk.get(f"{PAGE}?{page.context['by_procedure']}")
    assert [row["code"] for row in asked.context["procedures"]["rows"]] == ["1.004194"]
    assert "Xem từng thủ tục của mọi đơn vị" not in asked.content.decode()


def test_an_indicator_is_of_dossiers_and_its_sentence_says_how_it_counts() -> None:
    named = {name: one for name, one in indicators if name.startswith("procedures.")}
    assert set(named) == {*MEASURES, *NOW}
    assert {one.sort for one in named.values()} == {Sort.DOSSIERS}
    assert all(str(one.counted).endswith(".") for one in named.values())


def test_links_keep_what_was_chosen(desk: FaceClient, cast: Province) -> None:
    straight_in(desk, cast.minh)
    page = shown(desk, period="2026-Q1", office=cast.neighbour.code)
    link = page.context["units"]["rows"][0]["opens"]
    assert parse_qs(link) == {
        "period": ["2026-Q1"],
        "office": [cast.neighbour.code],
        "group": [f"unit:{cast.thanh_yen.pk}"],
    }
    assert urlsplit(page.context["big"][0]["opens"]).path.startswith("period=2026-Q1")


def test_a_working_day_is_as_long_as_the_calendar_says(desk: FaceClient, cast: Province) -> None:
    """Without a calendar no average is told, rather than a wrong one."""
    from keng.core.calendar import forget
    from keng.core.models import OfficeHours

    straight_in(desk, cast.khoa)
    OfficeHours.objects.all().delete()
    forget()
    assert shown(desk).context["average"] is None
