"""S3: whatever `tools/verify_ledger.py` is given, it answers in one sentence, with 1 or 2, and never with a traceback. And proof files."""

import json
import subprocess
import sys
import threading
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tools.exported import KEY, WITNESS, story
from tests.tools.test_verify_ledger import FILES, STORY, run, tree, written
from tools import verify_ledger

PROOFS = json.loads((Path(__file__).parents[2] / "docs/vectors/proof.json").read_text())
PRIVATE = ("entries.jsonl", "present.txt", "export.json")
HUGE = b"[" * 3_000_000
JUNK = {
    "nothing": b"",
    "half": None,
    "deep": b"[" * 100_000,
    "huge": HUGE,
    "zeros": bytes(2_000_000),
    "utf16": '{"v": "1"}'.encode("utf-16"),
    "latin": b"\xe0\xe9\xff" * 50,
    "number": b"1e999",
    "null": b"null",
    "object": b'{"a": {"b": []}}',
    "list": b'[[1, 2], ["2026-11-01"], null, {"x": 1}, [["2026-11-01", 256]]]',
    "days": b'[["2026-11-01", true], ["2026-11-01", 1e308], ["\xc4\x83", "256"]]',
    "crlf": b"a\r\nb\r\n",
    "line": b"x" * 3_000_000 + b"\n",
}


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize(
    "name",
    [
        *PRIVATE,
        "SHA256SUMS",
        "checkpoint",
        "checkpoints/256",
        "days/2026-11",
        "tile/entries/000",
        "tile/0/001",
        "tile/1/000.p/4",
        "keys",
    ],
)
def test_s3_junk_in_any_file_is_one_sentence(
    name: str, junk: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = JUNK[junk]
    content = FILES[name][: len(FILES[name]) // 2] if content is None else content
    folder = written({**FILES, name: content}, tmp_path)
    (folder / name).write_bytes(content)  # also where `written` would make sums that agree
    code, said = tree(capsys, folder)
    assert code == (0 if name == "keys" else 1), said  # keys in an export are believed by nobody
    assert "Traceback" not in said


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_s3_an_export_that_was_cut_anywhere_is_one_sentence(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    cut = data.draw(st.integers(0, max(len(FILES[name]) - 1, 0)))
    folder = STORY.write(tmp_path_factory.mktemp("cut"))
    (folder / name).write_bytes(FILES[name][:cut])
    assert tree(capsys, folder)[0] == 1


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no zip", bytes(1000)])
def test_what_is_no_export_can_not_be_checked(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file.zip").write_bytes(content)
    for where in (tmp_path / "file.zip", tmp_path / "nowhere", tmp_path):
        assert tree(capsys, where)[0] == 2


def test_a_damaged_zip_can_not_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in FILES.items():
            made.writestr(name, raw)
    whole = path.read_bytes()
    for at in range(0, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert tree(capsys, path)[0] in (0, 1, 2)
    path.write_bytes(whole[:-200])
    assert tree(capsys, path)[0] == 2


def test_a_pipe_or_a_device_in_the_export_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = STORY.write(tmp_path)
    for name in ("entries.jsonl", "tile/0/000"):
        (folder / name).unlink()
        (folder / name).symlink_to("/dev/zero")
        assert tree(capsys, folder)[0] == 1


def test_sums_that_point_out_of_the_export_read_nothing_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = STORY.write(tmp_path / "export")
    (tmp_path / "secret").write_text("x")
    for name in ("../secret", "/etc/passwd", "a/../../secret"):
        sums = FILES["SHA256SUMS"] + f"{sha256(b'x').hexdigest()}  {name}\n".encode()
        (folder / "SHA256SUMS").write_bytes(sums)
        code, said = tree(capsys, folder)
        assert (code, "SHA256SUMS" in said) == (1, True)


@pytest.mark.parametrize(
    "key", ["", "x", "a+b+c", KEY[:-4], KEY.replace("+", "-"), WITNESS, "à+00000000+AA==", KEY + "x" * 10_000]
)
def test_what_is_no_key_is_one_sentence(key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "tree", tmp_path, f"--key={key}")[0] == 2


@pytest.mark.parametrize("junk", [junk for junk in JUNK.values() if junk is not None])
def test_a_kept_checkpoint_that_is_none_is_one_sentence(
    junk: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_bytes(junk)
    folder = STORY.write(tmp_path / "export")
    assert tree(capsys, folder, "--known", tmp_path / "kept")[0] == 2
    assert tree(capsys, folder, "--known", tmp_path / "none")[0] == 2


# A log on the network


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = STORY.write(tmp_path / "ledger")
    for name in (*PRIVATE, "SHA256SUMS"):
        (folder / name).unlink()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/ledger"
        server.shutdown()


def test_a_public_log_is_checked_from_afar(
    served: tuple[Path, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, url = served
    (tmp_path / "kept").write_text(STORY.note(512))
    code, said = tree(capsys, url + "/", "--known", tmp_path / "kept", "--witness", WITNESS)
    assert (code, "1024 leaves, 3 checkpoints, 1 kept ones agree" in said) == (0, True), said
    assert run(capsys, "consistency", url, "--key", KEY, "--known", tmp_path / "kept")[0] == 0
    assert run(capsys, "range", url, "--key", KEY, "--places", "256:512")[0] == 0
    (folder / "tile/0/002").unlink()
    code, said = tree(capsys, url)
    assert (code, "The file tile/0/002 is missing" in said) == (1, True)


def test_a_network_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert tree(capsys, "http://127.0.0.1:1/ledger")[0] == 2
    assert tree(capsys, "http://[::1")[0] == 2
    assert tree(capsys, "ftp://127.0.0.1/ledger")[0] == 2


# Proof files


def check(capsys: pytest.CaptureFixture[str], path: Path, *more: object) -> tuple[int, str]:
    keys = [one for vkey in PROOFS["pinned"]["log"] for one in ("--key", vkey)]
    return run(capsys, "proof", path, *keys, *more)


@pytest.mark.parametrize("case", PROOFS["cases"], ids=lambda case: case["about"])
def test_r11_a_proof_file_is_judged_as_the_page_judges_it(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keng-proof.json"
    path.write_text(json.dumps(case["file"]))
    pinned = {**PROOFS["pinned"], **case.get("pinned", {})}
    witnesses = [one for vkey in pinned["witnesses"] for one in ("--witness", vkey)]
    keys = [one for vkey in pinned["log"] for one in ("--key", vkey)]
    code, said = run(capsys, "proof", path, *keys, *witnesses)
    good = case["verdict"]["kind"] in ("proven", "alone")
    assert (code == 0) == good, said
    assert "Traceback" not in said


@pytest.mark.parametrize("junk", [junk for junk in JUNK.values() if junk is not None])
def test_a_proof_file_that_is_none_is_one_sentence(
    junk: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "keng-proof.json"
    path.write_bytes(junk)
    assert check(capsys, path)[0] == 2


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_proof_file_in_which_anything_was_replaced_proves_nothing_else(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    good = next(case["file"] for case in PROOFS["cases"] if case["verdict"]["kind"] == "proven")
    name = data.draw(st.sampled_from(["v", "type", "origin", "tag", "leaf", "index", "size", "proof", "checkpoint"]))
    other = data.draw(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.lists(st.text(), max_size=3)
    )
    path = tmp_path_factory.mktemp("proof") / "keng-proof.json"
    path.write_text(json.dumps({**good, name: other}))
    code, _said = check(capsys, path)
    assert code in (1, 2) or (name, other) == ("v", True)


def test_r11_a_report_that_has_no_proof_yet_is_looked_for_by_its_tag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = STORY.write(tmp_path / "export")
    proof = {
        "v": 1,
        "type": "keng-proof",
        "origin": "x",
        **dict.fromkeys(("leaf", "index", "size", "proof", "checkpoint")),
    }
    for leaf, code, place in ((STORY.rows[700].leaf, 0, "place 700"), (bytes(48), 1, "not in the log")):
        path = tmp_path / "keng-proof.json"
        path.write_text(json.dumps({**proof, "tag": b64encode(leaf[:16]).decode()}))
        found, said = run(capsys, "proof", path, "--key", KEY, "--in", export)
        assert (found, place in said) == (code, True), said
        assert run(capsys, "proof", path, "--key", KEY)[0] == 1


def test_it_says_how_to_use_it() -> None:
    program = [sys.executable, verify_ledger.__file__]
    done = subprocess.run([*program, "--help"], capture_output=True, text=True, check=True)
    assert "verify_ledger.py tree FROM --key VKEY" in done.stdout
    assert subprocess.run(program, capture_output=True, check=False).returncode == 2


def test_the_story_used_here_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert tree(capsys, story(512 + 256).write(tmp_path))[0] == 0
