"""Somebody who knows the rule of publication and reads everything that is public: which worlds fit what they see?

A world is what really happened. Of each hidden count the attacker keeps every value that some world with the same public face has.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from keng.desk.figures.suppression import FEW

World = Any
# The counts that must stay hidden in a world, by name.
Hidden = Callable[[World], dict[str, int]]


def narrowest(worlds: Iterable[World], public: Callable[[World], Hashable], hidden: Hidden) -> int:
    """How many values are left, at the least, to a hidden count, over all worlds; `public` is all that can be seen of one."""
    alike: dict[Hashable, list[dict[str, int]]] = defaultdict(list)
    for world in worlds:
        alike[public(world)].append(hidden(world))
    widths = [
        len({counts.get(name, -1) for counts in group if name in counts})
        for group in alike.values()
        for name in {name for counts in group for name in counts}
    ]
    return min(widths)


def small(counts: dict[str, int]) -> dict[str, int]:
    """What C5 hides: every count under FEW, and every rest of one."""
    received = counts["received"]
    rests = {f"not {name}": received - number for name, number in counts.items() if name != "received"}
    return {name: number for name, number in {**counts, **rests}.items() if number < FEW}
