"""Reading what the desk's scripts send about keys: JSON, small, of the expected types. Raises Malformed with one sentence."""

import base64
import binascii
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext_lazy as _

from keng.mailbox.errors import Malformed, Refused

LONGEST = 64 * 1024
View = Callable[..., HttpResponseBase]

NOT_JSON = _("Máy chủ không đọc được yêu cầu. Đồng chí tải lại trang rồi làm lại.")
TOO_LARGE = _("Yêu cầu lớn hơn mức cho phép. Chưa có gì thay đổi.")


class Body:
    """The fields of a JSON object; each reader raises Malformed when the field is missing or of another type."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    @classmethod
    def of(cls, request: HttpRequest) -> "Body":
        if len(request.body) > LONGEST:
            raise Refused("too_large", 413, TOO_LARGE)
        try:
            fields = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise Malformed(NOT_JSON) from error
        return cls(_object(fields))

    def text(self, name: str) -> str:
        value = self._fields.get(name)
        # SQLite keeps a null byte, PostgreSQL refuses it: neither should meet one.
        if not isinstance(value, str) or "\0" in value or not _is_unicode(value):
            raise Malformed(NOT_JSON)
        return value

    def flag(self, name: str) -> bool:
        return self._fields.get(name, False) is True

    def sealed(self, name: str) -> bytes:
        """Bytes that travel as base64."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except (binascii.Error, ValueError) as error:
            raise Malformed(NOT_JSON) from error

    def sealed_or_none(self, name: str) -> bytes | None:
        return None if self._fields.get(name) is None else self.sealed(name)

    def as_signed(self) -> dict[str, str]:
        """This object as a signed statement."""
        return {key: self.text(key) for key in ("statement", "signature", "root")}

    def inner(self, name: str) -> "Body":
        return Body(_object(self._fields.get(name)))

    def only(self, name: str) -> "Body":
        """The one object of a list."""
        match self._fields.get(name):
            case [one]:
                return Body(_object(one))
        raise Malformed(NOT_JSON)


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(NOT_JSON)
    return value


def _is_unicode(text: str) -> bool:
    """JSON can spell half a surrogate pair, which no database takes."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def told_as_json(view: View) -> View:
    """Answers a refusal with its status, code and sentence; nothing was changed."""

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return JsonResponse(refused.as_json(), status=refused.status)

    return telling
