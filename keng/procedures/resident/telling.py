"""What a turn of a dossier is called on the resident's page: a line for their messages, a short one for the time line."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from keng.procedures.filing.expected import by_when
from keng.procedures.models import Event, Message

# Kind of message -> its sentence; the values are those of `keng.procedures.dossiers.telling.VALUES`, days and moments in words.
SENTENCES: dict[str, str | Promise] = {
    "submitted": _("Đã nộp hồ sơ. %(office)s đang xem giấy tờ có đủ không."),
    "accepted": _("%(office)s đã tiếp nhận. Hẹn trả kết quả %(due)s."),
    "advanced": _("Hồ sơ sang bước “%(step)s” ở %(office)s."),
    "routed": _("Hồ sơ được chuyển tới %(office)s giải quyết tiếp."),
    "supplement_asked": _(
        "%(office)s yêu cầu bổ sung %(items)s mục, gửi trước hết ngày %(by_day)s. Trong lúc chờ, thời hạn dừng lại."
    ),
    "supplement_due": _("Sắp hết hạn bổ sung: ngày %(by_day)s. Quá ngày đó hồ sơ dừng giải quyết."),
    "supplemented": _("%(office)s đã nhận giấy tờ bổ sung."),
    "refused": _("%(office)s không giải quyết được hồ sơ này. Lý do ghi trên phiếu từ chối."),
    "withdrawn": _("Bà con đã rút hồ sơ."),
    "extended": _("%(office)s xin lỗi và hẹn lại ngày trả kết quả: %(due)s (trước đây %(before)s)."),
    "stopped": _("Hồ sơ đã dừng giải quyết. Lý do ghi trên phiếu dừng."),
    "finished": _("Đã có kết quả. Mời bà con nhận ở trang này hoặc tại %(fetch)s."),
    "handed_out": _("Đã trả kết quả."),
    "corrected": _("Dữ liệu trong hồ sơ đã được sửa theo yêu cầu của bà con."),
}
# What asks something of the resident stands out.
URGENT = {"supplement_asked", "supplement_due"}
GLAD = {"finished", "handed_out"}

TURNS: dict[str, str | Promise] = {
    "submitted": _("Đã nộp"),
    "accepted": _("Tiếp nhận, bắt đầu tính thời hạn"),
    "advanced": _("Sang bước tiếp theo"),
    "sent_back": _("Làm lại bước trước"),
    "routed": _("Chuyển tới nơi có thẩm quyền"),
    "supplement_asked": _("Yêu cầu bổ sung, thời hạn tạm dừng"),
    "supplemented": _("Đã bổ sung, thời hạn chạy tiếp"),
    "refused": _("Từ chối"),
    "withdrawn": _("Đã rút"),
    "extended": _("Xin lỗi và hẹn lại ngày"),
    "stopped": _("Dừng giải quyết"),
    "finished": _("Có kết quả"),
    "handed_out": _("Đã trả kết quả"),
    "corrected": _("Sửa dữ liệu theo yêu cầu"),
}
MOVES = {"advanced": 1, "sent_back": -1}  # along the steps
# Turns whose note is meant for the resident; others are between officers.
SAID_TO_RESIDENTS = {"refused", "extended", "stopped", "finished"}


@dataclass(frozen=True)
class Line:
    """A message in words. `tone`: urgent, glad or ""."""

    at: datetime
    name: str
    code: str
    says: str
    tone: str
    new: bool


def line(message: Message) -> Line:
    """A kind that is not known any more says the procedure's name alone."""
    values = {name: _in_words(name, str(value)) for name, value in message.values.items()}
    sentence = SENTENCES.get(message.kind)
    try:
        says = str(sentence) % values if sentence else ""
    except KeyError:  # written by an earlier version
        says = ""
    tone = "urgent" if message.kind in URGENT else "glad" if message.kind in GLAD else ""
    return Line(message.at, values.get("name", ""), values.get("code", ""), says, tone, message.read_at is None)


def _in_words(name: str, value: str) -> str:
    if name in ("due", "before") and value:
        return by_when(datetime.fromisoformat(value))
    return f"{date.fromisoformat(value):%d/%m/%Y}" if name == "by_day" and value else value


@dataclass(frozen=True)
class Turn:
    """A point on the time line. `note` only where it was written for the resident."""

    at: datetime
    says: str
    office: str
    note: str
    tone: str


def turns(events: list[Event], names: dict[str, str], steps: list[str]) -> list[Turn]:
    """The events that concern the resident, oldest first; `names`: of offices, by code; `steps`: titles of the dossier's own."""
    tones = dict.fromkeys(("supplement_asked", "refused", "stopped"), "urgent") | dict.fromkeys(GLAD, "glad")
    return [
        Turn(
            localtime(one.at), says, names.get(one.office, ""),
            one.note if one.kind in SAID_TO_RESIDENTS else "", tones.get(one.kind, ""),
        )
        for one, says in _said(events, steps)
    ]  # fmt: skip


def _said(events: list[Event], steps: list[str]) -> Iterator[tuple[Event, str]]:
    """Each that concerns the resident, with its words: going on leads to the next step, being sent back to the one before."""
    at = 0
    for event in events:
        if event.kind not in TURNS:
            continue
        moved = MOVES.get(event.kind, 0)
        at += moved
        title = steps[at] if moved and at < len(steps) else ""
        yield event, f"{TURNS[event.kind]}: {title}" if title else str(TURNS[event.kind])
