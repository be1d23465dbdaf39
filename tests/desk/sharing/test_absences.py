"""Who is away, who stands in: which days and people can't be, and whose work is whose on a day."""

from datetime import date, timedelta

import pytest

from keng.accounts.models import Absence, User
from keng.core.ids import this_hour
from keng.desk.models import Grant
from keng.desk.sharing import absences, services
from keng.ledger.models import Entry
from keng.mailbox.errors import Conflict, Malformed, NotAllowed, Refused
from tests.cast import Cast, user

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def _the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(absences, "localdate", lambda: TODAY)


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def away(officer: User, first: int, last: int, stand_in: User | None = None, by: User | None = None) -> Absence:
    return services.add_absence(officer=officer, first=day(first), last=day(last), stand_in=stand_in, by=by or officer)


def test_on_those_days_a_stand_in_works_for_two_and_on_no_other(cast: Cast) -> None:
    away(cast.hoa, 1, 3, cast.nam)
    work = [services.working_for(cast.nam, day(number)) for number in range(5)]
    both = {cast.hoa, cast.nam}
    assert work == [{cast.nam}, both, both, both, {cast.nam}]
    assert services.working_for(cast.hoa, day(2)) == {cast.hoa}
    assert Entry.objects.get(verb=absences.ADDED).purpose == "2026-11-23..2026-11-25 nam"


def test_nobody_works_for_those_for_whom_the_absent_stand_in(cast: Cast, mai: User) -> None:
    """Mai for Nam, Nam for Hoà: Mai has not Hoà's work too."""
    away(cast.hoa, 0, 5, cast.nam)
    away(cast.nam, 0, 5, mai)
    assert services.working_for(mai, TODAY) == {mai, cast.nam}
    assert [absence.officer for absence in absences.without_stand_in(officer=cast.nam, first=TODAY, last=day(5))] == [
        cast.hoa
    ]


def test_a_stand_in_for_several_has_the_work_of_all_and_not_of_who_left(cast: Cast, mai: User) -> None:
    away(cast.hoa, 0, 5, cast.nam)
    away(mai, 0, 5, cast.nam)
    User.objects.filter(pk=mai.pk).update(is_active=False)
    assert services.working_for(cast.nam, TODAY) == {cast.nam, cast.hoa}


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (3, 2, "Ngày về phải bằng hoặc sau ngày đi"),
        (-9, -1, "chưa qua"),
        (-40, 5, "không quá 31 ngày trước"),
        (-365 * 3, -365 * 3 + 4, "chưa qua"),
        (0, 400, "dài nhất một năm"),
        (800, 801, "hai năm tới"),
    ],
)
def test_days_that_no_absence_has_are_refused(cast: Cast, first: int, last: int, says: str) -> None:
    with pytest.raises(Malformed) as told:
        away(cast.hoa, first, last)
    assert says in str(told.value.sentence)
    assert not Absence.objects.exists()


def test_an_absence_may_have_begun_and_may_last_one_day(cast: Cast) -> None:
    assert away(cast.hoa, -5, 0).first == day(-5)
    assert away(cast.nam, 2, 2).last == day(2)


@pytest.mark.parametrize(("first", "last"), [(5, 9), (1, 2), (0, 20), (3, 4), (2, 2), (5, 5)])
def test_ones_absences_do_not_overlap(cast: Cast, first: int, last: int) -> None:
    away(cast.hoa, 2, 5)
    with pytest.raises(Conflict, match="overlap"):
        away(cast.hoa, first, last)
    assert away(cast.hoa, 6, 7)
    assert away(cast.hoa, 0, 1)


def test_nobody_stands_in_for_oneself(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="oneself"):
        away(cast.hoa, 0, 1, cast.hoa)


def test_two_do_not_stand_in_for_each_other_at_once_but_may_by_turns(cast: Cast) -> None:
    away(cast.hoa, 0, 5, cast.nam)
    with pytest.raises(Conflict) as told:
        away(cast.nam, 5, 8, cast.hoa)
    assert told.value.code == "each_other"
    assert "hai người không thay nhau cùng lúc" in str(told.value.sentence)
    assert away(cast.nam, 6, 8, cast.hoa)


def test_a_stand_in_who_is_away_too_is_refused(cast: Cast, mai: User) -> None:
    away(mai, 3, 4)
    with pytest.raises(Conflict) as told:
        away(cast.hoa, 0, 3, mai)
    assert "Vàng Thị Mai (mai) cũng vắng 25/11/2026 – 26/11/2026" in str(told.value.sentence)


def test_o2_a_stand_in_is_of_the_same_office(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="other_office"):
        away(cast.hoa, 0, 3, cast.lan)
    assert not Absence.objects.exists()


@pytest.mark.parametrize("who", ["minh", "quan"])
def test_a_stand_in_works_at_a_box(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="no_role"):
        away(cast.hoa, 0, 1, getattr(cast, who))


def test_what_a_stand_in_cannot_open_is_known(cast: Cast, mai: User) -> None:
    assert services.cannot_open(officer=cast.hoa, stand_in=mai) == []
    Grant.objects.filter(key__user=mai).update(until=this_hour())
    assert services.cannot_open(officer=cast.hoa, stand_in=mai) == [cast.box]


def test_o2_others_absences_are_the_custodians_alone(cast: Cast, mai: User) -> None:
    for who in (mai, cast.lan, cast.minh, cast.quan):
        with pytest.raises(NotAllowed):
            away(cast.hoa, 0, 1, by=who)
    kept = away(cast.hoa, 0, 1, by=cast.nam)
    for who in (mai, cast.lan, cast.minh, cast.quan):
        with pytest.raises(NotAllowed):
            services.end_absence(absence=kept, by=who)
    assert Absence.objects.count() == 1


def test_an_absence_not_begun_is_struck_out_and_one_under_way_ended_yesterday(cast: Cast) -> None:
    later, now, today = away(cast.hoa, 3, 4), away(cast.hoa, -2, 2), away(cast.nam, 0, 2)
    for absence in (later, now):
        services.end_absence(absence=absence, by=cast.hoa)
    services.end_absence(absence=today, by=cast.nam)
    assert list(Absence.objects.values_list("officer__username", "first", "last")) == [("hoa", day(-2), day(-1))]
    assert Entry.objects.filter(verb=absences.ENDED).count() == 3


def test_a_past_absence_stays_and_a_struck_one_is_struck_once(cast: Cast) -> None:
    past = Absence.objects.create(officer=cast.hoa, first=day(-9), last=day(-8))
    with pytest.raises(NotAllowed, match="past"):
        services.end_absence(absence=past, by=cast.hoa)
    gone = away(cast.hoa, 1, 2)
    services.end_absence(absence=gone, by=cast.hoa)
    with pytest.raises(Refused) as told:
        services.end_absence(absence=gone, by=cast.hoa)
    assert told.value.status == 404


def test_a_caseworker_is_away_too_and_a_colleague_of_the_same_work_stands_in(cast: Cast) -> None:
    khoa, tho = (
        user(login, name, (cast.neighbour, "caseworker")) for login, name in (("khoa", "Khoa"), ("tho", "Thọ"))
    )
    with pytest.raises(NotAllowed, match="other_work"):
        away(khoa, 0, 3, cast.lan)
    away(khoa, 0, 3, tho)
    assert services.working_for(tho, TODAY) == {tho, khoa}
    with pytest.raises(NotAllowed):
        away(khoa, 5, 6, by=tho)
