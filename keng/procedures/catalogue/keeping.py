"""Who keeps the catalogue and its forms: they belong to the whole province."""

from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import offices
from keng.procedures.errors import NotAllowed
from keng.procedures.scope import of_province

PERM = "procedures.edit_catalogue"
NOT_YOURS = _("Danh mục thủ tục là của cả tỉnh: chỉ quản trị cấp tỉnh sửa được.")


def must_keep(by: User) -> str:
    """The code of the office for which somebody keeps the catalogue. Raises NotAllowed."""
    own = offices(by, PERM).filter(pk__in=of_province()).order_by("pk").first()
    if own is None:
        raise NotAllowed(NOT_YOURS)
    return own.code
