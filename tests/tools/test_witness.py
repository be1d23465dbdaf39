"""`tools/witness.py` against a log that behaves, and one that does not: forked, rolled back, rebuilt without a report."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keng.ledger import merkle, notes
from tests.tools.log_lab import KEY, ORIGIN, Log, Witness, leaf, leaves, note_of, serving

OTHER_KEY = notes.Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\1" * 32))


@pytest.fixture
def log() -> Iterator[Log]:
    with serving(leaves(512)) as served:
        yield served


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path / "memory")


def test_its_key_is_made_once_and_is_a_cosigners(witness: Witness, tmp_path: Path) -> None:
    again = Witness(witness.memory, name="another.name")
    assert again.vkey == witness.vkey
    assert notes.Verifier.read(witness.vkey).type == notes.WITNESS
    assert notes.Verifier.read(witness.vkey).name == "nhan-chung.test"
    assert (witness.memory / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["two words", "plus+plus", "", "x" * 121])
def test_a_name_that_no_note_could_hold_is_refused(tmp_path: Path, name: str) -> None:
    done = Witness.call("init", "--memory", str(tmp_path / "m"), "--name", name)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "m" / "key").exists()


def test_what_it_signed_verifies_by_keng_itself_and_is_handed_over(log: Log, witness: Witness) -> None:
    done = witness.visit(log)
    assert done.returncode == 0, done.stderr
    [posted] = log.posted
    note = notes.read(posted)
    assert note.text == notes.read(note_of(leaves(512))).text
    assert notes.verify(note, KEY.verifier) == 0
    assert notes.verify(note, notes.Verifier.read(witness.vkey)) > 1_767_225_600
    assert (witness.memory / "cosigned/512").read_text() == posted


@pytest.mark.parametrize("sizes", [(256, 512, 768), (0, 256), (1, 2, 3, 256, 257), (255, 65536, 65537, 65792)])
def test_a_log_that_grows_is_signed_at_every_size(witness: Witness, sizes: tuple[int, ...]) -> None:
    with serving([]) as log:
        for size in sizes:
            log.show(leaves(size))
            done = witness.visit(log)
            assert done.returncode == 0, done.stderr
    assert witness.notes() == [str(size) for size in sizes]
    assert len(log.posted) == len(sizes)


def test_growth_is_proven_by_few_tiles(witness: Witness) -> None:
    with serving(leaves(65536)) as log:
        witness.visit(log)
        log.show(leaves(65792))
        log.asked.clear()
        witness.visit(log)
    assert len(log.asked) <= 5


def test_the_same_checkpoint_is_handed_over_again_as_it_was_signed(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.posted.append("lost")
    witness.visit(log)
    assert log.posted[0] == log.posted[2]


def test_a_cosignature_that_the_server_refuses_is_trouble_in_one_sentence(log: Log, witness: Witness) -> None:
    log.answers, log.sentence = 403, "Nhân chứng lạ.\x1b[2J".encode()
    done = witness.visit(log)
    assert done.returncode == 3
    assert "403 Nhân chứng lạ." in done.stderr
    assert "\x1b" not in done.stderr


# What a log must not do.


def alarmed(witness: Witness, log: Log, said: str) -> None:
    before = len(log.posted)
    kept = witness.notes()
    done = witness.visit(log)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert said in done.stderr
    assert "Đã KHÔNG ký" in done.stderr
    assert "Nothing was signed" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(log.posted) == before
    assert witness.notes() == kept
    [evidence] = witness.evidence()
    shown, remembered = ((evidence / name).read_text() for name in ("shown", "remembered"))
    for note in (shown, remembered):
        notes.verify(notes.read(note), KEY.verifier)
    assert shown != remembered


def test_r11_a_log_rebuilt_without_one_report_is_caught_by_the_witness_memory(log: Log, witness: Witness) -> None:
    witness.visit(log)
    without = [*leaves(300)[:299], leaf(0, "padding"), *leaves(768)[300:]]
    log.show(without)
    alarmed(witness, log, "VIẾT LẠI")


def test_r11_a_report_taken_out_of_todays_tree_of_the_same_size_is_caught(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.show([*leaves(511), leaf(511, "another")])
    alarmed(witness, log, "HAI BẢN KHÁC NHAU")


def test_a_checkpoint_rolled_back_is_caught(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.show(leaves(256))
    alarmed(witness, log, "LÙI LẠI")


def test_a_log_that_begins_anew_is_caught(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.show([])
    alarmed(witness, log, "LÙI LẠI")


def test_tiles_that_do_not_lead_to_the_signed_root_are_caught(log: Log, witness: Witness) -> None:
    witness.visit(log)
    files = dict(log.files)
    log.show(leaves(768))
    log.files["tile/1/000.p/3"] = files["tile/1/000.p/2"] + bytes(32)
    alarmed(witness, log, "không khớp")


def test_after_an_alarm_the_log_is_believed_again_only_where_it_left_off(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.show(leaves(768, "other"))
    assert [witness.visit(log).returncode for _ in range(2)] == [1, 1]
    assert len(witness.evidence()) == 1
    log.show(leaves(768))
    assert witness.visit(log).returncode == 0
    assert len(witness.evidence()) == 1


def test_who_is_to_be_told_is_told(log: Log, witness: Witness, tmp_path: Path) -> None:
    witness.visit(log)
    log.show(leaves(256))
    heard = tmp_path / "heard"
    assert witness.visit(log, "--shout", f"tee '{heard}'").returncode == 1
    assert "LÙI LẠI" in heard.read_text()
    assert str(witness.memory) in heard.read_text()


@pytest.mark.parametrize("command", ["/no/such/command", "false", "'unclosed"])
def test_a_shout_that_fails_does_not_hide_the_alarm(log: Log, witness: Witness, command: str) -> None:
    witness.visit(log)
    log.show(leaves(256))
    done = witness.visit(log, "--shout", command)
    assert done.returncode == 1
    assert "LÙI LẠI" in done.stderr
    assert "Traceback" not in done.stderr


# Keys


def test_a_note_of_another_key_is_not_signed(log: Log, witness: Witness) -> None:
    log.show(leaves(512), OTHER_KEY)
    done = witness.visit(log)
    assert done.returncode == 3
    assert log.posted == []
    assert witness.notes() == []


def test_a_new_key_of_the_log_is_followed_only_when_it_was_given_too(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.show(leaves(768), OTHER_KEY)
    assert witness.visit(log).returncode == 3
    both = (KEY.verifier.vkey, OTHER_KEY.verifier.vkey)
    assert witness.visit(log, keys=both).returncode == 0
    assert witness.notes() == ["512", "768"]


def test_a_note_of_another_log_by_the_same_key_is_not_signed(log: Log, witness: Witness) -> None:
    log.files["checkpoint"] = note_of(leaves(512), origin="another/ledger").encode()
    assert witness.visit(log).returncode == 3
    assert log.posted == []


def test_a_memory_serves_one_log_only(log: Log, witness: Witness) -> None:
    witness.visit(log)
    other = notes.Signer("another/ledger", KEY.key)
    log.files["checkpoint"] = note_of(leaves(768), other, "another/ledger").encode()
    done = witness.visit(log, keys=(other.verifier.vkey,))
    assert done.returncode == 3
    assert ORIGIN in done.stderr


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "x",
        "name+12345678+AAAA",
        KEY.verifier.vkey[:-4],
        KEY.verifier.vkey.replace("+", "+0", 1),
        "n+é+é",
        "n+1+" + "A" * 44,
    ],
)
def test_s3_a_log_key_that_is_none_is_refused_in_one_sentence(log: Log, witness: Witness, vkey: str) -> None:
    done = witness.visit(log, keys=(vkey,))
    assert done.returncode == 3
    assert re.search("--log-key.*đọc được", done.stderr)
    assert "Traceback" not in done.stderr


def test_without_a_key_of_its_own_it_says_how_to_make_one(log: Log, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    call = ["run", "--log", log.address, "--log-key", KEY.verifier.vkey, "--memory", str(tmp_path / "empty")]
    done = Witness.call(*call)
    assert done.returncode == 3
    assert "witness.py init" in done.stderr


# Two readers


def two(tmp_path: Path, first: list[list[bytes]], second: list[list[bytes]]) -> tuple[Witness, Witness]:
    """Two witnesses, each shown its own sequence of trees, signed with the same key."""
    made = []
    for name, shown in (("a", first), ("b", second)):
        witness = Witness(tmp_path / name, name=name)
        with serving([]) as log:
            for tree in shown:
                log.show(tree)
                assert witness.visit(log).returncode == 0
        made.append(witness)
    return made[0], made[1]


def compared(a: Path, b: Path, *more: str) -> int:
    done = Witness.call("compare", str(a), str(b), *more)
    assert "Traceback" not in done.stderr
    return done.returncode


def test_a_log_forked_for_one_reader_shows_when_two_memories_are_compared(tmp_path: Path) -> None:
    a, b = two(tmp_path, [leaves(256), leaves(512)], [leaves(256), [*leaves(256), *leaves(256, "other")]])
    assert compared(a.memory, b.memory, "--log-key", KEY.verifier.vkey) == 1
    assert compared(a.memory, b.memory / "checkpoints/512") == 1


def test_a_fork_shows_also_where_no_size_was_seen_by_both(tmp_path: Path) -> None:
    a, b = two(tmp_path, [leaves(256), leaves(512)], [leaves(257, "other")[:256], leaves(768, "other")])
    assert compared(a.memory, b.memory) == 1
    c, d = two(tmp_path / "later", [leaves(512)], [[*leaves(300), *leaves(468, "other")]])
    assert compared(c.memory, d.memory) == 1


def test_memories_of_one_log_are_said_to_be_of_one(tmp_path: Path) -> None:
    a, b = two(tmp_path, [leaves(256), leaves(1024)], [leaves(512), leaves(768)])
    assert compared(a.memory, b.memory) == 0
    assert compared(b.memory, a.memory) == 0
    assert compared(a.memory, b.memory / "checkpoints/512") == 0


def test_two_bare_notes_of_different_sizes_do_not_tell(tmp_path: Path) -> None:
    for size in (256, 512):
        (tmp_path / str(size)).write_text(note_of(leaves(size)))
    assert compared(tmp_path / "256", tmp_path / "512") == 2
    assert compared(tmp_path / "256", tmp_path / "256") == 0


def test_a_note_that_nobody_signed_accuses_nobody(tmp_path: Path) -> None:
    (tmp_path / "right").write_text(note_of(leaves(256)))
    (tmp_path / "forged").write_text(note_of(leaves(256, "other"), OTHER_KEY))
    assert compared(tmp_path / "right", tmp_path / "forged", "--log-key", KEY.verifier.vkey) == 3


@pytest.mark.parametrize("what", [b"", b"<html>", b"\xff" * 100, b"a\n1\nAAAA\n\n", b"x" * 100_000])
def test_s3_what_is_no_note_is_refused_in_a_sentence(tmp_path: Path, what: bytes) -> None:
    (tmp_path / "note").write_text(note_of(leaves(256)))
    (tmp_path / "bad").write_bytes(what)
    assert compared(tmp_path / "note", tmp_path / "bad") == 3
    assert compared(tmp_path / "note", tmp_path / "nothing-there") == 3


def test_the_lab_makes_the_roots_of_the_standard() -> None:
    """Of no leaves, and of two, by hand."""
    hashed = [merkle.leaf_hash(one) for one in leaves(2)]
    assert merkle.root(hashed) == merkle.node_hash(*hashed)
    assert merkle.root([]).hex().startswith("e3b0c442")


def test_what_the_log_shows_already_is_not_handed_over_again(log: Log, witness: Witness) -> None:
    witness.visit(log)
    log.files["checkpoint"] = log.posted[0].encode()
    assert witness.visit(log).returncode == 0
    assert len(log.posted) == 1
