"""A file of the catalogue is handed in and looked at; brought in by a second, explicit word on the same bytes, within the hour."""

from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.core import ids
from keng.procedures.catalogue import incoming, json_in, workbook_in
from keng.procedures.catalogue.incoming import Catalogue, Plan
from keng.procedures.catalogue.keeping import must_keep
from keng.procedures.errors import Conflict, Refused
from keng.procedures.models import HandedIn

MOST_BYTES = 2 * 1024 * 1024
KEPT = timedelta(hours=1)

EMPTY = _("Tệp rỗng.")
LARGE = _("Tệp lớn quá 2 MB: chia theo lĩnh vực, làm nhiều tệp.")
MACRO = _("Bảng tính có macro: lưu lại thành .xlsx, không macro.")
OTHER = _("Chỉ nhận tệp .xlsx hoặc .json.")
GONE = _("Đã quá một giờ, hoặc tệp đã nhập rồi: đồng chí chọn lại tệp.")
MOVED = _("Danh mục đã thay đổi từ lúc xem thử: đồng chí xem thử lại.")


def read(*, name: str, body: bytes) -> Catalogue:
    """What a file says; by its name it is a workbook or JSON. Raises Refused."""
    if not body:
        raise Refused(EMPTY, "empty")
    if len(body) > MOST_BYTES:
        raise Refused(LARGE, "large", 413)
    ending = name.lower().rpartition(".")[2]
    if is_json(name):
        return json_in.read(body)
    if ending in ("xlsm", "xltm", "xlsb"):
        raise Refused(MACRO, "macro")
    if ending in ("xlsx", "xls"):
        return workbook_in.read(body)
    raise Refused(OTHER, "kind")


def is_json(name: str) -> bool:
    return name.lower().endswith(".json")


def hand_in(*, name: str, body: bytes, publish_from: date | None, by: User) -> tuple[HandedIn | None, Plan]:
    """What the file would change; kept for the second word where it can be brought in. Changes no procedure. Raises Refused."""
    must_keep(by)
    made = incoming.plan(read(name=name, body=body), publish=publish_from is not None)
    forget()
    if made.errors or not made.does_something:
        return None, made
    kept = HandedIn.objects.create(
        by=by, name=name[-120:], digest=sha256(body).hexdigest(), mark=made.mark(), publish_from=publish_from, body=body
    )
    return kept, made


@transaction.atomic
def bring_in(*, handed_in: int, by: User) -> Plan:
    """Does what was shown, whole or not at all. Raises Conflict where the hour is over or the catalogue moved on, Refused."""
    kept = HandedIn.objects.select_for_update().filter(pk=handed_in, by=by, at__gt=ids.now() - KEPT).first()
    if kept is None or sha256(bytes(kept.body)).hexdigest() != kept.digest:
        raise Conflict(GONE, "gone")
    made = incoming.plan(read(name=kept.name, body=bytes(kept.body)), publish=kept.publish_from is not None)
    if made.mark() != kept.mark:
        raise Conflict(MOVED, "moved")
    incoming.carry_out(made, by=by, publish_from=kept.publish_from, subject=kept.digest)
    kept.delete()
    return made


def forget() -> int:
    """The chore: files whose hour is over go. Returns how many."""
    return HandedIn.objects.filter(at__lte=ids.now() - KEPT).delete()[0]
