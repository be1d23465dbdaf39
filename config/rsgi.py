"""The server's door: a request comes in whole, on the event loop, and only then takes one of the threads on which Django works.

A stalled or slow sender costs a socket and the bytes that have come, never a thread, and keeps nobody's text waiting (S3, R10).
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import Any

from config.management.commands.serve import THREADS
from config.wsgi import application as wsgi
from keng.mailbox.bodies import ARRIVED, BODY_MOST, TEXT_MOST

ROOM = 64 * 1024 * 1024  # bytes of bodies that have come and are not answered yet
PATIENCE = 20.0  # seconds: a sender that has been silent for so long is gone
PERIOD = 10.0  # seconds, over which speed is measured
LEAST = 64  # bytes a second; the worst 2G line brings some thousands

Headers = list[tuple[str, str]]


class Slow(Exception):
    """The rest of the body doesn't come."""


class Full(Exception):
    """There is no room, and others send faster."""


@asynccontextmanager
async def patience() -> AsyncIterator[None]:
    """Raises Slow when it takes too long. The server's awaitables know no cancelling and answer it with an AttributeError."""
    try:
        async with asyncio.timeout(PATIENCE) as limit:
            yield
    except (TimeoutError, AttributeError):
        if not limit.expired():
            raise
        raise Slow from None


class Upload:
    """One body on its way in: what has come, and how fast the last came."""

    def __init__(self, length: int) -> None:
        self.length, self.came, self.chunks = length, 0, list[bytes]()
        self.begun = self.period = time.monotonic()
        self.in_period, self.speed = 0, float("inf")
        self.dropped = False

    @property
    def large(self) -> bool:
        return self.length > TEXT_MOST

    def add(self, chunk: bytes) -> None:
        """Raises Slow when the sender crawls."""
        self.chunks.append(chunk)
        self.came += len(chunk)
        self.in_period += len(chunk)
        passed = time.monotonic() - self.period
        if passed >= PERIOD:
            self.speed = self.in_period / passed
            self.period, self.in_period = time.monotonic(), 0
            if self.speed < LEAST and self.came < self.length:
                raise Slow

    def whole(self) -> bytes:
        body = b"".join(self.chunks)
        self.chunks.clear()
        return body


class Room:
    """Bytes of bodies under way. When there are too many the slowest sender gives way, one of attachments before one of text."""

    def __init__(self, size: int = ROOM) -> None:
        self.size, self.held, self.uploads = size, 0, set[Upload]()

    def add(self, upload: Upload, chunk: bytes) -> None:
        """Raises Slow, Full."""
        if upload.dropped:
            raise Full
        self.uploads.add(upload)
        self.held += len(chunk)
        upload.add(chunk)
        while self.held > self.size:
            slowest = min(self.coming(), key=lambda one: (not one.large, one.speed, one is not upload), default=upload)
            slowest.dropped = True
            slowest.chunks.clear()
            self.leave(slowest)
            if slowest is upload:
                raise Full

    def coming(self) -> Iterable[Upload]:
        """Those of which more is to come; the others have been handed on."""
        return (one for one in self.uploads if one.came < one.length)

    def leave(self, upload: Upload) -> None:
        if upload in self.uploads:
            self.uploads.discard(upload)
            self.held -= upload.came


class Door:
    """The RSGI application."""

    def __init__(self) -> None:
        self.room = Room()
        self.threads = ThreadPoolExecutor(THREADS, "keng-web")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        environ = environ_of(scope)
        length = announced(environ)
        upload = Upload(length if length <= BODY_MOST else 0)
        try:
            if length > 0:
                environ[ARRIVED] = await self.take_in(protocol, upload, length)
            status, headers, body = await asyncio.get_running_loop().run_in_executor(
                self.threads, answer, environ, upload
            )
        finally:
            self.room.leave(upload)
        protocol.response_bytes(status, headers, body)

    async def take_in(self, protocol: Any, upload: Upload, length: int) -> str:
        """Reads the body; returns "" or why it isn't whole: `slow`, `busy`, `large`, `cut`."""
        if length > BODY_MOST:
            await let_pass(protocol, length)
            return "large"
        try:
            await self.read(protocol, upload)
        except Slow:
            return "slow"
        except Full:
            await let_pass(protocol, length - upload.came)
            return "busy"
        except RuntimeError:  # the line was dropped
            return "cut"
        return "" if upload.came == length else "cut"

    async def read(self, protocol: Any, upload: Upload) -> None:
        chunks = aiter(protocol)
        while upload.came < upload.length:
            async with patience():
                chunk = await anext(chunks, b"")
            if not chunk:
                return
            self.room.add(upload, chunk)


async def let_pass(protocol: Any, length: int) -> None:
    """Reads and drops the rest of a body that is not wanted: a browser that is still sending would miss the answer."""
    if length > 2 * BODY_MOST:
        return

    with suppress(Slow, RuntimeError):
        async with patience():
            async for _chunk in protocol:
                pass


def environ_of(scope: Any) -> dict[str, Any]:
    """What WSGI calls the request. The sender's address is left out: nobody needs it (R1)."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method, "SCRIPT_NAME": "", "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string, "SERVER_PROTOCOL": f"HTTP/{scope.http_version}", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "0", "wsgi.url_scheme": scope.scheme, "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False, "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr,
    }  # fmt: skip
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        environ[key] = environ[key] + joint + value if key in environ else value
    return environ


def announced(environ: dict[str, Any]) -> int:
    """The body's length in bytes; 0 without a good one, which the views refuse as they see fit."""
    said = environ.get("CONTENT_LENGTH", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else 0


def answer(environ: dict[str, Any], upload: Upload) -> tuple[int, Headers, bytes]:
    """Django's answer, in one of the threads."""
    environ["wsgi.input"] = BytesIO(upload.whole())
    begun: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: object = None) -> None:
        begun[:] = [(int(status[:3]), headers)]

    answered = wsgi(environ, start_response)
    try:
        body = b"".join(answered)
    finally:
        with suppress(AttributeError):
            answered.close()  # type: ignore[attr-defined]
    return *begun[0], body


application = Door()
