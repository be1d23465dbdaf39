"""`manage.py serve` runs the server as designed, and says it in a sentence when it can't."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.management import call_command
from django.db import connections
from granian.constants import Interfaces
from pytest_django import Settings

from config.management.commands import serve


@pytest.fixture
def safe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(serve, "configuration", lambda: [])
    monkeypatch.setattr(serve, "machine", lambda: [])
    monkeypatch.setattr(connections, "close_all", lambda: None)
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def taken() -> Any:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("only_check", [False, True])
def test_a_busy_port_is_told_in_a_sentence_with_the_way_out(
    safe: None, taken: int, only_check: bool, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PORT = str(taken)
    with mock.patch.object(serve, "Granian") as server, pytest.raises(SystemExit) as ended:
        call_command("serve", check=only_check)
    assert ended.value.code == 1
    assert not server.called
    said = capsys.readouterr().err
    assert f"127.0.0.1:{taken}" in said
    assert "KENG_PORT" in said


def test_one_process_with_many_threads_and_no_log_of_requests(safe: None, settings: Settings) -> None:
    """R1, R9: the server has nothing to log a request with."""
    settings.PORT = "8119"
    with mock.patch.object(serve, "Granian") as server, mock.patch.object(serve, "busy", return_value=False):
        call_command("serve")
    (target,), given = server.call_args
    assert target == "config.rsgi:application"
    assert given["interface"] == Interfaces.RSGI
    assert given["address"] == "127.0.0.1"
    assert (given["workers"], serve.THREADS) == (1, 256)
    assert given["backpressure"] > 10 * serve.THREADS
    assert given["log_access"] is False
    assert given["log_level"] == "critical"
    assert server.return_value.serve.called


def test_check_looks_and_starts_nothing(safe: None) -> None:
    with mock.patch.object(serve, "Granian") as server, mock.patch.object(serve, "busy", return_value=False):
        call_command("serve", check=True)
    assert not server.called


def test_s4_what_the_server_writes_is_for_nobody_else(safe: None, tmp_path: Path) -> None:
    with mock.patch.object(serve, "Granian"), mock.patch.object(serve, "busy", return_value=False):
        call_command("serve")
    (tmp_path / "written").touch()
    assert (tmp_path / "written").stat().st_mode & 0o077 == 0
