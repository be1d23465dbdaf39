"""A named reporter is told the result within the legal time; an anonymous tip has nobody to tell."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from keng.core.calendar import due_hour
from keng.core.ids import this_hour
from keng.desk.intake import untold
from keng.desk.models import Intake
from keng.ledger.models import Entry
from keng.mailbox.models import Thread
from tests.cast import Cast
from tests.desk.intake.conftest import thread_of
from tests.desk.mailbox.conftest import Officer, Report

Enter = Callable[..., tuple[int, Any]]


def moved(officer: Officer, thread: Thread, *states: str) -> Intake:
    officer.opens(thread)
    for state in states:
        thread.refresh_from_db()
        status, said = officer.post(f"threads/{thread.key}/state", {"to": state, "version": thread.version})
        assert status == 200, said
    return Intake.objects.get(thread=thread)


def entered(cast: Cast, hoa: Officer, enter: Enter, **asked: str) -> Thread:
    reporter = cast.reporter()
    assert enter(hoa, reporter, **asked)[0] == 201
    return thread_of(reporter)


def test_the_time_for_telling_runs_from_the_result(cast: Cast, hoa: Officer, enter: Enter) -> None:
    thread = entered(cast, hoa, enter)
    assert moved(hoa, thread, "verifying").tell_due is None
    assert moved(hoa, thread, "acted_on").tell_due == due_hour(this_hour(), "report.tell")


def test_taking_the_report_up_again_calls_the_telling_off(cast: Cast, hoa: Officer, enter: Enter) -> None:
    thread = entered(cast, hoa, enter)
    assert moved(hoa, thread, "verifying", "not_enough").tell_due is not None
    assert moved(hoa, thread, "verifying").tell_due is None
    assert moved(hoa, thread, "unfounded").tell_due is not None


def test_closing_sets_no_new_time_for_what_a_result_has_set(cast: Cast, hoa: Officer, enter: Enter) -> None:
    thread = entered(cast, hoa, enter)
    moved(hoa, thread, "verifying", "acted_on")
    earlier = this_hour() - timedelta(days=30)
    Intake.objects.update(tell_due=earlier)
    assert moved(hoa, thread, "closed").tell_due == earlier


def test_told_is_marked_once_and_stands_in_the_ledger(cast: Cast, hoa: Officer, nam: Officer, enter: Enter) -> None:
    thread = entered(cast, hoa, enter)
    moved(hoa, thread, "verifying", "acted_on")
    assert hoa.post(f"threads/{thread.key}/told")[0] == 200
    assert nam.post(f"threads/{thread.key}/told")[0] == 200
    intake = Intake.objects.get(thread=thread)
    assert intake.told == this_hour()
    assert [entry.by for entry in Entry.objects.filter(verb="desk.report.told")] == ["hoa"]
    assert hoa.get(f"threads/{thread.key}")[1]["intake"]["told"] == intake.told.isoformat()


def test_before_there_is_a_result_or_without_a_name_nobody_is_told(
    cast: Cast, hoa: Officer, enter: Enter, report: Report
) -> None:
    named = entered(cast, hoa, enter)
    nameless = entered(cast, hoa, enter, named="0")
    tip, _reporter = report()
    moved(hoa, nameless, "verifying", "acted_on")
    for thread, code in ((named, "no_result"), (nameless, "not_named"), (tip, "not_named")):
        status, said = hoa.post(f"threads/{thread.key}/told")
        assert (status, said["error"]) == (409, code)
    assert Intake.objects.get(thread=nameless).tell_due is None


def test_the_untold_are_those_whose_hour_has_passed_in_these_boxes(cast: Cast, hoa: Officer, enter: Enter) -> None:
    thread = entered(cast, hoa, enter)
    due = moved(hoa, thread, "verifying", "acted_on").tell_due
    assert due is not None
    assert not untold([cast.box], due).exists()
    assert list(untold([cast.box], due + timedelta(hours=1))) == [thread]
    assert not untold([cast.police], due + timedelta(hours=1)).exists()
    hoa.post(f"threads/{thread.key}/told")
    assert not untold([cast.box], due + timedelta(hours=1)).exists()


def test_another_office_marks_nobody_as_told(cast: Cast, hoa: Officer, enter: Enter) -> None:
    thread = entered(cast, hoa, enter)
    moved(hoa, thread, "verifying", "acted_on")
    assert Officer(cast.lan).client.post(f"/mailbox/api/threads/{thread.key}/told").status_code == 404
    assert Intake.objects.get(thread=thread).told is None


def test_an_untold_result_is_late_in_the_list_in_its_counts_and_in_its_row(
    cast: Cast, hoa: Officer, enter: Enter
) -> None:
    thread = entered(cast, hoa, enter)
    moved(hoa, thread, "verifying", "acted_on")
    assert hoa.get("threads", late="1")[1]["threads"] == []
    Intake.objects.update(tell_due=this_hour() - timedelta(hours=1))
    for state in ("", "open", "done"):
        page = hoa.get("threads", late="1", state=state)[1]
        assert [(row["thread"], row["late"]) for row in page["threads"]] == [(thread.key, True)]
        assert page["counts"]["late"] == 1
    assert hoa.get("threads", late="1", state="received")[1]["threads"] == []
    hoa.post(f"threads/{thread.key}/told")
    page = hoa.get("threads", state="done")[1]
    assert [(row["late"], row["tell_due"]) for row in page["threads"]] == [(False, "")]
    assert page["counts"]["late"] == 0
