"""Senders who stall hold no thread and no place: text and photos go through beside hundreds of them (S3, R10)."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from django.db import connection

from tests.mailbox.real import Post, read_answer

PARTS = "/b/na-co-sa/parts"
pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="the real server here is on SQLite in either leg: once is enough"
)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    served = Post(tmp_path_factory.mktemp("stalled") / "var")
    yield served
    served.server.stop()


def announce(post: Post, length: int, start: bytes = b"x") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", post.server.port), timeout=60)
    head = f"POST {PARTS} HTTP/1.1\r\nHost: 127.0.0.1:{post.server.port}\r\nContent-Length: {length}\r\n\r\n"
    line.sendall(head.encode() + start)
    return line


def test_s3_six_hundred_stalled_senders_keep_neither_a_text_nor_a_photo_waiting(post: Post) -> None:
    with ExitStack() as stalled:
        for length in [2000] * 300 + [300_000] * 300:
            stalled.enter_context(announce(post, length))
        time.sleep(1)
        reporter, begun = post.reporter(), time.monotonic()
        assert post.post(PARTS, reporter.first("Tin chữ.", media=1))[0] == 201
        photo = reporter.later(index=1, kind="photo", name="photo.webp", body=os.urandom(300_000))
        assert post.post(PARTS, photo)[0] == 201
        assert time.monotonic() - begun < 15  # whoever is silent is let go after 20
        assert post.server.log.read_bytes() == b""


def test_s3_a_silent_sender_is_let_go_and_a_slow_one_is_not(post: Post) -> None:
    body = post.reporter().first("Tin chữ.")
    with announce(post, 300_000) as silent, announce(post, len(body), body[:1]) as slow:
        begun, step = time.monotonic(), len(body) // 24 + 1
        for at in range(1, len(body), step):
            slow.sendall(body[at : at + step])
            time.sleep(0.5)
        status, answered = read_answer(slow)
        assert status == 201, answered
        assert read_answer(silent)[0] == 503
        assert time.monotonic() - begun < 40
    assert post.server.log.read_bytes() == b""
