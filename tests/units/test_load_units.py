"""`manage.py load_units`: the official list as founded on 1 July 2025, then the changes since."""

from collections import Counter
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from keng.ledger.models import Entry
from keng.units.changes import Basis, rename
from keng.units.load import FOLDER, FOUNDED, load_units
from keng.units.models import Unit, UnitEvent

pytestmark = pytest.mark.django_db
AFTER = date(2026, 11, 22)


def run(**options: int) -> str:
    out = StringIO()
    call_command("load_units", stdout=out, **options)
    return out.getvalue()


def kinds_on(day: date, codes: list[str]) -> Counter[str]:
    units = Unit.objects.filter(code__in=codes).prefetch_related("events")
    return Counter(form.kind for unit in units if (form := unit.as_of(day)))


def copied(to: Path, name: str, old: str, new: str) -> Path:
    for path in FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert path.name != name or old in text
        (to / path.name).write_text(text.replace(old, new, 1) if path.name == name else text, encoding="utf-8")
    return to


def test_the_whole_country_is_loaded_and_a_second_run_changes_nothing() -> None:
    first = run()
    assert "+ 11 tỉnh Điện Biên" in first
    assert "~ 75 Đồng Nai: tỉnh → thành phố (30/04/2026, 30/2026/QH16)" in first
    assert Unit.objects.filter(parent=None).count() == 34
    communes = Unit.objects.exclude(parent=None)
    assert communes.count() == 3321
    per_province = Counter(communes.values_list("parent_id", flat=True))
    assert {code: per_province[code] for code in ("11", "12", "22", "75")} == {"11": 45, "12": 38, "22": 54, "75": 95}
    assert set(Unit.objects.values_list("valid_from", flat=True)) == {FOUNDED}
    rows, entries = UnitEvent.objects.count(), Entry.objects.count()
    assert run() == "Địa bàn: không có gì thay đổi.\n"
    assert (UnitEvent.objects.count(), Entry.objects.count()) == (rows, entries)


def test_dong_nai_was_23_wards_and_72_communes_and_became_33_and_62() -> None:
    load_units()
    codes = list(Unit.objects.filter(parent="75").values_list("code", flat=True))
    assert kinds_on(FOUNDED, codes) == {"phuong": 23, "xa": 72}
    assert kinds_on(date(2026, 4, 29), codes) == {"phuong": 23, "xa": 72}
    assert kinds_on(date(2026, 4, 30), codes) == {"phuong": 33, "xa": 62}
    assert kinds_on(FOUNDED, ["75", "22"]) == {"tinh": 2}
    assert kinds_on(date(2026, 4, 30), ["75", "22"]) == {"tinh": 1, "thanh_pho": 1}
    assert kinds_on(AFTER, ["75", "22"]) == {"thanh_pho": 2}
    assert Counter(Unit.objects.exclude(parent=None).values_list("kind", flat=True)) == {
        "xa": 2611,
        "phuong": 697,
        "dac_khu": 13,
    }


def test_each_change_stands_in_the_ledger_with_its_decision() -> None:
    load_units()
    changes = Entry.objects.filter(verb="units.unit.kind_changed")
    assert changes.count() == 12
    assert changes.get(subject="22").case == "36/2026/QH16"
    assert UnitEvent.objects.get(unit="22", kind="kind_changed").certainty
    assert Entry.objects.get(verb="units.loaded").purpose == "3355 đơn vị"


def test_two_communes_of_one_name_stay_apart() -> None:
    load_units()
    assert sorted(Unit.objects.filter(name="Quảng Lâm").values_list("parent__name", flat=True)) == [
        "Cao Bằng",
        "Điện Biên",
    ]
    assert Unit.objects.get(code="03164").full_name == "Xã Quảng Lâm"


def test_a_missing_unit_comes_back_and_a_spelling_is_put_right(tmp_path: Path) -> None:
    load_units()
    assert load_units(copied(tmp_path, "units.csv", "Thanh Yên", "Thanh Yênn")) == ["~ 03349 Thanh Yên -> Thanh Yênn"]
    unit = Unit.objects.get(code="03349")
    assert (unit.name, unit.search_key) == ("Thanh Yênn", "thanh yenn")
    assert load_units() == ["~ 03349 Thanh Yênn -> Thanh Yên"]


def test_a_name_given_by_a_later_decision_is_not_taken_back() -> None:
    load_units()
    unit = Unit.objects.get(code="03349")
    rename(unit=unit, name="Thanh An", basis=Basis(date=date(2026, 5, 1), decision="1/NQ", by="quan"))
    assert load_units() == []
    unit.refresh_from_db()
    assert unit.name == "Thanh An"


def test_a_change_that_cannot_be_entered_is_said_and_leaves_the_others(tmp_path: Path) -> None:
    lines = load_units(copied(tmp_path, "unit_changes.csv", "25270,Lộc Ninh", "99999,Không Có"))
    assert any(line.startswith("! 99999 Không Có: ") for line in lines)
    assert any(line.startswith("~ 75 ") for line in lines)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("units.csv", "03164,xa,", "03164,lang,"),
        ("units.csv", "03164,xa,Quảng Lâm,11", "03164,xa,Quảng Lâm,"),
        ("units.csv", "03164,xa,Quảng Lâm,", "03164,xa,,"),
        ("units.csv", "03164,", "164,"),
        ("units.csv", "kind,name", "name,type"),
        ("unit_changes.csv", "2026-04-30", "30/4/2026"),
        ("unit_changes.csv", "tinh,thanh_pho", "tinh,phuong"),
    ],
)
def test_a_row_that_cannot_be_names_its_file_and_line_and_changes_nothing(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    with pytest.raises(ValueError, match=rf"{name}, dòng \d+: "):
        load_units(copied(tmp_path, name, old, new))
    assert not Unit.objects.exists()
