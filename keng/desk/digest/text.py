"""The words of a digest, in Vietnamese and English, always SIZE bytes: who watches the network can't tell a busy day from an empty one."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from keng.core.registry import DigestSection
from keng.desk.digest.counts import Waiting, Work

SIZE = 6144  # bytes, a line's end counted as the two that it has in mail
MOST = 9999
SUBJECT = "Kẻng: việc hôm nay / today's work"


def write(work: Work, moment: datetime) -> str:
    """The body: `moment` is local. Numbers above 9,999 are shown as that."""
    parts = []
    for language in ("vi", "en"):
        with translation.override(language):
            parts.append("\n".join(_lines(work, moment)))
    return pad("\n\n* * *\n\n".join(parts) + "\n")


def pad(text: str) -> str:
    """Blank space behind it, up to SIZE. Raises ValueError for a text that is longer."""
    missing = SIZE - len(text.encode()) - text.count("\n")
    if missing < 2:
        raise ValueError("a digest longer than all digests")
    return text + " " * (missing - 2) + "\n"


def _lines(work: Work, moment: datetime) -> Iterator[str]:
    yield _("Số việc lúc %(hour)s ngày %(day)s. Thư này chỉ có số, không có nội dung tin.") % {
        "hour": f"{moment:%H:%M}",
        "day": f"{moment:%d/%m/%Y}",
    }
    if work.own:
        yield ""
        yield _("Hộp thư của đồng chí:")
        yield from _waiting(work.own)
    if work.instead:
        yield ""
        yield _("Việc của người vắng mà đồng chí trực thay (số người: %(people)d):") % {
            "people": min(work.people, MOST)
        }
        yield from _waiting(work.instead)
    if work.below:
        yield ""
        yield _("Trễ ở các đơn vị cấp dưới:")
        yield _line(work.below.to_open, _("tin quá 24 giờ chưa mở"))
        yield _line(work.below.to_resolve, _("tin quá hạn giải quyết"))
    if work.keys:
        yield ""
        yield _("Bản xác nhận khoá hộp thư:")
        yield _line(work.keys.expired, _("đã hết hạn, bà con không gửi tin được"))
        yield _line(work.keys.soon, _("sắp hết hạn, cần gia hạn") + _within(work.keys.days))
    for section in work.more:
        yield ""
        yield from _section(section)
    if not (work.own or work.instead or work.below or work.more):
        yield ""
        yield _("Hiện đồng chí chưa mở được hộp thư nào.")
    yield ""
    yield _("Mở Kẻng: %(address)s") % {"address": _address("/")}


def _address(path: str) -> str:
    return f"https://{settings.FACE_HOSTS['desk'][0]}{path}"


def _section(section: DigestSection) -> Iterator[str]:
    """Each line with the address that shows just what it counts."""
    yield str(section.heading)
    for line in section.lines:
        number = str(line.number) if line.number < line.most else f"{line.most - 1}+"
        yield f"{number:>6}  {line.says}"
        yield f"{'':>6}  {_address(line.path)}"


def _within(days: int | None) -> str:
    return "" if days is None else _(" (sớm nhất: còn %(days)d ngày)") % {"days": days}


def _waiting(counted: Waiting) -> Iterator[str]:
    yield _line(counted.to_open, _("tin chờ mở"))
    yield _line(counted.due, _("tin đến hạn hôm nay"))
    yield _line(counted.late, _("tin quá hạn"))
    yield _line(counted.mine, _("tin được giao"))
    yield _line(counted.offered, _("tin chờ nhận bàn giao"))


def _line(number: int, says: str) -> str:
    return f"{min(number, MOST):>6}  {says}"
