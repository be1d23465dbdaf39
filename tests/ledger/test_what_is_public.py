"""R11, C5: what is public reveals neither counts nor hours of any office: an attacker with every public file tells two histories apart no
better than docs/public-log.md says, and does so at once when shuffle or padding is broken.

Each day of one log is a game: a coin chooses which of two histories happens, it is published, and the attacker, who knows both histories
and sent two of the reports, looks. From half of the games it learns which feature betrays the coin; by that it guesses in the other half.
"""

import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from unittest import mock

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from keng.ledger import notes, publication, services
from keng.ledger.leaves import tag_of
from keng.ledger.publication import publish
from keng.ledger.services import append
from keng.ledger.tiles import entries_path, path_of, unbundle
from tests.conftest import FaceClient

pytestmark = pytest.mark.django_db
GAMES = 100
CHANCE = 0.43  # more than three deviations of what luck gives in GAMES / 2 guesses
PAGES = ("/", "/ledger", "/ledger/keys")
START = datetime(2026, 11, 22, 3, tzinfo=UTC)

Report = tuple[str, int]  # office, hour of the day


@dataclass(frozen=True)
class History:
    """What happens on a day beside the attacker's own two reports, the first and the last of it."""

    reports: tuple[Report, ...]


BUSY: tuple[Report, ...] = tuple(("bp-na-co-sa", hour % 24) for hour in range(30))
PAIRS: dict[str, tuple[History, History, float]] = {  # and the advantage that the protocol allows
    "another office": (History(BUSY), History(tuple(("bp-ka-lang", hour) for _office, hour in BUSY)), 0.0),
    "another hour": (History((("bp-na-co-sa", 2),) * 9), History((("bp-na-co-sa", 19),) * 9), 0.0),
    "one report more": (History(BUSY * 8 + BUSY[:12]), History(BUSY * 8 + BUSY[:13]), 1 / 256),
    "twenty reports more": (History(()), History(BUSY[:20]), 20 / 256),
}


@dataclass
class Seen:
    """What the attacker has of one day: numbers, whatever they may mean."""

    features: list[float] = field(default_factory=list)


@pytest.fixture(autouse=True)
def _the_same_luck_in_every_run() -> Iterator[None]:
    """And no waiting for the disk."""
    luck = random.Random(20261122)

    def salt() -> bytes:
        return luck.randbytes(32)

    def pk() -> int:
        return luck.getrandbits(63)

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(os, "fsync"))
        stack.enter_context(mock.patch.object(publication, "SystemRandom", return_value=luck))
        stack.enter_context(mock.patch.object(publication.secrets, "randbelow", luck.randrange))
        for owner in (publication, services):
            stack.enter_context(mock.patch.object(owner, "new_salt", salt))
            stack.enter_context(mock.patch.object(owner, "random_id", pk))
        yield


class Game:
    """One log, a day after another, and the public files as a stranger fetches them."""

    def __init__(self, public: FaceClient) -> None:
        self.public, self.day, self.size = public, 0, 0
        self.luck = random.Random(1)
        self.play(History(()))

    def play(self, history: History) -> Seen:
        own = [self.luck.randbytes(32), self.luck.randbytes(32)]
        self.day += 1
        with transaction.atomic():
            self._report("attacker", 0, own[0])
            for office, hour in sorted(history.reports, key=lambda report: report[1]):
                self._report(office, hour, None)
            self._report("attacker", 23, own[1])
        with mock.patch.object(timezone, "now", return_value=START + timedelta(days=self.day)):
            publish(force=True)
        return self._look(own)

    def _report(self, office: str, hour: int, salt: bytes | None) -> None:
        at = (START + timedelta(days=self.day)).replace(hour=hour)
        with mock.patch.object(services, "this_hour", return_value=at):
            subject = self.luck.randbytes(32).hex()
            append(
                verb="mailbox.part.received",
                subject=subject,
                office=office,
                case=self.luck.randbytes(32).hex(),
                salt=salt,
            )

    def _look(self, own: Sequence[bytes]) -> Seen:
        head = notes.read_head(notes.read(self._fetch("checkpoint").decode()).text)
        new: list[bytes] = []
        for index in range(self.size // 256, head.size // 256):
            new += unbundle(self._fetch(entries_path(index)))
        grown, self.size = head.size - self.size, head.size
        places = [[leaf[:16] for leaf in new].index(tag_of(salt)) for salt in own]
        names = ("checkpoint", "keys", f"checkpoints/{head.size}", path_of(0, head.size // 256 - 1))
        files = [settings.LEDGER_FOLDER / name for name in names]
        label = (START + timedelta(days=self.day)).replace(hour=19, minute=0) - timedelta(days=1)
        late = [path.stat().st_mtime - label.timestamp() for path in files]
        seen = Seen([float(grown), float(min(places)), float(max(places)), float(places[0] - places[1])])
        seen.features += [float(place) for place in places]
        seen.features += [float(max(late)), float(len([one for one in late if one > 0]))]
        seen.features += [sum(leaf[at] for leaf in new) / len(new) for at in range(0, 48, 6)]
        seen.features += [
            float(sum(new[at][0] for at in range(len(new)) if at % 2)),
            float(new[0][16]),
            float(new[-1][16]),
        ]
        seen.features += [self._page(path) for path in PAGES]
        days = json.loads(self._fetch(f"days/{START + timedelta(days=self.day):%Y-%m}"))
        return Seen([*seen.features, float(len(days[-1])), float(days[-1][1] - head.size)])

    def _fetch(self, path: str) -> bytes:
        answer = self.public.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        return answer.content

    def _page(self, path: str) -> float:
        """A number for the answer's text without its digits, which `grown` has, and its headers' names."""
        answer = self.public.get(path)
        text = bytes(byte for byte in answer.content if not 48 <= byte <= 57) if path != "/ledger" else b""
        return float(int.from_bytes(sha256(text + "".join(sorted(answer.headers)).encode()).digest()[:4]))


def advantage(public: FaceClient, pair: tuple[History, History, float]) -> float:
    """By how much oftener the attacker says "the second" when it was, in the games that it did not learn from."""
    game, coin = Game(public), random.Random(2)
    played = [(second, game.play(pair[second])) for second in (coin.random() < 0.5 for _ in range(GAMES))]
    guess = learn(played[: GAMES // 2])
    said = {True: list[bool](), False: list[bool]()}
    for second, seen in played[GAMES // 2 :]:
        said[second].append(guess(seen))
    return abs(sum(said[True]) / len(said[True]) - sum(said[False]) / len(said[False]))


def learn(played: Sequence[tuple[bool, Seen]]) -> Callable[[Seen], bool]:
    """The one feature and threshold that told most of these games right."""
    best = (0, 0, 0.0, True)
    for at in range(len(played[0][1].features)):
        for threshold in {seen.features[at] for _second, seen in played}:
            right = sum((seen.features[at] >= threshold) == second for second, seen in played)
            best = max(best, (right, at, threshold, True), (len(played) - right, at, threshold, False))
    _right, at, threshold, above = best
    return lambda seen: (seen.features[at] >= threshold) == above


@pytest.mark.parametrize("name", PAIRS)
def test_r11_c5_two_histories_are_told_apart_by_luck_alone(public: FaceClient, name: str) -> None:
    pair = PAIRS[name]
    assert advantage(public, pair) <= pair[2] + CHANCE


def test_the_attacker_would_see_a_log_that_is_not_shuffled(public: FaceClient) -> None:
    with mock.patch.object(publication, "_shuffle"):
        assert advantage(public, PAIRS["twenty reports more"]) > 0.6


def test_the_attacker_would_see_a_padding_without_chance(public: FaceClient) -> None:
    exact = (
        History(BUSY * 8 + BUSY[:14]),
        History(BUSY * 8 + BUSY[:15]),
        1 / 256,
    )  # 256 with the attacker's two, and 257
    with mock.patch.object(publication.secrets, "randbelow", return_value=0):
        assert advantage(public, exact) > 0.6
