"""An officer at the desk who enters a report for somebody: what the page's script sends."""

from collections.abc import Callable
from typing import Any

import pytest

from config.demo.client import Reporter
from keng.mailbox.models import Thread
from tests.cast import Cast
from tests.desk.mailbox.conftest import Officer, Report, cast, dung, hoa, nam, report, send

__all__ = ["Report", "cast", "dung", "hoa", "nam", "report", "send"]
ASKED = {"channel": "in_person", "named": "1", "secrecy": "0"}
NAMED = {"name": "Vàng A Páo", "contact": "0912 345 678", "paper": "CCCD 011090001234"}


@pytest.fixture
def enter(cast: Cast) -> Callable[..., tuple[int, Any]]:
    """`enter(hoa, reporter)`: posts the first part for `reporter`; gives (status, JSON)."""

    def make(officer: Officer, reporter: Reporter, text: str = "Mất trâu.", **asked: str) -> tuple[int, Any]:
        body = reporter.first(text, pinned="code", channel="in_person", named=NAMED, secrecy=False)
        return put(officer, reporter.slug, body, **{**ASKED, **asked})

    return make


def put(officer: Officer, slug: str, body: bytes, **asked: str) -> tuple[int, Any]:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    address = f"/mailbox/api/boxes/{slug}/parts?{query}"
    response = officer.client.post(address, body, content_type="application/octet-stream")
    return response.status_code, response.json()


def thread_of(reporter: Reporter) -> Thread:
    return Thread.objects.get(key=reporter.keys.thread)
