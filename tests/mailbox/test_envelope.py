"""Whatever bytes come in: an envelope and an age file, or one refusal. Nothing else, ever (S3)."""

import json
from hashlib import sha256

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.demo.client import new_identity, seal, seal_with_passphrase
from keng.mailbox import sealing
from keng.mailbox.agefile import HEADER_MOST, AgeFile, is_header
from keng.mailbox.envelope import Envelope, read_body, read_line
from keng.mailbox.errors import Malformed, Refused

IDENTITY, RECIPIENT = new_identity()
SEALED = seal(RECIPIENT, b"x" * 2048)
PIN = '{"v":1,"box":"na-co-sa","root":"' + "a" * 26 + '","seq":1,"parts":["' + "0" * 64 + '"]}'
FIRST = {
    "v": 1, "thread": "ab" * 32, "token": None, "index": 0, "log": sealing.b64u(bytes(32)), "pin": PIN, "pin_mac": "cd" * 32,
    "hour": "2026-11-22T03", "nonce": "12345",
}  # fmt: skip
LATER = {**{key: value for key, value in FIRST.items() if key != "log"}, "index": 3, "token": sealing.b64u(bytes(32))}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def code_of(body: bytes) -> str:
    with pytest.raises(Refused) as refused:
        read_body(body)
    assert 400 <= refused.value.status < 500
    assert str(refused.value.sentence).endswith(".")
    return refused.value.code


def line(said: object) -> bytes:
    return json.dumps(said).encode()


def test_a_first_and_a_later_part_are_read() -> None:
    first, sealed = read_body(line(FIRST) + b"\n" + SEALED)
    assert first == Envelope("ab" * 32, 0, None, bytes(32), PIN, 1, "cd" * 32, "2026-11-22T03", "12345")
    assert (sealed.header, bytes(sealed.payload)) == sealing.split(SEALED)
    assert sealed.digest == sealing.digest(sealing.split(SEALED)[1])
    later, _sealed = read_body(line(LATER) + b"\n" + SEALED)
    assert (later.index, later.token, later.log) == (3, bytes(32), None)


def test_only_the_hash_of_the_token_is_the_thread() -> None:
    assert not read_line(line(LATER)).holds_token
    assert read_line(line({**LATER, "thread": sha256(bytes(32)).hexdigest()})).holds_token
    assert not read_line(line(FIRST)).holds_token


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("v", 2), ("v", True), ("v", 1.0), ("v", "1"), ("v", None),
        ("thread", "AB" * 32), ("thread", "ab" * 31), ("thread", None), ("thread", "ab" * 32 + "\n"), ("thread", 5),
        ("index", -1), ("index", 0.0), ("index", True), ("index", "0"), ("index", None),
        ("log", "ngan"), ("log", sealing.b64u(bytes(31))), ("log", "=" * 43), ("log", None),
        ("token", sealing.b64u(bytes(32))), ("token", ""), ("token", False),
        ("pin", ""), ("pin", "[]"), ("pin", "{}"), ("pin", None), ("pin", PIN + "\0"), ("pin", PIN.replace("na-co-sa", "\ud800")),
        ("pin", PIN.replace("na-co-sa", "nà")), ("pin", PIN.replace('["', '"').replace('"]', '"')),
        ("pin", PIN.replace('"v":1', '"v":1,"x":1')), ("pin", PIN.replace('["' + "0" * 64 + '"]', "[]")), ("pin", "[" * 9000),
        ("pin", PIN.replace('"v":1', '"v":true')), ("pin", PIN.replace('"v":1', '"v":2')), ("pin", PIN.replace('"na-co-sa"', '{"a":1}')),
        ("pin", PIN.replace('"seq":1', '"seq":1,"hour":"2026-11-22T3"')), ("pin", PIN.replace('"seq":1', '"seq":1,"hour":3')),
        ("pin", PIN.replace("na-co-sa", "-a")), ("pin", PIN.replace("na-co-sa", "a" * 41)), ("pin", PIN.replace("a" * 26, "a" * 25)),
        ("pin", PIN.replace("a" * 26, "u" * 26)), ("pin", PIN.replace('"seq":1', '"seq":"1"')),
        ("pin", PIN.replace('"seq":1', '"seq":1.5')),
        ("pin", PIN.replace('"seq":1', '"seq":-1')), ("pin", PIN.replace("0" * 64, "0" * 63)), ("pin", PIN.replace("0" * 64, "A" * 64)),
        ("pin", PIN.replace('"' + "0" * 64 + '"', "[[]]")), ("pin", PIN.replace('"' + "0" * 64 + '"', "1")),
        ("pin_mac", "xy" * 32), ("pin_mac", ""), ("pin_mac", []),
        ("hour", "2026-11-22 03"), ("hour", "2026-11-22T3"), ("hour", "２０２６-11-22T03"), ("hour", 3),
        ("nonce", 12345), ("nonce", ""), ("nonce", "-1"), ("nonce", "1" * 21), ("nonce", "٣"), ("nonce", "0x1"),
        ("extra", 1), ("ip", "203.0.113.7"),
    ],
)  # fmt: skip
def test_each_key_must_be_what_the_protocol_says(key: str, value: object) -> None:
    assert code_of(line({**FIRST, key: value}) + b"\n" + SEALED) == "malformed"


@pytest.mark.parametrize("key", sorted(FIRST))
def test_no_key_may_be_missing(key: str) -> None:
    said = {name: value for name, value in FIRST.items() if name != key}
    assert code_of(line(said) + b"\n" + SEALED) == "malformed"


def test_a_later_part_has_no_log_tag_and_needs_a_token() -> None:
    assert code_of(line({**LATER, "log": FIRST["log"]}) + b"\n" + SEALED) == "malformed"
    assert code_of(line({**LATER, "token": None}) + b"\n" + SEALED) == "malformed"


@pytest.mark.parametrize("index", [64, 10**9, 10**40])
def test_an_index_past_the_last_is_too_many(index: int) -> None:
    assert code_of(line({**LATER, "index": index}) + b"\n" + SEALED) == "too_large"


@pytest.mark.parametrize("hour", ['"hour":"2026-11-22T03",', ""])
def test_a_pin_record_with_the_hour_of_sending_is_taken_and_so_is_an_older_one(hour: str) -> None:
    said, _file = read_body(line({**FIRST, "pin": PIN.replace('"parts"', f'{hour}"parts"')}) + b"\n" + SEALED)
    assert said.pin_parts == 1


def test_a_pin_record_lists_no_more_parts_than_a_thread_may_have() -> None:
    parts = json.dumps(["0" * 64] * 65)
    assert code_of(line({**FIRST, "pin": PIN.replace('["' + "0" * 64 + '"]', parts)}) + b"\n" + SEALED) == "malformed"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\n", b"{}", b"{}\n", b"null\n" + SEALED, SEALED, b"\x1f\x8b\x08" + SEALED, bytes(20_000), b"[" * 16_000 + b"\n",
        b'{"v":' * 3000 + b"\n", b"\xff\xfe{\x00}\x00\n", b"1" * 16_000 + b"\n", line(FIRST) + b" " * 17_000 + b"\n" + SEALED,
    ],
)  # fmt: skip
def test_what_has_no_good_first_line_is_malformed(body: bytes) -> None:
    assert code_of(body) == "malformed"


HEADER, PAYLOAD = sealing.split(SEALED)


@pytest.mark.parametrize(
    "sealed",
    [
        b"", b"Viet thuong", SEALED[:40], HEADER, HEADER + PAYLOAD[:31], SEALED[1:], b"\n" + SEALED, SEALED.replace(b"\n", b"\r\n", 3),
        SEALED.replace(b"/v1\n", b"/v2\n"), SEALED.replace(b"-> X25519 ", b"-> X25518 "), SEALED.replace(b"--- ", b"-- "),
        seal_with_passphrase("sau tu", b"x" * 100), b"-----BEGIN AGE ENCRYPTED FILE-----\n" + SEALED,
        b"PK\x03\x04" + SEALED, b"age-encryption.org/v1\n" + b"-> X25519 a\n" * 400 + SEALED,
    ],
)  # fmt: skip
def test_what_is_no_age_file_for_x25519_is_refused(sealed: bytes) -> None:
    assert code_of(line(FIRST) + b"\n" + sealed) == "not_age"


def test_age_files_for_several_recipients_are_taken_and_a_header_beyond_four_kilobytes_is_not() -> None:
    def sealed_to(number: int) -> bytes:
        recipients = [pyrage.x25519.Identity.generate().to_public() for _ in range(number)]
        return pyrage.encrypt(b"x" * 100, recipients)

    assert is_header(AgeFile.read(sealed_to(5)).header)
    with pytest.raises(Malformed):
        AgeFile.read(sealed_to(HEADER_MOST // 90))


@given(st.binary(max_size=3000))
def test_s3_any_bytes_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        read_body(body)


@given(st.binary(max_size=400), st.integers(0, 3000))
def test_s3_a_good_body_with_bytes_replaced_is_read_or_refused(noise: bytes, at: int) -> None:
    good = line(FIRST) + b"\n" + SEALED
    try:
        envelope, sealed = read_body(good[:at] + noise + good[at + len(noise) :])
    except Refused:
        return
    assert envelope.pin.isascii()
    assert is_header(sealed.header)


@given(st.sampled_from(sorted(FIRST)), anything)
def test_s3_any_json_in_any_place_is_read_or_refused(key: str, value: object) -> None:
    try:
        envelope = read_line(line({**FIRST, key: value}))
    except Refused:
        return
    assert envelope.thread.isascii()
    assert "\0" not in envelope.pin


@given(anything)
def test_s3_any_json_as_a_line_is_refused(value: object) -> None:
    with pytest.raises(Refused):
        read_line(line(value))
