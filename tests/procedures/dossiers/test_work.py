"""Who works on a dossier: one at a time, at the office that holds it, or who stands in for them."""

from datetime import date, timedelta

import pytest

from keng.accounts.models import Absence, Appointment, Role, User
from keng.core.calendar import add_working_days
from keng.ledger.models import Entry
from keng.procedures.dossiers import services
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.models import Dossier, Event, Message, State
from tests.cast import user
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, counter_draft, decided, draft, entries, submitted

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture
def hien(cast: Province) -> User:
    """Thu's colleague at the centre."""
    return user("hien", "Tòng Thị Hiên", (cast.centre, Role.CASEWORKER))


def stands_in(officer: User, who: User, first: date = TODAY, last: date = TODAY) -> None:
    Absence.objects.create(officer=officer, stand_in=who, first=first, last=last)


def test_the_clock_begins_when_it_is_accepted_not_when_it_was_filed(cast: Province) -> None:
    with at("2026-11-20 16:00"):
        dossier = submitted(cast)
    with at("2026-11-23 08:00"):
        services.accept(dossier=dossier, by=cast.thu)
    assert dossier.state == State.PROCESSING
    assert dossier.owner == cast.thu
    assert dossier.due is not None
    assert dossier.due.isoformat() == "2026-11-27T17:00:00+07:00"  # 24 November is a day off
    assert dossier.first_due == dossier.due
    message = Message.objects.get(kind="accepted")
    assert message.values["due"] == "2026-11-27T17:00+07:00"


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told_who(cast: Province, hien: User) -> None:
    dossier = submitted(cast)
    seen_by_hien = Dossier.objects.get(pk=dossier.pk)
    services.accept(dossier=dossier, by=cast.thu)
    with pytest.raises(Conflict) as caught:
        services.accept(dossier=seen_by_hien, by=hien)
    assert "Lò Thị Thu" in caught.value.sentence
    dossier.refresh_from_db()
    assert dossier.owner == cast.thu
    assert entries(dossier).count("accepted") == 1


def test_of_two_who_take_at_once_one_wins_and_the_other_is_told_who(cast: Province, hien: User) -> None:
    dossier = submitted(cast)
    seen_by_hien = Dossier.objects.get(pk=dossier.pk)
    services.take(dossier=dossier, by=cast.thu)
    with pytest.raises(Conflict) as caught:
        services.take(dossier=seen_by_hien, by=hien)
    assert "Lò Thị Thu" in caught.value.sentence
    with pytest.raises(Conflict) as caught:
        services.take(dossier=dossier, by=hien)
    assert "Lò Thị Thu" in caught.value.sentence


def test_the_officer_of_another_commune_does_nothing_with_it(cast: Province) -> None:
    dossier = submitted(cast)
    for deed in (services.accept, services.take):
        with pytest.raises(NotAllowed):
            deed(dossier=dossier, by=cast.lam)
    services.accept(dossier=dossier, by=cast.thu)
    with pytest.raises(NotAllowed):
        services.hand_over(dossier=dossier, to=cast.lam, by=cast.thu)
    with pytest.raises(NotAllowed):
        services.hand_over(dossier=dossier, to=cast.lam, by=cast.lam)
    assert entries(dossier) == ["accepted", "submitted"]


def test_bulk_accept_keeps_what_can_be_and_says_of_the_rest_why_not(cast: Province, hien: User) -> None:
    several = [submitted(cast) for _ in range(4)]
    services.take(dossier=several[1], by=hien)
    services.withdraw(dossier=several[2], by=None)
    refused = services.accept_many(dossiers=several, by=cast.thu)
    assert {dossier.pk for dossier, _why in refused} == {several[1].pk, several[2].pk}
    assert "Tòng Thị Hiên" in {dossier.pk: why.sentence for dossier, why in refused}[several[1].pk]
    assert [one.state for one in several] == ["processing", "submitted", "withdrawn", "processing"]
    assert entries(several[0]).count("accepted") == 1


def test_handed_over_it_is_the_colleagues_alone(cast: Province, hien: User) -> None:
    dossier = services.hand_over(dossier=accepted(cast), to=hien, by=cast.thu, note="Đồng chí rành khu này hơn")
    assert dossier.owner == hien
    with pytest.raises(Conflict):
        services.give_back(dossier=dossier, by=cast.thu)
    assert Event.objects.get(kind="handed_over").note == "Đồng chí rành khu này hơn"
    assert Entry.objects.get(verb="procedures.dossier.handed_over").purpose == "hien"
    services.give_back(dossier=dossier, by=hien)
    assert dossier.owner is None
    assert services.take(dossier=dossier, by=cast.thu).owner == cast.thu


def test_who_stands_in_today_may_do_what_the_owner_may_and_not_the_day_after(cast: Province, hien: User) -> None:
    stands_in(cast.thu, hien)
    with at("2026-11-24 08:00"):
        dossier = accepted(cast)
        with pytest.raises(Conflict):
            services.advance(dossier=dossier, by=hien)
    with at("2026-11-23 08:00"):
        services.advance(dossier=dossier, by=hien)
    assert dossier.office == cast.neighbour
    assert Entry.objects.get(verb="procedures.dossier.advanced").by == "hien"


def test_who_stands_in_may_also_make_it_their_own(cast: Province, hien: User) -> None:
    stands_in(cast.thu, hien)
    with at("2026-11-23 08:00"):
        assert services.take(dossier=accepted(cast), by=hien).owner == hien


def test_who_stands_in_for_the_owner_at_another_office_does_nothing(cast: Province) -> None:
    stands_in(cast.thu, cast.khoa)
    with at("2026-11-23 08:00"), pytest.raises(NotAllowed):
        services.advance(dossier=accepted(cast), by=cast.khoa)


def test_what_somebody_had_who_no_longer_works_there_may_be_taken(cast: Province, hien: User) -> None:
    dossier = accepted(cast)
    Appointment.objects.filter(user=cast.thu).update(
        until=Appointment.objects.get(user=cast.thu).since + timedelta(days=1)
    )
    assert services.take(dossier=dossier, by=hien).owner == hien


def test_the_next_step_may_be_another_offices_with_a_time_of_its_own(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
        services.advance(dossier=dossier, by=cast.thu)
    assert (dossier.step, dossier.office, dossier.owner) == (1, cast.neighbour, None)
    # 16 office hours of 7.5 a day, after a day off
    assert dossier.step_due is not None
    assert dossier.step_due.isoformat() == "2026-11-26T09:00:00+07:00"
    assert Message.objects.get(kind="advanced").values["step"] == "Thẩm tra, cập nhật"
    with pytest.raises(NotAllowed):
        services.take(dossier=dossier, by=cast.thu)
    services.take(dossier=dossier, by=cast.khoa)
    services.advance(dossier=dossier, by=cast.khoa)
    assert (dossier.step, dossier.owner) == (2, cast.khoa)
    with pytest.raises(Refused, match="last_step"):
        services.advance(dossier=dossier, by=cast.khoa)


def test_a_step_that_was_done_wrongly_goes_back_to_its_office_with_the_reason_and_the_due_date_stays(
    cast: Province, hien: User
) -> None:
    with at("2026-11-23 08:00"):
        dossier = services.advance(dossier=accepted(cast), by=cast.thu, to=cast.khoa)
    due = dossier.due
    with at("2026-11-25 08:00"):
        with pytest.raises(NotAllowed):
            services.send_back(dossier=dossier, reason="Thiếu chữ ký", by=cast.thu)
        with pytest.raises(Refused, match="no_reason"):
            services.send_back(dossier=dossier, reason="  ", by=cast.khoa)
        services.send_back(dossier=dossier, reason="Thiếu chữ ký chủ nhà", by=cast.khoa)
    assert (dossier.step, dossier.office, dossier.owner, dossier.state) == (0, cast.centre, None, State.PROCESSING)
    assert dossier.due == due
    assert dossier.step_due is not None
    assert dossier.step_due.isoformat() == "2026-11-25T14:00:00+07:00", "its four hours anew"
    event = Event.objects.get(kind="sent_back")
    assert (event.note, event.office, event.by) == ("Thiếu chữ ký chủ nhà", cast.neighbour.code, "khoa")
    entry = Entry.objects.get(verb="procedures.dossier.sent_back")
    assert (entry.purpose, entry.office, entry.case) == ("1", cast.neighbour.code, dossier.code)
    services.take(dossier=dossier, by=hien)
    assert services.advance(dossier=dossier, by=hien).step == 1


def test_within_an_office_a_step_sent_back_stays_whose_it_is_and_before_the_first_there_is_none(cast: Province) -> None:
    dossier = services.advance(dossier=accepted(cast), by=cast.thu, to=cast.khoa)
    services.advance(dossier=dossier, by=cast.khoa)
    services.send_back(dossier=dossier, reason="Ghi sai tên", by=cast.khoa)
    assert (dossier.step, dossier.owner) == (1, cast.khoa)
    services.send_back(dossier=dossier, reason="Ghi sai tên", by=cast.khoa)
    services.take(dossier=dossier, by=cast.thu)
    with pytest.raises(Refused, match="first_step"):
        services.send_back(dossier=dossier, reason="Ghi sai tên", by=cast.thu)


def test_a_step_goes_on_to_somebody_who_works_there(cast: Province, hien: User) -> None:
    dossier = accepted(cast)
    with pytest.raises(NotAllowed):
        services.advance(dossier=dossier, by=cast.thu, to=hien)
    assert services.advance(dossier=dossier, by=cast.thu, to=cast.khoa).owner == cast.khoa


def test_what_nobody_took_nobody_decides(cast: Province) -> None:
    with pytest.raises(Conflict, match="not_taken"):
        services.refuse(dossier=submitted(cast), reason="thiếu", by=cast.thu)


def test_a_stale_page_changes_nothing(cast: Province) -> None:
    dossier = decided(cast)
    stale = Dossier.objects.get(pk=dossier.pk)
    assert dossier.due is not None
    later = add_working_days(dossier.due.date(), 5)
    services.extend(dossier=dossier, due=later, reason="chờ xác minh", by=cast.khoa)
    with pytest.raises(Conflict, match="changed"):
        services.finish(dossier=stale, by=cast.khoa)


def test_what_was_filed_at_a_counter_is_fetched_there(cast: Province) -> None:
    made = counter_draft(cast, cast.lam, cast.other_centre)
    dossier = services.submit(draft=made, by=cast.lam)
    services.accept(dossier=dossier, by=cast.lam)
    services.advance(dossier=dossier, by=cast.lam, to=cast.khoa)
    services.finish(dossier=dossier, by=cast.khoa)
    assert (dossier.office, dossier.owner, dossier.state) == (cast.other_centre, None, State.DONE)
    assert Message.objects.get(kind="finished").values["fetch"] == cast.other_centre.name
    with pytest.raises(NotAllowed):
        services.hand_out(dossier=dossier, by=cast.khoa)
    assert services.hand_out(dossier=dossier, by=cast.lam).state == State.RETURNED


def test_the_counter_does_not_settle_what_the_police_must_decide(cast: Province) -> None:
    with pytest.raises(Refused, match="steps"):
        services.finish(dossier=accepted(cast), by=cast.thu)
    assert services.finish(dossier=decided(cast), by=cast.khoa).office == cast.neighbour


def test_the_row_version_rises_with_every_change(cast: Province) -> None:
    dossier = draft(cast)
    filed = services.submit(draft=dossier, by=None)
    versions = [filed.row_version]
    for change in (
        lambda: services.take(dossier=filed, by=cast.thu),
        lambda: services.accept(dossier=filed, by=cast.thu),
        lambda: services.give_back(dossier=filed, by=cast.thu),
    ):
        versions.append(change().row_version)
    assert versions == [1, 2, 3, 4]


@pytest.mark.parametrize("deed", ["advance", "ask", "extend", "finish", "give_back", "hand_over", "refuse", "stop"])
def test_a_colleague_at_the_same_office_decides_nothing_of_what_another_has(
    cast: Province, hien: User, deed: str
) -> None:
    with at("2026-11-23 08:00"):
        dossier = accepted(cast)
        deeds = {
            "advance": lambda: services.advance(dossier=dossier, by=hien),
            "ask": lambda: services.ask_supplement(
                dossier=dossier, items=[{"title": "Ảnh"}], by_day=date(2026, 12, 10), by=hien
            ),
            "extend": lambda: services.extend(dossier=dossier, due=date(2026, 12, 2), reason="chờ", by=hien),
            "finish": lambda: services.finish(dossier=dossier, by=hien),
            "give_back": lambda: services.give_back(dossier=dossier, by=hien),
            "hand_over": lambda: services.hand_over(dossier=dossier, to=hien, by=hien),
            "refuse": lambda: services.refuse(dossier=dossier, reason="không đủ", by=hien),
            "stop": lambda: services.stop(dossier=dossier, reason="không đủ", by=hien),
        }
        with pytest.raises(Conflict, match="somebodys"):
            deeds[deed]()
    dossier.refresh_from_db()
    assert (dossier.owner, dossier.state, dossier.office) == (cast.thu, State.PROCESSING, cast.centre)
    assert entries(dossier) == ["accepted", "submitted"]


def test_what_a_stand_in_accepts_stays_the_owners(cast: Province, hien: User) -> None:
    stands_in(cast.thu, hien)
    with at("2026-11-23 08:00"):
        dossier = services.take(dossier=submitted(cast), by=cast.thu)
        services.accept(dossier=dossier, by=hien)
    assert dossier.owner == cast.thu
    assert Entry.objects.get(verb="procedures.dossier.accepted").by == "hien"


def test_a_colleague_who_hands_the_result_out_does_not_take_it_from_whoever_made_it(cast: Province) -> None:
    other = user("phong", "Tòng Văn Phong", (cast.neighbour, Role.CASEWORKER))
    dossier = services.finish(dossier=decided(cast), by=cast.khoa)
    assert services.hand_out(dossier=dossier, by=other).owner == cast.khoa


def test_o4_a_deed_is_written_down_for_the_office_that_did_it_not_for_the_one_that_goes_on(cast: Province) -> None:
    dossier = decided(cast)
    assert dossier.office == cast.neighbour
    assert Entry.objects.get(verb="procedures.dossier.advanced").office == cast.centre.code
    assert Event.objects.get(kind="advanced").office == cast.centre.code


def test_more_than_two_hundred_are_not_accepted_at_one_press(cast: Province) -> None:
    dossier = submitted(cast)
    with pytest.raises(Refused, match="too_many"):
        services.accept_many(dossiers=[dossier] * 201, by=cast.thu)
    assert dossier.state == State.SUBMITTED
