"""S3: a megabyte where a password or a code belongs: a sentence at once, nobody signed in, no failure."""

import time

import pytest

from tests.accounts.signing_in import enter
from tests.cast import PASSWORD, Cast
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
MEGABYTE = "mật khẩu " * 100_000


@pytest.mark.parametrize("field", ["login", "password"])
def test_s3_a_megabyte_in_the_sign_in_form_gets_a_sentence_at_once(desk: FaceClient, field: str) -> None:
    cast = Cast()
    given = {"login": cast.hoa.username, "password": PASSWORD, field: MEGABYTE}
    begun = time.monotonic()
    answer = desk.post("/accounts/login/", given)
    assert time.monotonic() - begun < 5
    assert answer.status_code == 200
    (error,) = answer.context["form"].errors[field]
    assert "quá dài" in error
    assert "_auth_user_id" not in desk.session


def test_a_password_of_a_hundred_words_still_signs_in(desk: FaceClient) -> None:
    cast = Cast()
    cast.hoa.set_password("trau " * 99)
    cast.hoa.save()
    enter(desk, cast.hoa, "trau " * 99)
    assert desk.session["_auth_user_id"] == str(cast.hoa.pk)
