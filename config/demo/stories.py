"""Plays `stories.toml`: villagers' phones and officers' browsers, each act through its service and in its own hour."""

import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from config.demo.client import BoxKeys, Reporter
from config.demo.clock import at
from config.demo.officer import Opened
from keng.accounts.models import User
from keng.core.ids import hour_of
from keng.desk.mailbox import services as desk
from keng.mailbox import services as mailbox
from keng.mailbox.envelope import read_body
from keng.mailbox.models import Thread

FOLDER = Path(__file__).parent
OFFICE_HOUR = 9
SAID = ("what", "village", "place", "gps", "when", "when_text", "path", "pinned", "forward")
Act = dict[str, Any]


def read() -> list[dict[str, Any]]:
    with (FOLDER / "stories.toml").open("rb") as file:
        return list(tomllib.load(file)["report"])


def play_all(keys: dict[str, BoxKeys], *, now: datetime) -> list[tuple[dict[str, Any], str]]:
    """Plays every story up to `now`; returns those whose receipt is kept, each with it."""
    with ThreadPoolExecutor() as pool:  # each receipt's keys cost 600,000 rounds
        told = list(pool.map(lambda story: Telling(story, keys, now), read()))
    for one in told:
        one.play()
    return [(one.story, one.reporter.receipt) for one in told if one.story.get("keep")]


class Telling:
    """One report from its sending to where it stands now."""

    def __init__(self, story: dict[str, Any], keys: dict[str, BoxKeys], now: datetime) -> None:
        self.story, self.keys = story, keys
        box = keys[story["box"]]
        self.reporter = Reporter(slug=box.slug, recipient=box.recipient, root=box.root.fingerprint, bits=0)
        self.sent = 0
        self.now = hour_of(now)
        self.start = self.last = self._moment(self.now - timedelta(days=story["ago"]), story.get("at"))

    def play(self) -> None:
        with at(self.start):
            self._report()
        for act in self.story.get("steps", []):
            hour = act.get("at", None if act["after"] < 0.5 else OFFICE_HOUR)
            self.last = max(self.last, self._moment(self.start + timedelta(days=act["after"]), hour))
            with at(self.last):
                ACTS[act["do"]](self, act)

    def _moment(self, moment: datetime, hour: int | None) -> datetime:
        """`moment`, moved to `hour` of its day in Vietnam, and never in the future."""
        local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
        moved = local if hour is None else local.replace(hour=hour)
        return min(hour_of(moved), self.now)

    def _report(self) -> None:
        story = self.story
        media = list(_media(story))
        said = {"forward": True, "media": len(media)} | {name: story[name] for name in SAID if name in story}
        if not story.get("reply", True):
            said["reply"] = None
        self.send(self.reporter.first(story["text"], **said))
        for kind, name in media:
            self.send_file(kind, name)

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
        return Thread.objects.select_related("holder__office", "box").get(key=self.reporter.keys.thread)

    def opened(self) -> Opened:
        thread = self.thread
        return Opened(thread, self.keys[thread.holder.slug])


def _media(story: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for kind, names in (("photo", story.get("photos", [])), ("voice", story.get("voice", []))):
        for name in names:
            yield kind, name


def _officer(act: Act) -> User:
    return User.objects.get(username=act["by"])


def _open(told: Telling, act: Act) -> None:
    desk.open_report(thread=told.thread, by=_officer(act))


def _verify(told: Telling, act: Act) -> None:
    _move(told, {**act, "to": "verifying"})


def _move(told: Telling, act: Act) -> None:
    by = _officer(act)
    thread = desk.open_report(thread=told.thread, by=by)
    desk.move(thread=thread, to=act["to"], version=thread.version, by=by)


def _answer(told: Telling, act: Act) -> None:
    by = _officer(act)
    desk.open_report(thread=told.thread, by=by)
    report = told.opened()
    index, sealed = report.answer(act["text"])
    desk.answer(thread=report.thread, index=index, sealed=sealed, by=by)


def _note(told: Telling, act: Act) -> None:
    by = _officer(act)
    desk.open_report(thread=told.thread, by=by)
    report = told.opened()
    desk.write_note(thread=report.thread, sealed=report.note(act["text"]), by=by)


def _assess(told: Telling, act: Act) -> None:
    thread = told.thread
    desk.assess(
        thread=thread,
        category=act["category"],
        value=act["value"],
        complex=act.get("complex", False),
        extended=False,
        version=thread.version,
        by=_officer(act),
    )


def _forward(told: Telling, act: Act) -> None:
    report, to = told.opened(), told.keys[act["to"]]
    vouching = report.vouching(to)
    headers = report.headers_for(to, vouching)
    desk.pass_on(
        thread=report.thread,
        to=to.slug,
        headers=headers,
        part=vouching,
        version=report.thread.version,
        by=_officer(act),
    )
    told.reporter.follow(to)


def _reply(told: Telling, act: Act) -> None:
    told.send(told.reporter.later(index=told.sent, kind="message", name="text.txt", body=act["text"].encode()))


def _photo(told: Telling, act: Act) -> None:
    told.send_file("photo", act["file"])


def _delete(told: Telling, act: Act) -> None:
    mailbox.delete(token=told.reporter.keys.token)


ACTS: dict[str, Callable[[Telling, Act], None]] = {
    "open": _open,
    "verify": _verify,
    "state": _move,
    "answer": _answer,
    "note": _note,
    "assess": _assess,
    "forward": _forward,
    "reply": _reply,
    "photo": _photo,
    "delete": _delete,
}
