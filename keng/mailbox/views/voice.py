"""The file of all prompts of a box in a language. Its address changes with its content, so that a phone may keep it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from keng.mailbox.languages.prompts import pack_of
from keng.mailbox.models import Box
from keng.mailbox.pages import notice


def show_pack(request: HttpRequest, slug: str, lang: str, digest: str) -> HttpResponse:
    """Shapes: 200, 404, 405. The whole file or nothing: a part of it would tell which sentence was listened to."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    box = Box.objects.filter(slug=slug).first()
    pack = pack_of(box, lang) if box else None
    if pack is None or not pack.keys or pack.digest != digest:
        return notice(
            HTTPStatus.NOT_FOUND, "vi", lambda: (_("Không có lời đọc này"), _("Bà con tải lại trang rồi nghe."))
        )
    response = HttpResponse(pack.body, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
