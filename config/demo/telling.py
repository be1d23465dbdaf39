"""One report of the demo from its sending to where it stands now: what happens to it, and when. What each act does is in `acts`."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from config.demo.client import BoxKeys, Reporter
from config.demo.officer import Opened
from keng.accounts.models import User
from keng.core.ids import hour_of
from keng.desk.intake import services as intake
from keng.mailbox import sealing
from keng.mailbox import services as mailbox
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Box, KeyStatement, Thread

FOLDER = Path(__file__).parent
OFFICE_HOUR = 9
SAID = ("what", "village", "place", "gps", "when", "when_text", "path", "pinned", "forward", "public")
Act = dict[str, Any]


class Event(NamedTuple):
    """Something that happens in its hour. Events are played in the order of their hours, whatever story they belong to."""

    moment: datetime
    happens: Callable[[], object]


class Telling:
    """`acts` are what officers and reporter can do, by name; `named` finds other reports of the demo, by the name in their story."""

    def __init__(
        self,
        story: dict[str, Any],
        keys: dict[str, BoxKeys],
        now: datetime,
        acts: dict[str, Callable[["Telling", Act], None]],
        named: dict[str, "Telling"],
    ) -> None:
        self.story, self.keys, self.acts, self.named = story, keys, acts, named
        box = keys[story["box"]]
        # Only a receipt that somebody will type costs 600,000 rounds.
        own = None if story.get("keep") else sealing.keys_from(token_bytes(32))
        self.reporter = Reporter(slug=box.slug, recipient=box.recipient, root=box.root.fingerprint, keys=own, bits=0)
        self.sent = 0
        self.now = hour_of(now)
        self.start = self._start()
        self.counted: list[int] = []
        if "called" in story:
            named[story["called"]] = self

    def _start(self) -> datetime:
        if "on" in self.story:
            return hour_of(self.story["on"])
        return self._moment(self.now - timedelta(days=self.story["ago"]), self.story.get("at"))

    def events(self) -> Iterator[Event]:
        """Everything that happened up to now. What a story of fixed days would do later, it has not done yet."""
        yield Event(self.start, self._report)
        last = self.start
        for act in self.story.get("steps", []):
            if "on" in act:
                last = max(last, hour_of(act["on"]))
                if last > self.now:
                    return
            else:
                hour = act.get("at", None if act["after"] < 0.5 else OFFICE_HOUR)
                last = max(last, self._moment(self.start + timedelta(days=act["after"]), hour))
            yield Event(last, partial(self.acts[act["do"]], self, act))

    def _moment(self, moment: datetime, hour: int | None) -> datetime:
        """`moment`, moved to `hour` of its day in Vietnam, and never in the future."""
        local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
        moved = local if hour is None else local.replace(hour=hour)
        return min(hour_of(moved), self.now)

    def _report(self) -> None:
        story = self.story
        self.reporter.seq = KeyStatement.objects.filter(box__slug=story["box"]).count()
        media = list(_media(story))
        said = {"forward": True, "media": len(media)} | {name: story[name] for name in SAID if name in story}
        if not story.get("reply", True):
            said["reply"] = None
        body = self.reporter.first(story["text"], **said)
        if "channel" in story:
            self._enter(body)
        else:
            self.send(body)
        for kind, name in media:
            self.send_file(kind, name)

    def _enter(self, body: bytes) -> None:
        """An officer enters it for somebody."""
        line, sealed = read_body(body)
        intake.enter(
            box=Box.objects.select_related("office").get(slug=self.reporter.slug),
            line=line,
            sealed=sealed,
            channel=self.story["channel"],
            named=self.story.get("named", False),
            secrecy=self.story.get("secrecy", False),
            by=User.objects.get(username=self.story["by"]),
        )
        self.sent += 1

    def send(self, body: bytes) -> None:
        line, sealed = read_body(body)
        mailbox.accept(slug=self.reporter.slug, line=line, sealed=sealed)
        self.sent += 1

    def send_file(self, kind: str, name: str) -> None:
        body = (FOLDER / "media" / name).read_bytes()
        named = kind + Path(name).suffix
        self.send(self.reporter.later(index=self.sent, kind=kind, name=named, body=body))

    @property
    def thread(self) -> Thread:
        return Thread.objects.select_related("holder__office", "box__office").get(key=self.reporter.keys.thread)

    def opened(self) -> Opened:
        thread = self.thread
        return Opened(thread, self.keys[thread.holder.slug])


def _media(story: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, names in (("photo", story.get("photos", [])), ("voice", story.get("voice", []))):
        for name in names:
            yield kind, name
