"""The table of states: nothing leads out of an end, every verb is registered, and no way through the services ends in a contradiction."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils.timezone import localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keng.core import ids
from keng.core.calendar import add_working_days
from keng.ledger.models import Entry
from keng.ledger.verbs import verbs
from keng.procedures.dossiers import audit, erasing, reminding, services
from keng.procedures.dossiers.states import ALLOWED, CLOSING, FINAL
from keng.procedures.dossiers.telling import VALUES
from keng.procedures.errors import Refused
from keng.procedures.models import Dossier, Message, Pause, State
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import HERE, draft, paper, submitted


def test_every_state_stands_in_the_table_and_every_deed_is_a_verb() -> None:
    assert set(ALLOWED) == set(State)
    for deeds in ALLOWED.values():
        for deed, after in deeds.items():
            verbs[f"procedures.dossier.{deed}"]
            assert (deed in CLOSING) == (
                after in {State.DONE, State.REFUSED, State.WITHDRAWN, State.STOPPED} and deed in CLOSING
            )
    assert set(FINAL) == {State.RETURNED, State.REFUSED, State.WITHDRAWN, State.STOPPED}


def test_every_state_can_be_reached_and_every_open_one_left() -> None:
    reached, new = {State.SUBMITTED}, {State.SUBMITTED}
    while new:
        new = {after for state in new for after in ALLOWED[state].values()} - reached
        reached |= new
    assert reached == set(State)


def test_every_kind_of_message_is_a_deed_or_the_one_reminder() -> None:
    deeds = {deed for deeds in ALLOWED.values() for deed in deeds} | {"submitted", "corrected", "supplement_due"}
    assert set(VALUES) <= deeds


def agrees(dossier: Dossier) -> None:
    """What must hold of every row, whatever was done."""
    state = State(dossier.state)
    closed = state in (*FINAL, State.DONE)
    assert (dossier.closed_at is not None) == closed
    assert (dossier.erase_on is not None) == closed
    assert (dossier.due is not None) == (dossier.accepted_at is not None) == (dossier.first_due is not None)
    if state in (State.PROCESSING, State.DONE, State.RETURNED):
        assert dossier.accepted_at is not None
    if dossier.due is not None:
        assert dossier.first_due is not None
        assert dossier.accepted_at is not None
        assert dossier.first_due <= dossier.due
        assert dossier.accepted_at < dossier.due
    assert (dossier.returned_at is not None) == (state == State.RETURNED)
    if state in (State.DONE, State.RETURNED):
        assert dossier.in_time in ("early", "on", "late")
        assert dossier.worked_minutes is not None
    paused = Pause.objects.filter(dossier=dossier, until=None).count()
    assert paused == (state == State.WAITING)
    assert (
        Entry.objects.filter(case=dossier.code, verb__startswith="procedures.dossier.").count()
        == dossier.events.count()
    )
    if state == State.PROCESSING and dossier.owner is not None:
        assert dossier.owner.appointments.filter(office=dossier.office).exists()


def answer(cast: Province, dossier: Dossier) -> None:
    more = draft(cast, to=dossier)
    paper(more, cast.an)
    services.answer_supplement(dossier=dossier, draft=more, by=None)


def worker(cast: Province, dossier: Dossier) -> object:
    return cast.thu if dossier.office == cast.centre else cast.khoa


def day_after(days: int) -> date:
    return localtime(ids.now()).date() + timedelta(days=days)


ITEMS = [{"title": "Ảnh", "why": "mờ"}]
DEEDS: dict[str, Callable[[Province, Dossier], object]] = {
    "accept": lambda cast, one: services.accept(dossier=one, by=worker(cast, one)),
    "take": lambda cast, one: services.take(dossier=one, by=worker(cast, one)),
    "give_back": lambda cast, one: services.give_back(dossier=one, by=worker(cast, one)),
    "advance": lambda cast, one: services.advance(dossier=one, by=worker(cast, one)),
    "send_back": lambda cast, one: services.send_back(dossier=one, reason="thiếu chữ ký", by=worker(cast, one)),
    "ask": lambda cast, one: services.ask_supplement(
        dossier=one, items=ITEMS, by_day=day_after(9), by=worker(cast, one)
    ),
    "answer": answer,
    "refuse": lambda cast, one: services.refuse(dossier=one, reason="không thuộc địa bàn", by=worker(cast, one)),
    "extend": lambda cast, one: services.extend(
        dossier=one, due=add_working_days(day_after(14), 0), reason="chờ", by=worker(cast, one)
    ),
    "stop": lambda cast, one: services.stop(dossier=one, reason="không liên lạc được", by=worker(cast, one)),
    "finish": lambda cast, one: services.finish(dossier=one, by=worker(cast, one)),
    "hand_out": lambda cast, one: services.hand_out(dossier=one, by=worker(cast, one)),
    "withdraw": lambda cast, one: services.withdraw(dossier=one, by=None),
    "look": lambda cast, one: services.look(dossier=one, by=worker(cast, one), reason="counter"),
    "mind": lambda _cast, _one: reminding.mind_supplements(),
    "erase": lambda _cast, _one: erasing.erase_due(),
}
LIKELY = ("accept", "take", "advance", "advance", "ask", "answer", "finish", "hand_out", "mind")
Steps = list[tuple[str, int]]


@pytest.mark.django_db
@given(st.lists(st.tuples(st.sampled_from((*DEEDS, *LIKELY)), st.integers(0, 100)), min_size=4, max_size=14))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_deeds_ends_in_a_contradiction(cast: Province, steps: Steps) -> None:
    """Each deed is done or refused; refused, it changed nothing. Hours pass in between, over Tết too."""
    moment = datetime(2026, 2, 11, 8, tzinfo=HERE)
    with patch.object(ids, "now", lambda: moment):
        dossier = submitted(cast)
        for name, hours in steps:
            moment += timedelta(hours=hours)
            before = Dossier.objects.values().get(pk=dossier.pk)
            try:
                DEEDS[name](cast, dossier)
            except Refused:
                assert Dossier.objects.values().get(pk=dossier.pk) == before
            dossier = Dossier.objects.get(pk=dossier.pk)
            agrees(dossier)
        assert list(audit.audit()) == []


# Each service that changes a dossier, and a dossier on which it can be done.
CHANGES: dict[str, tuple[str, ...]] = {
    "accept": ("accept",),
    "take": ("take",),
    "give_back": ("take", "give_back"),
    "advance": ("accept", "advance"),
    "send_back": ("accept", "advance", "take", "send_back"),
    "ask_supplement": ("accept", "ask"),
    "answer_supplement": ("accept", "ask", "answer"),
    "refuse": ("take", "refuse"),
    "extend": ("accept", "extend"),
    "stop": ("accept", "stop"),
    "finish": ("accept", "advance", "take", "finish"),
    "hand_out": ("accept", "advance", "take", "finish", "hand_out"),
    "withdraw": ("withdraw",),
}
ELSEWHERE = {"submit", "accept_many", "hand_over", "look", "open_file"}  # tested by name in their own files
ASKING = {"sees", "works_on", "opened", "REASONS"}


def test_no_service_is_left_out_of_the_next_test() -> None:
    assert set(services.__all__) == set(CHANGES) | ELSEWHERE | ASKING


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
def test_o4_no_service_changes_a_dossier_without_an_entry_an_event_and_a_new_row_version(
    cast: Province, name: str
) -> None:
    dossier = submitted(cast)
    for step in CHANGES[name]:
        before, told = Dossier.objects.values().get(pk=dossier.pk), Message.objects.count()
        counted = Entry.objects.filter(case=dossier.code, verb__startswith="procedures.").count()
        DEEDS[step](cast, dossier)
    after = Dossier.objects.values().get(pk=dossier.pk)
    assert after["row_version"] == before["row_version"] + 1 == dossier.row_version
    assert Entry.objects.filter(case=dossier.code, verb__startswith="procedures.").count() == counted + 1
    newest = dossier.events.order_by("-at").first()
    assert newest is not None
    entry = Entry.objects.get(pk=newest.entry or 0)
    assert (entry.verb, entry.subject, entry.case) == (f"procedures.dossier.{newest.kind}", dossier.code, dossier.code)
    assert Message.objects.count() == told + (newest.kind in VALUES)
