"""What the demo's residents write into the sample forms reads as an answer to what was asked."""

from random import Random

import pytest

from config.demo.services.answers import NAMES, fill
from config.demo.services.residents import known
from keng.procedures import forms
from keng.procedures.forms.samples import load

pytestmark = pytest.mark.django_db


def test_kin_is_kin_a_country_a_country_and_a_place_of_birth_no_person() -> None:
    versions = [form.versions.get() for form in load(by=None)]
    said = [
        told
        for version in versions
        for turn in range(8)
        for told in forms.shown(version, fill(version, known()[0], Random(turn)))
    ]
    kin = {value for label, value in said if "Quan hệ với chủ hộ" in label}
    assert kin
    assert kin <= {"con", "vợ", "chồng", "cháu", "em"}
    assert {value for label, value in said if label.endswith("Quốc tịch")} == {"Việt Nam"}
    births = {value for label, value in said if "địa chỉ nơi sinh" in label}
    assert births
    assert not births & set(NAMES)


def test_every_form_is_filled_so_that_it_can_be_filed_but_for_its_papers() -> None:
    for form in load(by=None):
        version = form.versions.get()
        papers = dict.fromkeys(forms.file_fields(version), 1)
        for turn in range(4):
            answers = fill(version, known()[0], Random(turn))
            assert not forms.check(form=version, answers=answers, files=papers), form.slug
