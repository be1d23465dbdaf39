"""What a page of the queue was asked for, as it stands in the address."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from keng.procedures.errors import Refused
from keng.procedures.models import Channel, Pile, State

# tab -> the pile that it shows
TABS = {
    "mine": Pile.RUNNING,
    "office": Pile.RUNNING,
    "waiting": Pile.WAITING,
    "done": Pile.DONE,
    "closed": Pile.CLOSED,
}
STATES = {
    Pile.RUNNING: (State.SUBMITTED, State.PROCESSING),
    Pile.WAITING: (),
    Pile.DONE: (),
    Pile.CLOSED: (State.RETURNED, State.REFUSED, State.WITHDRAWN, State.STOPPED),
}
WARNS = ("late", "today", "soon")
STEP_WARNS = ("late", "soon")
NOBODY = "-"
STEPS = 20
DIGITS = 4  # fewer would find half the office
CODE = re.compile(r"[A-Za-z0-9.\-]{1,30}")
TAIL = re.compile(r"[0-9]{4}$")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Where in a list a page begins: after the row that is sorted by `at`, then by `id`."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.id}"


@dataclass(frozen=True)
class Asked:
    """`q` is a code or its last digits, and looks in all piles. `since` and `until` are days of the dossier's own moment in the queue;
    `warn` is how near that is, `step_warn` how near the end of its step is, by which the list is sorted then.
    """

    tab: str
    q: str = ""
    procedure: str = ""
    state: str = ""
    channel: str = ""
    owner: str = ""
    office: str = ""
    warn: str = ""
    step_warn: str = ""
    step: int | None = None
    since: date | None = None
    until: date | None = None
    after: Place | None = None

    @property
    def pile(self) -> Pile:
        return TABS[self.tab]

    @property
    def filtered(self) -> bool:
        return any(getattr(self, name) not in ("", None) for name in FILTERS)

    def address(self, **changes: object) -> str:
        """The query string of this page, changed: `?tab=office&state=submitted`."""
        asked = replace(self, **changes)  # type: ignore[arg-type]
        said = {name: getattr(asked, name) for name in ("tab", "q", *FILTERS, "after")}
        return "?" + urlencode({name: value for name, value in said.items() if value not in ("", None)})


FILTERS = ("procedure", "state", "channel", "owner", "office", "warn", "step_warn", "step", "since", "until")


def read(said: QueryDict, *, tab: str) -> Asked:
    """From the address; `tab` where it names none. Raises Refused with a sentence for what can't be."""
    asked = Asked(
        tab=_one_of(said, "tab", TABS) or tab,
        q=_code(said.get("q", "")),
        procedure=_text(said, "procedure"),
        state=_one_of(said, "state", State.values),
        channel=_one_of(said, "channel", Channel.values),
        owner=_text(said, "owner"),
        office=_text(said, "office"),
        warn=_one_of(said, "warn", WARNS),
        step_warn=_one_of(said, "step_warn", STEP_WARNS),
        step=_step(said.get("step", "")),
        since=_day(said.get("since", "")),
        until=_day(said.get("until", "")),
        after=_place(said.get("after", "")),
    )
    if asked.since and asked.until and asked.until < asked.since:
        raise Refused(_("Ngày cuối đứng trước ngày đầu. Đồng chí chọn lại."), "days")
    # What the tab has not, is not asked of it: a filter kept from another tab would only empty the list.
    kept = asked.state in STATES[asked.pile]
    asked = replace(asked, state=asked.state if kept else "")
    return asked if asked.pile is Pile.RUNNING else replace(asked, warn="", step_warn="")


def _text(said: QueryDict, name: str) -> str:
    text = said.get(name, "").strip()
    if len(text) > 60 or not text.isprintable():
        raise Refused(_("Bộ lọc này không đọc được. Đồng chí chọn lại trên trang."), name)
    return text


def _one_of(said: QueryDict, name: str, known: object) -> str:
    text = _text(said, name)
    if text and text not in known:  # type: ignore[operator]
        raise Refused(_("Bộ lọc này không đọc được. Đồng chí chọn lại trên trang."), name)
    return text


def _code(text: str) -> str:
    text = text.strip()
    if text and not CODE.fullmatch(text):
        raise Refused(_("Mã hồ sơ chỉ có chữ, số, dấu chấm và dấu gạch. Không tìm theo tên người."), "q")
    if text and not TAIL.search(text):
        raise Refused(_("Đồng chí gõ cả mã hồ sơ, hoặc ít nhất 4 số cuối."), "q")
    return text.upper()


def _step(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= STEPS):
        raise Refused(_("Không có bước này."), "step")
    return int(text)


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(_("Ngày này không đọc được. Đồng chí chọn lại."), "days") from error
    if not 2000 <= day.year <= 2100:
        raise Refused(_("Ngày này không đọc được. Đồng chí chọn lại."), "days")
    return day


def _place(text: str) -> Place | None:
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{1,16})-([0-9]{1,19})", text)
    if not found or int(found[2]) >= 2**63:
        raise Refused(_("Trang này không có. Đồng chí mở lại từ đầu danh sách."), "after")
    return Place(EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))
