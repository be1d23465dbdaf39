"""The catalogue that benches are run on: as large as asked for, always the same, plausible."""

import pytest

from bench.procedures_catalogue import MOST, contents, fill, names
from keng.procedures.catalogue.sections import clean, lacks
from keng.procedures.models import ProcedureVersion
from tests.procedures.cast import Province


def test_there_are_six_thousand_different_names_and_they_are_always_the_same():
    once, again = list(names()), list(names())
    assert once == again
    assert len({name for _field, name in once}) == len(once) >= MOST


def test_each_procedure_stands_the_checks_of_the_catalogue():
    for _code, _field, content in contents(300):
        cleaned, problems = clean(content)
        assert problems == []
        assert lacks(cleaned) == []
        assert {name: cleaned[name] for name in content} == content


@pytest.mark.django_db
def test_filling_counts_the_samples_in_and_twice_is_once():
    by = Province().quan
    assert fill(60, by=by) == 52
    assert ProcedureVersion.objects.in_force().count() == 60
    assert ProcedureVersion.objects.get(procedure__code="1.004194").name == "Đăng ký tạm trú"
    assert fill(60, by=by) == 0
    assert fill(70, by=by) == 10
