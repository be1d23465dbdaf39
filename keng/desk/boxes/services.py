"""What an administrator does about boxes: creates, edits, closes. Keys are a custodian's: an administrator reads nothing."""

import re
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.ledger.services import append
from keng.mailbox.languages.catalogue import offered
from keng.mailbox.models import Box
from keng.units.models import Office

PERM = "desk.manage_boxes"
VERBS = {
    "desk.box.created": "lập hộp thư",
    "desk.box.edited": "sửa hộp thư",
    "desk.box.closed": "đóng hộp thư",
}
SLUG = re.compile(r"[a-z0-9](-?[a-z0-9])*", re.ASCII)
SLUG_MOST = 40
# Words that have another meaning in the desk's addresses.
RESERVED = frozenset({"add", "false-stickers", "places"})

BAD_SLUG = _("Địa chỉ chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối, tối đa 40 ký tự, ví dụ na-co-sa.")
SLUG_TAKEN = _("Địa chỉ này đã có hộp thư dùng. Hộp thư đã đóng cũng giữ địa chỉ của mình.")
NO_TITLE = _("Chưa có tên hộp thư.")
NOT_YOURS = _("Đơn vị này không thuộc phạm vi quản trị của đồng chí.")
BAD_ABOVE = _("Hộp thư cấp trên phải là hộp thư đang dùng của một đơn vị khác trong cùng tỉnh.")
NOT_ABOVE = _(
    "Hộp thư phản ánh về cán bộ phải do cấp trên giữ: chọn đơn vị cấp tỉnh có đơn vị cấp dưới, hoặc Thanh tra tỉnh."
)
BAD_LANGUAGE = _("Chưa có thứ tiếng này.")
CLOSED = _("Hộp thư này đã đóng.")
OTHER_SLUG = _("Địa chỉ gõ lại không khớp, nên hộp thư chưa đóng.")


class Refused(Exception):
    """Nothing was changed; `sentence` says why, `field` which field is to blame."""

    def __init__(self, sentence: str | Promise, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence, self.field = sentence, field


def may_be_above(office: Office) -> QuerySet[Box]:
    """Boxes to whose holders the root of a box of this office can be entrusted."""
    return Box.objects.filter(office__province=office.province_id, training=False, closed_on=None).exclude(
        office=office
    )


def stands_above_others(office: Office) -> bool:
    """Whether complaints about officials may be sent to this office: one of the whole province that inspects, or has offices below it.

    An office of a commune would read what is said about its own people.
    """
    of_the_province = office.covers.filter(parent=None).exists()
    return of_the_province and (office.kind == Office.Kind.INSPECTORATE or office.below.exists())


@transaction.atomic
def create(
    *,
    office: Office,
    slug: str,
    title: str,
    kind: Box.Kind,
    languages: Sequence[str],
    above: Box | None,
    training: bool = False,
    by: User,
) -> Box:
    """A box without keys: it takes reports once its custodian has founded it. Raises Refused."""
    _must_manage(by, office)
    slug = slug.strip()
    if len(slug) > SLUG_MOST or not SLUG.fullmatch(slug):
        raise Refused(BAD_SLUG, "slug")
    if slug in RESERVED or Box.objects.filter(slug=slug).exists():
        raise Refused(SLUG_TAKEN, "slug")
    if above is not None and not may_be_above(office).filter(pk=above.pk).exists():
        raise Refused(BAD_ABOVE, "above")
    if kind == Box.Kind.COMPLAINT and not stands_above_others(office):
        raise Refused(NOT_ABOVE, "kind")
    box = Box.objects.create(
        slug=slug,
        office=office,
        above=above,
        kind=kind,
        title=_clean(title),
        languages=_in_order(languages),
        training=training,
    )
    _enter("desk.box.created", box, by)
    return box


@transaction.atomic
def edit(*, box: Box, title: str, languages: Sequence[str], by: User) -> None:
    """Title and languages; the address, the office and the keys stay. The reporter's page is built anew. Raises Refused."""
    fresh = _locked(box, by)
    fresh.title, fresh.languages = _clean(title), _in_order(languages)
    fresh.version += 1
    fresh.save(update_fields=["title", "languages", "version"])
    _enter("desk.box.edited", fresh, by)


@transaction.atomic
def close(*, box: Box, slug_again: str, by: User) -> None:
    """From today the box takes no reports; those that it has stay readable. It is not opened again. Raises Refused."""
    fresh = _locked(box, by)
    if slug_again.strip() != fresh.slug:
        raise Refused(OTHER_SLUG, "slug_again")
    fresh.closed_on = localdate()
    fresh.version += 1
    fresh.save(update_fields=["closed_on", "version"])
    _enter("desk.box.closed", fresh, by)


def _locked(box: Box, by: User) -> Box:
    fresh = Box.objects.select_for_update(of=("self",)).select_related("office").get(pk=box.pk)
    _must_manage(by, fresh.office)
    if fresh.closed_on is not None:
        raise Refused(CLOSED)
    return fresh


def _clean(title: str) -> str:
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in title).split())[:120]
    if not clean:
        raise Refused(NO_TITLE, "title")
    return clean


def _in_order(languages: Sequence[str]) -> list[str]:
    """Vietnamese always and first, then English, then those added at the desk."""
    known = [settings.LANGUAGE_CODE, *(code for code, _name in offered())]
    if set(languages) - set(known):
        raise Refused(BAD_LANGUAGE, "languages")
    return [code for code in known if code == settings.LANGUAGE_CODE or code in languages]


def _must_manage(by: User, office: Office) -> None:
    if not may(by, PERM, office):
        raise Refused(NOT_YOURS, "office")


def _enter(verb: str, box: Box, by: User) -> None:
    append(verb=verb, subject=box.slug, office=box.office.code, by=by.username, case=box.slug)
