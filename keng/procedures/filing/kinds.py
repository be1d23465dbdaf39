"""Which files are taken: PDF, JPEG and PNG, by what is in them, never by their name or the browser's word; read by `file_worker.py`."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.core import confined
from keng.procedures.errors import Refused

WORKER = Path(__file__).with_name("file_worker.py")
MOST = 5 * 1024 * 1024  # bytes of one file
MEMORY = 768 * 1024 * 1024
ENDING = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

SENTENCES: dict[str, str | Promise] = {
    "empty": _("Tệp này trống, không có gì bên trong. Bà con chọn lại tệp."),
    "large": _("Tệp lớn quá %(most)s MB. Bà con chụp lại ảnh tờ giấy, hoặc chia thành nhiều tệp nhỏ hơn."),
    "heic": _("Ảnh này là ảnh HEIC của iPhone. Bà con mở Cài đặt, Camera, Định dạng, chọn “Tương thích nhất”, rồi chụp và gửi ảnh JPEG."),
    "office": _("Tệp Word, Excel hoặc tệp nén không gửi được. Bà con lưu thành PDF, hoặc chụp ảnh tờ giấy rồi gửi ảnh JPEG."),
    "film": _("Tệp này là phim hoặc tiếng. Bà con chụp ảnh tờ giấy rồi gửi ảnh JPEG."),
    "other": _("Chỉ nhận PDF, ảnh JPEG hoặc ảnh PNG. Bà con chụp ảnh tờ giấy rồi gửi ảnh JPEG."),
    "broken": _("Tệp này bị hỏng hoặc chưa chép đủ nên không mở được. Bà con chụp lại tờ giấy rồi gửi ảnh JPEG."),
    "pixels": _("Ảnh này quá nhiều điểm ảnh. Bà con chụp lại bằng điện thoại ở cỡ thường rồi gửi."),
    "locked": _("Tệp PDF này có mật khẩu. Bà con gửi bản không đặt mật khẩu, hoặc chụp ảnh tờ giấy."),
    "active": _("Tệp PDF này có lệnh tự chạy hoặc mở tệp khác nên không nhận. Bà con chụp ảnh tờ giấy rồi gửi ảnh JPEG."),
    "carries": _("Tệp PDF này mang theo tệp khác bên trong nên không nhận. Bà con gửi riêng từng tệp."),
    "pages": _("Tệp PDF này dài quá 200 trang. Bà con chỉ gửi những trang cần."),
    "bomb": _("Tệp PDF này bung ra quá lớn nên không nhận. Bà con chụp ảnh tờ giấy rồi gửi ảnh JPEG."),
}  # fmt: skip
BUSY = _("Máy chủ đang xem nhiều tệp quá. Bà con chờ một chút rồi gửi lại.")
# What people send most often beside what is taken, by its first bytes: only to say what to do instead.
HEADS = (
    (4, (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypavif"), "heic"),
    (4, (b"ftyp", b"moov"), "film"),
    (0, (b"\x1aE\xdf\xa3", b"ID3", b"OggS", b"RIFF"), "film"),
    (0, (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf"), "office"),
)


class BadFile(Refused):
    """What was sent can't be taken; `code` is a key of SENTENCES."""

    def __init__(self, code: str, sentence: str | Promise = "") -> None:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if code == "large" else HTTPStatus.BAD_REQUEST
        super().__init__(sentence or SENTENCES[code], code, status)


@dataclass(frozen=True)
class Clean:
    """`kind` is one of ENDING's media types."""

    kind: str
    content: bytes


def clean(raw: bytes, *, most: int = MOST) -> Clean:
    """The file as it is kept. `most` in bytes. Raises BadFile; Refused (`busy`) when too many are at it."""
    if not raw:
        raise BadFile("empty")
    if len(raw) > most:
        raise too_large(most)
    if not raw.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) and b"%PDF-" not in raw[:1024]:
        raise BadFile(_looks_like(raw))
    try:
        kind, _line, content = confined.run(WORKER, raw, memory=MEMORY).partition(b"\n")
    except confined.Busy:
        raise Refused(BUSY, "busy", HTTPStatus.SERVICE_UNAVAILABLE) from None
    except confined.Unfit as unfit:
        raise BadFile(str(unfit) if str(unfit) in SENTENCES else "broken") from None
    return Clean(kind.decode(), content)


def too_large(most: int) -> BadFile:
    return BadFile("large", SENTENCES["large"] % {"most": f"{most / 1024 / 1024:.3g}".replace(".", ",")})


def _looks_like(raw: bytes) -> str:
    for start, heads, word in HEADS:
        if raw[start:].startswith(heads):
            return word
    return "other"
