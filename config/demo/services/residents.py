"""People who file in the demo: put together from names that are common in Điện Biên."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from random import Random

from config.demo.residents import everybody

FAMILIES = ("Lò", "Quàng", "Cà", "Tòng", "Lường", "Vì", "Lù", "Nguyễn", "Trần", "Phạm", "Đỗ", "Giàng", "Vàng", "Sùng")
MIDDLES = {"f": ("Thị", "Thị Kim", "Thị Minh", "Thị Thu"), "m": ("Văn", "Đức", "Minh", "Quang")}
GIVEN = {
    "f": [
        "An",
        "Bình",
        "Chung",
        "Diên",
        "Hà",
        "Hiền",
        "Hoa",
        "Hương",
        "Lan",
        "Liên",
        "Mai",
        "Nga",
        "Ngọc",
        "Oanh",
        "Phương",
        "Thảo",
        "Xuân",
        "Yến",
    ],
    "m": [
        "Ánh",
        "Bảo",
        "Cường",
        "Dũng",
        "Đạt",
        "Hải",
        "Hùng",
        "Khánh",
        "Long",
        "Nam",
        "Phong",
        "Sơn",
        "Thắng",
        "Tiến",
        "Toàn",
        "Tuấn",
        "Việt",
    ],
}
# The sex digit of a number, by century of birth: 0 and 1 for the twentieth, 2 and 3 for the twenty-first.
CENTURY = {("m", 19): 0, ("f", 19): 1, ("m", 20): 2, ("f", 20): 3}


@dataclass(frozen=True)
class Resident:
    """Somebody of the demo: personal id number, name, birth day, phone, and the code of the commune where they live."""

    number: str
    name: str
    born: date
    phone: str
    commune: str


@cache
def known() -> tuple[Resident, ...]:
    """Those who sign in by the stand-in of e-identity, as far as they may file anything (level 2); all live in Thanh Yên."""
    able = [one for one in everybody() if one.level == 2]
    return tuple(Resident(one.number, one.name, one.born, "0912000111", "03349") for one in able)


def invent(random: Random, commune: str, taken: set[str]) -> Iterator[Resident]:
    """As many as are asked for. `taken`: numbers that are given already; those given here are added."""
    while True:
        sex = random.choice("fm")
        born = date(1941, 1, 1) + timedelta(days=random.randrange(365 * 66))
        # 3 place, 1 century and sex, 2 year, 6 by chance.
        number = f"011{CENTURY[sex, born.year // 100]}{born.year % 100:02d}{random.randrange(10**6):06d}"
        if number in taken:
            continue
        taken.add(number)
        name = f"{random.choice(FAMILIES)} {random.choice(MIDDLES[sex])} {random.choice(GIVEN[sex])}"
        yield Resident(number, name, born, f"09{random.randrange(10**8):08d}", commune)
