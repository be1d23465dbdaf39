"""Each face has its own urls and its own middleware."""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

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
