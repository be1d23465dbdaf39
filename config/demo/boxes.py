"""The demo's boxes: created by the administrator, founded by each custodian's ceremony, their keys granted to colleagues."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from config.demo.client import BoxKeys, seal
from config.demo.people import Person
from config.demo.province import NEIGHBOUR_POLICE, POLICE
from keng.accounts.models import User
from keng.core.ids import this_hour
from keng.desk.boxes import services as boxes
from keng.desk.keys import ceremony, grants
from keng.mailbox.models import Box
from keng.mailbox.services import publish_statement
from keng.units.models import Office

CRIME, DEMOCRACY, COMPLAINT = Box.Kind.CRIME, Box.Kind.DEMOCRACY, Box.Kind.COMPLAINT


class Planned(NamedTuple):
    """A box to be: slug, code of its office, kind, title, custodian, other officers who may read it."""

    slug: str
    office: str
    kind: Box.Kind
    title: str
    custodian: str
    readers: tuple[str, ...] = ()
    training: bool = False
    by: str = "quan"


# Of each province the top box first: the others forward to it, and it keeps their roots for them.
TOP = Planned("ca-dien-bien", POLICE, CRIME, "Công an tỉnh Điện Biên", "dung", ("son",))
BELOW = [
    Planned("na-co-sa", "bp-na-co-sa", CRIME, "Đồn Biên phòng Na Cô Sa", "nam", ("hoa", "thu")),
    Planned("a-pa-chai", "bp-a-pa-chai", CRIME, "Đồn Biên phòng Cửa khẩu A Pa Chải", "phu"),
    Planned("ca-thanh-yen", "ca-thanh-yen", CRIME, "Công an xã Thanh Yên", "kien", ("lan",)),
    Planned("ca-muong-nhe", "ca-muong-nhe", CRIME, "Công an xã Mường Nhé", "thao"),
    Planned("gop-y-quang-lam", "ubnd-quang-lam", DEMOCRACY, "Góp ý với xã Quảng Lâm", "hanh"),
    Planned("thanh-tra-dien-bien", "thanh-tra-dien-bien", COMPLAINT, "Phản ánh về cán bộ, Thanh tra tỉnh", "binh"),
    Planned("tap-na-co-sa", "bp-na-co-sa", CRIME, "Hộp thư để tập, Đồn Na Cô Sa", "nam", ("hoa", "thu"), training=True),
]
NEIGHBOUR_TOP = Planned("ca-lai-chau", NEIGHBOUR_POLICE, CRIME, "Công an tỉnh Lai Châu", "hai", by="long")
NEIGHBOURS = [
    Planned("ka-lang", "bp-ka-lang", CRIME, "Đồn Biên phòng Ka Lăng", "vinh", ("sinh",), by="long"),
    Planned("pa-u", "bp-pa-u", CRIME, "Đồn Biên phòng Pa Ủ", "tuan", by="long"),
]
PROVINCES = ((TOP, BELOW), (NEIGHBOUR_TOP, NEIGHBOURS))
TERM = 365  # days that a key statement holds
RENEWED_AFTER = timedelta(days=345)


def found_all(cast: dict[str, Person]) -> dict[str, BoxKeys]:
    """All boxes with their keys, by slug."""
    keys: dict[str, BoxKeys] = {}
    for top, below in PROVINCES:
        keys[top.slug] = BoxKeys(top.slug)
        _found(top, keys[top.slug], None, cast)
        for planned in below:
            keys[planned.slug] = BoxKeys(planned.slug)
            _found(planned, keys[planned.slug], keys[top.slug], cast)
    return keys


def renewals(
    keys: dict[str, BoxKeys], *, founded: datetime, now: datetime
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """When each box's key statement was renewed since, shortly before it ran out, and what was done then."""
    seq, moment = 2, founded + RENEWED_AFTER
    while moment < now:
        for top, below in PROVINCES:
            for planned in (top, *below):
                yield moment, partial(_renew, planned, keys, top, seq)
        seq, moment = seq + 1, moment + RENEWED_AFTER


def _renew(planned: Planned, keys: dict[str, BoxKeys], top: Planned, seq: int) -> None:
    """The level above has the root; that of a top box is on paper alone, and its own custodian brings both sheets."""
    box = Box.objects.get(slug=planned.slug)
    signed = keys[planned.slug].statement(seq=seq, days=TERM, forward=_forward(planned, keys[top.slug]))
    if planned is top:
        publish_statement(box=box, signed=signed, by=planned.custodian)
    else:
        ceremony.renew(box=box, signed=signed, by=User.objects.get(username=top.custodian))


def _forward(planned: Planned, top: BoxKeys) -> list[tuple[str, str]]:
    return [] if planned.training or planned.slug == top.slug else [(top.slug, top.root.fingerprint)]


def _found(planned: Planned, keys: BoxKeys, above: BoxKeys | None, cast: dict[str, Person]) -> None:
    custodian, by = cast[planned.custodian], User.objects.get(username=planned.custodian)
    box = boxes.create(
        office=Office.objects.get(code=planned.office),
        slug=planned.slug,
        title=planned.title,
        kind=planned.kind,
        languages=["vi", "en"],
        above=Box.objects.get(slug=above.slug) if above else None,
        training=planned.training,
        by=User.objects.get(username=planned.by),
    )
    ceremony.found(
        box=box,
        by=by,
        signed=keys.statement(days=TERM, forward=_forward(planned, above or keys)),
        recovery=keys.recovery(),
        root_for_above=seal(above.recipient, keys.root.pkcs8.encode()) if above else None,
        own=ceremony.OwnGrant(
            recipient=custodian.pair[1],
            identities={keys.recipient: seal(custodian.pair[1], keys.identity.encode())},
            statement=keys.root.sign(
                {
                    "v": 1,
                    "type": "officer-key",
                    "box": box.slug,
                    "officer": custodian.login,
                    "recipient": custodian.pair[1],
                    "from": this_hour().date().isoformat(),
                }
            ),
        ),
    )
    # Whoever sees these pages must know that the private keys lie in the demo's folder.
    Box.objects.filter(pk=box.pk).update(demo_keys=True)
    for login in planned.readers:
        reader = cast[login]
        sealed = seal(reader.pair[1], keys.identity.encode())
        grants.give(box=box, by=by, username=login, recipient=reader.pair[1], identities={keys.recipient: sealed})
