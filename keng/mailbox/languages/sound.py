"""A recording as villagers may hear it: decoded and written anew, mono Opus in WebM, without its metadata or the silence round it.

The work is done by `sound_worker.py` in a process of its own, `keng.core.confined` (decision 18).
"""

import struct
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.core import confined
from keng.mailbox.errors import Refused

WORKER = Path(__file__).with_name("sound_worker.py")
MOST = 1024 * 1024  # bytes sent: a minute of what any browser's recorder makes
LONGEST, SHORTEST = 30, 0.3  # seconds of speech

SENTENCES: dict[str, str | Promise] = {
    "large": _("Tệp ghi âm lớn quá 1 MB. Đồng chí ghi lại ngắn hơn."),
    "unreadable": _("Tệp này không phải bản ghi âm đọc được. Đồng chí ghi lại bằng nút “Ghi”."),
    "video": _("Tệp này có hình. Chỉ nhận tiếng nói: đồng chí ghi lại bằng nút “Ghi”."),
    "long": _("Bản ghi dài quá 30 giây. Mỗi câu một bản, đồng chí ghi lại ngắn hơn."),
    "short": _("Bản ghi ngắn quá, chưa nghe được lời. Đồng chí ghi lại."),
    "silent": _("Bản ghi không có tiếng. Đồng chí xem lại mi-crô rồi ghi lại."),
}
BUSY = _("Máy chủ đang xử lý bản ghi khác. Đồng chí chờ một chút rồi bấm “Giữ” lần nữa.")


class BadSound(Refused):
    """What was sent can't be a prompt; `code` is a key of SENTENCES."""

    def __init__(self, code: str) -> None:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if code == "large" else HTTPStatus.BAD_REQUEST
        super().__init__(code, status, SENTENCES[code])


@dataclass(frozen=True)
class Sound:
    webm: bytes
    seconds: float


def clean(raw: bytes) -> Sound:
    """Raises BadSound; Refused (`busy`) when too many are at it."""
    if len(raw) > MOST:
        raise BadSound("large")
    try:
        done = confined.run(WORKER, raw, str(SHORTEST), str(LONGEST))
    except confined.Busy:
        raise Refused("busy", HTTPStatus.SERVICE_UNAVAILABLE, BUSY) from None
    except confined.Unfit as unfit:
        raise BadSound(str(unfit) if str(unfit) in SENTENCES else "unreadable") from None
    return Sound(done[8:], struct.unpack(">d", done[:8])[0])
