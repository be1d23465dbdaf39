"""Besides the line on the resident's page, a letter: there is news of a dossier, its code, and where to read it."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from keng.notify import services as notify
from keng.procedures import consents
from keng.procedures.models import Message

CHANNEL = "email"


def mail(message: Message) -> None:
    """To whoever gave an address and, for it, a consent that stands (C3), in the transaction of the news itself."""
    citizen = message.citizen
    if not citizen.email or not notify.ready(channel=CHANNEL):
        return
    if not consents.holds(citizen=citizen, purpose="email", dossier=message.dossier):
        return
    code = message.dossier.code if message.dossier else ""
    with override(settings.LANGUAGE_CODE):
        subject = _("Hồ sơ %(code)s có tin mới") % {"code": code}
        body = _(
            "Hồ sơ %(code)s của bà con có tin mới.\n\nXem ở %(address)s (đăng nhập bằng định danh điện tử).\n\n"
            "Không muốn nhận thư nữa: mở trang đó, mục Đồng ý, bấm Rút lại.\n"
        ) % {"code": code, "address": f"{settings.MY_ORIGIN}/messages"}
    notify.post(channel=CHANNEL, address=citizen.email, subject=subject, body=body)
