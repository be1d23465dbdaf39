"""`POST /ledger/cosignatures`: where a witness hands over what it signed. The answer is a sentence in plain text, in two languages."""

from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from keng.ledger.cosigning import MOST, Refused, store

ONLY_POST = "Địa chỉ này chỉ để nhân chứng gửi trang chốt đã ký.\nOnly witnesses post here, what they have signed.\n"
CUT_SHORT = "Nội dung gửi lên không đủ: gửi lại.\nThe body did not come whole: send it again.\n"
NOT_STORED = "Máy chủ chưa ghi được: thử lại sau.\nThe server can't store it now: try again later.\n"


def take_cosignature(request: HttpRequest) -> HttpResponse:
    """Shapes: 201 for a new cosignature, 200 for one that is known; 400, 403, 404, 405, 413, 503 with a sentence."""
    if request.method != "POST":
        answer = _say(HTTPStatus.METHOD_NOT_ALLOWED, ONLY_POST)
        answer.headers["Allow"] = "POST"
        return answer
    try:
        stored = store(_body(request))
    except Refused as refused:
        return _say(refused.status, refused.sentence)
    except (DatabaseError, OSError):
        return _say(HTTPStatus.SERVICE_UNAVAILABLE, NOT_STORED)
    return _say(HTTPStatus.CREATED if stored.created else HTTPStatus.OK, f"{stored.size}\n")


def _body(request: HttpRequest) -> bytes:
    """At most a byte more than is allowed is read. Raises Refused."""
    announced = request.META.get("CONTENT_LENGTH") or ""
    whole = announced.isascii() and announced.isdigit() and len(announced) < 10
    try:
        body = request.read(min(int(announced), MOST + 1)) if whole else b""
    except OSError:
        body = b""
    if not whole or len(body) < min(int(announced), MOST + 1):
        raise Refused(HTTPStatus.BAD_REQUEST, *CUT_SHORT.strip().split("\n"))
    return body


def _say(status: HTTPStatus, text: str) -> HttpResponse:
    answer = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer
