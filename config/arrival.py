"""A body that has not come whole is answered in a sentence before anybody reads it: forms with files, on the faces with a sign-in (S3)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _

from keng.accounts import errors as officers
from keng.accounts.citizens import errors as citizens
from keng.mailbox.bodies import ARRIVED, BODY_MOST

MEGABYTES = BODY_MOST // 1024 // 1024
LARGE = (_("Gửi một lần nhiều quá"), _("Một lần gửi không quá 8 MB: gửi từng tệp một, hoặc chụp ảnh nhỏ hơn."))
CUT = (_("Đường truyền bị ngắt giữa chừng"), _("Việc vừa làm chưa được lưu. Quay lại trang trước rồi gửi lần nữa."))
BUSY = (_("Máy chủ đang nhận nhiều tệp quá"), _("Chờ một phút, quay lại trang trước rồi gửi lần nữa."))
SENTENCES = {
    "large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, LARGE),
    "cut": (HTTPStatus.BAD_REQUEST, CUT),
    "slow": (HTTPStatus.REQUEST_TIMEOUT, CUT),
    "busy": (HTTPStatus.SERVICE_UNAVAILABLE, BUSY),
}


def whole_bodies(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The server has read what it could before Django is asked, and says here why that is not all (`config.rsgi`)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        why = request.META.get(ARRIVED, "")
        if not why or not request.META.get("CONTENT_TYPE", "").startswith("multipart/"):
            return get_response(request)
        status, (heading, advice) = SENTENCES[why]
        if "/api/" in request.path:
            return JsonResponse({"error": why, "message": f"{heading}. {advice}"}, status=status)
        if getattr(request, "urlconf", "") == "config.urls.my":
            return citizens.answer(request, status, (heading, advice))
        return officers.answer(request, status, (why, heading, advice))

    return middleware


class Readable:
    """An address with a NUL in it names nothing, and PostgreSQL would not even look: 400, by the face's own page (S3)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if "\x00" in request.path_info:
            raise SuspiciousOperation("NUL in the address")
