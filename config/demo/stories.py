"""All that happened in the demo, in the order in which it did: the hand-written stories, the invented ones, the offices' days."""

import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from operator import attrgetter
from typing import Any

from config.demo.acts import ACTS
from config.demo.client import BoxKeys
from config.demo.clock import at, at_one_go
from config.demo.telling import FOLDER, Event, Telling

Story = dict[str, Any]


def read() -> list[Story]:
    """The hand-written ones."""
    with (FOLDER / "stories.toml").open("rb") as file:
        return list(tomllib.load(file)["report"])


def tell(stories: Iterable[Story], keys: dict[str, BoxKeys], *, now: datetime) -> list[Telling]:
    named: dict[str, Telling] = {}
    with ThreadPoolExecutor() as pool:  # each receipt's keys cost 600,000 rounds
        return list(pool.map(lambda story: Telling(story, keys, now, ACTS, named), stories))


def play_all(
    told: Sequence[Telling], besides: Iterable[Event], *, tell: Callable[[int, int], object] = lambda _done, _all: None
) -> list[tuple[Story, str]]:
    """Lets everything happen, each in its hour; returns the stories whose receipt is kept, each with it.

    `tell` is called before each event, with how many are played and how many there are.
    """
    events = [*(event for one in told for event in one.events()), *besides]
    with at_one_go():
        for done, event in enumerate(sorted(events, key=attrgetter("moment"))):
            tell(done, len(events))
            with at(event.moment):
                event.happens()
    return [(one.story, one.reporter.receipt) for one in told if one.story.get("keep")]
