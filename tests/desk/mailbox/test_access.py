"""Who gets at a report at all: an officer of the box's office with a grant that holds; nobody else, on no address."""

from datetime import timedelta

import pytest

from keng.accounts.models import Appointment, Role
from keng.core.ids import this_hour
from keng.desk.models import Grant, OfficerKey
from keng.ledger.models import Entry
from keng.mailbox.models import Thread
from tests.cast import BoxKeys, Cast, grant, open_box
from tests.conftest import FaceClient
from tests.desk.mailbox.conftest import Officer, Report

READS = ("", "/targets")
WRITES = ("/open", "/state", "/assess", "/answers", "/notes", "/forward")


def statuses(officer: Officer, thread: Thread) -> set[int]:
    """What every address that names the report answers."""
    digest = thread.parts.get().digest
    answers = [officer.get(f"threads/{thread.key}{path}") for path in READS] + [officer.get(f"parts/{digest}")]
    answers += [officer.post(f"threads/{thread.key}{path}", {"to": "opened", "version": 1}) for path in WRITES]
    assert all("message" in said for _status, said in answers)
    return {status for status, _said in answers}


@pytest.mark.parametrize(("who", "status"), [("lan", 404), ("dung", 404), ("minh", 403), ("quan", 403)])
def test_o2_r12_neighbour_province_leader_and_administrator_are_refused_on_every_address_of_a_report(
    cast: Cast, report: Report, who: str, status: int
) -> None:
    """`lan` holds the same role in another commune, `dung` a grant on the box above, `minh` and `quan` roles that read nothing."""
    thread, _reporter = report()
    officer = Officer(getattr(cast, who))
    before = Entry.objects.count()
    assert statuses(officer, thread) == {status}
    assert Entry.objects.count() == before
    thread.refresh_from_db()
    assert thread.version == 1


@pytest.mark.parametrize("who", ["minh", "quan"])
def test_o2_who_reads_nothing_gets_neither_page_nor_list_nor_viewer(cast: Cast, report: Report, who: str) -> None:
    report()
    officer = Officer(getattr(cast, who))
    assert officer.get("threads")[0] == 403
    assert officer.post("first-parts", {"threads": []})[0] == 403
    assert officer.client.get("/mailbox/").status_code == 403
    assert officer.client.get("/viewer").status_code == 403


def test_o2_a_neighbours_list_is_empty_of_us_and_first_parts_asked_for_by_name_are_not_given(
    cast: Cast, report: Report
) -> None:
    thread, _reporter = report()
    lan = Officer(cast.lan)
    status, said = lan.get("threads")
    assert (status, said["threads"], sum(said["counts"].values())) == (200, [], 0)
    assert lan.post("first-parts", {"threads": [thread.key]}) == (200, {"parts": {}})


def test_an_officer_of_the_office_without_a_grant_has_nothing_to_read_with(cast: Cast, report: Report) -> None:
    thread, _reporter = report()
    Grant.objects.filter(key__user=cast.hoa).delete()
    hoa = Officer(cast.hoa)
    assert statuses(hoa, thread) == {404}
    assert hoa.get("threads")[1]["threads"] == []


@pytest.mark.parametrize("ended", ["grant", "key"])
def test_a_grant_or_key_that_has_ended_opens_nothing(cast: Cast, report: Report, ended: str) -> None:
    thread, _reporter = report()
    if ended == "grant":
        Grant.objects.filter(key__user=cast.hoa).update(until=this_hour())
    else:
        OfficerKey.objects.filter(user=cast.hoa).update(until=this_hour())
    assert statuses(Officer(cast.hoa), thread) == {404}


def test_an_officer_who_has_left_the_office_reads_no_more_though_the_grant_was_forgotten(
    cast: Cast, report: Report
) -> None:
    thread, _reporter = report()
    hoa = Officer(cast.hoa)
    hoa.opens(thread)
    Appointment.objects.filter(user=cast.hoa).update(until=this_hour())
    Appointment.objects.create(
        user=cast.hoa, office=cast.neighbour, role=Role.OFFICER, since=this_hour() - timedelta(days=1)
    )
    assert statuses(hoa, thread) == {404}
    assert hoa.get("threads")[1]["threads"] == []


def test_a_grant_on_one_box_of_the_office_opens_no_other_box_of_it(cast: Cast, report: Report) -> None:
    thread, _reporter = report()
    complaints = BoxKeys("phan-anh")
    box = open_box("phan-anh", cast.post, complaints)
    Grant.objects.filter(key__user=cast.hoa).delete()
    grant(box, complaints, cast.hoa, cast.nam, cast.pairs["hoa"])
    hoa = Officer(cast.hoa)
    assert statuses(hoa, thread) == {404}
    assert hoa.get("threads", box="na-co-sa")[0] == 400


def test_somebody_not_signed_in_is_sent_to_sign_in(cast: Cast, report: Report) -> None:
    thread, _reporter = report()
    visitor = FaceClient("desk")
    assert visitor.get("/mailbox/").status_code == 302
    assert visitor.get(f"/mailbox/api/threads/{thread.key}").json()["error"] == "sign_in"


@pytest.mark.parametrize("key", ["0" * 63, "0" * 65, "G" * 64, "../../keys", "0" * 64])
def test_a_report_key_of_the_wrong_length_or_of_no_report_is_not_found(hoa: Officer, key: str) -> None:
    assert hoa.client.get(f"/mailbox/api/threads/{key}").status_code == 404


@pytest.mark.parametrize("path", ["threads", "first-parts"])
def test_each_address_takes_one_verb(hoa: Officer, path: str) -> None:
    wrong = {"threads": hoa.client.post, "first-parts": hoa.client.get}[path]
    assert wrong(f"/mailbox/api/{path}").status_code == 405


def test_a_post_without_the_csrf_token_changes_nothing(cast: Cast, report: Report) -> None:
    thread, _reporter = report()
    hoa = Officer(cast.hoa)
    hoa.client.handler.enforce_csrf_checks = True
    status, said = hoa.post(f"threads/{thread.key}/open")
    assert (status, said["error"]) == (403, "csrf")
    thread.refresh_from_db()
    assert thread.version == 1
