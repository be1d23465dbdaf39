"""`POST /ledger/cosignatures`: a witness's signature is kept and published; whatever else is posted costs nothing and changes nothing."""

import time
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from keng.ledger import cosigning, files, notes
from keng.ledger.cosigning import AHEAD, BEFORE, MOST
from keng.ledger.cosigning_view import take_cosignature
from keng.ledger.models import Checkpoint, Cosignature
from keng.ledger.notes import WITNESS, Head, Signer
from keng.ledger.publication import publish
from keng.ledger.services import append, verbs
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db(transaction=True)
HANOI = Signer("nhan-chung.hanoi.test", Ed25519PrivateKey.from_private_bytes(b"\1" * 32), WITNESS)
HUE = Signer("nhan-chung.hue.test", Ed25519PrivateKey.from_private_bytes(b"\2" * 32), WITNESS)
STRANGER = Signer("nhan-chung.la.test", Ed25519PrivateKey.from_private_bytes(b"\3" * 32), WITNESS)


@pytest.fixture(autouse=True)
def log(settings: Any, tmp_path: Path) -> Path:
    settings.LEDGER_FOLDER, settings.LEDGER_KEYS = tmp_path / "ledger", tmp_path / "keys"
    settings.WITNESSES = [HANOI.verifier.vkey, HUE.verifier.vkey]
    return tmp_path / "ledger"


@pytest.fixture
def checkpoint() -> Checkpoint:
    with transaction.atomic():
        append(verb=next(iter(verbs))[0], subject="x")
    made = publish(force=True)
    assert made is not None
    return made


def line_of(checkpoint: Checkpoint, witness: Signer = HANOI, at: float | None = None) -> str:
    return witness.line(notes.read(checkpoint.note).text, time=int(time.time() if at is None else at))


def post(public: FaceClient, body: bytes | str) -> Any:
    return public.post("/ledger/cosignatures", body, content_type="text/plain")


def refused(answer: Any, status: int) -> str:
    """One sentence in each language, and nothing kept."""
    said = str(answer.content.decode())
    assert answer.status_code == status, said
    assert len(said.strip().splitlines()) == 2
    assert answer["Content-Type"].startswith("text/plain")
    assert not Cosignature.objects.exists()
    return said


def test_a_witness_signature_is_kept_and_published(public: FaceClient, checkpoint: Checkpoint, log: Path) -> None:
    line = line_of(checkpoint)
    answer = post(public, checkpoint.note + line)
    assert answer.status_code == 201
    assert Cosignature.objects.get().line == line
    published = (log / f"checkpoints/{checkpoint.size}").read_text()
    assert published == checkpoint.note + line
    assert (log / "checkpoint").read_text() == published
    assert notes.verify(notes.read(published), HANOI.verifier) > 0


def test_the_same_again_changes_nothing_even_with_a_later_time(public: FaceClient, checkpoint: Checkpoint) -> None:
    first = line_of(checkpoint, at=time.time() - 100)
    assert post(public, checkpoint.note + first).status_code == 201
    assert post(public, checkpoint.note + first).status_code == 200
    assert post(public, checkpoint.note + line_of(checkpoint)).status_code == 200
    assert Cosignature.objects.get().line == first


def test_two_witnesses_stand_side_by_side(public: FaceClient, checkpoint: Checkpoint, log: Path) -> None:
    for witness in (HUE, HANOI):
        assert post(public, checkpoint.note + line_of(checkpoint, witness)).status_code == 201
    published = notes.read((log / "checkpoint").read_text())
    assert [one.name for one in published.signatures][1:] == [HANOI.name, HUE.name]


def test_an_older_checkpoint_is_cosigned_without_touching_the_newest(
    public: FaceClient, checkpoint: Checkpoint, log: Path
) -> None:
    newer = publish(force=True)
    assert newer is not None
    before = (log / "checkpoint").read_text()
    assert post(public, checkpoint.note + line_of(checkpoint)).status_code == 201
    assert HANOI.name in (log / f"checkpoints/{checkpoint.size}").read_text()
    assert (log / "checkpoint").read_text() == before


def test_a_file_that_a_crash_left_behind_is_mended_when_the_witness_comes_again(
    public: FaceClient, checkpoint: Checkpoint, log: Path
) -> None:
    line = line_of(checkpoint)
    Cosignature.objects.create(size=checkpoint.size, name=HANOI.name, line=line)
    assert post(public, checkpoint.note + line).status_code == 200
    assert (log / f"checkpoints/{checkpoint.size}").read_text() == checkpoint.note + line


def test_a_known_cosignature_posted_back_does_not_wait_for_who_has_the_folder(
    public: FaceClient, checkpoint: Checkpoint
) -> None:
    """What anybody can fetch and send again must not hold the server's threads through a publication or an export."""
    body = checkpoint.note + line_of(checkpoint)
    assert post(public, body).status_code == 201
    answers: list[int] = []

    def again() -> None:
        answers.append(post(public, body).status_code)
        connection.close()

    with files.alone():
        replay = Thread(target=again, daemon=True)
        replay.start()
        replay.join(5)
        assert answers == [200]


def test_an_unknown_witness_is_refused(public: FaceClient, checkpoint: Checkpoint) -> None:
    said = refused(post(public, checkpoint.note + line_of(checkpoint, STRANGER)), 403)
    assert "KENG_WITNESSES" in said


def test_a_name_that_is_known_under_another_key_is_refused(public: FaceClient, checkpoint: Checkpoint) -> None:
    posing = Signer(HANOI.name, STRANGER.key, WITNESS)
    refused(post(public, checkpoint.note + line_of(checkpoint, posing)), 403)


def test_a_signature_over_another_time_is_refused(public: FaceClient, checkpoint: Checkpoint) -> None:
    now = int(time.time())
    signed = notes.read(checkpoint.note + line_of(checkpoint, at=now)).signatures[-1]
    moved = notes.Signature(signed.name, signed.id, (now + 60).to_bytes(8) + signed.signed[8:]).line
    refused(post(public, checkpoint.note + moved), 403)


def test_another_root_under_our_name_is_not_kept_and_the_operator_is_told(
    public: FaceClient, checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture
) -> None:
    origin = notes.read_head(notes.read(checkpoint.note).text).origin
    text = Head(origin, checkpoint.size, bytes(32)).text
    forged = f"{text}\n{HANOI.line(text, time=int(time.time()))}"
    with caplog.at_level("ERROR", "keng.ledger"):
        refused(post(public, forged), 404)
    assert HANOI.name in caplog.text


@pytest.mark.parametrize("size", [0, 255, 2**62])
def test_a_checkpoint_that_there_is_not_is_refused(public: FaceClient, checkpoint: Checkpoint, size: int) -> None:
    text = Head(notes.read_head(notes.read(checkpoint.note).text).origin, size, bytes(32)).text
    refused(post(public, f"{text}\n{HANOI.line(text, time=int(time.time()))}"), 404)


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [(-60, True), (AHEAD.total_seconds() - 60, True), (AHEAD.total_seconds() + 60, False),
     (-(BEFORE + timedelta(days=1)).total_seconds() - 60, False), (10**9, False), (-(10**9), False)],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused_and_the_witness_told_to_set_its_clock(
    public: FaceClient, checkpoint: Checkpoint, seconds: float, taken: bool
) -> None:
    answer = post(public, checkpoint.note + line_of(checkpoint, at=time.time() + seconds))
    if taken:
        assert answer.status_code == 201
    else:
        assert "clock" in refused(answer, 400)


def test_a_time_beyond_all_years_is_refused(public: FaceClient, checkpoint: Checkpoint) -> None:
    refused(post(public, checkpoint.note + line_of(checkpoint, at=2**63)), 400)


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b"\xff\xfe", b"x" * MOST, b"a\n1\nAAAA\n\n\xe2\x80\x94 a AAAA\n", b"\x00" * 50]
)
def test_s3_what_is_no_note_is_refused_in_a_sentence(public: FaceClient, checkpoint: Checkpoint, body: bytes) -> None:
    refused(post(public, body), 400)


def test_s3_what_is_too_long_is_refused_unread(public: FaceClient, checkpoint: Checkpoint) -> None:
    refused(post(public, checkpoint.note + line_of(checkpoint) * 40), 413)
    refused(post(public, b"x" * (MOST + 1)), 413)


@pytest.mark.parametrize("length", ["", "-1", "²", "9" * 30, "100000"])
def test_s3_a_length_that_is_none_is_refused(length: str) -> None:
    request = RequestFactory().post("/ledger/cosignatures", b"x", content_type="text/plain")
    request.META["CONTENT_LENGTH"] = length
    assert take_cosignature(request).status_code in (400, 413)


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_only_posting_is_answered(public: FaceClient, method: str) -> None:
    answer = getattr(public, method)("/ledger/cosignatures")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


def test_bad_bodies_ask_nothing_of_the_database(
    public: FaceClient, checkpoint: Checkpoint, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """A flood of them holds no lock and leaves no row."""
    with django_assert_num_queries(0):
        for body in (b"", b"x" * 5000, checkpoint.note, checkpoint.note + line_of(checkpoint, STRANGER)):
            assert post(public, body).status_code in (400, 403, 413)


def test_a_known_cosignature_takes_no_write_lock(public: FaceClient, checkpoint: Checkpoint) -> None:
    body = checkpoint.note + line_of(checkpoint)
    post(public, body)
    written: list[str] = []

    def noted(execute: Any, sql: str, *rest: Any) -> Any:
        written.append(sql.split()[0])
        return execute(sql, *rest)

    with connection.execute_wrapper(noted):
        post(public, body)
    assert set(written) == {"SELECT"}


def test_s2_a_database_that_cannot_write_is_said(
    public: FaceClient, checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise DatabaseError("database is locked")

    monkeypatch.setattr(cosigning, "_keep", locked)
    assert "locked" not in refused(post(public, checkpoint.note + line_of(checkpoint)), HTTPStatus.SERVICE_UNAVAILABLE)


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0), bit=st.integers(0, 7))
def test_any_flipped_bit_of_what_a_witness_sent_is_refused(
    public: FaceClient, checkpoint: Checkpoint, at: int, bit: int
) -> None:
    """The log's own line is left out here: it is not what the witness vouches for, and not kept."""
    line = line_of(checkpoint).encode()
    text = notes.read(checkpoint.note).text.encode()
    good = text + b"\n" + line
    at %= len(good)
    spoilt = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
    answer = post(public, spoilt)
    assert answer.status_code in (400, 403)
    refused(answer, answer.status_code)


def test_it_stores_no_line_but_the_witness_own(public: FaceClient, checkpoint: Checkpoint) -> None:
    body = checkpoint.note + line_of(checkpoint, STRANGER) + line_of(checkpoint, HUE)
    assert post(public, body).status_code == 201
    assert Cosignature.objects.get().name == HUE.name
