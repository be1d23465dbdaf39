"""Puts the demo's many reports together out of hand-written fragments, the same ones each time: what they say, what the office did, when.

What was counted of them stands in `plans`, told in full. Nothing here is a pattern of real reports: the mix is made to look like a year's.
"""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from config.demo.telling import Act

Story = dict[str, Any]
HERE = ZoneInfo("Asia/Ho_Chi_Minh")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRAGMENTS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "fragments.toml").read_text())

EVENING, MORNING = (18, 19, 20, 21, 22), (5, 6, 7, 12)
PINNED = ("qr", "qr", "qr", "qr", "code", "")
WHENS = ("now", "today", "today", "days", "days", "soon", "unknown")
GOOD = ("new_fact", "new_fact", "new_fact", "more_detail", "more_detail", "prevented")
NOT_GOOD = ("already_known", "no_detail", "no_detail", "no_detail", "not_ours", "not_true", "prank")
# Results by kind of box: for a report of value, and for the rest.
RESULTS = {
    "crime": (("acted_on",) * 5 + ("not_enough",), ("unfounded", "not_enough")),
    "democracy": (("adopted", "answered"), ("answered", "not_enough")),
    "complaint": (("acted_on", "partly"), ("unfounded",)),
}


@dataclass(frozen=True)
class Desk:
    """A box with those who work at it. `top`: slug and custodian of the box above; `kind` decides what may be reported."""

    box: str
    places: Sequence[str]
    officers: Sequence[str]
    custodian: str
    top: tuple[str, str] | None = None
    kind: str = "crime"
    mix: Sequence[str] = (
        ("theft",) * 4
        + ("drugs",) * 3
        + ("fraud",) * 4
        + ("border",) * 2
        + ("violence",) * 2
        + ("trafficking", "other")
    )


@dataclass(frozen=True)
class Told:
    """A report told in full. `acts` happen after it was assessed: what was counted, corrected or linked."""

    text: str
    category: str
    acts: Sequence[Act] = field(default_factory=tuple)
    called: str = ""
    photos: Sequence[str] = field(default_factory=tuple)


class Inventor:
    """Makes stories in the shape of stories.toml, each act with its own hour (`on`)."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311 - the same demo each time

    def report(
        self, desk: Desk, day: datetime, *, valuable: bool, told: Told | None = None, late: bool | None = None
    ) -> Story:
        """`valuable`: what the office will make of it; `late`: whether its result takes longer than the law allows, by chance if None."""
        category = told.category if told else self._category(desk)
        start = self._hour(day, EVENING if self.random.random() < 0.7 else MORNING)
        story: Story = {
            "box": desk.box, "on": start, "what": category, "village": self.random.choice(desk.places),
            "when": self.random.choice(WHENS), "pinned": self.random.choice(PINNED), "forward": self.random.random() < 0.8,
            "text": told.text if told else self._text(desk, category), "photos": list(told.photos) if told else [],
            "reply": bool(told) or self.random.random() < 0.85,
        }  # fmt: skip
        if desk.kind != "crime":
            category = story["what"] = self._filed_under(desk, story["text"])
        if desk.kind == "democracy":
            story["public"] = self.random.random() < 0.7
        if told and told.called:
            story["called"] = told.called
        course = Course(self.random, desk, start, answers=story["reply"], may_forward=story["forward"] and told is None)
        slow = self.random.random() < 0.15 if late is None else late
        story["steps"] = course.run(category, valuable=valuable, acts=told.acts if told else (), late=slow)
        if story.get("public") and self.random.random() < 0.6:
            story["steps"] = list(_answered_for_all(story["text"], story["steps"]))
        return story

    def entered(self, story: Story, desk: Desk, *, channel: str, named: bool) -> Story:
        """The same, entered by an officer for somebody who came or called; a named one is told the result."""
        story |= {
            "channel": channel,
            "named": named,
            "by": desk.officers[0],
            "pinned": "",
            "secrecy": named and self.random.random() < 0.5,
        }
        story["on"] = story["steps"][0]["on"]  # opened by whoever has just entered it
        result = [act for act in story["steps"] if act["do"] == "state"]
        if named and result and self.random.random() < 0.8:
            told = {"do": "tell", "by": desk.officers[0], "on": result[0]["on"] + 20 * HOUR}
            story["steps"] = sorted([*story["steps"], told], key=lambda act: act["on"])
        return story

    def _category(self, desk: Desk) -> str:
        return self.random.choice(desk.mix) if desk.kind == "crime" else desk.kind

    def _text(self, desk: Desk, category: str) -> str:
        said = FRAGMENTS[category]
        chosen = {slot: self.random.choice(said[slot]) for slot in ("thing", "spot", "when")}
        return sentences(self.random.choice(said["texts"]).format(**chosen))

    def _filed_under(self, desk: Desk, text: str) -> str:
        """What a suggestion or complaint is about."""
        said = FRAGMENTS[desk.kind]
        by_thing = dict(zip(said["thing"], said["categories"], strict=False)) if desk.kind == "democracy" else {}
        found = next((name for thing, name in by_thing.items() if thing in text), None)
        by_text = zip(said["texts"], said["categories"], strict=False)
        return found or next((name for start, name in by_text if text.startswith(start.split("{")[0])), "other")

    def _hour(self, day: datetime, hours: Sequence[int]) -> datetime:
        return day.astimezone(HERE).replace(hour=self.random.choice(hours), minute=0, second=0, microsecond=0)


class Course:
    """What the office did about one report: opened, verified, assessed, decided, closed, each some time after the other."""

    def __init__(self, random: Random, desk: Desk, start: datetime, *, answers: bool, may_forward: bool) -> None:
        self.random, self.desk, self.now = random, desk, start
        self.answers, self.may_forward = answers, may_forward
        self.officer = random.choice(desk.officers)
        self.steps: list[Act] = []

    def run(self, category: str, *, valuable: bool, acts: Sequence[Act], late: bool) -> list[Act]:
        said = FRAGMENTS[category if self.desk.kind == "crime" else self.desk.kind]
        self._begin(said)
        self._later(1, 4)
        self._assess(category, valuable=valuable)
        if self.may_forward and valuable and self.desk.top and self.random.random() < 0.14:
            self._pass_on(*self.desk.top)
        else:
            self._later(24, 45) if late else self._later(1, 6)
            for act in acts:
                self._do(**act)
            self._decide(said, valuable=valuable, counted=bool(acts))
        if self.random.random() < 0.7:
            self._later(5, 30)
            self._do("state", to="closed")
        return self.steps

    def _begin(self, said: dict[str, Any]) -> None:
        """Mostly within the day that the law gives."""
        hours = (
            self.random.randint(1, 3)
            if 6 <= self.now.hour < 14
            else (31 - self.now.hour) % 24 + self.random.randint(0, 2)
        )
        self.now += (hours if self.random.random() < 0.88 else hours + self.random.choice((24, 48))) * HOUR
        self._do("open")
        if len(self.desk.officers) > 1 and self.random.random() < 0.4:
            self._do("assign", by=self.desk.custodian, to=self.officer)
        if self.answers and self.random.random() < 0.75:
            self._do("answer", text=self.random.choice(said["ask"]))
        if self.random.random() < 0.5:
            self.now += self.random.randint(1, 5) * HOUR
        self._do("verify")
        if self.random.random() < 0.3:
            self._do("note", text=self.random.choice(said["note"]))

    def _assess(self, category: str, *, valuable: bool) -> None:
        value, reasons = ("valuable", GOOD) if valuable else ("not_valuable", NOT_GOOD)
        self._do("assess", category=category, value=value, reason=self.random.choice(reasons))

    def _decide(self, said: dict[str, Any], *, valuable: bool, counted: bool) -> None:
        good, rest = RESULTS[self.desk.kind]
        to = "acted_on" if counted else self.random.choice(good if valuable else rest)
        self._do("state", to=to)
        if self.answers and to in said:
            self._do("answer", text=self.random.choice(said[to]))

    def _pass_on(self, top: str, officer: str) -> None:
        self._later(0, 2)
        self._do("forward", to=top)
        self.officer = officer
        self._later(1, 3)
        self._do("verify")
        self._later(4, 25)
        self._do("state", to=self.random.choice(("acted_on", "acted_on", "not_enough")))

    def _later(self, least: int, most: int) -> None:
        """Some days on, in office hours."""
        day = self.now + self.random.randint(least, most) * DAY
        self.now = max(self.now, day.replace(hour=self.random.randint(8, 16)))

    def _do(self, do: str, **more: Any) -> None:
        self.steps.append({"do": do, "on": self.now, "by": self.officer, **more})


def _answered_for_all(text: str, steps: Sequence[Act]) -> Iterator[Act]:
    """The same, and with its result the office answers the suggestion publicly, in words of its own."""
    about = next((thing for thing in FRAGMENTS["democracy"]["thing"] if thing in text), None)
    decided = [act for act in steps if act["do"] == "state" and act["to"] in ("adopted", "answered")]
    for act in steps:
        yield act
        if about and act in decided[:1]:
            answered = FRAGMENTS["democracy"][act["to"]][0]
            yield {**act, "do": "publish", "asked": f"Bà con hỏi về {about}.", "answered": answered}


def sentences(text: str) -> str:
    """A capital at the start of each sentence, wherever a fragment happened to fall."""
    return ". ".join(part[:1].upper() + part[1:] for part in text.split(". "))


def days_between(random: Random, first: datetime, last: datetime, number: int) -> Iterator[datetime]:
    """So many days, spread evenly with some chance, in order."""
    step = (last - first) / number
    for place in range(number):
        yield first + step * (place + random.random() * 0.9)
