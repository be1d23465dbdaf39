"""What a channel must offer; each registers itself under a name.

To add one: a folder beside `email/` with a `Channel`, a line in `NotifyApp.ready()`, its settings in `config/settings.py` with a check in
`config/checks.py`, a page in `docs/operating/`, and the tests of `tests/notify/test_email.py` against a server that misbehaves.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from keng.core.registry import Registry


class TryLater(Exception):
    """Not now: no connection, a server that is slow, full or badly set up. `code` is the server's, or a word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(TryLater):
    """Not to this address: for now, or `for_good`. Other messages may still go."""

    def __init__(self, code: str, *, for_good: bool) -> None:
        super().__init__(code)
        self.for_good = for_good


class Session(Protocol):
    """A connection, opened when the first message needs it."""

    def send(self, *, address: str, subject: str, body: str) -> None:
        """Hands one message over. Raises Refused, TryLater."""


@dataclass(frozen=True)
class Channel:
    """`open` gives a session that closes itself; `ready` says whether the channel is set up at all."""

    ready: Callable[[], bool]
    open: Callable[[], AbstractContextManager[Session]]


channels: Registry[Channel] = Registry("channel")
