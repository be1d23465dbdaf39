"""`/figures/mailbox`: what everybody may see of a province's mailboxes, and that nobody can work out what is not shown (C5)."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from keng.desk.figures.publication import as_published, publish_due
from keng.desk.models import Published
from keng.mailbox.models import Box
from keng.portal import figures
from keng.units.models import Unit
from tests.cast import Cast, office, unit
from tests.conftest import FaceClient
from tests.desk.figures.attacker import narrowest, small
from tests.desk.figures.cast import outcome, report, reports

pytestmark = pytest.mark.django_db
THIRTY_KB = 30_000
PAGES = ["/figures/mailbox", "/figures/mailbox/en", "/figures/mailbox.csv", "/figures/mailbox.json"]
EMPTY = {"received": 0, "opened_in_24h": 0, "valuable": 0, "resolved_in_time": 0}
GROUPS = ("crime", "crime_named", "democracy", "democracy_named", "complaint", "complaint_named")


@pytest.fixture
def dien_bien() -> Unit:
    return unit("11", "Điện Biên", "tinh")


def publish(
    province: Unit, period: str, crime: dict[str, int], *, outcomes: dict[str, str] | None = None, revision: int = 1
) -> Published:
    """A published quarter with these counts of anonymous reports of crime."""
    counts = {code: dict(EMPTY) for code in GROUPS} | {"crime": EMPTY | crime}
    lines = [
        {"kind": kind, "exhibit": "", "unit": "person", "quantity": number} for kind, number in (outcomes or {}).items()
    ]
    made: dict[str, Any] = {"rule": 1, "reports": as_published(counts), "outcomes": lines}
    return Published.objects.create(
        province=province, period=period, revision=revision, on=date(2026, 2, 14), figures=made
    )


def asked(public: FaceClient, address: str, **query: str) -> str:
    answer = public.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def lai_chau_2025() -> Cast:
    """Two posts of Lai Châu in the second half of 2025, as was published of them: 75 reports, 31 of value, 2 major and 4 other cases,
    7 people arrested.
    """
    cast = Cast()
    province = unit("12", "Lai Châu", "tinh")
    post = office("bp-ka-lang", "Đồn Biên phòng Ka Lăng", "border_post", unit("03439", "Thu Lũm", parent=province))
    box = Box.objects.create(slug="ka-lang", office=post, title="Ka Lăng", opened_on=date(2025, 7, 1))
    for day, number, valuable in (("2025-08-15", 34, 14), ("2025-11-15", 41, 17)):
        reports(box, day, number, valuable=valuable)
    for day, kind, number in (
        ("2025-08-20", "major_case", 1), ("2025-12-01", "major_case", 1), ("2025-09-01", "other_case", 3),
        ("2025-12-03", "other_case", 1), ("2025-08-21", "arrest", 3), ("2025-12-02", "arrest", 4),
    ):  # fmt: skip
        outcome(cast, box, day, kind, number, unit="person" if kind == "arrest" else "case")
    publish_due(date(2026, 2, 14))
    return cast


def test_the_figures_of_lai_chau_come_out_exactly(public: FaceClient) -> None:
    lai_chau_2025()
    said = json.loads(asked(public, "/figures/mailbox.json", province="12", period="2025"))
    crime = said["reports"]["crime"]
    assert (crime["received"]["least"], crime["received"]["most"]) == (75, 75)
    assert (crime["valuable"]["least"], crime["valuable"]["most"]) == (31, 31)
    assert {line["kind"]: line["quantity"] for line in said["outcomes"]} == {
        "major_case": "2",
        "other_case": "4",
        "arrest": "7",
    }
    page = words(asked(public, "/figures/mailbox", province="12", period="2025"))
    assert "75 tin không nêu tên bà con gửi 31 tin có giá trị 6 vụ được làm rõ" in page
    assert "7 người bị bắt giữ" in page
    assert "Chưa có số liệu: quý I năm 2025, quý II năm 2025" in page


def test_the_newest_year_of_this_servers_province_is_shown_first(public: FaceClient, dien_bien: Unit) -> None:
    publish(unit("12", "Lai Châu", "tinh"), "2026-Q2", {"received": 80})
    publish(dien_bien, "2025-Q4", {"received": 60})
    publish(dien_bien, "2026-Q1", {"received": 50})
    assert "Hộp thư báo tin tỉnh Điện Biên, năm 2026" in words(asked(public, "/figures/mailbox"))


def test_the_year_adds_only_the_quarters_that_are_told_and_says_which_are_not(
    public: FaceClient, dien_bien: Unit
) -> None:
    publish(dien_bien, "2026-Q1", {"received": 4, "valuable": 4, "opened_in_24h": 4})
    publish(dien_bien, "2026-Q2", {"received": 30, "valuable": 12, "opened_in_24h": 28})
    said = json.loads(asked(public, "/figures/mailbox.json", period="2026"))["reports"]["crime"]
    assert said["received"] == {"least": 30, "most": 30, "of": 30, "left_out": ["2026-Q1"]}
    assert said["opened_in_24h"] == {"least": 26, "most": 30, "of": 30, "left_out": ["2026-Q1"]}
    page = words(asked(public, "/figures/mailbox", period="2026"))
    assert "ít nhất 26 trong 30 tin" in page
    assert "chưa kể quý I năm 2026" in page
    assert "I/2026 dưới 5 không nêu" in page


def test_a_corrected_outcome_shows_its_old_and_its_new_value(public: FaceClient) -> None:
    cast = Cast()
    Box.objects.filter(pk=cast.box.pk).update(opened_on=date(2026, 7, 1))
    arrest = outcome(cast, cast.box, "2026-08-20", "arrest", 2, unit="person")
    publish_due(date(2026, 11, 14))
    outcome(cast, cast.box, "2026-08-20", "arrest", 3, unit="person", corrects=arrest)
    publish_due(date(2026, 11, 20))
    page = words(asked(public, "/figures/mailbox", period="2026-Q3"))
    assert "Đã đính chính Người bị bắt giữ, quý III năm 2026: 2 sửa thành 3 (ngày 20/11/2026)" in page
    assert "3 người bị bắt giữ" in page
    corrected = json.loads(asked(public, "/figures/mailbox.json", period="2026-Q3"))["corrected"]
    assert [(one["was"], one["is"]) for one in corrected] == [("2", "3")]
    assert "corrected,,arrest,person,3,3,,2" in asked(public, "/figures/mailbox.csv", period="2026-Q3")


def test_the_table_of_the_file_has_every_figure_of_the_page(public: FaceClient, dien_bien: Unit) -> None:
    publish(dien_bien, "2026-Q1", {"received": 30, "valuable": 12, "opened_in_24h": 3}, outcomes={"arrest": "7"})
    text = asked(public, "/figures/mailbox.csv", period="2026-Q1")
    rows = {
        (row["group"], row["figure"]): (row["least"], row["most"])
        for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    }
    assert rows["crime", "received"] == ("30", "30")
    assert rows["crime", "opened_in_24h"] == ("0", "4")
    assert rows["democracy", "received"] == ("", "")
    assert rows["", "arrest"] == ("7", "7")


def test_large_sums_are_read_easily(public: FaceClient, dien_bien: Unit) -> None:
    publish(dien_bien, "2026-Q1", {"received": 30}, outcomes={"money": "18500000", "arrest": "0.25"})
    assert {"18.500.000", "0,25"} <= set(words(asked(public, "/figures/mailbox", period="2026-Q1")).split())
    assert {"18,500,000", "0.25"} <= set(words(asked(public, "/figures/mailbox/en", period="2026-Q1")).split())


def test_the_page_speaks_english(public: FaceClient, dien_bien: Unit) -> None:
    publish(dien_bien, "2026-Q1", {"received": 30})
    page = asked(public, "/figures/mailbox/en", period="2026-Q1")
    assert '<html lang="en">' in page
    assert 'href="/figures/mailbox?period=2026-Q1" lang="vi"' in page


def test_the_front_page_leads_to_it(public: FaceClient) -> None:
    assert 'href="/figures/mailbox"' in asked(public, "/").partition("<footer>")[2]
    assert 'href="/figures/mailbox/en"' in asked(public, "/en").partition("<footer>")[2]


def test_it_is_light_even_when_full_and_needs_no_script(public: FaceClient, dien_bien: Unit) -> None:
    kinds = ["major_case", "other_case", "arrest", "illegal_resident", "weapon", "victim", "money", "administrative"]
    for year in range(2021, 2027):
        for quarter in range(1, 5):
            publish(
                dien_bien, f"{year}-Q{quarter}", {"received": 900, "valuable": 400}, outcomes=dict.fromkeys(kinds, "12")
            )
    html = asked(public, "/figures/mailbox", period="2026")
    assert len(html.encode()) <= THIRTY_KB
    assert "<script" not in html
    assert "style=" not in html
    assert html.count("<svg") > 4


@pytest.mark.parametrize("address", PAGES)
def test_before_anything_is_published_it_says_so(public: FaceClient, address: str) -> None:
    answer = public.get(address)
    if address.endswith(("csv", "json")):
        assert answer.status_code == 404
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"period": "0"}, 400), ({"period": "0000"}, 400), ({"period": "9999"}, 400), ({"period": "2026-Q5"}, 400),
        ({"period": "2026-Q0"}, 400), ({"period": "²⁰²⁶"}, 400), ({"period": "2026\x00"}, 400), ({"period": "x" * 5000}, 400),
        ({"period": "2031"}, 404), ({"period": "2026-Q2"}, 404), ({"province": "99"}, 404), ({"province": "12"}, 404),
        ({"province": "' OR 1=1"}, 404), ({"province": "\x00"}, 404), ({"province": "03164"}, 404),
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", PAGES)
def test_s3_what_there_is_not_is_refused_in_one_sentence(
    public: FaceClient, dien_bien: Unit, address: str, query: dict[str, str], status: int
) -> None:
    publish(dien_bien, "2026-Q1", {"received": 30})
    answer = public.get(address, query)
    assert answer.status_code == status
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/figures", "/figures/", "/figures/mailbox/", "/figures/mailbox.xml", "/figures/mailbox/xx"]
)
def test_s3_other_addresses_and_formats_are_not_there(public: FaceClient, address: str) -> None:
    assert public.get(address).status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_it_is_only_to_be_read(public: FaceClient, address: str) -> None:
    assert public.post(address).status_code == 405


@pytest.mark.parametrize("quarters", [1, 8])
def test_the_number_of_queries_is_constant(
    public: FaceClient, dien_bien: Unit, django_assert_num_queries: DjangoAssertNumQueries, quarters: int
) -> None:
    for at in range(quarters):
        publish(dien_bien, f"{2025 + at // 4}-Q{at % 4 + 1}", {"received": 30})
    with django_assert_num_queries(3):
        asked(public, "/figures/mailbox", period="2025")


# C5: what an attacker sees is the bytes of every page and file.


def worlds() -> Iterator[tuple[int, int, int]]:
    """A quarter before, with or without enough reports; this quarter's reports; those of value among them."""
    for before in (0, 3, 12):
        for received in range(12):
            for valuable in range(received + 1):
                yield before, received, valuable


def everything_public(public: FaceClient, province: Unit, world: tuple[int, int, int]) -> tuple[str, ...]:
    before, received, valuable = world
    Published.objects.all().delete()
    publish(province, "2026-Q1", {"received": before, "valuable": before // 2})
    publish(province, "2026-Q2", {"received": received, "valuable": valuable}, outcomes={"arrest": "1"})
    row = Published.objects.get(period="2026-Q2")
    corrected = row.figures | {
        "corrected": [{"kind": "arrest", "exhibit": "", "unit": "person", "was": "1", "is": "2"}]
    }
    Published.objects.create(province=province, period="2026-Q2", revision=2, on=date(2026, 12, 1), figures=corrected)
    return tuple(
        asked(public, address, period=period) for address in PAGES for period in ("2026", "2026-Q1", "2026-Q2")
    )


def hidden(world: tuple[int, int, int]) -> dict[str, int]:
    before, received, valuable = world
    return small({"received": received, "valuable": valuable})


def test_c5_from_every_page_and_file_together_no_hidden_count_is_worked_out(
    public: FaceClient, dien_bien: Unit
) -> None:
    assert narrowest(worlds(), lambda world: everything_public(public, dien_bien, world), hidden) >= 5


def test_c5_the_same_attacker_sees_through_a_year_that_counts_what_its_quarters_hide(
    public: FaceClient, dien_bien: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Proves that the test above can fail."""

    def leaking(world: tuple[int, int, int]) -> tuple[object, ...]:
        return everything_public(public, dien_bien, world), sum(world[:2])

    assert narrowest(worlds(), leaking, hidden) == 1


def test_c5_no_page_or_file_of_another_kind_differs_by_a_hidden_count(public: FaceClient) -> None:
    """End to end from real reports: none, one and four of them leave every public byte alike."""
    cast = Cast()
    Box.objects.filter(pk=cast.box.pk).update(opened_on=date(2026, 7, 1))
    seen = set()
    for _number in range(5):
        Published.objects.all().delete()
        publish_due(date(2026, 11, 14))
        seen.add(tuple(asked(public, address, **query) for address in PAGES for query in ({}, {"period": "2026-Q3"})))
        report(cast.box, "2026-08-15", opened=1, value="valuable", resolved=30)
    assert len(seen) == 1


def test_the_sums_of_a_year_are_those_of_its_quarters(dien_bien: Unit) -> None:
    for quarter in (1, 2, 3):
        publish(dien_bien, f"2026-Q{quarter}", {"received": 20, "valuable": 8}, outcomes={"arrest": str(quarter)})
    found = figures.of(dien_bien, figures.periods(dien_bien)[0])
    assert found.measure("crime", "valuable").range == (24, 24)
    assert found.sum_of("arrest") == 6


def test_a_year_of_small_quarters_is_not_said_to_be_under_five(public: FaceClient, dien_bien: Unit) -> None:
    """Four and four are eight: of such a year nothing is told, while a single small quarter is truly under five."""
    for period in ("2025-Q3", "2025-Q4"):
        publish(dien_bien, period, {"received": 4})
    year = public.get("/figures/mailbox", {"period": "2025"}).content.decode()
    shown = re.search(r"<b>([^<]*)</b><span>tin không nêu tên bà con gửi", year)
    assert shown[1] == "không nêu"
    assert '<td data-label="Nhận">dưới 5</td>' not in year
    assert "Mỗi quý có dưới 5 tin, nên không nêu thêm: tin báo tội phạm, không nêu tên;" in year
    assert "Quý III/2025 công bố ngày" in year
    quarter = asked(public, "/figures/mailbox", period="2025-Q4")
    assert re.search(r"<b>([^<]*)</b><span>tin không nêu tên bà con gửi", quarter)[1] == "dưới 5"
