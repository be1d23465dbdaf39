"""What a citizen sees when something is refused or fails: one clear sentence and where to go next, never a cause in the machine's words."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

# status -> heading, what to do
SENTENCES = {
    HTTPStatus.BAD_REQUEST: (_("Máy không đọc được yêu cầu này"), _("Bà con quay lại trang trước rồi làm lại từ đầu.")),
    HTTPStatus.FORBIDDEN: (_("Trang này không mở được"), _("Bà con về trang đầu rồi chọn lại việc cần làm.")),
    HTTPStatus.NOT_FOUND: (
        _("Không có trang này"),
        _("Địa chỉ có thể đã gõ sai, hoặc trang này không phải của bà con."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        _("Máy chủ gặp lỗi"),
        _("Việc vừa làm chưa được lưu. Bà con thử lại sau ít phút; nếu vẫn lỗi, mời đến quầy của xã."),
    ),
}
CSRF = (_("Trang này mở đã lâu"), _("Việc vừa làm chưa được lưu. Bà con tải lại trang rồi làm lại."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, HTTPStatus.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    """The database may be what failed: this page asks nothing of it."""
    heading, advice = SENTENCES[HTTPStatus.INTERNAL_SERVER_ERROR]
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return render(None, "my/failed.html", {"heading": heading, "advice": advice}, status=status)


def csrf(request: HttpRequest) -> HttpResponse:
    return answer(request, HTTPStatus.FORBIDDEN, CSRF)


def answer(request: HttpRequest, status: HTTPStatus, sentences: tuple[object, object] | None = None) -> HttpResponse:
    heading, advice = sentences or SENTENCES[status]
    return render(request, "my/error.html", {"heading": heading, "advice": advice}, status=status)
