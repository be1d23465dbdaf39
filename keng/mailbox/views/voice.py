"""The file of all prompts of a box in a language. Its address changes with its content, so that a phone may keep it."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from keng.mailbox.languages.prompts import Pack, pack_of
from keng.mailbox.models import Box
from keng.mailbox.pages import notice, only_reading


def show_pack(request: HttpRequest, slug: str, lang: str, digest: str) -> HttpResponse:
    """Shapes: 200, 404, 405. The whole file or nothing: a part of it would tell which sentence was listened to."""
    if refusal := only_reading(request, "vi"):
        return refusal
    pack = _find(slug, lang)
    if pack is None or not pack.keys or pack.digest != digest:
        return notice(
            HTTPStatus.NOT_FOUND, "vi", lambda: (_("Không có lời đọc này"), _("Bà con tải lại trang rồi nghe."))
        )
    response = HttpResponse(pack.body, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _find(slug: str, lang: str) -> Pack | None:
    """None for a language that the box has not: nothing is put together for it, so that asking for many drives no pack out of memory."""
    box = Box.objects.filter(slug=slug).first()
    return pack_of(box, lang) if box and lang in ("vi", *box.languages) else None
