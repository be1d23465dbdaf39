"""What an office does about where its posters hang: places come and go, posters are hung, looked at, taken down.

A place has no part in what is printed: the list of places stays in the office, and every copy of a poster is the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from keng.accounts.models import User
from keng.accounts.permissions import may
from keng.core.text import fold
from keng.desk.models import Hanging, Place
from keng.ledger.services import append
from keng.mailbox.models import Box
from keng.mailbox.poster import FORMATS, NoPoster, refuse, root_of
from keng.units.models import Office

PERM = "desk.keep_places"
ADDED, GONE = "desk.place.added", "desk.place.gone"
HUNG, CHECKED, DOWN, FALSE = "desk.poster.hung", "desk.poster.checked", "desk.poster.down", "desk.poster.false"
VERBS = {
    ADDED: "thêm chỗ treo áp phích",
    GONE: "bỏ chỗ treo áp phích",
    HUNG: "treo áp phích",
    CHECKED: "ghé xem áp phích",
    DOWN: "gỡ áp phích",
    FALSE: "thấy tem giả trên áp phích, đã gỡ",
}
MOST_PLACES, MOST_LINES, MOST_COPIES = 1000, 500, 200
NAME_MOST = 120
EARLIEST = timedelta(days=5 * 366)

NOT_YOURS = _("Đơn vị này không thuộc phạm vi của đồng chí.")
NO_NAME = _("Chưa có tên chỗ treo.")
LONG_NAME = _("Tên chỗ treo dài quá 120 ký tự.")
THERE = _("Chỗ này đã có trong danh sách.")
NO_KIND = _("Không có loại chỗ này.")
TOO_MANY = _("Danh sách đã đủ 1.000 chỗ.")
TOO_MANY_LINES = _("Mỗi lần dán nhiều nhất 500 dòng.")
NO_LINES = _("Danh sách còn trống.")
PLACE_GONE = _("Chỗ này đã bỏ từ trước.")
NONE_CHOSEN = _("Chưa chọn chỗ nào.")
NOT_HERE = _("Có chỗ không còn trong danh sách của đơn vị. Đồng chí tải lại trang.")
NO_FORMAT = _("Không có khổ in này.")
BAD_COPIES = _("Số bản ở mỗi chỗ từ 1 đến 200.")
BAD_DAY = _("Ngày treo không thể ở tương lai hay quá năm năm trước.")
NOTHING_HANGS = _("Ở những chỗ đã chọn không có áp phích nào của hộp thư này.")

# How a name begins, without accents, and what such a place is: a pasted list needs no column for it.
BEGINNINGS: tuple[tuple[str, Place.Kind], ...] = (
    ("tram y te", Place.Kind.HEALTH_STATION),
    ("tram xa", Place.Kind.HEALTH_STATION),
    ("phong kham", Place.Kind.HEALTH_STATION),
    ("truong", Place.Kind.SCHOOL),
    ("diem truong", Place.Kind.SCHOOL),
    ("cho ", Place.Kind.MARKET),
    ("nha van hoa", Place.Kind.VILLAGE_HALL),
    ("nha sinh hoat", Place.Kind.VILLAGE_HALL),
    ("tru so", Place.Kind.COMMITTEE),
    ("ubnd", Place.Kind.COMMITTEE),
    ("uy ban", Place.Kind.COMMITTEE),
    ("trung tam phuc vu hanh chinh", Place.Kind.COMMITTEE),
    ("cua hang", Place.Kind.SHOP),
    ("quan ", Place.Kind.SHOP),
    ("tap hoa", Place.Kind.SHOP),
    ("ben xe", Place.Kind.STOP),
    ("dau duong", Place.Kind.STOP),
    ("nga ba", Place.Kind.STOP),
    ("nga tu", Place.Kind.STOP),
)


class Refused(Exception):
    """Nothing was changed; `sentence` says why, `field` which field is to blame."""

    def __init__(self, sentence: str | Promise, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence, self.field = sentence, field


@dataclass
class Imported:
    """What a pasted list did: places that are new, and how many lines named one that was there already."""

    new: list[Place] = field(default_factory=list)
    known: int = 0


def kind_of(name: str) -> Place.Kind:
    """What a place is, by how its name begins; OTHER where that doesn't tell."""
    folded = fold(name) + " "
    return next((kind for beginning, kind in BEGINNINGS if folded.startswith(beginning)), Place.Kind.OTHER)


@transaction.atomic
def add_place(*, office: Office, kind: str, name: str, by: User) -> Place:
    """A new place of the office. Raises Refused."""
    _must_keep(by, office)
    clean = _clean(name)
    if kind not in Place.Kind.values:
        raise Refused(NO_KIND, "kind")
    there = _there(office)
    if fold(clean) in there:
        raise Refused(THERE, "name")
    if len(there) >= MOST_PLACES:
        raise Refused(TOO_MANY)
    return _add(office, Place.Kind(kind), clean, by)


@transaction.atomic
def import_places(*, office: Office, text: str, by: User) -> Imported:
    """One place a line; what kind it is, its first words tell. A line that is there already is passed over. Raises Refused."""
    _must_keep(by, office)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise Refused(NO_LINES, "text")
    if len(lines) > MOST_LINES:
        raise Refused(TOO_MANY_LINES, "text")
    there, made = _there(office), Imported()
    for line in lines:
        clean = _clean(line.strip(" \t-•*·;,"), "text")
        if fold(clean) in there:
            made.known += 1
            continue
        there.add(fold(clean))
        made.new.append(_add(office, kind_of(clean), clean, by))
    if len(there) > MOST_PLACES:
        raise Refused(TOO_MANY)
    return made


@transaction.atomic
def retire_place(*, place: Place, by: User) -> None:
    """From today posters hang there no longer; what did counts as taken down. Raises Refused."""
    _must_keep(by, place.office)
    today = localdate()
    if not Place.objects.filter(pk=place.pk, gone_on=None).update(gone_on=today):
        raise Refused(PLACE_GONE)
    Hanging.objects.filter(place=place, gone_on=None).update(gone_on=today)
    append(verb=GONE, subject=str(place.pk), office=place.office.code, by=by.username)


@transaction.atomic
def hang(*, box: Box, places: Iterable[int], format: str, copies: int, day: date, by: User) -> int:
    """Posters hang at these places since `day`, in place of those of the same format. How many places. Raises Refused."""
    if format not in FORMATS:
        raise Refused(NO_FORMAT, "format")
    if not 1 <= copies <= MOST_COPIES:
        raise Refused(BAD_COPIES, "copies")
    if not localdate() - EARLIEST <= day <= localdate():
        raise Refused(BAD_DAY, "day")
    try:
        refuse(box)
    except NoPoster as error:
        raise Refused(str(error)) from error
    chosen = _chosen(box, places, by)
    old = Hanging.objects.filter(box=box, place__in=chosen, format=format, gone_on=None)
    old.update(gone_on=localdate())
    root = root_of(box)
    Hanging.objects.bulk_create(
        Hanging(place=place, box=box, format=format, copies=copies, root=root, hung_on=day) for place in chosen
    )
    _enter(HUNG, chosen, box, by, purpose=format)
    return len(chosen)


def check(*, box: Box, places: Iterable[int], by: User) -> int:
    """Somebody went there today and found the posters as they should be. How many places. Raises Refused."""
    return _change(CHECKED, box, places, by, checked_on=localdate())


def take_down(*, box: Box, places: Iterable[int], by: User) -> int:
    """The posters of the box are gone from these places. How many places. Raises Refused."""
    return _change(DOWN, box, places, by, gone_on=localdate())


def found_false(*, box: Box, places: Iterable[int], by: User) -> int:
    """A false sticker was found there; the sheet is taken down, and the ledger keeps that it was found. How many places. Raises Refused."""
    return _change(FALSE, box, places, by, gone_on=localdate())


@transaction.atomic
def _change(verb: str, box: Box, places: Iterable[int], by: User, **changed: date) -> int:
    chosen = _chosen(box, places, by)
    live = Hanging.objects.filter(box=box, place__in=chosen, gone_on=None)
    concerned = set(live.values_list("place", flat=True))
    if not live.update(**changed):
        raise Refused(NOTHING_HANGS)
    _enter(verb, [place for place in chosen if place.pk in concerned], box, by)
    return len(concerned)


def _chosen(box: Box, places: Iterable[int], by: User) -> list[Place]:
    """The places, held until the transaction ends. Raises Refused if there is none, or one that is gone or another office's."""
    _must_keep(by, box.office)
    wanted = set(places)
    if not wanted:
        raise Refused(NONE_CHOSEN)
    found = list(Place.objects.select_for_update().filter(pk__in=wanted, office=box.office_id, gone_on=None))
    if len(found) != len(wanted):
        raise Refused(NOT_HERE)
    return found


def _add(office: Office, kind: Place.Kind, name: str, by: User) -> Place:
    place = Place.objects.create(office=office, kind=kind, name=name)
    append(verb=ADDED, subject=str(place.pk), office=office.code, by=by.username)
    return place


def _there(office: Office) -> set[str]:
    Office.objects.select_for_update().get(pk=office.pk)
    return {fold(name) for name in Place.objects.filter(office=office, gone_on=None).values_list("name", flat=True)}


def _clean(name: str, field: str = "name") -> str:
    clean = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    if not fold(clean):
        raise Refused(NO_NAME, field)
    if len(clean) > NAME_MOST:
        raise Refused(LONG_NAME, field)
    return clean


def _must_keep(by: User, office: Office) -> None:
    if not may(by, PERM, office):
        raise Refused(NOT_YOURS)


def _enter(verb: str, places: Sequence[Place], box: Box, by: User, purpose: str = "") -> None:
    for place in places:
        append(verb=verb, subject=str(place.pk), case=box.slug, office=box.office.code, by=by.username, purpose=purpose)
