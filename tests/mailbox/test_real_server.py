"""The server as operators run it, spoken to over sockets by phones that drop lines and by people who mean harm (S3, R6, R10)."""

import gzip
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from keng.mailbox.views.parts import BODY_MOST
from tests.mailbox.real import Post, read_answer, said

PARTS = "/b/na-co-sa/parts"
pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the real server here is on SQLite in either leg: once is enough"
)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    served = Post(tmp_path_factory.mktemp("real") / "var")
    yield served
    served.server.stop()


@pytest.fixture(autouse=True)
def nothing_logged_and_still_alive(post: Post) -> Iterator[None]:
    """Whatever a test does to it: the server answers the next one, and has logged nothing."""
    yield
    assert post.post(PARTS, b"")[0] == 400
    assert post.server.log.read_bytes() == b""


def test_a_report_comes_in(post: Post) -> None:
    reporter = post.reporter()
    status, body = post.post(PARTS, reporter.first("Mất trâu."))
    assert (status, said(body)) == (201, {"index": 0, "digest": reporter.digests[0]})


def test_s3_a_chunked_body_is_malformed_for_it_announces_no_length(post: Post) -> None:
    body = post.reporter().first("Tin.")
    chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    status, answer = post.post(PARTS, chunks, Content_Length="", Transfer_Encoding="chunked")
    assert (status, said(answer)["error"]) == (400, "malformed")


def test_s3_a_compressed_body_is_malformed_and_never_unpacked(post: Post) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    status, answer = post.post(PARTS, bomb, Content_Encoding="gzip")
    assert (status, said(answer)["error"]) == (400, "malformed")


@pytest.mark.parametrize("length", ["-1", "1e3", "abc", "0x10", "99999999999999999999999", "5, 6", "+5"])
def test_s3_a_strange_length_is_a_400(post: Post, length: str) -> None:
    assert post.post(PARTS, b"hello", Content_Length=length)[0] == 400


def test_s3_two_lengths_or_a_length_with_chunks_are_a_400_or_are_cut_off(post: Post) -> None:
    head = f"POST {PARTS} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for headers in (
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ):
        status, _body = post.ask(f"{head}{headers}\r\nhello".encode(), end=True)
        assert status in (0, 400)


def test_a_line_that_drops_in_the_midst_stores_nothing_and_harms_nobody(post: Post) -> None:
    reporter = post.reporter()
    body = reporter.first("Tin.")
    head = (
        f"POST {PARTS} HTTP/1.1\r\nHost: 127.0.0.1:{post.server.port}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    assert post.ask(head + body[:-500], end=True)[0] in (0, 400)
    assert post.post(PARTS, body)[0] == 201, "the whole of it, sent again, is new"


def test_s3_a_body_that_is_too_large_gets_its_answer_though_it_is_still_being_sent(post: Post) -> None:
    status, answer = post.post(PARTS, bytes(BODY_MOST + 1))
    assert (status, said(answer)["error"]) == (413, "too_large")


def test_s3_a_length_of_gigabytes_is_refused_before_a_byte_of_it(post: Post) -> None:
    head = f"POST {PARTS} HTTP/1.1\r\nHost: 127.0.0.1:{post.server.port}\r\nContent-Length: 9999999999\r\n\r\n"
    begun = time.monotonic()
    status, answer = post.ask(head.encode())
    assert (status, said(answer)["error"]) == (413, "too_large")
    assert time.monotonic() - begun < 15  # whoever is silent is let go after 20


@pytest.mark.parametrize("host", ["evil.example", "", "127.0.0.1.evil.example", "[::1]:99999", "desk.localhost.evil"])
def test_a_wrong_host_is_a_421_or_400_with_a_sentence(post: Post, host: str) -> None:
    status, _answer = post.post(PARTS, post.reporter().first("Tin."), Host=host or "x")
    assert status in (400, 421)


def test_r5_the_desks_host_takes_no_report(post: Post) -> None:
    status, _answer = post.post(PARTS, post.reporter().first("Tin."), Host=f"desk.localhost:{post.server.port}")
    assert status in (302, 403, 404)


@pytest.mark.parametrize(
    "path",
    ["/b/na-co-sa%00/parts", "/b/%ff%fe/parts", "/b/..%2f..%2fetc/parts", "/b/" + "a" * 3000 + "/parts", "/b//parts"],
)
def test_s3_a_strange_path_is_a_4xx(post: Post, path: str) -> None:
    assert 400 <= post.post(path, b"x")[0] < 500


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\n",
    ],
)
def test_s3_what_is_no_request_is_cut_off(post: Post, raw: bytes) -> None:
    status, _answer = post.ask(raw, end=True)
    assert status == 0 or 400 <= status < 600


def test_a_slow_upload_keeps_nobody_waiting(post: Post) -> None:
    body = post.reporter().first("Tin.")
    head = (
        f"POST {PARTS} HTTP/1.1\r\nHost: 127.0.0.1:{post.server.port}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )
    with socket.create_connection(("127.0.0.1", post.server.port), timeout=30) as slow:
        slow.sendall(head + body[:100])
        begun = time.monotonic()
        assert post.post(PARTS, post.reporter().first("Tin khác."))[0] == 201
        assert time.monotonic() - begun < 15  # whoever is silent is let go after 20
        slow.sendall(body[100:])
        assert read_answer(slow)[0] == 201


def test_r6_r7_text_and_receipt_of_the_plain_path_are_in_no_file_and_no_log(post: Post) -> None:
    mark = "dau-vet-9f3b-con-trau"
    status, page = post.post(
        "/b/na-co-sa/plain", f"text={quote(mark)}&form=abc".encode(), Content_Type="application/x-www-form-urlencoded"
    )
    assert status == 200
    receipt = page.decode().partition('id="receipt">')[2].partition("<")[0]
    digits = receipt.replace(" ", "")
    assert len(digits) == 24
    status, page = post.post("/r/plain", f"code={digits}".encode(), Content_Type="application/x-www-form-urlencoded")
    assert (status, b'id="state"' in page) == (200, True)
    written = [path for path in post.server.var.rglob("*") if path.is_file()] + [post.server.log]
    assert any(path.name.startswith("keng.sqlite3") for path in written)
    for path in written:
        content = path.read_bytes()
        for secret in (mark, digits, receipt):
            assert secret.encode() not in content, path


def stored_in(folder: Path) -> set[str]:
    with sqlite3.connect(f"file:{folder / 'keng.sqlite3'}?mode=ro", uri=True) as database:
        return {digest for (digest,) in database.execute("SELECT digest FROM mailbox_part")}


def test_r10_after_kill_9_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """The long runs are a bench; here a few kills in the midst of sending."""
    post = Post(tmp_path / "var")
    acknowledged: set[str] = set()
    for round_ in range(3):
        if round_:
            post.server.start()
        bodies = []
        for _report in range(12):
            reporter = post.reporter()
            bodies.append((reporter.first("Tin."), reporter.digests))
        senders = [threading.Thread(target=send_all, args=(post, bodies[at::3], acknowledged)) for at in range(3)]
        for sender in senders:
            sender.start()
        goal = len(acknowledged) + 4
        deadline = time.monotonic() + 60
        while len(acknowledged) < goal and time.monotonic() < deadline:
            time.sleep(0.001)
        post.kill()
        for sender in senders:
            sender.join()
    assert len(acknowledged) >= 12
    assert acknowledged <= stored_in(post.server.var)
    post.server.start()
    assert post.post(PARTS, post.reporter().first("Tin."))[0] == 201
    post.server.stop()


def send_all(post: Post, bodies: list[tuple[bytes, list[str]]], acknowledged: set[str]) -> None:
    for body, digests in bodies:
        try:
            status, _answer = post.post(PARTS, body)
        except OSError:
            return
        if status == 201:
            acknowledged.add(digests[0])
