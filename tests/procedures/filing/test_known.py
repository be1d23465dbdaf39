"""What is known of an applicant stands in the form already; an officer who files for them is shown what they typed and nothing else."""

from datetime import date

import pytest

from keng.procedures import forms
from keng.procedures.filing import drafts
from keng.procedures.filing.known import known
from keng.procedures.forms import samples
from keng.procedures.models import Channel, FormVersion
from tests.procedures.filing.conftest import Filing


@pytest.fixture
def form(cast: Filing) -> FormVersion:
    samples.load(by=cast.quan)
    cast.version.form = FormVersion.objects.get(form__slug="thuong-tru")
    cast.ba_sua.born, cast.ba_sua.phone = date(1950, 2, 3), "0912345678"
    cast.ba_sua.save()
    return cast.version.form


def test_a_resident_finds_their_name_day_number_and_telephone_filled_in(cast: Filing, form: FormVersion) -> None:
    sua = cast.ba_sua
    draft = drafts.start(version=cast.version, citizen=sua)
    assert draft.answers == {"name": sua.name, "born": "1950-02-03", "number": sua.number, "phone": "0912345678"}
    wrong = {problem.path for problem in forms.check(form=form, answers=draft.answers, files={})}
    assert wrong.isdisjoint({"name", "born", "number", "phone"})


def test_c2_an_officer_sees_no_more_of_a_number_than_they_typed(cast: Filing, form: FormVersion) -> None:
    draft = drafts.start(
        version=cast.version, citizen=cast.ba_sua, filed_by=cast.thu, office=cast.centre, channel=Channel.COUNTER,
        agreed="spoken",
    )  # fmt: skip
    assert draft.answers == {"name": cast.ba_sua.name, "number": cast.ba_sua.number}


def test_a_form_that_does_not_ask_is_told_nothing(cast: Filing, form: FormVersion) -> None:
    assert known(cast.ba_sua, FormVersion.objects.get(form__slug="ket-hon"), own=True).keys() <= {"phone"}
    assert known(None, form, own=True) == {}
    assert known(cast.ba_sua, None, own=True) == {}


def test_what_is_not_known_is_left_blank(cast: Filing, form: FormVersion) -> None:
    cast.ba_sua.born, cast.ba_sua.phone = None, ""
    assert set(known(cast.ba_sua, form, own=True)) == {"name", "number"}
