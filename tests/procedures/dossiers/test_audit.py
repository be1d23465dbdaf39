"""O4: what is kept of a dossier and what the ledger says of it are one, or the audit says where they are not."""

import pytest
from django.db import connection

from keng.procedures.dossiers import services
from keng.procedures.dossiers.audit import audit
from keng.procedures.models import Dossier, Event, State
from tests.ledger.published import behind_our_back
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import decided, submitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(cast: Province) -> Dossier:
    """One that went all its way, beside one that was only filed."""
    submitted(cast)
    made = decided(cast)
    services.opened(dossier=made, by=cast.khoa)
    services.finish(dossier=made, by=cast.khoa)
    return services.hand_out(dossier=made, by=cast.khoa)


def in_english() -> list[str]:
    return [one.split(" / ")[1] for one in audit()]


@pytest.mark.usefixtures("dossier")
def test_where_all_is_as_it_was_done_nothing_is_said() -> None:
    assert list(audit()) == []


def test_a_state_that_was_set_past_the_services_is_told(dossier: Dossier) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(state=State.PROCESSING)
    said = in_english()
    assert f"The dossier {dossier.code} is processing, its last event says returned." in said
    assert f"The dossier {dossier.code} ended (returned) and is processing again." in said


def test_a_state_that_no_entry_leads_to_is_told(cast: Province) -> None:
    made = submitted(cast)
    Dossier.objects.filter(pk=made.pk).update(state=State.DONE)
    assert f"The dossier {made.code} is done, and no entry tells how it came there." in in_english()


def test_a_look_whose_entry_was_taken_away_is_told(dossier: Dossier) -> None:
    event = Event.objects.get(kind="read")
    with behind_our_back(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_entry WHERE id = %s", [event.entry])
    assert in_english() == [f"The dossier {dossier.code}: no entry tells of read."]


def test_a_look_that_was_taken_out_of_the_time_line_is_told(dossier: Dossier) -> None:
    Event.objects.filter(kind="read").delete()
    assert in_english() == [f"The dossier {dossier.code} has no event for the entry procedures.dossier.read."]


def test_an_entry_of_another_dossier_explains_nothing(dossier: Dossier) -> None:
    other = Event.objects.exclude(dossier=dossier).get()
    Event.objects.filter(dossier=dossier, kind="submitted").update(entry=other.entry)
    assert f"The dossier {dossier.code}: no entry tells of submitted." in in_english()


def test_data_that_were_taken_away_untold_are_told(dossier: Dossier) -> None:
    Dossier.objects.filter(pk=dossier.pk).update(erased_at=dossier.closed_at)
    assert in_english() == [f"The dossier {dossier.code} was erased, and no entry tells of it."]


def test_a_dossier_that_is_gone_altogether_is_told(dossier: Dossier) -> None:
    dossier.delete()
    assert in_english() == [f"The dossier {dossier.code} is gone, and no entry tells of a deletion."]
