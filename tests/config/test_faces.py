"""Each face has its own urls and its own middleware."""

from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

from config.management.commands.serve import THREADS
from config.middleware import DEFAULT_CSP, HEADERS
from config.wsgi import SIGNED_IN_AT_ONCE, Faces
from tests.conftest import FaceClient


def what_it_sees(request: HttpRequest) -> HttpResponse:
    cookie = request.META.get("HTTP_COOKIE", "")
    return HttpResponse(f"cookie={cookie!r} session={hasattr(request, 'session')} user={hasattr(request, 'user')}")


urlpatterns = [path("what", what_it_sees)]


def on_these_urls(face: str) -> dict[str, tuple[str, list[str]]]:
    return {**settings.FACES, face: (__name__, settings.FACES[face][1])}


def test_r5_the_public_face_knows_neither_session_nor_user_and_drops_a_desk_cookie() -> None:
    with override_settings(FACES=on_these_urls("public")):
        answer = FaceClient("public").get("/what", HTTP_COOKIE="sessionid=abc; csrftoken=def")
    assert answer.content == b"cookie='' session=False user=False"
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_the_desk_has_session_and_user() -> None:
    with override_settings(FACES=on_these_urls("desk")):
        answer = FaceClient("desk").get("/what")
    assert b"session=True user=True" in answer.content or answer.status_code in (302, 403)


@pytest.mark.parametrize(("face", "foreign"), [("public", "/accounts/login/"), ("my", "/b/na-co-sa")])
@pytest.mark.django_db
def test_a_face_answers_404_for_addresses_of_another(face: str, foreign: str) -> None:
    assert FaceClient(face).get(foreign).status_code == 404


def ask(faces: Faces, host: str) -> tuple[str, dict[str, str], bytes]:
    """One request at the server's own door: status line, headers, body."""
    told: list[Any] = []
    body = b"".join(faces({"HTTP_HOST": host, "REQUEST_METHOD": "GET"}, lambda *given: told.extend(given)))
    return told[0], dict(told[1]), body


@pytest.fixture
def faces() -> Faces:
    """The real dispatch, with faces that answer a word."""
    made = Faces()

    def word(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"here"]

    made.by_host = dict.fromkeys(made.by_host, word)  # type: ignore[arg-type]
    return made


def test_r5_an_unknown_host_is_told_so_with_the_public_headers(faces: Faces) -> None:
    status, headers, body = ask(faces, "evil.example")
    assert status == "421 Misdirected Request"
    assert headers.items() >= HEADERS.items()
    assert headers["Content-Security-Policy"] == DEFAULT_CSP
    assert headers["Content-Length"] == str(len(body))
    assert "không phải của Kẻng" in body.decode()
    assert "not one of Kẻng" in body.decode()


def test_r10_however_busy_the_desk_is_the_public_face_has_threads(faces: Faces) -> None:
    for _request in range(SIGNED_IN_AT_ONCE):
        assert faces.room.acquire(blocking=False)
    for host in ("desk.localhost", "my.localhost:8000"):
        status, headers, body = ask(faces, host)
        assert status == "503 Service Unavailable"
        assert headers["Retry-After"] == "5"
        assert headers.items() >= HEADERS.items()
        assert "thử lại sau vài giây" in body.decode()
        assert "try again in a few seconds" in body.decode()
    assert ask(faces, "127.0.0.1:8000")[0] == "200 OK"
    faces.room.release()
    assert ask(faces, "desk.localhost")[0] == "200 OK"


def test_a_request_that_is_answered_or_fails_gives_its_place_back(faces: Faces) -> None:
    def fails(environ: Any, start_response: Any) -> list[bytes]:
        raise ConnectionResetError

    for _request in range(SIGNED_IN_AT_ONCE + 1):
        assert ask(faces, "desk.localhost")[0] == "200 OK"
    faces.by_host["desk.localhost"] = fails  # type: ignore[assignment]
    for _request in range(SIGNED_IN_AT_ONCE + 1):
        with pytest.raises(ConnectionResetError):
            ask(faces, "desk.localhost")
    assert ask(faces, "my.localhost")[0] == "200 OK"


def test_most_of_the_servers_threads_are_kept_for_the_public_face() -> None:
    assert SIGNED_IN_AT_ONCE * 4 < THREADS
