"""`manage.py load_calendar`."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from keng.core.calendar.load import FOLDER, load_calendar
from keng.core.models import Clock, DayOverride, OfficeHours

pytestmark = pytest.mark.django_db


def run() -> str:
    out = StringIO()
    call_command("load_calendar", stdout=out)
    return out.getvalue()


def copied(to: Path, name: str, old: str, new: str) -> Path:
    for path in FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        (to / path.name).write_text(text.replace(old, new) if path.name == name else text, encoding="utf-8")
    return to


def test_the_first_run_says_what_it_added_and_the_second_that_nothing_changed() -> None:
    first = run()
    assert "+ 10/01/2026 làm việc" in first
    assert "+ report.resolve: 20 ngày" in first
    assert run() == "Lịch: không có gì thay đổi.\n"


def test_every_rule_with_a_number_names_its_legal_basis() -> None:
    load_calendar()
    bases = [
        row
        for model in (Clock, OfficeHours, DayOverride)
        for row in model.objects.values_list("legal_basis", flat=True)
    ]
    assert len(bases) == 25
    assert all(bases)
    sure = set(Clock.objects.filter(certain=True).values_list("code", flat=True))
    assert sure == {"report.open", "report.resolve", "report.resolve_complex", "report.extension"}


def test_a_changed_file_is_brought_in_and_said(tmp_path: Path) -> None:
    load_calendar()
    assert load_calendar(copied(tmp_path, "clocks.csv", "report.resolve,20", "report.resolve,25")) == [
        "~ report.resolve: 20 ngày: amount 20 -> 25"
    ]
    assert Clock.objects.get(code="report.resolve").amount == 25


def test_an_operators_own_day_stays() -> None:
    DayOverride.objects.create(date=date(2026, 12, 7), kind="off", reason="bão", legal_basis="công điện")
    load_calendar()
    assert DayOverride.objects.filter(date=date(2026, 12, 7)).exists()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("days.csv", "2026-01-10", "10/01/2026"),
        ("office_hours.csv", "07:30", "7h30"),
        ("clocks.csv", ",hours,no,", ",hours,maybe,"),
        ("clocks.csv", "report.transfer,3", "report.transfer,ba"),
        ("clocks.csv", ",yes\n", ",yes,too,many\n"),
        ("clocks.csv", ",rolls_over", ""),
    ],
)
def test_a_row_that_cannot_be_read_names_its_file_and_line_and_changes_nothing(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    with pytest.raises(ValueError, match=rf"{name}, dòng \d+: "):
        load_calendar(copied(tmp_path, name, old, new))
    assert not DayOverride.objects.exists()
