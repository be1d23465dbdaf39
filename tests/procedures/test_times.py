"""How long a commune really took: whole months, results only, read from one index."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.procedures import times
from keng.procedures.models import Dossier, State
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@pytest.fixture
def cast() -> Province:
    return Province()


def ended(cast: Province, minutes: int | None = 600, *, number: int = 0, **more: object) -> Dossier:
    number = number or Dossier.objects.count() + 1
    closed = more.pop("closed_at", datetime(2026, 5, 4, 3, tzinfo=UTC))
    values = {
        "citizen": cast.an, "procedure": cast.version.procedure, "version": cast.version, "unit": cast.thanh_yen,
        "office": cast.neighbour, "channel": "counter", "state": State.DONE, "in_time": "on", "closed_at": closed,
        "worked_minutes": minutes, **more,
    }  # fmt: skip
    return Dossier.objects.create(code=f"H11.03349-260504-{number:04}", **values)


def of(cast: Province) -> times.Times | None:
    return times.of(procedure=cast.version.procedure, unit=cast.thanh_yen, today=TODAY)


def test_half_and_nine_of_ten_and_how_many_in_time(cast: Province) -> None:
    for minutes in (100, 200, 300, 400, 500, 600, 700, 800, 900, 1000):
        ended(cast, minutes, in_time="late" if minutes > 800 else "early")
    assert of(cast) == times.Times(number=10, in_time=8, typical=500, most=900)


def test_one_dossier_is_its_own_half_and_nine_of_ten(cast: Province) -> None:
    ended(cast, 70)
    assert of(cast) == times.Times(number=1, in_time=1, typical=70, most=70)


@pytest.mark.parametrize(
    "other",
    [
        {"test": True},
        {"state": State.REFUSED},
        {"state": State.WITHDRAWN},
        {"state": State.STOPPED},
        {"minutes": None},
        {"closed_at": datetime(2025, 10, 31, 16, 59, tzinfo=UTC)},
        {"closed_at": datetime(2026, 10, 31, 17, 0, tzinfo=UTC)},
        {"closed_at": None, "state": State.PROCESSING},
    ],
    ids=repr,
)
def test_only_results_of_the_last_twelve_whole_months_count(cast: Province, other: dict[str, object]) -> None:
    ended(cast, **other)  # type: ignore[arg-type]
    assert of(cast) is None


def test_the_first_and_the_last_moment_of_the_months_count_by_the_clock_of_vietnam(cast: Province) -> None:
    ended(cast, closed_at=datetime(2025, 10, 31, 17, 0, tzinfo=UTC))
    ended(cast, closed_at=datetime(2026, 10, 31, 16, 59, tzinfo=UTC))
    found = of(cast)
    assert found is not None
    assert found.number == 2
    assert times.last_day(TODAY) == date(2026, 10, 31)


def test_another_commune_and_another_procedure_do_not_count(cast: Province) -> None:
    ended(cast, unit=cast.quang_lam)
    assert of(cast) is None


def test_more_than_are_read_are_told_by_the_newest(cast: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    ended(cast, 9999, closed_at=datetime(2026, 1, 5, 3, tzinfo=UTC))
    for _each in range(3):
        ended(cast, 60)
    monkeypatch.setattr(times, "MOST_READ", 3)
    assert of(cast) == times.Times(number=3, in_time=3, typical=60, most=60)


def test_one_query_reads_one_index_and_never_the_table(cast: Province) -> None:
    ended(cast)
    with CaptureQueriesContext(connection) as asked:
        of(cast)
    assert len(asked) == 1
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL scans a small table whatever its indexes; the bench looks at a large one")
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert (
        "USING COVERING INDEX dossier_times_of_unit (unit_id=? AND procedure_id=? AND closed_at>? AND closed_at<?)"
        in plan
    )
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan
