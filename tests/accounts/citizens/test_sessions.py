"""A citizen's session: of one face, of one person, and not for long (O1 in its spirit, R5, C1)."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.urls import my as my_urls
from keng.accounts.citizens import sessions
from keng.accounts.citizens.gates import signed_in_citizen
from tests.accounts.signing_in import straight_in
from tests.conftest import FaceClient
from tests.procedures.cast import Province
from tests.procedures.citizens import as_citizen

pytestmark = pytest.mark.django_db
SESSION = "sessionid"


@signed_in_citizen()
def what_it_sees(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.citizen.name} {request.identity_level} {request.user}")


@signed_in_citizen(level=2)
def sees_at_two(request: HttpRequest) -> HttpResponse:
    return HttpResponse("level 2")


@signed_in_citizen(level=lambda code: int(code))
def sees_at_what_it_says(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse("as said")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody said for whom")


handler403, handler404 = my_urls.handler403, my_urls.handler404
urlpatterns = [
    path("what", what_it_sees),
    path("two", sees_at_two),
    path("says/<code>", sees_at_what_it_says),
    path("undeclared", undeclared),
    path("", include(my_urls)),
]


@pytest.fixture
def cast() -> Province:
    return Province()


@pytest.fixture
def my(settings):
    settings.FACES = {**settings.FACES, "my": (__name__, settings.FACES["my"][1])}
    return FaceClient("my")


def later(monkeypatch, seconds: int) -> None:
    at = time.time() + seconds
    monkeypatch.setattr(sessions.time, "time", lambda: at)


def test_a_signed_in_citizen_is_known_to_every_view_and_no_user_is(my, cast):
    assert as_citizen(my, cast.an, level=1).get("/what").content.decode() == "Quàng Văn An 1 AnonymousUser"


def test_what_a_citizen_read_is_kept_by_no_browser(my, cast):
    assert as_citizen(my, cast.an).get("/what")["Cache-Control"] == "no-store"


def test_nobody_is_sent_to_sign_in_and_back_to_the_very_page(my):
    assert my.get("/what?a=1&b=2")["Location"] == "/sign-in?next=%2Fwhat%3Fa%3D1%26b%3D2&level=1"


@pytest.mark.parametrize(("address", "level"), [("/two", 1), ("/says/2", 1), ("/says/1", 0)])
def test_a_lower_level_is_sent_to_raise_it(my, cast, address, level):
    if level:
        as_citizen(my, cast.an, level=level)
    assert my.get(address)["Location"].startswith("/sign-in?next=")


def test_the_level_that_the_address_says_opens_it(my, cast):
    assert as_citizen(my, cast.an, level=1).get("/says/1").content == b"as said"
    assert as_citizen(my, cast.an, level=2).get("/two").content == b"level 2"


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://my.localhost/drafts/5/1", "%2Fdrafts%2F5%2F1"),
        ("https://xau.example/lay", "%2F"),
        ("", "%2F"),
        ("http://[", "%2F"),
    ],
)
def test_a_form_sent_too_late_comes_back_to_its_own_page_and_to_no_other_house(my, referer, back):
    assert my.post("/what", headers={"referer": referer})["Location"] == f"/sign-in?next={back}&level=1"


def test_a_view_that_does_not_say_for_whom_it_is_opens_to_nobody(my, cast):
    assert as_citizen(my, cast.an).get("/undeclared").status_code == 403


def test_every_address_of_the_face_says_for_whom_it_is():
    from keng.accounts.citizens.gates import VisitorGate
    from tests.desk.test_permissions import walk

    assert [
        each.path for each in walk(my_urls.urlpatterns) if not isinstance(getattr(each.view, "gate", None), VisitorGate)
    ] == []


def test_30_minutes_without_a_request_end_it(my, cast, monkeypatch):
    as_citizen(my, cast.an)
    later(monkeypatch, 29 * 60)
    assert my.get("/what").status_code == 200
    later(monkeypatch, 29 * 60)
    assert my.get("/what").status_code == 200
    later(monkeypatch, 31 * 60)
    assert my.get("/what").status_code == 302
    assert not Session.objects.exists()
    assert "Phiên đăng nhập đã hết hạn" in my.get("/").content.decode()


def test_however_busy_120_minutes_end_it(my, cast, monkeypatch):
    as_citizen(my, cast.an)
    for _step in range(5):
        later(monkeypatch, 20 * 60)
        assert my.get("/what").status_code == 200
    later(monkeypatch, 21 * 60)
    assert my.get("/what").status_code == 302


def test_how_long_it_still_lasts_is_counted_from_signing_in_however_busy(cast, monkeypatch):
    session = sessions.CitizenSession()
    sessions.begin(session, citizen=cast.an, level=2)
    assert 119 * 60 < sessions.left(session) <= 120 * 60
    later(monkeypatch, 100 * 60)
    assert 19 * 60 < sessions.left(session) <= 20 * 60
    later(monkeypatch, 121 * 60)
    assert sessions.left(session) == 0


def test_a_clock_set_back_makes_it_no_longer(my, cast, monkeypatch):
    as_citizen(my, cast.an)
    later(monkeypatch, -3600)
    assert my.get("/what").status_code == 302


def test_being_here_is_noted_at_most_once_a_minute(my, cast, monkeypatch, django_assert_num_queries):
    as_citizen(my, cast.an)
    with django_assert_num_queries(2):  # the session, the citizen
        my.get("/what")


def test_whoever_is_erased_is_nobody(my, cast):
    as_citizen(my, cast.an)
    cast.an.delete()
    assert my.get("/what").status_code == 302


def test_a_citizens_session_opens_nothing_on_the_desk(my, desk, cast):
    as_citizen(my, cast.an)
    desk.cookies[SESSION] = my.cookies[SESSION].value
    answer = desk.get("/accounts/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_an_officers_session_opens_nothing_on_the_citizens_face(my, desk, cast):
    straight_in(desk, cast.thu)
    assert desk.get("/accounts/").status_code == 200
    my.cookies[SESSION] = desk.cookies[SESSION].value
    assert my.get("/what").status_code == 302
    assert "Lò Thị Thu" not in my.get("/").content.decode()


def test_one_browser_signed_in_on_both_faces_under_one_key_is_not_carried_over(my, desk, cast):
    """Even a desk's session into which somebody writes a citizen is nobody here: the two are signed by different salts."""
    straight_in(desk, cast.thu)
    session = desk.session
    now = int(time.time())
    session.update(
        dict.fromkeys((sessions.SINCE, sessions.SEEN), now) | {sessions.CITIZEN: cast.an.pk, sessions.LEVEL: 2}
    )
    session.save()
    my.cookies[SESSION] = desk.cookies[SESSION].value
    assert my.get("/what").status_code == 302


def test_signing_out_leaves_no_session(my, cast):
    as_citizen(my, cast.an)
    assert my.post("/sign-out").status_code in (200, 302)
    assert not Session.objects.exists()
    assert my.get("/what").status_code == 302


def test_signing_out_takes_a_form_of_ours(cast):
    strict = as_citizen(FaceClient("my", enforce_csrf_checks=True), cast.an)
    answer = strict.post("/sign-out")
    assert answer.status_code == 403
    assert "Trang này mở đã lâu" in answer.content.decode()
    assert 'href="/static/my.css"' in answer.content.decode()
    assert Session.objects.exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_language_is_chosen_on_this_face_too(my, language):
    my.post("/language", {"language": language, "next": "/"})
    assert f'<html lang="{language}">' in my.get("/").content.decode()


def test_a_lost_address_is_said_in_the_citizens_own_words(my):
    answer = my.get("/nothing-here")
    assert answer.status_code == 404
    assert "không phải của bà con" in answer.content.decode()
