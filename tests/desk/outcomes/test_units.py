"""Units as they stand beside a number."""

from decimal import Decimal

from django.utils import translation

from keng.desk.models import OutcomeUnit
from keng.desk.models.outcomes import FOR_ONE


def test_a_vietnamese_unit_is_the_same_beside_every_number() -> None:
    with translation.override("vi"):
        for unit in OutcomeUnit:
            assert unit.beside(Decimal(1)) == unit.beside(Decimal(2)) == str(unit.label)


def test_one_of_a_thing_is_asked_for_by_its_own_word() -> None:
    with translation.override("en"):
        assert OutcomeUnit.CASE.beside(Decimal(2)) == "cases"
        assert OutcomeUnit.CASE.beside(Decimal(1)) == str(FOR_ONE[OutcomeUnit.CASE])
