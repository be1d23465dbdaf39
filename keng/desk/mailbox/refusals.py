"""How the desk's mailbox reads what its script sends, and how it tells the script of a refusal."""

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from keng.mailbox.errors import Malformed, Refused

View = Callable[..., HttpResponseBase]


def told_as_json(view: View) -> View:
    """Answers Refused with its status, code and sentence; nothing was changed."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return JsonResponse(refused.as_json(), status=refused.status)

    return telling


def open_first() -> Refused:
    """Sealed bytes are given only to an officer whose reading stands in the ledger; the page opens the report and asks again."""
    return Refused("open_first", HTTPStatus.CONFLICT, _("Đồng chí mở tin này trước đã."))


class Sent:
    """A JSON object as the script sent it. Every look raises Malformed unless the thing is there and of its kind."""

    def __init__(self, content: object) -> None:
        if not isinstance(content, dict):
            raise unreadable()
        self.content = content

    @classmethod
    def by(cls, request: HttpRequest) -> "Sent":
        try:
            return cls(json.loads(request.body))
        except (ValueError, RecursionError) as error:
            raise unreadable() from error

    def text(self, name: str) -> str:
        """Text that every database takes: no null byte, no half of a surrogate pair."""
        found: str = self._of(str, name)
        if "\0" in found or any("\ud800" <= char <= "\udfff" for char in found):
            raise unreadable()
        return found

    def number(self, name: str) -> int:
        """A whole number from 0 on that a database column holds."""
        number: int = self._of(int, name)
        if isinstance(number, bool) or not 0 <= number < 2**31:
            raise unreadable()
        return number

    def yes(self, name: str) -> bool:
        found: bool = self._of(bool, name)
        return found

    def sealed(self, name: str) -> bytes:
        return unbase64(self.text(name))

    def texts(self, name: str, *, most: int) -> list[str]:
        found: list[str] = self._of(list, name)
        if len(found) > most or not all(isinstance(one, str) for one in found):
            raise unreadable()
        return found

    def sealed_part(self, name: str) -> tuple[int, bytes] | None:
        """`{index, sealed}` or null."""
        if self.content.get(name) is None:
            return None
        inner = Sent(self.content[name])
        return inner.number("index"), inner.sealed("sealed")

    def headers(self, name: str) -> dict[str, bytes]:
        found = self._of(dict, name)
        return {digest: unbase64(header) for digest, header in found.items()}

    def _of(self, kind: type[Any], name: str) -> Any:
        found = self.content.get(name)
        if not isinstance(found, kind):
            raise unreadable()
        return found


def unbase64(text: object) -> bytes:
    if not isinstance(text, str):
        raise unreadable()
    try:
        return b64decode(text, validate=True)
    except (NotBase64, ValueError) as error:
        raise unreadable() from error


def unreadable() -> Malformed:
    return Malformed(_("Trang này gửi thiếu hoặc sai dữ liệu. Đồng chí tải lại trang rồi làm lại."))
