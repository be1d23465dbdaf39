"""How the desk reads the JSON that its scripts send, and how it tells them of a refusal: nothing was changed, and one sentence why."""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from keng.mailbox.errors import Malformed, Refused

View = Callable[..., HttpResponseBase]
SMALL = 64 * 1024  # bytes: keys and their papers are never larger


def told_as_json(view: View) -> View:
    """Answers Refused with its status, code and sentence; nothing was changed."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return JsonResponse(refused.as_json(), status=refused.status)

    return telling


class Sent:
    """A JSON object as the script sent it. Every look raises Malformed unless the thing is there and of its kind."""

    def __init__(self, content: object) -> None:
        if not isinstance(content, dict):
            raise unreadable()
        self.content = content

    @classmethod
    def by(cls, request: HttpRequest, *, most: int | None = None) -> "Sent":
        """The body of a request, of at most `most` bytes; None leaves it to the server's limit. Raises Refused."""
        if most is not None and len(request.body) > most:
            raise Refused("too_large", 413, _("Yêu cầu lớn hơn mức cho phép. Chưa có gì thay đổi."))
        try:
            return cls(json.loads(request.body))
        except (ValueError, RecursionError) as error:
            raise unreadable() from error

    def text(self, name: str) -> str:
        """Text that every database takes: no null byte, no half of a surrogate pair."""
        return _storable(self._of(str, name))

    def number(self, name: str) -> int:
        """A whole number from 0 on that a database column holds."""
        number: int = self._of(int, name)
        if isinstance(number, bool) or not 0 <= number < 2**31:
            raise unreadable()
        return number

    def yes(self, name: str) -> bool:
        found: bool = self._of(bool, name)
        return found

    def flag(self, name: str) -> bool:
        """Left out is no."""
        return self.content.get(name, False) is True

    def sealed(self, name: str) -> bytes:
        return unbase64(self.text(name))

    def sealed_or_none(self, name: str) -> bytes | None:
        return None if self.content.get(name) is None else self.sealed(name)

    def texts(self, name: str, *, most: int) -> list[str]:
        found: list[object] = self._of(list, name)
        if len(found) > most:
            raise unreadable()
        return [_storable(one) for one in found]

    def objects(self, name: str, *, most: int) -> list[object]:
        """A list of at least one thing; each is for `Sent` to read."""
        found: list[object] = self._of(list, name)
        if not 0 < len(found) <= most:
            raise unreadable()
        return found

    def inner(self, name: str) -> "Sent":
        return Sent(self.content.get(name))

    def only(self, name: str) -> "Sent":
        """The one object of a list."""
        match self.content.get(name):
            case [one]:
                return Sent(one)
        raise unreadable()

    def as_signed(self) -> dict[str, str]:
        """This object as a signed statement."""
        return {key: self.text(key) for key in ("statement", "signature", "root")}

    def sealed_part(self, name: str) -> tuple[int, bytes] | None:
        """`{index, sealed}` or null."""
        if self.content.get(name) is None:
            return None
        inner = self.inner(name)
        return inner.number("index"), inner.sealed("sealed")

    def headers(self, name: str) -> dict[str, bytes]:
        found = self._of(dict, name)
        return {digest: unbase64(header) for digest, header in found.items()}

    def _of(self, kind: type[Any], name: str) -> Any:
        found = self.content.get(name)
        if not isinstance(found, kind):
            raise unreadable()
        return found


def _storable(text: object) -> str:
    """JSON can spell a null byte and half a surrogate pair, which not every database takes."""
    if not isinstance(text, str) or "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise unreadable()
    return text


def unbase64(text: object) -> bytes:
    if not isinstance(text, str):
        raise unreadable()
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise unreadable() from error


def unreadable() -> Malformed:
    return Malformed(_("Trang này gửi thiếu hoặc sai dữ liệu. Đồng chí tải lại trang rồi làm lại."))
