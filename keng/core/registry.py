"""How one app offers something to another without either importing the other: filled in `AppConfig.ready()`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.utils.functional import Promise

T = TypeVar("T")


class Registry(Generic[T]):
    """Names to things. A name is registered once; asking for an unknown one is a programmer's error."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._things: dict[str, T] = {}

    def register(self, name: str, thing: T) -> None:
        if name in self._things and self._things[name] != thing:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._things[name] = thing

    def __getitem__(self, name: str) -> T:
        if name not in self._things:
            raise LookupError(f"{self.what} {name!r} is not registered")
        return self._things[name]

    def __contains__(self, name: str) -> bool:
        return name in self._things

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(sorted(self._things.items()))


@dataclass(frozen=True)
class Chore:
    """Something that `manage.py work` does again and again, whatever the number of processes (so it must be idempotent)."""

    every: timedelta
    run: Callable[[], object]


chores: Registry[Chore] = Registry("chore")

# name -> what looks for a difference between the ledger's entries and what an app really keeps: a sentence for each that it finds
audits: Registry[Callable[[], Iterator[str]]] = Registry("audit")


@dataclass(frozen=True)
class DigestLine:
    """A count for an officer's digest: `number` of what `says` (a translated name), from `most` on not counted; `path` shows just these."""

    number: int
    most: int
    says: Promise
    path: str


@dataclass(frozen=True)
class DigestSection:
    """Lines under a heading. Counts and addresses alone: no code, no name, nothing that anybody wrote."""

    heading: Promise
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True)
class DigestPart:
    """What an app tells officers in their digest: `sections(user, now)`, none for whom it is no business; `roles` get a digest for it."""

    roles: tuple[str, ...]
    sections: Callable[[Any, datetime], Sequence[DigestSection]]


digest_parts: Registry[DigestPart] = Registry("part of the digest")
