"""What the desk's mailbox refuses besides what its services do."""

from http import HTTPStatus

from django.utils.translation import gettext as _

from keng.mailbox.errors import Refused


def open_first() -> Refused:
    """Sealed bytes are given only to an officer whose reading stands in the ledger; the page opens the report and asks again."""
    return Refused("open_first", HTTPStatus.CONFLICT, _("Đồng chí mở tin này trước đã."))
