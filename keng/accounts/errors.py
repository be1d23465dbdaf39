"""What an officer sees when something is refused or fails: one clear sentence, as a page or, to a script, as JSON."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keng.accounts.citizens import errors as citizens
from keng.accounts.middleware import wants_json

# status -> code for scripts, heading, what to do
SENTENCES = {
    HTTPStatus.BAD_REQUEST: (
        "malformed",
        gettext_lazy("Yêu cầu này không đọc được"),
        gettext_lazy("Đồng chí quay lại trang trước rồi làm lại từ đầu."),
    ),
    HTTPStatus.FORBIDDEN: (
        "forbidden",
        gettext_lazy("Vai trò của đồng chí không mở được trang này"),
        gettext_lazy("Nếu công việc cần đến, đồng chí đề nghị quản trị của đơn vị giao thêm vai trò."),
    ),
    HTTPStatus.NOT_FOUND: (
        "not_found",
        gettext_lazy("Không có trang này"),
        gettext_lazy("Địa chỉ có thể đã gõ sai, hoặc nội dung không thuộc đơn vị của đồng chí."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "failed",
        gettext_lazy("Máy chủ gặp lỗi"),
        gettext_lazy("Việc vừa làm chưa được lưu. Đồng chí thử lại sau ít phút; nếu vẫn lỗi, báo cho người vận hành."),
    ),
}
CSRF = (
    "csrf",
    gettext_lazy("Trang này mở đã lâu"),
    gettext_lazy("Việc vừa làm chưa được lưu. Đồng chí tải lại trang rồi làm lại."),
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, HTTPStatus.NOT_FOUND)


def failed(request: HttpRequest) -> HttpResponse:
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    if hasattr(request, "citizen"):  # one handler for every face
        return citizens.csrf(request)
    return answer(request, HTTPStatus.FORBIDDEN, CSRF)


def answer(request: HttpRequest, status: HTTPStatus, sentences: tuple[object, ...] | None = None) -> HttpResponse:
    code, heading, advice = sentences or SENTENCES[status]
    if wants_json(request):
        return JsonResponse({"error": code, "message": f"{heading}. {advice}"}, status=status)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        # The database may be what failed: this page asks nothing of it.
        return render(None, "desk/failed.html", {"heading": heading, "advice": advice}, status=status)
    title = _("Không mở được")
    return render(request, "desk/error.html", {"title": title, "heading": heading, "advice": advice}, status=status)
