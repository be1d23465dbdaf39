"""Proof of work (section 6): what it takes to send a part to a box, more while many parts come in. Kept in memory, per process."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from threading import Lock

from django.utils.translation import gettext_lazy as _

from keng.core.ids import this_hour
from keng.mailbox.envelope import Envelope
from keng.mailbox.errors import Refused

BASE_BITS = 16
MOST_MORE = 4
WINDOW = 10.0  # seconds
FREE = 20  # parts that a box may take in a window before a proof gets dearer: five reports with photos

WRONG = _("Máy chủ cần điện thoại tính lại một chút trước khi nhận. Bà con bấm gửi lại.")


def zero_bits(*, slug: str, hour: str, digest: str, nonce: str) -> int:
    """How many leading zero bits the proof has, 64 at most."""
    proof = sha256(f"keng/pow/1\n{slug}\n{hour}\n{digest}\n{nonce}".encode()).digest()
    return 64 - int.from_bytes(proof[:8], "big").bit_length()


def hour_text() -> str:
    """The server's hour as the protocol writes it."""
    return f"{this_hour():%Y-%m-%dT%H}"


def _hours_that_hold() -> set[str]:
    now = this_hour()
    return {f"{now + timedelta(hours=hours):%Y-%m-%dT%H}" for hours in (-1, 0, 1)}


@dataclass
class Load:
    """Parts that one box took in the present window and in the two before it."""

    window: int
    counts: list[int] = field(default_factory=lambda: [0, 0, 0])

    def move_to(self, window: int) -> None:
        passed = min(window - self.window, 3)
        if passed > 0:
            self.counts = [0] * passed + self.counts[: 3 - passed]
            self.window = window


class Demand:
    """How many bits each box asks for: `BASE_BITS` and, by the load of the last whole window, up to `MOST_MORE` besides.

    The lower demand of this window and the last is enough, so that a proof begun before the demand rose still holds when it is
    done: what `bits()` tells holds until the end of the next window. Boxes that took nothing lately take no memory.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._loads: dict[str, Load] = {}
        self._lock = Lock()

    def bits(self, slug: str) -> int:
        """What to ask of a client that must try again."""
        return _bits(self._counts(slug)[1])

    def enough(self, slug: str) -> int:
        """What is accepted now."""
        _now, last, before = self._counts(slug)
        return min(_bits(last), _bits(before))

    def count(self, slug: str) -> None:
        """A part was stored."""
        with self._lock:
            self._load(slug).counts[0] += 1
            if len(self._loads) > 10_000:
                self._forget_the_quiet()

    def _counts(self, slug: str) -> list[int]:
        with self._lock:
            return self._load(slug).counts if slug in self._loads else [0, 0, 0]

    def _load(self, slug: str) -> Load:
        window = int(self._clock() / WINDOW)
        load = self._loads.setdefault(slug, Load(window))
        load.move_to(window)
        return load

    def _forget_the_quiet(self) -> None:
        window = int(self._clock() / WINDOW)
        self._loads = {slug: load for slug, load in self._loads.items() if window - load.window < 3}


def _bits(accepted: int) -> int:
    return BASE_BITS + min((accepted // FREE).bit_length(), MOST_MORE)


demand = Demand()


class Spent:
    """Parts that a proof has paid for, for as long as that proof holds: sent, deleted and sent again, a part needs a new one.

    Digests alone, at most `most` of them (some 130 bytes each): beyond that the oldest hour is forgotten. So is all on a restart,
    and another process knows nothing of it.
    """

    def __init__(self, most: int = 300_000) -> None:
        self._most = most
        self._by_hour: dict[str, set[bytes]] = {}
        self._lock = Lock()

    def add(self, *, hour: str, digest: str) -> None:
        with self._lock:
            hold = _hours_that_hold()
            self._by_hour = {known: digests for known, digests in self._by_hour.items() if known in hold}
            self._by_hour.setdefault(hour, set()).add(bytes.fromhex(digest))
            while sum(map(len, self._by_hour.values())) > self._most:
                del self._by_hour[min(self._by_hour)]

    def __contains__(self, digest: str) -> bool:
        raw = bytes.fromhex(digest)
        with self._lock:
            return any(raw in digests for digests in self._by_hour.values())


spent = Spent()


def check(*, slug: str, line: Envelope, digest: str) -> None:
    """Raises Refused (`pow`, with the server's `hour` and the `bits` to solve for) unless the proof holds here and now."""
    found = zero_bits(slug=slug, hour=line.hour, digest=digest, nonce=line.nonce)
    if line.hour not in _hours_that_hold() or found < demand.enough(slug):
        raise Refused("pow", HTTPStatus.CONFLICT, WRONG, hour=hour_text(), bits=demand.bits(slug))
