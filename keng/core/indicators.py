"""Indicators: what a figure is called, in which unit, how it is counted, and how it opens to what it was counted from (O5).

Each app registers its own; this module knows none of them. Whoever shows a figure has found what the reader may see: an indicator
counts and opens the offices that it is asked for, and no others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from keng.core.registry import Registry


class Sort(Enum):
    """What kind of thing is counted. Small counts of reports are never published; outcomes are, exactly, for a whole province.

    Dossiers are what the services did: inside they stand exactly, on the public face under 5 of them are not told (C5).
    """

    REPORTS = "reports"
    OUTCOMES = "outcomes"
    DOSSIERS = "dossiers"


@dataclass(frozen=True)
class Asked:
    """Of which offices (ids), from which day to which (both included, local time), and of which group ("" for all)."""

    offices: tuple[int, ...]
    first: date
    last: date
    group: str = ""


@dataclass(frozen=True)
class Indicator:
    """`counted` says in one sentence how. `count` and the rows of `open` always agree: the sum of what opens is the figure."""

    title: str | Promise
    unit: str | Promise
    counted: str | Promise
    sort: Sort
    count: Callable[[Asked], Decimal]
    open: Callable[[Asked], QuerySet[Any]]


indicators: Registry[Indicator] = Registry("indicator")
