"""The sample forms: in the dialect, complete, without what may not be asked."""

import pytest
from jsonschema import Draft202012Validator

from keng.procedures import forms
from keng.procedures.forms import samples
from keng.procedures.forms.dialect import SENSITIVE, read
from keng.procedures.forms.fields import Kind, all_fields
from keng.procedures.forms.writing import write
from keng.procedures.models import Form, FormVersion
from tests.procedures.cast import Province

EIGHT = ["can-cuoc", "ket-hon", "khai-sinh", "tam-tru", "tam-vang", "thuong-tru", "tro-cap", "xoa-tam-tru"]
each = pytest.mark.parametrize("slug", EIGHT)


def test_there_are_eight() -> None:
    assert samples.slugs() == EIGHT


@each
def test_a_sample_is_written_as_the_editor_would_write_it(slug: str) -> None:
    said = samples.sample(slug)
    Draft202012Validator.check_schema(said["schema"])
    assert write(read(said["schema"], said["display"])) == (said["schema"], said["display"])


@each
def test_a_sample_has_steps_files_and_a_pledge_and_each_is_titled(slug: str) -> None:
    said = samples.sample(slug)
    pages = read(said["schema"], said["display"])
    kinds = [field.kind for field in all_fields(pages)]
    assert len(pages) >= 3
    assert all(page.title for page in pages)
    assert Kind.FILE in kinds
    assert kinds[-1] is Kind.PLEDGE


def test_no_sample_asks_for_ethnicity_religion_or_opinion() -> None:
    for slug in EIGHT:
        text = (samples.FOLDER / f"{slug}.json").read_text().casefold()
        assert not [word for word in ("dân tộc", "tôn giáo", "chính kiến", *SENSITIVE) if word in text]


@pytest.mark.django_db
def test_loading_publishes_once_and_leaves_what_is_there() -> None:
    cast = Province()
    first = samples.load(by=cast.quan)
    assert [form.slug for form in first] == EIGHT
    Form.objects.filter(slug="tam-tru").update(title="Tên khác")
    samples.load(by=cast.quan)
    assert FormVersion.objects.count() == 8
    made = FormVersion.objects.get(form__slug="tam-tru")
    assert (made.form.title, made.published_by) == ("Tên khác", cast.quan)
    assert made.published_at is not None


@pytest.mark.django_db
def test_loaded_by_nobody_they_wait_as_drafts() -> None:
    samples.load(by=None)
    assert not FormVersion.objects.exclude(published_at=None).exists()


@pytest.mark.django_db
def test_a_temporary_residence_is_filled_in() -> None:
    """The story's form: what is answered is accepted, what is not is asked for by its label."""
    samples.load(by=Province().quan)
    form = FormVersion.objects.get(form__slug="tam-tru")
    answers = {
        "name": "Quàng Văn An", "born": "1990-05-04", "sex": "male", "number": "011090000123", "phone": "0912345678",
        "permanent": "Bản Na Cô Sa 1, xã Quảng Lâm", "address": "Bản Pom Lót", "from_day": "2026-11-01", "months": 12,
        "place": "rented", "host": {"name": "Lò Văn Hặc", "phone": "0912345679"}, "host_agrees": True, "reason": "work",
        "joins": False, "members": [{"name": "Lò Thị Mai", "born": "2018-01-01", "sex": "female", "relation": "con"}],
        "pledge": True,
    }  # fmt: skip
    assert forms.check(form=form, answers=answers, files={"proof": 1}) == []
    del answers["host"]
    assert [problem.path for problem in forms.check(form=form, answers=answers, files={})] == [
        "host.name",
        "host.phone",
        "proof",
    ]
    assert forms.check(form=form, answers=answers | {"place": "own"}, files={"proof": 1}) == []
