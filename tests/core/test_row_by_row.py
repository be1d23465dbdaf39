"""A chore done row by row: a row that fails is kept out of the others' way, is told of by its key alone, and the run ends failed."""

import logging
from collections.abc import Callable

import pytest
from django.db import OperationalError

from keng.core import row_by_row
from keng.core.models import DayOverride
from keng.core.row_by_row import RowByRow, RowsFailed

pytestmark = pytest.mark.django_db


def add(day: int) -> bool:
    DayOverride.objects.create(date=f"2030-01-{day:02d}", kind="off", reason="", legal_basis="")
    return True


def days() -> list[int]:
    return sorted(date.day for date in DayOverride.objects.values_list("date", flat=True))


def failing(*rows: int, by: Exception | None = None) -> Callable[[int], bool]:
    """Adds the day, then fails where it is one of `rows`."""

    def do(day: int) -> bool:
        add(day)
        if day in rows:
            raise by or ValueError("Quàng Văn An, 011090000123")
        return True

    return do


def test_the_rows_behind_a_broken_one_are_done_what_it_had_begun_is_undone_and_the_run_ends_failed() -> None:
    done: list[int] = []

    def run() -> None:
        with RowByRow("tried") as rows:
            done.extend([rows.each([1, 2, 3], failing(2)), rows.each([4], add)])

    with pytest.raises(RowsFailed) as caught:
        run()
    assert done == [2, 1]
    assert days() == [1, 3, 4]
    assert caught.value.args == ("tried", 1)


@pytest.mark.django_db(transaction=True)
def test_each_row_is_on_disk_whatever_becomes_of_the_next() -> None:
    with pytest.raises(RowsFailed), RowByRow("tried") as rows:
        rows.each([1, 2, 3], failing(3))
    assert days() == [1, 2]


def test_a_failure_is_told_by_key_and_kind_and_nothing_that_it_quotes(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "keng"), pytest.raises(RowsFailed), RowByRow("tried") as rows:
        rows.each([1, 2], failing(2))
    assert "“tried”: dòng 2 " in caplog.text
    assert "ValueError" in caplog.text
    assert "Quàng" not in caplog.text
    assert "011090000123" not in caplog.text


def test_of_many_failures_the_journal_names_some_and_says_how_many(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_by_row, "TOLD", 3)
    with caplog.at_level(logging.INFO, "keng"), pytest.raises(RowsFailed), RowByRow("tried") as rows:
        rows.each(range(1, 11), failing(*range(1, 11)))
    assert caplog.text.count("ValueError") == 3
    assert "10 dòng chưa xong" in caplog.text


def test_however_many_fail_those_behind_them_have_their_turn() -> None:
    with pytest.raises(RowsFailed), RowByRow("tried") as rows:
        assert rows.each(range(1, 11), failing(1, 2, 3, 4), most=2) == 2
    assert days() == [5, 6]


def test_a_run_ends_at_its_limit_and_a_row_where_nothing_was_to_do_does_not_count() -> None:
    with RowByRow("tried") as rows:
        assert rows.each([1, 2, 3, 4, 5], lambda day: day % 2 == 0 and add(day), most=2) == 2
    assert days() == [2, 4]


def test_s2_where_the_database_itself_is_at_fault_the_run_leaves_off_at_once() -> None:
    tried: list[int] = []

    def do(key: int) -> bool:
        tried.append(key)
        raise OperationalError("database or disk is full")

    with pytest.raises(OperationalError), RowByRow("tried") as rows:
        rows.each(range(100), do)
    assert len(tried) == row_by_row.GIVE_UP


def test_faults_of_the_database_now_and_then_end_no_run() -> None:
    def do(key: int) -> bool:
        if key % 2:
            raise OperationalError("deadlock detected")
        return True

    with pytest.raises(RowsFailed), RowByRow("tried") as rows:
        assert rows.each(range(20), do) == 10


def test_faults_of_the_database_with_another_failure_between_them_are_those_rows_own() -> None:
    tried: list[int] = []

    def do(key: int) -> bool:
        tried.append(key)
        raise ValueError if key == row_by_row.GIVE_UP - 1 else OperationalError("database table is locked")

    with pytest.raises(RowsFailed), RowByRow("tried") as rows:
        rows.each(range(2 * row_by_row.GIVE_UP - 1), do)
    assert len(tried) == 2 * row_by_row.GIVE_UP - 1
