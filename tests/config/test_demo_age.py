"""What the demo writes without a browser is ordinary age: passphrases cheap enough for an old computer, headers that open."""

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.demo.age import CHUNK, LOG_N, rewrap, seal_with_passphrase
from config.demo.client import new_identity, seal
from keng.mailbox.sealing import split

KEY = b"AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ\n"


@pytest.mark.parametrize("data", [b"", KEY, bytes(CHUNK)])
def test_another_age_opens_it_with_the_passphrase(data: bytes) -> None:
    sealed = seal_with_passphrase("nuong ban suoi trang trau ruong", data)
    assert pyrage.passphrase.decrypt(sealed, "nuong ban suoi trang trau ruong") == data


def test_its_work_factor_is_the_protocols() -> None:
    assert LOG_N == 16
    assert seal_with_passphrase("a", KEY).split(b"\n")[1].endswith(b" 16")


@given(st.text(min_size=1, max_size=40), st.binary(max_size=300))
def test_any_words_and_any_bytes_come_back(passphrase: str, data: bytes) -> None:
    sealed = seal_with_passphrase(passphrase, data, log_n=1)
    assert pyrage.passphrase.decrypt(sealed, passphrase) == data


def test_a_wrong_word_or_a_flipped_bit_opens_nothing() -> None:
    sealed = seal_with_passphrase("nuong ban", KEY, log_n=10)
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(sealed, "nuong ban ")
    for place in (40, len(sealed) // 2, len(sealed) - 1):
        broken = bytearray(sealed)
        broken[place] ^= 1
        with pytest.raises(pyrage.DecryptError):
            pyrage.passphrase.decrypt(bytes(broken), "nuong ban")


def test_the_same_key_is_never_sealed_alike_twice() -> None:
    assert seal_with_passphrase("a", KEY, log_n=1) != seal_with_passphrase("a", KEY, log_n=1)


def test_more_than_a_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="one chunk"):
        seal_with_passphrase("a", bytes(CHUNK + 1))


@given(st.binary(max_size=3000))
def test_a_rewrapped_header_opens_the_same_payload_to_the_new_recipients_alone(data: bytes) -> None:
    box, police, reporter = new_identity(), new_identity(), new_identity()
    header, payload = split(
        pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(one) for one in (box[1], reporter[1])])
    )
    forwarded = rewrap(header, box[0], [police[1]]) + payload
    assert pyrage.decrypt(forwarded, [pyrage.x25519.Identity.from_str(police[0])]) == data
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(forwarded, [pyrage.x25519.Identity.from_str(box[0])])
    again = rewrap(split(forwarded)[0], police[0], [box[1], reporter[1]]) + payload
    assert pyrage.decrypt(again, [pyrage.x25519.Identity.from_str(reporter[0])]) == data


def test_a_header_for_somebody_else_is_not_rewrapped() -> None:
    header, _payload = split(seal(new_identity()[1], b"tin"))
    with pytest.raises(ValueError, match="nobody with this identity"):
        rewrap(header, new_identity()[0], [new_identity()[1]])
