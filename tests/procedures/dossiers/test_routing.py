"""Which commune is ours today, and which office answers there."""

from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate

from keng.procedures.dossiers import heirs, routing
from keng.procedures.errors import Refused
from keng.units.models import Unit, UnitEvent, UnitEventKind
from tests.cast import FOUNDED, office
from tests.procedures.cast import Province

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def lasting(unit: Unit, first: date, end: date | None) -> Unit:
    Unit.objects.filter(pk=unit.pk).update(valid_from=first, valid_to=end)
    return Unit.objects.get(pk=unit.pk)


def test_a_commune_is_ours_from_its_first_day_to_the_day_before_it_ends() -> None:
    unit, today = Province().thanh_yen, localdate()
    for first, end in ((today, None), (today, today + DAY)):
        assert routing.in_force(lasting(unit, first, end)) == unit
    for first, end in ((today + DAY, None), (FOUNDED, today), (FOUNDED, today - DAY)):
        with pytest.raises(Refused):
            routing.in_force(lasting(unit, first, end))


def test_on_the_day_of_a_merger_it_is_already_the_other_that_goes_on() -> None:
    cast, today = Province(), localdate()
    UnitEvent.objects.create(
        unit=cast.thanh_yen, other=cast.quang_lam, kind=UnitEventKind.MERGED, date=today, decision="Nghị quyết 99/NQ"
    )
    ended = lasting(cast.thanh_yen, FOUNDED, today)
    assert heirs.successor(ended, today) == cast.quang_lam
    assert heirs.successor(ended, today - DAY) == ended


def test_of_two_offices_of_a_kind_at_one_commune_the_first_by_code_answers_every_time() -> None:
    cast = Province()
    second = office("a-truoc", "Công an khác", cast.neighbour.kind, cast.thanh_yen)
    assert cast.neighbour.code > second.code
    assert routing.same_kind(office=cast.neighbour, units=[cast.thanh_yen]) == second
