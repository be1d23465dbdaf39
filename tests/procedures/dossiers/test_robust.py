"""What happens to a dossier when the machine is at fault: a clock set back, a calendar that ends, a province's worth of dossiers."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keng.procedures.dossiers import erasing, moving, reminding, services
from keng.procedures.errors import Refused
from keng.procedures.models import Dossier, Pause, State
from tests.procedures.cast import Province
from tests.procedures.dossiers.filed import accepted, at, draft, paper, submitted

pytestmark = pytest.mark.django_db
LACKING = [{"title": "Ảnh", "why": "", "field": ""}]


def waiting(cast: Province) -> Dossier:
    with at("2026-11-25 08:00"):
        return services.ask_supplement(dossier=accepted(cast), items=LACKING, by_day=date(2026, 12, 20), by=cast.thu)


def answered(cast: Province, dossier: Dossier) -> None:
    more = draft(cast, to=dossier)
    paper(more, cast.an)
    services.answer_supplement(dossier=dossier, draft=more, by=None)


def test_s2_a_clock_that_was_set_back_a_day_stops_nobody(cast: Province) -> None:
    one, other = waiting(cast), waiting(cast)
    promised = one.due
    with at("2026-11-24 08:00"):
        services.withdraw(dossier=other, by=None)
        answered(cast, one)
    assert (one.state, one.due, other.state) == (State.PROCESSING, promised, State.WITHDRAWN)
    assert all(pause.until == pause.since for pause in Pause.objects.all())


def test_s2_numbers_go_on_in_their_day_when_the_clock_was_set_back(cast: Province) -> None:
    codes = []
    for day in ("2026-11-23", "2026-11-24", "2026-11-23"):
        with at(f"{day} 08:00"):
            codes.append(submitted(cast).code)
    assert codes == ["03349-261123-0001", "03349-261124-0001", "03349-261123-0002"]


def test_s3_beyond_the_calendar_it_is_refused_in_a_sentence(cast: Province) -> None:
    with at("2099-12-31 09:00"):
        one, other = submitted(cast), submitted(cast)
        with pytest.raises(Refused) as caught:
            services.accept(dossier=one, by=cast.thu)
        refused = services.accept_many(dossiers=[one, other], by=cast.thu)
    assert "Lịch làm việc" in caught.value.sentence
    assert [why.code for _dossier, why in refused] == ["calendar", "calendar"]
    with at("2100-01-02 09:00"), pytest.raises(Refused, match="calendar"):
        submitted(cast)
    assert Dossier.objects.filter(state=State.SUBMITTED).count() == 2


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL scans a table of one row, whatever the indexes")
@pytest.mark.parametrize("chore", [erasing.erase_due, reminding.mind_supplements, moving.reroute_all])
def test_no_hourly_chore_reads_all_dossiers(cast: Province, chore: Callable[[], int]) -> None:
    _ = waiting(cast)
    with CaptureQueriesContext(connection) as ran:
        chore()
    asked = [one["sql"] for one in ran.captured_queries if one["sql"].startswith("SELECT")]
    assert asked
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [str(row[3]) for row in cursor.fetchall()]
            assert not [
                line for line in plan if line.startswith(("SCAN procedures_dossier", "SCAN procedures_supp"))
            ], sql
