"""A session belongs to one person and one face: fixed before signing in, or carried to another face, it opens nothing (O1)."""

import pytest
from django.contrib.sessions.models import Session

from tests.accounts.signing_in import code, enter, give_phone
from tests.accounts.soft_key import ask, by_passkey
from tests.accounts.test_passkeys import key_of, signed_in
from tests.cast import PASSWORD, Cast
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
SESSION = "sessionid"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def session_of(client: FaceClient) -> str:
    return client.cookies[SESSION].value


def fixed(client: FaceClient) -> tuple[FaceClient, str]:
    """A session that a stranger began and planted in the officer's browser; the stranger keeps a copy."""
    ask(client)
    stranger = FaceClient("desk")
    stranger.cookies[SESSION] = session_of(client)
    return stranger, session_of(client)


def test_o1_signing_in_by_password_and_code_leaves_a_fixed_session_behind(desk, cast):
    stranger, planted = fixed(desk)
    secret = give_phone(cast.hoa)
    desk.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    desk.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert signed_in(desk)
    assert session_of(desk) != planted
    assert not signed_in(stranger)
    assert not Session.objects.filter(session_key=planted).exists()


def test_o1_signing_in_by_passkey_leaves_a_fixed_session_behind(desk, cast):
    key = key_of(cast.hoa)
    stranger, planted = fixed(desk)
    assert by_passkey(desk, key)["Location"] == "/"
    assert signed_in(desk)
    assert session_of(desk) != planted
    assert not signed_in(stranger)


def test_o1_a_made_up_session_id_is_never_taken_over(desk, cast):
    desk.cookies[SESSION] = "a" * 32
    enter(desk, cast.hoa)
    assert session_of(desk) != "a" * 32


def test_o1_nobody_goes_on_with_the_first_half_of_anothers_sign_in(desk, cast):
    """A stranger who knows the password plants the session that waits for the code; the officer signs in over it."""
    secret = give_phone(cast.hoa)
    stranger = FaceClient("desk")
    stranger.post("/accounts/login/", {"login": "hoa", "password": PASSWORD})
    desk.cookies[SESSION] = session_of(stranger)
    desk.post("/accounts/2fa/authenticate/", {"code": code(secret)})
    assert signed_in(desk)
    assert not signed_in(stranger)


def test_o1_the_desks_session_opens_nothing_on_the_other_faces(desk, cast, my, public):
    enter(desk, cast.hoa)
    for face in (my, public):
        face.cookies[SESSION] = session_of(desk)
        for path in ("/", "/accounts/", "/mailbox/", "/mailbox/api/threads", "/people/", "/keys/api/me"):
            answer = face.get(path)
            page = answer.content.decode()
            assert answer.status_code == 200 if path == "/" else 404, path
            assert "Giàng A Hoà" not in page
            assert "hoa" not in page.split()
            assert SESSION not in answer.cookies
    assert signed_in(desk)


def test_o1_a_session_of_another_face_opens_nothing_on_the_desk(desk, cast, my):
    """What the citizens' face keeps is no officer's sign-in, even were its id sent to the desk."""
    my.get("/")
    session = my.session
    session["citizen"] = "1"
    session.save()
    desk.cookies[SESSION] = session.session_key
    assert not signed_in(desk)
    assert desk.get("/mailbox/api/threads").status_code == 403


def test_o1_the_desks_cookies_are_sent_to_no_other_host(desk, cast):
    enter(desk, cast.hoa)
    assert {cookie["domain"] for cookie in desk.cookies.values()} == {""}
