"""Điện Biên in the demo: its offices, and villages of a few communes; and two border posts of Lai Châu with what stands above them.
Units come from `load_units`; villages have no public list, so the names here are plausible, not official."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from keng.core.text import fold
from keng.units import offices, villages
from keng.units.models import Office, OfficeKind, Unit

PROVINCE = "11"
FOUNDED = date(2025, 7, 1)  # two-level local government

POLICE, BORDER, COMMITTEE = "ca-dien-bien", "bp-dien-bien", "ubnd-dien-bien"
TOP = (POLICE, BORDER, COMMITTEE)

NEIGHBOUR = "12"  # Lai Châu
NEIGHBOUR_POLICE, NEIGHBOUR_BORDER = "ca-lai-chau", "bp-lai-chau"


class Place(NamedTuple):
    """An office to be: code, kind, name, code of the office above, codes of the units it covers."""

    code: str
    kind: OfficeKind
    name: str
    above: str
    covers: tuple[str, ...]


PROVINCIAL = [
    Place(POLICE, OfficeKind.PROVINCE_POLICE, "Công an tỉnh Điện Biên", "", (PROVINCE,)),
    Place("pc02-dien-bien", OfficeKind.PROVINCE_POLICE_DIVISION, "Phòng Cảnh sát hình sự", POLICE, (PROVINCE,)),
    Place(
        "pc04-dien-bien",
        OfficeKind.PROVINCE_POLICE_DIVISION,
        "Phòng Cảnh sát điều tra tội phạm về ma tuý",
        POLICE,
        (PROVINCE,),
    ),
    Place(BORDER, OfficeKind.BORDER_COMMAND, "Ban Chỉ huy Bộ đội Biên phòng tỉnh Điện Biên", "", (PROVINCE,)),
    Place(COMMITTEE, OfficeKind.PEOPLES_COMMITTEE, "Uỷ ban nhân dân tỉnh Điện Biên", "", (PROVINCE,)),
    Place("thanh-tra-dien-bien", OfficeKind.INSPECTORATE, "Thanh tra tỉnh Điện Biên", COMMITTEE, (PROVINCE,)),
]

NEIGHBOURS = [
    Place(NEIGHBOUR_POLICE, OfficeKind.PROVINCE_POLICE, "Công an tỉnh Lai Châu", "", (NEIGHBOUR,)),
    Place(
        NEIGHBOUR_BORDER,
        OfficeKind.BORDER_COMMAND,
        "Ban Chỉ huy Bộ đội Biên phòng tỉnh Lai Châu",
        "",
        (NEIGHBOUR,),
    ),
    Place("bp-ka-lang", OfficeKind.BORDER_POST, "Đồn Biên phòng Ka Lăng", NEIGHBOUR_BORDER, ("03439",)),
    Place("bp-pa-u", OfficeKind.BORDER_POST, "Đồn Biên phòng Pa Ủ", NEIGHBOUR_BORDER, ("03442",)),
]

POSTS = {
    "na-co-sa": ("Na Cô Sa", ("03164",)),
    "a-pa-chai": ("Cửa khẩu A Pa Chải", ("03158",)),
    "muong-nhe": ("Mường Nhé", ("03160", "03162")),
    "na-hy": ("Nà Hỳ", ("03169",)),
    "na-bung": ("Nà Bủng", ("03176",)),
    "si-pa-phin": ("Cửa khẩu Si Pa Phìn", ("03199",)),
    "muong-pon": ("Mường Pồn", ("03202",)),
    "thanh-luong": ("Thanh Luông", ("03328",)),
    "pa-thom": ("Pa Thơm", ("03349",)),
    "tay-trang": ("Cửa khẩu quốc tế Tây Trang", ("03356",)),
    "muong-nha": ("Mường Nhà", ("03368",)),
}

VILLAGES = {
    "03164": [
        *(f"Bản Na Cô Sa {n}" for n in (1, 2, 3, 4)),
        *(f"Bản Huổi Thủng {n}" for n in (1, 2, 3)),
        "Bản Quảng Lâm", "Bản Trạm Púng", "Bản Dền Thàng", "Bản Châu Sứ", "Bản Đề Tinh 1", "Bản Đề Tinh 2",
        "Bản Pắc A 1", "Bản Pắc A 2",
    ],
    "03349": ["Bản Noong Nhai", "Bản Na Lao", "Bản Hạ", "Bản Bánh", "Bản Tiến Thanh", "Thôn Yên Trường", "Thôn Việt Yên", "Bản Pa Thơm"],
    "03158": ["Bản A Pa Chải", "Bản Tả Kố Khừ", "Bản Tả Miếu", "Bản Tá Sú Lình", "Bản Lò San Chái"],
    "03160": ["Bản Mường Nhé 1", "Bản Mường Nhé 2", "Bản Nậm San", "Bản Phiêng Kham", "Bản Huổi Cọ"],
    "03169": ["Bản Nà Hỳ 1", "Bản Nà Hỳ 2", "Bản Huổi Hoi", "Bản Lai Khoang"],
    "03439": ["Bản Thu Lũm 1", "Bản Thu Lũm 2", "Bản Pa Thắng", "Bản U Ma", "Bản Ka Lăng", "Bản Lé Giằng", "Bản Tạ Phu"],
    "03442": ["Bản Pa Ủ", "Bản Nhú Ma", "Bản Tân Biên", "Bản Hà Xi", "Bản Ứ Ma"],
    "03199": ["Bản Si Pa Phìn", "Bản Tân Phong", "Bản Chế Nhù", "Bản Nậm Chim"],
}  # fmt: skip


def build(*, by: str) -> None:
    """Adds the offices and villages that are missing."""
    made: dict[str, Office] = {}
    for place in (*PROVINCIAL, *_posts(), *_communal(), *NEIGHBOURS):
        details = offices.Details(name=place.name, kind=place.kind, above=made.get(place.above))
        units = Unit.objects.filter(code__in=place.covers)
        made[place.code] = offices.add(code=place.code, details=details, covers=units, by=by, since=FOUNDED)
    for code, names in VILLAGES.items():
        commune = Unit.objects.get(code=code)
        for name in names:
            villages.add(unit=commune, name=name, by=by, since=FOUNDED)


def _posts() -> Iterator[Place]:
    for slug, (name, covers) in POSTS.items():
        yield Place(f"bp-{slug}", OfficeKind.BORDER_POST, f"Đồn Biên phòng {name}", BORDER, covers)


def _communal() -> Iterator[Place]:
    """Police, People's Committee and service centre of each of the 45 communes."""
    for unit in Unit.objects.filter(parent=PROVINCE, valid_to=None).order_by("code"):
        slug = fold(unit.name).replace(" ", "-")
        full = unit.full_name[0].lower() + unit.full_name[1:]
        yield Place(f"ca-{slug}", OfficeKind.COMMUNE_POLICE, f"Công an {full}", POLICE, (unit.code,))
        yield Place(f"ubnd-{slug}", OfficeKind.PEOPLES_COMMITTEE, f"Uỷ ban nhân dân {full}", COMMITTEE, (unit.code,))
        yield Place(
            f"pvhcc-{slug}",
            OfficeKind.SERVICE_CENTRE,
            f"Trung tâm Phục vụ hành chính công {full}",
            f"ubnd-{slug}",
            (unit.code,),
        )
