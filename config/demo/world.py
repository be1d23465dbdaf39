"""The demo as a whole: made once, all of it or nothing, and what one needs to walk about in it kept in `$KENG_VAR/demo`."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.db import transaction

from config.demo import boxes, days, keeping, people, plans, province, stories
from config.demo.client import BoxKeys
from config.demo.clock import at
from config.demo.people import Person
from config.demo.plans import FOUNDED
from config.demo.services import playing as services
from keng.accounts.models import User
from keng.core import at_rest
from keng.mailbox.models import Box

FILE = "logins.json"


Tell = Callable[[int, int], object]


def nobody(_done: int, _all: int) -> None:
    """Is told of the making and says nothing."""


class NotHere(Exception):
    """The demo can't be made or shown; the message is the sentence for the person at the terminal."""


@dataclass
class Demo:
    """What is printed, and kept in a file that only its owner reads. `receipts` are [receipt, what it is about]."""

    people: list[Person] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)
    receipts: list[tuple[str, str]] = field(default_factory=list)


def folder() -> Path:
    return settings.VAR / "demo"


def load_or_make(*, now: datetime, dossiers: int | None = None, tell: Tell = nobody) -> tuple[Demo, bool]:
    """The demo, and whether it was made just now; with about so many `dossiers` as are asked for, or all. Raises NotHere.

    `tell` hears how far the making is: how much is done of how much; 0 of 0 while it begins.
    """
    there = Box.objects.exists() or User.objects.exists()
    kept = (folder() / FILE).is_file()
    if there and kept:
        return _load(), False
    if there:
        raise NotHere(
            f"Cơ sở dữ liệu đã có dữ liệu không phải của bản dùng thử, hoặc {folder() / FILE} đã mất. "
            "Đặt KENG_VAR sang thư mục khác, hoặc xoá thư mục dữ liệu rồi chạy lại."
        )
    return make(now=now, dossiers=dossiers, tell=tell), True


def make(*, now: datetime, dossiers: int | None = None, tell: Tell = nobody) -> Demo:
    """Builds everything through the services that the pages use, in one transaction; the log's files go where that goes."""
    try:
        return _make(now=now, dossiers=dossiers, tell=tell)
    except BaseException:
        _unpublish()
        raise


def _unpublish() -> None:
    """An empty database has no log: what lies there was left by one that is gone."""
    shutil.rmtree(settings.LEDGER_FOLDER, ignore_errors=True)


def _make(*, now: datetime, dossiers: int | None, tell: Tell) -> Demo:
    tell(0, 0)
    _unpublish()
    at_rest.ensure()
    with transaction.atomic():
        with at(FOUNDED):
            province.build(by="")
            cast = people.add_all()
            keys = boxes.found_all(cast)
            services.post(by=User.objects.get(username="ngoc"))
        told = stories.tell([*stories.read(), *plans.invented(now)], keys, now=now)
        besides = [*days.all_of(keys, now=now), *keeping.of(keys, cast, now), *services.events(now, most=dossiers)]
        kept = stories.play_all(told, besides=besides, tell=tell)
        demo = Demo(
            people=list(cast.values()),
            fingerprints={slug: one.root.fingerprint for slug, one in keys.items()},
            receipts=[(receipt, _about(story)) for story, receipt in kept],
        )
        _keep(demo, keys)
    return demo


def _about(story: dict[str, Any]) -> str:
    return f"{story['box']}: {story['text'][:60].rsplit(' ', 1)[0]}…"


def _keep(demo: Demo, keys: dict[str, BoxKeys]) -> None:
    """Written before the transaction ends: a database without this file could be entered by nobody."""
    sheets = folder() / "sheets"
    sheets.mkdir(parents=True, exist_ok=True)
    for place in (folder(), sheets):
        place.chmod(0o700)
    for slug, one in keys.items():
        _write(sheets / f"{slug}-a.txt", f"Kẻng, hộp thư {slug}, tờ A\n{one.sheet_a}\n")
        _write(sheets / f"{slug}-b.txt", f"Kẻng, hộp thư {slug}, tờ B\n{one.sheet_b}\n")
    content = asdict(demo)
    for person in content["people"]:
        del person["pair"]
    _write(folder() / FILE, json.dumps(content, ensure_ascii=False, indent=1))


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def _load() -> Demo:
    content = json.loads((folder() / FILE).read_text())
    content["people"] = [Person(**person) for person in content["people"]]
    return Demo(**content)


def code_now(secret: str) -> str:
    """What an authenticator shows now for a base32 secret (RFC 6238, 30 s, 6 digits)."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
