"""The groups in which reports are counted, never added up: an anonymous tip is not a denunciation by name, nor a suggestion a crime."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keng.mailbox.models import Box


@dataclass(frozen=True)
class Group:
    code: str
    kind: str
    named: bool
    title: Promise


GROUPS: dict[str, Group] = {
    group.code: group
    for group in (
        Group("crime", Box.Kind.CRIME, False, _("Tin báo tội phạm, không nêu tên")),
        Group("crime_named", Box.Kind.CRIME, True, _("Tố giác có nêu tên")),
        Group("democracy", Box.Kind.DEMOCRACY, False, _("Góp ý với xã, không nêu tên")),
        Group("democracy_named", Box.Kind.DEMOCRACY, True, _("Góp ý có nêu tên")),
        Group("complaint", Box.Kind.COMPLAINT, False, _("Phản ánh về cán bộ, không nêu tên")),
        Group("complaint_named", Box.Kind.COMPLAINT, True, _("Phản ánh có nêu tên")),
    )
}
FIRST = "crime"


def group_of(kind: str, named: bool) -> str:
    return f"{kind}_named" if named else kind
