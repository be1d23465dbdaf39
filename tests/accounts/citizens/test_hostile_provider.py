"""E-identity down, slow, talking nonsense, or mixed up with another: one clear page each time, nobody signed in."""

import json
import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from keng.accounts.citizens import line, provider
from tests.accounts.citizens.at_hostile import DOWN, GARBLED, STALE, comes_back, leave, refused
from tests.conftest import FaceClient

CONFIG = "/.well-known/openid-configuration"
pytestmark = pytest.mark.django_db


# ---- state, code, issuer mix-up


def test_an_answer_that_this_browser_never_asked_for_is_refused(my, hostile, caplog):
    """Login CSRF: a stranger's own answer, opened in a citizen's browser, signs nobody in."""
    stranger = FaceClient("my")
    strangers = hostile.answer_to(leave(stranger))
    leave(my)
    refused(my.get(strangers), STALE, caplog)
    assert hostile.posted == []


def test_an_answer_finishes_in_the_browser_that_asked_and_only_once(my, hostile):
    address = hostile.answer_to(leave(my))
    assert my.get(address).status_code == 302
    again = FaceClient("my")
    again.cookies["sessionid"] = my.cookies["sessionid"].value
    answer = again.get(address)
    assert STALE in answer.content.decode()
    assert answer.status_code == 400
    assert len(hostile.posted) == 1


@pytest.mark.parametrize(
    "query", ["", "code=c0de", "state=x", "code=c0de&state=" + "x" * 3000, "error=access_denied", "code=%00&state=%ff"]
)
def test_an_answer_out_of_nowhere_is_refused(my, hostile, query):
    refused(my.get(f"/oidc/callback?{query}"), STALE)


def test_an_answer_too_late_is_refused(my, hostile, monkeypatch):
    address = hostile.answer_to(leave(my))
    from allauth.socialaccount.internal import statekit

    monkeypatch.setattr(statekit, "STATE_TTL", -1)
    refused(my.get(address), STALE)


@pytest.mark.parametrize("iss", ["https://ke-khac.example", "", "http://127.0.0.1"])
def test_an_answer_that_names_another_issuer_takes_our_code_nowhere(my, hostile, iss, caplog):
    """RFC 9207: mix-up."""
    refused(comes_back(my, hostile, iss=iss or "%20"), GARBLED, caplog)
    assert hostile.posted == []


def test_an_answer_that_names_its_issuer_rightly_is_taken(my, hostile):
    hostile.config = {"authorization_response_iss_parameter_supported": True}
    assert comes_back(my, hostile, iss=hostile.issuer).status_code == 302


def test_a_provider_that_promises_to_name_itself_must(my, hostile):
    hostile.config = {"authorization_response_iss_parameter_supported": True}
    refused(comes_back(my, hostile), GARBLED)


def test_somebody_who_stops_there_is_told_that_nothing_happened(my, hostile):
    address = hostile.answer_to(leave(my), error="access_denied")
    refused(my.get(address.replace("code=c0de&", "")), "Bà con đã dừng ở trang định danh")


def test_a_code_that_the_provider_refuses_signs_nobody_in(my, hostile):
    hostile.bodies["/token"] = 400
    refused(comes_back(my, hostile), GARBLED)


# ---- down, slow, nonsense


def test_a_provider_that_is_not_there_is_said_at_once(my, settings, caplog):
    settings.IDENTITY_ISSUER = "http://127.0.0.1:1"
    refused(my.post("/oidc/begin"), DOWN, caplog)


@pytest.mark.parametrize("path", [CONFIG, "/token", "/jwks", "/userinfo"])
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (503, DOWN),
        (302, GARBLED),
        (404, GARBLED),
        (204, GARBLED),
        (b"", GARBLED),
        (b"<html>", GARBLED),
        (b"[]", GARBLED),
        (b"\xff\xfe", GARBLED),
        (b"[" * 200_000, GARBLED),
        (b'{"a": "' + b"x" * 300_000 + b'"}', GARBLED),
        (b"{}", GARBLED),
        (b'{"access_token": 5}', GARBLED),
        (b'{"access_token": "a", "expires_in": "soon", "id_token": 7}', GARBLED),
    ],
    ids=[
        "503",
        "redirect",
        "404",
        "empty answer",
        "nothing",
        "html",
        "list",
        "bytes",
        "deep",
        "huge",
        "bare",
        "number",
        "wrong kinds",
    ],
)
def test_nonsense_at_any_address_is_one_clear_page(my, hostile, caplog, path, body, sentence):
    hostile.bodies[path] = body
    answer = my.post("/oidc/begin") if path == CONFIG else comes_back(my, hostile)
    refused(answer, sentence, caplog)
    assert "/elsewhere" not in hostile.asked


@pytest.mark.parametrize(
    "config",
    [
        {"issuer": "https://ke-khac.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": "gopher://x"},
        {"jwks_uri": 5},
        {"token_endpoint": "https://"},
        {"token_endpoint": "https://["},
    ],
)
def test_a_discovery_document_of_somebody_else_or_with_strange_addresses_is_refused(my, hostile, config):
    hostile.config = config
    refused(my.post("/oidc/begin"), GARBLED)


@pytest.mark.parametrize(
    "config", [{"token_endpoint_auth_methods_supported": 5}, {"end_session_endpoint": "https://["}], ids=str
)
def test_a_discovery_document_strange_where_it_need_not_be_still_signs_in(my, hostile, config):
    hostile.config = config
    assert comes_back(my, hostile).status_code == 302


@pytest.mark.parametrize("token", ["\u1ea1", "\ud800", "a\nb"], ids=ascii)
def test_an_access_token_that_fits_no_header_is_refused(my, hostile, token):
    address = hostile.answer_to(leave(my))
    told = {"access_token": token, "token_type": "Bearer", "id_token": hostile.token()}
    hostile.bodies["/token"] = json.dumps(told).encode()
    refused(my.get(address), GARBLED)


def test_over_https_no_address_in_the_clear_is_asked(settings):
    settings.IDENTITY_ISSUER = "https://dinh-danh.example"
    assert provider.askable("https://khac.example/token")
    assert not provider.askable("http://khac.example/token")


def sends(first: bytes, drop: bytes, every: float) -> Any:
    def write(handler: Any) -> None:
        until = time.monotonic() + 20
        try:
            handler.wfile.write(first)
            while time.monotonic() < until:
                time.sleep(every)
                handler.wfile.write(drop)
        except OSError:
            pass

    return write


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SLOW = {
    "says nothing": sends(b"", b"", 0.2),
    "a header a moment, for ever": sends(HEAD, b"X-A: b\r\n", 0.1),
    "one header letter by letter": sends(HEAD + b"X-A: ", b"a", 0.1),
    "a body letter by letter": sends(HEAD + b"Content-Length: 9999\r\n\r\n{", b" ", 0.1),
    "a body without end": sends(HEAD + b"\r\n{", b" ", 0.05),
}


@pytest.mark.parametrize("write", SLOW.values(), ids=SLOW.keys())
def test_a_slow_provider_holds_nobody_longer_than_its_time(my, hostile, monkeypatch, write):
    monkeypatch.setattr(line, "SECONDS", 0.8)
    hostile.bodies[CONFIG] = write
    began = time.monotonic()
    refused(my.post("/oidc/begin"), DOWN)
    assert time.monotonic() - began < 15  # it would drip for 20


def test_five_seconds_are_the_most_that_an_errand_takes():
    assert line.SECONDS <= 5


def test_a_provider_that_kept_us_waiting_is_left_alone_for_a_moment(my, hostile, monkeypatch):
    monkeypatch.setattr(line, "SECONDS", 0.5)
    hostile.bodies[CONFIG] = SLOW["says nothing"]
    my.post("/oidc/begin")
    before = len(hostile.asked)
    refused(my.post("/oidc/begin"), DOWN)
    assert len(hostile.asked) == before
    monkeypatch.setattr(line, "_rests_until", 0.0)
    monkeypatch.setattr(line, "SECONDS", 5.0)
    hostile.bodies.clear()
    assert my.post("/oidc/begin").status_code == 200


def test_only_so_many_wait_for_the_provider_at_once(my, hostile):
    for _each in range(line.AT_ONCE):
        assert line.room.acquire(blocking=False)
    try:
        refused(my.post("/oidc/begin"), DOWN)
        assert hostile.asked == []
    finally:
        for _each in range(line.AT_ONCE):
            line.room.release()


def test_what_the_provider_says_of_itself_is_asked_once_in_a_while(my, hostile):
    for _time in range(3):
        leave(my)
    assert hostile.asked == [CONFIG]


# ---- where it ends


@pytest.mark.parametrize(
    "going",
    [
        "https://ke-xau.example/",
        "//ke-xau.example",
        "/\\ke-xau.example",
        "\\\\ke-xau.example",
        "javascript:alert(1)",
        "http:/ke-xau.example",
        "/\t/ke-xau.example",
        "ke-xau.example",
        "http://127.0.0.1/",
        "http://desk.localhost/",
        "/" + "a" * 600,
        " /x",
        "/\r\nSet-Cookie: a=b",
        "",
    ],
)
def test_nobody_is_sent_to_another_house_after_signing_in(my, hostile, going):
    assert my.get(hostile.answer_to(leave(my, next=going)))["Location"] == "/"
    page = my.get("/sign-in", {"next": going}).content.decode()
    assert "ke-xau" not in page.split("<main")[1]


def test_a_host_that_is_not_ours_begins_nothing(my, hostile):
    answer = my.post("/oidc/begin", HTTP_HOST="ke-xau.example")
    assert answer.status_code == 400
    assert hostile.asked == []
    assert not Session.objects.exists()


def test_a_session_fixed_before_signing_in_opens_nothing_afterwards(my, hostile):
    thief = FaceClient("my")
    address = leave(thief)
    my.cookies["sessionid"] = thief.cookies["sessionid"].value
    my.get(hostile.answer_to(address))
    assert my.get("/").context["citizen"] is not None
    assert thief.get("/").context["citizen"] is None


def test_where_no_provider_is_set_up_the_pages_say_so(my, settings):
    settings.IDENTITY_ISSUER = ""
    page = my.get("/sign-in").content.decode()
    assert "chưa mở đăng nhập bằng định danh" in page
    assert "Tới trang định danh" not in page
    for answer in (my.post("/oidc/begin"), my.get("/oidc/callback?code=a&state=b")):
        refused(answer, "chưa mở đăng nhập bằng định danh")
