"""Who received a dossier and who ended it stay written, wherever it goes; a database from before learns it from the events."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection

from keng.procedures.dossiers import services
from keng.procedures.figures import upkeep
from keng.procedures.models import Dossier, ProcedureVersion
from keng.units.models import Office
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, counter_draft, submitted
from tests.procedures.slips.dossiers import ACCEPTED, DUE, dossier, event

BEFORE = ("procedures", "0008_consent_of_a_draft")


def offices(of: Dossier) -> tuple[Office, Office | None, Office]:
    of.refresh_from_db()
    return of.first_office, of.closing_office, of.office


@pytest.mark.django_db
def test_what_was_filed_at_a_counter_was_received_there_and_ended_by_who_decided(cast: Province) -> None:
    """Mrs Sua's, at the counter of another commune."""
    made = counter_draft(cast, cast.lam, cast.other_centre)
    with at("2026-11-23 08:00"):
        of = services.submit(draft=made, by=cast.lam)
        services.accept(dossier=of, by=cast.lam)
        services.advance(dossier=of, by=cast.lam, to=cast.khoa)
        assert offices(of) == (cast.other_centre, None, cast.neighbour)
        services.finish(dossier=of, by=cast.khoa)
    assert offices(of) == (cast.other_centre, cast.neighbour, cast.other_centre)
    assert of.answering == cast.neighbour.pk


@pytest.mark.django_db
def test_a_counter_received_also_what_another_office_checks_first(cast: Province) -> None:
    filed = dossier(cast, 1, office=cast.neighbour, received_by=cast.centre, channel="counter")
    assert offices(filed) == (cast.centre, None, cast.neighbour)


@pytest.mark.django_db
def test_what_was_filed_online_was_received_by_who_checks_it_first(cast: Province) -> None:
    with at("2026-11-23 08:00"):
        of = accepted(cast)
        services.advance(dossier=of, by=cast.thu, to=cast.khoa)
        assert offices(of) == (cast.centre, None, cast.neighbour)
        refused = submitted(cast)
        services.refuse(
            dossier=services.take(dossier=refused, by=cast.thu), reason="Không thuộc thẩm quyền", by=cast.thu
        )
    assert offices(refused) == (cast.centre, cast.centre, cast.centre)


@pytest.fixture
def before(transactional_db: None) -> Iterator[Province]:
    """The tables as they were; whatever happens, they are today's again afterwards."""
    cast = Province()
    _ = cast.centre, cast.other_centre
    at_counter = dossier(cast, 1, office=cast.centre, received_by=cast.centre, channel="counter")
    event(at_counter, "submitted", ACCEPTED)
    at_counter.office = cast.neighbour
    event(at_counter, "finished", DUE)
    at_counter.closed_at, at_counter.state, at_counter.office = DUE, "done", cast.centre
    at_counter.save()
    online = dossier(cast, 2, office=cast.other_centre)
    event(online, "submitted", ACCEPTED)
    online.office = cast.neighbour
    online.save()
    dossier(cast, 3, closed_at=DUE, state="withdrawn")  # of which no event is left
    call_command("migrate", *BEFORE, verbosity=0)
    yield cast
    call_command("migrate", verbosity=0)


def test_a_database_from_before_learns_who_received_and_who_ended_from_the_events(before: Province) -> None:
    """And its versions who decides, from the procedure that held it then."""
    call_command("migrate", verbosity=0)
    told = before.version
    assert list(ProcedureVersion.objects.values_list("level", "competent")) == [(told.level, told.competent)]
    found = {of.code[-1]: offices(of) for of in Dossier.objects.all()}
    assert found == {
        "1": (before.centre, before.neighbour, before.centre),
        "2": (before.other_centre, None, before.neighbour),
        "3": (before.neighbour, before.neighbour, before.neighbour),
    }
    assert not upkeep.tally.missing(connection)
