"""What every page of the citizens' face shows of who is signed in, and where one may go."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keng.accounts.citizens import sessions
from keng.accounts.citizens.gates import VisitorRequest

# What the navigation offers to somebody signed in, in order: address, name.
SECTIONS = (
    ("/", _("Hồ sơ của tôi")),
    ("/messages", _("Tin báo")),
    ("/papers", _("Giấy tờ")),
    ("/looks", _("Ai đã xem")),
    ("/consents", _("Đồng ý")),
    ("/requests", _("Yêu cầu")),
)


@dataclass(frozen=True)
class Section:
    address: str
    title: str
    current: bool


def citizen(request: VisitorRequest) -> dict[str, object]:
    """`citizen`, `identity_level`, `sections`, `session_left` (seconds); nothing on another face."""
    if not hasattr(request, "citizen"):
        return {}
    sections = [Section(address, str(title), belongs(request.path, address)) for address, title in SECTIONS]
    return {
        "citizen": request.citizen,
        "identity_level": request.identity_level,
        "here": here(request),
        "session_left": sessions.left(request.session) if request.citizen is not None else 0,
        "sections": sections if request.citizen is not None else [],
    }


def here(request: HttpRequest) -> str:
    """Where the language switch comes back to: this page, unless it was sent, or was the way through e-identity, which is gone once."""
    again = request.method == "GET" and not request.path.startswith("/oidc/")
    return request.get_full_path() if again else "/"


def belongs(path: str, address: str) -> bool:
    """Whether a page is of a section. A dossier's and a draft's belong to the first page."""
    if address == "/":
        return path == "/" or path.startswith(("/dossiers/", "/drafts/"))
    return path == address or path.startswith(address + "/")
