"""`POST /b/<slug>/parts` as a phone meets it."""

import json
from contextlib import ExitStack
from io import BytesIO
from threading import Thread as PythonThread

import pytest
from django.db import OperationalError, connections

from config.demo.client import hour_text, solve
from keng.ledger.models import Entry
from keng.mailbox import bodies, proof, sealing
from keng.mailbox.errors import Refused
from keng.mailbox.models import Part, Thread
from keng.mailbox.services import delete
from keng.mailbox.views import parts as view
from tests.cast import Cast
from tests.conftest import FaceClient
from tests.mailbox.services.test_parts import message


@pytest.fixture(autouse=True)
def quiet_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test's reports make another's proof of work dearer."""
    monkeypatch.setattr(proof, "demand", proof.Demand())
    monkeypatch.setattr(proof, "spent", proof.Spent())


def post(public: FaceClient, body: bytes, slug: str = "na-co-sa", **headers: str):
    return public.post(f"/b/{slug}/parts", body, content_type="application/octet-stream", **headers)


def test_a_sealed_report_is_stored_and_told_so(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    response = post(public, reporter.first("Mất trâu."))
    assert (response.status_code, response.json()) == (201, {"index": 0, "digest": reporter.digests[0]})
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Length"] == str(len(response.content))
    assert Part.objects.get().digest == reporter.digests[0]


def test_r10_sent_again_it_is_told_as_stored_before(cast: Cast, public: FaceClient) -> None:
    body = cast.reporter().first("Mất trâu.")
    first, again = post(public, body), post(public, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Entry.objects.count() == 1


def test_the_whole_of_a_report_with_photos_comes_in(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    assert post(public, reporter.first("Có ảnh.", media=2)).status_code == 201
    for index in (1, 2):
        photo = reporter.later(index=index, kind="photo", name="photo.jpg", body=bytes(300_000))
        assert post(public, photo).status_code == 201
    assert sorted(Part.objects.values_list("index", flat=True)) == [0, 1, 2]


def test_a_refusal_has_a_code_and_one_vietnamese_sentence(cast: Cast, public: FaceClient) -> None:
    response = post(public, message(cast.reporter(), 1))
    assert response.status_code == 404
    assert response.json() == {
        "error": "no_thread",
        "message": "Không tìm thấy tin này. Có thể mã chưa đúng hoặc tin đã được xoá.",
    }


def test_a_taken_index_tells_the_free_one(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    post(public, reporter.first("Tin."))
    response = post(public, reporter.first("Tin khác."))
    assert response.status_code == 409
    assert (response.json()["error"], response.json()["next"]) == ("taken", 1)


@pytest.mark.parametrize("hour", ["2026-01-01T00", "9999-12-31T23"])
def test_a_proof_for_another_time_is_told_the_servers_hour_and_bits(cast: Cast, public: FaceClient, hour: str) -> None:
    reporter = cast.reporter()
    sealed = reporter.first("Tin.").split(b"\n", 1)[1]
    nonce = solve(slug="na-co-sa", hour=hour, digest=reporter.digests[0])
    response = post(public, reporter.envelope(sealed, index=0, hour=hour, nonce=nonce))
    assert response.status_code == 409
    assert {**response.json(), "message": ""} == {"error": "pow", "message": "", "hour": hour_text(), "bits": 16}
    assert not Thread.objects.exists()


def test_a_proof_that_is_wrong_or_made_for_another_box_or_part_is_refused(cast: Cast, public: FaceClient) -> None:
    _ = cast.police
    reporter = cast.reporter()
    body = reporter.first("Tin.")
    line, sealed = body.split(b"\n", 1)
    said = json.loads(line)
    other = solve(slug="ca-dien-bien", hour=said["hour"], digest=reporter.digests[0])
    for nonce in ("0", other):
        response = post(public, json.dumps({**said, "nonce": nonce}).encode() + b"\n" + sealed)
        assert (response.status_code, response.json()["error"]) == (409, "pow")
    again = reporter.first("Tin khác.").split(b"\n", 1)[1]
    response = post(public, line + b"\n" + again)
    assert (response.status_code, response.json()["error"]) == (409, "pow")
    assert not Thread.objects.exists()


def test_an_unknown_box_and_a_closed_one_are_refused(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    reporter.slug = "khong-co"
    assert post(public, reporter.first("Tin."), slug="khong-co").json()["error"] == "no_box"
    type(cast.box).objects.update(closed_on="2026-01-01")
    response = post(public, cast.reporter().first("Tin."))
    assert (response.status_code, response.json()["error"]) == (410, "closed")


def test_a_million_tiny_parts_end_at_sixty_four(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    post(public, reporter.first("Tin."))
    assert post(public, message(reporter, 63)).status_code == 201
    reporter.digests = reporter.digests[:1]
    response = post(public, message(reporter, 64))
    assert (response.status_code, response.json()["error"]) == (413, "too_large")
    assert Part.objects.count() == 2


@pytest.mark.parametrize("token", [b"", bytes(16), bytes(31), bytes(33)])
def test_a_token_of_the_wrong_length_is_malformed(cast: Cast, public: FaceClient, token: bytes) -> None:
    reporter = cast.reporter()
    post(public, reporter.first("Tin."))
    sealed = message(reporter, 1).split(b"\n", 1)[1]
    response = post(public, reporter.envelope(sealed, index=1, token=sealing.b64u(token)))
    assert (response.status_code, response.json()["error"]) == (400, "malformed")


def test_only_posting_is_allowed(public: FaceClient) -> None:
    for path in ("/b/na-co-sa/parts", "/r/thread", "/r/delete"):
        response = public.get(path)
        assert (response.status_code, response.headers["Allow"]) == (405, "POST")
        assert response.json()["error"] == "method"


def test_r5_a_desk_cookie_changes_nothing_in_what_is_asked_or_answered(cast: Cast, public: FaceClient) -> None:
    without, with_cookie = cast.reporter(), cast.reporter()
    plain = post(public, without.first("Tin."))
    marked = post(public, with_cookie.first("Tin."), HTTP_COOKIE="sessionid=dauvet; csrftoken=dauvet")
    assert dict(plain.headers) == dict(marked.headers)
    assert plain.status_code == marked.status_code == 201
    assert not marked.cookies


def test_a_body_without_a_length_or_with_a_strange_one_is_malformed(cast: Cast, public: FaceClient) -> None:
    body = cast.reporter().first("Tin.")
    for length in ("", "-1", "1e3", "٣", "0x10", " 12", "9" * 40, "12, 12"):
        response = public.generic("POST", "/b/na-co-sa/parts", body, CONTENT_LENGTH=length)
        assert (response.status_code, response.json()["error"]) == (400, "malformed"), length
    assert not Thread.objects.exists()


def test_a_body_cut_short_is_malformed(cast: Cast, public: FaceClient) -> None:
    body = cast.reporter().first("Tin.")
    arrived = {"wsgi.input": BytesIO(body[:-100]), "CONTENT_LENGTH": str(len(body))}
    response = public.generic("POST", "/b/na-co-sa/parts", body, **arrived)
    assert (response.status_code, response.json()["error"]) == (400, "malformed")


def test_a_body_that_is_too_large_is_refused_by_its_length_or_by_its_age_file(cast: Cast, public: FaceClient) -> None:
    response = post(public, bytes(view.BODY_MOST + 1))
    assert (response.status_code, response.json()["error"]) == (413, "too_large")
    line = cast.reporter().first("Tin.").split(b"\n", 1)[0]
    response = post(public, line + b"\n" + bytes(bodies.SEALED_MOST + 1))
    assert (response.status_code, response.json()["error"]) == (413, "too_large")


def test_r10_attachments_are_held_back_for_load_but_a_text_never_is(
    cast: Cast, public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "attachments", bodies.Places(bodies.ATTACHMENT_LEAST, bodies.BUSY))
    reporter = cast.reporter()
    with bodies.place_for(bodies.TEXT_MOST + 1):
        assert post(public, reporter.first("Tin chữ.")).status_code == 201
        busy = post(public, reporter.later(index=1, kind="photo", name="photo.jpg", body=bytes(200_000)))
        assert (busy.status_code, busy.json()["error"]) == (503, "busy")
        assert int(busy.headers["Retry-After"]) > 0
    assert post(public, reporter.later(index=1, kind="photo", name="photo.jpg", body=bytes(200_000))).status_code == 201


def test_s3_a_proof_pays_once_sent_deleted_and_sent_again_needs_another(cast: Cast, public: FaceClient) -> None:
    reporter = cast.reporter()
    body = reporter.first("Tin chữ.")
    assert [post(public, body).status_code for _again in range(2)] == [201, 200]
    delete(token=reporter.keys.token)
    before = Entry.objects.count()
    again = post(public, body)
    assert (again.status_code, again.json()["error"]) == (409, "replayed")
    assert not Thread.objects.exists()
    assert Entry.objects.count() == before
    assert post(public, cast.reporter().first("Tin khác.")).status_code == 201


def test_a_place_is_given_back_whatever_becomes_of_the_body(
    public: FaceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "attachments", bodies.Places(bodies.ATTACHMENT_LEAST, bodies.BUSY))
    for _try in range(3):
        assert post(public, bytes(bodies.TEXT_MOST + 1)).status_code == 400


def test_attachments_are_held_back_by_their_bytes_and_by_their_number() -> None:
    largest, smallest = view.BODY_MOST, bodies.TEXT_MOST + 1
    with ExitStack() as under_way:
        for _large in range(7):
            under_way.enter_context(bodies.place_for(largest))
        with pytest.raises(Refused):
            under_way.enter_context(bodies.place_for(largest))
    with ExitStack() as under_way:
        for _small in range(128):
            under_way.enter_context(bodies.place_for(smallest))
        under_way.enter_context(bodies.place_for(bodies.TEXT_MOST))
        with pytest.raises(Refused):
            under_way.enter_context(bodies.place_for(smallest))


@pytest.mark.django_db
def test_s2_a_database_that_cannot_write_is_an_error_that_the_client_tries_again(
    public: FaceClient, monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    def full(**_asked: object) -> None:
        raise OperationalError("database or disk is full")

    body = cast.reporter().first("Tin.")
    with monkeypatch.context() as broken:
        broken.setattr(view, "accept", full)
        response = post(public, body)
    assert (response.status_code, response.json()["error"]) == (500, "storage")
    assert post(public, body).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_r10_the_same_part_sent_32_times_at_once_is_one_part(cast: Cast) -> None:
    reporter = cast.reporter()
    body = reporter.first("Mất trâu.")
    answers: list[int] = []

    def send() -> None:
        try:
            answers.append(post(FaceClient("public"), body).status_code)
        finally:
            connections.close_all()

    threads = [PythonThread(target=send) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 31 + [201]
    assert (Thread.objects.count(), Part.objects.count(), Entry.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_different_parts_for_one_index_at_once_leave_one_and_tell_the_others_the_next(cast: Cast) -> None:
    reporter = cast.reporter()
    post(FaceClient("public"), reporter.first("Tin."))
    sealed = [message(reporter, 1, f"Phần {number}.") for number in range(8)]
    answers: list[tuple[int, object]] = []

    def send(body: bytes) -> None:
        try:
            response = post(FaceClient("public"), body)
            answers.append((response.status_code, response.json().get("next")))
        finally:
            connections.close_all()

    threads = [PythonThread(target=send, args=(body,)) for body in sealed]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == [(201, None)] + [(409, 2)] * 7
    assert Part.objects.count() == 2
