"""Slips 06 and 07: for the office, without a name of anybody who applied."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.procedures.models import Pause
from keng.procedures.slips import control, issue, register
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.cast import Province
from tests.procedures.slips.dossiers import ACCEPTED, DUE, dossier, event, paper
from tests.procedures.slips.reading import pages, scanned, words

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
HOUR = timedelta(hours=1)
HERE = "http://desk.localhost/dossiers/H11-261102-0001/"


def test_slip_06_tells_every_turn_and_nobodys_name_but_the_officers(cast: Province) -> None:
    _ = cast.thu
    of = dossier(cast)
    event(of, "submitted", of.submitted_at, by="")
    event(of, "accepted", ACCEPTED, by="thu")
    event(of, "supplement_asked", ACCEPTED + HOUR, note="Chuyện riêng của người nộp")
    text = words(issue.control(of, address=HERE))
    for sentence in (
        "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
        of.code,
        "Lò Thị Thu",
        "Cà Văn Khoa",
        "Người nộp hồ sơ",
    ):
        assert sentence in text
    assert "Quàng Văn An" not in text
    assert "Chuyện riêng" not in text


def test_slip_06_is_printed_from_the_dossiers_page_and_leads_back_to_it(cast: Province, desk: FaceClient) -> None:
    _ = cast.khoa
    of = dossier(cast)
    event(of, "submitted", of.submitted_at, by="")
    straight_in(desk, cast.khoa)
    there = desk.get(f"/dossiers/{of.code}/").content.decode()
    assert f'href="/dossiers/{of.code}/control.pdf"' in there
    paper = desk.get(f"/dossiers/{of.code}/control.pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert f"http://desk.localhost/dossiers/{of.code}/" in words(paper.content).replace(" ", "")
    assert scanned(paper.content) == [f"http://desk.localhost/dossiers/{of.code}/"]


def test_slip_07_leads_back_to_the_days_that_it_lists(cast: Province, desk: FaceClient) -> None:
    straight_in(desk, cast.khoa)
    days = {"office": cast.neighbour.code, "first": "2026-11-01", "last": "2026-11-30"}
    (back,) = scanned(desk.get("/dossiers/register/register.pdf", days).content)
    assert back == f"http://desk.localhost/dossiers/register/?{urlencode(days)}"
    assert desk.get(back).context["asked"].last == LAST


def test_slip_06_judges_each_step_by_office_time_without_pauses(cast: Province) -> None:
    """Filed 07:05, so the first step (4 h) runs from 07:30; the second (16 h) stands still for a day while more is awaited."""
    of = dossier(cast)
    event(of, "accepted", ACCEPTED)
    event(of, "advanced", ACCEPTED + timedelta(days=3))
    event(of, "finished", ACCEPTED + timedelta(days=7))
    events = list(of.events.order_by("at"))
    assert [step.how for step in control.steps(of, events)] == ["Trong hạn", "Quá hạn", "Quá hạn"]
    Pause.objects.create(dossier=of, since=ACCEPTED + HOUR, until=ACCEPTED + timedelta(days=1))
    assert [step.how for step in control.steps(of, events)] == ["Trong hạn", "Trong hạn", "Quá hạn"]


def test_slip_07_lists_what_an_office_received_in_the_period(cast: Province) -> None:
    here = dossier(cast, 1, in_time="late", state="done", closed_at=DUE + timedelta(days=2), extended_at=DUE)
    dossier(cast, 2, office=cast.centre)
    dossier(cast, 3, test=True, citizen=None)
    dossier(cast, 4, submitted_at=register.start(FIRST) - timedelta(seconds=1))
    dossier(cast, 5, submitted_at=register.start(LAST) + timedelta(hours=23, minutes=59))
    dossier(cast, 6, submitted_at=register.start(LAST + timedelta(days=1)))
    paper(here, "Giấy riêng tư")
    text = words(issue.register(cast.neighbour, FIRST, LAST, address=HERE))
    assert "SỔ THEO DÕI HỒ SƠ" in text
    assert "Tổng số: 2 hồ sơ" in text
    assert [code in text for code in (f"H11-261102-{number:04d}" for number in range(1, 7))] == [
        True, False, False, False, True, False,
    ]  # fmt: skip
    assert "Quá hạn; Đã xin" in text
    for private in ("Quàng Văn An", cast.an.number, "Giấy riêng tư"):
        assert private not in text


def test_slip_07_keeps_what_the_office_received_and_passed_on(cast: Province) -> None:
    """Filed at the centre's counter, decided by the police, come back; and filed online, where the centre's staff checks it first."""
    counter = dossier(cast, 1, office=cast.centre, received_by=cast.centre, channel="counter")
    online = dossier(cast, 2, office=cast.centre)
    for of in (counter, online):
        of.office = cast.neighbour
        of.save()
    assert list(register.received(cast.centre, FIRST, LAST).order_by("code")) == [counter, online]
    assert not register.received(cast.neighbour, FIRST, LAST).exists()
    text = words(issue.register(cast.centre, FIRST, LAST, address=HERE))
    assert "Tổng số: 2 hồ sơ" in text
    notes = [row.note for row in register.lines(cast.centre, FIRST, LAST)]
    assert notes == [f"Nay ở {cast.neighbour.name}"] * 2


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL scans a table of one row, whatever the indexes")
def test_slip_07_reads_its_own_lines_alone_among_a_million(cast: Province) -> None:
    dossier(cast)
    with CaptureQueriesContext(connection) as ran:
        list(register.lines(cast.neighbour, FIRST, LAST))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {ran.captured_queries[-1]['sql']}")
        plan = [str(row[3]) for row in cursor.fetchall()]
    assert any(
        "dossier_received_by_office (first_office_id=? AND submitted_at>? AND submitted_at<?)" in one for one in plan
    ), plan
    assert not any("SCAN procedures_dossier" in one for one in plan)


def test_slip_07_as_csv_has_the_same_lines_and_no_formula(cast: Province) -> None:
    version = cast.version
    version.pk, version.number, version.name = None, 2, "=HYPERLINK(1)"
    version.published_at, version.published_by = None, None
    version.save()
    dossier(cast, 1)
    dossier(cast, 2)
    text = "".join(register.csv_of(cast.neighbour, FIRST, LAST))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert [row["ma_ho_so"] for row in rows] == ["H11-261102-0001", "H11-261102-0002"]
    assert rows[0]["ten_thu_tuc"] == "'=HYPERLINK(1)"
    assert rows[0]["ngay_hen_tra"] == "05/11/2026 17:00"
    assert "Quàng" not in text


def test_slip_07_as_csv_is_vietnamese_whoever_asks(cast: Province, desk: FaceClient) -> None:
    dossier(cast, 1)
    straight_in(desk, cast.khoa)
    days = {"office": cast.neighbour.code, "first": "2026-11-01", "last": "2026-11-30"}
    ours = desk.get("/dossiers/register/register.csv", days).content
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert b'lang="en"' in desk.get("/dossiers/register/", days).content
    assert desk.get("/dossiers/register/register.csv", days).content == ours
    assert "trực tuyến" in ours.decode().lower()


def test_a_register_with_nothing_in_it_says_so(cast: Province) -> None:
    assert "Không có hồ sơ nào trong thời gian này." in words(issue.register(cast.neighbour, FIRST, LAST, address=HERE))


def test_a_long_register_is_laid_out_in_parts_that_are_one_paper(
    cast: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "A_PART", 40)
    for number in range(1, 101):
        dossier(cast, number)
    with CaptureQueriesContext(connection) as asked:
        file = issue.register(cast.neighbour, FIRST, LAST, address=HERE)
    assert len(asked) <= 6
    text = words(file)
    assert [f"H11-261102-{number:04d}" in text for number in range(1, 101)] == [True] * 100
    assert text.count("SỔ THEO DÕI HỒ SƠ") == 1
    assert text.count("NGƯỜI LẬP SỔ") == 1
    assert pages(file) > 3


def test_more_than_anybody_prints_is_refused(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "MOST_PRINTED", 1)
    dossier(cast, 1)
    dossier(cast, 2)
    with pytest.raises(register.TooLong):
        issue.register(cast.neighbour, FIRST, LAST, address=HERE)
