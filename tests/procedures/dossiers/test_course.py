"""Decisions in a dossier's course: one supplement, one apology, refusal, withdrawal, a result; what each leaves, and when it is refused."""

from datetime import date

import pytest

from keng.ledger.models import Entry
from keng.procedures.dossiers import reminding, services, states
from keng.procedures.errors import Conflict, NotAllowed, Refused
from keng.procedures.models import Dossier, Event, Message, Pause, State
from keng.procedures.slips import wording
from keng.signing import documents
from keng.signing.models import Document
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, counter_draft, decided, draft, entries, paper, submitted
from tests.procedures.slips.reading import words

pytestmark = pytest.mark.django_db
LACKING = [{"title": "Hợp đồng thuê nhà", "why": "ảnh mờ", "field": ""}, {"title": "Ảnh", "why": "", "field": ""}]


def slips(dossier: Dossier) -> list[str]:
    """Kinds of the documents that stand."""
    return sorted(Document.objects.filter(case=dossier.code, revoked_at=None).values_list("kind", flat=True))


def asked(cast: Province, by_day: str = "2026-12-10") -> Dossier:
    dossier = decided(cast)
    return services.ask_supplement(dossier=dossier, items=LACKING, by_day=date.fromisoformat(by_day), by=cast.khoa)


def test_one_complete_request_stops_the_clock_and_comes_with_its_slip(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = asked(cast)
    assert dossier.state == State.WAITING
    assert dossier.supplement.items == LACKING
    assert Pause.objects.get().until is None
    assert len(slips(dossier)) == 2  # the receipt and this
    message = Message.objects.get(kind="supplement_asked")
    assert (message.values["items"], message.values["by_day"]) == (2, "2026-12-10")


def test_a_second_request_is_refused(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = asked(cast)
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
        with pytest.raises(Conflict) as caught:
            services.ask_supplement(dossier=dossier, items=LACKING, by_day=date(2026, 12, 10), by=cast.khoa)
    assert "một lần" in caught.value.sentence
    assert dossier.state == State.PROCESSING


@pytest.mark.parametrize(
    ("items", "by_day"),
    [
        ([], "2026-12-10"),
        ([{"title": " ", "why": "x"}], "2026-12-10"),
        ([{"title": "x" * 201}], "2026-12-10"),
        ([{"title": "x"}] * 21, "2026-12-10"),
        (LACKING, "2026-11-23"),
        (LACKING, "2028-01-01"),
    ],
)
def test_a_request_for_nothing_or_for_a_day_that_can_not_be_is_refused(
    cast: Province, items: list[dict[str, str]], by_day: str
) -> None:
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
        with pytest.raises(Refused):
            services.ask_supplement(dossier=dossier, items=items, by_day=date.fromisoformat(by_day), by=cast.khoa)
    dossier.refresh_from_db()
    assert dossier.state == State.PROCESSING


def test_unanswered_it_is_stopped_the_day_after_and_the_resident_was_reminded_once_before(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = asked(cast)
    for moment, reminded, state in (
        ("2026-12-04 08:00", 0, State.WAITING),
        ("2026-12-07 08:00", 1, State.WAITING),
        ("2026-12-08 08:00", 1, State.WAITING),
        ("2026-12-10 23:00", 1, State.WAITING),
        ("2026-12-11 00:10", 1, State.STOPPED),
        ("2026-12-11 01:10", 1, State.STOPPED),
    ):
        with at(moment):
            reminding.mind_supplements()
        dossier.refresh_from_db()
        assert Message.objects.filter(kind="supplement_due").count() == reminded, moment
        assert dossier.state == state, moment
    assert Pause.objects.get().until == dossier.closed_at
    assert dossier.in_time == ""
    entry = Entry.objects.get(verb="procedures.dossier.stopped")
    assert (entry.by, entry.purpose) == ("", "system:unanswered")
    assert "10/12/2026" in Event.objects.get(kind="stopped").note
    assert Message.objects.filter(kind="stopped").exists()
    assert len(slips(dossier)) == 3


def test_an_answer_on_the_last_day_is_in_time(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = asked(cast)
    with at("2026-12-10 23:30"):
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    with at("2026-12-11 08:00"):
        assert reminding.mind_supplements() == 0
    assert dossier.state == State.PROCESSING


def test_a_refusal_needs_a_reason_and_keeps_it_out_of_the_ledger(cast: Province) -> None:
    dossier = decided(cast)
    with pytest.raises(Refused, match="no_reason"):
        services.refuse(dossier=dossier, reason="  ", by=cast.khoa)
    services.refuse(dossier=dossier, reason="Nhà không thuộc địa bàn", by=cast.khoa)
    assert dossier.state == State.REFUSED
    assert dossier.closed_at is not None
    assert Event.objects.get(kind="refused").note == "Nhà không thuộc địa bàn"
    assert not Entry.objects.filter(purpose__contains="địa bàn").exists()
    assert "Nhà" not in str(Message.objects.get(kind="refused").values)


@pytest.mark.parametrize("reason", ["x" * 501, "một\x00hai", "một\u202ehai"])
def test_a_reason_that_nobody_could_read_is_refused(cast: Province, reason: str) -> None:
    with pytest.raises(Refused):
        services.refuse(dossier=decided(cast), reason=reason, by=cast.khoa)


def test_the_resident_takes_it_back_any_time_before_a_result(cast: Province) -> None:
    for made in (submitted(cast), accepted(cast), decided(cast)):
        services.withdraw(dossier=made, by=None)
        assert made.state == State.WITHDRAWN
        assert Entry.objects.get(case=made.code, verb="procedures.dossier.withdrawn").by == ""
    done = services.finish(dossier=decided(cast), by=cast.khoa)
    with pytest.raises(Conflict):
        services.withdraw(dossier=done, by=None)


def test_the_counter_that_took_it_in_takes_it_back_for_the_resident(cast: Province) -> None:
    dossier = services.submit(draft=counter_draft(cast, cast.lam, cast.other_centre), by=cast.lam)
    services.accept(dossier=dossier, by=cast.lam)
    services.advance(dossier=dossier, by=cast.lam)
    with pytest.raises(NotAllowed):
        services.withdraw(dossier=dossier, by=cast.thu)
    assert services.withdraw(dossier=dossier, by=cast.lam).state == State.WITHDRAWN


def test_an_apology_once_with_a_later_working_day(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
        first = dossier.due
        for day in ("2026-11-27", "2026-11-25", "2026-11-28", "2026-11-29", "2028-01-03"):
            with pytest.raises(Refused):
                services.extend(dossier=dossier, due=date.fromisoformat(day), reason="chờ xác minh", by=cast.khoa)
        services.extend(dossier=dossier, due=date(2026, 12, 2), reason="chờ xác minh", by=cast.khoa)
        assert dossier.due is not None
        assert dossier.due.isoformat() == "2026-12-02T17:00:00+07:00"
        assert dossier.first_due == first
        with pytest.raises(Conflict):
            services.extend(dossier=dossier, due=date(2026, 12, 9), reason="vẫn chờ", by=cast.khoa)
    assert Message.objects.get(kind="extended").values["before"] == "2026-11-27T17:00+07:00"
    assert len(slips(dossier)) == 2


def test_an_apology_may_come_after_the_day_but_makes_nothing_timely(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
    with at("2026-12-01 08:00"):
        services.extend(dossier=dossier, due=date(2026, 12, 4), reason="chờ xác minh", by=cast.khoa)
    with at("2026-12-03 08:00"):
        services.finish(dossier=dossier, by=cast.khoa)
    assert dossier.in_time == "late"


@pytest.mark.parametrize(
    ("moment", "in_time"),
    [
        ("2026-11-26 16:59", "early"),
        ("2026-11-27 07:30", "on"),
        ("2026-11-27 17:00", "on"),
        ("2026-11-30 07:31", "late"),
    ],
)
def test_a_result_is_early_on_time_or_late_by_office_time(cast: Province, moment: str, in_time: str) -> None:
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
    with at(moment):
        services.finish(dossier=dossier, by=cast.khoa)
    assert (dossier.state, dossier.in_time) == (State.DONE, in_time)


def test_what_was_ready_at_last_minute_was_worked_on_for_so_many_office_minutes(cast: Province) -> None:
    with at("2026-11-23 16:00"):
        dossier = decided(cast)
    with at("2026-11-25 08:30"):
        services.finish(dossier=dossier, by=cast.khoa)
    assert dossier.worked_minutes == 120
    assert dossier.erase_on == date(2031, 11, 25)


def test_a_result_has_its_paper_and_its_files_and_is_handed_out(cast: Province) -> None:
    dossier = decided(cast)
    file = paper(dossier, cast.an, title="Thông báo kết quả")
    other = paper(accepted(cast), cast.an)
    with pytest.raises(Refused):
        services.finish(dossier=dossier, by=cast.khoa, files=[other])
    services.finish(dossier=dossier, by=cast.khoa, note="Đồng ý", files=[file])
    file.refresh_from_db()
    other.refresh_from_db()
    assert (file.result, other.result) == (True, False)
    assert len(slips(dossier)) == 2
    services.hand_out(dossier=dossier, by=cast.khoa)
    assert dossier.state == State.RETURNED
    assert dossier.returned_at is not None


def test_what_is_over_stays_over(cast: Province) -> None:
    over = services.withdraw(dossier=accepted(cast), by=None)
    before = entries(over)
    for deed in (
        lambda: services.accept(dossier=over, by=cast.thu),
        lambda: services.refuse(dossier=over, reason="x", by=cast.thu),
        lambda: services.stop(dossier=over, reason="x", by=cast.thu),
        lambda: services.finish(dossier=over, by=cast.thu),
        lambda: services.extend(dossier=over, due=date(2099, 1, 5), reason="x", by=cast.thu),
        lambda: services.ask_supplement(dossier=over, items=LACKING, by_day=date(2026, 12, 24), by=cast.thu),
        lambda: services.withdraw(dossier=over, by=None),
        lambda: services.hand_out(dossier=over, by=cast.thu),
    ):
        with pytest.raises(Refused):
            deed()
    assert entries(over) == before
    assert not any(states.may(over, deed) for deed in states.ALLOWED[State.PROCESSING])


def test_while_the_resident_is_awaited_the_office_decides_nothing(cast: Province) -> None:
    """The one request gives them their time; only they, or a stop, end it."""
    with at("2026-11-23 08:00"):
        waiting = asked(cast)
        for deed in (
            lambda: services.refuse(dossier=waiting, reason="x", by=cast.khoa),
            lambda: services.finish(dossier=waiting, by=cast.khoa),
            lambda: services.extend(dossier=waiting, due=date(2026, 12, 9), reason="x", by=cast.khoa),
            lambda: services.advance(dossier=waiting, by=cast.khoa),
            lambda: services.hand_out(dossier=waiting, by=cast.khoa),
            lambda: services.accept(dossier=waiting, by=cast.khoa),
        ):
            with pytest.raises(Conflict, match="state"):
                deed()
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING


def test_an_apology_after_the_day_promises_a_day_that_is_still_to_come(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
    with at("2026-12-01 08:00"):
        for day in (date(2026, 11, 30), date(2026, 12, 1)):
            with pytest.raises(Refused, match="due"):
                services.extend(dossier=dossier, due=day, reason="chờ xác minh", by=cast.khoa)


def test_what_was_promised_anew_moves_on_by_a_supplement_like_the_first_promise(cast: Province) -> None:
    """Two working days were left of the new promise when it was asked: two are left when the answer comes."""
    with at("2026-11-23 08:00"):
        dossier = decided(cast)
        services.extend(dossier=dossier, due=date(2026, 12, 4), reason="chờ xác minh", by=cast.khoa)
    with at("2026-12-02 17:00"):
        services.ask_supplement(dossier=dossier, items=LACKING, by_day=date(2026, 12, 24), by=cast.khoa)
    with at("2026-12-09 17:00"):
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    assert dossier.due is not None
    assert dossier.due.isoformat() == "2026-12-11T17:00:00+07:00"


def test_the_answer_to_a_request_gets_a_new_receipt_with_the_day_as_it_is_now(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        dossier = asked(cast)
    former = Document.objects.get(case=dossier.code, kind="procedures.receipt")
    with at("2026-12-01 10:00"):
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    former.refresh_from_db()
    assert former.revoked_at is not None
    fresh = Document.objects.get(case=dossier.code, kind="procedures.receipt", revoked_at=None)
    printed = words(documents.pdf(fresh))
    assert dossier.due is not None
    assert wording.moment(dossier.due) in printed
    assert dossier.first_due is not None
    assert wording.moment(dossier.first_due) not in printed


@pytest.mark.parametrize(("moment", "in_time"), [("2026-11-25 08:00", ""), ("2026-12-01 08:00", "late")])
def test_whoever_takes_it_back_in_time_was_not_served_early_and_what_was_late_stays_late(
    cast: Province, moment: str, in_time: str
) -> None:
    with at("2026-11-23 08:00"):
        one, other = decided(cast), decided(cast)
    with at(moment):
        services.withdraw(dossier=one, by=None)
        services.stop(dossier=other, reason="không liên lạc được", by=cast.khoa)
    assert (one.in_time, other.in_time) == (in_time, in_time)


def test_the_time_that_the_resident_took_to_answer_is_no_office_time(cast: Province) -> None:
    """Two office hours before the request and one after the answer, on other days."""
    with at("2026-11-25 07:30"):
        dossier = decided(cast)
    with at("2026-11-25 09:30"):
        services.ask_supplement(dossier=dossier, items=LACKING, by_day=date(2026, 12, 24), by=cast.khoa)
    with at("2026-12-09 07:30"):
        more = draft(cast, to=dossier)
        paper(more, cast.an)
        services.answer_supplement(dossier=dossier, draft=more, by=None)
    with at("2026-12-09 08:30"):
        services.finish(dossier=dossier, by=cast.khoa)
    assert dossier.worked_minutes == 180
    assert dossier.in_time == "early"
