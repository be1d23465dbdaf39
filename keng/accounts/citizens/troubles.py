"""What can go wrong on the way through e-identity, and what the citizen is told to do: one page for all of it."""

import logging
from dataclasses import dataclass
from http import HTTPStatus

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """`again`: whether trying once more can help."""

    status: HTTPStatus
    heading: object
    advice: object
    again: bool = True


PAGES = {
    "down": Page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Hệ thống định danh chưa trả lời"),
        _("Bà con chưa đăng nhập được lúc này. Mời thử lại sau ít phút."),
    ),
    "garbled": Page(
        HTTPStatus.BAD_GATEWAY,
        _("Câu trả lời của hệ thống định danh không đúng"),
        _("Kẻng không nhận vì không chắc đó là bà con. Chưa có ai được đăng nhập. Mời thử lại từ đầu."),
    ),
    "stale": Page(
        HTTPStatus.BAD_REQUEST,
        _("Lượt đăng nhập này không còn dùng được"),
        _("Lượt này đã cũ, đã dùng, hoặc bắt đầu ở máy khác. Mời bà con đăng nhập lại từ đầu, trên máy này."),
    ),
    "cancelled": Page(
        HTTPStatus.BAD_REQUEST,
        _("Chưa đăng nhập"),
        _("Bà con đã dừng ở trang định danh. Lúc nào cần thì đăng nhập lại."),
    ),
    "incomplete": Page(
        HTTPStatus.FORBIDDEN,
        _("Định danh này thiếu số định danh cá nhân hoặc họ tên"),
        _("Hệ thống định danh không cho biết đủ để nhận ra bà con, nên chưa đăng nhập được."),
        again=False,
    ),
    "unknown_level": Page(
        HTTPStatus.FORBIDDEN,
        _("Chưa rõ mức của định danh này"),
        _("Hệ thống định danh không cho biết tài khoản ở mức 1 hay mức 2, nên chưa đăng nhập được."),
        again=False,
    ),
    "low": Page(
        HTTPStatus.FORBIDDEN,
        _("Cần định danh mức 2"),
        _(
            "Số định danh này đã có hồ sơ nộp ở quầy. Để không ai mở nhầm, chỉ tài khoản mức 2 mới mở được; mức 2 làm ở công an xã."
        ),
        again=False,
    ),
    "taken": Page(
        HTTPStatus.FORBIDDEN,
        _("Định danh này không khớp với lần trước"),
        _(
            "Số định danh cá nhân này đã gắn với một tài khoản khác, hoặc tài khoản này đã gắn với một số khác. Kẻng không đổi gì cả. "
            "Mời bà con mang căn cước đến công an xã để hỏi."
        ),
        again=False,
    ),
    "unset": Page(
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("Ở đây chưa mở đăng nhập bằng định danh điện tử"),
        _("Cán bộ ở quầy của xã vẫn nhận và nộp hồ sơ giúp bà con."),
        again=False,
    ),
}


class Trouble(OAuth2Error):  # type: ignore[misc]
    """`kind` is one of PAGES; `why` a word of ours for the operator's log: never a claim, a token or an address."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(why)
        self.kind, self.why = kind, why


def page(request: HttpRequest, trouble: Trouble, *, back: str = "/") -> HttpResponse:
    """The one page of all troubles. `back` is where the citizen was going."""
    told = PAGES[trouble.kind]
    if trouble.kind in ("down", "garbled"):  # the operator's and the provider's business; the rest is the citizen's own
        logger.warning("e-identity: %s", trouble.why)
    return render(request, "my/trouble.html", {"told": told, "next": back}, status=told.status)
