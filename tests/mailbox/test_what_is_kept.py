"""With all that the server stores and all its secrets, nothing opens (R2, R12)."""

import json
from hashlib import sha256

import pyrage
import pytest
from django.apps import apps
from django.conf import settings

from keng.mailbox import sealing
from keng.mailbox.models import Part, Thread
from keng.mailbox.services import answer
from tests.cast import PASSPHRASE, Cast
from tests.conftest import FaceClient
from tests.mailbox.services.test_answers import sealed_answer
from tests.mailbox.services.test_parts import message, send

MARK = "con trâu khoang cổ"


def everything_stored() -> list[object]:
    """Every value of every column of every table, salts and sealed keys included."""
    return [
        value
        for model in apps.get_models()
        for row in model.objects.values_list()
        for value in row
        if value is not None
    ]


def as_bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def every_secret(cast: Cast) -> list[bytes]:
    """What a thief of the machine could try as a key: whatever is stored, and what the settings hold."""
    return [as_bytes(value) for value in everything_stored()] + [
        settings.SECRET_KEY.encode(),
        json.dumps(settings.FACE_HOSTS).encode(),
    ]


@pytest.fixture
def reporter(cast: Cast):
    reporter = cast.reporter()
    send("na-co-sa", reporter.first(MARK))
    send("na-co-sa", message(reporter, 1, MARK))
    thread = Thread.objects.get()
    sealed = sealed_answer(cast, reporter, text=MARK)
    answer(thread=thread, box=cast.box, index=0, sealed=sealed, by="hoa", office="bp-na-co-sa")
    return reporter


def test_r2_no_stored_secret_opens_a_part_in_any_way_that_a_thief_could_try(cast: Cast, reporter) -> None:
    parts = [bytes(part.header) + bytes(part.payload) for part in Part.objects.all()]
    assert len(parts) == 3
    for secret in {*every_secret(cast), PASSPHRASE.encode()[:4]}:
        for identity in identities_from(secret):
            for sealed in parts:
                with pytest.raises(pyrage.DecryptError):
                    pyrage.decrypt(sealed, [identity])


def identities_from(secret: bytes) -> list[pyrage.x25519.Identity]:
    """A value as a key: as it stands, as 32 raw bytes, and hashed."""
    found = []
    scalars = [sha256(secret).digest(), secret[:32]] if len(secret) >= 32 else [sha256(secret).digest()]
    for scalar in scalars:
        found.append(pyrage.x25519.Identity.from_str(sealing.age_identity(scalar)))
    for line in secret.splitlines():
        if line.startswith(b"AGE-SECRET-KEY-1"):
            found.append(pyrage.x25519.Identity.from_str(line.decode()))
    return found


def test_r2_the_thiefs_way_of_trying_would_find_a_key_that_was_stored(cast: Cast, reporter) -> None:
    """The same search with the box's identity among the values opens everything: the test above can fail."""
    sealed = [bytes(part.header) + bytes(part.payload) for part in Part.objects.filter(direction="reporter")]
    (identity,) = identities_from(cast.keys.identity.encode())[-1:]
    assert all(MARK.encode() in pyrage.decrypt(one, [identity]) for one in sealed)


def test_r1_neither_text_nor_receipt_nor_token_is_stored_anywhere(cast: Cast, reporter) -> None:
    keys = reporter.keys
    secrets = [
        MARK.encode(), reporter.receipt.encode(), keys.token, keys.token.hex().encode(), sealing.b64u(keys.token).encode(),
        keys.secret, sealing.b64u(keys.secret).encode(), keys.identity.encode(), keys.pin_key, keys.reply.encode(),
    ]  # fmt: skip
    stored = [as_bytes(value) for value in everything_stored()]
    assert any(keys.log_tag == value for value in stored), "the search does find what is stored"
    assert not [secret for secret in secrets for value in stored if secret in value]


def test_r1_no_header_of_a_request_is_stored_anywhere(cast: Cast, public: FaceClient) -> None:
    marks = {
        "REMOTE_ADDR": "203.0.113.77",
        "HTTP_X_FORWARDED_FOR": "198.51.100.88",
        "HTTP_USER_AGENT": "DauVetMay",
        "HTTP_REFERER": "https://dauvet-trang.example/",
        "HTTP_ACCEPT_LANGUAGE": "dauvet-tieng",
        "HTTP_COOKIE": "sessionid=dauvetphien",
    }
    response = public.post("/b/na-co-sa/parts", cast.reporter().first("Tin."), content_type="dauvet/kieu", **marks)
    assert response.status_code == 201
    stored = b"\n".join(as_bytes(value) for value in everything_stored())
    for mark in (*marks.values(), "dauvet/kieu"):
        assert mark.encode() not in stored


def test_r12_an_answer_without_the_thread_secret_opens_as_foreign(cast: Cast, reporter) -> None:
    part = {"v": 1, "box": "na-co-sa", "from": "officer", "index": 1, "kind": "answer", "hour": "2026-11-22T03"}
    forged = sealing.seal_part(
        json_part=part, name="text.txt", body=b"gia danh", thread=reporter.keys.thread, recipients=[reporter.keys.reply],
        secret=bytes(32),
    )  # fmt: skip
    stored = answer(thread=Thread.objects.get(), box=cast.box, index=1, sealed=forged, by="may", office="bp-na-co-sa")
    opened = sealing.open_part(
        sealed=bytes(stored.header) + bytes(stored.payload), identity=reporter.keys.identity, thread=reporter.keys.thread,
        sender="officer", index=1, secret=reporter.keys.secret,
    )  # fmt: skip
    assert opened.foreign
