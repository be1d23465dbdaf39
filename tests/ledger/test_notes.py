"""Notes, checkpoints and cosignatures: the vectors of others, whatever bytes come, and every bit that is flipped."""

from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keng.ledger import notes
from keng.ledger.notes import Head, NoteMalformed, SignatureFailed, Signer, Verifier

# From the tests of the Go implementation, golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)

# The example of C2SP tlog-checkpoint.
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
LOG = Signer("bao.example.vn/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
WITNESS = Signer("witness.example.vn", Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))), notes.WITNESS)
HEAD = Head(LOG.name, 512, sha256(b"root").digest())


def test_what_go_signed_verifies_and_what_we_sign_is_what_go_signs() -> None:
    by = Verifier.read(GO_KEY)
    assert notes.verify(notes.read(f"{GO_TEXT}\n{GO_LINE}"), by) == 0
    signer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))
    assert signer.verifier.vkey == GO_KEY
    assert notes.sign(GO_TEXT, signer) == f"{GO_TEXT}\n{GO_LINE}"


def test_the_specifications_checkpoint_is_read_and_written_back() -> None:
    note = notes.read(CHECKPOINT)
    head = notes.read_head(note.text)
    assert (head.origin, head.size, head.root.hex()[:8]) == ("example.com/behind-the-sofa", 20852163, "0ac5186a")
    assert head.text == note.text
    assert str(note) == CHECKPOINT


def test_a_cosignature_is_over_the_time_and_the_whole_text() -> None:
    """C2SP tlog-cosignature, taken literally."""
    line = WITNESS.line(HEAD.text, time=1_700_000_000)
    raw = b64decode(line.split(" ")[2])
    public = WITNESS.key.public_key()
    assert raw[:4] == sha256(b"witness.example.vn\n\x04" + public.public_bytes_raw()).digest()[:4]
    assert raw[4:12] == (1_700_000_000).to_bytes(8)
    public.verify(raw[12:], b"cosignature/v1\ntime 1700000000\n" + HEAD.text.encode())
    note = notes.read(notes.sign(HEAD.text, LOG) + line)
    assert notes.verify(note, WITNESS.verifier) == 1_700_000_000
    assert notes.verify(note, LOG.verifier) == 0


def test_a_log_signature_is_no_cosignature_and_the_other_way_about() -> None:
    as_witness = Signer(LOG.name, LOG.key, notes.WITNESS)
    note = notes.read(notes.sign(HEAD.text, LOG))
    with pytest.raises(SignatureFailed, match="no signature"):
        notes.verify(note, as_witness.verifier)


def test_two_keys_of_one_name_sign_together_and_each_is_found() -> None:
    newer = Signer(LOG.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    note = notes.read(notes.sign(HEAD.text, LOG, newer))
    assert [notes.verify(note, one.verifier) for one in (LOG, newer)] == [0, 0]
    assert notes.signed_by(note, newer.verifier)
    assert not notes.signed_by(note, WITNESS.verifier)


@given(st.data())
def test_no_flipped_bit_of_a_note_goes_unnoticed(data: st.DataObject) -> None:
    raw = (notes.sign(HEAD.text, LOG)).encode()
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    changed = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(raw))
    with pytest.raises((NoteMalformed, SignatureFailed, UnicodeDecodeError)):
        notes.verify(notes.read(changed.decode()), LOG.verifier)


@given(st.data())
def test_no_flipped_bit_of_a_cosignature_goes_unnoticed(data: st.DataObject) -> None:
    raw = WITNESS.line(HEAD.text, time=1_700_000_000).encode()
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    changed = bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(raw))
    with pytest.raises((NoteMalformed, SignatureFailed, UnicodeDecodeError)):
        notes.verify(notes.read(notes.sign(HEAD.text, LOG) + changed.decode()), WITNESS.verifier)


@given(st.text(max_size=200))
def test_whatever_comes_is_a_note_or_is_refused(text: str) -> None:
    for reader in (notes.read, notes.read_head, Verifier.read):
        try:
            reader(text)
        except NoteMalformed:
            continue


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        "text\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\nname AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAAAAAA",
        "te\x07xt\n\n— name AAAAAAAA\n",
        "text\r\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteMalformed):
        notes.read(note)


@pytest.mark.parametrize(
    "text",
    [
        "log\n256\n",
        "log\n256\nAAAA\n",
        f"\n256\n{b64encode(bytes(32)).decode()}\n",
        f"log\n0256\n{b64encode(bytes(32)).decode()}\n",
        f"log\n-1\n{b64encode(bytes(32)).decode()}\n",
        f"log\n٢٥٦\n{b64encode(bytes(32)).decode()}\n",
        f"log\n{10**30}\n{b64encode(bytes(32)).decode()}\n",
        f"log\n256\n{b64encode(bytes(32)).decode()}",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed):
        notes.read_head(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000",
        "name+00000000+AAAA",
        GO_KEY.replace("c74f20a3", "c74f20a4"),
        GO_KEY.replace("PeterNeumann", "Peter Neumann"),
        GO_KEY[:-1],
        GO_KEY.replace("+AR", "+CR"),
    ],
)
def test_what_is_no_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(NoteMalformed):
        Verifier.read(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "x" * 121])
def test_a_key_with_an_impossible_name_is_not_made(name: str) -> None:
    with pytest.raises(NoteMalformed, match="name"):
        Signer(name, LOG.key)


@pytest.mark.parametrize("text", ["", "\n", "no newline", "tab\there\n"])
def test_a_text_that_can_be_no_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteMalformed):
        notes.sign(text, LOG)


@pytest.mark.parametrize("text", ["AB==", "AAB=", "AA=A", "AA"])
def test_base64_has_one_form_so_that_no_bit_of_a_note_can_change_unseen(text: str) -> None:
    with pytest.raises(NoteMalformed):
        notes.unb64(text)
