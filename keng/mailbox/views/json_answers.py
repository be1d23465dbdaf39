"""How a script on a reporter's phone is answered: JSON, never stored, a refusal with its code and one Vietnamese sentence."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from keng.mailbox.errors import Refused

View = Callable[..., HttpResponse]

ONLY_POST = _("Địa chỉ này chỉ để trang báo tin gửi vào.")
NOT_STORED = _("Máy chủ chưa ghi được. Bà con giữ trang này, máy sẽ tự gửi lại.")
COME_AGAIN = "5"  # seconds


def answer(said: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    response = HttpResponse(
        json.dumps(said, ensure_ascii=False), status=status, content_type="application/json; charset=utf-8"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def posted(view: View) -> View:
    """Only POST; a Refused becomes its answer, and so does a database that can't write: the client tries again (S2)."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            response = answer({"error": "method", "message": str(ONLY_POST)}, HTTPStatus.METHOD_NOT_ALLOWED)
            response.headers["Allow"] = "POST"
            return response
        try:
            return view(request, *args, **kwargs)
        except Refused as refused:
            return refusal(refused)
        except DatabaseError:
            return answer({"error": "storage", "message": str(NOT_STORED)}, HTTPStatus.INTERNAL_SERVER_ERROR)

    return answering


def refusal(refused: Refused) -> HttpResponse:
    response = answer(refused.as_json(), refused.status)
    if refused.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = COME_AGAIN
    return response
