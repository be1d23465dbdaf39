"""The line to the provider: few at a time, five seconds for a whole errand, small JSON answers, no redirects, whoever answers there."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from keng.accounts.citizens.troubles import Trouble

SECONDS = 5.0  # for all that one page asks of the provider, together
LARGEST = 256 * 1024  # bytes of an answer; a discovery document has some 5 KB, a set of keys as much
AT_ONCE = 12  # of the threads that the signed-in faces share (config.wsgi): a slow provider leaves most of them free
REST = 10.0  # seconds for which a provider that kept us waiting is not asked again

room = threading.BoundedSemaphore(AT_ONCE)


class Line:
    """One errand: its end in time, and the sockets that are cut then. A provider may send a byte a second; the errand ends all the same."""

    def __init__(self) -> None:
        self.until = time.monotonic() + SECONDS
        self.sockets: list[socket.socket] = []
        self.timer = threading.Timer(SECONDS, self.cut)
        self.timer.daemon = True

    @property
    def left(self) -> float:
        return self.until - time.monotonic()

    def watch(self, opened: socket.socket) -> None:
        self.sockets.append(opened.dup())  # TLS takes the first one over; the copy still cuts it

    def cut(self) -> None:
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.timer.cancel()
        for each in self.sockets:
            each.close()


_line: ContextVar[Line | None] = ContextVar("line", default=None)
_rests_until = 0.0


@contextmanager
def to_provider() -> Iterator[Line]:
    """Opens the line for what follows. Raises Trouble("down") if too many are waiting for the provider already, or it rests."""
    if time.monotonic() < _rests_until:
        raise Trouble("down", "the provider kept us waiting a moment ago")
    if not room.acquire(blocking=False):
        raise Trouble("down", "too many wait for the provider")
    line = Line()
    token = _line.set(line)
    line.timer.start()
    try:
        yield line
    finally:
        _line.reset(token)
        line.close()
        room.release()


def rested() -> None:
    """Asks the provider again at once, as after a start."""
    global _rests_until
    _rests_until = 0.0


def _keeps_us_waiting() -> None:
    global _rests_until
    _rests_until = time.monotonic() + REST


class _Watched:
    def _new_conn(self) -> socket.socket:
        opened: socket.socket = super()._new_conn()  # type: ignore[misc]
        if line := _line.get():
            line.watch(opened)
        return opened


class _Connection(_Watched, HTTPConnection):
    pass


class _SecureConnection(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


class Session(requests.Session):
    """What the sign-in library asks the provider through. Raises Trouble for anything but a small JSON object answered in time."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False  # no proxy, no .netrc: to the provider and nowhere else
        self.verify = settings.IDENTITY_CA or True
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter())

    def request(self, method: Any, url: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        line = _line.get()
        if line is None or line.left <= 0:
            _keeps_us_waiting()
            raise Trouble("down", "no time left to ask the provider")
        kwargs |= {"timeout": line.left, "stream": True, "allow_redirects": False}
        try:
            with super().request(method, url, **kwargs) as response:
                body = read(response, line)
        except (requests.RequestException, HTTPError, OSError) as error:
            if line.left <= 0 or isinstance(error, requests.Timeout):
                _keeps_us_waiting()
            raise Trouble("down", f"the provider can't be asked ({type(error).__name__})") from error
        return checked(response, body)


def read(response: requests.Response, line: Line) -> bytes:
    """The whole body, if it is small and comes in time; one cut off by us looks whole to the library."""
    body = b""
    for chunk in response.iter_content(16 * 1024):
        body += chunk
        if len(body) > LARGEST:
            raise Trouble("garbled", "the provider's answer is too long")
        if line.left <= 0:
            break
    if line.left <= 0:
        _keeps_us_waiting()
        raise Trouble("down", "the provider's answer takes too long")
    return body


def checked(response: requests.Response, body: bytes) -> requests.Response:
    """The answer, when it is a JSON object and says so; the library then reads it without a surprise."""
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Trouble("down", f"the provider answers {response.status_code}")
    if response.status_code not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise Trouble("garbled", f"the provider answers {response.status_code}")
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Trouble("garbled", "the provider's answer is no JSON") from error
    if not isinstance(told, dict):
        raise Trouble("garbled", "the provider's answer is no JSON object")
    response._content = body
    response.headers["content-type"] = "application/json"
    return response
