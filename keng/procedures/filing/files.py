"""Residents' files: taken in, sealed in the same transaction as everything else, opened, used again, taken away.

The plain bytes are in memory only, never on a disk. Whom a file may be shown to is for the views to know.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from http import HTTPStatus

from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from keng.accounts.models import Citizen
from keng.core import at_rest
from keng.procedures.errors import Refused
from keng.procedures.filing import kinds
from keng.procedures.models import Attachment, AttachmentBytes, Dossier, Draft

MOST_FILES, MOST_TOGETHER = 20, 30 * 1024 * 1024  # of one draft, or of one dossier
LONGEST_NAME = 120
BADLY_NAMED = re.compile(r'[\\/:*?"<>|%]')


@dataclass(frozen=True)
class Limits:
    """Of one field of a form; they can only be narrower than the house's. `kinds`: media types, all where empty."""

    most: int = kinds.MOST
    many: int = MOST_FILES
    kinds: tuple[str, ...] = ()


def store(
    *,
    upload: "File[bytes]",
    citizen: Citizen | None,
    draft: Draft | None = None,
    dossier: Dossier | None = None,
    field: str = "",
    title: str = "",
    limits: Limits | None = None,
    result: bool = False,
) -> Attachment:
    """Takes a file in, checked and sealed. Raises Refused, of which `kinds.BadFile` says what is wrong with the file itself.

    It is read before the transaction: a decoder's seconds hold up nobody who writes.
    """
    limits = limits or Limits()
    most = min(limits.most, kinds.MOST)
    if (upload.size or 0) > most:
        raise kinds.too_large(most)
    clean = kinds.clean(bytes(upload.read()), most=most)
    if limits.kinds and clean.kind not in limits.kinds:
        raise Refused(
            _("Chỗ này chỉ nhận %(kinds)s.") % {"kinds": ", ".join(_plainly(one) for one in limits.kinds)}, "kind"
        )
    sealed = at_rest.seal(clean.content)
    with transaction.atomic():
        _make_room(draft=draft, dossier=dossier, field=field, size=len(clean.content), many=limits.many)
        kept = Attachment.objects.create(
            citizen=citizen, draft=draft, dossier=dossier, field=field, title=title[:200], result=result,
            name=clean_name(upload.name or "", clean.kind), kind=clean.kind, size=len(clean.content),
            sha256=hashlib.sha256(clean.content).hexdigest(),
        )  # fmt: skip
        AttachmentBytes.objects.create(attachment=kept, sealed=sealed)
    return kept


def plain(attachment: Attachment) -> bytes:
    """The file itself. Raises at_rest.KeyLost."""
    kept = AttachmentBytes.objects.get(attachment_id=attachment.again_id or attachment.pk)
    return at_rest.unseal(bytes(kept.sealed))


def use_again(
    *, paper: Attachment, draft: Draft, field: str, title: str = "", limits: Limits | None = None
) -> Attachment:
    """Puts a paper that the same person gave before into their draft; the bytes stay where they are.

    The caller has made sure of the consent. Raises Refused.
    """
    origin = paper.again or paper
    if paper.citizen_id is None or paper.citizen_id != draft.citizen_id:
        raise Refused(_("Giấy tờ này không dùng được ở đây."), "not_theirs", HTTPStatus.NOT_FOUND)
    with transaction.atomic():
        for there in draft.attachments.filter(field=field, again=origin):
            return there
        _make_room(draft=draft, dossier=None, field=field, size=paper.size, many=(limits or Limits()).many)
        return Attachment.objects.create(
            citizen_id=paper.citizen_id, draft=draft, field=field, title=title[:200], name=paper.name, kind=paper.kind,
            size=paper.size, sha256=paper.sha256, again=origin,
        )  # fmt: skip


@transaction.atomic
def take_away(*, attachment: Attachment) -> None:
    """Out of a draft. What was used again elsewhere passes to the first of those."""
    heir = attachment.uses.order_by("given_at").first()
    if heir is not None:
        AttachmentBytes.objects.filter(attachment=attachment).update(attachment=heir)
        Attachment.objects.filter(pk=heir.pk).update(again=None)
        attachment.uses.exclude(pk=heir.pk).update(again=heir)
    attachment.delete()


def take_all_away(*, draft: Draft) -> None:
    for kept in draft.attachments.all():
        take_away(attachment=kept)


def take_over(*, draft: Draft, dossier: Dossier) -> int:
    """The draft's files become the dossier's, in the caller's transaction; how many."""
    return draft.attachments.update(draft=None, dossier=dossier)


def by_field(draft: Draft) -> dict[str, list[Attachment]]:
    """The draft's files by the form field that they answer, oldest first. One query."""
    found: dict[str, list[Attachment]] = {}
    for one in draft.attachments.order_by("given_at", "pk"):
        found.setdefault(one.field, []).append(one)
    return found


def counts(draft: Draft) -> dict[str, int]:
    """How many files each field has, as `forms.check` asks for them."""
    return {field: len(files) for field, files in by_field(draft).items()}


def clean_name(name: str, kind: str) -> str:
    """The file's own name as far as it can be shown and saved anywhere, with the ending of what the file is."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    shown = "".join(char if char.isprintable() else " " for char in name if unicodedata.category(char) != "Cf")
    stem = " ".join(BADLY_NAMED.sub(" ", shown).split()).rsplit(".", 1)[0].strip(". ")
    ending = kinds.ENDING[kind]
    return f"{stem[: LONGEST_NAME - len(ending)] or 'giay-to'}{ending}"


def _make_room(*, draft: Draft | None, dossier: Dossier | None, field: str, size: int, many: int) -> None:
    """Raises Refused where the draft or dossier holds enough."""
    holder: Draft | Dossier | None = draft or dossier
    if holder is None:
        return
    type(holder)._default_manager.select_for_update().get(pk=holder.pk)  # two uploads at once count each other
    held = holder.attachments.all()
    if held.filter(field=field).count() >= many:
        raise Refused(
            _("Mục này nhận nhiều nhất %(many)s tệp. Bà con bỏ bớt một tệp rồi gửi lại.") % {"many": many}, "many"
        )
    together = held.aggregate(total=Sum("size"))["total"] or 0
    if held.count() >= MOST_FILES or together + size > MOST_TOGETHER:
        raise Refused(
            _("Một hồ sơ nhận nhiều nhất %(many)s tệp, tất cả không quá %(most)s MB. Bà con bỏ bớt tệp không cần.")
            % {"many": MOST_FILES, "most": MOST_TOGETHER // 1024 // 1024},
            "full",
        )


def _plainly(kind: str) -> str:
    return {"application/pdf": "PDF", "image/jpeg": _("ảnh JPEG"), "image/png": _("ảnh PNG")}.get(kind, kind)
